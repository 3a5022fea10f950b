//! Logs of pods, as the kubelet writes them to the node's disk.
//!
//! `/var/log/pods/NAMESPACE_POD_UID/CONTAINER/N.log`: the path says whose records they are. It is made
//! by the kubelet, not by the pod, so residency rules may trust it. With `api` the API server is asked for
//! labels, owners and the policy of namespaces besides ([`super::cluster`]).

use super::cluster::{Api, Cluster};
use super::file::{Files, Options};
use super::{Context, Kind, Source};
use crate::config::Problems;
use crate::config::fields::Fields;
use crate::task::Task;
use std::io;
use std::path::Path;
use std::sync::Arc;

pub(super) const KIND: Kind = Kind {
    name: "kubernetes",
    summary: "logs of pods on this node",
    example: "{ type: kubernetes, path: /var/log/pods }",
    provides: &["namespace", "pod", "container"],
    tags: &["stream", "pod_uid", "node", "workload", "workload_kind"],
    build,
};

/// Files of pods, and whether the API server is asked about them.
struct Pods {
    options: Options,
    api: Option<Api>,
}

fn build(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Box<dyn Source>> {
    let api = fields.take("api").map(|api| Api::read(&api, problems));
    let options = Options::pods(fields, problems)?;
    // Options of `api` that cannot be read are no reason to go without it.
    let api = if let Some(api) = api { Some(api?) } else { None };
    Some(Box::new(Pods { options, api }))
}

impl Source for Pods {
    fn open(self: Box<Self>, context: Context) -> Task<'static, io::Result<Task<'static, ()>>> {
        Box::pin(async move {
            let Some(api) = self.api else {
                return Box::new(Files { options: self.options, describe: Arc::new(describe) }).open(context).await;
            };
            let (cluster, watches) = Cluster::watched(api, describe, context.intake.name(), context.stop.clone())?;
            let reader = Box::new(Files { options: self.options, describe: Arc::new(cluster) }).open(context).await?;
            Ok(Box::pin(async move {
                let watches = tokio::spawn(watches);
                reader.await;
                watches.abort();
            }) as Task<'static, ()>)
        })
    }

    fn needs_folder(&self) -> bool {
        self.options.checkpoints.is_none()
    }
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
