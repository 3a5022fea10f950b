//! What the engine is asked to do: which kinds count, how sure, and how they are masked.
//!
//! Built once by [`super::EngineBuilder`]; read-only while scanning.

use super::allow::Allow;
use super::catalog::{KINDS, KindId, STANDARD};
use super::exclude::Exclude;
use super::mask::{JsonNumbers, Mask};
use super::networks::{self, Network};
use super::structural::Structural;
use super::tokens::Tokens;
use super::validate::system_ip;
use std::sync::Arc;

/// Settings of one engine.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Percent below which a finding does not count.
    pub(crate) min_confidence: u8,
    /// The same by kind, as `masks`; empty when no kind differs.
    pub(crate) least: Vec<u8>,
    /// Leave loopback, link-local and private addresses alone.
    pub(crate) leave_internal_networks: bool,
    /// Networks that the site calls its own; they stay too.
    pub(crate) internal_networks: Vec<Network>,
    /// Leave system accounts (root, nobody ...) alone.
    pub(crate) leave_system_users: bool,
    /// Whether a national identifier is looked for: what it costs is not spent otherwise.
    pub(crate) packs: bool,
    /// The year in which ages are judged; without it no birth year is shown.
    pub(crate) as_of: Option<u16>,
    /// What tokens are made with, if there is a key.
    pub(crate) tokens: Option<Box<Tokens>>,
    /// What stands for a masked JSON number.
    pub(crate) json_numbers: JsonNumbers,
    /// Look for names of people in prose by the dictionary of names.
    pub(crate) name_dictionary: bool,
    /// By kind, user rules after the built-in kinds: the mask, or `None` when off.
    pub(crate) masks: Vec<Option<Mask>>,
    /// Labels of the user rules.
    pub(crate) labels: Vec<String>,
    /// What operators let through.
    pub(crate) allow: Vec<Arc<Allow>>,
    pub(crate) exclude: Vec<Arc<Exclude>>,
    /// Decoded fields whose value has to stay one that a store accepts.
    pub(crate) structural: Structural,
}

impl Settings {
    /// The settings of patterns/presets/standard.toml.
    pub(crate) fn standard() -> Self {
        let mut settings = Self::all_kinds();
        settings.min_confidence = STANDARD.min_confidence;
        settings.leave_internal_networks = STANDARD.leave_internal_networks;
        settings.leave_system_users = STANDARD.leave_system_users;
        for kind in STANDARD.off {
            if let Some(mask) = settings.masks.get_mut(usize::from(kind.0)) {
                *mask = None;
            }
        }
        settings
    }

    pub(crate) fn all_kinds() -> Self {
        let masks = vec![Some(Mask::Label); KINDS.len()];
        Self {
            min_confidence: 60,
            least: Vec::new(),
            internal_networks: Vec::new(),
            leave_internal_networks: true,
            leave_system_users: true,
            packs: false,
            name_dictionary: false,
            masks,
            labels: Vec::new(),
            allow: Vec::new(),
            exclude: Vec::new(),
            structural: Structural::default(),
            as_of: None,
            tokens: None,
            json_numbers: JsonNumbers::Null,
        }
    }

    /// Whether `text` is the label of a kind or of a user rule, with its brackets.
    pub(crate) fn is_label(&self, text: &[u8]) -> bool {
        text.first() == Some(&b'[')
            && (KINDS.iter().any(|kind| kind.label.as_bytes() == text) || self.labels.iter().any(|label| label.as_bytes() == text))
    }

    #[inline]
    pub(crate) fn wants(&self, kind: KindId, confidence: u8) -> bool {
        let least = self.least.get(usize::from(kind.0)).copied().unwrap_or(self.min_confidence);
        confidence >= least && self.is_on(kind)
    }

    /// Whether an address is one of the site's own machines and stays.
    pub(crate) fn leaves_v4(&self, octets: [u8; 4]) -> bool {
        self.leave_internal_networks && system_ip::internal_v4(octets) || self.declares(|| networks::v4(octets))
    }

    /// The same for IPv6.
    pub(crate) fn leaves_v6(&self, hextets: [u16; 8]) -> bool {
        self.leave_internal_networks && system_ip::internal_v6(hextets) || self.declares(|| networks::v6(hextets))
    }

    fn declares(&self, address: impl Fn() -> u128) -> bool {
        self.internal_networks.iter().any(|network| network.holds(address()))
    }

    pub(crate) fn is_on(&self, kind: KindId) -> bool {
        self.mask(kind).is_some()
    }

    pub(crate) fn mask(&self, kind: KindId) -> Option<Mask> {
        self.masks.get(usize::from(kind.0)).copied().flatten()
    }
}
