//! Bytes to bit planes: which bytes are digits, dots, separators, literal starts ...
//!
//! First step of a scan. A kernel looks once at every byte and writes one 64-bit word
//! per plane and 64 bytes (bit `i` is byte `i`). Three kernels do the same work:
//! AVX-512BW, AVX2, and a portable one on 64-bit words that is also the oracle of the
//! property tests. The best one the processor has is chosen at run time.
//!
//! The only unsafe code of the crate is in the two vector kernels below this module.
//! Nothing here decides what a match is.

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

use super::candidates::shapes::{Hits, Shapes};

/// Bytes classified before their candidates are looked at.
pub(crate) const SPAN: usize = 4096;
/// Words of 64 bytes in a span.
pub(crate) const WORDS: usize = SPAN / 64;

/// The planes of one span, plane by plane.
#[repr(align(64))]
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Planes {
    pub(crate) digit: [u64; WORDS],
    pub(crate) upper: [u64; WORDS],
    pub(crate) lower: [u64; WORDS],
    /// a-f and A-F.
    pub(crate) hex: [u64; WORDS],
    pub(crate) dot: [u64; WORDS],
    pub(crate) dash: [u64; WORDS],
    pub(crate) space: [u64; WORDS],
    pub(crate) colon: [u64; WORDS],
    pub(crate) equals: [u64; WORDS],
    pub(crate) under: [u64; WORDS],
    pub(crate) at: [u64; WORDS],
    pub(crate) plus: [u64; WORDS],
    pub(crate) caret: [u64; WORDS],
    pub(crate) percent: [u64; WORDS],
    pub(crate) backslash: [u64; WORDS],
    pub(crate) paren: [u64; WORDS],
    /// A literal anchor may start here, if a word does.
    pub(crate) word_literal: [u64; WORDS],
    /// A literal anchor may start here.
    pub(crate) literal: [u64; WORDS],
}

impl Planes {
    pub(crate) fn new() -> Box<Self> {
        let zero = [0; WORDS];
        Box::new(Self {
            digit: zero,
            upper: zero,
            lower: zero,
            hex: zero,
            dot: zero,
            dash: zero,
            space: zero,
            colon: zero,
            equals: zero,
            under: zero,
            at: zero,
            plus: zero,
            caret: zero,
            percent: zero,
            backslash: zero,
            paren: zero,
            word_literal: zero,
            literal: zero,
        })
    }
}

/// Which implementation scans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// 512-bit registers with byte tables and funnel shifts (AVX-512BW, VBMI, VBMI2).
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
}

/// The loop that all kernels share; generic so that each is compiled with its own features.
#[inline(always)]
fn drive<C: Classify, L: Lanes>(hay: &[u8], planes: &mut Planes, hits: &mut Hits, visit: &mut dyn FnMut(&mut Hits)) {
    let mut shapes = Shapes::<L>::new();
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
        hits.clear();
        shapes.find(planes, words, start, hits);
        visit(hits);
        start += words * 64;
        if words < WORDS {
            break;
        }
    }
}
