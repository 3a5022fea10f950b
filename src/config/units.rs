//! Sizes and times as people write them: `1GiB`, `30d`, `250ms`.

use super::fields::At;
use super::problem::Problems;
use std::time::Duration;

/// Bytes per unit, the longer names first.
const SIZES: [(&str, u64); 8] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("B", 1),
];

/// Milliseconds per unit. A year is 365.25 days.
const TIMES: [(&str, u64); 6] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("y", 31_557_600_000)];

impl At<'_> {
    /// As a number of bytes.
    pub(crate) fn bytes(&self, problems: &mut Problems) -> Option<u64> {
        self.unit(problems, &SIZES, "a size such as `64MiB` or `1GiB`")
    }

    /// As a number of bytes between two others, each written as in a configuration.
    pub(crate) fn bytes_within(&self, problems: &mut Problems, least: &str, most: &str) -> Option<u64> {
        self.within(problems, &SIZES, (least, most), &format!("a size from `{least}` to `{most}`"))
    }

    /// As a time between two others, each written as in a configuration.
    pub(crate) fn duration_within(&self, problems: &mut Problems, least: &str, most: &str) -> Option<Duration> {
        self.within(problems, &TIMES, (least, most), &format!("a time from `{least}` to `{most}`")).map(Duration::from_millis)
    }

    fn within(&self, problems: &mut Problems, units: &[(&str, u64)], (least, most): (&str, &str), allowed: &str) -> Option<u64> {
        let value = self.unit(problems, units, allowed)?;
        let fits = value >= scaled(least, units).unwrap_or(0) && value <= scaled(most, units).unwrap_or(u64::MAX);
        if !fits {
            self.wrong_as(problems, "another value", allowed);
        }
        fits.then_some(value)
    }

    /// As a time.
    pub(crate) fn duration(&self, problems: &mut Problems) -> Option<Duration> {
        self.unit(problems, &TIMES, "a time such as `500ms`, `10s`, `5m`, `30d` or `6y`").map(Duration::from_millis)
    }

    /// As a whole number from `least` to `most`.
    pub(crate) fn number(&self, problems: &mut Problems, least: u64, most: u64) -> Option<u64> {
        let allowed = format!("a whole number from {least} to {most}");
        let number = self.text(problems, &allowed)?.parse().ok().filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.wrong_as(problems, "another value", allowed);
        }
        number
    }

    /// As `true` or `false`.
    pub(crate) fn truth(&self, problems: &mut Problems) -> Option<bool> {
        let truth = self.text(problems, "`true` or `false`")?.parse().ok();
        if truth.is_none() {
            self.wrong(problems, "`true` or `false`");
        }
        truth
    }

    /// As one of some words.
    pub(crate) fn choice<T: Copy>(&self, problems: &mut Problems, choices: &[(&str, T)]) -> Option<T> {
        let allowed = choices.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let text = self.text(problems, &allowed)?;
        let chosen = choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice);
        if chosen.is_none() {
            self.wrong_as(problems, "another word", allowed);
        }
        chosen
    }

    fn unit(&self, problems: &mut Problems, units: &[(&str, u64)], allowed: &str) -> Option<u64> {
        let value = scaled(self.text(problems, allowed)?, units).filter(|value| *value > 0);
        if value.is_none() {
            self.wrong_as(problems, "another value", allowed);
        }
        value
    }
}

/// A number and its unit.
fn scaled(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let split = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(split)?;
    let scale = units.iter().find(|(name, _)| *name == unit.trim()).map(|(_, scale)| *scale)?;
    number.parse::<u64>().ok()?.checked_mul(scale)
}
