#!/usr/bin/env bash
# `exec`: short commands while both processors are busy (their codes, their last lines), a gigabyte through the pipe, and
# a command that is silent.
# Usage: tests/long/exec.sh PROGRAM [COMMANDS]     (1000; writes log-<date>-exec.txt here)
set -euo pipefail
program=$(realpath "$1")
commands=${2:-1000}
cd "$(dirname "$0")/../.."
log=tests/long/log-$(date -u +%Y-%m-%d)-exec.txt
work=$(mktemp -d)
busy=()
trap 'kill "${busy[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
{
    echo "commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD || printf ' with changes'), $(date -u +%FT%TZ), load $(cut -d' ' -f1 /proc/loadavg)"
    for _ in 1 2; do
        (while :; do :; done) &
        busy+=($!)
    done
    wrong=0
    from=$(date +%s%N)
    for ((n = 0; n < commands; n++)); do
        code=$((n % 256))
        # Without a line end at its last line; every other one leaves a process behind that closes its outputs.
        said=$("$program" exec -- sh -c "echo 'mail=user$n@example.com'; [ $((n % 2)) = 0 ] || (sleep 0.01 >/dev/null 2>&1 &); printf 'end $n ssn=123-45-6789'; exit $code" 2>&1) && got=0 || got=$?
        [ "$said" = "mail=[EMAIL]"$'\n'"end $n ssn=[US_SSN]" ] && [ "$got" = "$code" ] || { wrong=$((wrong + 1)); echo "command $n: code $got of $code"; }
    done
    echo "$commands commands under load: $wrong wrong, $((($(date +%s%N) - from) / commands / 1000)) us each"
    kill "${busy[@]}" 2>/dev/null || true
    busy=()

    # A gigabyte in lines of a log, with a canary in each hundredth.
    cat > "$work/write.py" <<'PY'
import sys
block = b"".join(b"2026-03-01T10:15:00Z INFO step %06d loss 0.%04d of the run done, queue default" % (n, n % 9999)
                 + (b" ssn=123-45-6789\n" if n % 100 == 0 else b" and nothing more\n") for n in range(10000))
left = 1 << 30
while left > 0:
    left -= sys.stdout.buffer.write(block[:left])
PY
    /usr/bin/env bash -c "TIMEFORMAT='one gigabyte: %R s, %U s user, %S s system'; time '$program' exec -- python3 '$work/write.py' > '$work/out'" 2>&1
    lines=$(wc -l < "$work/out")
    raw=$(grep -c '123-45-6789' "$work/out" || true)
    masked=$(grep -c '\[US_SSN\]' "$work/out" || true)
    python3 "$work/write.py" > "$work/in"
    same=$(sed 's/\[US_SSN\]/123-45-6789/' "$work/out" | cmp - "$work/in" && echo yes || echo no)
    echo "one gigabyte: $lines lines, $masked masked, $raw raw; otherwise as it was: $same"

    "$program" exec -- sleep 10 &
    quiet=$!
    sleep 9
    ticks=$(awk '{print $14 + $15}' "/proc/$quiet/stat")
    wait "$quiet"
    echo "a silent command: $ticks ticks of CPU in nine seconds"
    [ "$wrong" = 0 ] && [ "$raw" = 0 ] && [ "$same" = yes ]
} 2>&1 | tee "$log"
