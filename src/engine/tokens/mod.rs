//! Keyed tokens: the same value gives the same token, and nobody without the key can tell which value.
//!
//! `[EMAIL:k1:…26 characters…]`, where the characters are HMAC-SHA-256 of the canonical value, cut
//! to 128 bits, in lower-case base32 (RFC 4648, without padding). The key of the HMAC comes from
//! the master key by HKDF-SHA-256 (RFC 5869), with the zone, the tenant, the token domain and the
//! version of the canonical forms as its information: tokens of different zones, tenants or domains
//! do not join. All bare digit identifiers share one domain, whatever kind they were taken for.
//!
//! Keys come in as settings; nothing here reads a file or draws a random number.

mod canonical;
mod grammar;
mod key;

pub use key::{Key, KeyError};

use super::catalog::{Class, DOMAINS, KINDS, KindId};
use canonical::Shape;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt;
use std::ops::Range;
use zeroize::Zeroizing;

/// Version of the canonical forms; another one gives other tokens.
const CANONICAL: u8 = 1;
/// Domain of identifiers that are nothing but digits.
const DIGITS: &str = "digits";
/// Domains whose values are digits and yet no identifiers of their own.
const NOT_IDS: [&str; 9] =
    ["age", "card_expiry", "date_health", "date_of_birth", "geo_coordinates", "phone", "postcode_other", "us_ssn_last4", "zip_us"];

/// What tokens are made with, as it was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// The first one is active; the others are only recognised.
    pub(crate) keys: Vec<Key>,
    pub(crate) zone: String,
    pub(crate) tenant: String,
    /// Calling code of phone numbers that are written without one.
    pub(crate) country: Option<String>,
}

type Subkey = Zeroizing<[u8; 32]>;

/// What tokens are made with, ready.
#[derive(Clone)]
pub(crate) struct Tokens {
    active: String,
    ids: Vec<String>,
    country: Option<String>,
    digits: Subkey,
    /// By kind, user rules after the built-in kinds.
    kinds: Vec<Domain>,
    /// Labels of user rules.
    labels: Vec<String>,
}

/// What the tokens of one kind are made with.
#[derive(Clone)]
struct Domain {
    shape: Shape,
    /// Whether a value of digits only is an identifier like any other.
    bare: bool,
    key: Subkey,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("active", &self.active).field("ids", &self.ids).finish_non_exhaustive()
    }
}

impl Tokens {
    /// Identifiers of the keys, the one that makes tokens first.
    pub(crate) fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Derives the keys of all domains; `rules` are the identifiers of the user rules.
    pub(crate) fn new(request: &Request, rules: &[String]) -> Result<Option<Self>, String> {
        let Some(active) = request.keys.first() else { return Ok(None) };
        let ids: Vec<String> = request.keys.iter().map(|key| key.id().to_owned()).collect();
        if let Some(twice) = ids.iter().enumerate().find_map(|(at, id)| ids.iter().skip(at + 1).find(|other| *other == id)) {
            return Err(format!("two keys have the id `{twice}`; a token could not say which one made it"));
        }
        let master = Hkdf::<Sha256>::new(None, active.secret());
        let derive = |domain: &str| -> Result<Subkey, String> {
            let mut info = Vec::new();
            for part in [&b"hushlog token"[..], request.zone.as_bytes(), request.tenant.as_bytes(), domain.as_bytes(), &[CANONICAL]] {
                let length = u16::try_from(part.len()).map_err(|_| "zone and tenant may have 65535 bytes at most".to_owned())?;
                info.extend_from_slice(&length.to_be_bytes());
                info.extend_from_slice(part);
            }
            let mut key = Zeroizing::new([0; 32]);
            master.expand(&info, key.as_mut()).map_err(|_| "a key cannot be derived".to_owned())?;
            Ok(key)
        };
        let mut kinds = Vec::new();
        for (kind, domain) in KINDS.iter().zip(DOMAINS) {
            let bare = !matches!(kind.class, Class::Secret | Class::Sad) && !NOT_IDS.contains(&domain);
            let shape = match Shape::of(kind.id, domain) {
                Shape::Text if kind.group == "national" => Shape::Upper,
                shape => shape,
            };
            kinds.push(Domain { shape, bare, key: derive(domain)? });
        }
        for rule in rules {
            kinds.push(Domain { shape: Shape::Text, bare: true, key: derive(&format!("rule:{rule}"))? });
        }
        Ok(Some(Self {
            active: active.id().to_owned(),
            ids,
            country: request.country.clone(),
            digits: derive(DIGITS)?,
            kinds,
            labels: rules.iter().map(|rule| rule.to_uppercase()).collect(),
        }))
    }

    /// Writes the token of a value; `label` is what its kind is called, in brackets.
    pub(crate) fn write(&self, kind: KindId, label: &str, value: &[u8], out: &mut Vec<u8>) -> bool {
        let Some(domain) = self.kinds.get(usize::from(kind.0)) else { return false };
        let text = Zeroizing::new(canonical::of(domain.shape, value, self.country.as_deref()));
        let bare = domain.shape == Shape::Digits || domain.bare;
        let key = if bare && !text.is_empty() && text.iter().all(u8::is_ascii_digit) { &self.digits } else { &domain.key };
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_slice()) else { return false };
        mac.update(&text);
        let code = mac.finalize().into_bytes();
        out.extend_from_slice(label.strip_suffix(']').unwrap_or(label).as_bytes());
        out.push(b':');
        out.extend_from_slice(self.active.as_bytes());
        out.push(b':');
        grammar::base32(code.get(..16).unwrap_or_default(), out);
        out.push(b']');
        true
    }

    /// Whether a finding from `start` to `end` lies in a token, or begins inside one.
    pub(crate) fn hold(&self, hay: &[u8], start: usize, end: usize) -> bool {
        self.around(hay, start).is_some_and(|token| start > token.start || end <= token.end)
    }

    /// One past the token that begins at `start`.
    pub(crate) fn end(&self, hay: &[u8], start: usize) -> Option<usize> {
        self.around(hay, start).filter(|token| token.start == start).map(|token| token.end)
    }

    fn around(&self, hay: &[u8], at: usize) -> Option<Range<usize>> {
        let known = |name: &[u8]| {
            KINDS.iter().any(|kind| kind.label.as_bytes().get(1..kind.label.len() - 1) == Some(name))
                || self.labels.iter().any(|label| label.as_bytes() == name)
        };
        grammar::around(hay, at, known, |id| self.ids.iter().any(|known| known.as_bytes() == id))
    }
}

#[cfg(test)]
mod tests;
