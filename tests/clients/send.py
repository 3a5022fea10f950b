"""Sends records with a client that others wrote: send.py CLIENT PORT SECRET COUNT

Each record holds its number, an address and a social security number, and lines of its own.
"""
import logging
import sys

CLIENT, PORT, SECRET, COUNT = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])


def text(number):
    return f"n={number} mail=user@example.com\n  ssn=123-45-6789 \"end\" \u00e9"


def log_with(handler, records):
    logger = logging.getLogger("test")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    for record in records:
        logger.info(record)
    return handler


def splunk_handler():
    from splunk_handler import SplunkHandler, force_flush
    log_with(SplunkHandler("127.0.0.1", PORT, SECRET, "main", hostname="host-1", source="app", sourcetype="text", protocol="http",
                           flush_interval=0.2, queue_size=0, verify=False), [text(number) for number in range(COUNT)])
    force_flush()


def splunk_hec_handler():
    from splunk_hec_handler import SplunkHecHandler
    handler = SplunkHecHandler("127.0.0.1", SECRET, port=PORT, proto="http", hostname="host-1", source="app", sourcetype="_json", index="main")
    log_with(handler, [{"message": text(number), "number": number, "time": 1700000000.25,
                        "fields": {"email": "user@example.com", "ok": "yes"}} for number in range(COUNT)])


def datadog(encoding):
    from datadog_api_client import ApiClient, Configuration
    from datadog_api_client.v2.api.logs_api import LogsApi
    from datadog_api_client.v2.model.content_encoding import ContentEncoding
    from datadog_api_client.v2.model.http_log import HTTPLog
    from datadog_api_client.v2.model.http_log_item import HTTPLogItem
    configuration = Configuration()
    configuration.api_key["apiKeyAuth"] = SECRET
    configuration.server_index = 1
    configuration.server_operation_index["v2.submit_log"] = 1
    for variables in (configuration.server_variables, configuration.server_operation_variables.setdefault("v2.submit_log", {})):
        variables.update({"name": f"127.0.0.1:{PORT}", "protocol": "http"})
    more = {} if encoding == "identity" else {"content_encoding": ContentEncoding(encoding)}
    with ApiClient(configuration) as client:
        logs = [HTTPLogItem(ddsource="app", ddtags="env:test,email:user@example.com", hostname="host-1", service="web",
                            message=text(number), **{"number": str(number)}) for number in range(COUNT)]
        print(LogsApi(client).submit_log(HTTPLog(logs), **more))


def otlp(transport):
    from opentelemetry._logs import SeverityNumber
    from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
    from opentelemetry.sdk.resources import Resource
    headers = {"authorization": f"Bearer {SECRET}"}
    if transport == "grpc":
        from grpc import Compression
        from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
        exporter = OTLPLogExporter(endpoint=f"http://127.0.0.1:{PORT}", insecure=True, headers=headers, compression=Compression.Gzip)
    else:
        from opentelemetry.exporter.otlp.proto.http import Compression
        from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
        exporter = OTLPLogExporter(endpoint=f"http://127.0.0.1:{PORT}/v1/logs", headers=headers, compression=Compression.Gzip)
    provider = LoggerProvider(Resource({"service.name": "web", "note": "user@example.com"}))
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter, max_export_batch_size=50))
    logger = logging.getLogger("test")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(LoggingHandler(logger_provider=provider))
    for number in range(COUNT):
        logger.info(text(number), extra={"email": "user@example.com", "deep": {"list": ["user@example.com", 1.5, b"user@example.com"]}})
    if not provider.force_flush():
        sys.exit("not everything was taken")
    provider.shutdown()


def fluent():
    from fluent.sender import FluentSender
    sender = FluentSender("app", host="127.0.0.1", port=PORT, nanosecond_precision=True)
    for number in range(COUNT):
        record = {"message": text(number), "email": "user@example.com", "deep": {"list": ["user@example.com", 1.5, None, True]}}
        if not sender.emit_with_time("web", 1700000000.25, record):
            sys.exit(str(sender.last_error))
    sender.close()


if CLIENT == "fluent":
    fluent()
elif CLIENT.startswith("otlp-"):
    otlp(CLIENT.removeprefix("otlp-"))
elif CLIENT.startswith("datadog-"):
    datadog(CLIENT.removeprefix("datadog-"))
else:
    {"splunk-handler": splunk_handler, "splunk-hec-handler": splunk_hec_handler}[CLIENT]()
