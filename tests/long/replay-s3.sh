#!/usr/bin/env bash
# Replay of more than 5,000 objects of moto: pages of lists, parts, throttling, cut connections, a kill; and what comes out.
# Usage: tests/aws/setup.sh && tests/long/replay-s3.sh PROGRAM [OBJECTS]     (5200; writes log-<date>-replay-s3.txt here)
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
program=$(realpath "$1")
objects=${2:-5200}
log=$root/tests/long/log-$(date -u +%Y-%m-%d)-replay-s3.txt
environment=${CARGO_TARGET_DIR:-$root/target}/aws/venv/bin

folder=$(mktemp -d)
children=
cleanup() {
    for child in $children; do
        kill "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    done
    rm -rf "$folder"
}
trap cleanup EXIT
port() { "$environment/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
until_ready() { # until_ready PORT
    for _ in $(seq 300); do
        curl --silent --output /dev/null "http://127.0.0.1:$1/" && return
        sleep 0.2
    done
    exit 1
}
store=$(port)
export AWS_EC2_METADATA_DISABLED=true AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing AWS_REGION=eu-west-1
"$environment/moto_server" -H 127.0.0.1 -p "$store" >"$folder/moto.log" 2>&1 &
children="$!"
until_ready "$store"
bad=$(port)
"$environment/python" "$root/tests/aws/shaky.py" "http://127.0.0.1:$store" "$bad" 400 2>/dev/null &
children="$! $children"
until_ready "$bad"

"$environment/python" - "$store" "$objects" <<'PYTHON'
import concurrent.futures, gzip, sys, boto3
store = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{sys.argv[1]}", region_name="eu-west-1")
for bucket in "raw", "masked":
    store.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
line = "2026-03-01T10:00:00Z INFO login user=jdoe{0} email=user{0}@example.com ssn=123-45-6789 ok\n"
def put(number):
    body = "".join(line.format(number + at) for at in range(20)).encode()
    key = f"old/2019/{number % 12 + 1:02}/{number:05}.log"
    if number % 1000 == 7:
        body *= 12_000  # three parts
    elif number % 3 == 0:
        key, body = key + ".gz", gzip.compress(body)
    store.put_object(Bucket="raw", Key=key, Body=body)
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    list(pool.map(put, range(int(sys.argv[2]))))
PYTHON

cd "$folder"
replay() { # replay NAME ENDPOINT OPTIONS…
    local name=$1 endpoint=$2
    shift 2
    $program replay s3://raw/old -o "s3://masked/$name" --manifest "$name.jsonl" --digest-key digest.key --jobs 4 \
        --s3-endpoint "http://127.0.0.1:$endpoint" "$@"
}
openssl rand -hex 32 >digest.key
chmod 600 digest.key
{
    echo "commit $(git -C "$root" rev-parse --short HEAD)$(git -C "$root" diff --quiet HEAD || printf ' with changes'), $(date -u +%FT%TZ)"
    echo "== $objects objects, the store itself (1,000 keys a page)"
    from=$(date +%s)
    replay whole "$store" 2>&1
    echo "$(($(date +%s) - from)) s"
    echo "== the same over a way that throttles, cuts and lists 400 keys a page, killed once and begun again"
    from=$(date +%s)
    # In the shell that is in the background the program takes the place of the shell: the kill is its own.
    program="exec $program"
    replay killed "$bad" >/dev/null 2>&1 &
    child=$!
    program=${program#exec }
    for _ in $(seq 1200); do
        [ ! -f killed.jsonl.journal ] || [ "$(wc -l <killed.jsonl.journal)" -lt 300 ] || break
        sleep 0.1
    done
    kill -KILL "$child"
    wait "$child" 2>/dev/null || true
    replay killed "$bad" 2>&1
    echo "$(($(date +%s) - from)) s"
    cmp whole.jsonl killed.jsonl && echo 'the manifests are the same'
    "$program" replay verify killed.jsonl -o s3://masked/killed --s3-endpoint "http://127.0.0.1:$store"
    "$environment/python" - "$store" "$objects" <<'PYTHON'
import sys, gzip, boto3
store = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{sys.argv[1]}", region_name="eu-west-1")
pages = store.get_paginator("list_objects_v2").paginate(Bucket="masked", Prefix="killed/")
keys = [entry["Key"] for page in pages for entry in page["Contents"]]
assert len(keys) == int(sys.argv[2]) + 1, len(keys)
uploads = store.list_multipart_uploads(Bucket="masked").get("Uploads", [])
for key in keys[:: 37]:
    body = store.get_object(Bucket="masked", Key=key)["Body"].read()
    text = (gzip.decompress(body) if key.endswith(".gz") else body).decode()
    assert key.endswith("jsonl") or (text.count("\n") % 20 == 0 and "@" not in text and "123-45" not in text), key
print(f"{len(keys)} keys, every 37th read with boto3, {len(uploads)} uploads left behind")
PYTHON
} | tee "$log"
