//! IMSI of a SIM subscription: 14 or 15 digits that start with an assigned mobile country code.
//!
//! There is no check digit, so the country code is the only evidence and a key is required. Test
//! networks (001, 999) are not people and do not pass.
//! Source: ITU-T E.212 (country code list), 3GPP TS 23.003 2.2.

/// First and last code of each run of assigned codes; small holes inside a run are tolerated.
const COUNTRIES: [(u32, u32); 25] = [
    (202, 208),
    (212, 226),
    (228, 240),
    (242, 250),
    (255, 262),
    (266, 297),
    (302, 302),
    (308, 316),
    (330, 340),
    (342, 354),
    (356, 376),
    (400, 402),
    (404, 432),
    (434, 441),
    (450, 457),
    (460, 467),
    (470, 472),
    (502, 515),
    (520, 530),
    (536, 555),
    (602, 659),
    (702, 716),
    (722, 740),
    (742, 750),
    (901, 901),
];

/// True for a subscription id of a country or of the international networks (901).
pub(crate) fn valid(value: &[u8]) -> bool {
    let code = value.get(..3).map(super::digits::number);
    super::digits::only_digits(value, 14..=15)
        && code.is_some_and(|mcc| {
            COUNTRIES
                .iter()
                .any(|&(low, high)| (low..=high).contains(&mcc))
        })
}

#[cfg(test)]
mod tests {
    use super::{COUNTRIES, valid};

    #[test]
    fn vectors() {
        for ok in [
            "310010123456789",
            "262011234567890",
            "901700000000001",
            "23415123456789",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "101234567890123",
            "26201123",
            "801234567890123",
            "001010123456789",
            "2620112345678901",
            "26201123456789x",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn only_zones_two_to_seven_and_901() {
        assert!(COUNTRIES.is_sorted());
        for mcc in 0..1000 {
            let passes = valid(format!("{mcc:03}010123456789").as_bytes());
            assert!(!passes || (200..800).contains(&mcc) || mcc == 901, "{mcc}");
        }
    }
}
