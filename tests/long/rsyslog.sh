#!/usr/bin/env bash
# A real rsyslog sends over TLS, with a certificate of its own, to the source `syslog`: both framings, every line once, masked.
# Usage: tests/long/rsyslog.sh [HUSHLOG] [LINES]     (default target/release/hushlog, 20000; writes log-<date>-rsyslog.txt here)
# Installs rsyslog and rsyslog-gnutls from Debian when they are missing, which needs root. Needs: openssl, python3.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
hushlog=$(realpath "${1:-$root/target/release/hushlog}") lines=${2:-20000}
log=$root/tests/long/log-$(date -u +%Y-%m-%d)-rsyslog.txt
readonly PORT=18614
if [ ! -x /usr/sbin/rsyslogd ] || [ ! -e /usr/lib/"$(uname -m)"-linux-gnu/rsyslog/lmnsd_gtls.so ]; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends rsyslog rsyslog-gnutls
fi
folder=$(mktemp -d)
children=
end() {
    for child in $children; do
        kill "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    done
    children=
}
cleanup() {
    status=$?
    end
    [ "$status" -eq 0 ] || tail -n 20 "$folder"/*.log >&2 || true
    rm -rf "$folder"
}
trap cleanup EXIT
cd "$folder"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 1 -subj /CN=authority \
    -addext basicConstraints=critical,CA:TRUE 2>/dev/null
echo 'subjectAltName=DNS:localhost' >names
for name in server client; do
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $name.key -out $name.csr -subj /CN=$name 2>/dev/null
    openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -extfile names -out $name.pem 2>/dev/null
done
cat >hushlog.yaml <<YAML
region: eu-west-1
sources:
  hosts: { type: syslog, listen: "127.0.0.1:$PORT", tls: { cert: $folder/server.pem, key: { file: $folder/server.key }, client_ca: $folder/ca.pem } }
sinks: { out: { type: file, path: "$folder/out.ndjson", max_size: 1GiB } }
routes: [{ to: [out] }]
YAML
"$hushlog" check -c hushlog.yaml
for framing in traditional octet-counted; do
    rm -rf out.ndjson state && mkdir state
    "$hushlog" run -c hushlog.yaml 2>hushlog.log &
    children=$!
    until (: <"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; do sleep 0.05; done
    python3 - "$lines" >app.txt <<'PYTHON'
import sys
for number in range(int(sys.argv[1])):
    print(f"n={number} mail=user{number}@example.com ssn=123-45-6789 end")
PYTHON
    cat >rsyslog.conf <<CONF
global(workDirectory="$folder/state" defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="$folder/ca.pem"
    defaultNetstreamDriverCertFile="$folder/client.pem" defaultNetstreamDriverKeyFile="$folder/client.key")
module(load="imfile")
input(type="imfile" File="$folder/app.txt" Tag="app" Facility="local0" Severity="info")
action(type="omfwd" target="localhost" port="$PORT" protocol="tcp" TCP_Framing="$framing" template="RSYSLOG_SyslogProtocol23Format"
    StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="localhost" action.resumeRetryCount="-1")
CONF
    /usr/sbin/rsyslogd -n -f "$folder/rsyslog.conf" -i "$folder/rsyslog.pid" >rsyslog.log 2>&1 &
    children="$! $children"
    for _ in $(seq 600); do
        [ -e out.ndjson ] && [ "$(grep -c '"message":"n=' out.ndjson)" -ge "$lines" ] && break
        sleep 0.1
    done
    end
    python3 - "$lines" "$framing" <<'PYTHON' | tee -a "$log"
import json, sys
lines, seen = int(sys.argv[1]), []
for line in open("out.ndjson"):
    assert "@example.com" not in line and "123-45" not in line, "a value came through"
    record = json.loads(line)
    assert record["residency.region"] == "eu-west-1"
    if record["message"].startswith("n="):
        number, rest = record["message"].split(" ", 1)
        assert rest == "mail=[EMAIL] ssn=[US_SSN] end" and record["appname"] == "app", record
        seen.append(int(number[2:]))
assert seen == list(range(lines)), f"{len(seen)} of {lines}"
print(f"rsyslog over TLS, {sys.argv[2]}: {lines} lines, once each, in order, masked, tagged")
PYTHON
done
/usr/sbin/rsyslogd -v | head -1 | tee -a "$log"
