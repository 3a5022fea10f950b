//! The AdmissionReview around a pod: request in, response out.

use super::pod::{self, New};
use super::{Hook, Policy, Settings};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// Longest identifier of a request.
const UID: usize = 256;
/// Reasons and warnings that are named in an answer, and the bytes of each: clients show no more.
const SHOWN: usize = 12;
const WARNING: usize = 250;

/// Bytes that are no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body is no AdmissionReview of admission.k8s.io/v1 with a request")]
pub struct ReviewError;

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Admitted as it is.
    Unchanged,
    /// Admitted with a patch.
    Patched,
    /// Refused.
    Refused,
}

/// An answer.
pub struct Reviewed {
    /// Bytes of an AdmissionReview.
    pub answer: Vec<u8>,
    /// What it says.
    pub outcome: Outcome,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Review<'a> {
    api_version: String,
    kind: String,
    #[serde(borrow)]
    request: Request<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    uid: String,
    kind: GroupKind,
    sub_resource: Option<String>,
    operation: String,
    #[serde(borrow)]
    object: Option<&'a RawValue>,
    #[serde(borrow)]
    old_object: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct GroupKind {
    #[serde(default)]
    group: String,
    kind: String,
}

/// Names of the ephemeral containers of a pod.
#[derive(Deserialize)]
struct Old {
    spec: OldSpec,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OldSpec {
    ephemeral_containers: Option<Vec<Named>>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// Answers an AdmissionReview.
///
/// # Errors
/// If the bytes are none, or one without a request: then nobody asked anything that could be answered.
pub fn review(body: &[u8], hook: &Hook, settings: &Settings) -> Result<Reviewed, ReviewError> {
    let review: Review<'_> = serde_json::from_slice(body).map_err(|_| ReviewError)?;
    let request = review.request;
    if review.api_version != "admission.k8s.io/v1" || review.kind != "AdmissionReview" || request.uid.is_empty() || request.uid.len() > UID
    {
        return Err(ReviewError);
    }
    let answer = match hook {
        Hook::Refuse => Answer::refuse("the label `hushlog.dev/preset` of this namespace names no preset that hushlog was installed for"),
        Hook::Wrap(policy) => decide(&request, policy, settings),
    };
    let outcome = match &answer {
        Answer { refused: Some(_), .. } => Outcome::Refused,
        Answer { patch, .. } if patch.is_empty() => Outcome::Unchanged,
        _ => Outcome::Patched,
    };
    Ok(Reviewed { answer: answer.bytes(&request.uid), outcome })
}

#[derive(Default)]
struct Answer {
    refused: Option<String>,
    warnings: Vec<String>,
    patch: Vec<Value>,
}

impl Answer {
    fn refuse(reason: &str) -> Self {
        Self { refused: Some(format!("hushlog: {reason}")), ..Self::default() }
    }

    fn bytes(self, uid: &str) -> Vec<u8> {
        let mut response = Map::from_iter([("uid".to_owned(), json!(uid)), ("allowed".to_owned(), json!(self.refused.is_none()))]);
        if let Some(message) = self.refused {
            response.insert("status".to_owned(), json!({ "code": 403, "reason": "Forbidden", "message": message }));
        } else if !self.patch.is_empty() {
            let patch = Value::Array(self.patch).to_string();
            response.insert("patchType".to_owned(), json!("JSONPatch"));
            response.insert("patch".to_owned(), json!(STANDARD.encode(patch)));
        }
        if !self.warnings.is_empty() {
            response.insert("warnings".to_owned(), self.warnings.into_iter().take(SHOWN).map(warning).collect());
        }
        json!({ "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response }).to_string().into_bytes()
    }
}

/// Only names of containers, which are ASCII, and texts of this module stand in it.
fn warning(text: String) -> Value {
    let mut text = format!("hushlog: {text}");
    text.truncate(WARNING);
    text.into()
}

fn decide(request: &Request<'_>, policy: &Policy, settings: &Settings) -> Answer {
    if request.kind.kind != "Pod" || !request.kind.group.is_empty() {
        return Answer::refuse("pods alone are looked at: take other kinds out of the rules of the webhook");
    }
    let new = match (request.operation.as_str(), request.sub_resource.as_deref().unwrap_or_default()) {
        ("CREATE", "") => New::Pod,
        ("UPDATE", "ephemeralcontainers") => {
            let old = request.old_object.and_then(|old| serde_json::from_str::<Old>(old.get()).ok());
            let Some(old) = old else { return Answer::refuse("the pod as it was before is missing or cannot be read") };
            New::Ephemeral(old.spec.ephemeral_containers.unwrap_or_default().into_iter().map(|container| container.name).collect())
        }
        // Commands of a pod that runs do not change, and what is deleted is left in peace.
        _ => return Answer::default(),
    };
    let Some(pod) = request.object.and_then(|object| serde_json::from_str::<Value>(object.get()).ok()) else {
        return Answer::refuse("the pod is missing or cannot be read");
    };
    let verdict = pod::decide(&pod, policy, settings, &new);
    let refused = (!verdict.refused.is_empty()).then(|| {
        let more = verdict.refused.len().saturating_sub(SHOWN);
        let mut text = verdict.refused.into_iter().take(SHOWN).collect::<Vec<_>>().join("; ");
        if more > 0 {
            text.push_str(&format!("; and {more} more"));
        }
        format!("hushlog: {text}")
    });
    Answer { refused, warnings: verdict.warnings, patch: verdict.patch }
}
