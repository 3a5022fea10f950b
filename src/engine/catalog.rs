//! The catalogue of kinds: static tables written by patterns/build.rs from patterns/.
//!
//! Nothing is parsed or compiled at run time. A [`Kind`] says what a finding is and
//! how it may be masked; token programs, anchors and key names say where to look.
//! No detector-specific code lives here.

// The tables name the finders that the anchors call.
use super::generalise::Family;
use super::mask::Mask;
use super::verify::Finder;

include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

/// Every built-in kind, in the order of their folders and names.
pub fn catalog() -> &'static [Kind] {
    &KINDS
}

/// The packs of national identifiers, by country code; see [`crate::EngineBuilder::packs`].
pub fn packs() -> &'static [&'static str] {
    &PACKS
}

/// One kind of personal data, health data or secret.
#[derive(Debug)]
#[non_exhaustive]
pub struct Kind {
    /// Stable identifier, e.g. `us_ssn`; the file name under patterns/.
    pub id: &'static str,
    /// Human name.
    pub name: &'static str,
    /// What the `label` mask writes, e.g. `[US_SSN]`.
    pub label: &'static str,
    /// Folder under patterns/: generic, financial, us_health, us_gov, secrets, ml or national.
    pub group: &'static str,
    /// `global`, or the countries the format belongs to, with a space between them.
    pub region: &'static str,
    /// Family used to settle overlaps.
    pub class: Class,
    /// Confidence in percent when the format alone is seen; 0 if it never suffices.
    pub confidence: u8,
    /// Confidence in percent when a key names the value; 0 if no key does.
    pub keyed: u8,
    /// How far an unquoted value after a key reaches.
    pub extent: Extent,
    /// Checks a whole value.
    pub validator: Option<fn(&[u8]) -> bool>,
    /// What the `partial` mask keeps; `None` refuses that mask.
    pub partial: Option<Partial>,
    /// HIPAA Safe Harbor letters, 45 CFR 164.514(b)(2)(i).
    pub hipaa: &'static str,
    /// GDPR: personal, special or none.
    pub gdpr: &'static str,
    /// PCI DSS: chd, sad or empty.
    pub pci: &'static str,
    /// literal, shape or key: how it is mainly found.
    pub trigger: &'static str,
    /// Words that often stand before it.
    pub context: &'static [&'static str],
    /// Where the format is described.
    pub references: &'static [&'static str],
    /// What it is easily confused with.
    pub traps: &'static str,
    /// Lines in which `«…»` is what has to be found; `⋅` inside a secret is not part of it.
    pub positives: &'static [&'static str],
    /// Lines in which it must not be found.
    pub negatives: &'static [&'static str],
}

impl Kind {
    /// The key names that give a value this kind, in lower snake case.
    pub fn keys(&'static self) -> impl Iterator<Item = &'static str> {
        let own = |kind: KindId| kind.builtin().is_some_and(|kind| std::ptr::eq(kind, self));
        let keys = KEYS.iter().filter(move |key| own(key.kind)).map(|key| key.name);
        keys.chain(PACK_NAMES.iter().filter(move |name| name.kinds.iter().any(|(kind, _)| own(*kind))).map(|name| name.name))
    }
}

impl Kind {
    /// The packs a national identifier belongs to, by country code; none for other kinds.
    pub fn packs(&self) -> impl Iterator<Item = &'static str> {
        let codes = if self.group == "national" { self.region } else { "" };
        codes.split(' ').filter(|code| !code.is_empty())
    }
}

/// Index of a kind in [`catalog`]; user rules come after the built-in kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct KindId(pub(crate) u16);

impl KindId {
    pub(crate) fn builtin(self) -> Option<&'static Kind> {
        KINDS.get(usize::from(self.0))
    }
}

/// Families of kinds, strongest first, for overlaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Credentials.
    Secret,
    /// PCI sensitive authentication data.
    Sad,
    /// Card numbers.
    Pan,
    /// Identifiers given by a state.
    National,
    /// Health data.
    Health,
    /// Everything else.
    Generic,
}

/// How far an unquoted value after a key reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// To white space or a delimiter.
    Token,
    /// As a token, but brackets and most punctuation belong to it.
    Secret,
    /// Up to four capitalised words.
    Words,
    /// Digit groups with single separators.
    Digits,
    /// A calendar date in any written form.
    Date,
    /// To the end of the record or the closing quote.
    Line,
}

/// Bytes the `partial` mask keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partial {
    /// Letters and digits kept at the start.
    pub first: u8,
    /// Letters and digits kept at the end.
    pub last: u8,
}

/// A set of byte values, one bit each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ByteSet(pub(crate) [u64; 4]);

impl ByteSet {
    pub(crate) fn contains(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte >> 6)).is_some_and(|word| word >> (byte & 63) & 1 == 1)
    }
}

/// A token pattern: sets with counts, matched possessively.
pub(crate) struct Program {
    pub(crate) kind: KindId,
    pub(crate) any_left: bool,
    pub(crate) items: &'static [Item],
}

/// `min` to `max` bytes of one set.
pub(crate) struct Item {
    pub(crate) set: ByteSet,
    pub(crate) min: u16,
    pub(crate) max: u16,
}

/// A four-byte window that calls a finder or a token program.
pub(crate) struct Anchor {
    /// What the window is after `| fold` and `& care`, little-endian.
    pub(crate) value: u32,
    /// Case bits of positions that take both cases of a letter.
    pub(crate) fold: u32,
    /// Positions with a single letter.
    pub(crate) care: u32,
    pub(crate) sets: [ByteSet; 4],
    /// Bytes from the start of the token to the window.
    pub(crate) back: usize,
    /// Whether the token must start a word.
    pub(crate) at_word: bool,
    pub(crate) action: Action,
}

#[derive(Clone, Copy)]
pub(crate) enum Action {
    Token(u16),
    Finder(Finder),
    /// A character reference, read by the views.
    Escape,
    /// A line that goes on in the next one.
    Split,
}

/// Bucket tables of a literal prefilter; bit `b` of an entry belongs to bucket `b`.
///
/// The tables by halves have buckets of their own: they only have to fire wherever the
/// exact ones do.
pub(crate) struct Prefilter {
    /// Union over bytes with the same bit 6 and the same low five bits.
    pub(crate) folded: [[u8; 64]; 4],
    /// Union over bytes with this low nibble.
    pub(crate) low: [[u8; 16]; 4],
    /// Union over bytes with this high nibble.
    pub(crate) high: [[u8; 16]; 4],
}

/// One key name and the kind it gives a value.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) hash: u64,
    /// No built-in kind: the name is a veto.
    pub(crate) kind: KindId,
    /// Whether the value must also have the shape of the kind.
    pub(crate) needs_shape: bool,
}

/// What an object, a list or a call around a name describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// Somebody, surely: `patient`.
    Person,
    /// Somebody, or a machine in that place: `user`.
    Role,
    /// The parts of a name.
    Name,
    /// The parts of an address.
    Address,
    /// What is said to a model or by one.
    Message,
}

/// A name that means something only in what an [`Owner`] describes.
pub(crate) struct Owned {
    pub(crate) name: &'static [u8],
    pub(crate) of: Owner,
    /// Index into [`KEYS`] of the key that says the same alone.
    pub(crate) key: u16,
}

/// One name of national identifiers and what it may name.
pub(crate) struct PackName {
    pub(crate) name: &'static str,
    /// The kinds, and for each whether the value must also pass its check.
    pub(crate) kinds: &'static [(KindId, bool)],
}

/// A written form of a national identifier that is found without a key.
pub(crate) struct Form {
    /// The lengths of its groups and what stands between them; see patterns/build/forms.rs.
    pub(crate) signature: u64,
    pub(crate) kind: KindId,
    /// Whether a name of the kind must stand near before it.
    pub(crate) near: bool,
    pub(crate) layout: &'static str,
}

/// A preset file, as compiled in.
pub(crate) struct Preset {
    pub(crate) min_confidence: u8,
    pub(crate) leave_internal_networks: bool,
    pub(crate) leave_system_users: bool,
    pub(crate) off: &'static [KindId],
}

/// A preset in one of its modes.
pub(crate) struct Policy {
    pub(crate) name: &'static str,
    /// Empty for a preset without modes.
    pub(crate) mode: &'static str,
    /// What the mode needs a reference to, or empty.
    pub(crate) reference: &'static str,
    /// Whether masks may not be looser than the preset allows.
    pub(crate) compliance: bool,
    pub(crate) one_pan_mask: bool,
    pub(crate) min_confidence: u8,
    pub(crate) leave_internal_networks: bool,
    pub(crate) leave_declared_networks: bool,
    pub(crate) leave_system_users: bool,
    pub(crate) name_dictionary: bool,
    /// By kind.
    pub(crate) kinds: &'static [Limit],
    /// For user rules.
    pub(crate) rules: Limit,
}

/// What the mask of a kind is, and what it may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// `None` when the kind is off.
    pub(crate) mask: Option<Mask>,
    /// One bit a mask.
    pub(crate) allow: u8,
    /// Why not the others.
    pub(crate) why: &'static str,
}

/// A set of names behind a perfect hash; a slot holds sixteen bits of a hash, or 0.
pub(crate) struct NameSet {
    /// Bits of a slot's index, and of a bucket's.
    pub(crate) bits: u32,
    pub(crate) bucket_bits: u32,
    pub(crate) seeds: &'static [u16],
    pub(crate) slots: &'static [u16],
}

/// A fixed set of lower-case words.
pub(crate) struct WordSet {
    longest: usize,
    slots: &'static [u16],
    words: &'static [&'static str],
}

impl WordSet {
    /// Whether the set has `word` in any case.
    pub(crate) fn contains(&self, word: &[u8]) -> bool {
        if word.len() > self.longest {
            return false;
        }
        let hash = word.iter().rev().fold(0, |hash, byte| step(hash, byte.to_ascii_lowercase()));
        let mask = self.slots.len() - 1;
        let mut slot = (hash >> 40) as usize & mask;
        while let Some(at) = self.slots.get(slot).filter(|at| **at != u16::MAX) {
            if self.words.get(usize::from(*at)).is_some_and(|known| known.as_bytes().eq_ignore_ascii_case(word)) {
                return true;
            }
            slot = (slot + 1) & mask;
        }
        false
    }
}

/// One step of the hash of names and words; the same as in patterns/build/keys.rs.
#[inline]
pub(crate) fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
}
