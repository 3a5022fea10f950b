//! What is known of pods and namespaces, bounded in number.
//!
//! A pod that is gone stays known for a while: its last lines are read after it has ended.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Pods that are known, those that are gone included. A kubelet runs some hundred.
const PODS: usize = 4_096;
/// Namespaces that are known. Those beyond are unknown, and their records are treated so.
const SPACES: usize = 16_384;
/// How long what is gone stays known.
const GONE: Duration = Duration::from_secs(3_600);

/// What is known of a pod.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pod {
    pub(super) namespace: String,
    pub(super) name: String,
    /// Its identifier on the node, where that is another one: pods from files of the node.
    pub(super) mirror: Option<String>,
    /// Kind and name.
    pub(super) workload: Option<(String, String)>,
    pub(super) regions: Vec<String>,
    pub(super) presets: Vec<String>,
    /// Labels and annotations, their names as records carry them.
    pub(super) tags: Vec<(String, String)>,
}

/// What is known of a namespace.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Space {
    pub(super) regions: Vec<String>,
    pub(super) presets: Vec<String>,
}

/// Objects of one kind.
#[derive(Debug)]
pub(super) struct Table<T> {
    entries: HashMap<String, Entry<T>>,
    most: usize,
}

#[derive(Debug)]
struct Entry<T> {
    value: Arc<T>,
    gone: Option<Instant>,
}

/// Everything that is known.
#[derive(Debug)]
pub(super) struct State {
    /// By identifier.
    pub(super) pods: Table<Pod>,
    /// By name.
    pub(super) spaces: Table<Space>,
}

impl Default for State {
    fn default() -> Self {
        Self { pods: Table { entries: HashMap::new(), most: PODS }, spaces: Table { entries: HashMap::new(), most: SPACES } }
    }
}

impl State {
    pub(super) fn space(&self, name: &str) -> Option<Arc<Space>> {
        self.spaces.get(name)
    }

    /// A pod by all that the path says: an identifier alone could be claimed by an annotation.
    pub(super) fn pod(&self, namespace: &str, name: &str, uid: &str) -> Option<Arc<Pod>> {
        let fits = |pod: &Pod| pod.namespace == namespace && pod.name == name;
        let found = self.pods.get(uid).filter(|pod| fits(pod));
        let mirrored = || self.pods.values().find(|pod| fits(pod) && pod.mirror.as_deref() == Some(uid)).map(Arc::clone);
        found.or_else(mirrored)
    }
}

impl<T: PartialEq> Table<T> {
    fn get(&self, key: &str) -> Option<Arc<T>> {
        self.entries.get(key).map(|entry| Arc::clone(&entry.value))
    }

    fn values(&self) -> impl Iterator<Item = &Arc<T>> {
        self.entries.values().map(|entry| &entry.value)
    }

    /// Adds an object, or changes it. Returns whether there was room.
    pub(super) fn put(&mut self, key: String, value: T) -> bool {
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.gone = None;
            if *entry.value != value {
                entry.value = Arc::new(value);
            }
            return true;
        }
        if self.entries.len() >= self.most {
            self.make_room();
        }
        let room = self.entries.len() < self.most;
        if room {
            self.entries.insert(key, Entry { value: Arc::new(value), gone: None });
        }
        room
    }

    /// An object is gone.
    pub(super) fn leave(&mut self, key: &str) {
        if let Some(entry) = self.entries.get_mut(key) {
            entry.gone.get_or_insert_with(Instant::now);
        }
    }

    /// Everything that is not among these is gone.
    pub(super) fn leave_others(&mut self, here: &HashSet<String>) {
        for (_, entry) in self.entries.iter_mut().filter(|(key, _)| !here.contains(*key)) {
            entry.gone.get_or_insert_with(Instant::now);
        }
        self.make_room();
    }

    fn make_room(&mut self) {
        self.entries.retain(|_, entry| entry.gone.is_none_or(|gone| gone.elapsed() < GONE));
        if self.entries.len() >= self.most {
            let gone = self.entries.iter().filter_map(|(key, entry)| Some((entry.gone?, key.clone())));
            if let Some((_, oldest)) = gone.min() {
                self.entries.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(name: &str, mirror: Option<&str>) -> Pod {
        Pod { namespace: "ml".to_owned(), name: name.to_owned(), mirror: mirror.map(str::to_owned), ..Pod::default() }
    }

    #[test]
    fn a_pod_is_known_by_all_that_its_path_says() {
        let mut state = State::default();
        state.pods.put("u1".to_owned(), pod("a", None));
        state.pods.put("u2".to_owned(), pod("b", Some("u1")));
        let found = |namespace: &str, name: &str, uid: &str| state.pod(namespace, name, uid).map(|pod| pod.name.clone());
        assert_eq!(found("ml", "a", "u1").as_deref(), Some("a"));
        assert_eq!(found("ml", "b", "u1").as_deref(), Some("b"), "a pod from a file of the node");
        assert_eq!(found("ml", "a", "u2"), None);
        assert_eq!(found("other", "a", "u1"), None);
    }

    #[test]
    fn what_is_gone_stays_known_until_its_place_is_needed() {
        let mut table = Table { entries: HashMap::new(), most: 2 };
        assert!(table.put("a".to_owned(), 1) && table.put("b".to_owned(), 2));
        assert!(!table.put("c".to_owned(), 3), "both are there");
        table.leave("a");
        assert_eq!(table.get("a").as_deref(), Some(&1));
        assert!(table.put("c".to_owned(), 3));
        assert_eq!(table.get("a"), None);
        table.leave_others(&HashSet::from(["c".to_owned()]));
        assert!(table.put("d".to_owned(), 4));
        assert_eq!((table.get("b"), table.get("c").as_deref()), (None, Some(&3)));
    }
}
