//! Hyperscan (Vectorscan has the same interface): block mode, with start offsets.
//!
//! Links the C library libhs. It reports every end of a match, so the longest match from
//! each start is kept, as the other engines do. It refuses start offsets together with
//! long bounded repeats, so those of the mail rule are open here; the checks bound them.

use hushlog_peers::{RULES, accept, drive};
use std::ffi::{CString, c_char, c_int, c_uint, c_ulonglong, c_void};
use std::ptr;

type OnMatch = extern "C" fn(c_uint, c_ulonglong, c_ulonglong, c_uint, *mut c_void) -> c_int;

#[link(name = "hs")]
unsafe extern "C" {
    fn hs_compile_multi(
        expressions: *const *const c_char,
        flags: *const c_uint,
        ids: *const c_uint,
        elements: c_uint,
        mode: c_uint,
        platform: *const c_void,
        database: *mut *mut c_void,
        error: *mut *mut c_void,
    ) -> c_int;
    fn hs_alloc_scratch(database: *const c_void, scratch: *mut *mut c_void) -> c_int;
    fn hs_scan(
        database: *const c_void,
        data: *const c_char,
        length: c_uint,
        flags: c_uint,
        scratch: *mut c_void,
        on_match: OnMatch,
        context: *mut c_void,
    ) -> c_int;
}

const MODE_BLOCK: c_uint = 1;
const FLAG_SOM_LEFTMOST: c_uint = 256;

/// Matches of a block: rule, start, end.
type Matches = Vec<(usize, usize, usize)>;

extern "C" fn on_match(id: c_uint, from: c_ulonglong, to: c_ulonglong, _flags: c_uint, context: *mut c_void) -> c_int {
    // SAFETY: `context` is the vector that `hs_scan` was given below and outlives the call.
    let matches = unsafe { &mut *context.cast::<Matches>() };
    matches.push((id as usize, from as usize, to as usize));
    0
}

fn main() -> std::io::Result<()> {
    let patterns: Vec<CString> = RULES
        .iter()
        .map(|(_, pattern)| CString::new(pattern.replace("{1,64}", "+").replace("{1,253}", "+")).expect("no zero bytes"))
        .collect();
    let pointers: Vec<*const c_char> = patterns.iter().map(|pattern| pattern.as_ptr()).collect();
    let (flags, ids): (Vec<c_uint>, Vec<c_uint>) = (vec![FLAG_SOM_LEFTMOST; pointers.len()], (0..pointers.len() as c_uint).collect());
    let (mut database, mut scratch, mut error) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    // SAFETY: the arrays have as many elements as is said and live across the calls.
    let status = unsafe {
        hs_compile_multi(
            pointers.as_ptr(),
            flags.as_ptr(),
            ids.as_ptr(),
            pointers.len() as c_uint,
            MODE_BLOCK,
            ptr::null(),
            &mut database,
            &mut error,
        )
    };
    assert_eq!(status, 0, "the rules compile");
    // SAFETY: the database was just made.
    assert_eq!(unsafe { hs_alloc_scratch(database, &mut scratch) }, 0, "scratch memory");
    let mut matches = Matches::new();
    drive(|block, found| {
        matches.clear();
        let context: *mut Matches = &mut matches;
        // SAFETY: the block is valid for its length, and the callback writes to `matches` alone.
        let status = unsafe { hs_scan(database, block.as_ptr().cast(), block.len() as c_uint, 0, scratch, on_match, context.cast()) };
        assert_eq!(status, 0, "the scan ends");
        matches.sort_unstable_by_key(|(rule, start, end)| (*rule, *start, std::cmp::Reverse(*end)));
        let mut done = (usize::MAX, 0);
        for (rule, start, end) in &matches {
            if done.0 == *rule && *start < done.1 {
                continue;
            }
            if let Some(finding) = accept(*rule, block, *start, *end) {
                found.push(finding);
                done = (*rule, *end);
            }
        }
    })
}
