//! International phone number: `+`, country code, national number, 7 to 15 digits in all.
//!
//! The country code must be assigned and the national length must fit it; that is weaker than a
//! full numbering plan on purpose, since plan data refuses the official fictional numbers.
//! Source: ITU-T E.164 (11/2010) 6.2, E.123 (grouping, `(0)` trunk prefix).

use super::country_codes;
use super::cursor::Cursor;

/// True for one number with its `+`; separators are space, `.`, `-` and brackets.
pub(crate) fn valid(value: &[u8]) -> bool {
    let Some((b'+', rest)) = value.split_first() else {
        return false;
    };
    let mut digits = [0; 15];
    let Some(len) = collect(rest, &mut digits) else {
        return false;
    };
    digits
        .get(..len)
        .is_some_and(|number| len >= 7 && country_codes::national_len_ok(number))
}

/// Copies the digits and checks the separators; none when there are more than fit.
fn collect(rest: &[u8], out: &mut [u8; 15]) -> Option<usize> {
    let mut cursor = Cursor::new(rest);
    let mut slots = out.iter_mut();
    let mut len = 0;
    let mut gap = true; // no separator may open the number
    let mut open = false;
    while !cursor.done() {
        if let Some(digit) = cursor.eat_if(|b| b.is_ascii_digit()) {
            *slots.next()? = digit;
            len += 1;
            gap = false;
        } else if cursor.eat(b'(') {
            // The trunk prefix in `+44 (0)20` is not part of the number.
            if open || len == 0 {
                return None;
            }
            if !cursor.eat_word(b"0)") {
                open = true;
                gap = true;
            }
        } else if open {
            (!gap && cursor.eat(b')')).then_some(())?;
            open = false;
        } else {
            cursor.eat_sep(b" -.").filter(|_| !gap)?;
            gap = true;
        }
    }
    (!gap && !open).then_some(len)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "+14155550123",
            "+442079460958",
            "+33199001234",
            "+49301234567",
            "+44 (0)20 7946 0958",
            "+1 (415) 555-0123",
            "+33 1 99 00 12 34",
            "+49-30-1234567",
            "+353.20.910.1234",
            "+447700900123",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "+0123456789",
            "+12345",
            "+1234567890123456",
            "14155550123",
            "+0530",
            "+1  4155550123",
            "+",
            "+1 (415 5550123",
            "+14155550123-",
            "+ 14155550123",
            "+141555501234",
            "+9991234567",
            "+1)4155550123",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
