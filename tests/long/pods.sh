#!/bin/sh
# Pods as the injector patches them, held to the schemas of Kubernetes.
#   tests/long/pods.sh [PROGRAM OF THE TESTS]
# kubernetes-validate comes from PyPI.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/pods"
cd "$here"
if [ $# -gt 0 ]; then
  CARGO_MANIFEST_DIR=$here HUSHLOG_PODS=$work/pods "$1" injector::every_shape
else
  HUSHLOG_PODS=$work/pods cargo test --profile quick --test main injector::every_shape
fi
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install kubernetes-validate
cat > "$work/pods.py" <<'PY'
import glob, json, sys
import kubernetes_validate

def without_null(value):
    if isinstance(value, dict):
        return {key: without_null(inner) for key, inner in value.items() if inner is not None}
    return [without_null(inner) for inner in value] if isinstance(value, list) else value

paths = sorted(glob.glob(sys.argv[1] + "/*.json"))
assert len(paths) > 20, paths
for path in paths:
    with open(path) as file:
        pod = without_null(json.load(file))
    for version in ("1.37", "1.28"):
        kubernetes_validate.validate(pod, version, strict=True)
print(len(paths), "patched pods are valid in 1.37 and 1.28")
PY
"$work/venv/bin/python" "$work/pods.py" "$work/pods"
