//! Options of policies and masks: modes, floors, dates, keys for tokens.
//!
//! What can be wrong about them is said before any input is opened.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use hushlog::policy::Request;
use hushlog::{EngineBuilder, JsonNumbers, Key};

use super::exit::Failure;
use super::keyfile;
use super::setup::MaskOption;
use super::text::printable;

/// Largest key file: the longest key and some remarks.
const KEY_MAX: u64 = 8 << 10;

/// What a preset needs beside its name, and what masks need.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct MaskingOptions {
    /// Mode of the preset `hipaa`
    ///
    /// `safe_harbor` is the default. `limited_data_set` keeps dates, ages and ZIP codes and
    /// needs `--reference`, as does `expert`, which allows tokens. See docs/policy.md.
    #[arg(long, value_name = "MODE")]
    pub(super) mode: Option<String>,

    /// Document that the mode stands on
    ///
    /// The number of the data use agreement, or of the expert's determination.
    #[arg(long, value_name = "TEXT")]
    pub(super) reference: Option<String>,

    /// Preset that nothing may be weaker than
    ///
    /// A preset, a mode or a mask that hides less than this one is refused.
    #[arg(long, value_name = "PRESET")]
    pub(super) floor: Option<String>,

    /// Day on which ages are judged; today by default
    ///
    /// A birth year that means an age over 89 on that day is written as `<=YEAR` by the mask
    /// generalise. Give it to get the same output from the same log at any time.
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<AsOf>,

    /// Key file for tokens; repeatable
    ///
    /// `hushlog keygen` writes one. The first makes tokens; tokens of the others are left as
    /// they are. Refused when anyone but its owner may read the file.
    #[arg(long = "key", value_name = "FILE")]
    pub(super) keys: Vec<PathBuf>,

    /// Zone of tokens; those of two zones do not join
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub(super) zone: String,

    /// Tenant of tokens; those of two tenants do not join
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub(super) tenant: String,

    /// Calling code of phone numbers written without one, such as 49; for tokens
    #[arg(long, value_name = "CODE")]
    pub(super) phone_country: Option<String>,
}

/// How values are replaced; for commands that replace any.
#[derive(Debug, Default, clap::Args)]
pub(super) struct MaskOptions {
    /// Mask for one kind; repeatable
    ///
    /// Masks: label writes `[KIND]` and is the default; token writes `[KIND:k1:…]`, the same
    /// for the same value, and needs `--key`; generalise writes the year of a date, the network
    /// of an address and the like, else the label; partial keeps the characters the kind
    /// allows, and is refused for secrets; drop_value leaves the value out; drop_record leaves
    /// one line that says a record was dropped. A preset may allow fewer. Kinds are listed in
    /// docs/detectors.md.
    #[arg(long = "mask", value_name = "KIND=MASK")]
    pub(super) masks: Vec<MaskOption>,

    /// What stands for a masked JSON number
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    json_numbers: Numbers,
}

impl MaskOptions {
    pub(super) fn numbers(&self) -> JsonNumbers {
        match self.json_numbers {
            Numbers::Null => JsonNumbers::Null,
            Numbers::String => JsonNumbers::String,
            Numbers::Zero => JsonNumbers::Zero,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Numbers {
    /// `null`
    #[default]
    Null,
    /// The replacement in quotes
    String,
    /// `0`
    Zero,
}

/// A day of the calendar, of which the year is used.
#[derive(Clone, Copy, Debug)]
struct AsOf {
    year: u16,
    /// Since 1970-01-01.
    days: i64,
}

impl FromStr for AsOf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "write a day as YYYY-MM-DD, such as 2026-03-01, between 1900 and 2200".to_owned();
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts.as_slice() else { return Err(wrong()) };
        let digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
            return Err(wrong());
        }
        let number = |text: &str| text.parse::<u16>().map_err(|_| wrong());
        let (year, month, day) = (number(year)?, number(month)?, number(day)?);
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            2 => 28 + u16::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        if (1900..=2200).contains(&year) && (1..=last).contains(&day) {
            Ok(Self { year, days: hushlog::policy::days(text).unwrap_or(0) })
        } else {
            Err(wrong())
        }
    }
}

impl AsOf {
    /// By the system's clock, in UTC.
    fn today() -> Self {
        let days = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400);
        // Years of 365.2425 days, counted from 1970; a year changes a day early or late at most.
        let year = u16::try_from(1970 + days * 10_000 / 3_652_425).unwrap_or(u16::MAX);
        Self { year, days: i64::try_from(days).unwrap_or(i64::MAX) }
    }
}

impl MaskingOptions {
    /// Makes the day a fixed one: the one given, or else the one known from before, or else today. Returns it.
    #[cfg(feature = "server")]
    pub(super) fn fix_day(&mut self, known: Option<&str>) -> String {
        let day = self.as_of.or_else(|| known?.parse().ok()).unwrap_or_else(AsOf::today);
        self.as_of = Some(day);
        hushlog::policy::date(day.days)
    }

    /// The day on which the policy is judged, in days since 1970-01-01.
    pub(super) fn day(&self) -> i64 {
        self.as_of.unwrap_or_else(AsOf::today).days
    }
}

/// Starts an engine: presets, mode and floor, the date, and the keys.
pub(super) fn builder(presets: &str, options: &MaskingOptions) -> Result<EngineBuilder, Failure> {
    let request = Request {
        presets: presets.split(',').map(|name| name.trim().to_owned()).collect(),
        mode: options.mode.clone(),
        reference: options.reference.clone(),
        floor: options.floor.clone(),
    };
    let of_tokens = [!options.zone.is_empty(), !options.tenant.is_empty(), options.phone_country.is_some()];
    if options.keys.is_empty() && of_tokens.contains(&true) {
        return Err(Failure::KeyMissing);
    }
    let mut builder = hushlog::policy::policy(&request)?;
    builder = builder.as_of(options.as_of.unwrap_or_else(AsOf::today).year).zone(&options.zone, &options.tenant);
    if let Some(code) = &options.phone_country {
        builder = builder.phone_country(code).map_err(Failure::Country)?;
    }
    for path in &options.keys {
        builder = builder.key(read_key(path)?);
    }
    Ok(builder)
}

fn read_key(path: &Path) -> Result<Key, Failure> {
    let (content, file) = (keyfile::read(path, KEY_MAX)?, printable(path.as_os_str()));
    match std::str::from_utf8(&content) {
        Ok(text) => Key::parse(text).map_err(|source| Failure::Key { file, source }),
        Err(_) => Err(Failure::KeyUnread { file, source: std::io::ErrorKind::InvalidData.into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read() {
        for (text, year) in [
            ("2026-03-01", Some(2026)),
            ("2024-02-29", Some(2024)),
            ("2026-02-29", None),
            ("2026-3-1", None),
            ("26-03-01", None),
            ("2026-13-01", None),
            ("2026-03-00", None),
            ("", None),
            ("today", None),
        ] {
            assert_eq!(text.parse::<AsOf>().ok().map(|day| day.year), year, "{text}");
        }
        assert!((2025..2200).contains(&AsOf::today().year));
    }
}
