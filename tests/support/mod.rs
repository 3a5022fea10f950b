//! What several topics of the test binary need.

pub(crate) mod proxy;
pub(crate) mod single;
