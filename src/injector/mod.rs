//! What the admission webhook answers: bytes of an AdmissionReview in, bytes of an AdmissionReview out.
//!
//! Pods of a namespace get `hushlog exec` in front of every command (mode `wrap`), or are refused with a
//! message that says what to add. A function of its input alone: no files, no network, no log. The server
//! around it is `webhook`.
//!
//! The format is that of `admission.k8s.io/v1` and of JSON Patch (RFC 6902).

mod container;
mod patch;
mod pod;
mod policy;
mod review;

pub use policy::{Policy, RawOnNode};
pub use review::{Outcome, ReviewError, Reviewed, review};

/// Folder of the binary in wrapped containers.
const FOLDER: &str = "/hushlog";
/// The binary in wrapped containers.
const BINARY: &str = "/hushlog/hushlog";
/// The volume that holds it.
const VOLUME: &str = "hushlog-bin";
/// The init container that puts it there.
const INSTALL: &str = "hushlog-install";

/// What the injector puts into pods.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Image that holds the binary.
    pub image: String,
}

/// What one path of the webhook does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hook {
    /// `/mutate/PRESETS/RAW`: wraps pods under a policy.
    Wrap(Policy),
    /// `/refuse`: for namespaces whose labels nobody knows.
    Refuse,
}

impl Hook {
    /// The hook of a path, such as `/mutate/hipaa/forbid`.
    pub fn of_path(path: &str) -> Option<Self> {
        if path == "/refuse" {
            return Some(Self::Refuse);
        }
        let (presets, raw) = path.strip_prefix("/mutate/")?.split_once('/')?;
        Policy::new(presets, RawOnNode::of(raw)?).map(Self::Wrap)
    }
}
