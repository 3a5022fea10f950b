//! One sender, such as a connection: a private key that it sends in several requests or messages is one key.

use crate::engine::OpenKey;
use std::sync::{Arc, Mutex, PoisonError};

tokio::task_local! {
    static SENDER: Sender;
}

/// What is open where the text that was taken last from a sender ended.
#[derive(Clone, Default)]
pub(super) struct Sender(Arc<Mutex<Option<OpenKey>>>);

impl Sender {
    /// The sender whose records this task takes; without one, text stands for itself.
    pub(super) fn of_task() -> Option<Self> {
        SENDER.try_with(Self::clone).ok()
    }

    /// Takes records of this sender.
    pub(super) fn scope<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        SENDER.scope(self, work)
    }

    /// The key that is open.
    pub(super) fn open_key(&self) -> Option<OpenKey> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what is open behind text that was taken. What was refused is sent again.
    pub(super) fn took(&self, open: Option<OpenKey>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = open;
    }
}
