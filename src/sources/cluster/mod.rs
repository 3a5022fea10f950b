//! What the API server of a cluster says of the pods of one node: labels, owners, and the policy of namespaces.
//!
//! Two watches, of the node's pods and of namespaces, keep a small table; the reader of files asks it whose
//! records a path holds. Only metadata is asked for (`PartialObjectMetadata`), so that no specification,
//! with the environment in it, ever comes here. See docs/adr/0018-an-own-watch-of-pods.md.

mod client;
mod objects;
mod options;
mod state;
mod watch;

use super::file::{About, Describe, Told};
use crate::route::{NAMESPACE_REGION, POD_REGION, PRESETS};
use crate::task::{Stop, Task};
use state::{Pod, Space, State};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(super) use options::Api;

/// What a path says: names of metadata and their values.
type Named = fn(&Path) -> Vec<(&'static str, String)>;

/// The table, and how it is asked.
pub(super) struct Cluster {
    state: Arc<Mutex<State>>,
    named: Named,
    node: String,
    wait: Duration,
}

impl Cluster {
    /// An empty table, and the task that keeps it until the program ends.
    pub(super) fn watched(api: Api, named: Named, source: &str, stop: Stop) -> std::io::Result<(Self, Task<'static, ()>)> {
        let state = Arc::new(Mutex::new(State::default()));
        let node = api.node()?;
        let cluster = Self { state: Arc::clone(&state), named, node: node.clone(), wait: api.wait };
        Ok((cluster, watch::both(api, node, state, source.into(), stop)))
    }
}

impl Describe for Cluster {
    fn about(&self, path: &Path) -> Told {
        let mut about = About { named: (self.named)(path), tags: vec![("node".to_owned(), self.node.clone())] };
        let value = |name: &str| about.named.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        let (Some(namespace), Some(name), Some(uid)) = (value("namespace"), value("pod"), value("pod_uid")) else {
            return Told::Waiting(about);
        };
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(space), Some(pod)) = (state.space(namespace), state.pod(namespace, name, uid)) else { return Told::Waiting(about) };
        drop(state);
        add(&mut about, &space, &pod);
        Told::Known(about)
    }

    fn changes(&self) -> bool {
        true
    }

    fn wait(&self) -> Duration {
        self.wait
    }
}

/// The namespace decides; what the pod says is kept apart, because it may only tighten.
fn add(about: &mut About, space: &Space, pod: &Pod) {
    let mut claim = |name: &'static str, values: Vec<&String>| {
        if !values.is_empty() {
            about.named.push((name, values.into_iter().map(String::as_str).collect::<Vec<_>>().join(",")));
        }
    };
    claim(NAMESPACE_REGION, space.regions.iter().collect());
    claim(POD_REGION, pod.regions.iter().collect());
    claim(PRESETS, space.presets.iter().chain(&pod.presets).collect());
    if let Some((kind, name)) = &pod.workload {
        about.tags.push(("workload".to_owned(), name.clone()));
        about.tags.push(("workload_kind".to_owned(), kind.clone()));
    }
    about.tags.extend(pod.tags.iter().cloned());
}
