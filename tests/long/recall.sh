#!/usr/bin/env bash
# Recall of every kind in every carrier and encoding. Prints the tables of docs/accuracy.md.
# Usage: tests/long/recall.sh [VALUES]     (10 values a cell; 1.2 million lines)
set -euo pipefail
cd "$(dirname "$0")/../.."

export HUSHLOG_RECALL=${1:-10}
exec cargo test --profile quick --test main recall_of_every_kind -- --nocapture --test-threads 1
