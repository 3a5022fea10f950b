#!/usr/bin/env bash
# Inputs made to hurt, as whole measurements: every shape at 8 MB on every kernel, then
# one line of 100 MB of the worst shapes. Fails if one misses a bound (100 MB per
# CPU-second; twice the input in at most 2.2 times the CPU).
# Usage: benches/compare/adversarial.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
status=0
for kernel in $(awk '/^flags/ { print; exit }' /proc/cpuinfo | awk '{ if (/avx512_vbmi2/) print "avx512-vbmi2"; if (/avx2/) print "avx2"; print "portable" }'); do
    cargo bench --bench adversarial -- --kernel "$kernel" || status=1
done
cargo bench --bench adversarial -- --megabytes 100 'a log on one line' || status=1
exit "$status"
