//! AVX2 kernel: 32 bytes a step, four words of shape algebra a register.
#![expect(clippy::indexing_slicing, reason = "four tables, indexed by a position below four")]

use super::{Class, Classify, Lanes, Planes, WORDS, drive};
use crate::engine::candidates::shapes::Hits;
use crate::engine::catalog::{ANYWHERE, Prefilter, WORD_A, WORD_B};
use core::arch::x86_64::*;

/// Scans with AVX2. The caller has checked that the processor has it.
pub(super) fn scan(hay: &[u8], planes: &mut Planes, hits: &mut Hits, visit: &mut dyn FnMut(&mut Hits)) {
    // SAFETY: `classify::scan` calls this only after run-time detection of avx2.
    unsafe { scan_avx2(hay, planes, hits, visit) }
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
fn scan_avx2(hay: &[u8], planes: &mut Planes, hits: &mut Hits, visit: &mut dyn FnMut(&mut Hits)) {
    drive::<Avx2, Row>(hay, planes, hits, visit);
}

struct Avx2;

impl Classify for Avx2 {
    #[inline(always)]
    fn words(hay: &[u8], start: usize, first_word: usize, words: usize, planes: &mut Planes) {
        // Each word reads 64 bytes and the three after them.
        if words == 0 || hay.len() < start + words * 64 + 3 || first_word + words > WORDS {
            return;
        }
        for at in 0..words {
            // SAFETY: the check above keeps `from + 67 <= hay.len()` and the plane index in
            // bounds; AVX2 is enabled in the only caller, `scan_avx2`.
            unsafe { word(hay.as_ptr().add(start + at * 64), first_word + at, planes) };
        }
    }
}

/// # Safety
/// `bytes` must be readable for 67 bytes, `at < WORDS`, and the processor must have AVX2.
#[inline(always)]
unsafe fn word(bytes: *const u8, at: usize, planes: &mut Planes) {
    // SAFETY: the caller promises 67 readable bytes and the processor features; unaligned
    // loads are used throughout; `at` is below WORDS, the length of every plane.
    unsafe {
        let halves = [_mm256_loadu_si256(bytes.cast()), _mm256_loadu_si256(bytes.add(32).cast())];
        let mask = |x: __m256i| u64::from(_mm256_movemask_epi8(x) as u32);
        let both = |f: &dyn Fn(__m256i) -> __m256i| mask(f(halves[0])) | mask(f(halves[1])) << 32;
        let range = |x: __m256i, low: u8, high: u8| {
            let moved = _mm256_sub_epi8(x, _mm256_set1_epi8(low as i8));
            let limit = _mm256_set1_epi8((high - low) as i8);
            _mm256_cmpeq_epi8(_mm256_min_epu8(moved, limit), moved)
        };
        let equal = |byte: u8| both(&|x| _mm256_cmpeq_epi8(x, _mm256_set1_epi8(byte as i8)));
        let either = |one: u8, other: u8| {
            both(&|x| {
                _mm256_or_si256(_mm256_cmpeq_epi8(x, _mm256_set1_epi8(one as i8)), _mm256_cmpeq_epi8(x, _mm256_set1_epi8(other as i8)))
            })
        };
        let fold = _mm256_set1_epi8(0x20);
        planes.set(Class::Digit, at, both(&|x| range(x, b'0', b'9')));
        planes.set(Class::Upper, at, both(&|x| range(x, b'A', b'Z')));
        planes.set(Class::Lower, at, both(&|x| range(x, b'a', b'z')));
        planes.set(Class::Hex, at, both(&|x| range(_mm256_or_si256(x, fold), b'a', b'f')));
        planes.set(Class::Dot, at, equal(b'.'));
        planes.set(Class::Dash, at, equal(b'-'));
        planes.set(Class::Space, at, equal(b' '));
        planes.set(Class::Colon, at, equal(b':'));
        planes.set(Class::Equals, at, equal(b'='));
        planes.set(Class::Under, at, equal(b'_'));
        planes.set(Class::Backslash, at, equal(b'\\'));
        planes.set(Class::Closer, at, either(b')', b']'));
        planes.set(Class::Mark, at, either(b'@', b'+') | either(b'^', b'%'));

        let [first, second, anywhere] = literals(bytes, [&WORD_A, &WORD_B, &ANYWHERE]);
        planes.set(Class::WordLiteral, at, first | second);
        planes.set(Class::Literal, at, anywhere);
    }
}

/// Where four bytes in a row may be an anchor of each prefilter.
///
/// # Safety
/// `bytes` must be readable for 67 bytes, and the processor must have AVX2.
#[inline(always)]
unsafe fn literals(bytes: *const u8, prefilters: [&Prefilter; 3]) -> [u64; 3] {
    // SAFETY: the caller promises 67 readable bytes and AVX2; tables are 16 bytes each.
    unsafe {
        let nibble = _mm256_set1_epi8(0x0f);
        let table = |row: &[u8; 16]| _mm256_broadcastsi128_si256(_mm_loadu_si128(row.as_ptr().cast()));
        let mut literals = [0; 3];
        for half in 0..2 {
            let mut agree = [_mm256_set1_epi8(-1); 3];
            for position in 0..4 {
                // The halves of each byte are the same for all prefilters.
                let x = _mm256_loadu_si256(bytes.add(half * 32 + position).cast());
                let (low, high) = (_mm256_and_si256(x, nibble), _mm256_and_si256(_mm256_srli_epi16::<4>(x), nibble));
                for (agree, prefilter) in agree.iter_mut().zip(prefilters) {
                    let low = _mm256_shuffle_epi8(table(&prefilter.low[position]), low);
                    let high = _mm256_shuffle_epi8(table(&prefilter.high[position]), high);
                    *agree = _mm256_and_si256(*agree, _mm256_and_si256(low, high));
                }
            }
            for (literals, agree) in literals.iter_mut().zip(agree) {
                let none = _mm256_movemask_epi8(_mm256_cmpeq_epi8(agree, _mm256_setzero_si256())) as u32;
                *literals |= u64::from(!none) << (half * 32);
            }
        }
        literals
    }
}

/// Four words in one register.
#[derive(Clone, Copy)]
struct Row(__m256i);

impl Lanes for Row {
    const WORDS: usize = 4;

    #[inline(always)]
    fn zero() -> Self {
        // SAFETY: the processor has AVX2: rows exist only inside `scan_avx2`.
        Self(unsafe { _mm256_setzero_si256() })
    }
    #[inline(always)]
    fn load(plane: &[u64; WORDS], at: usize) -> Self {
        let Some(words) = plane.get(at..).and_then(|rest| rest.first_chunk::<4>()) else { return Self::zero() };
        // SAFETY: four words are readable; the processor has the feature as in `zero`.
        Self(unsafe { _mm256_loadu_si256(words.as_ptr().cast()) })
    }
    #[inline(always)]
    fn store(self, words: &mut [u64; 8]) {
        // SAFETY: at least four words are writable; AVX2 as in `zero`.
        unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), self.0) }
    }
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: AVX2 as in `zero`.
        Self(unsafe { _mm256_and_si256(self.0, other.0) })
    }
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: AVX2 as in `zero`.
        Self(unsafe { _mm256_or_si256(self.0, other.0) })
    }
    #[inline(always)]
    fn without(self, other: Self) -> Self {
        // SAFETY: AVX2 as in `zero`.
        Self(unsafe { _mm256_andnot_si256(other.0, self.0) })
    }
    #[inline(always)]
    fn behind<const K: i32>(self, before: Self) -> Self {
        // SAFETY: AVX2 as in `zero`. The permute and the alignment make the row that starts one word earlier.
        unsafe {
            let middle = _mm256_permute2x128_si256::<0x21>(before.0, self.0);
            let previous = _mm256_alignr_epi8::<8>(self.0, middle);
            let count = _mm_cvtsi64_si128(i64::from(K));
            let back = _mm_cvtsi64_si128(i64::from(64 - K));
            Self(_mm256_or_si256(_mm256_sll_epi64(self.0, count), _mm256_srl_epi64(previous, back)))
        }
    }
    #[inline(always)]
    fn occupied(self) -> u8 {
        // SAFETY: AVX2 as in `zero`.
        let empty = unsafe { _mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(self.0, _mm256_setzero_si256()))) };
        !empty as u8 & 0xf
    }
}
