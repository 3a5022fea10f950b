//! Date of care (admission, discharge, death, procedure): a calendar date, or a month and year.
//!
//! Runs on the value beside a care key; the record's own timestamp never reaches it. Month level
//! counts because Safe Harbor allows only the year. Source: 45 CFR 164.514(b)(2)(i)(C), ISO 8601-1.

use super::calendar::{exists, is_date, month_name};
use super::cursor::Cursor;

/// True when `value` is exactly one date, `YYYY-MM`, `MM/YYYY` or `March 2024`.
pub(crate) fn valid(value: &[u8]) -> bool {
    is_date(value) || month_level(value).is_some()
}

fn month_level(value: &[u8]) -> Option<()> {
    let mut cursor = Cursor::new(value);
    let (year, month) = if let Some(year) = cursor.number(4, 4) {
        cursor.eat_any(b"-/")?;
        (year, cursor.number(2, 2)?)
    } else if let Some(month) = cursor.number(1, 2) {
        cursor.eat(b'/').then_some(())?;
        (cursor.number(4, 4)?, month)
    } else {
        let month = month_name(&mut cursor)?;
        cursor.eat_any(b" -")?;
        (cursor.number(4, 4)?, month)
    };
    (cursor.done() && exists(year, month, 1)).then_some(())
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "2024-03-15",
            "03/15/2024",
            "15-Mar-2024",
            "2024-03",
            "3/2024",
            "March 2024",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "2024-02-30",
            "2024-00-10",
            "31/31/2024",
            "2024-13",
            "2024",
            "March",
            "March 20245",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
