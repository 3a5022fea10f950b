//! What a sink does for its records beyond sending them, and what it cannot do, for `hushlog check`.
//!
//! Each sink says it of itself from its options, as data. What nobody can hold a store to from here is
//! said as plainly as what is done, so that a table of routes promises no more than it keeps.

/// What becomes of records at one sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Care {
    /// How they travel.
    pub transport: Transport,
    /// How they are encrypted where they lie.
    pub at_rest: &'static str,
    /// How long they are kept.
    pub retention: String,
    /// What cannot be enforced there.
    pub not_enforceable: Vec<&'static str>,
}

/// How records travel to a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Encrypted, and the store has to prove its name.
    Tls,
    /// In the clear.
    Plain,
    /// They stay on this machine.
    Local,
}

impl Transport {
    /// By whether a sink names a host that it sends to without TLS.
    pub(super) fn of(plaintext: Option<&String>) -> Self {
        if plaintext.is_some() { Self::Plain } else { Self::Tls }
    }

    /// As tables write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tls => "TLS",
            Self::Plain => "no TLS",
            Self::Local => "this machine",
        }
    }
}

/// Of an address that is not the provider's own: only its name can be looked at.
pub(super) const ENDPOINT: &str = "the region of the address is declared, not checked";
pub(super) const AT_REST: &str = "encryption at rest";
pub(super) const RETENTION: &str = "retention";
