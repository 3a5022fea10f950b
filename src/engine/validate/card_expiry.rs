//! Card expiry date: MM/YY, MM/YYYY, MMYY or YYMM, and YYYY-MM as payment APIs print it.
//! It never fires without a key or a card number close by: alone it looks like any fraction.
//!
//! Source: ISO/IEC 7813 expiration date field and the printed form on cards.

use super::digits::number;

pub(crate) fn valid(value: &[u8]) -> bool {
    let month = |digits: &[u8]| (1..=12).contains(&number(digits));
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    if value.len() == 4 && digits(value) {
        let (left, right) = value.split_at(2);
        return month(left) || month(right);
    }
    let mut parts = value.split(|byte| b"/-".contains(byte));
    let (Some(left), Some(right), None) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    digits(left)
        && digits(right)
        && match (left.len(), right.len()) {
            (2, 2) => month(left),
            (2, 4) => month(left) && right.starts_with(b"20"),
            (4, 2) => month(right) && left.starts_with(b"20"),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["12/29", "01-2030", "0627", "2706", "2030-01"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "13/29", "00/29", "1/2", "1313", "12/29/30", "12/9999", "", "/",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn every_month() {
        for month in 0..100 {
            let expected = (1..=12).contains(&month);
            assert_eq!(valid(format!("{month:02}/31").as_bytes()), expected);
            assert_eq!(valid(format!("{month:02}-2031").as_bytes()), expected);
        }
    }
}
