//! One pod: what is refused, what is wrapped, and what is added for it.
//!
//! Where raw output is forbidden, whatever could carry it past hushlog is refused, all reasons at once. Where it
//! is allowed, such a container is left as it is and the answer warns. What cannot be told either way is refused.

use super::container::{self, Shape};
use super::patch::{Patch, list};
use super::{FOLDER, INSTALL, Policy, RawOnNode, Settings, VOLUME};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Where containers stand in a pod.
const LISTS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];
/// The program in the image.
const IN_IMAGE: &str = "/usr/bin/hushlog";
/// Longest name of a container or volume.
const NAME: usize = 63;

/// What is done with a pod.
pub(super) struct Verdict {
    /// Reasons to refuse it.
    pub(super) refused: Vec<String>,
    /// What its maker is told.
    pub(super) warnings: Vec<String>,
    /// What changes; nothing if it is refused.
    pub(super) patch: Vec<Value>,
}

/// What of a pod is new.
pub(super) enum New {
    /// The pod.
    Pod,
    /// Ephemeral containers, beside those of these names.
    Ephemeral(BTreeSet<String>),
}

/// Decides about a pod.
pub(super) fn decide(pod: &Value, policy: &Policy, settings: &Settings, new: &New) -> Verdict {
    let mut warnings = Vec::new();
    let verdict = |refused: Vec<String>, warnings, patch: Patch| Verdict {
        patch: if refused.is_empty() { patch.into_operations() } else { Vec::new() },
        refused,
        warnings,
    };
    let policy = match policy.tightened(pod, &mut warnings) {
        Ok(policy) => policy,
        Err(problem) => return verdict(vec![problem], warnings, Patch::default()),
    };
    let Some(spec) = pod.get("spec").filter(|spec| spec.is_object()) else {
        return verdict(vec!["the pod has no `spec`".to_owned()], warnings, Patch::default());
    };
    let mut work = Work { spec, presets: policy.presets(), raw: policy.raw(), refused: Vec::new(), warnings, patch: Patch::default() };
    if work.look_at_pod(pod) {
        work.containers(settings, new);
    }
    verdict(work.refused, work.warnings, work.patch)
}

struct Work<'p> {
    spec: &'p Value,
    presets: String,
    raw: RawOnNode,
    refused: Vec<String>,
    warnings: Vec<String>,
    patch: Patch,
}

impl Work<'_> {
    /// Something is not as it should be: a reason to refuse, or to warn.
    fn object(&mut self, text: String) {
        match self.raw {
            RawOnNode::Forbid => self.refused.push(text),
            RawOnNode::Allow => self.warnings.push(text),
        }
    }

    /// Looks at what holds for the whole pod. Returns whether its containers can be wrapped.
    fn look_at_pod(&mut self, pod: &Value) -> bool {
        let spec = self.spec;
        let truth = |key: &str| spec.get(key).and_then(Value::as_bool) == Some(true);
        let os = spec.pointer("/os/name").or_else(|| spec.pointer("/nodeSelector/kubernetes.io~1os")).and_then(Value::as_str);
        if os.is_some_and(|os| os != "linux") {
            self.object("the pod asks for another system than Linux, where nothing can be wrapped: use another namespace".to_owned());
            return false;
        }
        let mirrored = pod.pointer("/metadata/annotations/kubernetes.io~1config.mirror").is_some();
        if mirrored {
            self.object("this is a static pod, whose commands stand in a file of the node: wrap them there".to_owned());
            return false;
        }
        if truth("hostPID") {
            self.object("`hostPID` shows the pod every process of the node: take it out of `spec`".to_owned());
        }
        if truth("shareProcessNamespace") {
            self.object("`shareProcessNamespace` shows containers each other's processes: take it out of `spec`".to_owned());
        }
        true
    }

    fn containers(&mut self, settings: &Settings, new: &New) {
        let spec = self.spec;
        let installs = |value: &Value| value.get("name").and_then(Value::as_str) == Some(INSTALL);
        let mut wrapped = 0;
        for key in LISTS {
            if !spec.get(key).is_none_or(|value| value.is_null() || value.is_array()) {
                self.refused.push(format!("`spec.{key}` is no list"));
            }
            for (index, container) in list(spec, key).iter().enumerate() {
                let skip = match new {
                    New::Pod => key == "initContainers" && installs(container),
                    New::Ephemeral(known) => {
                        let name = container.get("name").and_then(Value::as_str);
                        key != "ephemeralContainers" || name.is_some_and(|name| known.contains(name))
                    }
                };
                if !skip {
                    wrapped += usize::from(self.container(key, index, container));
                }
            }
        }
        if wrapped == 0 {
            return;
        }
        let install = list(spec, "initContainers").iter().position(installs);
        let volume = list(spec, "volumes").iter().find(|volume| volume.get("name").and_then(Value::as_str) == Some(VOLUME));
        match (new, volume) {
            (New::Ephemeral(_), Some(found)) if *found == own_volume() && install.is_some() => {}
            // Nothing else of a pod that runs can be changed.
            (New::Ephemeral(_), _) => {
                self.patch = Patch::default();
                self.object("the pod was made without hushlog, so no container can be wrapped now: make the pod anew".to_owned());
            }
            (New::Pod, None) => {
                self.patch.push("/spec", spec, "volumes", own_volume());
                self.install(settings, install);
            }
            (New::Pod, Some(found)) if *found == own_volume() => self.install(settings, install),
            (New::Pod, Some(_)) => self.refused.push(format!("the name of the volume `{VOLUME}` is hushlog's: give yours another one")),
        }
    }

    /// Looks at one container. Returns whether it is wrapped.
    fn container(&mut self, key: &str, index: usize, container: &Value) -> bool {
        let name = shown(key, index, container);
        if container.get("name").and_then(Value::as_str) == Some(INSTALL) {
            self.refused.push(format!("the name {name} is hushlog's: give the container another one"));
            return false;
        }
        let command = match container::shape(container) {
            Shape::Command(command) => command,
            Shape::Unknown => {
                self.object(format!("container {name}: {}", container::unknown(container)));
                return false;
            }
            Shape::Wrong(problem) => {
                self.refused.push(format!("container {name}: {problem}"));
                return false;
            }
        };
        if let Some(problem) = container::powers(container) {
            self.object(format!("container {name}: {problem}"));
        }
        let path = format!("/spec/{key}/{index}");
        container::wrap(&mut self.patch, &path, container, &command, &self.presets, &mut self.warnings);
        true
    }

    /// The init container that brings the binary stands first, and is hushlog's own.
    fn install(&mut self, settings: &Settings, at: Option<usize>) {
        let own = own_install(&settings.image);
        let inits = list(self.spec, "initContainers");
        if at == Some(0) && inits.first().is_some_and(|found| is_install(found, &own)) {
            return;
        }
        if let Some(at) = at {
            self.patch.remove(&format!("/spec/initContainers/{at}"));
        }
        if at.is_some() && inits.len() == 1 {
            // The list is empty now, but it is there.
            self.patch.set("/spec", &json!({}), &["initContainers"], json!([own]));
        } else {
            self.patch.push_front("/spec", self.spec, "initContainers", own);
        }
    }
}

/// A name that may stand in a message, or a place.
fn shown(key: &str, index: usize, container: &Value) -> String {
    let plain = |name: &&str| {
        !name.is_empty()
            && name.len() <= NAME
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
    };
    match container.get("name").and_then(Value::as_str).filter(plain) {
        Some(name) => format!("`{name}`"),
        None => format!("`spec.{key}[{index}]`"),
    }
}

fn own_volume() -> Value {
    json!({ "name": VOLUME, "emptyDir": { "medium": "Memory", "sizeLimit": "64Mi" } })
}

/// Requests equal limits, so that a pod of the class Guaranteed stays one.
fn own_install(image: &str) -> Value {
    let resources = json!({ "cpu": "100m", "memory": "128Mi" });
    json!({
        "name": INSTALL,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": [IN_IMAGE, "__install", super::BINARY],
        "resources": { "requests": resources, "limits": resources },
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "capabilities": { "drop": ["ALL"] },
            "privileged": false,
            "readOnlyRootFilesystem": true,
            "runAsGroup": 65532,
            "runAsNonRoot": true,
            "runAsUser": 65532,
            "seccompProfile": { "type": "RuntimeDefault" }
        },
        "volumeMounts": [{ "name": VOLUME, "mountPath": FOLDER }]
    })
}

/// Whether a container is ours, as others may have completed it: variables, mounts elsewhere, other resources.
fn is_install(found: &Value, own: &Value) -> bool {
    const MAY_DIFFER: [&str; 5] = ["env", "resources", "terminationMessagePath", "terminationMessagePolicy", "volumeMounts"];
    let (Some(fields), Some(wanted)) = (found.as_object(), own.as_object()) else { return false };
    let same = wanted.iter().all(|(key, value)| MAY_DIFFER.contains(&key.as_str()) || fields.get(key) == Some(value));
    let no_more = fields.keys().all(|key| wanted.contains_key(key) || MAY_DIFFER.contains(&key.as_str()));
    let own_mount = list(own, "volumeMounts").first();
    let mounts = list(found, "volumeMounts");
    let others = mounts.iter().filter(|mount| Some(*mount) != own_mount).cloned().collect::<Vec<_>>();
    let others_apart = !matches!(container::shape(&json!({ "volumeMounts": others })), Shape::Wrong(_));
    same && no_more && others_apart && mounts.len() == others.len() + 1
}
