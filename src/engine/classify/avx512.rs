//! AVX-512BW kernel: 64 bytes a step, eight words of shape algebra a register.
//!
//! With VBMI2 the shift across words is one funnel-shift instruction.
#![expect(clippy::indexing_slicing, reason = "four tables, indexed by a position below four")]

use super::{Class, Classify, Lanes, Planes, WORDS, Word, drive};
use crate::engine::candidates::shapes::Hits;
use crate::engine::catalog::{ANYWHERE, Prefilter, WORD_A, WORD_B};
use core::arch::x86_64::*;

/// Scans with AVX-512BW. The caller has checked that the processor has it.
pub(super) fn scan(hay: &[u8], planes: &mut Planes, hits: &mut Hits, visit: &mut dyn FnMut(&mut Hits)) {
    // SAFETY: `classify::scan` calls this only after run-time detection of avx512f and avx512bw.
    unsafe { scan_plain(hay, planes, hits, visit) }
}

/// Scans with AVX-512BW and VBMI2. The caller has checked that the processor has them.
pub(super) fn scan_vbmi2(hay: &[u8], planes: &mut Planes, hits: &mut Hits, visit: &mut dyn FnMut(&mut Hits)) {
    // SAFETY: `classify::scan` calls this only after run-time detection of avx512f, avx512bw and avx512vbmi2.
    unsafe { scan_funnel(hay, planes, hits, visit) }
}

#[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2,popcnt,lzcnt")]
fn scan_plain(hay: &[u8], planes: &mut Planes, hits: &mut Hits, visit: &mut dyn FnMut(&mut Hits)) {
    drive::<Avx512<false>, Row<false>>(hay, planes, hits, visit);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt,lzcnt")]
fn scan_funnel(hay: &[u8], planes: &mut Planes, hits: &mut Hits, visit: &mut dyn FnMut(&mut Hits)) {
    drive::<Avx512<true>, Row<true>>(hay, planes, hits, visit);
}

/// `VBMI` says whether byte tables may be used.
struct Avx512<const VBMI: bool>;

impl<const VBMI: bool> Classify for Avx512<VBMI> {
    #[inline(always)]
    fn words(hay: &[u8], start: usize, first_word: usize, words: usize, planes: &mut Planes) {
        // Each word reads 64 bytes and the three after them.
        if words == 0 || hay.len() < start + words * 64 + 3 || first_word + words > WORDS {
            return;
        }
        for at in 0..words {
            // SAFETY: the check above keeps `from + 67 <= hay.len()` and the plane index in
            // bounds; the features are enabled in the only callers, `scan_plain` and `scan_funnel`.
            unsafe { word::<VBMI>(hay.as_ptr().add(start + at * 64), first_word + at, planes) };
        }
    }
}

/// # Safety
/// `bytes` must be readable for 67 bytes, `at < WORDS`, and the processor must have AVX-512BW.
#[inline(always)]
unsafe fn word<const VBMI: bool>(bytes: *const u8, at: usize, planes: &mut Planes) {
    // SAFETY: the caller promises 67 readable bytes and the processor features; unaligned
    // loads are used throughout; `at` is below WORDS, the length of every plane.
    unsafe {
        let v = _mm512_loadu_si512(bytes.cast());
        let range = |x: __m512i, low: u8, high: u8| {
            _mm512_cmple_epu8_mask(_mm512_sub_epi8(x, _mm512_set1_epi8(low as i8)), _mm512_set1_epi8((high - low) as i8))
        };
        let equal = |byte: u8| _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(byte as i8));
        let folded = _mm512_or_si512(v, _mm512_set1_epi8(0x20));
        planes.set(Class::Digit, at, range(v, b'0', b'9'));
        planes.set(Class::Upper, at, range(v, b'A', b'Z'));
        planes.set(Class::Lower, at, range(v, b'a', b'z'));
        planes.set(Class::Hex, at, range(folded, b'a', b'f'));
        planes.set(Class::Dot, at, equal(b'.'));
        planes.set(Class::Dash, at, equal(b'-'));
        planes.set(Class::Space, at, equal(b' '));
        planes.set(Class::Colon, at, equal(b':'));
        planes.set(Class::Equals, at, equal(b'='));
        planes.set(Class::Under, at, equal(b'_'));
        planes.set(Class::Backslash, at, equal(b'\\'));
        planes.set(Class::Closer, at, equal(b')') | equal(b']'));
        planes.set(Class::Mark, at, equal(b'@') | equal(b'+') | equal(b'^') | equal(b'%'));

        let literals = if VBMI { literals_by_bytes } else { literals_by_halves };
        planes.set(Class::WordLiteral, at, literals(bytes, &WORD_A) | literals(bytes, &WORD_B));
        planes.set(Class::Literal, at, literals(bytes, &ANYWHERE));
    }
}

/// Where four bytes in a row may be an anchor of `prefilter`, by tables of 64 bytes.
///
/// Bytes with the same low six bits are taken for each other; the exact check behind the
/// prefilter knows the difference.
///
/// # Safety
/// `bytes` must be readable for 67 bytes, and the processor must have AVX-512BW and VBMI.
#[inline(always)]
unsafe fn literals_by_bytes(bytes: *const u8, prefilter: &Prefilter) -> u64 {
    // SAFETY: the caller promises 67 readable bytes and the features; tables are 64 bytes each.
    unsafe {
        let mut agree = _mm512_set1_epi8(-1);
        for position in 0..4 {
            let x = _mm512_loadu_si512(bytes.add(position).cast());
            let table = _mm512_loadu_si512(prefilter.folded[position].as_ptr().cast());
            agree = _mm512_and_si512(agree, _mm512_permutexvar_epi8(x, table));
        }
        _mm512_test_epi8_mask(agree, agree)
    }
}

/// The same by the two halves of each byte; fires more often.
///
/// # Safety
/// `bytes` must be readable for 67 bytes, and the processor must have AVX-512BW.
#[inline(always)]
unsafe fn literals_by_halves(bytes: *const u8, prefilter: &Prefilter) -> u64 {
    // SAFETY: the caller promises 67 readable bytes and AVX-512BW; tables are 16 bytes each.
    unsafe {
        let nibble = _mm512_set1_epi8(0x0f);
        let mut agree = _mm512_set1_epi8(-1);
        for position in 0..4 {
            let x = _mm512_loadu_si512(bytes.add(position).cast());
            let low_table = _mm512_broadcast_i32x4(_mm_loadu_si128(prefilter.low[position].as_ptr().cast()));
            let high_table = _mm512_broadcast_i32x4(_mm_loadu_si128(prefilter.high[position].as_ptr().cast()));
            let low = _mm512_shuffle_epi8(low_table, _mm512_and_si512(x, nibble));
            let high = _mm512_shuffle_epi8(high_table, _mm512_and_si512(_mm512_srli_epi16::<4>(x), nibble));
            agree = _mm512_ternarylogic_epi64::<0x80>(agree, low, high);
        }
        _mm512_test_epi8_mask(agree, agree)
    }
}

/// 0 to 63.
static POSITIONS: [u8; 64] = {
    let mut all = [0; 64];
    let mut at = 0;
    while at < 64 {
        all[at] = at as u8;
        at += 1;
    }
    all
};

/// Eight words in one register; `FUNNEL` says whether VBMI2 may be used.
#[derive(Clone, Copy)]
struct Row<const FUNNEL: bool>(__m512i);

impl<const FUNNEL: bool> Lanes for Row<FUNNEL> {
    const WORDS: usize = 8;

    #[inline(always)]
    fn zero() -> Self {
        // SAFETY: the processor has AVX-512F: rows exist only inside `scan_plain` and `scan_funnel`.
        Self(unsafe { _mm512_setzero_si512() })
    }
    #[inline(always)]
    fn load(plane: &[u64; WORDS], at: usize) -> Self {
        let Some(words) = plane.get(at..).and_then(|rest| rest.first_chunk::<8>()) else { return Self::zero() };
        // SAFETY: eight words are readable; the processor has the feature as in `zero`.
        Self(unsafe { _mm512_loadu_si512(words.as_ptr().cast()) })
    }
    #[inline(always)]
    fn store(self, words: &mut [u64; 8]) {
        // SAFETY: eight words are writable; AVX-512F as in `zero`.
        unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), self.0) }
    }
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: AVX-512F as in `zero`.
        Self(unsafe { _mm512_and_si512(self.0, other.0) })
    }
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: AVX-512F as in `zero`.
        Self(unsafe { _mm512_or_si512(self.0, other.0) })
    }
    #[inline(always)]
    fn without(self, other: Self) -> Self {
        // SAFETY: AVX-512F as in `zero`.
        Self(unsafe { _mm512_andnot_si512(other.0, self.0) })
    }
    #[inline(always)]
    fn behind<const K: i32>(self, before: Self) -> Self {
        // SAFETY: AVX-512F as in `zero`; the funnel shift only where FUNNEL says VBMI2 is there.
        unsafe {
            let previous = _mm512_alignr_epi64::<7>(self.0, before.0);
            if FUNNEL {
                return Self(_mm512_shldi_epi64::<K>(self.0, previous));
            }
            let count = _mm_cvtsi64_si128(i64::from(K));
            let back = _mm_cvtsi64_si128(i64::from(64 - K));
            Self(_mm512_or_si512(_mm512_sll_epi64(self.0, count), _mm512_srl_epi64(previous, back)))
        }
    }
    #[inline(always)]
    fn positions(bits: u64, start: u32, room: &mut [u32; 16]) -> usize {
        if !FUNNEL {
            return Word::positions(bits, start, room);
        }
        // SAFETY: sixteen numbers are writable; VBMI2 where FUNNEL says so.
        unsafe {
            let all = _mm512_loadu_si512(POSITIONS.as_ptr().cast());
            let found = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(_mm512_maskz_compress_epi8(bits, all)));
            _mm512_storeu_si512(room.as_mut_ptr().cast(), _mm512_add_epi32(found, _mm512_set1_epi32(start as i32)));
        }
        16
    }
    #[inline(always)]
    fn occupied(self) -> u8 {
        // SAFETY: AVX-512F as in `zero`.
        unsafe { _mm512_test_epi64_mask(self.0, self.0) }
    }
}
