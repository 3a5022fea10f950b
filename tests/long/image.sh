#!/bin/sh
# The image: built from a static binary, run read-only and as nobody, and a pod that the injector patched, run by podman.
#   tests/long/image.sh BINARY [INJECTOR]    INJECTOR is a program with the command `injector`; BINARY by default
# Needs buildah, podman with runc, a static busybox, openssl and python3. A binary that is not static goes with the
# libraries it needs, into both images: then this is a trial of the pod, not of the image.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
binary=$(realpath "$1")
injector=$(realpath "${2:-$1}")
work=$(mktemp -d)
trap 'podman kube down "$work/pod.yaml" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
cat > "$work/containers.conf" <<'CONF'
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
CONF
export CONTAINERS_CONF="$work/containers.conf"
ulimit -n 20000
mkdir -p "$work/app/root"
if ldd "$binary" 2>/dev/null | grep -q '=>'; then
  echo "not static: a trial with the libraries of this machine"
  mkdir "$work/image"
  for library in $(ldd "$binary" | grep -o '/lib[^ ]*'); do
    mkdir -p "$work/app/root$(dirname "$library")"
    cp -L "$library" "$work/app/root$library"
  done
  cp -r "$work/app/root" "$work/image/root"
  cp "$binary" "$work/image/hushlog"
  printf 'FROM scratch\nCOPY root /\nCOPY hushlog /usr/bin/hushlog\nUSER 65532:65532\nENTRYPOINT ["/usr/bin/hushlog"]\n' > "$work/image/Dockerfile"
  buildah build -q -t localhost/hushlog:trial "$work/image" >/dev/null
else
  "$here/deploy/image/build.sh" "$binary" localhost/hushlog:trial >/dev/null
fi
mkdir -p "$work/app/root/bin"
cp "$(command -v busybox)" "$work/app/root/bin/sh"
cp "$work/app/root/bin/sh" "$work/app/root/bin/cp"
printf 'FROM scratch\nCOPY root /\n' > "$work/app/Dockerfile"
buildah build -q -t localhost/app:trial "$work/app" >/dev/null

echo "binary: $(stat -c %s "$binary") bytes; image: $(podman image inspect --format '{{.Size}}' localhost/hushlog:trial) bytes"
said=$(echo 'ssn=123-45-6789' | podman run -i --rm --network none --read-only --cap-drop=all localhost/hushlog:trial scrub)
test "$said" = 'ssn=[US_SSN]'
echo "read-only, without capabilities, as user 65532: $said"

cd "$work"
python3 "$here/tests/long/pod.py" "$injector" localhost/hushlog:trial localhost/app:trial
podman kube play --network none pod.yaml >/dev/null 2>&1
code=$(podman wait wrapped-app)
podman wait wrapped-second >/dev/null
podman logs wrapped-app > app.log 2>&1
podman logs wrapped-second > second.log 2>&1
cat app.log second.log
echo
test "$code" = 3
grep -q 'mail=\[EMAIL\]' app.log && grep -q 'last ssn=\[US_SSN\]' app.log && grep -q 'card \[PAN\]' second.log
if grep -q '123-45-6789\|4111 1111\|user@example.com\|WROTE' app.log second.log; then
  echo "raw output, or the application could write the binary"
  exit 1
fi
echo "the patched pod: masked, ended with $code, the binary as it was"
