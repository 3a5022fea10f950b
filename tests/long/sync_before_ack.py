"""Runs the program under strace and looks for a sync before every answer. See sync-before-ack.sh.

    sync_before_ack.py PROGRAM RECORDS

The check itself is checked: without the sync calls, or with them behind the answers, it has to find a mistake in every answer.
"""
import http.client
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

CALLS = "fdatasync,fsync,write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg"
# PID TIME call(arguments) = result <duration>, or the two halves of a call that another thread interrupted.
WHOLE = re.compile(r"^(\d+) +(\d+\.\d+) (\w+)\((.*)\) += (-?\d+).*<(\d+\.\d+)>$")
BEGUN = re.compile(r"^(\d+) +(\d+\.\d+) (\w+)\((.*) <unfinished \.\.\.>$")
ENDED = re.compile(r"^(\d+) +(\d+\.\d+) <\.\.\. (\w+) resumed>(.*)\) += (-?\d+).*<(\d+\.\d+)>$")
PATH = re.compile(r"^\d+<([^>]*)>")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def record(program, records, folder):
    """Sends records one by one; the lines of the trace."""
    port, trace = free_port(), folder / "trace"
    (folder / "hushlog.yaml").write_text(f"""
region: eu-west-1
sources: {{ app: {{ type: http, listen: "127.0.0.1:{port}" }} }}
routes: [{{ to: [out] }}]
buffer: {{ dir: {folder}/buffer }}
sinks: {{ out: {{ type: file, path: "{folder}/out.ndjson" }} }}
""")
    command = ["strace", "-f", "-y", "-s", "64", "-T", "-ttt", "-e", f"trace={CALLS}", "-o", trace, program, "run", "-c", folder / "hushlog.yaml"]
    child = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
            assert child.poll() is None, "the program ended"
            time.sleep(0.05)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for number in range(records):
            connection.request("POST", "/", b'{"n":%d}\n' % number, {"Content-Type": "application/x-ndjson"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
    finally:
        # strace hands nothing on: its only child is asked to end.
        children = pathlib.Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
        for number in children:
            subprocess.run(["kill", f"-{signal.SIGTERM.value}", number], check=False)
        child.wait(60)
    return trace.read_text(errors="replace").splitlines()


def calls(lines):
    """(begin, end, name, arguments, result) of every call that ended, in the order of their ends."""
    open_calls, found = {}, []
    for line in lines:
        if match := WHOLE.match(line):
            _, begin, name, arguments, result, took = match.groups()
            found.append((float(begin), float(begin) + float(took), name, arguments, int(result)))
        elif match := BEGUN.match(line):
            thread, begin, name, arguments = match.groups()
            open_calls[thread, name] = float(begin), arguments
        elif match := ENDED.match(line):
            thread, _, name, rest, result, took = match.groups()
            begin, arguments = open_calls.pop((thread, name))
            found.append((begin, begin + float(took), name, arguments + rest, int(result)))
    return sorted(found, key=lambda call: call[1])


def check(found):
    """Answers, those of them without a sync before, and the times from the end of the sync to the answer."""
    answers, mistakes, distances, since = 0, 0, [], -1.0
    segments = [call for call in found if (path := PATH.match(call[3])) and "/buffer/" in path[1] and path[1].endswith(".seg")]
    for begin, end, name, arguments, _ in found:
        if '"HTTP/1.1 200' not in arguments:
            continue
        answers += 1
        written = [call for call in segments if "write" in call[2] and call[4] > 0 and since < call[0] and call[1] <= begin]
        synced = [call for call in segments if call[2] in ("fdatasync", "fsync") and call[4] == 0 and call[1] <= begin
                  and any(call[0] >= write[1] and PATH.match(call[3])[1] == PATH.match(write[3])[1] for write in written)]
        if synced:
            distances.append(begin - synced[0][1])
        else:
            mistakes += 1
        since = end
    return answers, mistakes, distances


def main(program, records):
    with tempfile.TemporaryDirectory() as made:
        found = calls(record(program, records, pathlib.Path(made)))
    answers, mistakes, distances = check(found)
    without = check([call for call in found if "sync" not in call[2]])
    late = check(sorted(((b + 60, e + 60, *rest) if "sync" in rest[0] else (b, e, *rest) for b, e, *rest in found), key=lambda call: call[1]))
    print(f"{answers} answers 200 of {records} records, {mistakes} of them without a segment written and synced before")
    print(f"calls seen: " + ", ".join(f"{name} {sum(call[2] == name for call in found)}" for name in CALLS.split(",")))
    if distances:
        distances.sort()
        print(f"from the end of the sync to the answer: {distances[len(distances) // 2] * 1e6:.0f} us in the median, {distances[0] * 1e6:.0f} us at least")
    print(f"the check without sync calls finds {without[1]} mistakes, with late ones {late[1]}")
    if answers != records or mistakes or without[1] != records or late[1] != records:
        print("FAILED")
        return 1
    print("ok")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
