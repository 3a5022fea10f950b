//! What operators may let through, and for how long.
//!
//! An `[[allow]]` or `[[exclude]]` entry makes a policy weaker. It holds until its last day and no
//! longer; under a compliance preset it also needs an owner and a last day at most thirty days away,
//! so that it is looked at again, and never lets a credential through.

use super::preset::PRESETS;
use crate::engine::Loosening;
use crate::engine::catalog::{Class, KINDS};

/// Credentials by guess: long random text, which a build or a commit may be called as well.
const GUESSED: &str = "high_entropy_generic";

/// Most days that an entry may hold under a compliance preset.
const DAYS: i64 = 30;

/// Why an entry does not hold.
#[derive(Debug, thiserror::Error)]
#[error("the `{table}` of `{kind}` ({reason}) {problem}")]
pub struct LooseningError {
    table: &'static str,
    kind: String,
    reason: String,
    problem: String,
}

/// Checks the entries of an engine against the presets it was built from; `today` in days since
/// 1970-01-01.
///
/// # Errors
/// The first entry that has expired, or that lacks what a compliance preset asks for.
pub fn loosenings<'a>(presets: &[String], entries: impl Iterator<Item = &'a Loosening>, today: i64) -> Result<(), LooseningError> {
    let compliance = presets.iter().find(|name| PRESETS.first() != Some(&name.as_str()));
    for entry in entries {
        let refuse =
            |problem: String| LooseningError { table: entry.table, kind: entry.kind.clone(), reason: entry.reason.clone(), problem };
        let last = entry.expires.as_deref().and_then(days);
        if let (Some(last), Some(text)) = (last, &entry.expires)
            && last < today
        {
            return Err(refuse(format!("expired on {text}; take it out, or renew `expires`")));
        }
        let Some(preset) = compliance else { continue };
        if is_credential(&entry.kind) {
            return Err(refuse(format!(
                "cannot be used under the preset `{preset}`, which lets no credential or card verification data stay"
            )));
        }
        if entry.owner.as_deref().is_none_or(|owner| owner.trim().is_empty()) {
            return Err(refuse(format!("needs an `owner` under the preset `{preset}`")));
        }
        if last.is_none_or(|last| last > today + DAYS) {
            return Err(refuse(format!("needs `expires` at most {DAYS} days away under the preset `{preset}`")));
        }
    }
    Ok(())
}

fn is_credential(kind: &str) -> bool {
    kind != GUESSED && KINDS.iter().any(|known| known.id == kind && matches!(known.class, Class::Secret | Class::Sad))
}

/// Days from 1970-01-01 to a day written `YYYY-MM-DD`.
pub fn days(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    // Years begin in March here, so that a leap day is the last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(365 * year + leap_days + (153 * month + 2) / 5 + day - 719_469)
}

/// The other way round, as `YYYY-MM-DD`; for days from 1970 on.
pub fn date(days: i64) -> String {
    // After Howard Hinnant's `civil_from_days`: years begin in March, eras have 400 of them.
    let shifted = days.max(0) + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let (day, month) = (day_of_year - (153 * from_march + 2) / 5 + 1, if from_march < 10 { from_march + 3 } else { from_march - 9 });
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates_and_back() {
        for text in ["1970-01-01", "2000-02-29", "2024-03-01", "2026-12-31", "2100-02-28"] {
            assert_eq!(days(text).map(date).as_deref(), Some(text));
        }
    }

    fn entry(owner: Option<&str>, expires: Option<&str>) -> Loosening {
        Loosening::new("exclude", "email", owner, expires)
    }

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        assert_eq!(days("1970-01-01"), Some(0));
        assert_eq!(days("2000-02-29"), Some(11_016));
        assert_eq!(days("2000-03-01"), Some(11_017));
        assert_eq!(days("2026-11-22"), Some(20_779));
        assert_eq!(days("x"), None);
    }

    #[test]
    fn entries_end_and_compliance_asks_for_more() {
        let today = days("2026-11-22").unwrap_or(0);
        let holds = |preset: &str, entry: Loosening| loosenings(&[preset.to_owned()], [&entry].into_iter(), today).is_ok();
        assert!(holds("standard", entry(None, None)));
        assert!(holds("standard", entry(None, Some("2026-11-22"))));
        assert!(!holds("standard", entry(None, Some("2026-11-21"))));
        assert!(holds("hipaa", entry(Some("platform"), Some("2026-12-22"))));
        assert!(!holds("hipaa", entry(Some("platform"), Some("2026-12-23"))));
        assert!(!holds("hipaa", entry(Some("platform"), None)));
        assert!(!holds("pci", entry(None, Some("2026-12-01"))));
    }

    #[test]
    fn credentials_do_not_stay_under_compliance() {
        let today = days("2026-11-22").unwrap_or(0);
        for table in ["allow", "exclude"] {
            for (preset, kind, expected) in [
                ("standard", "cvv", true),
                ("pci", "cvv", false),
                ("pci", "pin_block", false),
                ("hipaa", "password_assignment", false),
                ("soc2", "high_entropy_generic", true),
                ("gdpr", "email", true),
            ] {
                let entry = Loosening::new(table, kind, Some("platform"), Some("2026-12-01"));
                let outcome = loosenings(&[preset.to_owned()], [&entry].into_iter(), today);
                assert_eq!(outcome.is_ok(), expected, "{table} {preset} {kind}");
                assert!(outcome.err().is_none_or(|error| error.to_string().contains(&format!("the `{table}` of `{kind}`"))));
            }
        }
    }
}
