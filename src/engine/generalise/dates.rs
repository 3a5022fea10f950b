//! Dates to years.
//!
//! Read are the forms of ISO 8601 (calendar, ordinal and week dates, compact, with a time part),
//! month and day in both orders with `/`, `-` or `.`, English month names in any usual order,
//! HL7 time stamps (YYYYMMDDHHMMSS), RFC 5322 and `ctime` dates, and months and years alone. The
//! day must exist. Two-digit years and six bare digits say too little to tell the year.
//!
//! A birth year that makes a person older than 89 names the age, so that it is written as the
//! last year of which this is certain: `<=1936`.

use crate::engine::validate::calendar::{exists, month_name};
use crate::engine::validate::cursor::Cursor;
use std::io::Write as _;

/// Ages from this one on are written together.
const OLD: u16 = 90;

type Form = fn(Cursor<'_>) -> Option<(u32, Cursor<'_>)>;

/// What stands before a time or nothing.
const FORMS: [Form; 10] =
    [year_first, week, ordinal, compact, year_last, year_and_month, month_and_year, day_and_name, name_and_day, year_and_name];

/// Writes the year of a date.
pub(super) fn write(value: &[u8], out: &mut Vec<u8>) -> bool {
    let Some(year) = year(value) else { return false };
    // Writing to memory cannot fail, here and below.
    let _ = write!(out, "{year}");
    true
}

/// Writes the year of a birth, as seen in the year `as_of`.
pub(super) fn write_birth(value: &[u8], as_of: Option<u16>, out: &mut Vec<u8>) -> bool {
    let Some(as_of) = as_of else { return false };
    if let Some(bound) = value.strip_prefix(b"<=") {
        let written = bound.len() == 4 && bound.iter().all(u8::is_ascii_digit);
        if written {
            out.extend_from_slice(value);
        }
        return written;
    }
    let Some(year) = year(value) else { return false };
    let long_ago = as_of.saturating_sub(OLD);
    let _ = if year <= u32::from(long_ago) { write!(out, "<={long_ago}") } else { write!(out, "{year}") };
    true
}

/// The year of a date in any of the forms.
fn year(value: &[u8]) -> Option<u32> {
    let start = without_weekday(Cursor::new(value.trim_ascii()));
    FORMS
        .iter()
        .find_map(|form| form(start).filter(|(_, rest)| is_time(rest.rest())).map(|(year, _)| year))
        .or_else(|| time_stamp(start))
        .or_else(|| year_at_the_end(start))
        .or_else(|| alone(start))
}

/// Nothing, or something like a time of day behind a date.
fn is_time(rest: &[u8]) -> bool {
    let known = |byte: &u8| byte.is_ascii_digit() || b" :.,+-/TZtzAPMapmUGCEDS[]_".contains(byte);
    match rest {
        [] => true,
        [b'T' | b't' | b' ' | b',', tail @ ..] => {
            tail.len() <= 40 && tail.iter().all(known) && tail.iter().filter(|byte| byte.is_ascii_digit()).count() >= 2
        }
        _ => false,
    }
}

/// `Fri, ` and `Friday `.
fn without_weekday(start: Cursor<'_>) -> Cursor<'_> {
    const DAYS: [&[u8]; 7] = [b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday"];
    let mut cursor = start;
    let word = cursor.take_while(|byte| byte.is_ascii_alphabetic());
    let known = DAYS.iter().any(|day| word.eq_ignore_ascii_case(day) || day.get(..3).is_some_and(|short| word.eq_ignore_ascii_case(short)));
    cursor.eat(b',');
    if known && cursor.eat(b' ') { cursor } else { start }
}

/// `1980-02-29`, `1980/2/29`, `1980.02.29`.
fn year_first(mut cursor: Cursor<'_>) -> Option<(u32, Cursor<'_>)> {
    let year = cursor.number(4, 4)?;
    let separator = cursor.eat_sep(b"-/.")?;
    let month = cursor.number(1, 2)?;
    cursor.eat_sep(&[separator])?;
    let day = cursor.number(1, 2)?;
    exists(year, month, day).then_some((year, cursor))
}

/// `1980-W09-5`.
fn week(mut cursor: Cursor<'_>) -> Option<(u32, Cursor<'_>)> {
    let year = cursor.number(4, 4)?;
    cursor.eat(b'-').then_some(())?;
    cursor.eat_any(b"Ww")?;
    let week = cursor.number(2, 2)?;
    let day = if cursor.eat(b'-') { cursor.number(1, 1)? } else { 1 };
    ((1..=53).contains(&week) && (1..=7).contains(&day) && exists(year, 1, 1)).then_some((year, cursor))
}

/// `1980-060`, the sixtieth day.
fn ordinal(mut cursor: Cursor<'_>) -> Option<(u32, Cursor<'_>)> {
    let year = cursor.number(4, 4)?;
    cursor.eat_sep(b"-")?;
    let day = cursor.number(3, 3)?;
    ((1..=366).contains(&day) && exists(year, 1, 1)).then_some((year, cursor))
}

/// `19800229`, or `29021980` and `02291980`, which have no day when read in the first way.
fn compact(mut cursor: Cursor<'_>) -> Option<(u32, Cursor<'_>)> {
    let digits = cursor.number(8, 8)?;
    let (first, second, last) = (digits / 1_000_000, digits / 10_000 % 100, digits % 10_000);
    if exists(digits / 10_000, last / 100, last % 100) {
        return Some((digits / 10_000, cursor));
    }
    (exists(last, second, first) || exists(last, first, second)).then_some((last, cursor))
}

/// `02/29/1980`, `29.02.1980`, `29-02-1980`.
fn year_last(mut cursor: Cursor<'_>) -> Option<(u32, Cursor<'_>)> {
    let first = cursor.number(1, 2)?;
    let separator = cursor.eat_sep(b"/.- ")?;
    if separator == b'.' {
        cursor.eat(b' ');
    }
    let second = cursor.number(1, 2)?;
    cursor.eat_sep(&[separator])?;
    if separator == b'.' {
        cursor.eat(b' ');
    }
    let year = cursor.number(4, 4)?;
    (exists(year, second, first) || exists(year, first, second)).then_some((year, cursor))
}

/// `1980-02`.
fn year_and_month(mut cursor: Cursor<'_>) -> Option<(u32, Cursor<'_>)> {
    let year = cursor.number(4, 4)?;
    cursor.eat_sep(b"-/.")?;
    let month = cursor.number(1, 2)?;
    exists(year, month, 1).then_some((year, cursor))
}

/// `02/1980`, `February 1980`, `Feb-1980`.
fn month_and_year(mut cursor: Cursor<'_>) -> Option<(u32, Cursor<'_>)> {
    let month = match cursor.number(1, 2) {
        Some(month) => month,
        None => month_name(&mut cursor)?,
    };
    cursor.eat_any(b".,");
    cursor.eat_sep(b" -/");
    let year = cursor.number(4, 4)?;
    exists(year, month, 1).then_some((year, cursor))
}

/// `29 February 1980`, `29-Feb-1980`, `29FEB1980`, `29th of February, 1980`.
fn day_and_name(mut cursor: Cursor<'_>) -> Option<(u32, Cursor<'_>)> {
    let day = cursor.number(1, 2)?;
    // `st` of a day is no month: the suffix goes first.
    suffix(&mut cursor);
    cursor.eat(b'.');
    cursor.eat_sep(b" -/");
    cursor.eat_word(b"of ");
    let month = month_name(&mut cursor)?;
    cursor.eat_any(b".,");
    cursor.eat_sep(b" -/");
    let year = cursor.number(4, 4)?;
    exists(year, month, day).then_some((year, cursor))
}

/// `February 29, 1980`, `Feb-29-1980`.
fn name_and_day(mut cursor: Cursor<'_>) -> Option<(u32, Cursor<'_>)> {
    let month = month_name(&mut cursor)?;
    cursor.eat(b'.');
    cursor.eat_sep(b" -/")?;
    let day = cursor.number(1, 2)?;
    suffix(&mut cursor);
    cursor.eat(b',');
    cursor.eat_sep(b" -/")?;
    let year = cursor.number(4, 4)?;
    exists(year, month, day).then_some((year, cursor))
}

/// `1980-Feb-29`, `1980 February 29`.
fn year_and_name(mut cursor: Cursor<'_>) -> Option<(u32, Cursor<'_>)> {
    let year = cursor.number(4, 4)?;
    cursor.eat_sep(b" -/")?;
    let month = month_name(&mut cursor)?;
    cursor.eat_sep(b" -/")?;
    let day = cursor.number(1, 2)?;
    exists(year, month, day).then_some((year, cursor))
}

/// `19800229101112.123+0100`: a date and a time without separators, as in HL7.
fn time_stamp(mut cursor: Cursor<'_>) -> Option<u32> {
    let digits = cursor.take_while(|byte| byte.is_ascii_digit());
    let number =
        |from: usize, to: usize| digits.get(from..to).map(|digits| digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')));
    if !matches!(digits.len(), 10 | 12 | 14) {
        return None;
    }
    let year = number(0, 4)?;
    let clock = number(8, 10)? <= 24 && number(10, 12).is_none_or(|minute| minute < 60) && number(12, 14).is_none_or(|second| second <= 60);
    let tail = cursor.rest().iter().all(|byte| byte.is_ascii_digit() || b".+-Z".contains(byte)) && cursor.rest().len() <= 16;
    (clock && tail && exists(year, number(4, 6)?, number(6, 8)?)).then_some(year)
}

/// `Feb 29 10:11:12 1980`, as `ctime` and `date` write it.
fn year_at_the_end(mut cursor: Cursor<'_>) -> Option<u32> {
    let month = month_name(&mut cursor)?;
    cursor.take_while(|byte| byte == b' ');
    let day = cursor.number(1, 2)?;
    cursor.eat(b' ').then_some(())?;
    let (hour, minute) = (cursor.number(1, 2)?, cursor.eat(b':').then(|| cursor.number(2, 2))??);
    if cursor.eat(b':') {
        cursor.number(2, 2)?;
    }
    // A zone may stand between.
    cursor.take_while(|byte| byte.is_ascii_alphabetic() || byte == b' ');
    let year = cursor.number(4, 4)?;
    (cursor.done() && hour <= 24 && minute < 60 && exists(year, month, day)).then_some(year)
}

/// A year and nothing else.
fn alone(mut cursor: Cursor<'_>) -> Option<u32> {
    let year = cursor.number(4, 4)?;
    (cursor.done() && exists(year, 1, 1)).then_some(year)
}

fn suffix(cursor: &mut Cursor<'_>) {
    let _ = [b"st", b"nd", b"rd", b"th"].iter().any(|suffix| cursor.eat_word(*suffix));
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 12] =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    fn coarse(text: &str) -> Option<String> {
        let mut out = Vec::new();
        write(text.as_bytes(), &mut out).then(|| String::from_utf8(out).unwrap())
    }

    fn birth(text: &str, as_of: u16) -> Option<String> {
        let mut out = Vec::new();
        write_birth(text.as_bytes(), Some(as_of), &mut out).then(|| String::from_utf8(out).unwrap())
    }

    /// One day in every form, by a writer that shares nothing with the reader.
    fn forms(y: u32, m: u32, d: u32) -> Vec<String> {
        let name = NAMES[m as usize - 1];
        let short = name.get(..3).unwrap();
        let upper = short.to_uppercase();
        vec![
            format!("{y}-{m:02}-{d:02}"),
            format!("{y}/{m:02}/{d:02}"),
            format!("{y}.{m:02}.{d:02}"),
            format!("{y}-{m}-{d}"),
            format!("{y}{m:02}{d:02}"),
            format!("{m:02}/{d:02}/{y}"),
            format!("{m}/{d}/{y}"),
            format!("{d:02}/{m:02}/{y}"),
            format!("{d:02}.{m:02}.{y}"),
            format!("{d}. {m}. {y}"),
            format!("{d:02}-{m:02}-{y}"),
            format!("{d:02}-{short}-{y}"),
            format!("{d:02}{upper}{y}"),
            format!("{d} {name} {y}"),
            format!("{d}th of {name}, {y}"),
            format!("{short} {d}, {y}"),
            format!("{name} {d} {y}"),
            format!("{y}-{short}-{d:02}"),
            format!("{y}-{m:02}-{d:02}T10:11:12Z"),
            format!("{y}-{m:02}-{d:02} 10:11:12.123 +0100"),
            format!("{y}{m:02}{d:02}T101112Z"),
            format!("{y}{m:02}{d:02}101112"),
            format!("{y}{m:02}{d:02}1011"),
            format!("{y}{m:02}{d:02}101112.123+0100"),
            format!("Fri, {d:02} {short} {y} 10:11:12 GMT"),
            format!("Fri {short} {d:2} 10:11:12 {y}"),
            format!("Friday, {name} {d}, {y}"),
            format!("{y}\u{2011}{m:02}\u{2011}{d:02}"),
            format!("{m:02}/{d:02}/{y} 10:11 AM"),
            format!("{y}-{m:02}"),
            format!("{m:02}/{y}"),
            format!("{name} {y}"),
            format!("{y}"),
        ]
    }

    #[test]
    fn every_day_of_1900_to_2030_in_every_form() {
        let mut days = 0;
        for (y, m, d) in (1900..=2030).flat_map(|y| (1..=12).flat_map(move |m| (1..=31).map(move |d| (y, m, d)))) {
            if !exists(y, m, d) {
                continue;
            }
            days += 1;
            let year = y.to_string();
            for text in forms(y, m, d) {
                assert_eq!(coarse(&text).as_deref(), Some(year.as_str()), "{text}");
            }
            let expected = if y <= 1936 { "<=1936" } else { &year };
            let text = format!("{d:02}.{m:02}.{y}");
            assert_eq!(birth(&text, 2026).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(days, 131 * 365 + 32);
    }

    #[test]
    fn a_birth_of_more_than_89_years_ago_is_bounded() {
        for (text, as_of, expected) in [
            ("1936-12-31", 2026, "<=1936"),
            ("1937-01-01", 2026, "1937"),
            ("1937-01-01", 2027, "<=1937"),
            ("1931", 2026, "<=1936"),
            ("<=1936", 2026, "<=1936"),
            ("<=1936", 2030, "<=1936"),
            ("19310229", 2026, ""),
        ] {
            assert_eq!(birth(text, as_of).unwrap_or_default(), expected, "{text}");
        }
        assert!(!write_birth(b"1980-02-29", None, &mut Vec::new()));
        assert_eq!(coarse("<=1936"), None);
    }

    #[test]
    fn what_does_not_name_its_year_is_refused() {
        for text in [
            "01/02/80",
            "010280",
            "198002",
            "800229",
            "1981-02-29",
            "13/32/1980",
            "1980-13",
            "1980-02-29x",
            "1980-02-29-1234",
            "123-45-6789",
            "1849-01-01",
            "2101-01-01",
            "1700000000",
            "1700000000000",
            "8002291011",
            "19800229-",
            "Feb",
            "Friday",
            "",
            "born 1980",
            "198",
            "19801",
            "1980-W60",
            "1980-400",
            "00000000",
            "1980-02-29 and more",
            "29/Feb/80",
        ] {
            assert_eq!(coarse(text), None, "{text}");
        }
    }
}
