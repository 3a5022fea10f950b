//! The name of every metric, its unit, its labels and what it says.
//!
//! The only place where metrics are named. docs/operations.md, the dashboard and the alerts are
//! compared with this list by a test. Labels are names of the configuration, kinds, and words of
//! the program's own; never anything of a record.

/// How values of a metric move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Only rises.
    Counter,
    /// Rises and falls.
    Gauge,
    /// Counts by size; pages show it with `_bucket`, `_sum` and `_count`.
    Histogram,
}

/// One metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// As pages and queries write it.
    pub name: &'static str,
    /// How its values move.
    pub form: Form,
    /// Unit of the values, as UCUM writes it.
    pub unit: &'static str,
    /// Names of its labels.
    pub labels: &'static [&'static str],
    /// What it says.
    pub help: &'static str,
}

macro_rules! metrics {
    ($($constant:ident = $form:ident $name:literal $unit:literal [$($label:literal),*] $help:literal;)*) => {
        $(
            #[doc = $help]
            pub(super) const $constant: Metric =
                Metric { name: $name, form: Form::$form, unit: $unit, labels: &[$($label),*], help: $help };
        )*

        /// Every metric.
        pub const ALL: &[Metric] = &[$($constant),*];
    };
}

metrics! {
    SOURCE_BYTES = Counter "hushlog_source_bytes_total" "By" ["source"] "Bytes that were scanned, decompressed";
    SOURCE_RECORDS = Counter "hushlog_source_records_total" "{record}" ["source"] "Records that the buffer took";
    SOURCE_FINDINGS = Counter "hushlog_source_findings_total" "{finding}" ["source"] "Findings that were masked";
    SOURCE_WITHHELD = Counter "hushlog_source_withheld_total" "{record}" ["source"] "Records withheld because scanning them failed";
    SOURCE_DROPPED = Counter "hushlog_source_dropped_total" "{record}" ["source"] "Records dropped because the mask of a kind says so";
    SOURCE_REFUSED = Counter "hushlog_source_refused_total" "{batch}" ["source", "reason"] "Batches that were not taken and not acknowledged, and, as `tls`, connections that did not come about";
    SOURCE_AUTH_FAILURES = Counter "hushlog_source_auth_failures_total" "{request}" ["source"] "Requests without valid credentials";
    SOURCE_LOST_BYTES = Counter "hushlog_source_lost_bytes_total" "By" ["source"] "Bytes of files that were gone before they were read";
    SOURCE_UNREAD = Gauge "hushlog_source_unread_files" "{file}" ["source", "reason"] "Files and folders that patterns name and that are not read: unreadable, name (no UTF-8), content (no text)";
    SOURCE_QUARANTINED = Counter "hushlog_source_quarantined_total" "{record}" ["source"] "Records that were set apart because their region was not known in time";
    SOURCE_CONNECTIONS = Gauge "hushlog_source_connections" "{connection}" ["source"] "Connections that are open";
    FINDINGS = Counter "hushlog_findings_total" "{finding}" ["kind", "action"] "Findings by kind and by what replaced them";
    SINK_BYTES = Counter "hushlog_sink_bytes_total" "By" ["sink"] "Bytes of records that the sink took, before compression";
    SINK_RECORDS = Counter "hushlog_sink_records_total" "{record}" ["sink"] "Records that the sink took";
    SINK_RETRIES = Counter "hushlog_sink_retries_total" "{request}" ["sink", "reason"] "Requests that failed and are sent again";
    SINK_DEAD_LETTERS = Counter "hushlog_sink_dead_letters_total" "{record}" ["sink", "reason"] "Records that the sink refused for good";
    SINK_FAILING = Gauge "hushlog_sink_failing_seconds" "s" ["sink"] "Time since the sink took nothing of what was sent; 0 while it works";
    STAGE = Histogram "hushlog_stage_seconds" "s" ["stage"] "Time that a batch takes: scrub, buffer (until there is room), send (until a sink took it)";
    BUFFER_BYTES = Gauge "hushlog_buffer_bytes" "By" [] "Bytes that wait in the buffer";
    BUFFER_MAX_BYTES = Gauge "hushlog_buffer_max_bytes" "By" [] "Bytes that may wait in the buffer";
    BUFFER_OLDEST = Gauge "hushlog_buffer_oldest_seconds" "s" [] "Age of the oldest batch that waits; 0 while none does";
    CONFIG_AGE = Gauge "hushlog_config_age_seconds" "s" [] "Time since the configuration in force was loaded";
    CONFIG_OK = Gauge "hushlog_config_reload_ok" "1" [] "1 while the configuration last read is in force, 0 if it was refused";
    CONFIG_RELOADS = Counter "hushlog_config_reloads_total" "{reload}" ["outcome"] "Times that the configuration was read again: accepted, refused";
    KEY_AGE = Gauge "hushlog_key_age_seconds" "s" ["key"] "Age of a key's file, by identifier";
    AUDIT_SEQUENCE = Gauge "hushlog_audit_sequence" "{line}" [] "Sequence of the audit log's last line";
    AUDIT_HEAD = Gauge "hushlog_audit_head" "1" ["part"] "Hash of the audit log's last line, in eight parts of 32 bits, the first of them `0`";
    AUDIT_FAILURES = Counter "hushlog_audit_failures_total" "{write}" [] "Lines and seals of the audit log that could not be written";
    UPTIME = Gauge "hushlog_uptime_seconds" "s" [] "Time since the program started";
}
