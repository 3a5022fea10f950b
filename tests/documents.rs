//! Documents for the property tests: logs put together from lines and multi-line blocks.
//!
//! Values are synthetic. Whatever has the form of a secret is put together here, so that
//! no file holds one.

use crate::views::{hex, standard, url};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;

/// Cases of a property: `ordinary` in daily runs, `HUSHLOG_LONG` of them (a million if it is no number) in long ones.
pub(crate) fn cases(ordinary: u32) -> ProptestConfig {
    // Ordinary runs repeat the same documents; long ones look for new ones.
    let (cases, rng_seed) = match std::env::var("HUSHLOG_LONG") {
        Ok(number) => (number.parse().unwrap_or(1_000_000), RngSeed::Random),
        Err(_) => (ordinary, RngSeed::Fixed(2026)),
    };
    ProptestConfig { cases, rng_seed, failure_persistence: None, max_shrink_iters: 2_000, ..ProptestConfig::default() }
}

/// A value that is to be found, or looks as if.
pub(crate) fn value() -> BoxedStrategy<String> {
    prop_oneof![
        ("[a-z]{1,8}([._+-][a-z0-9]{1,6})?", "[a-z0-9]{2,8}(\\.[a-z]{2,5}){1,2}").prop_map(|(user, host)| format!("{user}@{host}")),
        "[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}",
        "[1-9][0-9]{0,2}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}",
        select(vec![
            "4111 1111 1111 1111",
            "4111111111111111",
            "5500-0055-5555-5559",
            "378282246310005",
            "3782 822463 10005",
            "DE89 3704 0044 0532 0130 00",
            "GB29NWBK60161331926819",
            "2001:db8::ff00:42:8329",
            "00:1b:44:11:3a:b7",
            "1HGCM82633A004352",
            "1EG4-TE5-MK73",
            "AB1234563",
            "DOE^JANE^Q",
            "203-0-113-9",
            "geo:37.786971,-122.399677",
            "aged 93 years",
            "NY 10001",
            "SW1A 1AA",
            "(01)00844588003288(17)141120(10)7654321D(21)10987654d321",
            "1.2.840.113619.2.55.3.604688119.969.1268071029.320",
            "Dr. Jane Example",
            "1 Example Street",
            "2026-01-02",
        ])
        .prop_map(str::to_owned),
        "[2-9][0-9]{2}[ .-][2-9][0-9]{2}[ .-][0-9]{4}",
        "\\([2-9][0-9]{2}\\) [2-9][0-9]{2}-[0-9]{4}",
        "\\+[1-9][0-9]{7,13}",
        "[A-Z0-9]{16}".prop_map(|tail| format!("AK{}{tail}", "IA")),
        "[A-Za-z0-9]{36}".prop_map(|tail| format!("gh{}{tail}", "p_")),
        ("[A-Za-z0-9_-]{10,30}", "[A-Za-z0-9_-]{10,40}")
            .prop_map(|(body, sign)| format!("e{}JhbGciOiJIUzI1NiJ9.e{}{body}.{sign}", "y", "yJ")),
        "[a-z]{2,8}:[A-Za-z0-9!]{4,12}@db\\.example".prop_map(|rest| format!("postgres://{rest}:5432/app")),
        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}",
        "[A-Za-z0-9+/]{20,60}={0,2}",
        "[0-9]{1,20}",
        "[ -~]{0,24}",
        "\\PC{0,8}",
    ]
    .boxed()
}

fn key() -> BoxedStrategy<String> {
    prop_oneof![
        select(vec![
            "user",
            "username",
            "email",
            "ssn",
            "password",
            "passwd",
            "api_key",
            "token",
            "Authorization",
            "phone",
            "mrn",
            "dob",
            "name",
            "patientName",
            "card",
            "cvv",
            "ip",
            "client_ip",
            "address",
            "zip",
            "account",
            "iban",
            "secret",
            "Set-Cookie",
            "session_id",
            "age",
            "gender",
            "npi",
            "vin",
            "serial",
            "host",
            "level",
            "msg",
            "id",
            "count",
            "ts",
            "first_name",
            "user.email",
            "X-Api-Key",
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z_.-]{1,12}",
    ]
    .boxed()
}

/// One line without its end.
pub(crate) fn line() -> BoxedStrategy<Log> {
    bytes_of_line().prop_map(Log).boxed()
}

/// The text with colour codes before some of its letters.
fn coloured(text: &str, which: u64) -> String {
    let codes = ["\u{1b}[0m", "\u{1b}[1;31m", "\u{1b}[K", r"\u001b[32m", r"\x1b[m", r"\033[36m", r"\e[0m", "\u{1b}["];
    let chars = text.chars().zip(0..);
    let coloured = chars.map(|(letter, at)| match which.rotate_left(at) % 16 {
        0 => format!("{}{letter}", codes[(which.rotate_right(at) % 8) as usize]),
        _ => letter.to_string(),
    });
    coloured.collect()
}

fn bytes_of_line() -> BoxedStrategy<Vec<u8>> {
    let text = prop_oneof![
        (key(), value()).prop_map(|(key, value)| format!("2026-01-02T03:04:05Z INFO request done {key}={value} status=200")),
        (key(), value(), value()).prop_map(|(key, value, other)| format!("Jan  2 03:04:05 host app[77]: {key}: {value} from {other}")),
        vec((key(), value()), 1..5).prop_map(|pairs| {
            pairs.iter().map(|(key, value)| format!("{key}=\"{}\"", value.replace('"', "'"))).collect::<Vec<_>>().join(" ")
        }),
        vec((key(), value()), 1..4).prop_map(|pairs| {
            let fields = pairs.iter().map(|(key, value)| format!("{}:{}", quoted(key), quoted(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }),
        (key(), value()).prop_map(|(key, value)| quoted(&format!("{{{}:{}}}", quoted(&key), quoted(&value)))),
        (key(), value()).prop_map(|(key, value)| format!("GET /v1/items?{key}={}&page=2 HTTP/1.1", percent(&value))),
        (key(), value()).prop_map(|(key, value)| format!("GET /v1/items?{key}={}&page=2 HTTP/1.1", percent(&percent(&value)))),
        (key(), value(), any::<u64>()).prop_map(|(key, value, which)| format!("{key}={} level=info", look_alikes(&value, which))),
        (key(), value(), any::<u64>()).prop_map(|(key, value, which)| coloured(&format!("{key}={value} level=info {value}"), which)),
        (key(), value(), 0..6usize).prop_map(|(key, value, which)| {
            let text = if which % 2 == 0 { format!("{{{}:{}}}", quoted(&key), quoted(&value)) } else { format!("read {key}={value} done") };
            let run = [standard, url, hex][which / 2](&text);
            if which % 3 == 0 { format!("{key}={run}&n=1") } else { format!("got {run} back") }
        }),
        (value(), value()).prop_map(|(value, other)| standard(&format!("{value} {} {other}", url(&format!("a note: {value}"))))),
        (key(), value(), 2..6usize).prop_map(|(key, value, depth)| {
            let inner = format!("{{{}:{}}}", quoted(&key), quoted(&value));
            (1..depth).fold(inner, |text, _| format!("{{\"msg\":{}}}", quoted(&text)))
        }),
        (key(), value()).prop_map(|(key, value)| format!("ERROR: duplicate key: Key ({key})=({value}) already exists.")),
        (key(), value()).prop_map(|(key, value)| format!("{{'{key}': '{value}', 'n': None}}")),
        (key(), value()).prop_map(|(key, value)| format!("run --{key} {value} --verbose")),
        (key(), value()).prop_map(|(key, value)| format!("{{\"{key}\":\"{}\"}}", escaped(&value))),
        select(vec!["root", "jsample", "alice"])
            .prop_map(|user| format!("Failed password for invalid user {user} from 203.0.113.7 port 22")),
        value(),
        "[ -~]{0,80}",
        "[0-9=:@\"'{}\\[\\]\\\\, .-]{0,60}",
    ];
    prop_oneof![
        8 => text.prop_map(String::into_bytes),
        1 => vec(any::<u8>().prop_filter("a line end", |byte| !matches!(byte, b'\n' | b'\r')), 0..60),
    ]
    .boxed()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Some characters in other forms that look the same; `which` chooses, bit by bit.
fn look_alikes(text: &str, which: u64) -> String {
    text.chars()
        .enumerate()
        .map(|(at, c)| match c {
            _ if which >> (at % 61) & 1 == 0 => c.to_string(),
            ' ' => '\u{a0}'.to_string(),
            '-' if at % 2 == 0 => '\u{2010}'.to_string(),
            '!'..='~' if at % 3 > 0 => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c).to_string(),
            c => format!("{c}\u{200b}"),
        })
        .collect()
}

/// As JSON, with every third character as an escape.
pub(crate) fn escaped(text: &str) -> String {
    let mut units = [0; 2];
    text.chars()
        .enumerate()
        .map(|(at, c)| {
            if at % 3 == 1 || matches!(c, '"' | '\\') || c.is_control() {
                c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
            } else {
                c.to_string()
            }
        })
        .collect()
}

/// One or more lines that belong together, without the last line's end.
fn block(split: bool) -> BoxedStrategy<Vec<Vec<u8>>> {
    let pem =
        (select(vec!["", "  ", "app | "]), select(vec!["RSA ", "", "OPENSSH ", "EC "]), vec("[A-Za-z0-9+/]{64}", 1..6), any::<bool>())
            .prop_map(|(prefix, name, body, ended)| {
                let mut lines = vec![format!("{prefix}-----BEGIN {name}{} KEY-----", "PRIVATE")];
                lines.extend(body.iter().map(|line| format!("{prefix}{line}")));
                if ended {
                    lines.push(format!("{prefix}-----END {name}{} KEY-----", "PRIVATE"));
                }
                lines
            });
    let putty = vec("[A-Za-z0-9+/]{64}", 1..4).prop_map(|body| {
        let mut lines = vec![format!("PuTTY-User-{}: ssh-ed25519", "Key-File-3"), "Encryption: none".to_owned()];
        lines.push(format!("Private-Lines: {}", body.len()));
        lines.extend(body);
        lines.push(format!("Private-MAC: {}", "0f".repeat(32)));
        lines
    });
    let mrz =
        Just(vec!["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<".to_owned(), "L898902C36UTO7408122F1204159ZE184226B<<<<<10".to_owned()]);
    let text = |lines: Vec<String>| lines.into_iter().map(String::into_bytes).collect::<Vec<_>>();
    let single = bytes_of_line().prop_map(|line| vec![line]).boxed();
    let whole = prop_oneof![
        10 => single,
        2 => pem.prop_map(text),
        1 => putty.prop_map(text),
        1 => mrz.prop_map(text),
        2 => table(),
    ]
    .boxed();
    if !split {
        return whole;
    }
    prop_oneof![12 => whole, 2 => cri(), 1 => docker()].boxed()
}

/// A printed table, behind a blank line.
fn table() -> BoxedStrategy<Vec<Vec<u8>>> {
    let cells = |count: usize| vec(vec(value(), count), 1..4);
    (2..5_usize, select(vec!["bars", "frame"]))
        .prop_flat_map(move |(count, form)| (vec(key(), count), cells(count), Just(form), any::<bool>()))
        .prop_map(|(names, rows, form, whole)| {
            // One known key, and names that are names: a table for sure.
            let names: Vec<String> =
                std::iter::once("email".to_owned()).chain(names.iter().skip(1).map(|name| format!("k{name}"))).collect();
            let line = |cells: &[String]| match form {
                "bars" => format!("| {} |", cells.join(" | ")),
                _ => format!("   {}", cells.join("  ")),
            };
            let mut lines = vec![String::new(), line(&names)];
            if form == "bars" {
                lines.push(format!("|{}", "---|".repeat(names.len())));
            }
            lines.extend(rows.iter().enumerate().map(|(at, row)| if form == "frame" { format!("{at}{}", line(row)) } else { line(row) }));
            // A quoted field that never ends.
            if !whole && let Some(last) = lines.last_mut() {
                last.push_str(";\"open");
            }
            lines.into_iter().map(String::into_bytes).collect()
        })
        .boxed()
}

/// A field of a CSV record, in quotes where it needs them.
pub(crate) fn csv(text: &str, delimiter: &str) -> String {
    if text.contains(['"', '\n', '\r']) || text.contains(delimiter) || text.starts_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// A text cut into CRI parts, and another one of the other stream in between.
fn cri() -> BoxedStrategy<Vec<Vec<u8>>> {
    let stream = || (bytes_of_line(), vec(any::<Index>(), 0..4), any::<bool>());
    (stream(), stream(), vec(any::<bool>(), 10))
        .prop_map(|(out, err, order)| {
            let parts = |(line, cuts, ended): (Vec<u8>, Vec<Index>, bool), name: &str| {
                let pieces = pieces(&line, &cuts);
                let last = pieces.len() - 1;
                let lines = pieces.iter().enumerate().map(|(at, piece)| {
                    let tag = if at == last && ended { "F" } else { "P" };
                    [format!("2026-01-02T03:04:05.678901234Z {name} {tag} ").as_bytes(), piece].concat()
                });
                lines.rev().collect::<Vec<_>>()
            };
            let (mut out, mut err) = (parts(out, "stdout"), parts(err, "stderr"));
            let mut lines = Vec::new();
            for first in order.iter().cycle() {
                let next = if *first { out.pop().or_else(|| err.pop()) } else { err.pop().or_else(|| out.pop()) };
                match next {
                    Some(line) => lines.push(line),
                    None => break,
                }
            }
            lines
        })
        .boxed()
}

/// A text cut into the lines of a Docker json-file.
fn docker() -> BoxedStrategy<Vec<Vec<u8>>> {
    (value(), key(), vec(any::<Index>(), 0..3))
        .prop_map(|(value, key, cuts)| {
            let text: String = format!("request {key}={value} done").chars().filter(char::is_ascii).collect();
            let pieces = pieces(text.as_bytes(), &cuts);
            let last = pieces.len() - 1;
            let lines = pieces.iter().enumerate().map(|(at, piece)| {
                let end = if at == last { "\n" } else { "" };
                let log = quoted(&format!("{}{end}", String::from_utf8_lossy(piece)));
                format!("{{\"log\":{log},\"stream\":\"stdout\",\"time\":\"2026-01-02T03:04:05.678Z\"}}").into_bytes()
            });
            lines.collect()
        })
        .boxed()
}

/// `bytes` cut at `cuts`: one piece more than cuts.
pub(crate) fn pieces(bytes: &[u8], cuts: &[Index]) -> Vec<Vec<u8>> {
    let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    at.extend([0, bytes.len()]);
    at.sort_unstable();
    at.windows(2).map(|pair| bytes[pair[0]..pair[1]].to_vec()).collect()
}

/// A whole log: blocks, line ends of all kinds, and sometimes no last one.
pub(crate) fn document(blocks: usize) -> BoxedStrategy<Log> {
    join(block(true), blocks)
}

/// The same without the lines that a container runtime cut apart.
pub(crate) fn whole_lines(blocks: usize) -> BoxedStrategy<Log> {
    join(block(false), blocks)
}

/// Bytes that a failing property prints as text.
#[derive(Clone)]
pub(crate) struct Log(pub(crate) Vec<u8>);

impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

impl std::ops::Deref for Log {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

fn join(block: BoxedStrategy<Vec<Vec<u8>>>, blocks: usize) -> BoxedStrategy<Log> {
    let end = prop_oneof![8 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\r"), 1 => Just("\n\n")];
    (vec((block, end), 1..=blocks), any::<bool>())
        .prop_map(|(blocks, ended)| {
            let mut bytes = Vec::new();
            let mut before = "";
            for (lines, end) in &blocks {
                for line in lines {
                    bytes.extend_from_slice(before.as_bytes());
                    bytes.extend_from_slice(line);
                    before = end;
                }
            }
            if ended {
                bytes.extend_from_slice(before.as_bytes());
            }
            Log(bytes)
        })
        .boxed()
}
