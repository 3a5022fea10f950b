//! Shows that `Raw` stays closed and that nobody outside the crate can make a `Clean` (I1).
//!
//! Two ways: a compile-time assertion for each trait that could let raw bytes out, and
//! the files of cases/, which must fail to compile with the message beside them. After
//! a change to the messages, rewrite them with `TRYBUILD=overwrite cargo test -p hushlog-ui`, and
//! read the difference: each file must still fail for its own reason.

use hushlog::Raw;

/// Compiles only while `Raw` does not implement the trait: if it did, both
/// implementations would fit and the call would be ambiguous.
macro_rules! raw_is_not {
    ($($check:ident: $bound:path),+ $(,)?) => {$(
        const _: fn() = || {
            trait $check<Which> {
                fn check() {}
            }
            impl<T: ?Sized> $check<()> for T {}
            struct Implemented;
            impl<T: ?Sized + $bound> $check<Implemented> for T {}
            <Raw as $check<_>>::check();
        };
    )+};
}

raw_is_not! {
    NotDebug: std::fmt::Debug,
    NotDisplay: std::fmt::Display,
    NotClone: Clone,
    NotSerialize: serde::Serialize,
    NotBytes: AsRef<[u8]>,
    NotBorrowed: std::borrow::Borrow<[u8]>,
    NotDereferenced: std::ops::Deref,
    NotRead: std::io::Read,
    NotOrdered: PartialOrd,
    NotCompared: PartialEq,
    NotHashed: std::hash::Hash,
}

#[test]
fn i1_raw_stays_closed_and_clean_cannot_be_forged() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
