#!/usr/bin/env bash
# Installs the clients that the tests of sources use, in pinned versions.
# Usage: tests/clients/setup.sh [FOLDER]
# FOLDER keeps the virtual environment; without it, `clients` in the target folder, where the tests look.
# Environment: PYTHON (default python3). Needs: Python 3.10 or newer with venv, the package registry of Python.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
python=${PYTHON:-python3}
folder=${1:-${CARGO_TARGET_DIR:-$root/target}/clients}
packages='splunk-handler==3.0.0 splunk-hec-handler==1.2.0 datadog-api-client[zstandard]==2.62.0
    opentelemetry-sdk==1.45.2 opentelemetry-exporter-otlp-proto-http==1.45.2 opentelemetry-exporter-otlp-proto-grpc==1.45.2 fluent-logger==0.11.1'

mkdir -p "$folder"
if [ "$(cat "$folder/packages" 2>/dev/null)" != "$packages" ]; then
    "$python" -m venv --clear "$folder/venv"
    # shellcheck disable=SC2086 # a list of words
    "$folder/venv/bin/pip" install --quiet $packages
    printf '%s' "$packages" >"$folder/packages"
fi
