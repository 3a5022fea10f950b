#!/usr/bin/env bash
# Memory of `hushlog run`: idle, then saturated while its sink is dead, with records in memory and on disk.
# Fails over 24 MiB idle, over 64 MiB saturated, or when the last third is 10 % above the middle one.
# Usage: tests/long/memory.sh [MINUTES]     (30; writes log-<date>-memory.txt and .csv here, and docs/memory.svg)
# Environment: HUSHLOG, a program that is built already. Needs: Linux, Python 3.10.
set -euo pipefail
cd "$(dirname "$0")/../.."

hushlog=${HUSHLOG:-}
if [ -z "$hushlog" ]; then
    cargo build --release --bin hushlog
    hushlog=${CARGO_TARGET_DIR:-target}/release/hushlog
fi
log=tests/long/log-$(date -u +%Y-%m-%d)-memory
{
    echo "commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD || printf ' with changes'), $(date -u +%FT%TZ)"
    echo "processor: $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2-), cores: $(nproc), load at the start: $(cut -d' ' -f1 /proc/loadavg)"
    python3 tests/long/memory.py "$hushlog" "${1:-30}" "$log.csv" docs/memory.svg
} 2>&1 | tee "$log.txt"
