//! National phone number of a European plan, written without country code.
//!
//! Passes when at least one of the plans below takes it, so it is only plausibility: any id of 8
//! to 11 digits may fit, and the caller demands a phone key. Area digits are checked where a plan
//! is short, so that a truncated number of one country is not taken for another.
//! Source: the national numbering plans filed with ITU-T E.129; E.123 for grouping.

use super::cursor::Cursor;

/// True for one number with single separators (space, `-`, `.`, `/`, brackets round the area code).
pub(crate) fn valid(value: &[u8]) -> bool {
    let mut digits = [0; 13];
    collect(value, &mut digits)
        .and_then(|len| digits.get(..len))
        .is_some_and(|number| with_trunk_zero(number) || without_trunk(number))
}

/// Plans whose numbers are dialled with a leading 0.
fn with_trunk_zero(number: &[u8]) -> bool {
    let [b'0', rest @ ..] = number else {
        return false;
    };
    let len = rest.len();
    match rest {
        // FR, NL, CH, IE, BE mobile and short GB areas: nine digits behind the zero.
        [b'1'..=b'9', ..] if len == 9 => true,
        // GB: ten digits for every other area, mobiles and services.
        [b'1' | b'2' | b'3' | b'7' | b'8', ..] if len == 10 => true,
        // IT keeps the zero: area 02 and 06 have two digits, all others three or four.
        [b'2' | b'6', b'2'..=b'9', ..] if (5..=10).contains(&len) => true,
        // DE mobile 015x, 016x, 017x.
        [b'1', b'5'..=b'7', ..] => (10..=11).contains(&len),
        // DE, AT, SE, FI, BE, GB geographic; 020 (freephone or unassigned) is left out.
        [b'1', b'1'..=b'9', ..] | [b'3'..=b'9', b'0'..=b'9', ..] => (6..=11).contains(&len),
        [b'2', b'1'..=b'9', ..] => (7..=11).contains(&len),
        _ => false,
    }
}

/// Plans without a trunk prefix: ES, PT, PL with nine digits, NO and DK with eight, IT mobile.
fn without_trunk(number: &[u8]) -> bool {
    match (number.len(), number) {
        (9, [b'6'..=b'9', ..]) => true,
        (9, [b'2' | b'4' | b'5', b'1'..=b'9', ..]) => true,
        (9, [b'1', b'2'..=b'8', ..]) => !matches!(number.get(1), Some(b'1')),
        (9 | 10, [b'3', ..]) => true,
        (8, [b'2'..=b'9', ..]) => true,
        _ => false,
    }
}

/// Copies the digits; separators stand between digits, one at a time except behind a bracket.
fn collect(value: &[u8], out: &mut [u8; 13]) -> Option<usize> {
    let mut cursor = Cursor::new(value);
    let mut slots = out.iter_mut();
    let mut len = 0;
    let mut open = cursor.eat(b'(');
    let mut gap = true; // no separator may open the number
    while !cursor.done() {
        if let Some(digit) = cursor.eat_if(|b| b.is_ascii_digit()) {
            *slots.next()? = digit;
            len += 1;
            gap = false;
        } else if open {
            (!gap && cursor.eat(b')')).then_some(())?;
            open = false;
        } else {
            cursor.eat_sep(b" -./").filter(|_| !gap)?;
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
            "020 7946 0958",
            "030 23125 000",
            "01 99 00 12 34",
            "612 345 678",
            "06 12345678",
            "070-174 06 05",
            "0470 12 34 56",
            "(030) 23125000",
            "030/23125000",
            "02 1234567",
            "22 12 34 56",
            "0171 1234567",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "020 7946 09",
            "00 00 00 00 00",
            "112 345 678",
            "06  12345678",
            "(030 23125000",
            "06 12345678-",
            "12345",
            "",
            "()",
            "06 1234 5678 9012 34",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
