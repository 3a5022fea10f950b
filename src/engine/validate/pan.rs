//! Payment card number (PAN): digits in a legal grouping, a brand prefix with a length that brand
//! issues, and the Luhn check digit. Called on digit runs and on keyed values.
//!
//! Source: ISO/IEC 7812-1; brand ranges in `card_brands.rs`. PAN data under PCI DSS.

use super::card_brands::{BRANDS, Brand, Trust};
use super::digits::{Run, Sep, all_same, number};
use super::luhn;

/// 12 to 19 digits, contiguous or 4-4-4-4(-n), 4-6-5, 4-6-4.
pub(crate) fn valid(value: &[u8]) -> bool {
    let Some(run) = Run::digits(value, &[Sep::Space, Sep::Dash]) else {
        return false;
    };
    let legal = matches!(
        run.groups(),
        [_] | [4, 4, 4, 4] | [4, 4, 4, 4, 1..=3] | [4, 6, 4 | 5]
    );
    let digits = run.chars();
    legal && !all_same(digits) && luhn::passes(digits) && brand_ok(digits)
}

/// True when a brand of the table issues numbers with this prefix and length (ASCII digits).
pub(crate) fn brand_ok(digits: &[u8]) -> bool {
    BRANDS.iter().any(|brand| matches(brand, digits))
}

/// True when the brand alone makes a bare run believable: everything but UATP, Diners at 15
/// digits, and Maestro-only prefixes at lengths other than 16, 18 and 19. A caller that sees grouping or a key need not ask.
pub(crate) fn strong_brand(digits: &[u8]) -> bool {
    BRANDS.iter().any(|brand| {
        let trusted = match brand.trust {
            Trust::Strong => true,
            Trust::Broad => [16, 18, 19].contains(&digits.len()),
            Trust::Keyed => false,
        };
        trusted && matches(brand, digits)
    })
}

fn matches(brand: &Brand, digits: &[u8]) -> bool {
    brand.lengths.contains(&digits.len())
        && brand.prefixes.chunks_exact(2).any(|pair| match pair {
            &[low, high] => {
                let width = low.checked_ilog10().unwrap_or(0) as usize + 1;
                let prefix = digits.get(..width).map(number);
                prefix.is_some_and(|prefix| (low..=high).contains(&prefix))
            }
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors() {
        for good in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "5555555555554444",
            "2223003122003222",
            "3782-822463-10005",
            "6011111111111117",
            "3530111333300000",
            "30569309025904",
            "3056-930902-5904",
            "6205500000000000004",
            "2200770239097761",
            "6304000000000000",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "4111111111111112",
            "411111111111111",
            "0000000000000000",
            "1234567812345670",
            "4111-1111 1111-1111",
            "41-11111111111111",
            "4111.1111.1111.1111",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    // A number of this length with a solved check digit.
    fn solve(prefix: &str, len: usize) -> String {
        let body = format!("{prefix:0<width$}", width = len - 1);
        let mut all = (0..10).map(|check| format!("{body}{check}"));
        all.find(|number| luhn::passes(number.as_bytes())).unwrap()
    }

    #[test]
    fn every_brand_at_every_length() {
        let up = vec![16, 17, 18, 19];
        let any: Vec<usize> = (12..=19).collect();
        let diners = vec![14, 16, 17, 18, 19];
        let cases: &[(&[&str], Vec<usize>)] = &[
            (&["4", "40", "4999", "401178", "457632"], vec![13, 16, 19]),
            (&["51", "55", "2221", "2720", "9792", "82"], vec![16]),
            (&["34", "37", "1"], vec![15]),
            (&["300", "305", "3095", "38", "39"], diners),
            (&["36"], (14..=19).collect()),
            (&["3528", "3589", "353", "356", "2200", "2204", "81"], up),
            (&["50", "506099", "507964", "509999", "5018"], any.clone()),
            (&["56", "6011", "622126", "62", "644", "65", "69"], any),
            (&["2205", "2220", "2721", "306", "3527", "3590"], vec![]),
            (&["33", "35", "70", "80", "83", "9791", "9793", "0"], vec![]),
        ];
        for (prefixes, lengths) in cases {
            for (prefix, len) in prefixes.iter().flat_map(|p| (12..=19).map(move |l| (p, l))) {
                let number = solve(prefix, len);
                let expected = lengths.contains(&len);
                assert_eq!(valid(number.as_bytes()), expected, "{number}");
            }
        }
    }

    #[test]
    fn table_edges_are_accepted() {
        for brand in BRANDS {
            for (prefix, &len) in brand
                .prefixes
                .iter()
                .flat_map(|p| brand.lengths.iter().map(move |l| (p, l)))
            {
                let number = solve(&prefix.to_string(), len);
                assert!(valid(number.as_bytes()), "{number}");
            }
        }
    }

    #[test]
    fn trust_of_bare_runs() {
        for (prefix, len, strong) in [
            ("4", 16, true),
            ("5018", 16, true),
            ("5018", 19, true),
            ("5018", 12, false),
            ("5018", 17, false),
            ("6011", 17, true),
            ("6011", 13, false),
            ("1", 15, false),
            ("36", 14, true),
            ("36", 15, false),
            ("37", 15, true),
        ] {
            let number = solve(prefix, len);
            assert!(brand_ok(number.as_bytes()));
            assert_eq!(strong_brand(number.as_bytes()), strong, "{number}");
        }
    }
}
