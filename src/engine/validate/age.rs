//! Age of a person with its unit or key: `age: 92`, `aged 101`, `92 yo`, `92-year-old`.
//!
//! A bare number is never an age, so the word must be part of the candidate. Range 0 to 125.
//! Source: 45 CFR 164.514(b)(2)(i)(C); only ages over 89 are identifiers there, which is policy.

use super::cursor::Cursor;

/// What may follow the number; longer spellings first because the first match wins.
const UNITS: [&[u8]; 14] = [
    b"years of age",
    b"years-old",
    b"years old",
    b"year-old",
    b"year old",
    b"yrs old",
    b"yr-old",
    b"yr old",
    b"years",
    b"yrs",
    b"y.o.",
    b"y/o",
    b"y.o",
    b"yo",
];

/// True for a key and a number, a number and a unit, or all three.
pub(crate) fn valid(value: &[u8]) -> bool {
    parse(value).is_some()
}

/// True for such an age that identifies by itself: over 89.
pub(crate) fn identifies(value: &[u8]) -> bool {
    parse(value).is_some_and(|years| years >= 90)
}

fn parse(value: &[u8]) -> Option<u32> {
    let mut cursor = Cursor::new(value);
    let keyed = cursor.eat_word(b"aged") || cursor.eat_word(b"age");
    if keyed && cursor.take_while(|b| b" :=\"'".contains(&b)).is_empty() {
        return None;
    }
    let years = cursor.number(1, 3).filter(|&years| years <= 125)?;
    if keyed && cursor.done() {
        return Some(years);
    }
    cursor.eat_any(b" -");
    let unit = UNITS.iter().any(|unit| cursor.eat_word(unit));
    (unit && cursor.done()).then_some(years)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "age: 92",
            "92 yo",
            "92-year-old",
            "aged 101",
            "Age=7",
            "age: 92 years",
            "92yo",
            "125 years old",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "92", "age: 126", "age", "age92", "126 yo", "1000 yo", "92 days", "ages 92", "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
