"""Samples anonymous memory of `hushlog run`, idle and saturated with a dead sink. See memory.sh.

    memory.py PROGRAM MINUTES CSV SVG

Two proxies run side by side, one that keeps records in memory and one with a folder. Their sink takes
requests and never answers. Senders offer bodies of 1 MB and single events without a pause.
"""
import http.client
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

EVERY = 5
IDLE_SECONDS = 30
IDLE_MIB, FULL_MIB = 24, 64
LARGE, SINGLE = 8, 32
LINE = b'{"ts":"2026-03-01T12:00:00Z","level":"info","step":%d,"mail":"user@example.com","msg":"' + b"epoch done " * 14 + b'"}\n'


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def dead_sink():
    """Reads what comes and never answers."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def read(stream):
        with stream:
            while stream.recv(1 << 16):
                pass

    def accept():
        while True:
            threading.Thread(target=read, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


class Proxy:
    def __init__(self, program, name, folder, sink):
        self.name, self.port = name, free_port()
        self.counts, self.answers = threading.Lock(), {}
        config = folder / f"{name}.yaml"
        buffer = f"buffer: {{ dir: {folder}/buffer, max_bytes: 256MiB }}" if name == "disk" else ""
        config.write_text(f"""
region: eu-west-1
sources: {{ app: {{ type: http, listen: "127.0.0.1:{self.port}" }} }}
routes: [{{ to: [out] }}]
sinks: {{ out: {{ type: http, region: eu-west-1, timeout: 5s, url: "http://127.0.0.1:{sink}/" }} }}
{buffer}
""")
        self.child = subprocess.Popen([program, "run", "-c", config, "--drain-ms", "100"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while socket.socket().connect_ex(("127.0.0.1", self.port)) != 0:
            assert self.child.poll() is None, "the program ended"
            time.sleep(0.02)

    def anonymous(self):
        """MiB of memory that is no page of a file."""
        assert self.child.poll() is None, "the program ended"
        for line in pathlib.Path(f"/proc/{self.child.pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) / 1024
        raise AssertionError("no RssAnon")

    def saturate(self):
        for body in [LARGE * ["large"], SINGLE * ["single"]]:
            for size in body:
                threading.Thread(target=self.send, args=(size,), daemon=True).start()

    def send(self, size):
        number = 4_000 if size == "large" else 1
        body = b"".join(LINE % at for at in range(number))
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            try:
                while True:
                    connection.request("POST", "/", body, {"Content-Type": "application/x-ndjson"})
                    answer = connection.getresponse()
                    answer.read()
                    self.count(answer.status)
                    if answer.status != 200:
                        time.sleep(0.1)
            except (OSError, http.client.HTTPException):
                self.count("none")
                time.sleep(0.1)
            finally:
                connection.close()

    def count(self, answer):
        with self.counts:
            self.answers[answer] = self.answers.get(answer, 0) + 1


def main(program, minutes, table, graph):
    with tempfile.TemporaryDirectory() as made:
        sink = dead_sink()
        proxies = [Proxy(program, name, pathlib.Path(made), sink) for name in ("memory", "disk")]
        try:
            verdict = measure(proxies, minutes, table, graph)
        finally:
            for proxy in proxies:
                proxy.child.kill()
                proxy.child.wait()
    return verdict


def measure(proxies, minutes, table, graph):
    idle = {proxy.name: 0.0 for proxy in proxies}
    for _ in range(IDLE_SECONDS):
        time.sleep(1)
        for proxy in proxies:
            idle[proxy.name] = max(idle[proxy.name], proxy.anonymous())
    for proxy in proxies:
        proxy.saturate()
    start, samples = time.time(), []
    while time.time() - start < minutes * 60:
        time.sleep(EVERY)
        samples.append([time.time() - start] + [proxy.anonymous() for proxy in proxies])
        with open(table, "w") as out:
            out.write("seconds," + ",".join(f"{proxy.name} MiB" for proxy in proxies) + "\n")
            out.writelines(f"{at:.0f}," + ",".join(f"{value:.2f}" for value in values) + "\n" for at, *values in samples)
    failed = False
    for column, proxy in enumerate(proxies, 1):
        values = [sample[column] for sample in samples]
        third = len(values) // 3
        middle, last = (sum(part) / max(len(part), 1) for part in (values[third:2 * third], values[2 * third:]))
        bad = idle[proxy.name] > IDLE_MIB or max(values) > FULL_MIB or last > middle * 1.10
        failed |= bad
        print(f"{proxy.name}: idle {idle[proxy.name]:.1f} MiB (at most {IDLE_MIB}), saturated {max(values):.1f} MiB (at most {FULL_MIB}), "
              f"middle third {middle:.1f}, last third {last:.1f}, {len(values)} samples; answers {dict(proxy.answers)}: {'FAILED' if bad else 'ok'}")
    pathlib.Path(graph).write_text(draw(samples, [proxy.name for proxy in proxies], idle))
    return failed


def draw(samples, names, idle):
    """A graph with one line for each proxy, from 0 to 80 MiB."""
    wide, high, left, top, most = 640, 240, 44, 16, 80
    end = samples[-1][0]
    across = lambda at: left + at / end * (wide - left - 12)
    up = lambda value: top + (1 - min(value, most) / most) * (high - top - 36)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="11" fill="#57606a">',
             f'<title>Anonymous memory while the sink is dead, {end / 60:.0f} minutes</title>',
             f'<rect width="{wide}" height="{high}" fill="#ffffff"/>']
    for value in range(0, most + 1, 16):
        parts.append(f'<line x1="{left}" x2="{wide - 12}" y1="{up(value):.1f}" y2="{up(value):.1f}" stroke="#d8dee4"/>')
        parts.append(f'<text x="{left - 6}" y="{up(value) + 4:.1f}" text-anchor="end">{value}</text>')
    parts.append(f'<line x1="{left}" x2="{wide - 12}" y1="{up(FULL_MIB):.1f}" y2="{up(FULL_MIB):.1f}" stroke="#cf222e" stroke-dasharray="4 3"/>')
    for column, (name, colour) in enumerate(zip(names, ("#0969da", "#1a7f37")), 1):
        points = " ".join(f"{across(at):.1f},{up(value):.1f}" for at, value in [(0, idle[name])] + [(s[0], s[column]) for s in samples])
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        parts.append(f'<text x="{left + 8 + (column - 1) * 150}" y="{high - 6}" fill="{colour}">{"records in memory" if name == "memory" else "records on disk"}</text>')
    parts.append(f'<text x="{wide - 12}" y="{high - 6}" text-anchor="end">MiB over {end / 60:.0f} minutes; limit {FULL_MIB}</text>')
    return "\n".join(parts + ["</svg>"]) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]), sys.argv[3], sys.argv[4]))
