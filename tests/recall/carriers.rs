//! The places a value can stand in: log formats, payloads and command lines.
//!
//! A carrier writes one line around a value the way a real program would
//! (escaped, quoted, percent-encoded) and keeps the prefix, the written value
//! and the suffix apart, so that the test knows the place. A value that cannot
//! stand in a carrier gives `None`.
//! Formats: RFC 8259, RFC 3986, RFC 5424, CRI and Docker json-file logs, logfmt,
//! YAML 1.2, POSIX shell quoting, PostgreSQL messages.

use super::checks::{base64, base64url};
use super::keys::Style;
use super::rng::Rng;
use super::values::Value;
use super::writers::{
    csv, header, html, is_json_number, json, json_twice, json_unicode, look_alikes, no_brackets, no_gaps, one_line, percent, percent_plus,
    percent_twice, quoted_printable, raw, repr, sql,
};

/// How the written value is turned back into plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decoding {
    Plain,
    Backslash,
    BackslashTwice,
    Percent,
    Html,
    Quoted,
    PercentTwice,
    LookAlikes,
    Base64,
    Hex,
    Gzip,
}

/// One line with a value at a known place.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) prefix: String,
    pub(crate) middle: String,
    pub(crate) suffix: String,
    pub(crate) decoding: Decoding,
    /// How what the carrier holds is turned back, once it is plain.
    pub(crate) inner: Decoding,
    /// Secret parts of the value, plain.
    pub(crate) secrets: Vec<String>,
    /// Fixed parts of the value, plain, one string.
    pub(crate) fixed: String,
}

impl Line {
    /// The bytes to scrub.
    pub(crate) fn text(&self) -> String {
        format!("{}{}{}", self.prefix, self.middle, self.suffix)
    }
}

/// Writes characters of a value; `None` where the value cannot stand.
type Write = fn(&mut Rng, &str) -> Option<String>;

/// One carrier: text with `{k}` for the key and `{v}` for the value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Carrier {
    pub(crate) name: &'static str,
    /// Spelling of the key; `None` for a carrier without a key slot.
    pub(crate) key: Option<Style>,
    template: &'static str,
    write: Write,
    decoding: Decoding,
}

impl Carrier {
    /// Puts a value, under a written key, into this carrier.
    pub(crate) fn line(&self, rng: &mut Rng, key: &str, value: &Value) -> Option<Line> {
        let (prefix, suffix) = self.template.split_once("{v}")?;
        let prefix = prefix.replace("{k}", key);
        let whole = value.text();
        // Quoting is decided by the whole value, then applied part by part.
        let (open, close) = self.quotes(rng, &whole)?;
        let mut middle = String::new();
        for part in &value.parts {
            middle.push_str(&(self.write)(rng, &part.text)?);
        }
        if let Some(encode) = packing(self.name) {
            let text = match self.key {
                Some(_) if json(rng, &whole)? != whole => return None,
                Some(_) => format!("{{\"level\":\"info\",\"{key}\":\"{}\",\"n\":3}}", json(rng, &whole)?),
                None => format!("stored {whole} in table 4"),
            };
            middle = encode(text.as_bytes());
        }
        if self.name == "json_unicode" && !middle.contains("\\u") {
            return None;
        }
        if self.name == "json_number" && !is_json_number(&whole) {
            return None;
        }
        let pick = |secret: bool| value.parts.iter().filter(move |p| p.secret == secret);
        Some(Line {
            prefix: prefix + open,
            middle,
            suffix: format!("{close}{suffix}"),
            decoding: self.decoding,
            inner: Decoding::Plain,
            secrets: pick(true).map(|p| p.text.clone()).collect(),
            // Of an encoded record the key stays too.
            fixed: pick(false).map(|p| p.text.as_str()).chain(packing(self.name).map(|_| key)).collect(),
        })
    }

    /// Quotes that this value needs here.
    fn quotes(&self, rng: &mut Rng, whole: &str) -> Option<(&'static str, &'static str)> {
        let all = |extra: &str| whole.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(c));
        let bare = match self.name {
            "logfmt" => !whole.chars().any(|c| " =\"\\\n".contains(c)),
            "csv" | "csv_column" => !whole.chars().any(|c| ",\"\n".contains(c)),
            "env_export" | "cli_flag" | "cli_flag_equals" => all("_@%+=:,./-"),
            "yaml" => all(" _./+=@,;()-") && whole.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/'),
            _ => return Some(("", "")),
        };
        let shell = self.name.starts_with("env") || self.name.starts_with("cli");
        match (bare, shell) {
            (true, _) if self.name == "yaml" && rng.one_in(3) => Some(("\"", "\"")),
            (true, _) => Some(("", "")),
            (false, true) if whole.contains('\'') => None,
            (false, true) => Some(("'", "'")),
            (false, false) => Some(("\"", "\"")),
        }
    }
}

/// How a carrier encodes a whole text around the value.
fn packing(name: &str) -> Option<fn(&[u8]) -> String> {
    match name {
        "base64" | "base64_json" => Some(base64),
        "base64url_json" => Some(base64url),
        "hex" | "hex_json" => Some(|text| text.iter().map(|byte| format!("{byte:02x}")).collect()),
        _ => None,
    }
}

const fn free(name: &'static str, template: &'static str, write: Write, decoding: Decoding) -> Carrier {
    Carrier { name, key: None, template, write, decoding }
}

const fn slot(name: &'static str, style: Style, template: &'static str, write: Write, decoding: Decoding) -> Carrier {
    Carrier { name, key: Some(style), template, write, decoding }
}

use Decoding::{Backslash, BackslashTwice, Base64, Hex, Html, LookAlikes, Percent, PercentTwice, Plain, Quoted};

/// Every carrier; the free ones have no place for a key.
pub(crate) const CARRIERS: &[Carrier] = &[
    free("sentence", "job 17 finished with {v} in the second stage", raw, Plain),
    free("end_of_line", "worker 3 finished reading {v}", raw, Plain),
    free("start_of_line", "{v} was written to the queue", raw, Plain),
    free("parentheses", "entry ({v}) was skipped", raw, Plain),
    free("brackets", "worker skipped [{v}] and went on", no_brackets, Plain),
    free("after_timestamp", "2026-03-01T10:15:00.123Z INFO {v} was read", raw, Plain),
    free("traceback", "ValueError: invalid literal for int() with base 10: '{v}'", repr, Backslash),
    free("json_array", "{\"level\":\"info\",\"items\":[\"a\",\"{v}\",\"b\"]}", json, Backslash),
    free("json_text_newline", "{\"level\":\"info\",\"msg\":\"first line\\n{v}\\nlast line\"}", json, Backslash),
    free("csv", "17,ok,{v},0.52,done", csv, Plain),
    free("sql_insert", "INSERT INTO t (id, c1) VALUES (7, '{v}')", sql, Plain),
    free("syslog", "<34>1 2026-03-01T10:15:00.003Z host1 app 812 ID47 - stored {v} in table 4", one_line, Plain),
    free("cri", "2026-01-01T00:00:00.000000000Z stdout F stored {v} in table 4", one_line, Plain),
    free(
        "docker_json",
        "{\"log\":\"stored {v} in table 4\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-01T00:00:00.000000000Z\"}",
        json,
        Backslash,
    ),
    free(
        "hl7_note",
        "MSH|^~\\&|APP|SITE|||20260101||ORU^R01|7|P|2.5.1\rNTE|1||stored {v} in table 4\rOBX|1|TX|11^note||read|||||F",
        no_gaps,
        Plain,
    ),
    free("html", "<p>stored {v} in table 4</p>", html, Html),
    free("quoted_printable", "stored {v} in table 4", quoted_printable, Quoted),
    free("base64", "read {v} from the queue", raw, Base64),
    free("hex", "read {v} from the queue", raw, Hex),
    free("look_alikes", "job 17 finished with {v} in the second stage", look_alikes, LookAlikes),
    slot("base64_json", Style::Any, "{\"data\":\"{v}\",\"n\":3}", raw, Base64),
    slot("base64url_json", Style::Any, "GET /v1/items?page={v}&n=3 HTTP/1.1", raw, Base64),
    slot("hex_json", Style::Any, "read 0x{v} from the queue", raw, Hex),
    slot("url_query_twice", Style::Word, "fetched /v1/items?page=2&{k}={v}&sort=asc in 3 ms", percent_twice, PercentTwice),
    slot("json_string", Style::Any, "{\"level\":\"info\",\"{k}\":\"{v}\",\"n\":3}", json, Backslash),
    slot("json_number", Style::Any, "{\"level\":\"info\",\"{k}\":{v},\"n\":3}", raw, Plain),
    slot("json_nested", Style::Any, "{\"a\":{\"b\":{\"{k}\": \"{v}\", \"n\": 3}},\"ok\":true}", json, Backslash),
    slot(
        "json_in_json",
        Style::Any,
        "{\"level\":\"info\",\"msg\":\"{\\\"n\\\":3,\\\"{k}\\\":\\\"{v}\\\",\\\"ok\\\":true}\"}",
        json_twice,
        BackslashTwice,
    ),
    slot("json_unicode", Style::Any, "{\"level\":\"info\",\"{k}\":\"{v}\",\"n\":3}", json_unicode, Backslash),
    slot("cri_json", Style::Any, "2026-01-01T00:00:00.000000000Z stderr F {\"n\":3,\"{k}\":\"{v}\"}", json, Backslash),
    slot(
        "docker_nested_json",
        Style::Any,
        "{\"log\":\"{\\\"{k}\\\":\\\"{v}\\\",\\\"n\\\":3}\\n\",\"stream\":\"stdout\"}",
        json_twice,
        BackslashTwice,
    ),
    slot("logfmt", Style::Dotted, "level=info {k}={v} n=3", json, Backslash),
    slot("logfmt_quoted", Style::Dotted, "level=info {k}=\"{v}\" n=3", json, Backslash),
    slot("csv_column", Style::Any, "seq,{k},email\n7,{v},-\n8,,-", csv, Plain),
    slot("tsv_column", Style::Any, "seq\t{k}\temail\n7\t{v}\t-", no_gaps, Plain),
    slot("data_frame", Style::Any, "frame:\n   seq  {k}  state\n0    7  {v}  open", no_gaps, Plain),
    slot("markdown", Style::Any, "report\n| seq | {k} |\n|---|---|\n| 7 | {v} |", no_gaps, Plain),
    slot("colon", Style::Any, "{k}: {v}\nstate: open", one_line, Plain),
    slot("http_header", Style::Header, "GET /v1/items HTTP/1.1\r\n{k}: {v}\r\nAccept: */*", header, Plain),
    slot("url_query", Style::Word, "fetched https://api.example.com/v1/items?{k}={v} in 3 ms", percent, Percent),
    slot("url_query_neighbours", Style::Word, "fetched /v1/items?page=2&{k}={v}&sort=asc in 3 ms", percent_plus, Percent),
    slot(
        "access_log",
        Style::Word,
        "10.0.0.5 - - [01/Mar/2026:10:15:00 +0000] \"GET /v1/items?{k}={v} HTTP/1.1\" 200 512 \"-\" \"curl\"",
        percent,
        Percent,
    ),
    slot("python_dict", Style::Any, "{'level': 'info', '{k}': '{v}', 'n': 3}", repr, Backslash),
    slot("sql_detail", Style::Snake, "DETAIL:  Key ({k})=({v}) already exists.", one_line, Plain),
    slot("syslog_pair", Style::Snake, "Mar  1 10:15:00 host1 app[812]: stored {k}=\"{v}\" n=3", json, Backslash),
    slot("env_export", Style::Upper, "export {k}={v}", one_line, Plain),
    slot("yaml", Style::Dotted, "state: open\n{k}: {v}\nn: 3", json, Backslash),
    slot("cli_flag", Style::Flag, "run: app --{k} {v} --verbose", one_line, Plain),
    slot("cli_flag_equals", Style::Flag, "run: app --{k}={v} --verbose", one_line, Plain),
    slot("bracket_pair", Style::Any, "stored [{k}={v}] in table 4", no_brackets, Plain),
];
