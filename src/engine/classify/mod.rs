//! Bytes to bit planes: which bytes are digits, dots, separators, literal starts ...
//!
//! First step of a scan. A kernel looks once at every byte and writes one 64-bit word
//! per plane and 64 bytes (bit `i` is byte `i`). Three kernels do the same work:
//! AVX-512BW, AVX2, and a portable one on 64-bit words that is also the oracle of the
//! property tests. The best one the processor has is chosen at run time.
//!
//! The only unsafe code of the crate is in the two vector kernels below this module.
//! Nothing here decides what a match is.
#![expect(clippy::indexing_slicing, reason = "one row for each class")]

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "vector intrinsics; checked against the portable kernel")]
mod avx2;
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "vector intrinsics; checked against the portable kernel")]
mod avx512;
mod lanes;
mod portable;
#[cfg(test)]
mod tests;

pub(crate) use lanes::{Lanes, Word};

use super::candidates::keys;
use super::candidates::national::NationalShapes;
use super::candidates::people::PersonShapes;
use super::candidates::shapes::{Family, Hits, Shapes};

/// Bytes classified before their candidates are looked at.
pub(crate) const SPAN: usize = 4096;
/// Words of 64 bytes in a span.
pub(crate) const WORDS: usize = SPAN / 64;

/// The class of bytes that a plane marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Digit,
    Upper,
    Lower,
    /// a-f and A-F.
    Hex,
    Dot,
    Dash,
    Space,
    Colon,
    Equals,
    Under,
    Backslash,
    /// `)` or `]`.
    Closer,
    /// `@`, `+`, `^` or `%`: each has a verifier of its own.
    Mark,
    /// A literal anchor may start here, if a word does.
    WordLiteral,
    /// A literal anchor may start here.
    Literal,
}

/// Number of planes.
pub(crate) const PLANES: usize = Class::Literal as usize + 1;

/// The planes of one span.
#[repr(align(64))]
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Planes {
    rows: [[u64; WORDS]; PLANES],
}

impl Planes {
    pub(crate) fn new() -> Box<Self> {
        Box::new(Self { rows: [[0; WORDS]; PLANES] })
    }

    /// The words of one plane.
    #[inline(always)]
    pub(crate) fn of(&self, class: Class) -> &[u64; WORDS] {
        &self.rows[class as usize]
    }

    #[inline(always)]
    fn set(&mut self, class: Class, at: usize, word: u64) {
        if let Some(slot) = self.rows[class as usize].get_mut(at) {
            *slot = word;
        }
    }

    /// Clears what an earlier span left behind `words`, up to a whole register.
    fn clear_after(&mut self, words: usize) {
        let end = words.next_multiple_of(8).min(WORDS);
        for row in &mut self.rows {
            row.iter_mut().take(end).skip(words).for_each(|word| *word = 0);
        }
    }
}

/// Which implementation scans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// 512-bit registers with byte tables and funnel shifts (AVX-512BW, VBMI, VBMI2, GFNI).
    Avx512Vbmi2,
    /// 512-bit registers (AVX-512BW).
    Avx512,
    /// 256-bit registers.
    Avx2,
    /// 64-bit words on any processor.
    Portable,
}

impl Kernel {
    /// Every kernel, fastest first.
    pub const ALL: [Self; 4] = [Self::Avx512Vbmi2, Self::Avx512, Self::Avx2, Self::Portable];

    /// The fastest kernel this processor can run.
    pub fn best() -> Self {
        Self::ALL.into_iter().find(|kernel| kernel.is_available()).unwrap_or(Self::Portable)
    }

    /// Whether this processor can run the kernel.
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => std::arch::is_x86_feature_detected!("avx2"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => std::arch::is_x86_feature_detected!("avx512bw") && std::arch::is_x86_feature_detected!("avx512f"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vbmi2 => {
                Self::Avx512.is_available()
                    && std::arch::is_x86_feature_detected!("avx512vbmi")
                    && std::arch::is_x86_feature_detected!("avx512vbmi2")
                    && std::arch::is_x86_feature_detected!("gfni")
            }
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }

    /// Name as printed and as accepted by `HUSHLOG_KERNEL`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Avx512Vbmi2 => "avx512-vbmi2",
            Self::Avx512 => "avx512",
            Self::Avx2 => "avx2",
            Self::Portable => "portable",
        }
    }

    /// The kernel of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kernel| kernel.name() == name)
    }
}

/// Scans `hay` span by span: `visit` gets the candidates of each span, in order.
///
/// Falls back to the portable kernel where the processor lacks the one asked for.
pub(crate) fn scan(kernel: Kernel, hay: &[u8], planes: &mut Planes, hits: &mut Hits, visit: &mut dyn FnMut(&mut Hits)) {
    match kernel {
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx512Vbmi2 if kernel.is_available() => avx512::scan_vbmi2(hay, planes, hits, visit),
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx512 if kernel.is_available() => avx512::scan(hay, planes, hits, visit),
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx2 if kernel.is_available() => avx2::scan(hay, planes, hits, visit),
        _ => portable::scan(hay, planes, hits, visit),
    }
}

/// A byte-class kernel: fills the planes of one span.
trait Classify {
    /// Classifies 64 bytes at a time; `words` full words starting at `start`.
    ///
    /// `hay` must hold at least three bytes after the last classified one, so that a
    /// literal that begins in the last word is seen whole.
    fn words(hay: &[u8], start: usize, first_word: usize, words: usize, planes: &mut Planes);

    /// Keeps the separators that may follow a name; see [`keys::sift`].
    #[inline(always)]
    fn sift_keys(hay: &[u8], list: &mut [u32]) -> usize {
        keys::sift(hay, list)
    }
}

/// The loop that all kernels share; generic so that each is compiled with its own features.
#[inline(always)]
fn drive<C: Classify, L: Lanes>(hay: &[u8], planes: &mut Planes, hits: &mut Hits, visit: &mut dyn FnMut(&mut Hits)) {
    let mut shapes = Shapes::<L>::new();
    let mut national = NationalShapes::<L>::new();
    let mut people = PersonShapes::<L>::new();
    let mut start = 0;
    // One word more than the input has, so that a shape at its very end is closed.
    while start <= hay.len() {
        let rest = hay.len() - start;
        let words = (rest / 64 + 1).min(WORDS);
        // Whole words with room for a literal's tail are read in place, the rest from a padded copy.
        let whole = (rest.saturating_sub(4) / 64).min(words);
        C::words(hay, start, 0, whole, planes);
        for word in whole..words {
            let mut padded = [0u8; 64 + 8];
            let from = start + word * 64;
            let tail = hay.get(from..hay.len().min(from + 68)).unwrap_or_default();
            if let Some(room) = padded.get_mut(..tail.len()) {
                room.copy_from_slice(tail);
            }
            C::words(&padded, 0, word, 1, planes);
        }
        planes.clear_after(words);
        hits.clear();
        shapes.find(planes, words, start, hits);
        if hits.packs {
            national.find(planes, words, start, hits);
        }
        if hits.names {
            people.find(planes, words, start, hits);
        }
        hits.sift(Family::Key, |list| C::sift_keys(hay, list));
        visit(hits);
        start += words * 64;
        if words < WORDS {
            break;
        }
    }
}
