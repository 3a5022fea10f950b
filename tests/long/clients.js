// Clients of Node send to the sources `splunk_hec` and `datadog`: clients.js HEC_PORT DATADOG_PORT SECRET COUNT
const [hec, datadog, secret, count] = [process.argv[2], process.argv[3], process.argv[4], Number(process.argv[5])];
const winston = require("winston");
const SplunkLogger = require("splunk-logging").Logger;
const SplunkTransport = require("winston-splunk-httplogger");
const DatadogTransport = require("datadog-winston");

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
