#!/usr/bin/env bash
# Compares hushlog with other tools: CPU time of whole processes, and findings byte for byte.
# Usage: benches/compare/run.sh [FOLDER-OF-LOGS]
# Environment: BYTES (seeded corpus, default 1000000000), REAL_BYTES (default 300000000),
# SLOW_BYTES (part given to the slowest tools, default 20000000), ROUNDS (default 5),
# FEATURES (default "vrl,hyperscan"; empty leaves both out).
# Writes benches/record/<arch>/<date>.csv and docs/performance.svg.
# Needs: Rust, Python 3, ripgrep, sed, perl, and for the feature hyperscan libhyperscan-dev.
# See README.md in this folder.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
logs=${1:-$root/examples}
bytes=${BYTES:-1000000000} real_bytes=${REAL_BYTES:-300000000} slow_bytes=${SLOW_BYTES:-20000000}
rounds=${ROUNDS:-5} features=${FEATURES-vrl,hyperscan}
target=${CARGO_TARGET_DIR:-$root/target}
peers=$target/peers/release
corpus=${CORPUS:-$target/compare-corpus}
mkdir -p "$corpus" "$root/benches/record/$(uname -m)"

cargo build --release --manifest-path "$root/Cargo.toml" --bin hushlog
CARGO_TARGET_DIR=$target/peers cargo build --release --manifest-path "$here/peers/Cargo.toml" --bins ${features:+--features "$features"}
hushlog=$target/release/hushlog

python3 "$here/real_corpus.py" "$logs" "$real_bytes" "$corpus/real.log" "$corpus/real.json"
[ "$(stat -c %s "$corpus/seeded.log" 2>/dev/null || echo 0)" -ge "$bytes" ] || "$peers/write_corpus" "$bytes" >"$corpus/seeded.log"
[ "$(stat -c %s "$corpus/seeded.json" 2>/dev/null || echo 0)" -ge "$bytes" ] || "$peers/write_corpus" "$bytes" --json >"$corpus/seeded.json"
for name in real seeded; do
    head -c "$slow_bytes" "$corpus/$name.log" | sed '$d' >"$corpus/$name-part.log"
done

echo '== findings of the engines with equal rules, byte for byte'
for name in real seeded; do
    "$peers/hushlog_eleven" --findings <"$corpus/$name-part.log" >"$corpus/$name.hushlog"
    printf '%-8s hushlog: %s findings\n' "$name" "$(wc -l <"$corpus/$name.hushlog")"
    for peer in regex_each regex_multi hyperscan; do
        [ -x "$peers/$peer" ] || continue
        "$peers/$peer" --findings <"$corpus/$name-part.log" 2>/dev/null >"$corpus/$name.$peer"
        printf '%-8s %s: %s findings, %s not in hushlog, %s only in hushlog\n' "$name" "$peer" "$(wc -l <"$corpus/$name.$peer")" \
            "$(sort "$corpus/$name.$peer" | comm -23 - <(sort "$corpus/$name.hushlog") | wc -l)" \
            "$(sort "$corpus/$name.$peer" | comm -13 - <(sort "$corpus/$name.hushlog") | wc -l)"
    done
done

# The rules as one alternation, for the tools that take a pattern.
rules='[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,253}\.[A-Za-z]{2,24}|[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}|[0-9]{4}([ -][0-9]{4}){3}|[0-9]{13,19}|(\([0-9]{3}\) ?|[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4}|[A-Z]{2}[0-9]{2}( ?[A-Z0-9]{4}){3,7}( ?[A-Z0-9]{1,3})?|[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}|(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16,}|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*|(mrn=|MRN: )[A-Za-z0-9-]{4,19}|(dob=|birthdate: )[0-9]{4}-[0-9]{2}-[0-9]{2}|[Bb]earer [A-Za-z0-9._~+/=-]{16,}'

plan=$(mktemp)
trap 'rm -f "$plan"' EXIT
add() { printf '%s\t%s\t%s\t%s\t%s\n' "$@" >>"$plan"; } # add CORPUS FILE MODE NAME COMMAND
kernels=portable
grep -qw avx2 /proc/cpuinfo && kernels="avx2 $kernels"
grep -qw avx512bw /proc/cpuinfo && kernels="avx512 $kernels"
grep -qw avx512_vbmi2 /proc/cpuinfo && kernels="avx512-vbmi2 $kernels"
for name in real seeded; do
    file=$corpus/$name.log
    for kernel in $kernels; do
        add "$name" "$file" null "hushlog scrub, $kernel" "HUSHLOG_KERNEL=$kernel '$hushlog' scrub"
        add "$name-json" "$corpus/$name.json" null "hushlog scrub, $kernel" "HUSHLOG_KERNEL=$kernel '$hushlog' scrub"
    done
    add "$name" "$file" null 'hushlog, eleven kinds' "'$peers/hushlog_eleven'"
    add "$name-json" "$corpus/$name.json" null 'hushlog, eleven kinds' "'$peers/hushlog_eleven'"
    for mode in file pipe; do
        add "$name" "$file" "$mode" 'hushlog scrub' "'$hushlog' scrub"
        add "$name" "$file" "$mode" 'cat' cat
    done
    add "$name" "$file" null 'cat' cat
    add "$name" "$file" null 'rg -c, one alternation' "rg --no-unicode -c '$rules'"
    add "$name" "$file" null 'regex-automata, 11 patterns' "'$peers/regex_multi'"
    add "$name-json" "$corpus/$name.json" null 'regex-automata, 11 patterns' "'$peers/regex_multi'"
    part=$corpus/$name-part.log
    add "$name" "$part" null 'regex, 11 passes' "'$peers/regex_each'"
    [ -x "$peers/hyperscan" ] && add "$name" "$part" null 'Hyperscan, 64 KiB blocks' "'$peers/hyperscan'"
    [ -x "$peers/vrl_redact" ] && add "$name" "$part" null 'VRL redact, 11 filters' "'$peers/vrl_redact'"
    add "$name" "$part" null 'sed -E, one alternation' "sed -E 's#$rules#[X]#g'"
    add "$name" "$part" null 'perl -pe, one alternation' "perl -pe 's#$rules#[X]#g'"
done
record=$root/benches/record/$(uname -m)/$(date -u +%Y-%m-%d).csv
commit=$(git -C "$root" describe --always --dirty 2>/dev/null || echo unknown)
echo "== CPU time, median of $rounds runs"
LC_ALL=C python3 "$here/measure.py" "$record" "$commit" "$rounds" <"$plan"
python3 "$here/chart.py" "$record" real >"$root/docs/performance.svg"
