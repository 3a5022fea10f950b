#!/usr/bin/env bash
# A replay of a generated tree that is killed at random moments: outputs and manifest are those of a run that was not.
# Usage: tests/long/replay-kills.sh PROGRAM [KILLS]     (100; writes log-<date>-replay-kills.txt here)
# Environment: HUSHLOG_REPLAY_MB, megabytes of the tree (500; 5000 takes an hour and 15 GB). Needs python3, openssl, zstd.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
program=$(realpath "$1")
kills=${2:-100}
megabytes=${HUSHLOG_REPLAY_MB:-500}
log=$root/tests/long/log-$(date -u +%Y-%m-%d)-replay-kills.txt

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 - "$megabytes" <<'PYTHON'
import gzip, os, sys
total, written, number = int(sys.argv[1]) * 1_000_000, 0, 0
log = lambda n: f"2026-03-01T10:00:00Z INFO request id={n} path=/api/v1/items status=200 bytes={n % 9999}\n" * 19 + \
    f"2026-03-01T10:00:00Z INFO login user=jdoe{n} email=user{n}@example.com ssn=123-45-6789 ok\n"
row = lambda n: f'{n},user{n}@example.com,kanari{n},"a, ""b""\nc"\n'
event = lambda n: f'{{"n":{n},"email":"user{n}@example.com","list":[1,2,{{"password":"kanari{n}"}}]}}\n'
part = lambda n: f"2026-03-01T10:00:00.0Z stdout P login email=user{n}@exa\n2026-03-01T10:00:00.1Z stdout F mple.com ok\n"
forms = [("log", log, ""), ("csv", row, "id,email,password,note\n"), ("ndjson", event, ""), ("cri.log", part, "")]
# One file of a third of it, and many of some megabytes; a half of them packed.
while written < total:
    name, make, head = forms[number % 4] if number else forms[0]
    size = total // 3 if number == 0 else 1_000_000 * (1 + number % 7)
    path = f"in/{2010 + number % 9}/jane{number}@example.com-{number}.{name}"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    packed = number % 4 == number % 3 and number > 0
    with (gzip.open(path + ".gz", "wt", compresslevel=1) if packed else open(path, "w")) as file:
        at, n = file.write(head), 0
        while at < size:
            at += file.write("".join(make(n + more) for more in range(200)))
            n += 200
    written, number = written + at, number + 1
for path in sorted(os.listdir("in"))[:2]:
    os.system(f"zstd -q -1 --rm in/{path}/*1.log 2>/dev/null || true")
print(f"{number} files, {written / 1e6:.0f} MB of text")
PYTHON
openssl rand -hex 32 >digest.key
chmod 600 digest.key
options() { # options NAME JOBS
    echo "--manifest $1.jsonl -o $1 --digest-key digest.key --sign-key sign.key --jobs $2"
}
# shellcheck disable=SC2046 # a list of words
replay() { "$program" replay in $(options "$1" "$2") 2>&1; }
{
    echo "commit $(git -C "$root" rev-parse --short HEAD)$(git -C "$root" diff --quiet HEAD || printf ' with changes'), $(date -u +%FT%TZ)"
    find in -type f | wc -l | sed 's/$/ files/'
    du -sm in | sed 's/\tin/ MiB/'
    from=$(date +%s.%N)
    replay wanted 1
    whole=$(python3 -c "import time; print(time.time() - $from)")
    replay two 2
    diff -r wanted two && cmp wanted.jsonl two.jsonl && echo 'one thread and two write the same'
    killed=0 rounds=0 done_before=0
    while [ "$killed" -lt "$kills" ]; do
        rounds=$((rounds + 1))
        # Kills inside one replay, as many as fit before it ends.
        for _ in $(seq 10); do
            # shellcheck disable=SC2046 # a list of words
            "$program" replay in $(options killed 2) >/dev/null 2>&1 &
            child=$!
            sleep "$(python3 -c "import random; print(random.random() * $whole / 3)")"
            if kill -KILL "$child" 2>/dev/null; then killed=$((killed + 1)); fi
            wait "$child" 2>/dev/null || true
            if [ "$killed" -ge "$kills" ] || [ -f killed.jsonl ]; then break; fi
        done
        replay killed 2 | grep -q 'done before' && done_before=$((done_before + 1))
        diff -r wanted killed
        cmp wanted.jsonl killed.jsonl
        rm -r killed killed.jsonl
    done
    echo "$killed kills in $rounds replays, $done_before of them found inputs done before: outputs and manifests are the same"
    "$program" replay verify wanted.jsonl -o wanted
} | tee "$log"
