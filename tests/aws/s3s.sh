#!/usr/bin/env bash
# The sink `s3` against s3s-fs, a store that checks signatures (SigV4) and checksums, where moto takes any.
# Usage: tests/aws/setup.sh && tests/aws/s3s.sh PROGRAM [RECORDS]     (100000)
# Installs s3s-fs into the target folder when it is missing, which takes minutes. Needs curl.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
program=$(realpath "$1")
records=${2:-100000}
target=${CARGO_TARGET_DIR:-$root/target}
environment=$target/aws/venv/bin

[ -x "$target/aws/s3s/bin/s3s-fs" ] ||
    nice cargo install --locked --quiet --features binary s3s-fs@0.14.1 --root "$target/aws/s3s"

# shellcheck source=tests/aws/common.sh
. "$root/tests/aws/common.sh"

store=$(port)
mkdir "$folder/store"
"$target/aws/s3s/bin/s3s-fs" --host 127.0.0.1 --port "$store" --access-key testing --secret-key testing "$folder/store" >"$folder/s3s.log" 2>&1 &
children="$! $children"
until_answers s3s-fs "$store"
"$environment/aws" --endpoint-url "http://127.0.0.1:$store" s3 mb s3://logs-eu >/dev/null

run() { # run NAME: a proxy with that name, its port in $source, its number in $proxy
    source=$(port)
    cat >"$folder/$1.yaml" <<YAML
region: eu-west-1
sources: { app: { type: http, listen: "127.0.0.1:$source" } }
routes: [{ to: [s3] }]
sinks: { s3: { type: s3, region: eu-west-1, endpoint: "http://127.0.0.1:$store", endpoint_region: eu-west-1, bucket: logs-eu, linger: 200ms } }
YAML
    "$program" run -c "$folder/$1.yaml" --drain-ms 5000 2>"$folder/$1.log" &
    proxy=$!
    children="$proxy $children"
}

# The store is one that refuses: a wrong signature, a wrong checksum.
"$environment/python" - "$store" <<'PYTHON'
import sys, boto3, botocore.exceptions
def client(secret):
    return boto3.client("s3", endpoint_url=f"http://127.0.0.1:{sys.argv[1]}", region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key=secret)
def code(secret, **more):
    try:
        client(secret).put_object(Bucket="logs-eu", Key="control", Body=b"x", **more)
        return "taken"
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
signature, checksum = code("another"), code("testing", ChecksumSHA256="A" * 43 + "=")
print(f"the store answers {signature} to a wrong signature and {checksum} to a wrong checksum")
assert signature == "SignatureDoesNotMatch" and checksum != "taken"
PYTHON

# With another secret the proxy does not start, and nothing is written.
AWS_SECRET_ACCESS_KEY=another run stranger
if wait "$proxy"; then
    echo 'a bucket was opened with a wrong secret' >&2
    exit 1
fi
echo "with a wrong secret: $(grep -o 'sinks\.s3.*' "$folder/stranger.log" | head -n 1)"

run app
until_answers hushlog "$source"
"$environment/python" - "$source" "$records" <<'PYTHON'
import sys, urllib.request
port, records = int(sys.argv[1]), int(sys.argv[2])
for first in range(0, records, 1000):
    body = "".join('{"n":%d,"mail":"user%d@example.com"}\n' % (n, n) for n in range(first, min(first + 1000, records))).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", body, {"Content-Type": "application/x-ndjson"})
    assert urllib.request.urlopen(request).status == 200
PYTHON
kill "$proxy"
wait "$proxy"
"$environment/python" - "$folder/store/logs-eu" "$records" <<'PYTHON'
import json, pathlib, sys, zstandard
folder, records = pathlib.Path(sys.argv[1]), int(sys.argv[2])
files = sorted(folder.rglob("*.ndjson.zst"))
numbers = []
for file in files:
    for line in zstandard.ZstdDecompressor().stream_reader(file.read_bytes()).read().decode().splitlines():
        record = json.loads(line)
        assert record["mail"] == "[EMAIL]" and record["residency.region"] == "eu-west-1", record
        numbers.append(record["n"])
assert sorted(numbers) == list(range(records)), f"{len(numbers)} of {records}"
print(f"s3s-fs: {len(files)} objects, {len(numbers)} records: complete, once each, masked, tagged")
PYTHON
