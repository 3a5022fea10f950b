//! What was found, where, and why: never the value itself (invariant I4).

use std::fmt;

/// Why a finding was accepted. Names catalogue keys only, never bytes of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// A catalogue key name stands before the value.
    Key(&'static str),
    /// A checksum holds.
    Checksum,
    /// The format alone is distinctive.
    Format,
    /// A checksum holds, but many other numbers pass it too.
    Weak,
    /// The format needed, and had, supporting words before it.
    Context,
    /// A user rule matched.
    Rule,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(name) => write!(f, "key {name}"),
            Self::Checksum => f.write_str("checksum"),
            Self::Format => f.write_str("format"),
            Self::Weak => f.write_str("weak checksum"),
            Self::Context => f.write_str("context"),
            Self::Rule => f.write_str("rule"),
        }
    }
}
