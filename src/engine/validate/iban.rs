//! International bank account number: country, two check digits, then the national account in the
//! country's own structure. Contiguous, or groups of four with one kind of separator.
//!
//! Source: ISO 13616 and the SWIFT IBAN registry (89 countries); check by ISO/IEC 7064 MOD 97-10.
#![expect(clippy::indexing_slicing, reason = "a table filled at compile time")]

use super::digits::{Run, Sep};

// Country, then counted classes: n digit, a upper-case letter, c upper-case letter or digit.
const STRUCTURES: &str = "AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BI23n \
    BR23n1a1c BY4c4n16c CH5n12c CR18n CY8n16c CZ20n DE18n DJ23n DK14n DO4c20n EE16n EG25n ES20n \
    FI14n FK2a12n FO14n FR10n11c2n GB4a14n GE2a16n GI4a15c GL14n GR7n16c GT24c HN4a20n HR17n HU24n \
    IE4a14n IL19n IQ4a15n IS22n IT1a10n12c JO4a4n18c KW4a22c KZ3n13c LB4n20c LC4a24c LI5n12c LT16n \
    LU3n13c LV4a13c LY21n MC10n11c2n MD20c ME18n MK3n10c2n MN16n MR23n MT4a5n18c MU4a19n3a NI4a20n \
    NL4a10n NO11n OM3n16c PK4a16c PL24n PS4a21c PT21n QA4a21c RO4a16c RS18n RU14n15c SA2n18c \
    SC4a20n3a SD14n SE20n SI15n SK20n SM1a10n12c SO19n ST21n SV4a20n TL19n TN20n TR6n16c UA6n19c \
    VA18n VG4a16n XK16n YE4a4n18c";

pub(crate) fn valid(value: &[u8]) -> bool {
    let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let Some(run) = Run::read(value, &[Sep::Space, Sep::Dash], upper) else {
        return false;
    };
    let grouped = match run.groups() {
        [_] => true,
        [head @ .., last] => head.iter().all(|&len| len == 4) && *last <= 4,
        [] => false,
    };
    let chars = run.chars();
    let (Some((country, rest)), Some(check)) = (chars.split_at_checked(2), chars.get(2..4)) else {
        return false;
    };
    // The check digits are 98 minus a remainder, so 00, 01 and 99 cannot occur.
    let check_ok = check.iter().all(u8::is_ascii_digit)
        && ![b"00", b"01", b"99"].iter().any(|no| check == *no);
    let account = rest.get(2..).unwrap_or_default();
    grouped && check_ok && mod97(chars) == 1 && structure(country).is_some_and(|s| fits(s, account))
}

/// Letters and digits of a whole number of `country`, if it is in the registry.
pub(crate) fn length(country: &[u8]) -> Option<usize> {
    let counts = structure(country)?.split(|byte| !byte.is_ascii_digit());
    let account: usize = counts.map(|count| count.iter().fold(0, |sum, byte| sum * 10 + usize::from(byte - b'0'))).sum();
    Some(account + 4)
}

fn structure(country: &[u8]) -> Option<&'static [u8]> {
    let row = STARTS.get(letter(*country.first()?)?)?;
    let start = row.get(letter(*country.get(1)?)?).filter(|start| **start > 0)?;
    let rest = STRUCTURES.as_bytes().get(usize::from(*start)..)?;
    rest.split(|byte| *byte == b' ').next()
}

fn letter(byte: u8) -> Option<usize> {
    byte.is_ascii_uppercase().then(|| usize::from(byte - b'A'))
}

/// Where the structure of each country stands in [`STRUCTURES`], by its two letters; 0 for none.
static STARTS: [[u16; 26]; 26] = {
    let text = STRUCTURES.as_bytes();
    let mut starts = [[0; 26]; 26];
    let mut at = 0;
    while at < text.len() {
        if at == 0 || text[at - 1] == b' ' {
            starts[(text[at] - b'A') as usize][(text[at + 1] - b'A') as usize] = at as u16 + 2;
        }
        at += 1;
    }
    starts
};

fn fits(structure: &[u8], account: &[u8]) -> bool {
    let mut rest = account;
    let mut count = 0usize;
    for &byte in structure {
        if byte.is_ascii_digit() {
            count = count * 10 + usize::from(byte - b'0');
            continue;
        }
        let Some((part, tail)) = rest.split_at_checked(count) else {
            return false;
        };
        let class_ok = match byte {
            b'n' => part.iter().all(u8::is_ascii_digit),
            b'a' => part.iter().all(u8::is_ascii_uppercase),
            _ => true,
        };
        if !class_ok {
            return false;
        }
        (rest, count) = (tail, 0);
    }
    rest.is_empty()
}

// The first four characters move to the end and letters count as 10 to 35.
fn mod97(chars: &[u8]) -> u32 {
    let moved = chars.iter().skip(4).chain(chars.iter().take(4));
    moved.fold(0, |sum, &byte| match byte {
        b'0'..=b'9' => (sum * 10 + u32::from(byte - b'0')) % 97,
        _ => (sum * 100 + u32::from(byte.wrapping_sub(b'A')) + 10) % 97,
    })
}

#[cfg(test)]
mod tests {
    use super::{STRUCTURES, mod97, valid};

    #[test]
    fn vectors() {
        for good in [
            "GB82WEST12345698765432",
            "DE89 3704 0044 0532 0130 00",
            "DE89-3704-0044-0532-0130-00",
            "FR1420041010050500013M02606",
            "NO9386011117947",
            "MT84MALT011000012345MTLCAST001S",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "GB82WEST12345698765433",
            "DE8937040044053201300",
            "XX82WEST12345698765432",
            "GB00WEST12345698765432",
            "DE89 37040044 0532 0130 00",
            "DE89 3704-0044 0532 0130 00",
            "gb82west12345698765432",
            "GB82",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    // Lengths as published, kept apart from the structures so each table checks the other.
    const LENGTHS: &str = "15NO 16BE 18DKFIFKFOGLNLSD 19MKSI 20ATBAEEKZLTLUMNXK 21CHHRLILV \
        22BGBHCRDEGBGEIEMERSVA 23AEGIILIQOMSOTL 24ADCZESMDPKROSASESKTNVG 25LYPTST 26ISTR \
        27BIDJFRGRITMCMRSM 28ALAZBYCYDOGTHNHULBNIPLSV 29BREGPSQAUA 30JOKWMUYE 31MTSC 32LC 33RU";

    fn published_length(country: &str) -> usize {
        let group = LENGTHS.split(' ').find(|group| {
            let mut codes = group.as_bytes()[2..].chunks(2);
            codes.any(|code| code == country.as_bytes())
        });
        let (length, _) = group.unwrap().split_at(2);
        length.parse().unwrap()
    }

    #[test]
    fn every_country() {
        let mut countries = 0;
        for entry in STRUCTURES.split(' ') {
            let (country, structure) = entry.split_at(2);
            let mut account = String::new();
            let mut count = 0;
            for class in structure.chars() {
                if let Some(digit) = class.to_digit(10) {
                    count = count * 10 + digit;
                    continue;
                }
                let sample = [("n", "7204"), ("a", "QXZB"), ("c", "4K8T")];
                let (_, cycle) = sample
                    .iter()
                    .find(|(key, _)| key.starts_with(class))
                    .unwrap();
                account.extend(cycle.chars().cycle().take(count as usize));
                count = 0;
            }
            let open = format!("{country}00{account}");
            let check = 98 - mod97(open.as_bytes());
            let good = format!("{country}{check:02}{account}");
            assert_eq!(good.len(), published_length(country), "{country}");
            assert!(valid(good.as_bytes()), "{good}");
            let mut flipped = good.clone().into_bytes();
            for place in 4..good.len() {
                // A letter stays a letter: only the check digits can tell.
                let other = match good.as_bytes()[place] {
                    b'9' => b'0',
                    b'Z' => b'A',
                    byte => byte + 1,
                };
                flipped[place] = other;
                assert!(!valid(&flipped), "{good} at {place}");
                flipped[place] = good.as_bytes()[place];
            }
            countries += 1;
        }
        assert_eq!(countries, 89);
    }
}
