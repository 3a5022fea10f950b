//! The JSON of lists and watches, of which only metadata is read.
//!
//! <https://kubernetes.io/docs/reference/using-api/api-concepts/>: a list with the version it was made at,
//! a watch with an object a line, bookmarks that move the version on, and `410 Gone` for one that is too old.

use super::options::Keep;
use super::state::{Pod, Space};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// What namespaces and pods say, as labels or annotations.
const PRESET: &str = "hushlog.dev/preset";
const REGION: &str = "hushlog.dev/region";
/// The kubelet's own identifier of a pod that it did not get from the API server.
const MIRROR: &str = "kubernetes.io/config.hash";
/// Bytes of labels and annotations that are kept of a pod; those behind are left out.
const MOST: usize = 8 * 1024;

/// A part of a list.
#[derive(Deserialize)]
pub(super) struct Page {
    #[serde(default)]
    pub(super) metadata: ListMeta,
    #[serde(default)]
    pub(super) items: Option<Vec<Object>>,
}

#[derive(Default, Deserialize)]
pub(super) struct ListMeta {
    #[serde(default, rename = "resourceVersion")]
    pub(super) version: String,
    /// Where the next part begins.
    #[serde(default, rename = "continue")]
    pub(super) next: Option<String>,
}

/// An object, or what is read of it.
#[derive(Deserialize)]
pub(super) struct Object {
    #[serde(default)]
    pub(super) metadata: Meta,
}

#[derive(Default, Deserialize)]
pub(super) struct Meta {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    pub(super) uid: String,
    #[serde(default, rename = "resourceVersion")]
    pub(super) version: String,
    #[serde(default)]
    labels: Option<BTreeMap<String, String>>,
    #[serde(default)]
    annotations: Option<BTreeMap<String, String>>,
    #[serde(default, rename = "ownerReferences")]
    owners: Option<Vec<Owner>>,
}

#[derive(Deserialize)]
struct Owner {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    controller: Option<bool>,
}

/// A line of a watch.
#[derive(Deserialize)]
pub(super) struct Event<'l> {
    #[serde(rename = "type")]
    pub(super) kind: What,
    #[serde(borrow)]
    pub(super) object: &'l RawValue,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum What {
    Added,
    Modified,
    Deleted,
    Bookmark,
    Error,
}

/// Why a watch ends.
#[derive(Deserialize)]
pub(super) struct Status {
    #[serde(default)]
    pub(super) code: Option<u16>,
}

impl Meta {
    /// What is said under a name, as label and as annotation.
    fn said(&self, name: &str) -> Vec<String> {
        let mut said: Vec<String> =
            [&self.labels, &self.annotations].into_iter().flatten().filter_map(|map| map.get(name)).cloned().collect();
        said.dedup();
        said
    }

    fn presets(&self) -> Vec<String> {
        // Labels can hold no comma: `-` stands for it there.
        let said = self.said(PRESET);
        said.iter().flat_map(|text| text.split([',', '-'])).map(|name| name.trim().to_owned()).collect()
    }

    pub(super) fn space(&self) -> Space {
        Space { regions: self.said(REGION), presets: self.presets() }
    }

    pub(super) fn pod(self, keep: &Keep) -> Pod {
        let (regions, presets) = (self.said(REGION), self.presets());
        let mirror = self.annotations.as_ref().and_then(|annotations| annotations.get(MIRROR)).cloned();
        let workload = self.workload();
        let mut tags = Vec::new();
        let mut room = MOST;
        let kept = [("label", self.labels, &keep.labels), ("annotation", self.annotations, &keep.annotations)];
        for (form, map, patterns) in kept {
            for (name, value) in map.unwrap_or_default() {
                let bytes = name.len() + value.len();
                if bytes <= room && patterns.iter().any(|pattern| pattern.matches(&name)) {
                    room -= bytes;
                    tags.push((format!("{form}.{name}"), value));
                }
            }
        }
        Pod { namespace: self.namespace, name: self.name, mirror, workload, regions, presets, tags }
    }

    /// Kind and name of what made the pod. A ReplicaSet stands for its Deployment where its name says so.
    fn workload(&self) -> Option<(String, String)> {
        let owners = self.owners.as_ref()?;
        let owner = owners.iter().find(|owner| owner.controller == Some(true)).or(owners.first())?;
        let hash = self.labels.as_ref().and_then(|labels| labels.get("pod-template-hash"));
        let deployment =
            hash.and_then(|hash| owner.name.strip_suffix(hash.as_str())?.strip_suffix('-')).filter(|_| owner.kind == "ReplicaSet");
        Some(match deployment {
            Some(name) => ("Deployment".to_owned(), name.to_owned()),
            None => (owner.kind.clone(), owner.name.clone()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(metadata: &str, labels: &str, annotations: &str) -> Pod {
        let meta: Meta = serde_json::from_str(metadata).unwrap();
        let patterns = |text: &str| glob::Pattern::new(text).into_iter().collect();
        meta.pod(&Keep { labels: patterns(labels), annotations: patterns(annotations) })
    }

    #[test]
    fn what_is_kept_of_a_pod() {
        let text = r#"{"name":"web-5d9c-x","namespace":"ml","uid":"u","labels":{"app":"web","pod-template-hash":"5d9c",
            "hushlog.dev/region":"eu-west-1"},"annotations":{"note":"n","hushlog.dev/preset":"hipaa, soc2"},
            "ownerReferences":[{"kind":"Other","name":"o"},{"kind":"ReplicaSet","name":"web-5d9c","controller":true}]}"#;
        let found = pod(text, "app", "none");
        assert_eq!(found.workload, Some(("Deployment".to_owned(), "web".to_owned())));
        assert_eq!(found.tags, [("label.app".to_owned(), "web".to_owned())]);
        assert_eq!((found.regions, found.presets), (vec!["eu-west-1".to_owned()], vec!["hipaa".to_owned(), "soc2".to_owned()]));
        assert_eq!(pod(text, "none", "note").tags, [("annotation.note".to_owned(), "n".to_owned())]);
        let job = pod(r#"{"name":"a","ownerReferences":[{"kind":"Job","name":"train-1"}],"labels":null}"#, "*", "*");
        assert_eq!((job.workload, job.tags.len()), (Some(("Job".to_owned(), "train-1".to_owned())), 0));
    }

    #[test]
    fn large_annotations_are_left_out() {
        let text = format!(r#"{{"name":"a","annotations":{{"big":"{}","small":"s"}}}}"#, "x".repeat(MOST));
        assert_eq!(pod(&text, "*", "*").tags, [("annotation.small".to_owned(), "s".to_owned())]);
    }
}
