"""A receiver of OpenTelemetry logs over gRPC that is built on its own stubs: prints its port, then each request as JSON.

Usage: receive_grpc.py [FOLDER]: with a folder over TLS with server.pem and server.key in it, for clients of ca.pem.
The first calls are answered with UNAVAILABLE, with RESOURCE_EXHAUSTED and a RetryInfo, and, if there are more than one
log, with RESOURCE_EXHAUSTED alone, as a receiver does to which a message is too long. One call is taken in part.
"""
import json
import sys
import threading
from concurrent import futures
from pathlib import Path

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.json_format import MessageToDict
from google.rpc import error_details_pb2, status_pb2
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2, logs_service_pb2_grpc


class Logs(logs_service_pb2_grpc.LogsServiceServicer):
    calls = 0
    lock = threading.Lock()

    def Export(self, request, context):
        with self.lock:
            Logs.calls += 1
            call = Logs.calls
        metadata = dict(context.invocation_metadata())
        if context.time_remaining() is None or metadata.get("authorization") != "Bearer 5f1c0000-0000-4000-8000-00000000abcd":
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "no deadline or no token")
        logs = sum(len(scope.log_records) for resource in request.resource_logs for scope in resource.scope_logs)
        if call == 1:
            context.abort(grpc.StatusCode.UNAVAILABLE, "later")
        if call == 2:
            details = Any()
            info = error_details_pb2.RetryInfo()
            info.retry_delay.FromMilliseconds(300)
            details.Pack(info)
            status = status_pb2.Status(code=8, message="wait", details=[details])
            context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "wait")
        if call == 3 and logs > 1:
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too long")
        with self.lock:
            print(json.dumps(MessageToDict(request), separators=(",", ":")), flush=True)
        answer = logs_service_pb2.ExportLogsServiceResponse()
        if call == 5:
            answer.partial_success.rejected_log_records = 1
            answer.partial_success.error_message = "one was not taken"
        return answer


server = grpc.server(futures.ThreadPoolExecutor(4))
logs_service_pb2_grpc.add_LogsServiceServicer_to_server(Logs(), server)
if len(sys.argv) > 1:
    folder = Path(sys.argv[1])
    pair = ((folder / "server.key").read_bytes(), (folder / "server.pem").read_bytes())
    credentials = grpc.ssl_server_credentials([pair], (folder / "ca.pem").read_bytes(), True)
    port = server.add_secure_port("localhost:0", credentials)
else:
    port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
server.wait_for_termination()
