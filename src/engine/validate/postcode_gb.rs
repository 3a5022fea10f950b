//! UK postcode: area, district, one optional space, sector and unit; `GIR 0AA` apart.
//!
//! The area must be one of the 124 in use, which also bars Q, V and X in front. Without the space
//! the shape is an ordinary id, so the caller wants a key for that form.
//! Source: Royal Mail PAF Programmers' Guide (formats and letter rules), postcode area list.

use super::cursor::Cursor;

/// Two-letter areas grouped by first letter; the one-letter areas are B E G L M N S W.
const AREAS: [(u8, &[u8]); 22] = [
    (b'A', b"BL"),
    (b'B', b"ABDHLNRST"),
    (b'C', b"ABFHMORTVW"),
    (b'D', b"ADEGHLNTY"),
    (b'E', b"CHNX"),
    (b'F', b"KY"),
    (b'G', b"LUY"),
    (b'H', b"ADGPRSUX"),
    (b'I', b"GMPV"),
    (b'J', b"E"),
    (b'K', b"ATWY"),
    (b'L', b"ADELNSU"),
    (b'M', b"EKL"),
    (b'N', b"EGNPRW"),
    (b'O', b"LX"),
    (b'P', b"AEHLOR"),
    (b'R', b"GHM"),
    (b'S', b"AEGKLMNOPRSTWY"),
    (b'T', b"ADFNQRSW"),
    (b'U', b"B"),
    (b'W', b"ACDFNRSV"),
    (b'Y', b"O"),
];

/// True for one upper-case postcode.
pub(crate) fn valid(value: &[u8]) -> bool {
    parse(value).is_some() || matches!(value, b"GIR 0AA" | b"GIR0AA")
}

fn parse(value: &[u8]) -> Option<()> {
    let (outward, inward) = value.split_at_checked(value.len().checked_sub(3)?)?;
    let unit = |b: &u8| b.is_ascii_uppercase() && !b"CIKMOV".contains(b);
    if !matches!(inward, [b'0'..=b'9', one, two] if unit(one) && unit(two)) {
        return None;
    }
    let mut cursor = Cursor::new(outward.strip_suffix(b" ").unwrap_or(outward));
    let first = cursor.eat_if(|b| b.is_ascii_uppercase())?;
    let second = cursor.eat_if(|b| b.is_ascii_uppercase());
    let known = match second {
        None => b"BEGLMNSW".contains(&first),
        Some(second) => {
            (first, second) == (b'Z', b'E')
                || AREAS
                    .iter()
                    .any(|(area, seconds)| *area == first && seconds.contains(&second))
        }
    };
    cursor.eat_if(|b| b.is_ascii_digit())?;
    // District: one digit, two digits, or a digit and the letter central London uses.
    let letters: &[u8] = if second.is_some() {
        b"ABEHMNPRVWXY"
    } else {
        b"ABCDEFGHJKPSTUW"
    };
    cursor.eat_if(|b| b.is_ascii_digit() || letters.contains(&b));
    (known && cursor.done()).then_some(())
}

#[cfg(test)]
mod tests {
    use super::{AREAS, valid};

    #[test]
    fn vectors() {
        for ok in [
            "SW1A 1AA", "M1 1AE", "EC1A 1BB", "B33 8TH", "GIR 0AA", "W1A 0AX", "CR2 6XH",
            "DN55 1PT", "M11AE",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "QA1 1AA",
            "SW1A 1CA",
            "SW1A1",
            "AAA 1AA",
            "sw1a 1aa",
            "SW1A  1AA",
            "SW123 1AA",
            "ZZ1 1AA",
            "1AA",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn every_letter_pair() {
        let pairs = (b'A'..=b'Z')
            .flat_map(|a| (b'A'..=b'Z').map(move |b| [a, b, b'1', b' ', b'1', b'A', b'A']));
        let areas: usize = AREAS.iter().map(|(_, seconds)| seconds.len()).sum();
        assert_eq!(pairs.filter(|text| valid(text)).count(), areas + 1);
        assert_eq!(areas + 1 + 8, 124);
    }
}
