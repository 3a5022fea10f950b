//! US social security number: AAA-GG-SSSS, AAA GG SSSS or nine digits. There is no check digit:
//! 89% of nine-digit numbers pass, so a bare run needs a key.
//!
//! Source: SSA, SSN randomization (2011): area never 000, 666 or 900-999, group never 00, serial
//! never 0000; three numbers voided after they were printed in advertisements.

use super::digits::{Run, Sep, all_same, number};

const ADVERTISED: [&[u8]; 3] = [b"078051120", b"219099999", b"457555462"];

pub(crate) fn valid(value: &[u8]) -> bool {
    Run::digits(value, &[Sep::Dash, Sep::Space])
        .is_some_and(|run| run.contiguous_or(&[3, 2, 4]) && number_ok(run.chars()))
}

/// True for nine ASCII digits that can be an issued number.
pub(crate) fn number_ok(digits: &[u8]) -> bool {
    let part = |range| digits.get(range).map_or(0, number);
    let (area, group, serial) = (part(0..3), part(3..5), part(5..9));
    digits.len() == 9
        && matches!(area, 1..=665 | 667..=899)
        && group != 0
        && serial != 0
        && !all_same(digits)
        && !ADVERTISED.contains(&digits)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in ["123-45-6789", "001-01-0001", "899 99 9999", "123456789"] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "000-12-3456",
            "666-12-3456",
            "900-12-3456",
            "123-00-4567",
            "123-45-0000",
            "078-05-1120",
            "123-45 6789",
            "111-11-1111",
            "12-345-6789",
            "123-45-678",
            "1234567890",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn every_serial_area_and_group() {
        for serial in 0..10_000 {
            let value = format!("123-45-{serial:04}");
            assert_eq!(valid(value.as_bytes()), serial != 0, "{value}");
        }
        for area in 0..1000 {
            let value = format!("{area:03}-45-6789");
            let expected = !(area == 0 || area == 666 || area >= 900);
            assert_eq!(valid(value.as_bytes()), expected, "{value}");
        }
        for group in 0..100 {
            let value = format!("123-{group:02}-6789");
            assert_eq!(valid(value.as_bytes()), group != 0, "{value}");
        }
    }
}
