//! Calendar dates in the forms people and programs write them, for the date kinds.
//!
//! Forms: YYYY-MM-DD (also `/` and `.`), YYYYMMDD, MM/DD/YYYY and DD/MM/YYYY, DD.MM.YYYY,
//! DD-Mon-YYYY, D Month YYYY, Mon D, YYYY, and an ISO 8601 time part after the year-first forms. The day of the
//! week may stand before any of them, and the year behind the time (`Sat Feb 29 00:00:00 UTC 1980`).
//! Years run from 1850 to 2100 and the day must exist in the Gregorian calendar (ISO 8601-1).
//! Two-digit years are left to the key, `01/02/03` alone names no date; `29 Feb 80` does.

use super::cursor::Cursor;

/// English month names; the first three letters are the short form.
const MONTHS: [&[u8]; 12] =
    [b"january", b"february", b"march", b"april", b"may", b"june", b"july", b"august", b"september", b"october", b"november", b"december"];

/// English days of the week; the first three letters are the short form.
const WEEKDAYS: [&[u8]; 7] = [b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday"];

/// True when the day exists and the year is plausible for a person or a record.
pub(crate) const fn exists(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    year >= 1850 && year <= 2100 && day >= 1 && day <= last
}

/// True when the day exists in a year of which only two digits are known.
pub(crate) const fn exists_short(year: u32, month: u32, day: u32) -> bool {
    // Of the years that end alike, the one in the 2000s is a leap year when any is.
    year < 100 && exists(2000 + year, month, day)
}

/// True when `bytes` is a day written `YYYY-MM-DD` (ISO 8601).
pub(crate) fn is_iso_day(bytes: &[u8]) -> bool {
    let number = |range: std::ops::Range<usize>| {
        let digits = bytes.get(range).filter(|part| part.iter().all(u8::is_ascii_digit))?;
        Some(digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
    };
    let parts = (number(0..4), number(5..7), number(8..10));
    let marks = bytes.len() == 10 && bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    matches!(parts, (Some(year), Some(month), Some(day)) if marks && exists(year, month, day))
}

/// Length of the date with the name of a month at the start of `bytes`: `March 4, 2026`.
pub(crate) fn named_month_len(bytes: &[u8]) -> Option<usize> {
    bytes.first().filter(|first| first.is_ascii_uppercase())?;
    date_len(bytes).filter(|_| named_month(Cursor::new(bytes)).is_some())
}

/// True when the whole of `bytes` is one date.
pub(crate) fn is_date(bytes: &[u8]) -> bool {
    date_len(bytes) == Some(bytes.len())
}

/// Length of the date at the start of `bytes`, with its time part; none when a digit, a letter, `_`
/// or another `.digit` group follows, because then it is part of something longer.
pub(crate) fn date_len(bytes: &[u8]) -> Option<usize> {
    let start = Cursor::new(bytes);
    let start = weekday(start).unwrap_or(start);
    let forms = [year_first, compact, year_last, year_behind_time, named_month];
    let after = forms.iter().find_map(|form| form(start))?;
    let open = match after.rest() {
        [b'.', next, ..] => !next.is_ascii_digit(),
        [next, ..] => !next.is_ascii_alphanumeric() && *next != b'_',
        [] => true,
    };
    open.then(|| bytes.len() - after.rest().len())
}

fn year_first(mut cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let year = cursor.number(4, 4)?;
    let sep = cursor.eat_any(b"-/.")?;
    let month = cursor.number(1, 2)?;
    let day = cursor.eat(sep).then(|| cursor.number(1, 2))??;
    exists(year, month, day).then(|| time(cursor).unwrap_or(cursor))
}

fn compact(mut cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let packed = cursor.number(8, 8)?;
    exists(packed / 10_000, packed / 100 % 100, packed % 100).then(|| time(cursor).unwrap_or(cursor))
}

fn year_last(mut cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let first = cursor.number(1, 2)?;
    let sep = cursor.eat_any(b"/.-")?;
    let second = cursor.number(1, 2)?;
    let year = cursor.eat(sep).then(|| cursor.number(4, 4))??;
    // Dots are the day-first style; the other separators are used in both orders.
    let ok = exists(year, second, first) || (sep != b'.' && exists(year, first, second));
    ok.then_some(cursor)
}

fn named_month(mut cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    if cursor.peek()?.is_ascii_digit() {
        let day = cursor.number(1, 2)?;
        ordinal(&mut cursor);
        cursor.eat(b'.');
        let sep = cursor.eat_any(b" -/")?;
        let _ = sep == b' ' && cursor.eat_word(b"of ");
        let month = month_name(&mut cursor)?;
        cursor.eat_any(b".,");
        cursor.eat(sep).then_some(())?;
        let mut ahead = cursor;
        if let Some(year) = ahead.number(4, 4) {
            return exists(year, month, day).then_some(ahead);
        }
        let year = cursor.number(2, 2)?;
        return (cursor.peek() != Some(b':') && exists_short(year, month, day)).then_some(cursor);
    }
    let month = month_name(&mut cursor)?;
    cursor.eat(b'.');
    let sep = cursor.eat_any(b" -")?;
    let day = cursor.number(1, 2)?;
    ordinal(&mut cursor);
    cursor.eat(b',');
    let year = cursor.eat(sep).then(|| cursor.number(4, 4))??;
    exists(year, month, day).then_some(cursor)
}

/// `Feb 29 00:00:00 UTC 1980`, as ctime(3) and Java write it, with or without the zone.
fn year_behind_time(mut cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let month = month_name(&mut cursor)?;
    cursor.eat(b' ').then_some(())?;
    cursor.eat(b' ');
    let day = cursor.number(1, 2)?;
    cursor = time(cursor).filter(|_| cursor.peek() == Some(b' '))?;
    cursor.eat(b' ').then_some(())?;
    let mut ahead = cursor;
    let zone = ahead.take_while(|byte| byte.is_ascii_alphabetic());
    let offset = ahead.take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b':'));
    if zone.len() + offset.len() <= 10 && (!zone.is_empty() || offset.len() == 5) && ahead.eat(b' ') {
        cursor = ahead;
    }
    let year = cursor.number(4, 4)?;
    exists(year, month, day).then_some(cursor)
}

/// Reads the day of the week, full or three letters, and the blank behind it.
fn weekday(mut cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let word = cursor.take_while(|byte| byte.is_ascii_alphabetic());
    let short = |name: &[u8]| name.get(..3).is_some_and(|short| word.eq_ignore_ascii_case(short));
    WEEKDAYS.iter().find(|name| word.eq_ignore_ascii_case(name) || short(name))?;
    cursor.eat_any(b".,");
    cursor.eat(b' ').then_some(cursor)
}

fn ordinal(cursor: &mut Cursor<'_>) {
    let _ = [b"st", b"nd", b"rd", b"th"].iter().any(|s| cursor.eat_word(*s));
}

/// Reads a month name, full or three letters (`Sept` too), and returns its number.
pub(crate) fn month_name(cursor: &mut Cursor<'_>) -> Option<u32> {
    let mut ahead = *cursor;
    let word = ahead.take_while(|b| b.is_ascii_alphabetic());
    let short = |name: &[u8]| name.get(..3).is_some_and(|s| word.eq_ignore_ascii_case(s));
    let found = MONTHS.iter().zip(1..).find(|(name, _)| word.eq_ignore_ascii_case(name) || short(name));
    let month = match found {
        Some((_, number)) => number,
        None if word.eq_ignore_ascii_case(b"sept") => 9,
        None => return None,
    };
    *cursor = ahead;
    Some(month)
}

/// Reads `Thh:mm[:ss[.fff]][Z|+hh:mm]`, colons optional after `T`, or the same after one space.
fn time(mut cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let mark = cursor.eat_any(b"Tt ")?;
    let run = cursor.take_while(|b| b.is_ascii_digit());
    let hour = match run.len() {
        2 if cursor.eat(b':') => {
            let minute = cursor.number(2, 2)?;
            let mut ahead = cursor;
            if ahead.eat(b':') && ahead.number(2, 2).is_some_and(|s| s <= 60) {
                cursor = ahead;
            }
            (minute <= 59).then_some(run)?
        }
        4 | 6 if mark != b' ' => run.get(..2)?,
        _ => return None,
    };
    if hour > b"24".as_slice() {
        return None;
    }
    let mut ahead = cursor;
    if ahead.eat_any(b".,").is_some() && ahead.number(1, 9).is_some() {
        cursor = ahead;
    }
    Some(zone(cursor).unwrap_or(cursor))
}

fn zone(mut cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    if cursor.eat_any(b"Zz").is_some() {
        return Some(cursor);
    }
    cursor.eat_any(b"+-")?;
    if cursor.number(4, 4).is_none() {
        cursor.number(2, 2)?;
        let mut ahead = cursor;
        if ahead.eat(b':') && ahead.number(2, 2).is_some() {
            cursor = ahead;
        }
    }
    Some(cursor)
}

#[cfg(test)]
mod tests {
    use super::{MONTHS, date_len, exists, is_date};

    #[test]
    fn every_day_of_1900_to_2030_in_every_form() {
        let mut days = 0;
        for (y, m, d) in (1900..=2030).flat_map(|y| (0..=13).flat_map(move |m| (0..=32).map(move |d| (y, m, d)))) {
            let name = MONTHS.get((m as usize).wrapping_sub(1)).map_or("foo", |n| std::str::from_utf8(n).unwrap());
            let short = name.get(..3).unwrap();
            let real = exists(y, m, d);
            days += u32::from(real);
            let swapped = exists(y, d, m);
            for text in [
                format!("{y}-{m:02}-{d:02}"),
                format!("{y}/{m:02}/{d:02}"),
                format!("{y}{m:02}{d:02}"),
                format!("{d:02}.{m:02}.{y}"),
                format!("{d:02}-{short}-{y}"),
                format!("{d} {name} {y}"),
                format!("{short} {d}, {y}"),
                format!("{y}-{m:02}-{d:02}T23:59:60.5Z"),
            ] {
                assert_eq!(is_date(text.as_bytes()), real, "{text}");
            }
            assert_eq!(is_date(format!("{m:02}/{d:02}/{y}").as_bytes()), real || swapped);
        }
        assert_eq!(days, 131 * 365 + 32); // 1904..=2028 every fourth year
    }

    #[test]
    fn the_length_ends_with_the_date() {
        let cases: [(&str, Option<usize>); 27] = [
            ("Sat Feb 29 00:00:00 UTC 1980 x", Some(28)),
            ("Sat Feb 29 00:00:00 1980", Some(24)),
            ("Fri Feb  9 01:02:03 +0100 1981", Some(30)),
            ("Sat Feb 29 1980 00:00:00 GMT+0100", Some(15)),
            ("Fri, 29 Feb 1980", Some(16)),
            ("Friday, February 29, 1980", Some(25)),
            ("Fri 1980-02-29", Some(14)),
            ("29 Feb 80", Some(9)),
            ("29 Feb 10:11:12", None),
            ("29th of February 1980", Some(21)),
            ("30 Feb 80", None),
            ("Sat Feb 30 00:00:00 UTC 1980", None),
            ("Feb 29 00:00:00 host app", None),
            ("1980-02-29 is a day", Some(10)),
            ("1980-02-29T10:11:12.123+01:00, x", Some(29)),
            ("1980-02-29 10:11 x", Some(16)),
            ("19800229T101112Z", Some(16)),
            ("Sept. 3rd, 1980;", Some(15)),
            ("3. May 1980", Some(11)),
            ("29.02.1980.", Some(10)),
            ("29.02.1980.1", None),
            ("1980-02-29x", None),
            ("1980-02-290", None),
            ("198002290", None),
            ("1980-02/29", None),
            ("1849-01-01", None),
            ("", None),
        ];
        for (text, want) in cases {
            assert_eq!(date_len(text.as_bytes()), want, "{text}");
        }
    }
}
