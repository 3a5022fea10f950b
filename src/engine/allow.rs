//! Values that may stay although a kind finds them: an operator's list.
//!
//! An entry names a kind and what of it may stay: one value, a network, or an expression for
//! the whole value. It says why, and may say who answers for it and until when; what a policy
//! asks for is checked there. An entry never hides a value from other kinds.

use super::catalog::{KindId, id};
use super::loosening::{Loosening, of_entry};
use super::networks::{self, Network};
use super::rules::syntax;
use super::verify::Hit;
use regex_automata::meta::Regex;
use regex_automata::{Anchored, Input};
use serde::Deserialize;

/// An entry as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAllow {
    kind: String,
    reason: String,
    owner: Option<String>,
    expires: Option<String>,
    value: Option<String>,
    cidr: Option<String>,
    regex: Option<String>,
}

/// A checked entry.
#[derive(Debug)]
pub(crate) struct Allow {
    kind: KindId,
    what: What,
    pub(crate) info: Loosening,
}

#[derive(Debug)]
enum What {
    Value(Vec<u8>),
    Network(Network),
    Pattern(Box<Regex>),
}

/// Checks an entry.
///
/// # Errors
/// What is wrong and what is allowed.
pub(crate) fn check(raw: RawAllow) -> Result<Allow, String> {
    let (kind, info) = of_entry("allow", raw.kind, raw.reason, raw.owner, raw.expires)?;
    let at = info.place();
    let what = match (raw.value, raw.cidr, raw.regex) {
        (Some(value), None, None) if !value.is_empty() => What::Value(value.into_bytes()),
        (None, Some(cidr), None) => {
            if !matches!(kind, id::IP_V4 | id::IP_V6) {
                return Err(format!("{at}: `cidr` is for ip_v4 and ip_v6; use `value` or `regex`"));
            }
            let network = Network::parse(&cidr);
            What::Network(network.ok_or_else(|| format!("{at}: `cidr` must be a network, such as 203.0.113.0/24 or 2001:db8::/32"))?)
        }
        (None, None, Some(pattern)) => {
            let regex = Regex::builder().syntax(syntax()).build(&pattern);
            let regex = regex.map_err(|_| format!("{at}: `regex` cannot be read, or is too large"))?;
            if takes_everything(&regex) {
                return Err(format!("{at}: `regex` takes any value at all; say what those have in common that may stay"));
            }
            What::Pattern(Box::new(regex))
        }
        _ => return Err(format!("{at}: needs exactly one of `value`, `cidr` and `regex`")),
    };
    Ok(Allow { kind, what, info })
}

/// Whether letters, digits and signs alone are all whole matches, at some length that values have.
fn takes_everything(regex: &Regex) -> bool {
    (1..=32).any(|length| {
        [&b"Qz"[..], b"07", b"@:/-._"].iter().all(|sample| {
            let text: Vec<u8> = sample.iter().copied().cycle().take(length).collect();
            is_whole(regex, &text)
        })
    })
}

fn is_whole(regex: &Regex, text: &[u8]) -> bool {
    regex.find(Input::new(text).anchored(Anchored::Yes)).is_some_and(|found| found.end() == text.len())
}

impl Allow {
    /// Whether the finding may stay.
    pub(crate) fn lets(&self, hay: &[u8], hit: &Hit) -> bool {
        let text = hay.get(hit.start as usize..hit.end as usize).unwrap_or_default();
        hit.kind == self.kind
            && match &self.what {
                What::Value(value) => text == value.as_slice(),
                What::Network(network) => networks::address(text).is_some_and(|address| network.holds(address)),
                What::Pattern(regex) => is_whole(regex, text),
            }
    }
}
