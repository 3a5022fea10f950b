//! The records that travel through hushlog, before and after scrubbing.
//!
//! First stage of the flow: everything else builds on these types. [`Raw`] holds
//! bytes that were not scanned yet, [`Clean`] bytes that were. They are different
//! types on purpose: what takes a `Clean` cannot be handed a `Raw`.
//! Nothing here does I/O of its own or knows how scanning works.

mod batch;
mod clean;
mod events;
mod finding;
mod raw;
mod report;

pub use batch::{Batch, Origin, Record};
pub use clean::{Clean, CleanBuf, CleanText, Cleaned, Restored};
pub use events::Events;
pub use finding::Why;
pub use raw::Raw;
pub use report::{KindCount, Report};
