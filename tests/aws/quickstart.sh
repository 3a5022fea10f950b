#!/usr/bin/env bash
# Runs the commands of docs/quickstart.md as they stand there, in a fresh folder, and compares what they print with the page.
# Usage: tests/aws/setup.sh && tests/aws/quickstart.sh PROGRAM [FOLDER OF THE ENVIRONMENT]
# The second defaults to `aws/venv/bin` in the target folder. Needs curl. The page's ports are fixed: where the
# system allows it, the commands get a network of their own.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

if [ "${1:-}" = inside ]; then
    # The loopback of a new network is down.
    [ "$2" != alone ] || ip link set lo up 2>/dev/null || python - <<'PYTHON'
import fcntl, socket, struct
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))
PYTHON
    trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
    # shellcheck disable=SC1091 # taken from the page
    . ./commands
    exit 0
fi

program=$(realpath "$1")
environment=$(realpath "${2:-${CARGO_TARGET_DIR:-$root/target}/aws/venv/bin}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin"
ln -s "$program" "$folder/bin/hushlog"
export PATH=$folder/bin:$environment:$PATH
if ! command -v zstdcat >/dev/null; then
    printf '#!%s\nimport sys, zstandard\nfor name in sys.argv[1:]:\n    zstandard.ZstdDecompressor().copy_stream(open(name, "rb"), sys.stdout.buffer)\n' \
        "$environment/python" >"$folder/bin/zstdcat"
    chmod +x "$folder/bin/zstdcat"
fi

# Blocks of shell one behind the other; the block of text behind the last of them is what they print.
awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on' "$root/docs/quickstart.md" >"$folder/commands"
awk '/^```sh$/ { seen++ } /^```text$/ { on = seen == 2; next } /^```/ { on = 0 } on' "$root/docs/quickstart.md" >"$folder/expected"

cd "$folder"
own=
if unshare --net true 2>/dev/null; then
    own='unshare --net'
elif unshare --user --map-root-user --net true 2>/dev/null; then
    own='unshare --user --map-root-user --net'
fi
# shellcheck disable=SC2086 # words
if ! $own bash "$root/tests/aws/quickstart.sh" inside "${own:+alone}" >printed 2>said; then
    cat printed said hushlog.log moto.log 2>/dev/null | tail -n 60
    echo 'the commands of docs/quickstart.md fail' >&2
    exit 1
fi
# What the making of the bucket says is not on the page.
grep -v '^make_bucket:' printed >shown
diff expected shown && echo "$(wc -l <commands) lines of docs/quickstart.md: both stores have the record, masked and tagged"
