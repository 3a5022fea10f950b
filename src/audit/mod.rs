//! The audit log: what the program did, in lines that nobody can change unseen.
//!
//! Each line holds the hash of the one before it, and at intervals a seal signs all of them (Ed25519).
//! [`AuditLog`] writes, [`verify`] checks. Events are typed: counts, identifiers of kinds and keys, names
//! of the configuration and hashes; no free text and no scanned byte (invariant I4). The format is
//! described in docs/audit.md.

pub mod chain;
mod event;
mod files;
mod key;
mod line;
mod log;
mod verify;

pub use event::{Event, Hex};
pub use files::LogFiles;
pub use key::{AuditKeyError, PublicKeys, SealKey};
pub use line::Head;
pub use log::{AuditLog, OpenError, sent};
pub use verify::{Problem, Verdict, last, verify};

#[cfg(test)]
mod tests;
