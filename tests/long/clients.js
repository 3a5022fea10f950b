// Clients of Node send to the sources `splunk_hec`, `datadog` and `otlp`: clients.js HEC_PORT DATADOG_PORT OTLP_PORT SECRET COUNT
const [hec, datadog, otlp, secret] = process.argv.slice(2);
const count = Number(process.argv[6]);
const winston = require("winston");
const SplunkLogger = require("splunk-logging").Logger;
const SplunkTransport = require("winston-splunk-httplogger");
const DatadogTransport = require("datadog-winston");
const { LoggerProvider, BatchLogRecordProcessor } = require("@opentelemetry/sdk-logs");
const { OTLPLogExporter } = require("@opentelemetry/exporter-logs-otlp-http");

const text = (client, number) => `${client} n=${number} mail=user@example.com ssn=123-45-6789`;
const url = `http://127.0.0.1:${hec}`;

const splunk = new SplunkLogger({ token: secret, url, maxBatchCount: 10, batchInterval: 500 });
splunk.error = (error, context) => { console.error("splunk-logging", error.message, context); process.exitCode = 1; };
for (let number = 0; number < count; number++) {
  splunk.send({ message: { text: text("splunk-logging", number) }, metadata: { source: "app", host: "user@example.com" }, severity: "info" });
}

const overSplunk = winston.createLogger({ transports: [new SplunkTransport({ splunk: { token: secret, url, index: "main" }, maxBatchCount: 7, batchInterval: 500 })] });
const toDatadog = new DatadogTransport({ apiKey: secret, service: "web", ddsource: "nodejs", ddtags: "email:user@example.com" });
toDatadog.api = `http://127.0.0.1:${datadog}/v1/input/${secret}`;
const overDatadog = winston.createLogger({ transports: [toDatadog] });
for (let number = 0; number < count; number++) {
  overSplunk.info(text("winston-splunk-httplogger", number));
  overDatadog.info({ message: text("datadog-winston", number), number });
}

const exporter = new OTLPLogExporter({ url: `http://127.0.0.1:${otlp}/v1/logs`, headers: { authorization: `Bearer ${secret}` } });
const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter, maxExportBatchSize: 50, scheduledDelayMillis: 200 })] });
const logger = provider.getLogger("user@example.com");
for (let number = 0; number < count; number++) {
  logger.emit({ severityText: "INFO", body: text("opentelemetry", number), attributes: { email: "user@example.com", bytes: Buffer.from("user@example.com") } });
}
provider.forceFlush().catch((error) => { console.error("opentelemetry", error.message); process.exitCode = 1; });
