//! `hushlog injector`: pods as controllers make them, over HTTPS, against the running program.
//!
//! Each patch is applied, and what comes out is held to what must be true of every wrapped pod; a second pass
//! changes nothing. With `HUSHLOG_PODS=FOLDER` the patched pods are written there, for tests/long/pods.sh.

mod server;
mod shapes;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use server::Injector;
use shapes::{Want, shapes};

const BINARY: &str = "/hushlog/hushlog";
const LISTS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// What the API server asks about a pod that is made.
fn created(pod: &Value) -> Value {
    json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
            "kind": { "group": "", "version": "v1", "kind": "Pod" },
            "resource": { "group": "", "version": "v1", "resource": "pods" },
            "requestKind": { "group": "", "version": "v1", "kind": "Pod" },
            "namespace": "training",
            "operation": "CREATE",
            "userInfo": { "username": "system:serviceaccount:kube-system:job-controller", "groups": ["system:authenticated"] },
            "object": pod,
            "oldObject": null,
            "dryRun": false,
            "options": { "apiVersion": "meta.k8s.io/v1", "kind": "CreateOptions" }
        }
    })
}

/// What the API server asks when `kubectl debug` adds a container to a pod.
fn debugged(old: &Value, new: &Value) -> Value {
    let mut review = created(new);
    review["request"]["operation"] = json!("UPDATE");
    review["request"]["subResource"] = json!("ephemeralcontainers");
    review["request"]["oldObject"] = old.clone();
    review
}

/// The operations of an answer, and the object after them.
fn patched(pod: &Value, response: &Value) -> (usize, Value) {
    assert_eq!(response["allowed"], true, "{response}");
    let Some(patch) = response.get("patch") else { return (0, pod.clone()) };
    assert_eq!(response["patchType"], "JSONPatch");
    let patch: Value = serde_json::from_slice(&STANDARD.decode(patch.as_str().unwrap()).unwrap()).unwrap();
    let mut object = pod.clone();
    for operation in patch.as_array().unwrap() {
        apply(&mut object, operation);
    }
    (patch.as_array().unwrap().len(), object)
}

/// `add`, `replace` and `remove` of RFC 6902.
fn apply(object: &mut Value, operation: &Value) {
    let path = operation["path"].as_str().unwrap();
    let (parent, key) = path.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    let parent = object.pointer_mut(parent).unwrap_or_else(|| panic!("nothing at the parent of {path}"));
    let kind = operation["op"].as_str().unwrap();
    match parent {
        Value::Array(values) => match kind {
            "add" if key == "-" => values.push(operation["value"].clone()),
            "add" => values.insert(key.parse().unwrap(), operation["value"].clone()),
            "replace" => values[key.parse::<usize>().unwrap()] = operation["value"].clone(),
            "remove" => drop(values.remove(key.parse().unwrap())),
            other => panic!("operation {other}"),
        },
        Value::Object(fields) => match kind {
            "add" => drop(fields.insert(key, operation["value"].clone())),
            "replace" => assert!(fields.insert(key, operation["value"].clone()).is_some()),
            "remove" => assert!(fields.remove(&key).is_some()),
            other => panic!("operation {other}"),
        },
        other => panic!("{other} has no members"),
    }
}

fn list<'v>(object: &'v Value, key: &str) -> &'v [Value] {
    object.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Containers of a pod, without the one that brings the binary.
fn containers(pod: &Value) -> Vec<&Value> {
    LISTS.iter().flat_map(|key| list(&pod["spec"], key)).filter(|container| container["name"] != "hushlog-install").collect()
}

fn argv(container: &Value) -> Vec<String> {
    ["command", "args"].iter().flat_map(|key| list(container, key)).map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// A container without what the injector may change.
fn rest(container: &Value) -> Value {
    let mut rest = container.clone();
    let fields = rest.as_object_mut().unwrap();
    for key in ["command", "terminationMessagePath", "terminationMessagePolicy"] {
        fields.remove(key);
    }
    let mounts: Vec<_> = list(container, "volumeMounts").iter().filter(|mount| mount["name"] != "hushlog-bin").cloned().collect();
    fields.insert("volumeMounts".to_owned(), json!(mounts));
    let mut security = container.get("securityContext").filter(|context| !context.is_null()).cloned().unwrap_or(json!({}));
    let mut capabilities = security.get("capabilities").cloned().unwrap_or(json!({}));
    for key in ["add", "drop"] {
        let kept: Vec<_> =
            list(&capabilities, key).iter().filter(|name| !name.as_str().unwrap().ends_with("SYS_PTRACE")).cloned().collect();
        capabilities[key] = json!(kept);
    }
    security["capabilities"] = capabilities;
    fields.insert("securityContext".to_owned(), security);
    rest
}

/// What is true of every pod that was wrapped.
fn check_wrapped(name: &str, before: &Value, after: &Value, presets: &str) {
    let spec = &after["spec"];
    assert_eq!(spec["initContainers"][0]["name"], "hushlog-install", "{name}");
    assert_eq!(spec["initContainers"][0]["image"], server::IMAGE, "{name}");
    let installs = LISTS.iter().flat_map(|key| list(spec, key)).filter(|container| container["name"] == "hushlog-install").count();
    assert_eq!(installs, 1, "{name}");
    let volumes: Vec<_> = list(spec, "volumes").iter().filter(|volume| volume["name"] == "hushlog-bin").collect();
    assert_eq!(volumes, [&json!({ "name": "hushlog-bin", "emptyDir": { "medium": "Memory", "sizeLimit": "64Mi" } })], "{name}");
    let (old, new) = (containers(before), containers(after));
    assert_eq!(old.len(), new.len(), "{name}");
    for (old, new) in old.iter().zip(&new) {
        let (was, is) = (argv(old), argv(new));
        let tty = if old["tty"] == true { vec!["--tty"] } else { Vec::new() };
        let wrapper = [vec![BINARY, "exec", "--preset", presets], tty, vec!["--"]].concat();
        assert!(is.starts_with(&wrapper.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()), "{name}: {is:?}");
        let done = was.first().is_some_and(|word| word == BINARY) && was == is;
        assert!(done || is[wrapper.len()..] == was, "{name}: {is:?} is not {was:?} behind the wrapper");
        assert_eq!(old.get("args"), new.get("args"), "{name}");
        let mounts: Vec<_> = list(new, "volumeMounts").iter().filter(|mount| mount["name"] == "hushlog-bin").collect();
        assert_eq!(mounts, [&json!({ "name": "hushlog-bin", "mountPath": "/hushlog", "readOnly": true })], "{name}");
        let capabilities = &new["securityContext"]["capabilities"];
        let has = |key: &str, names: &[&str]| list(capabilities, key).iter().any(|value| names.contains(&value.as_str().unwrap()));
        assert!(has("drop", &["SYS_PTRACE", "CAP_SYS_PTRACE", "ALL"]) && !has("add", &["SYS_PTRACE", "CAP_SYS_PTRACE"]), "{name}");
        assert_eq!(new["terminationMessagePath"], "/dev/hushlog-termination-log", "{name}");
        assert_eq!(new["terminationMessagePolicy"], "FallbackToLogsOnError", "{name}");
        assert_eq!(rest(old), rest(new), "{name}: fields of others changed");
    }
    // Beside containers and volumes nothing changes.
    let others = |pod: &Value| {
        let mut pod = pod.clone();
        for key in LISTS.iter().chain(&["volumes"]) {
            pod["spec"].as_object_mut().unwrap().remove(*key);
        }
        pod
    };
    assert_eq!(others(before), others(after), "{name}");
    let kept =
        |pod: &Value| list(&pod["spec"], "volumes").iter().filter(|volume| volume["name"] != "hushlog-bin").cloned().collect::<Vec<_>>();
    assert_eq!(kept(before), kept(after), "{name}");
}

fn check_refused(name: &str, response: &Value, words: &[&str]) {
    assert_eq!(response["allowed"], false, "{name}: {response}");
    assert!(response.get("patch").is_none(), "{name}");
    assert_eq!(response["status"]["code"], 403, "{name}");
    let message = response["status"]["message"].as_str().unwrap();
    assert!(message.starts_with("hushlog: "), "{name}: {message}");
    for word in words {
        assert!(message.contains(word), "{name}: no `{word}` in: {message}");
    }
}

#[test]
fn every_shape_of_pod_is_wrapped_whole_or_refused_with_what_to_add() {
    let injector = Injector::start();
    let shapes = shapes();
    assert!(shapes.len() >= 30, "{}", shapes.len());
    let folder = std::env::var_os("HUSHLOG_PODS").map(std::path::PathBuf::from);
    for (name, pod, want) in &shapes {
        let response = injector.review("/mutate/hipaa/forbid", &created(pod));
        match want {
            Want::Refused(words) => check_refused(name, &response, words),
            Want::Wrapped(presets) => {
                let (_, after) = patched(pod, &response);
                check_wrapped(name, pod, &after, presets);
                let again = injector.review("/mutate/hipaa/forbid", &created(&after));
                assert_eq!(patched(&after, &again).0, 0, "{name}: the second pass changes something");
                if let Some(folder) = &folder {
                    std::fs::write(folder.join(format!("{}.json", name.replace(' ', "-"))), after.to_string()).unwrap();
                }
            }
        }
    }
}

#[test]
fn a_container_that_comes_later_is_wrapped_and_ours_goes_first() {
    let injector = Injector::start();
    let (_, pod, _) = shapes().into_iter().find(|(name, ..)| *name == "deployment").unwrap();
    let (_, mut after) = patched(&pod, &injector.review("/mutate/hipaa/forbid", &created(&pod)));
    // Another webhook adds a container, an init container in front of ours, and a variable to all of them.
    let sidecar = json!({ "name": "proxy", "image": "proxy:1", "command": ["proxy"], "args": ["--verbose"] });
    let first = json!({ "name": "network", "image": "proxy:1", "command": ["iptables-setup"] });
    after["spec"]["containers"].as_array_mut().unwrap().push(sidecar);
    after["spec"]["initContainers"].as_array_mut().unwrap().insert(0, first);
    for key in ["initContainers", "containers"] {
        for container in after["spec"][key].as_array_mut().unwrap() {
            container["env"] = json!([{ "name": "AWS_ROLE_ARN", "value": "arn:aws:iam::123456789012:role/train" }]);
            let mount = json!({ "name": "token", "mountPath": "/var/run/secrets/token", "readOnly": true });
            match container.get_mut("volumeMounts") {
                Some(mounts) => mounts.as_array_mut().unwrap().push(mount),
                None => container["volumeMounts"] = json!([mount]),
            }
        }
    }
    let (count, last) = patched(&after, &injector.review("/mutate/hipaa/forbid", &created(&after)));
    assert!(count > 0);
    check_wrapped("completed", &after, &last, "hipaa");
    assert_eq!(patched(&last, &injector.review("/mutate/hipaa/forbid", &created(&last))).0, 0);
    // One that only looks like ours is replaced.
    for (key, value) in [("image", json!("other:1")), ("command", json!(["cp", "/tmp/x", BINARY])), ("args", json!(["x"]))] {
        let mut forged = last.clone();
        forged["spec"]["initContainers"][0][key] = value;
        let (_, repaired) = patched(&forged, &injector.review("/mutate/hipaa/forbid", &created(&forged)));
        check_wrapped("forged", &forged, &repaired, "hipaa");
        assert!(repaired["spec"]["initContainers"][0].get("args").is_none());
        assert_eq!(repaired["spec"]["initContainers"][0]["command"][0], "/usr/bin/hushlog");
    }
}

#[test]
fn a_pod_with_a_weaker_wrapper_of_its_own_is_wrapped_again() {
    let injector = Injector::start();
    let pod = json!({ "metadata": { "name": "sly" }, "spec": { "containers": [
        { "name": "app", "image": "app:1", "command": [BINARY, "exec", "--preset", "standard", "--", "train"] }
    ] } });
    let (_, after) = patched(&pod, &injector.review("/mutate/hipaa/forbid", &created(&pod)));
    let wrapper = [BINARY, "exec", "--preset", "hipaa", "--", BINARY, "exec", "--preset", "standard", "--", "train"];
    assert_eq!(argv(&after["spec"]["containers"][0]), wrapper);
    assert_eq!(patched(&after, &injector.review("/mutate/hipaa/forbid", &created(&after))).0, 0);
}

#[test]
fn where_raw_output_is_allowed_what_cannot_be_wrapped_is_left_with_a_warning() {
    let injector = Injector::start();
    let pod = json!({ "metadata": { "name": "mixed" }, "spec": { "hostPID": true, "containers": [
        { "name": "known", "image": "app:1", "command": ["train"] },
        { "name": "image-only", "image": "app:1" }
    ] } });
    let response = injector.review("/mutate/soc2/allow", &created(&pod));
    let (_, after) = patched(&pod, &response);
    assert_eq!(argv(&after["spec"]["containers"][0]), [BINARY, "exec", "--preset", "soc2", "--", "train"]);
    assert_eq!(after["spec"]["containers"][1], pod["spec"]["containers"][1]);
    let warnings = response["warnings"].to_string();
    assert!(warnings.contains("`image-only`") && warnings.contains("hostPID"), "{warnings}");
    for path in ["/mutate/soc2/forbid", "/mutate/hipaa/allow", "/mutate/pci/allow", "/mutate/soc2-hipaa/allow"] {
        check_refused(path, &injector.review(path, &created(&pod)), &["`image-only`", "hostPID"]);
    }
    // Nothing to wrap, nothing to add.
    let pod = json!({ "metadata": { "name": "image" }, "spec": { "containers": [{ "name": "app", "image": "app:1" }] } });
    assert_eq!(patched(&pod, &injector.review("/mutate/soc2/allow", &created(&pod))).0, 0);
    // A pod may only tighten.
    let mut strict = pod.clone();
    strict["metadata"]["annotations"] = json!({ "hushlog.dev/raw-on-node": "forbid" });
    check_refused("tightened", &injector.review("/mutate/soc2/allow", &created(&strict)), &["`app`", "`command`"]);
    // Labels of a namespace that nobody knows.
    check_refused("unknown label", &injector.review("/refuse", &created(&pod)), &["hushlog.dev/preset"]);
}

#[test]
fn ephemeral_containers_are_wrapped_in_pods_that_are() {
    let injector = Injector::start();
    let pod =
        json!({ "metadata": { "name": "run" }, "spec": { "containers": [{ "name": "app", "image": "app:1", "command": ["train"] }] } });
    let (_, running) = patched(&pod, &injector.review("/mutate/hipaa/forbid", &created(&pod)));
    let with = |pod: &Value, container: Value| {
        let mut pod = pod.clone();
        let mut all = list(&pod["spec"], "ephemeralContainers").to_vec();
        all.push(container);
        pod["spec"]["ephemeralContainers"] = json!(all);
        pod
    };
    let shell = json!({
        "name": "debugger-8xzrl", "image": "busybox", "command": ["sh", "-l"], "stdin": true, "tty": true, "targetContainerName": "app",
        "securityContext": { "capabilities": { "add": ["SYS_PTRACE", "NET_RAW"] } }
    });
    let asked = with(&running, shell.clone());
    let response = injector.review("/mutate/hipaa/forbid", &debugged(&running, &asked));
    assert!(response["warnings"].to_string().contains("SYS_PTRACE"));
    let (count, after) = patched(&asked, &response);
    check_wrapped("debug", &asked, &after, "hipaa");
    assert!(count > 0 && after["spec"]["containers"] == running["spec"]["containers"]);
    assert_eq!(argv(&after["spec"]["ephemeralContainers"][0]), [BINARY, "exec", "--preset", "hipaa", "--tty", "--", "sh", "-l"]);
    assert_eq!(after["spec"]["ephemeralContainers"][0]["securityContext"]["capabilities"]["add"], json!(["NET_RAW"]));
    // One more: the first is as it is.
    let second = with(&after, json!({ "name": "second", "image": "busybox" }));
    check_refused("no command", &injector.review("/mutate/hipaa/forbid", &debugged(&after, &second)), &["`second`", "`command`"]);
    // A pod from before: its volumes cannot change any more.
    let asked = with(&pod, shell);
    check_refused("old pod", &injector.review("/mutate/hipaa/forbid", &debugged(&pod, &asked)), &["made without hushlog"]);
    let response = injector.review("/mutate/soc2/allow", &debugged(&pod, &asked));
    assert_eq!(patched(&asked, &response).0, 0);
    assert!(response["warnings"].to_string().contains("made without hushlog"));
    // Other changes of a pod, and its end, are not looked at.
    for (operation, part) in [("UPDATE", ""), ("UPDATE", "status"), ("UPDATE", "resize"), ("DELETE", "")] {
        let mut review = debugged(&pod, &pod);
        review["request"]["operation"] = json!(operation);
        review["request"]["subResource"] = json!(part);
        assert_eq!(patched(&pod, &injector.review("/mutate/hipaa/forbid", &review)).0, 0);
    }
}

#[test]
fn what_the_patch_says_runs_with_the_installed_binary_and_is_masked() {
    let injector = Injector::start();
    let pod = json!({ "metadata": { "name": "p" }, "spec": { "containers": [
        { "name": "a", "image": "a:1", "command": ["sh", "-c"], "args": ["echo \"mail=$0\"; echo ssn=123-45-6789 >&2; exit 7", "user@example.com"] }
    ] } });
    let (_, after) = patched(&pod, &injector.review("/mutate/hipaa/forbid", &created(&pod)));
    let volume = tempfile::TempDir::new().unwrap();
    let installed = volume.path().join("hushlog");
    let program = assert_cmd::cargo::cargo_bin!("hushlog");
    let install: Vec<String> = argv(&after["spec"]["initContainers"][0]);
    assert_eq!(install[0], "/usr/bin/hushlog");
    for _ in 0..2 {
        let status = std::process::Command::new(program).arg(&install[1]).arg(&installed).status().unwrap();
        assert!(status.success());
    }
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&installed).unwrap().permissions());
    assert_eq!(mode & 0o7777, 0o555);
    assert_eq!(std::fs::read_dir(volume.path()).unwrap().count(), 1);
    let words = argv(&after["spec"]["containers"][0]);
    assert_eq!(words[0], install[2]);
    let outcome = std::process::Command::new(&installed).args(&words[1..]).output().unwrap();
    assert_eq!(outcome.status.code(), Some(7));
    assert_eq!(String::from_utf8(outcome.stdout).unwrap(), "mail=[EMAIL]\n");
    assert_eq!(String::from_utf8(outcome.stderr).unwrap(), "ssn=[US_SSN]\n");
}

#[test]
fn hostile_bodies_get_a_clean_answer() {
    let injector = Injector::start();
    let path = "/mutate/hipaa/forbid";
    let pod = json!({ "metadata": { "name": "p" }, "spec": { "containers": [{ "name": "a", "command": ["x"] }] } });
    let with = |key: &str, value: Value| {
        let mut review = created(&pod);
        review["request"][key] = value;
        review.to_string()
    };
    let deep = |count: usize| format!("{}{}", "[".repeat(count), "]".repeat(count));
    let nested = |count| with("object", json!("HERE")).replace("\"HERE\"", &deep(count));
    let unanswered: Vec<(&str, u16, Vec<u8>)> = vec![
        ("nothing", 400, Vec::new()),
        ("text", 400, b"patient Jane".to_vec()),
        ("bytes", 400, vec![0xff; 1000]),
        ("half", 400, created(&pod).to_string().into_bytes()[..200].to_vec()),
        ("a list", 400, b"[]".to_vec()),
        ("deep", 400, deep(100_000).into_bytes()),
        ("no request", 400, br#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}"#.to_vec()),
        ("another version", 400, created(&pod).to_string().replace("admission.k8s.io/v1", "admission.k8s.io/v1beta1").into_bytes()),
        ("another kind", 400, created(&pod).to_string().replace("AdmissionReview", "TokenReview").into_bytes()),
        ("a long uid", 400, with("uid", json!("u".repeat(5_000))).into_bytes()),
        ("no uid", 400, with("uid", json!("")).into_bytes()),
        ("5 MB", 413, vec![b' '; 5 << 20]),
    ];
    for (name, status, body) in &unanswered {
        let (found, text) = injector.post(path, body);
        assert_eq!(found, *status, "{name}: {text}");
        assert!(text.starts_with("{\"error\":\"") && !text.contains("Jane"), "{name}: {text}");
    }
    let refused = [
        ("deep object", nested(100_000)),
        ("no object", with("object", Value::Null)),
        ("object is a text", with("object", json!("text"))),
        ("3 MB of another kind", with("object", json!({ "spec": "x".repeat(3 << 20) }))),
        ("a deployment", with("kind", json!({ "group": "apps", "version": "v1", "kind": "Deployment" }))),
        ("pods of another group", with("kind", json!({ "group": "example.com", "version": "v1", "kind": "Pod" }))),
        ("containers are a text", with("object", json!({ "spec": { "containers": "x" } }))),
        ("a container is a number", with("object", json!({ "spec": { "containers": [1] } }))),
        ("a command is a text", with("object", json!({ "spec": { "containers": [{ "name": "a", "command": "sh -c x" }] } }))),
        ("a command of numbers", with("object", json!({ "spec": { "containers": [{ "name": "a", "command": [1] }] } }))),
        ("a hostile name", with("object", json!({ "spec": { "containers": [{ "name": "\u{1b}[31m\n`x" }] } }))),
    ];
    for (name, body) in &refused {
        let (status, text) = injector.post(path, body.as_bytes());
        assert_eq!(status, 200, "{name}: {text}");
        let answer: Value = serde_json::from_str(&text).unwrap();
        check_refused(name, &answer["response"], &[]);
        assert!(text.len() < 2_000 && !text.contains("\\u001b"), "{name}: {text}");
    }
    // 400 containers without a command: the message ends.
    let many: Vec<_> = (0..400).map(|index| json!({ "name": format!("c{index}") })).collect();
    let review = with("object", json!({ "spec": { "containers": many } }));
    let (_, text) = injector.post(path, review.as_bytes());
    assert!(text.contains("388 more") && text.len() < 4_000, "{}", text.len());
    for path in
        ["/", "/mutate", "/mutate/hipaa", "/mutate/hippa/forbid", "/mutate/hipaa/Forbid", "/mutate//forbid", "/mutate/hipaa/forbid/x"]
    {
        assert_eq!(injector.post(path, created(&pod).to_string().as_bytes()).0, 404, "{path}");
    }
    assert_eq!(injector.review(path, &created(&pod))["allowed"], true);
    let log = injector.stop();
    assert!(log.contains("running") && !log.contains("Jane") && !log.contains("705ab4f5"), "{log}");
}

#[test]
fn health_and_counts_are_pages_of_their_own() {
    let injector = Injector::start();
    let pod = json!({ "metadata": { "name": "p" }, "spec": { "containers": [{ "name": "a", "command": ["x"] }] } });
    injector.review("/mutate/hipaa/forbid", &created(&pod));
    injector.post("/mutate/hipaa/forbid", b"x");
    assert_eq!(injector.page(injector.health, "/healthz").0, 200);
    assert_eq!(injector.page(injector.health, "/readyz").0, 200);
    let (status, text) = injector.page(injector.metrics, "/metrics");
    assert_eq!(status, 200);
    for line in ["{outcome=\"patched\"} 1", "{outcome=\"unreadable\"} 1", "{outcome=\"refused\"} 0"] {
        assert!(text.contains(line), "{text}");
    }
}
