//! Bytes that the engine has scanned and masked.
//!
//! Made by the engine's masker alone. Sinks, reports and files take these types,
//! never raw slices, so "was this scrubbed?" is answered by the compiler.

use std::borrow::Cow;

/// A borrowed stretch of scrubbed output.
///
/// Valid until the next call on the stream that emitted it.
#[derive(Clone, Copy)]
pub struct Clean<'a> {
    bytes: &'a [u8],
}

impl<'a> Clean<'a> {
    /// Declares bytes scrubbed. Only the engine's masker may say so (I1).
    pub(crate) fn assume_scrubbed(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The scrubbed bytes.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

/// One scrubbed value: borrowed from the input when nothing was found in it.
pub struct Cleaned<'a> {
    bytes: Cow<'a, [u8]>,
}

impl<'a> Cleaned<'a> {
    /// Declares a value scrubbed. Only the engine's masker may say so (I1).
    pub(crate) fn assume_scrubbed(bytes: Cow<'a, [u8]>) -> Self {
        Self { bytes }
    }

    /// The scrubbed value.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether the value left exactly as it came.
    pub fn is_unchanged(&self) -> bool {
        matches!(self.bytes, Cow::Borrowed(_))
    }
}
