//! Pods as controllers and people make them. Names and values are made up.

use serde_json::{Value, json};

/// What is to come of a pod under `hipaa`.
pub(super) enum Want {
    /// It is wrapped under these presets.
    Wrapped(&'static str),
    /// It is refused, and the message has these words.
    Refused(&'static [&'static str]),
}

use Want::{Refused, Wrapped};

/// A pod of this spec.
fn pod(spec: Value) -> Value {
    json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "p", "namespace": "training" }, "spec": spec })
}

/// A pod with one container, with these fields beside its name, image and command.
fn one(fields: Value) -> Value {
    let mut container = json!({ "name": "app", "image": "app:1", "command": ["python", "train.py"] });
    for (key, value) in fields.as_object().unwrap() {
        container[key] = value.clone();
    }
    pod(json!({ "containers": [container] }))
}

/// A pod with a container that runs, and these fields of its spec.
fn with(fields: Value) -> Value {
    let mut pod = one(json!({}));
    for (key, value) in fields.as_object().unwrap() {
        pod["spec"][key] = value.clone();
    }
    pod
}

fn owned(mut pod: Value, kind: &str, api: &str) -> Value {
    pod["metadata"] = json!({
        "generateName": "run-7d4b9c-", "namespace": "training", "labels": { "app": "run" },
        "ownerReferences": [{ "apiVersion": api, "kind": kind, "name": "run", "uid": "e1b5", "controller": true }]
    });
    pod
}

pub(super) fn shapes() -> Vec<(&'static str, Value, Want)> {
    let mut shapes = controllers();
    shapes.extend(commands());
    shapes.extend(settings());
    shapes.extend(refusals());
    shapes
}

fn controllers() -> Vec<(&'static str, Value, Want)> {
    let token = json!({ "name": "kube-api-access-x", "projected": { "sources": [{ "serviceAccountToken": { "path": "token" } }] } });
    let mount = json!({ "name": "kube-api-access-x", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "readOnly": true });
    vec![
        (
            "deployment",
            owned(
                pod(json!({
                    "containers": [{
                        "name": "web", "image": "web:1", "command": ["gunicorn"], "args": ["-b", ":8080", "app:main"],
                        "ports": [{ "containerPort": 8080 }], "volumeMounts": [mount],
                        "livenessProbe": { "exec": { "command": ["cat", "/tmp/healthy"] } },
                        "lifecycle": { "preStop": { "exec": { "command": ["sleep", "5"] } } },
                        "resources": { "requests": { "cpu": "250m" }, "limits": { "memory": "1Gi" } }
                    }],
                    "volumes": [token], "serviceAccountName": "web", "restartPolicy": "Always"
                })),
                "ReplicaSet",
                "apps/v1",
            ),
            Wrapped("hipaa"),
        ),
        ("job", owned(with(json!({ "restartPolicy": "Never", "activeDeadlineSeconds": 600 })), "Job", "batch/v1"), Wrapped("hipaa")),
        ("cronjob", owned(with(json!({ "restartPolicy": "OnFailure" })), "Job", "batch/v1"), Wrapped("hipaa")),
        (
            "statefulset",
            owned(
                pod(json!({ "hostname": "db-0", "subdomain": "db", "containers": [
                    { "name": "db", "image": "db:1", "command": ["/bin/sh", "-ec", "exec postgres -D \"$PGDATA\""],
                      "volumeMounts": [{ "name": "data", "mountPath": "/data", "subPathExpr": "$(POD_NAME)" }],
                      "env": [{ "name": "POD_NAME", "valueFrom": { "fieldRef": { "fieldPath": "metadata.name" } } }] }
                ], "volumes": [{ "name": "data", "persistentVolumeClaim": { "claimName": "data-db-0" } }] })),
                "StatefulSet",
                "apps/v1",
            ),
            Wrapped("hipaa"),
        ),
        (
            "daemonset",
            owned(with(json!({ "tolerations": [{ "operator": "Exists" }], "priorityClassName": "high" })), "DaemonSet", "apps/v1"),
            Wrapped("hipaa"),
        ),
        (
            "ray head",
            owned(
                pod(json!({
                    "initContainers": [{ "name": "wait-gcs-ready", "image": "ray:2", "command": ["/bin/bash", "-lc", "--"], "args": ["until ray health-check; do sleep 5; done"] }],
                    "containers": [
                        { "name": "ray-head", "image": "ray:2", "command": ["/bin/bash", "-lc", "--"],
                          "args": ["ulimit -n 65536; ray start --head --block --dashboard-host=0.0.0.0"],
                          "volumeMounts": [{ "name": "shared-mem", "mountPath": "/dev/shm" }], "resources": { "limits": { "nvidia.com/gpu": 1 } } },
                        { "name": "autoscaler", "image": "ray:2", "command": ["/bin/bash", "-lc", "--"], "args": ["ray kuberay-autoscaler"] }
                    ],
                    "volumes": [{ "name": "shared-mem", "emptyDir": { "medium": "Memory" } }]
                })),
                "RayCluster",
                "ray.io/v1",
            ),
            Wrapped("hipaa"),
        ),
        (
            "pytorchjob",
            owned(
                pod(json!({
                    "initContainers": [{ "name": "init-pytorch", "image": "alpine:3", "command": ["sh", "-c", "until nslookup master; do sleep 2; done;"] }],
                    "containers": [{ "name": "pytorch", "image": "torch:2", "command": ["torchrun", "--nproc-per-node=8", "train.py"],
                        "env": [{ "name": "MASTER_ADDR", "value": "master" }, { "name": "RANK", "value": "1" }] }],
                    "restartPolicy": "OnFailure"
                })),
                "PyTorchJob",
                "kubeflow.org/v1",
            ),
            Wrapped("hipaa"),
        ),
        (
            "argo step",
            owned(
                pod(json!({
                    "initContainers": [{ "name": "init", "image": "argoexec:3", "command": ["argoexec", "init", "--loglevel", "info"] }],
                    "containers": [
                        { "name": "wait", "image": "argoexec:3", "command": ["argoexec", "wait"] },
                        { "name": "main", "image": "step:1", "command": ["/var/run/argo/argoexec", "emissary", "--", "python"], "args": ["step.py"],
                          "volumeMounts": [{ "name": "var-run-argo", "mountPath": "/var/run/argo" }] }
                    ],
                    "volumes": [{ "name": "var-run-argo", "emptyDir": {} }]
                })),
                "Workflow",
                "argoproj.io/v1alpha1",
            ),
            Wrapped("hipaa"),
        ),
        (
            "native sidecar",
            pod(json!({
                "initContainers": [{ "name": "proxy", "image": "proxy:1", "restartPolicy": "Always", "command": ["proxy"],
                    "startupProbe": { "httpGet": { "port": 15021 } } }],
                "containers": [{ "name": "app", "image": "app:1", "command": ["serve"] }]
            })),
            Wrapped("hipaa"),
        ),
    ]
}

fn commands() -> Vec<(&'static str, Value, Want)> {
    vec![
        ("plain", one(json!({})), Wrapped("hipaa")),
        ("command and args", one(json!({ "command": ["python"], "args": ["-u", "train.py"] })), Wrapped("hipaa")),
        ("spaces and quotes", one(json!({ "command": ["sh", "-c", "echo \"it's $HOME\" && echo 'a  b' \\ \n\t# x"] })), Wrapped("hipaa")),
        ("variables", one(json!({ "command": ["run", "$(MODEL)"], "args": ["--port=$(PORT)", "$$(LITERAL)"] })), Wrapped("hipaa")),
        ("empty words", one(json!({ "command": ["run", "", "--"], "args": ["", "--", "-c"] })), Wrapped("hipaa")),
        ("options of ours", one(json!({ "command": ["--preset", "standard"] })), Wrapped("hipaa")),
        ("unicode", one(json!({ "command": ["echo", "naïve – 日本"] })), Wrapped("hipaa")),
        ("terminal", one(json!({ "stdin": true, "tty": true })), Wrapped("hipaa")),
        ("working dir", one(json!({ "command": ["./run.sh"], "workingDir": "/srv" })), Wrapped("hipaa")),
        ("null fields", one(json!({ "args": null, "volumeMounts": null, "securityContext": null })), Wrapped("hipaa")),
        (
            "tightened by the pod",
            {
                let mut pod = one(json!({}));
                pod["metadata"]["annotations"] = json!({ "hushlog.dev/preset": "pci", "hushlog.dev/raw-on-node": "allow" });
                pod
            },
            Wrapped("hipaa,pci"),
        ),
    ]
}

fn settings() -> Vec<(&'static str, Value, Want)> {
    let context = |value: Value| one(json!({ "securityContext": value }));
    let term = json!({ "terminationMessagePath": "/tmp/last", "terminationMessagePolicy": "File" });
    vec![
        ("host network", with(json!({ "hostNetwork": true, "dnsPolicy": "ClusterFirstWithHostNet" })), Wrapped("hipaa")),
        (
            "restricted",
            context(
                json!({ "runAsNonRoot": true, "readOnlyRootFilesystem": true, "allowPrivilegeEscalation": false, "capabilities": { "drop": ["ALL"] } }),
            ),
            Wrapped("hipaa"),
        ),
        ("one capability dropped", context(json!({ "capabilities": { "drop": ["NET_RAW"] } })), Wrapped("hipaa")),
        ("ptrace added", context(json!({ "capabilities": { "add": ["SYS_PTRACE", "IPC_LOCK"] } })), Wrapped("hipaa")),
        (
            "ptrace added by its long name",
            context(json!({ "capabilities": { "add": ["CAP_SYS_PTRACE"], "drop": ["ALL"] } })),
            Wrapped("hipaa"),
        ),
        ("run as root", context(json!({ "runAsUser": 0 })), Wrapped("hipaa")),
        ("termination message", one(term), Wrapped("hipaa")),
        ("linux node", with(json!({ "os": { "name": "linux" }, "nodeSelector": { "kubernetes.io/os": "linux" } })), Wrapped("hipaa")),
        ("volume of a like name", with(json!({ "volumes": [{ "name": "hushlog", "emptyDir": {} }] })), Wrapped("hipaa")),
        (
            "mount of a like path",
            {
                let mut pod = one(json!({ "volumeMounts": [{ "name": "v", "mountPath": "/hushlogs" }] }));
                pod["spec"]["volumes"] = json!([{ "name": "v", "emptyDir": {} }]);
                pod
            },
            Wrapped("hipaa"),
        ),
        ("init containers are an empty list", with(json!({ "initContainers": [], "volumes": [] })), Wrapped("hipaa")),
        (
            "guaranteed",
            one(json!({ "resources": { "requests": { "cpu": "8", "memory": "64Gi" }, "limits": { "cpu": "8", "memory": "64Gi" } } })),
            Wrapped("hipaa"),
        ),
    ]
}

fn refusals() -> Vec<(&'static str, Value, Want)> {
    let image = json!({ "name": "app", "image": "app:1" });
    vec![
        ("no command", pod(json!({ "containers": [image] })), Refused(&["`app`", "ENTRYPOINT and CMD", "`command`"])),
        (
            "args only",
            pod(json!({ "containers": [{ "name": "worker", "image": "app:1", "args": ["--fast"] }] })),
            Refused(&["`worker`", "`args` but no `command`", "ENTRYPOINT"]),
        ),
        ("empty command", one(json!({ "command": [] })), Refused(&["`app`", "`command`"])),
        (
            "init container without a command",
            with(json!({ "initContainers": [{ "name": "fetch", "image": "fetch:1" }] })),
            Refused(&["`fetch`", "`command`"]),
        ),
        (
            "two problems",
            pod(json!({ "hostPID": true, "containers": [image, { "name": "b", "image": "b" }] })),
            Refused(&["`app`", "`b`", "`hostPID`"]),
        ),
        ("host pid", with(json!({ "hostPID": true })), Refused(&["`hostPID`"])),
        ("shared processes", with(json!({ "shareProcessNamespace": true })), Refused(&["`shareProcessNamespace`"])),
        ("privileged", one(json!({ "securityContext": { "privileged": true } })), Refused(&["`app`", "`privileged`"])),
        (
            "all capabilities",
            one(json!({ "securityContext": { "capabilities": { "add": ["ALL"] } } })),
            Refused(&["`app`", "capabilities"]),
        ),
        ("system admin", one(json!({ "securityContext": { "capabilities": { "add": ["CAP_SYS_ADMIN"] } } })), Refused(&["`app`"])),
        ("windows", with(json!({ "os": { "name": "windows" } })), Refused(&["Linux"])),
        ("windows by its node", with(json!({ "nodeSelector": { "kubernetes.io/os": "windows" } })), Refused(&["Linux"])),
        (
            "our volume is another",
            with(json!({ "volumes": [{ "name": "hushlog-bin", "configMap": { "name": "x" } }] })),
            Refused(&["`hushlog-bin`"]),
        ),
        (
            "a mount over the binary",
            one(json!({ "volumeMounts": [{ "name": "v", "mountPath": "/hushlog/" }] })),
            Refused(&["`app`", "/hushlog"]),
        ),
        (
            "a mount that can write the binary",
            one(json!({ "volumeMounts": [{ "name": "hushlog-bin", "mountPath": "/mnt" }] })),
            Refused(&["`app`", "`hushlog-bin`"]),
        ),
        ("our name for a container", one(json!({ "name": "hushlog-install" })), Refused(&["`hushlog-install`"])),
        (
            "an unknown preset",
            {
                let mut pod = one(json!({}));
                pod["metadata"]["annotations"] = json!({ "hushlog.dev/preset": "hippa" });
                pod
            },
            Refused(&["hushlog.dev/preset", "hipaa"]),
        ),
        (
            "a static pod",
            {
                let mut pod = one(json!({}));
                pod["metadata"]["annotations"] = json!({ "kubernetes.io/config.mirror": "abc" });
                pod
            },
            Refused(&["static pod"]),
        ),
        ("no spec", json!({ "metadata": { "name": "p" } }), Refused(&["`spec`"])),
    ]
}
