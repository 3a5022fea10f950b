//! The policy of a namespace, and what a pod may say about it: more, never less.

use crate::policy::PRESETS;
use serde_json::Value;

/// Names of annotations and labels.
const PRESET: &str = "hushlog.dev/preset";
const RAW: &str = "hushlog.dev/raw-on-node";

/// Presets under which nothing raw may reach a node, whatever else is said.
const ALWAYS_FORBID: &[&str] = &["hipaa", "pci"];

/// Whether unscrubbed output may reach the node's disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawOnNode {
    /// A container that cannot be wrapped is refused.
    Forbid,
    /// It is left alone, with a warning.
    Allow,
}

impl RawOnNode {
    pub(super) fn of(text: &str) -> Option<Self> {
        match text {
            "forbid" => Some(Self::Forbid),
            "allow" => Some(Self::Allow),
            _ => None,
        }
    }
}

/// What holds for the pods of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// In the order of [`PRESETS`].
    presets: Vec<&'static str>,
    raw: RawOnNode,
}

impl Policy {
    /// Presets with commas between them, and whether raw output may reach the node.
    pub fn new(presets: &str, raw: RawOnNode) -> Option<Self> {
        Some(Self { presets: known(presets)?, raw })
    }

    /// The presets as `exec` takes them.
    pub(super) fn presets(&self) -> String {
        self.presets.join(",")
    }

    /// Whether raw output may reach the node.
    pub(super) fn raw(&self) -> RawOnNode {
        if self.presets.iter().any(|preset| ALWAYS_FORBID.contains(preset)) { RawOnNode::Forbid } else { self.raw }
    }

    /// With what a pod's annotations and labels add. The error is for the one who made the pod.
    pub(super) fn tightened(&self, pod: &Value, warnings: &mut Vec<String>) -> Result<Self, String> {
        let mut policy = self.clone();
        let said = |name: &str| {
            let of = |part: &str| pod.pointer("/metadata")?.get(part)?.get(name).filter(|value| !value.is_null());
            ["annotations", "labels"].into_iter().filter_map(of).map(|value| value.as_str().unwrap_or_default()).collect::<Vec<_>>()
        };
        for text in said(PRESET) {
            let more =
                known(text).ok_or_else(|| format!("`{PRESET}` of the pod names an unknown preset; known: {}", PRESETS.join(", ")))?;
            policy.presets = PRESETS.iter().copied().filter(|name| policy.presets.contains(name) || more.contains(name)).collect();
        }
        for text in said(RAW) {
            match RawOnNode::of(text) {
                Some(RawOnNode::Forbid) => policy.raw = RawOnNode::Forbid,
                Some(RawOnNode::Allow) if policy.raw() == RawOnNode::Allow => {}
                Some(RawOnNode::Allow) => warnings.push(format!("`{RAW}: allow` of the pod is not used: a pod may only tighten")),
                None => return Err(format!("`{RAW}` of the pod has an unknown value; known: forbid, allow")),
            }
        }
        Ok(policy)
    }
}

/// Labels and paths of webhooks can hold no comma: `-` stands for it there.
fn known(text: &str) -> Option<Vec<&'static str>> {
    let asked: Vec<&str> = text.split([',', '-']).map(str::trim).collect();
    let all = asked.iter().all(|name| PRESETS.contains(name));
    all.then(|| PRESETS.iter().copied().filter(|name| asked.contains(name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_pod_may_only_tighten() {
        let tightened = |presets: &str, raw, pod: Value| {
            let mut warnings = Vec::new();
            let policy = Policy::new(presets, raw).unwrap().tightened(&pod, &mut warnings)?;
            Ok::<_, String>((policy.presets(), policy.raw(), warnings.len()))
        };
        let pod = |name: &str, value: &str| json!({ "metadata": { "annotations": { name: value } } });
        let (allow, forbid) = (RawOnNode::Allow, RawOnNode::Forbid);
        assert_eq!(tightened("soc2", allow, json!({})), Ok(("soc2".to_owned(), allow, 0)));
        assert_eq!(tightened("hipaa", allow, json!({})), Ok(("hipaa".to_owned(), forbid, 0)));
        assert_eq!(tightened("hipaa", forbid, pod(PRESET, "standard")), Ok(("standard,hipaa".to_owned(), forbid, 0)));
        assert_eq!(tightened("gdpr", allow, pod(PRESET, "pci")), Ok(("gdpr,pci".to_owned(), forbid, 0)));
        assert_eq!(tightened("gdpr", allow, pod(RAW, "forbid")), Ok(("gdpr".to_owned(), forbid, 0)));
        assert_eq!(tightened("gdpr", forbid, pod(RAW, "allow")), Ok(("gdpr".to_owned(), forbid, 1)));
        assert_eq!(tightened("pci", allow, pod(RAW, "allow")), Ok(("pci".to_owned(), forbid, 1)));
        assert_eq!(
            tightened("gdpr", allow, json!({ "metadata": { "labels": { PRESET: "soc2-hipaa" } } })),
            Ok(("hipaa,gdpr,soc2".to_owned(), forbid, 0))
        );
        for (name, value) in [(PRESET, "hippa"), (PRESET, ""), (RAW, "Allow")] {
            assert!(tightened("gdpr", allow, pod(name, value)).is_err());
        }
    }
}
