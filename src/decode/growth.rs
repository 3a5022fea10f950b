//! How much larger the records of a request may become than the request.
//!
//! What a request says once (the resource of its logs, a tag, a parameter of its address) stands in each of its records.
//! A sender could else fill memory and disk with a request of some kilobytes.

/// What is said once takes at most so many times the bytes of its request, in all records together: a machine that says
/// some kilobytes of itself, and lines of a few words. The bound grows with the request, so that many small ones add up
/// to no more than one that is as large as all of them.
const TIMES: usize = 256;
/// The same of a tag, which is short.
const TAG_TIMES: usize = 64;
/// Most bytes of it where records are given piece by piece.
const MOST: usize = 256 << 20;
/// Most bytes of it where all records of a request are there at once.
const MOST_AT_ONCE: usize = 32 << 20;
/// What a record itself may become: a letter that is no UTF-8 takes three bytes, and one of UTF-16 as many as it had.
const OWN: usize = 4;

/// Bytes that what is said once may take in the records of a request, which are given piece by piece.
pub(super) fn repeated(request: usize) -> usize {
    request.saturating_mul(TIMES).min(MOST)
}

/// The same of the tag of a message.
pub(super) fn tags(request: usize) -> usize {
    request.saturating_mul(TAG_TIMES).min(MOST)
}

/// As [`repeated`], where all records are there at once.
pub(super) fn repeated_at_once(request: usize) -> usize {
    request.saturating_mul(TIMES).min(MOST_AT_ONCE)
}

/// Bytes that records may have together which are there at once.
pub(super) fn at_once(request: usize) -> usize {
    request.saturating_mul(OWN).saturating_add(repeated_at_once(request))
}
