#!/usr/bin/env bash
# Docker's drivers splunk, syslog and fluentd send to `hushlog run`: every line of the containers is there once, masked, tagged.
# Usage: tests/long/drivers.sh [HUSHLOG] [LINES]     (default target/release/hushlog, 5000 a container; writes log-<date>-drivers.txt)
# Needs root. Installs docker.io and busybox-static from Debian when they are missing. The daemon is one of its own, with its
# own socket and folders, no bridge, and no rules of iptables; it is ended by its number.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
hushlog=$(realpath "${1:-$root/target/release/hushlog}") lines=${2:-5000}
log=$root/tests/long/log-$(date -u +%Y-%m-%d)-drivers.txt
readonly HEC=18188 SYSLOG=18514 FLUENT=18224 TOKEN=5f1c0000-0000-4000-8000-00000000abcd
if [ ! -x /usr/sbin/dockerd ] || [ ! -x /bin/busybox ]; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends docker.io busybox-static
fi
folder=$(mktemp -d)
children=
cleanup() {
    status=$?
    [ "$status" -eq 0 ] || tail -n 20 "$folder"/*.log >&2 || true
    for child in $children; do
        kill "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    done
    mount | awk -v under="$folder/" 'index($3, under) == 1 { print $3 }' | xargs -r umount 2>/dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT
until_ready() { # until_ready WHAT COMMAND…: waits for a minute at most
    local what=$1 tries=0
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ "$tries" -gt 300 ]; then
            echo "waited too long: $what" >&2
            exit 1
        fi
        sleep 0.2
    done
}
printf '%s' "$TOKEN" >"$folder/token"
cat >"$folder/hushlog.yaml" <<YAML
region: eu-west-1
sources:
  hec: { type: splunk_hec, listen: "127.0.0.1:$HEC", tokens: [{ file: $folder/token }] }
  syslog: { type: syslog, listen: "127.0.0.1:$SYSLOG" }
  fluent: { type: fluent, listen: "127.0.0.1:$FLUENT" }
  socket: { type: fluent, path: $folder/fluent }
sinks: { out: { type: file, path: "$folder/out.ndjson", max_size: 1GiB } }
routes: [{ to: [out] }]
buffer: { dir: $folder/buffer }
YAML
"$hushlog" check -c "$folder/hushlog.yaml"
"$hushlog" run -c "$folder/hushlog.yaml" 2>"$folder/hushlog.log" &
proxy=$!
children=$proxy
until_ready hushlog curl --silent --output /dev/null "http://127.0.0.1:$HEC/"

export DOCKER_HOST=unix://$folder/docker.sock
/usr/sbin/dockerd --host "$DOCKER_HOST" --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/docker.pid" \
    --iptables=false --bridge=none --storage-driver vfs >"$folder/dockerd.log" 2>&1 &
children="$! $children"
until_ready dockerd docker info
mkdir "$folder/image"
cp /bin/busybox "$folder/image/busybox"
tar -C "$folder/image" -c . | docker import - shell >/dev/null
# shellcheck disable=SC2016 # the shell of the container
job='i=0; while [ $i -lt $2 ]; do echo "job=$1 n=$i mail=user$i@example.com ssn=123-45-6789"; i=$((i+1)); done; sleep 30'
# The driver fluentd throws away what waits for an acknowledgement when its container ends: the pause is for it.
start() { # start NAME OPTION…
    local name=$1
    shift
    docker run --detach --name "$name" --network none "$@" shell /busybox sh -c "$job" sh "$name" "$lines" >/dev/null
}
start splunk --log-driver splunk --log-opt "splunk-url=http://127.0.0.1:$HEC" --log-opt "splunk-token=$TOKEN"
start splunk-json-gzip --log-driver splunk --log-opt "splunk-url=http://127.0.0.1:$HEC" --log-opt "splunk-token=$TOKEN" \
    --log-opt splunk-format=json --log-opt splunk-gzip=true
start syslog --log-driver syslog --log-opt "syslog-address=tcp://127.0.0.1:$SYSLOG" --log-opt syslog-format=rfc5424micro
start syslog-old --log-driver syslog --log-opt "syslog-address=tcp://127.0.0.1:$SYSLOG" --log-opt syslog-format=rfc3164
start fluentd --log-driver fluentd --log-opt "fluentd-address=127.0.0.1:$FLUENT" --log-opt fluentd-request-ack=true
start fluentd-socket --log-driver fluentd --log-opt "fluentd-address=unix://$folder/fluent"
for name in splunk splunk-json-gzip syslog syslog-old fluentd fluentd-socket; do
    [ "$(docker wait "$name")" = 0 ]
    docker rm "$name" >/dev/null
done
kill "$proxy"
wait "$proxy"
{
    docker version --format 'dockerd {{.Server.Version}}'
    python3 - "$folder/out.ndjson" "$lines" <<'PYTHON'
import collections, json, re, sys
lines, seen = int(sys.argv[2]), collections.defaultdict(list)
for line in open(sys.argv[1]):
    assert "@example.com" not in line and "123-45" not in line, "a value came through"
    assert json.loads(line)["residency.region"] == "eu-west-1"
    job, number = re.search(r"job=(\S+) n=(\d+) mail=\[EMAIL\] ssn=\[US_SSN\]", line).groups()
    seen[job].append(int(number))
assert len(seen) == 6, seen.keys()
for job, numbers in seen.items():
    assert set(numbers) == set(range(lines)), f"{job}: {len(set(numbers))} of {lines}"
    print(f"driver {job}: {lines} lines, all there, {len(numbers) - lines} twice, masked, tagged")
PYTHON
} | tee "$log"
