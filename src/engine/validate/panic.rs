//! A check that panics on purpose: for the tests that show how a panic is contained.
//!
//! Built under the feature `test-hooks` only; a user rule of a test names it.

/// Never returns.
///
/// # Panics
/// Always; that is what it is for.
#[expect(clippy::panic, reason = "a test wants a panic in the middle of a scan")]
pub(crate) fn valid(_value: &[u8]) -> bool {
    panic!("on purpose")
}
