#!/usr/bin/env bash
# Installs the emulator and the clients that the tests of sources and sinks speak to, in pinned versions.
# Usage: tests/aws/setup.sh [FOLDER]
# FOLDER keeps the virtual environment; without it, `aws` in the target folder, where the tests look.
# Environment: PYTHON (default python3). Needs: Python 3.10 or newer with venv, the package registry of Python.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
python=${PYTHON:-python3}
folder=${1:-${CARGO_TARGET_DIR:-$root/target}/aws}
packages='moto[server]==5.2.5 boto3==1.44.5 botocore==1.44.5 awscli==1.46.3 zstandard==0.25.0'

mkdir -p "$folder"
if [ "$(cat "$folder/packages" 2>/dev/null)" != "$packages" ]; then
    "$python" -m venv --clear "$folder/venv"
    # shellcheck disable=SC2086 # a list of words
    "$folder/venv/bin/pip" install --quiet $packages
    printf '%s' "$packages" >"$folder/packages"
fi
