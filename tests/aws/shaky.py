"""A bad way to a store: throttles, cuts answers in the middle, lists few keys at once.

Usage: shaky.py ENDPOINT PORT [KEYS]     (7 keys a page). Every third request is answered 503 SlowDown, and of the others every second answer with
an object ends after half of its bytes. Signatures are passed on as they are: moto takes any.
"""

import http.client
import http.server
import itertools
import sys
import threading
import urllib.parse

upstream = urllib.parse.urlparse(sys.argv[1])
lock, requests, objects = threading.Lock(), itertools.count(), itertools.count()
PAGE = sys.argv[3] if len(sys.argv) > 3 else "7"
SLOW = b'<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>'


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with lock:
            number = next(requests)
        if number % 3 == 2:
            return self.answer(503, [("Content-Type", "application/xml")], SLOW)
        path = self.path + ("&max-keys=" + PAGE if "list-type=2" in self.path else "")
        connection = http.client.HTTPConnection(upstream.hostname, upstream.port, timeout=60)
        connection.putrequest(self.command, path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            connection.putheader(name, value)
        connection.endheaders(body or None)
        found = connection.getresponse()
        content = found.read()
        length = found.getheader("Content-Length") if self.command == "HEAD" else None
        left_out = ("content-length", "transfer-encoding", "connection", "server", "date")
        headers = [(name, value) for name, value in found.getheaders() if name.lower() not in left_out]
        cut = False
        if self.command == "GET" and "?" not in self.path.replace("?x-id=GetObject", "") and len(content) > 1:
            with lock:
                cut = next(objects) % 2 == 0
        self.answer(found.status, headers, content, cut, length)

    def answer(self, status, headers, content, cut=False, length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", length or str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[: len(content) // 2] if cut else content)
        if cut:
            self.close_connection = True

    def log_message(self, *_):
        pass

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


Server(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
