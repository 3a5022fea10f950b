#!/usr/bin/env bash
# 10,000 connections of each sort of attack at each kind of listener, with and without TLS: silence, slow heads, half
# handshakes, half bodies. The program stays below 64 MiB of anonymous memory and serves a good client meanwhile.
# Usage: tests/long/hostile.sh [CONNECTIONS]     (10000; writes log-<date>-hostile.txt here)
# Environment: HUSHLOG_TESTS, a test binary that is built already. Needs twice as many file descriptors as connections are open.
set -euo pipefail
cd "$(dirname "$0")/../.."

export HUSHLOG_HOSTILE=${1:-10000}
log=tests/long/log-$(date -u +%Y-%m-%d)-hostile.txt
ulimit -n "$(ulimit -H -n)"
if [ "$(ulimit -n)" != unlimited ] && [ "$(ulimit -n)" -lt $((HUSHLOG_HOSTILE + 1500)) ]; then
    echo "this machine gives $(ulimit -n) file descriptors: too few for $HUSHLOG_HOSTILE connections of one process" >&2
    exit 1
fi
run() { # run FILTER
    if [ -n "${HUSHLOG_TESTS:-}" ]; then
        "$HUSHLOG_TESTS" --nocapture --test-threads=1 "$1"
    else
        cargo test --profile quick --test main -- --nocapture --test-threads=1 "$1"
    fi
}
{
    echo "commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD || printf ' with changes'), $(date -u +%FT%TZ), $(ulimit -n) file descriptors"
    run every_listener_outlives_hostile_peers 2>&1 | grep --line-buffered -E 'connections a sort|panicked|served after|^test result|FAILED'
} | tee "$log"
