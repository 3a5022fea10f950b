# shellcheck shell=bash
# What the scripts beside this one have in common: a folder, processes that end with the script, ports, waiting.
# Read by them, not run: `. "$root/tests/aws/common.sh"` behind `root` and `environment`. A function `tidy` is called at the end.
folder=$(mktemp -d)
children=
cleanup() {
    status=$?
    [ "$status" -eq 0 ] || tail -n 20 "$folder"/*.log >&2 || true
    for child in $children; do
        kill "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    done
    ! declare -F tidy >/dev/null || tidy
    rm -rf "$folder"
}
trap cleanup EXIT
# shellcheck disable=SC2154 # set by who reads this
port() { "$environment/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
until_ready() { # until_ready WHAT COMMAND…: waits for a minute at most
    local what=$1 tries=0
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ "$tries" -gt 300 ]; then
            echo "waited too long: $what" >&2
            exit 1
        fi
        sleep 0.2
    done
}
until_answers() { # until_answers WHAT PORT: until something answers HTTP there
    until_ready "$1" curl --silent --output /dev/null "http://127.0.0.1:$2/"
}
export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing AWS_DEFAULT_REGION=eu-west-1 AWS_EC2_METADATA_DISABLED=true
