//! Buckets of objects as places of inputs and outputs: `s3://bucket/prefix`.
//!
//! What a replay asks of a store, without the store itself, so that the rest of it is the same with and
//! without the feature `aws`. Keys are names of inputs: they are shown and written scrubbed only.

use super::ReplayError;
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// How stores are reached.
#[derive(Clone, Debug, Default)]
pub struct StoreOptions {
    /// Region of the buckets; that of the environment or the profile by default.
    pub region: Option<String>,
    /// Address that takes the place of the provider's own.
    pub endpoint: Option<String>,
    /// PEM file of the certificates that the address is checked with.
    pub ca: Option<PathBuf>,
}

/// An object in a list.
pub(super) struct Listed {
    pub(super) key: String,
    pub(super) size: u64,
    pub(super) modified: Option<SystemTime>,
    /// What changes when its content does.
    pub(super) version: String,
}

/// A bucket.
pub(super) trait Store: Send + Sync {
    /// Gives every object whose key begins with the prefix, in the order of keys.
    fn list(&self, prefix: &str, take: &mut dyn FnMut(Listed)) -> io::Result<()>;

    /// An object, if it is there.
    fn find(&self, key: &str) -> io::Result<Option<Listed>>;

    /// Reads an object; goes on where a connection was cut. Fails if it is not the one that was listed any more.
    fn open(&self, object: &Listed) -> Box<dyn Read + Send>;

    /// Begins an object. It is there when it was kept, and not before.
    fn create(&self, key: &str) -> Box<dyn Upload>;
}

/// An object that is being written.
pub(super) trait Upload: Write + Send {
    /// Gives it its key.
    fn keep(self: Box<Self>) -> io::Result<()>;
}

/// Opens buckets, each once.
pub struct Stores {
    options: StoreOptions,
    #[cfg(feature = "aws")]
    client: Mutex<Option<super::s3::Client>>,
    open: Mutex<HashMap<String, Arc<dyn Store>>>,
}

impl Stores {
    /// Nothing is asked of the network before a bucket is named.
    pub fn new(options: StoreOptions) -> Self {
        Self {
            options,
            #[cfg(feature = "aws")]
            client: Mutex::default(),
            open: Mutex::default(),
        }
    }

    pub(super) fn bucket(&self, name: &str) -> Result<Arc<dyn Store>, ReplayError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = open.get(name) {
            return Ok(Arc::clone(store));
        }
        let store = self.reach(name)?;
        open.insert(name.to_owned(), Arc::clone(&store));
        Ok(store)
    }

    fn reach(&self, name: &str) -> Result<Arc<dyn Store>, ReplayError> {
        REACH.first().ok_or(ReplayError::NoStore)?(self, name)
    }

    #[cfg(feature = "aws")]
    fn reach_s3(&self, name: &str) -> Result<Arc<dyn Store>, ReplayError> {
        let failed = |source| ReplayError::Store { bucket: name.to_owned(), source };
        let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        let client = match &mut *client {
            Some(client) => client,
            none => none.insert(super::s3::Client::open(&self.options).map_err(failed)?),
        };
        Ok(Arc::new(client.bucket(name).map_err(failed)?))
    }
}

type Reach = fn(&Stores, &str) -> Result<Arc<dyn Store>, ReplayError>;

/// What opens a bucket: nothing in a build without the sinks of AWS.
const REACH: &[Reach] = &[
    #[cfg(feature = "aws")]
    Stores::reach_s3,
];

/// Bucket and prefix of `s3://bucket/prefix`; nothing if it is the name of a file. The prefix has no slash at its end.
pub(super) fn location(text: &str) -> Option<(&str, &str)> {
    let (bucket, prefix) = text.strip_prefix("s3://").map(|rest| rest.split_once('/').unwrap_or((rest, "")))?;
    Some((bucket, prefix.trim_end_matches('/')))
}

/// The objects at a prefix and below it: the one of that key, and those behind a slash.
pub(super) fn below(store: &dyn Store, prefix: &str, take: &mut dyn FnMut(Listed)) -> io::Result<()> {
    store.list(prefix, &mut |object| {
        let rest = object.key.strip_prefix(prefix).unwrap_or_default();
        if prefix.is_empty() || rest.is_empty() || rest.starts_with('/') {
            take(object);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::location;

    #[test]
    fn addresses_are_taken_apart() {
        assert_eq!(location("s3://logs/a/b/"), Some(("logs", "a/b")));
        assert_eq!(location("s3://logs"), Some(("logs", "")));
        assert_eq!(location("./s3://logs"), None);
    }
}
