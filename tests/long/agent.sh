#!/usr/bin/env bash
# The node agent on a folder that is written as the kubelet writes /var/log/pods: rotation by renaming and gzip, links in
# /var/log/containers, pods that come and go, lines in parts across rotation and SIGKILL. Then its CPU and memory.
# Usage: tests/long/agent.sh PROGRAM [ROTATIONS KILLS PODS]     (500 20 2000; writes log-<date>-agent.txt here)
set -euo pipefail
program=$(realpath "$1")
shift
cd "$(dirname "$0")/../.."
log=tests/long/log-$(date -u +%Y-%m-%d)-agent.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
{
    echo "commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD || printf ' with changes'), $(date -u +%FT%TZ), load $(cut -d' ' -f1 /proc/loadavg)"
    python3 tests/long/agent.py "$program" "$work/sequence" ${@:-500 20 2000} || failed=1
    python3 tests/long/agent.py "$program" "$work/rate" rate 50 30 200 || failed=1
    [ "$failed" = 0 ] || echo failed
} | tee "$log"
! grep -q '^failed$' "$log"
