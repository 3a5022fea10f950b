//! UK driving licence number: five places of the surname (filled with 9), the decade, month (50 more
//! for a woman), day and last digit of the year of birth, two initials (9 for none), a digit, two letters.
//!
//! Source: DVLA, "Driver number" on the photocard licence, field 5.

use super::calendar::exists_short;
use super::digits::{digit, part};
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["XXXXXddddddXXdAA", "XXXXX ddddddXXdAA", "XXXXX dddddd XXdAA"]).is_some_and(|id| {
        let (Some((surname, rest)), Some(&initials)) = (id.chars().split_at_checked(5), id.chars().get(11..13).and_then(<[u8]>::first_chunk::<2>)) else {
            return false;
        };
        let (decade, month, day, year) = (part(rest, 0..1), part(rest, 1..3), part(rest, 3..5), rest.get(5).copied().map_or(0, digit));
        padded(surname) && (padded(&initials) || initials == *b"99") && exists_short(decade * 10 + year, if month > 50 { month - 50 } else { month }, day)
    })
}

/// Letters, then nothing but 9.
fn padded(name: &[u8]) -> bool {
    let letters = name.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    letters > 0 && name.iter().skip(letters).all(|byte| *byte == b'9')
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["MORGA657054SM9IJ", "SMITH801019AB9CD", "A9999510311Z99ZZ"], &["MORGA613054SM9IJ", "MORGA657054SM9I", "12345657054SM9IJ", ""]);
    }

    #[test]
    fn structure() {
        assert!(valid(b"MORGA 657054 SM9IJ") && valid(b"MORGA657054999IJ"));
        assert!(!valid(b"MOR9A657054SM9IJ") && !valid(b"MORGA6570549M9IJ") && !valid(b"MORGA657324SM9IJ"));
    }
}
