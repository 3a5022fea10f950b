#!/usr/bin/env bash
# The buffer's segment is synced before a sender gets its answer: `hushlog run` under strace, records one by one.
# For each answer 200 the trace has to show a write to a segment and an fdatasync of it that ended before the answer began.
# Usage: tests/long/sync-before-ack.sh [RECORDS]     (200; writes log-<date>-sync.txt here)
# Environment: HUSHLOG, a program that is built already. Needs: strace (installed from Debian when missing), Python 3.10.
set -euo pipefail
cd "$(dirname "$0")/../.."

hushlog=${HUSHLOG:-}
if [ -z "$hushlog" ]; then
    cargo build --release --bin hushlog
    hushlog=${CARGO_TARGET_DIR:-target}/release/hushlog
fi
command -v strace >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends strace; }
{
    echo "commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD || printf ' with changes'), $(strace -V | head -n 1), $(date -u +%FT%TZ)"
    python3 tests/long/sync_before_ack.py "$hushlog" "${1:-200}"
} 2>&1 | tee "tests/long/log-$(date -u +%Y-%m-%d)-sync.txt"
