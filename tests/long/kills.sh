#!/usr/bin/env bash
# Loss: SIGKILLs with records under way on every source that acknowledges, a disk that is full, reloads under load and inside
# private keys, parts of lines and tables. Counts acknowledged records that are missing (none) and doubled ones.
# Usage: tests/long/kills.sh [KILLS] [RELOADS]     (100 a source, 1000; writes log-<date>-kills.txt here)
# The full disk is a file system of 8 MiB in memory: mounting it needs root, without which it is left out.
# Environment: HUSHLOG_TESTS, a test binary that is built already.
set -euo pipefail
cd "$(dirname "$0")/../.."

export HUSHLOG_KILLS=${1:-100} HUSHLOG_RELOADS=${2:-1000}
log=tests/long/log-$(date -u +%Y-%m-%d)-kills.txt
: >"$log"
disk=$(mktemp -d)
cleanup() {
    umount "$disk" 2>/dev/null || true
    rmdir "$disk"
}
trap cleanup EXIT
if mount -t tmpfs -o size=8M none "$disk" 2>/dev/null; then
    export HUSHLOG_SMALL_DISK=$disk
else
    echo 'no full disk: mounting needs root' | tee -a "$log"
fi
run() { # run FILTER
    if [ -n "${HUSHLOG_TESTS:-}" ]; then
        "$HUSHLOG_TESTS" --nocapture "$1"
    else
        cargo test --profile quick --test main -- --nocapture "$1"
    fi
}
{
    echo "commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD || printf ' with changes'), $(date -u +%FT%TZ)"
    for filter in lost_by_kills a_disk_that_is_full_takes lost_by_reloads what_is_open_stays; do
        run "$filter" 2>&1 | grep -E ' missing, | reloads inside|^full after|panicked|^test result|FAILED'
    done
} | tee -a "$log"
