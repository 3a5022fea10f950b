#!/usr/bin/env bash
# The program as a process: memory on a long stream, a run inside a limit, and the first byte.
# Usage: tests/long/process.sh [GIGABYTES]     (10)
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly GIGABYTES=${1:-10}
cargo build --release --bin hushlog
hushlog=$PWD/target/release/hushlog
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$hushlog" bench --write "$folder/corpus.log" --bytes 256000000 >/dev/null

corpus() { # corpus TIMES
    for _ in $(seq "$1"); do cat "$folder/corpus.log"; done
}

echo "== $GIGABYTES GB from a pipe: most anonymous memory seen (at most 16 MiB)"
mkfifo "$folder/pipe"
corpus $((GIGABYTES * 4)) >"$folder/pipe" &
"$hushlog" scrub <"$folder/pipe" >/dev/null &
pid=$!
most=0
while anonymous=$(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$anonymous" ]; do
    if [ "$anonymous" -gt "$most" ]; then most=$anonymous; fi
    sleep 0.05
done
wait "$pid"
echo "$most KiB"
[ "$most" -le 16384 ]

echo "== the same corpus inside 32 MiB of data (RLIMIT_DATA)"
(ulimit -d 32768 && "$hushlog" scrub "$folder/corpus.log" | cksum)
"$hushlog" scrub "$folder/corpus.log" | cksum

echo "== first byte of output after the start of the process, median of 50 warm starts (at most 15 ms)"
python3 - "$hushlog" <<'PYTHON'
import statistics, subprocess, sys, time

def first_byte():
    start = time.perf_counter()
    child = subprocess.Popen([sys.argv[1], "scrub"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdin.write(b"mail to jane@example.com\n")
    child.stdin.flush()
    child.stdout.read(1)
    took = time.perf_counter() - start
    child.stdin.close()
    child.wait()
    return took * 1000

first_byte()
times = sorted(first_byte() for _ in range(50))
print(f"{statistics.median(times):.1f} ms (from {times[0]:.1f} to {times[-1]:.1f})")
sys.exit(statistics.median(times) > 15)
PYTHON
