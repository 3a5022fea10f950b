//! Logs of pods, as the kubelet writes them to the node's disk.
//!
//! `/var/log/pods/NAMESPACE_POD_UID/CONTAINER/N.log`: the path says whose records they are. It is made
//! by the kubelet, not by the pod, so residency rules may trust it.

use super::file::{Files, Options};
use super::{Kind, Source};
use crate::config::Problems;
use crate::config::fields::Fields;
use std::path::Path;

pub(super) const KIND: Kind = Kind {
    name: "kubernetes",
    summary: "logs of pods on this node",
    example: "{ type: kubernetes, path: /var/log/pods }",
    provides: &["namespace", "pod", "container"],
    tags: &["stream", "pod_uid"],
    build,
};

fn build(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Box<dyn Source>> {
    Some(Box::new(Files { options: Options::pods(fields, problems)?, describe }))
}

/// What the path says. A path of another form says nothing, and its records wait for who knows more.
fn describe(path: &Path) -> Vec<(&'static str, String)> {
    let name = |path: Option<&Path>| path.and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let (container, folder) = (name(path.parent()), name(path.parent().and_then(Path::parent)));
    let mut parts = folder.splitn(3, '_');
    let (Some(namespace), Some(pod), Some(uid)) = (parts.next(), parts.next(), parts.next()) else { return Vec::new() };
    let described = [("namespace", namespace), ("pod", pod), ("container", container.as_str()), ("pod_uid", uid)];
    described.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_says_whose_records_they_are() {
        let path = Path::new("/var/log/pods/ml_trainer-0_275ecb36-5aa8-4c2a-9c47-d8bb681b9aff/main/0.log");
        let described: Vec<_> = describe(path).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(described, ["namespace=ml", "pod=trainer-0", "container=main", "pod_uid=275ecb36-5aa8-4c2a-9c47-d8bb681b9aff"]);
        assert_eq!(describe(Path::new("/var/log/other/0.log")).len(), 0);
    }
}
