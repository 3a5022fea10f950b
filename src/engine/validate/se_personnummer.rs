//! Swedish personal identity number: date of birth (60 more in the day for a coordination number), `-`
//! or, over a hundred years of age, `+`, three digits, and a Luhn digit over the short form.
//!
//! Source: Skatteverket, SKV 704 "Personnummer" and SKV 707 "Samordningsnummer".

use super::calendar::{exists, exists_short};
use super::digits::part;
use super::layout::read;
use super::luhn;

pub(crate) fn valid(value: &[u8]) -> bool {
    let layouts = ["dddddd-dddd", "dddddd+dddd", "dddddddddd", "dddddddd-dddd", "dddddddd+dddd", "dddddddddddd"];
    read(value, &layouts).is_some_and(|id| {
        let Some((century, short)) = id.chars().len().checked_sub(10).and_then(|at| id.chars().split_at_checked(at)) else {
            return false;
        };
        let (year, month, day) = (part(short, 0..2), part(short, 2..4), part(short, 4..6));
        let day = if day > 60 { day - 60 } else { day };
        let date = if century.is_empty() { exists_short(year, month, day) } else { exists(part(century, 0..2) * 100 + year, month, day) };
        date && luhn::passes(short)
    })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["900101-0009", "000101-0008", "19000161-0005"], &["880320-0018", "881320-0016", "880320-001", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("900161-{n:03}"));
        exactly_one(valid, b"0123456789", |n| format!("19900101{n:03}"));
    }
}
