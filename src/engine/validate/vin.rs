//! Vehicle identification number: 17 upper-case characters without I, O, Q, check in place 9.
//!
//! Place 10 is the model year and is never U, Z or 0. About one in 33 fitting strings passes.
//! An all-digit string passes here; the caller asks for a letter when there is no key.
//! Source: ISO 3779, 49 CFR 565.15 (transliteration and weights).

/// Weight of each place; place 9 holds the check character itself.
const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// True for one number with a right check character.
pub(crate) fn valid(value: &[u8]) -> bool {
    value.len() == 17
        && check(value).is_some_and(|check| value.get(8) == Some(&check))
        && !matches!(value.get(9), Some(b'U' | b'Z' | b'0'))
}

/// The check character that belongs to `value`; none when a character is not allowed.
fn check(value: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (&byte, weight) in value.iter().zip(WEIGHTS) {
        sum += transliterate(byte)? * weight;
    }
    match u8::try_from(sum % 11).ok()? {
        10 => Some(b'X'),
        digit => Some(b'0' + digit),
    }
}

const fn transliterate(byte: u8) -> Option<u32> {
    Some(match byte {
        b'0'..=b'9' => (byte - b'0') as u32,
        b'A'..=b'H' => (byte - b'A' + 1) as u32,
        b'J'..=b'N' => (byte - b'J' + 1) as u32,
        b'P' => 7,
        b'R' => 9,
        b'S'..=b'Z' => (byte - b'S' + 2) as u32,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "1M8GDM9AXKP042788",
            "11111111111111111",
            "1AAAA11191A000001",
            "WAUZZZ000A0000001",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "1M8GDM9A1KP042788",
            "1M8GDM9AXKP04278",
            "IM8GDM9AXKP042788",
            "OM8GDM9AXKP042788",
            "1m8gdm9axkp042788",
            "1M8GDM9AXKP0427889",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn one_check_character_per_number() {
        let mut vin = *b"1M8GDM9AXKP042788";
        let all: Vec<u8> = (b'0'..=b'9').chain(b'A'..=b'Z').collect();
        let pass: Vec<u8> = all
            .into_iter()
            .filter(|&c| {
                vin[8] = c;
                valid(&vin)
            })
            .collect();
        assert_eq!(pass, b"X");
    }
}
