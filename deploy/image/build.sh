#!/bin/sh
# Builds the image from a static binary.
#   deploy/image/build.sh BINARY NAME [CA_FILE]
# Needs buildah, or docker with BUILDER=docker. A list of what is in the binary: cargo auditable, or syft on the image.
set -eu
binary=$1
name=$2
authorities=${3:-/etc/ssl/certs/ca-certificates.crt}
builder=${BUILDER:-buildah}
here=$(cd "$(dirname "$0")" && pwd)
if ldd "$binary" 2>/dev/null | grep -q '=>'; then
  echo "$binary needs libraries that the image does not have: build it with -C target-feature=+crt-static" >&2
  exit 1
fi
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
cp "$here/Dockerfile" "$context/"
install -m 0755 "$binary" "$context/hushlog"
install -m 0644 "$authorities" "$context/ca-certificates.crt"
"$builder" build -t "$name" "$context"
