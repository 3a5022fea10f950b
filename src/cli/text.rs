//! Numbers and names as people read them, safe for a terminal.

use std::ffi::OsStr;
use std::fmt::Write as _;

/// A file name for a message: control characters escaped, so that a name cannot move the
/// cursor or start a line of its own.
pub(super) fn printable(name: &OsStr) -> String {
    escape_controls(&name.to_string_lossy())
}

/// The text with its control characters escaped.
pub(super) fn escape_controls(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    safe
}

/// `1234567` as `1 234 567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// A number of bytes in units of a thousand.
pub(super) fn bytes(count: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    for (unit, name) in UNITS {
        if count >= unit {
            let tenths = count / (unit / 10);
            return format!("{}.{} {name}", tenths / 10, tenths % 10);
        }
    }
    format!("{count} B")
}

/// `1` and `findings` as `1 finding`.
pub(super) fn counted(number: u64, plural: &str) -> String {
    let mut text = grouped(number);
    let noun = match plural.strip_suffix('s') {
        Some(singular) if number == 1 => singular,
        _ => plural,
    };
    let _ = write!(text, " {noun}");
    text
}

/// Rows with columns of equal width.
#[cfg(feature = "server")]
pub(super) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        widths.iter_mut().zip(row).for_each(|(width, cell)| *width = (*width).max(cell.chars().count()));
    }
    let mut text = String::new();
    for row in rows {
        let line: String = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}  ")).collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_scaled() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1 234 567");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_250), "1.2 kB");
        assert_eq!(bytes(3_999_999_999), "3.9 GB");
        assert_eq!(bytes(u64::MAX), "18446744.0 TB");
        assert_eq!(counted(1, "findings"), "1 finding");
        assert_eq!(counted(2, "findings"), "2 findings");
    }

    #[test]
    fn a_name_cannot_control_the_terminal() {
        let name = OsStr::new("a\x1b[2J\nb");
        assert_eq!(printable(name), "a\\u{1b}[2J\\nb");
    }
}
