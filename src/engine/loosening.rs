//! What makes a policy weaker, and who answers for it: shared by `allow` and `exclude`.
//!
//! Here stands what every entry has to say; whether it is enough under a preset, and until when, is
//! checked by the policy, which knows the day.

use super::catalog::{KINDS, KindId};
use super::validate;

/// An entry of a rule file that lets values of one kind through. What it lets through is not shown.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Loosening {
    /// Name of its table: `allow` or `exclude`.
    pub table: &'static str,
    /// The kind it is about.
    pub kind: String,
    /// Why it may stay.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Last day on which it holds, as `YYYY-MM-DD`.
    pub expires: Option<String>,
}

impl Loosening {
    #[cfg(test)]
    pub(crate) fn new(table: &'static str, kind: &str, owner: Option<&str>, expires: Option<&str>) -> Self {
        let text = |text: &str| text.to_owned();
        Self { table, kind: text(kind), reason: text("sender of notices"), owner: owner.map(text), expires: expires.map(text) }
    }

    /// What errors call it.
    pub(crate) fn place(&self) -> String {
        place(self.table, &self.kind)
    }
}

fn place(table: &str, kind: &str) -> String {
    format!("{table} of `{kind}`")
}

/// Checks what entries of all tables have.
///
/// # Errors
/// What is wrong and what is allowed.
pub(crate) fn of_entry(
    table: &'static str,
    kind: String,
    reason: String,
    owner: Option<String>,
    expires: Option<String>,
) -> Result<(KindId, Loosening), String> {
    let at = place(table, &kind);
    let Some(known) = KINDS.iter().position(|known| known.id == kind) else {
        return Err(format!("{at}: there is no such kind; `hushlog rules list` names them"));
    };
    if reason.trim().is_empty() {
        return Err(format!("{at}: `reason` must say why the value may stay"));
    }
    if expires.as_deref().is_some_and(|day| !validate::calendar::is_iso_day(day.as_bytes())) {
        return Err(format!("{at}: `expires` must be a day, written YYYY-MM-DD"));
    }
    Ok((KindId(known as u16), Loosening { table, kind, reason, owner, expires }))
}
