#!/usr/bin/env bash
# The long tests, before an issue is resolved. Writes tests/long/log-<date>.txt.
# Usage: tests/long/run.sh [CASES] [FUZZ_SECONDS]     (1000000 cases, 1200 s a fuzz target)
set -uo pipefail
cd "$(dirname "$0")/../.."

readonly CASES=${1:-1000000}
readonly SECONDS_EACH=${2:-1200}
readonly TARGETS="scrub find value rules inflate table splunk_hec datadog"
log=tests/long/log-$(date -u +%Y-%m-%d).txt
readonly log
failed=0

say() { printf '%s\n' "$*" | tee -a "$log"; }

step() { # step NAME COMMAND…: runs it, and keeps its verdict and the last lines
    local name=$1 start=$SECONDS output status
    shift
    say "" "== $name" "\$ $*"
    output=$("$@" 2>&1)
    status=$?
    printf '%s\n' "$output" | grep -E '^test |^test result|passed|failed|panicked|Structured|Keyed|minimal failing|cov:|^stat::|recall|ERROR|error' |
        grep -vE '^running|BINGO|REDUCE|NEW|pulse| at /' | tail -n 60 | tee -a "$log"
    if [ "$status" -ne 0 ]; then
        failed=$((failed + 1))
        # What a failure prints is generated data.
        printf '%s\n' "$output" | tail -n 40 | tee -a "$log"
    fi
    say "-- $name: status $status after $((SECONDS - start)) s"
}

: >"$log"
say "commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD || printf ' with changes'), $(rustc --version), $(date -u +%FT%TZ)"
say "processor: $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2-), cores: $(nproc)"
say "$CASES cases a property, $SECONDS_EACH s a fuzz target"

step kernels cargo test --profile quick --lib kernels_agree
export HUSHLOG_LONG=$CASES
step tokens cargo test --profile quick --lib values_do_not_collide
step properties cargo test --profile quick --test main properties
# The recall test reads HUSHLOG_LONG when it is built: 400 values a kind.
step recall cargo test --profile quick --test main recall -- --nocapture
unset HUSHLOG_LONG
step matrix tests/long/recall.sh 10
step memory cargo test --profile quick --test alloc

for target in $TARGETS; do
    step "fuzz $target" cargo +nightly fuzz run --fuzz-dir tests/fuzz "$target" -- \
        -max_total_time="$SECONDS_EACH" -rss_limit_mb=512 -timeout=10 -print_final_stats=1
done

say "" "$failed steps failed"
[ "$failed" -eq 0 ]
