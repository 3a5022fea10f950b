//! Values that may stay although a kind finds them: an operator's list.
//!
//! An entry names a kind and what of it may stay: one value, a network, or an expression for
//! the whole value. It says why, and may say who answers for it and until when; what a policy
//! asks for is checked there. An entry never hides a value from other kinds.

use super::catalog::{KINDS, KindId, id};
use super::rules::syntax;
use super::validate;
use super::verify::Hit;
use regex_automata::meta::Regex;
use regex_automata::{Anchored, Input};
use serde::Deserialize;

/// An entry as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawAllow {
    kind: String,
    value: Option<String>,
    cidr: Option<String>,
    regex: Option<String>,
    reason: String,
    owner: Option<String>,
    expires: Option<String>,
}

/// What an entry lets through, and who said so. The value itself is not shown.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Allowed {
    /// The kind it is about.
    pub kind: String,
    /// Why it may stay.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Last day on which it holds, as `YYYY-MM-DD`.
    pub expires: Option<String>,
}

impl Allowed {
    #[cfg(test)]
    pub(crate) fn new(kind: &str, reason: &str, owner: Option<&str>, expires: Option<&str>) -> Self {
        let text = |text: &str| text.to_owned();
        Self { kind: text(kind), reason: text(reason), owner: owner.map(text), expires: expires.map(text) }
    }
}

/// A checked entry.
#[derive(Debug)]
pub(crate) struct Allow {
    kind: KindId,
    what: What,
    pub(crate) info: Allowed,
}

#[derive(Debug)]
enum What {
    Value(Vec<u8>),
    /// Address and length of the prefix, IPv4 as its mapped form.
    Network(u128, u32),
    Pattern(Box<Regex>),
}

/// Checks an entry.
///
/// # Errors
/// What is wrong and what is allowed.
pub(crate) fn check(raw: RawAllow) -> Result<Allow, String> {
    let at = format!("allow of `{}`", raw.kind);
    let Some(kind) = KINDS.iter().position(|kind| kind.id == raw.kind).map(|at| KindId(at as u16)) else {
        return Err(format!("{at}: there is no such kind; `hushlog rules list` names them"));
    };
    if raw.reason.trim().is_empty() {
        return Err(format!("{at}: `reason` must say why the value may stay"));
    }
    if raw.expires.as_deref().is_some_and(|day| !validate::calendar::is_iso_day(day.as_bytes())) {
        return Err(format!("{at}: `expires` must be a day, written YYYY-MM-DD"));
    }
    let what = match (raw.value, raw.cidr, raw.regex) {
        (Some(value), None, None) if !value.is_empty() => What::Value(value.into_bytes()),
        (None, Some(cidr), None) => {
            if !matches!(kind, id::IP_V4 | id::IP_V6) {
                return Err(format!("{at}: `cidr` is for ip_v4 and ip_v6; use `value` or `regex`"));
            }
            network(&cidr).ok_or_else(|| format!("{at}: `cidr` must be a network, such as 203.0.113.0/24 or 2001:db8::/32"))?
        }
        (None, None, Some(pattern)) => {
            let regex = Regex::builder().syntax(syntax()).build(&pattern);
            What::Pattern(Box::new(regex.map_err(|_| format!("{at}: `regex` cannot be read, or is too large"))?))
        }
        _ => return Err(format!("{at}: needs exactly one of `value`, `cidr` and `regex`")),
    };
    Ok(Allow { kind, what, info: Allowed { kind: raw.kind, reason: raw.reason, owner: raw.owner, expires: raw.expires } })
}

impl Allow {
    /// Whether the finding may stay.
    pub(crate) fn lets(&self, hay: &[u8], hit: &Hit) -> bool {
        let text = hay.get(hit.start as usize..hit.end as usize).unwrap_or_default();
        hit.kind == self.kind
            && match &self.what {
                What::Value(value) => text == value.as_slice(),
                What::Network(network, length) => address(text).is_some_and(|address| prefix(address, *length) == *network),
                What::Pattern(regex) => regex.find(Input::new(text).anchored(Anchored::Yes)).is_some_and(|found| found.end() == text.len()),
            }
    }
}

/// `address/length`; bits behind the prefix must be zero.
fn network(text: &str) -> Option<What> {
    let (base, length) = text.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    let (most, mapped) = if base.contains(':') { (128, 0) } else { (32, 96) };
    let base = address(base.as_bytes())?;
    (length <= most && prefix(base, length + mapped) == base).then_some(What::Network(base, length + mapped))
}

/// An address as a number; IPv4 as `::ffff:a.b.c.d`, also with hyphens, as host names have it.
fn address(text: &[u8]) -> Option<u128> {
    let octets = validate::ip_v4::parse(text).or_else(|| validate::ip_v4::parse_with(text, b'-'));
    if let Some(octets) = octets {
        return Some(0xffff_0000_0000 | u128::from(u32::from_be_bytes(octets)));
    }
    let hextets = validate::ip_v6::parse(text)?;
    Some(hextets.iter().fold(0, |sum, hextet| sum << 16 | u128::from(*hextet)))
}

fn prefix(address: u128, length: u32) -> u128 {
    let host = 128u32.saturating_sub(length);
    address.checked_shr(host).and_then(|kept| kept.checked_shl(host)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses() {
        let holds = |cidr: &str, ip: &str| match (network(cidr), address(ip.as_bytes())) {
            (Some(What::Network(base, length)), Some(ip)) => Some(prefix(ip, length) == base),
            _ => None,
        };
        assert_eq!(holds("203.0.113.0/24", "203.0.113.77"), Some(true));
        assert_eq!(holds("203.0.113.0/24", "203-0-113-77"), Some(true));
        assert_eq!(holds("203.0.113.0/24", "203.0.114.77"), Some(false));
        assert_eq!(holds("0.0.0.0/0", "198.51.100.1"), Some(true));
        assert_eq!(holds("0.0.0.0/0", "2001:db8::1"), Some(false));
        assert_eq!(holds("::/0", "2001:db8::1"), Some(true));
        assert_eq!(holds("2001:db8::/32", "2001:db8:1::9"), Some(true));
        assert_eq!(holds("198.51.100.7/32", "198.51.100.7"), Some(true));
        for wrong in ["203.0.113.1/24", "203.0.113.0/33", "203.0.113.0", "x/8", "2001:db8::/129"] {
            assert_eq!(holds(wrong, "203.0.113.1"), None, "{wrong}");
        }
    }
}
