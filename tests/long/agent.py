"""Writes /var/log/pods as a kubelet and a container runtime do, while `hushlog run` reads it and is killed.

agent.py PROGRAM FOLDER [ROTATIONS KILLS PODS]. A small API server tells of the pods, so that they are known by their
labels. Counts what is missing, doubled and raw. With `rate`: agent.py PROGRAM FOLDER rate MEGABYTES SECONDS PODS.
"""

import collections
import gzip
import http.server
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

CONFIG = """region: eu-west-1
sources:
  pods:
    type: kubernetes
    path: {folder}/pods
    checkpoints: {folder}/state
    api: {{ node: node-1, url: "http://127.0.0.1:{port}", token: {{ file: {folder}/token }}, wait: 60s }}
sinks: {{ out: {{ type: stdout }} }}
routes: [{{ to: [out] }}]
admin: {{ metrics: "127.0.0.1:{metrics}" }}
"""
WORDS = "step done, loss went down, checkpoint written to the shared folder, the next batch is being loaded"
# Values that must not come out, cut in two by a part of a line.
CANARIES = [("ssn=123-", "45-6789"), ("mail=jane.do", "e@example.com"), ("card 4111 1111 ", "1111 1111")]
RAW = re.compile(r"123-45-6789|45-6789|example\.com|jane\.do|4111 1111|1111 1111")


class Api:
    """Lists and watches; a part of the watches is told 410, or cut."""

    def __init__(self):
        self.objects, self.events, self.version, self.oldest = {}, [], 1, 0
        self.lock = threading.Condition()
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                resource = self.path.split("?")[0].rsplit("/", 1)[1]
                query = dict(pair.split("=", 1) for pair in self.path.split("?", 1)[1].split("&") if pair)
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                try:
                    if "watch" in query:
                        api.watch(self, resource, int(query["resourceVersion"]))
                    else:
                        with api.lock:
                            items = [o for (kind, _), o in api.objects.items() if kind == resource]
                            page = {"metadata": {"resourceVersion": str(api.version)}, "items": items}
                        self.chunk(json.dumps(page))
                        self.wfile.write(b"0\r\n\r\n")
                except OSError:
                    pass
                self.close_connection = True

            def chunk(self, text):
                data = text.encode()
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def watch(self, handler, resource, since):
        until = time.time() + random.uniform(2, 20)
        if since < self.oldest:
            handler.chunk(json.dumps({"type": "ERROR", "object": {"code": 410}}) + "\n")
            handler.wfile.write(b"0\r\n\r\n")
            return
        while time.time() < until:
            with self.lock:
                self.lock.wait_for(lambda: self.version > since, timeout=1)
                found = [line for version, kind, line in self.events if version > since and kind == resource]
                since = self.version
            for line in found:
                handler.chunk(line + "\n")
            handler.chunk(json.dumps({"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": str(since)}}}) + "\n")

    def put(self, resource, key, metadata, gone=False):
        with self.lock:
            self.version += 1
            metadata["resourceVersion"] = str(self.version)
            what = "DELETED" if gone else "ADDED"
            if gone:
                self.objects.pop((resource, key))
            else:
                self.objects[resource, key] = {"metadata": metadata}
            self.events.append((self.version, resource, json.dumps({"type": what, "object": {"metadata": metadata}})))
            if len(self.events) > 2000:
                # What is older is forgotten.
                del self.events[:1000]
                self.oldest = self.events[0][0]
            self.lock.notify_all()


class Pod:
    """A pod with one container; its log under the kubelet's and the runtime's names."""

    def __init__(self, node, name):
        self.node, self.name, self.next, self.rotations = node, name, 0, 0
        uid = "%08x-0000-4000-8000-%012x" % (random.getrandbits(32), random.getrandbits(48))
        self.metadata = {"name": name, "namespace": "ml", "uid": uid, "labels": {"app": name}}
        node.api.put("pods", name, self.metadata)
        self.folder = os.path.join(node.folder, "pods", "ml_%s_%s" % (name, uid))
        self.log = os.path.join(self.folder, "main", "0.log")
        os.makedirs(os.path.dirname(self.log))
        self.file = open(self.log, "ab", buffering=0)
        self.link = os.path.join(node.folder, "containers", "%s_ml_main-%s.log" % (name, uid.replace("-", "")))
        os.symlink(self.log, self.link)

    def line(self, tag, text, stream="stdout"):
        self.file.write(("%s %s %s %s\n" % (time.strftime("%Y-%m-%dT%H:%M:%S.000000000Z", time.gmtime()), stream, tag, text)).encode())

    def write(self, count):
        lines = []
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000000000Z", time.gmtime())
        for _ in range(count):
            lines.append("%s stdout F pod=%s n=%d. %s\n" % (now, self.name, self.next, WORDS))
            self.next += 1
        self.file.write("".join(lines).encode())

    def begin_split(self):
        """The first part of a line; others may write to the other stream in between."""
        first, self.rest = random.choice(CANARIES)
        self.line("P", "pod=%s n=%d. %s %s" % (self.name, self.next, "x" * random.randrange(4000), first))
        self.next += 1
        if random.random() < 0.5:
            self.line("F", "pod=%s n=%d. %s" % (self.name, self.next, WORDS), "stderr")
            self.next += 1

    def end_split(self):
        self.line("F", self.rest + " and the rest")

    def rotate(self):
        """As the kubelet does it: older ones are compressed, the newest is renamed, the runtime opens a new one."""
        folder = os.path.dirname(self.log)
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            if name.startswith("0.log.") and not name.endswith((".gz", ".tmp")):
                with open(path, "rb") as plain, gzip.open(path + ".tmp", "wb", compresslevel=1) as packed:
                    shutil.copyfileobj(plain, packed)
                os.rename(path + ".tmp", path + ".gz")
                os.unlink(path)
        packed = sorted(name for name in os.listdir(folder) if name.endswith(".gz"))
        for name in packed[:-3]:
            os.unlink(os.path.join(folder, name))
        os.rename(self.log, "%s.%s" % (self.log, time.strftime("%Y%m%d-", time.gmtime()) + "%06d" % self.rotations))
        self.rotations += 1
        self.file.close()
        self.file = open(self.log, "ab", buffering=0)

    def delete(self):
        self.file.close()
        self.node.api.put("pods", self.name, self.metadata, gone=True)
        os.unlink(self.link)
        shutil.rmtree(self.folder)


class Node:
    def __init__(self, program, folder):
        self.program, self.folder, self.api, self.process = program, folder, Api(), None
        for name in ("pods", "containers", "state"):
            os.makedirs(os.path.join(folder, name))
        open(os.path.join(folder, "token"), "w").write("synthetic")
        # Below the ports that the system gives to connections.
        self.metrics = 12000 + os.getpid() % 8000
        text = CONFIG.format(folder=folder, port=self.api.server.server_address[1], metrics=self.metrics)
        open(os.path.join(folder, "hushlog.yaml"), "w").write(text)
        self.api.put("namespaces", "ml", {"name": "ml"})

    def start(self, out=None):
        out = out or open(os.path.join(self.folder, "out"), "ab")
        err = open(os.path.join(self.folder, "err"), "ab")
        command = [self.program, "run", "-c", os.path.join(self.folder, "hushlog.yaml")]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        time.sleep(0.1)
        assert self.process.poll() is None, "the program ended"

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def lost(self):
        import urllib.request
        page = urllib.request.urlopen("http://127.0.0.1:%d/metrics" % self.metrics, timeout=10).read().decode()
        return sum(float(line.split()[-1]) for line in page.splitlines() if line.startswith("hushlog_source_lost_bytes_total"))


def sequence(node, rotations, kills, pods):
    node.start()
    wait_for(lambda: os.path.exists(os.path.join(node.folder, "state", "pods.json")))
    wrote, ended = {}, collections.deque()
    lasting = [Pod(node, "lasting-%d" % n) for n in range(25)]
    short = []
    kill_at = {rotations * (n + 1) // (kills + 1) for n in range(kills)}
    started = 0
    for turn in range(rotations):
        while started * rotations < (turn + 1) * pods:
            pod = Pod(node, "short-%d" % started)
            pod.write(random.randrange(1, 60))
            short.append(pod)
            started += 1
        for pod in lasting:
            pod.write(random.randrange(1, 40))
        one = lasting[turn % len(lasting)]
        one.begin_split()
        if turn in kill_at:
            # Half of them with the agent away while the file is rotated, half while the line is open.
            away = random.random() < 0.5
            time.sleep(random.uniform(0, 0.4))
            node.kill()
            if not away:
                node.start()
            one.rotate()
            one.end_split()
            if away:
                node.start()
        else:
            time.sleep(random.uniform(0, 0.05))
            one.rotate()
            one.end_split()
        # Each pod is rotated every five seconds; the kubelet looks every ten.
        time.sleep(random.uniform(0.15, 0.25))
        while short:
            pod = short.pop()
            pod.write(random.randrange(1, 60))
            ended.append((time.time(), pod))
        # The kubelet takes the folder away some seconds after the end.
        while ended and ended[0][0] < time.time() - 8:
            _, pod = ended.popleft()
            wrote[pod.name] = pod.next
            pod.delete()
    for pod in lasting + [pod for _, pod in ended]:
        wrote[pod.name] = pod.next
    total = sum(wrote.values())
    seen = collections.Counter()
    pattern = re.compile(r"pod=([a-z0-9-]+) n=(\d+)\.")

    def count():
        seen.clear()
        with open(os.path.join(node.folder, "out"), errors="replace") as out:
            for line in out:
                for name, number in pattern.findall(line):
                    seen[name, int(number)] += 1
        return len(seen) >= total

    complete = wait_for(count, 120)
    lost = node.lost()
    node.process.terminate()
    node.process.wait()
    raw = unlabelled = apart = 0
    with open(os.path.join(node.folder, "out"), errors="replace") as out:
        for line in out:
            raw += RAW.search(line) is not None
            unlabelled += '"label.app"' not in line
            apart += "and the rest" in line and "pod=" not in line
    missing = [(name, n) for name, count in wrote.items() for n in range(count) if (name, n) not in seen]
    print("%d rotations, %d kills, %d pods started and ended: %d records, %d missing, %d doubled, %d lines with raw canaries, "
          "%d split lines apart, %d without the label of their pod, %d bytes counted as lost"
          % (rotations, kills, started, total, len(missing), sum(seen.values()) - len(seen), raw, apart, unlabelled, lost))
    if missing:
        print("missing:", missing[:10])
    sys.exit(0 if complete and not missing and not raw and not apart else 1)


def rate(node, megabytes, seconds, pods):
    writers = [Pod(node, "load-%d" % n) for n in range(pods)]
    block = b"".join(b"2026-03-01T10:15:00.123456789Z stdout F {\"n\":%d,\"level\":\"info\",\"msg\":\"%s\",\"worker\":\"gpu-17\"}\n" % (n, WORDS.encode())
                     for n in range(1500))
    node.start(subprocess.DEVNULL)
    time.sleep(3)
    ticks = os.sysconf("SC_CLK_TCK")

    def used():
        fields = open("/proc/%d/stat" % node.process.pid).read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / ticks

    def memory(name):
        line = next(l for l in open("/proc/%d/status" % node.process.pid) if l.startswith(name))
        return int(line.split()[1]) / 1024

    def metric(name):
        import urllib.request
        page = urllib.request.urlopen("http://127.0.0.1:%d/metrics" % node.metrics, timeout=10).read().decode()
        return sum(float(line.split()[-1]) for line in page.splitlines() if line.startswith(name))

    begun, before, wrote, turn = time.time(), used(), 0, 0
    scanned = metric("hushlog_source_bytes_total")
    while (passed := time.time() - begun) < seconds:
        if wrote > passed * megabytes * 1e6:
            time.sleep(0.002)
            continue
        pod = writers[turn % len(writers)]
        turn += 1
        wrote += pod.file.write(block)
        if pod.file.tell() > 10 << 20:
            pod.rotate()
    passed, cpu = time.time() - begun, used() - before
    behind = wrote - (metric("hushlog_source_bytes_total") - scanned)
    print("%d pods, %.1f MB/s written for %.0f s: %.2f of a core, %.1f MiB resident (%.1f anonymous, most %.1f), %.1f MB behind at the end, load %s"
          % (pods, wrote / passed / 1e6, passed, cpu / passed, memory("VmRSS"), memory("RssAnon"), memory("VmHWM"), behind / 1e6,
             open("/proc/loadavg").read().split()[0]))
    node.process.terminate()
    node.process.wait()


def wait_for(holds, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        if holds():
            return True
        time.sleep(0.2)
    return False


if __name__ == "__main__":
    random.seed(20261122)
    node = Node(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
    numbers = [int(text) for text in sys.argv[3:] if text != "rate"]
    try:
        rate(node, *numbers) if "rate" in sys.argv else sequence(node, *(numbers or [500, 20, 2000]))
    finally:
        if node.process.poll() is None:
            node.kill()
