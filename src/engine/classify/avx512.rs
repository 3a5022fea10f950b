//! AVX-512BW kernel: 64 bytes a step, eight words of shape algebra a register.
//!
//! With VBMI2 the shift across words is one funnel-shift instruction.
#![expect(clippy::indexing_slicing, reason = "four tables, indexed by a position below four")]

use super::{Class, Classify, Lanes, Planes, WORDS, Word, drive};
use crate::engine::candidates::keys;
use crate::engine::candidates::shapes::Hits;
use crate::engine::catalog::{ANYWHERE, KEY_LONG_SUFFIXES, KEY_SHORT_SUFFIXES, Prefilter, WORD_A, WORD_B};
use core::arch::x86_64::*;

/// Scans with AVX-512BW. The caller has checked that the processor has it.
pub(super) fn scan(hay: &[u8], planes: &mut Planes, hits: &mut Hits, visit: &mut dyn FnMut(&mut Hits)) {
    // SAFETY: `classify::scan` calls this only after run-time detection of avx512f and avx512bw.
    unsafe { scan_plain(hay, planes, hits, visit) }
}

/// Scans with AVX-512BW and VBMI2. The caller has checked that the processor has them.
pub(super) fn scan_vbmi2(hay: &[u8], planes: &mut Planes, hits: &mut Hits, visit: &mut dyn FnMut(&mut Hits)) {
    // SAFETY: `classify::scan` calls this only after run-time detection of avx512f, avx512bw, avx512vbmi, avx512vbmi2 and gfni.
    unsafe { scan_funnel(hay, planes, hits, visit) }
}

#[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2,popcnt,lzcnt")]
fn scan_plain(hay: &[u8], planes: &mut Planes, hits: &mut Hits, visit: &mut dyn FnMut(&mut Hits)) {
    drive::<Avx512<false>, Row<false>>(hay, planes, hits, visit);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,gfni,bmi1,bmi2,popcnt,lzcnt")]
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

    #[inline(always)]
    fn sift_keys(hay: &[u8], list: &mut [u32]) -> usize {
        if !VBMI || hay.len() > i32::MAX as usize {
            return keys::sift(hay, list);
        }
        let (mut kept, mut from) = (0, 0);
        // Eight at a time, where each has a whole tail before it; offsets are in order.
        while let Some(eight) = list.get(from..).and_then(|rest| rest.first_chunk::<8>()).copied() {
            let [first, .., last] = eight;
            if (first as usize) <= keys::TAIL || last as usize > hay.len() {
                break;
            }
            // SAFETY: the tails of all eight are inside `hay`, as they are in order; VBMI says that the features are there.
            let (found, count) = unsafe { likely_of(hay.as_ptr(), &eight) };
            // What is written over has been read.
            if let Some(room) = list.get_mut(kept..).and_then(|rest| rest.first_chunk_mut::<8>()) {
                *room = found;
            }
            (kept, from) = (kept + count, from + 8);
        }
        while from < list.len() {
            let end = list.len().min(from + 8);
            list.copy_within(from..end, kept);
            kept += list.get_mut(kept..kept + end - from).map_or(0, |some| keys::sift(hay, some));
            from = end;
        }
        kept
    }
}

/// Which of eight separators may follow a name, at the front of the result, and how many; the same as [`keys::likely`].
///
/// # Safety
/// `hay` must be readable for the [`keys::TAIL`] bytes that end one before each offset, and the processor must have
/// AVX-512BW and VBMI.
#[inline(always)]
unsafe fn likely_of(hay: *const u8, offsets: &[u32; 8]) -> ([u32; 8], usize) {
    // SAFETY: the caller promises the tails and the features; a hash has 16 bits, a table 1,024 words of 64.
    unsafe {
        let offsets = _mm256_loadu_si256(offsets.as_ptr().cast());
        let from = _mm256_sub_epi32(offsets, _mm256_set1_epi32(keys::TAIL as i32 + 1));
        let tails = _mm512_i32gather_epi64::<1>(from, hay.cast());
        // Two tables of 64 entries; other bytes than ASCII are nothing.
        let low = _mm512_loadu_si512(keys::ENDS.as_ptr().cast());
        let high = _mm512_loadu_si512(keys::ENDS.as_ptr().add(64).cast());
        let ascii = !_mm512_movepi8_mask(tails);
        let mut ends = _mm512_maskz_permutex2var_epi8(ascii, low, tails, high);
        for _ in 0..2 {
            ends = _mm512_mask_slli_epi64::<8>(ends, sign_of(ends), ends);
        }
        // Five bits of each of six bytes, packed in two steps: pairs of bytes, then pairs of those.
        let folds = _mm512_and_si512(ends, _mm512_set1_epi8(31));
        let pairs = _mm512_maddubs_epi16(folds, _mm512_set1_epi64(0x0120_0120_0120_0000));
        let packed = _mm512_madd_epi16(pairs, _mm512_set1_epi64(0x0001_0400_0001_0000));
        let four = _mm512_srli_epi64::<32>(packed);
        let six = _mm512_or_si512(four, _mm512_slli_epi64::<20>(packed));
        let short = holds(&KEY_SHORT_SUFFIXES, four);
        let long = holds(&KEY_LONG_SUFFIXES, six);

        let capital = |place: i64| _mm512_test_epi64_mask(ends, _mm512_set1_epi64(0x40 << (8 * place)));
        let (second, third, fourth) = (capital(6), capital(5), capital(4));
        let parted = _mm512_test_epi64_mask(ends, _mm512_set1_epi64(0xa020_2020_2020_2020u64 as i64));
        let likely = short | long | second & !third | third & !fourth | parted;
        let kept = _mm512_maskz_compress_epi32(u16::from(likely), _mm512_castsi256_si512(offsets));
        let mut found = [0; 8];
        _mm256_storeu_si256(found.as_mut_ptr().cast(), _mm512_castsi512_si256(kept));
        (found, likely.count_ones() as usize)
    }
}

/// The highest bit of each lane.
///
/// # Safety
/// The processor must have AVX-512F.
#[inline(always)]
unsafe fn sign_of(lanes: __m512i) -> u8 {
    // SAFETY: as the caller promises.
    unsafe { _mm512_test_epi64_mask(lanes, _mm512_set1_epi64(i64::MIN)) }
}

/// Whether a table of names' ends holds the lower 32 bits of each lane.
///
/// # Safety
/// The processor must have AVX-512F.
#[inline(always)]
unsafe fn holds(table: &[u64; 1024], codes: __m512i) -> u8 {
    // SAFETY: a hash has 16 bits, the upper ten of which are the word's index.
    unsafe {
        let product = _mm512_mul_epu32(codes, _mm512_set1_epi64(i64::from(keys::MULTIPLIER)));
        let hash = _mm512_and_si512(_mm512_srli_epi64::<16>(product), _mm512_set1_epi64(0xffff));
        let words = _mm512_i64gather_epi64::<8>(_mm512_srli_epi64::<6>(hash), table.as_ptr().cast());
        let bits = _mm512_srlv_epi64(words, _mm512_and_si512(hash, _mm512_set1_epi64(63)));
        _mm512_test_epi64_mask(bits, _mm512_set1_epi64(1))
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
        let [first, second, anywhere] = literals(bytes, [&WORD_A, &WORD_B, &ANYWHERE]);
        planes.set(Class::WordLiteral, at, first | second);
        planes.set(Class::Literal, at, anywhere);
    }
}

/// Where four bytes in a row may be an anchor of each prefilter, by tables of 64 bytes.
///
/// Letters of both cases share an entry, as do control characters and signs; the exact check
/// behind the prefilter knows the difference.
///
/// # Safety
/// `bytes` must be readable for 67 bytes, and the processor must have AVX-512BW, VBMI and GFNI.
#[inline(always)]
unsafe fn literals_by_bytes(bytes: *const u8, prefilters: [&Prefilter; 3]) -> [u64; 3] {
    // SAFETY: the caller promises 67 readable bytes and the features; tables are 64 bytes each.
    unsafe {
        let entry = _mm512_set1_epi64(ENTRY);
        let [first, second, third] = prefilters;
        let all = _mm512_set1_epi8(-1);
        let (mut one, mut two, mut three) = (all, all, all);
        for position in 0..4 {
            // The entries are the same for all prefilters.
            let x = _mm512_gf2p8affine_epi64_epi8::<0>(_mm512_loadu_si512(bytes.add(position).cast()), entry);
            one = _mm512_and_si512(one, _mm512_permutexvar_epi8(x, _mm512_loadu_si512(first.folded[position].as_ptr().cast())));
            two = _mm512_and_si512(two, _mm512_permutexvar_epi8(x, _mm512_loadu_si512(second.folded[position].as_ptr().cast())));
            three = _mm512_and_si512(three, _mm512_permutexvar_epi8(x, _mm512_loadu_si512(third.folded[position].as_ptr().cast())));
        }
        [_mm512_test_epi8_mask(one, one), _mm512_test_epi8_mask(two, two), _mm512_test_epi8_mask(three, three)]
    }
}

/// From a byte to its entry, as a matrix of bits: the low five bits, and bit 6 as the sixth.
///
/// The highest byte says which bits make bit 0.
const ENTRY: i64 = 0x0102_0408_1040_0000;

/// The same by the two halves of each byte; fires more often.
///
/// # Safety
/// `bytes` must be readable for 67 bytes, and the processor must have AVX-512BW.
#[inline(always)]
unsafe fn literals_by_halves(bytes: *const u8, prefilters: [&Prefilter; 3]) -> [u64; 3] {
    let [first, second, third] = prefilters;
    // SAFETY: as the caller promises.
    unsafe { [by_halves(bytes, first), by_halves(bytes, second), by_halves(bytes, third)] }
}

/// # Safety
/// As of [`literals_by_halves`].
#[inline(always)]
unsafe fn by_halves(bytes: *const u8, prefilter: &Prefilter) -> u64 {
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
