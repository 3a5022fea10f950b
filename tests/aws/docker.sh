#!/usr/bin/env bash
# A Docker daemon logs through `hushlog run` to CloudWatch Logs: its driver awslogs to the source `cloudwatch_logs`, the
# sink `cloudwatch_logs` to moto. Shows that every line of the containers is there once, in order, masked and tagged.
# Usage: tests/aws/setup.sh && tests/aws/docker.sh PROGRAM [LINES]     (20000 lines a container, three containers)
# Needs root. Installs docker.io and busybox-static from Debian when they are missing. The daemon is one of its own, with its
# own socket and folders, no bridge, and no rules of iptables; it is ended by its number.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
program=$(realpath "$1")
lines=${2:-20000}
environment=${CARGO_TARGET_DIR:-$root/target}/aws/venv/bin

if [ ! -x /usr/sbin/dockerd ] || [ ! -x /bin/busybox ]; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends docker.io busybox-static
fi
# shellcheck source=tests/aws/common.sh
. "$root/tests/aws/common.sh"
tidy() { # The daemon mounts below its folder.
    mount | awk -v under="$folder/" 'index($3, under) == 1 { print $3 }' | xargs -r umount 2>/dev/null || true
}

moto=$(port) source=$(port)
"$environment/moto_server" -H 127.0.0.1 -p "$moto" >"$folder/moto.log" 2>&1 &
children="$children $!"
until_answers moto "$moto"

cat >"$folder/hushlog.yaml" <<YAML
region: eu-west-1
sources:
  docker: { type: cloudwatch_logs, listen: "127.0.0.1:$source", unknown_streams: create, access_keys: [{ id: testing, secret: { env: AWS_SECRET_ACCESS_KEY } }] }
buffer: { dir: $folder/buffer }
routes: [{ to: [logs] }]
sinks:
  logs: { type: cloudwatch_logs, region: eu-west-1, endpoint: "http://127.0.0.1:$moto", endpoint_region: eu-west-1, group: "/ml/{source}", stream: all, retention: 30d }
YAML
"$program" check -c "$folder/hushlog.yaml"
"$program" run -c "$folder/hushlog.yaml" 2>"$folder/hushlog.log" &
proxy=$!
children="$proxy $children"
until_answers hushlog "$source"

export DOCKER_HOST=unix://$folder/docker.sock
/usr/sbin/dockerd --host "$DOCKER_HOST" --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/docker.pid" \
    --iptables=false --bridge=none --storage-driver vfs >"$folder/dockerd.log" 2>&1 &
children="$! $children"
until_ready dockerd docker info
docker version --format 'dockerd {{.Server.Version}}, client {{.Client.Version}}'

# An image from nothing but a static shell.
mkdir "$folder/image"
cp /bin/busybox "$folder/image/busybox"
tar -C "$folder/image" -c . | docker import - shell >/dev/null
# shellcheck disable=SC2016 # the shell of the container
job='i=0; while [ $i -lt $2 ]; do
    echo "{\"job\":\"$1\",\"n\":$i,\"mail\":\"user$i@example.com\",\"msg\":\"card 4111 1111 1111 1111\"}"; i=$((i+1)); done'
for name in a b c; do
    docker run --detach --name "job-$name" --network none --log-driver awslogs --log-opt awslogs-region=eu-west-1 \
        --log-opt "awslogs-endpoint=http://127.0.0.1:$source" --log-opt awslogs-group=/jobs --log-opt awslogs-create-group=true \
        --log-opt "awslogs-stream=job-$name" shell /busybox sh -c "$job" sh "$name" "$lines" >/dev/null
done
for name in a b c; do
    # The driver has sent everything when the container is gone.
    [ "$(docker wait "job-$name")" = 0 ]
    docker rm "job-$name" >/dev/null
done
kill "$proxy"
wait "$proxy"

"$environment/python" "$root/tests/aws/look.py" "http://127.0.0.1:$moto" logs /ml/docker >"$folder/found.json"
! grep -q 'example\.com\|4111' "$folder/found.json"
"$environment/python" - "$folder/found.json" "$lines" <<'PYTHON'
import json, sys
found, lines = json.load(open(sys.argv[1])), int(sys.argv[2])
assert found["retention"] == 30 and found["tags"] == {"hushlog:residency-region": "eu-west-1"}, found["tags"]
seen = {"a": [], "b": [], "c": []}
for event in found["streams"]["all"]:
    record = json.loads(event)
    assert record["mail"] == "[EMAIL]" and record["msg"] == "card [PAN]" and record["residency.region"] == "eu-west-1", record
    assert (record["log_group"], record["log_stream"]) == ("/jobs", "job-" + record["job"]), record
    seen[record["job"]].append(record["n"])
for job, numbers in seen.items():
    assert sorted(numbers) == list(range(lines)), f"{job}: {len(numbers)} of {lines}, {len(set(numbers))} of them different"
    assert numbers == sorted(numbers), f"{job}: out of order"
print(f"awslogs: {len(seen)} containers, {sum(map(len, seen.values()))} records: complete, once each, in order, masked, tagged")
PYTHON
