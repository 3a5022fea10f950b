#!/usr/bin/env bash
# Clients of Node send to the sources `splunk_hec`, `datadog` and `otlp`: every record arrives once, and masked.
# Usage: tests/long/clients.sh [HUSHLOG]     (default target/release/hushlog). Needs: node, npm and its registry, jq.
# Writes log-<date>-clients.txt here.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
hushlog=$(realpath "${1:-$root/target/release/hushlog}")
readonly COUNT=300 SECRET=5f1c0000-0000-4000-8000-00000000abcd HEC=18989 DATADOG=18990 OTLP=18991
log=$root/tests/long/log-$(date -u +%Y-%m-%d)-clients.txt

folder=$(mktemp -d)
trap 'kill ${proxy:-} ${client:-} 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund splunk-logging@0.11.1 winston-splunk-httplogger@3.1.8 winston@3.19.0 datadog-winston@1.6.0 \
    @opentelemetry/exporter-logs-otlp-http@0.301.0 @opentelemetry/sdk-logs@3.1.0
cp "$root/tests/long/clients.js" .
printf '%s' "$SECRET" >secret
cat >hushlog.yaml <<YAML
region: eu-west-1
sources:
  hec: { type: splunk_hec, listen: "127.0.0.1:$HEC", tokens: [{ file: $folder/secret }] }
  dd: { type: datadog, listen: "127.0.0.1:$DATADOG", api_keys: [{ file: $folder/secret }] }
  otel: { type: otlp, http: "127.0.0.1:$OTLP", tokens: [{ file: $folder/secret }] }
sinks: { out: { type: stdout } }
routes: [{ to: [out] }]
YAML
"$hushlog" run -c hushlog.yaml >out &
proxy=$!
for _ in $(seq 200); do
    (: <"/dev/tcp/127.0.0.1/$OTLP") 2>/dev/null && break
    sleep 0.05
done
# Its timers keep it running when everything is sent.
timeout 60 node clients.js "$HEC" "$DATADOG" "$OTLP" "$SECRET" "$COUNT" &
client=$!
for _ in $(seq 600); do
    [ "$(wc -l <out)" -ge $((4 * COUNT)) ] && break
    sleep 0.1
done
kill "$client" 2>/dev/null || true
kill "$proxy"
wait "$proxy" || true

failed=0
if grep -qE 'user@example\.com|123-45-6789' out; then
    echo 'a value came through' && failed=1
fi
for client in splunk-logging winston-splunk-httplogger datadog-winston opentelemetry; do
    there=$(grep -oE "$client n=[0-9]+ mail=\[EMAIL\] ssn=\[US_SSN\]" out | sort -u | wc -l)
    echo "$client: $there of $COUNT" | tee -a "$log"
    [ "$there" -eq "$COUNT" ] || failed=1
done
untagged=$(jq -c 'select(."residency.region" != "eu-west-1")' out | wc -l)
lines=$(wc -l <out)
echo "records: $lines, without a tag: $untagged" | tee -a "$log"
[ "$failed" -eq 0 ] && [ "$untagged" -eq 0 ] && [ "$lines" -eq $((4 * COUNT)) ]
