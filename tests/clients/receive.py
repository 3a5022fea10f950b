"""A receiver of OpenTelemetry logs that is built on its own stubs: prints its port, then each request as a line of JSON.

The first request is answered with 503, so that it comes again.
"""
import gzip
import json
from http.server import BaseHTTPRequestHandler, HTTPServer

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    refuse = 1

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers["content-encoding"] == "gzip":
            body = gzip.decompress(body)
        status = 200
        if self.path != "/v1/logs" or self.headers["content-type"] != "application/x-protobuf":
            status = 400
        elif Receiver.refuse:
            Receiver.refuse -= 1
            status = 503
        else:
            request = ExportLogsServiceRequest.FromString(body)
            print(json.dumps(MessageToDict(request), separators=(",", ":")), flush=True)
        answer = ExportLogsServiceResponse().SerializeToString()
        self.send_response(status)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
