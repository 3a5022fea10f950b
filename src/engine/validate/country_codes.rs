//! Country calling codes with the length range of the national number behind each.
//!
//! Codes are prefix-free, so one, two and three digits are tried in turn. The ranges are wide
//! where a plan mixes lengths: they serve to refuse counters, not to prove assignment.
//! Source: ITU-T E.164 list of assigned country codes and the national plans filed with the ITU.

/// Shortest and longest national number, then the codes that have this range.
const PLANS: [(usize, usize, &[u16]); 34] = [
    (4, 5, &[290]),
    (4, 6, &[247]),
    (4, 7, &[683, 690]),
    (4, 13, &[43]),
    (5, 5, &[500, 682]),
    (5, 6, &[672]),
    (5, 7, &[676, 677, 678, 685, 688]),
    (5, 8, &[686]),
    (5, 11, &[352]),
    (5, 12, &[358]),
    (6, 6, &[298, 299, 681, 687]),
    (6, 7, &[597]),
    (6, 8, &[53, 689]),
    (6, 9, &[355, 376, 508, 595]),
    (6, 10, &[378]),
    (6, 12, &[39]),
    (6, 13, &[49]),
    (7, 7, &[220, 238, 239, 246, 248, 269, 291, 297, 501, 592, 673, 674, 679, 680, 691, 692, 960]),
    (7, 8, &[230, 241, 267, 371, 372, 503, 507, 598, 599, 670, 675, 961, 975]),
    (7, 9, &[231, 243, 245, 252, 265, 354, 359, 423, 967]),
    (7, 10, &[46, 95, 234, 353]),
    (7, 12, &[882, 883]),
    (
        8,
        8,
        &[
            45, 47, 216, 222, 223, 224, 226, 227, 228, 232, 235, 236, 253, 257, 266, 350, 356, 357, 370, 373, 374, 502, 504, 505, 509, 800,
            808, 852, 853, 973, 993,
        ],
    ),
    (
        8,
        9,
        &[
            32, 36, 51, 66, 213, 218, 237, 250, 258, 264, 268, 377, 382, 383, 386, 387, 389, 591, 593, 855, 881, 962, 963, 965, 968, 970,
            974,
        ],
    ),
    (8, 10, &[20, 57, 60, 63, 64, 225, 229, 385, 506, 850, 856, 880, 964, 966, 976, 977]),
    (8, 11, &[55, 65, 82]),
    (8, 12, &[62, 381, 971, 972]),
    (
        9,
        9,
        &[
            27, 33, 34, 40, 48, 56, 61, 93, 94, 211, 212, 221, 233, 240, 242, 244, 249, 251, 255, 256, 260, 262, 263, 351, 380, 421, 590,
            594, 596, 870, 979, 992, 994, 995, 998,
        ],
    ),
    (9, 10, &[44, 81, 84, 92, 254, 261, 375, 886, 996]),
    (9, 11, &[31, 86]),
    (9, 12, &[41, 420]),
    (10, 10, &[1, 7, 30, 58, 90, 91, 98]),
    (10, 11, &[52, 54]),
    (12, 12, &[878]),
];

/// True when ASCII `digits` (no `+`) start with an assigned code and the rest has a fitting length.
pub(crate) fn national_len_ok(digits: &[u8]) -> bool {
    code(digits).is_some_and(|(len, min, max)| (min..=max).contains(&(digits.len() - len)))
}

/// Length of the calling code at the start of `digits`.
pub(crate) fn code_len(digits: &[u8]) -> Option<usize> {
    code(digits).map(|(len, ..)| len)
}

fn code(digits: &[u8]) -> Option<(usize, usize, usize)> {
    let mut number = 0;
    for (len, &digit) in (1..=3).zip(digits) {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number * 10 + u16::from(digit - b'0');
        // A leading zero never becomes a code: 0, 01 and 011 are not in the table.
        if let Some(&(min, max, _)) = PLANS.iter().find(|plan| plan.2.contains(&number)) {
            return (digits.first() != Some(&b'0')).then_some((len, min, max));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{PLANS, code_len, national_len_ok};

    #[test]
    fn no_code_is_listed_twice_or_starts_another() {
        let codes: Vec<String> = PLANS.iter().flat_map(|p| p.2).map(u16::to_string).collect();
        assert_eq!(codes.len(), 214);
        for (i, a) in codes.iter().enumerate() {
            let clash = codes.iter().enumerate().any(|(j, b)| i != j && b.starts_with(a));
            assert!(!clash, "{a}");
        }
    }

    #[test]
    fn lengths_follow_the_code() {
        assert!(national_len_ok(b"14155550123") && !national_len_ok(b"1415555012"));
        assert!(national_len_ok(b"442079460958") && !national_len_ok(b"44207946"));
        assert_eq!(code_len(b"35312345"), Some(3));
        for none in [&b"0123456789"[..], b"999", b"21012345678", b"", b"3", b"x1"] {
            assert_eq!(code_len(none), None);
        }
    }
}
