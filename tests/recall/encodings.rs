//! Every kind, in every carrier, in every encoding: the second axis of the recall test.
//!
//! An encoding writes the value, or a whole text that holds key and value, before
//! a carrier puts it into its line by its own rules: percent-escapes in a JSON
//! string, base64 in a query, JSON in the column of a table. `left_out` says which
//! pairs do not exist, and why.
//! Formats: RFC 8259, RFC 3986, RFC 4648, RFC 1952, RFC 2045, HTML character
//! references as encoders for templates write them, UTF-16 with a byte order mark.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::carriers::{CARRIERS, Carrier, Decoding, Line};
use super::checks::{base64, base64url};
use super::keys::{self, Style};
use super::rng::Rng;
use super::values::{Class, Kind, Value, all_kinds};
use super::verdict::{Verdict, judge, shape};
use super::writers;
use super::{OFF, own_key};

/// Values per kind, carrier and encoding; by default a sample of the cells.
fn rounds() -> usize {
    std::env::var("HUSHLOG_RECALL").ok().and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// Cells of a kind in the sample: each encoding in so many carriers.
const SAMPLE: usize = 8;

/// What an encoding is given to write.
#[derive(Clone, Copy)]
enum Form {
    /// The parts of the value, one by one.
    Value(fn(&mut Rng, &str) -> Option<String>),
    /// A text of key and value.
    Text(fn(&mut Rng, &str, &str) -> Option<String>),
    /// The whole line, as UTF-16.
    Line,
}

/// One encoding.
#[derive(Clone, Copy)]
pub(crate) struct Encoding {
    pub(crate) name: &'static str,
    form: Form,
    decoding: Decoding,
}

const fn value(name: &'static str, write: fn(&mut Rng, &str) -> Option<String>, decoding: Decoding) -> Encoding {
    Encoding { name, form: Form::Value(write), decoding }
}

const fn text(name: &'static str, write: fn(&mut Rng, &str, &str) -> Option<String>, decoding: Decoding) -> Encoding {
    Encoding { name, form: Form::Text(write), decoding }
}

/// Every encoding; the first is none.
pub(crate) const ENCODINGS: &[Encoding] = &[
    value("plain", writers::raw, Decoding::Plain),
    text("json", |rng, key, value| object(rng, key, value, 1), Decoding::Backslash),
    text("json_in_json", |rng, key, value| object(rng, key, value, 2), Decoding::BackslashTwice),
    text("json_unicode", unicode_object, Decoding::Backslash),
    text("percent", |rng, key, value| Some(format!("/v1/items?{key}={}&n=3", writers::percent(rng, value)?)), Decoding::Percent),
    text(
        "percent_twice",
        |rng, key, value| Some(format!("/v1/items?{key}={}&n=3", writers::percent_twice(rng, value)?)),
        Decoding::PercentTwice,
    ),
    value("html", writers::html_all, Decoding::Html),
    text("quoted_printable", |rng, key, value| writers::quoted_printable(rng, &format!("{key}={value}")), Decoding::Quoted),
    text("base64", |_, key, value| Some(base64(pair(key, value)?.as_bytes())), Decoding::Base64),
    text("base64url", |_, key, value| Some(base64url(pair(key, value)?.as_bytes())), Decoding::Base64),
    text("hex", |_, key, value| Some(pair(key, value)?.bytes().map(|byte| format!("{byte:02x}")).collect()), Decoding::Hex),
    text("gzip_base64", |_, key, value| Some(base64(&gzip(pair(key, value)?.as_bytes()))), Decoding::Gzip),
    Encoding { name: "utf16", form: Form::Line, decoding: Decoding::Plain },
    value("full_width", writers::full_width, Decoding::LookAlikes),
    value("zero_width", writers::zero_width, Decoding::LookAlikes),
    value("dashes", writers::dashes, Decoding::LookAlikes),
];

/// Carriers that are an encoding themselves: their pairs are the rows above.
const ENCODED: [&str; 11] = [
    "quoted_printable",
    "base64",
    "hex",
    "look_alikes",
    "base64_json",
    "base64url_json",
    "hex_json",
    "url_query_twice",
    "json_in_json",
    "json_unicode",
    "docker_nested_json",
];

/// Why an encoding does not stand in a carrier; none if it does.
fn left_out(carrier: &str, encoding: &str) -> Option<&'static str> {
    let number = carrier == "json_number";
    let query = matches!(carrier, "url_query" | "url_query_neighbours" | "access_log");
    match encoding {
        "plain" | "utf16" => None,
        _ if number => Some("a JSON number has no other spelling"),
        "full_width" | "zero_width" | "dashes" if carrier == "http_header" => Some("header values are ASCII"),
        "quoted_printable" if query => Some("mail bodies are not query parameters"),
        "quoted_printable" | "json" | "json_in_json" | "json_unicode" if carrier.starts_with("cli") || carrier.starts_with("env") => {
            Some("shells have other quotes; the text as an argument is `plain`")
        }
        "percent" | "percent_twice" if query => {
            Some("the carrier is percent-encoded: `percent` is its `plain`, and a query in a query is none")
        }
        "html" if carrier == "html" => Some("the carrier writes references itself"),
        "html" if query => Some("`&` and `#` end a parameter"),
        _ => None,
    }
}

/// `key=value`, quoted if need be, as a line of text.
fn pair(key: &str, value: &str) -> Option<String> {
    let bare = value.chars().all(|c| !c.is_whitespace() && !"\"=,;&".contains(c));
    match (bare, value.contains(['"', '\n', '\\'])) {
        (true, _) => Some(format!("level=info {key}={value} n=3")),
        (false, false) => Some(format!("level=info {key}=\"{value}\" n=3")),
        _ => None,
    }
}

fn object(rng: &mut Rng, key: &str, value: &str, depth: usize) -> Option<String> {
    let mut text = format!("{{\"n\":3,\"{key}\":\"{}\",\"ok\":true}}", writers::json(rng, value)?);
    for _ in 1..depth {
        text = format!("{{\"level\":\"info\",\"msg\":\"{}\"}}", writers::json(rng, &text)?);
    }
    Some(text)
}

fn unicode_object(rng: &mut Rng, key: &str, value: &str) -> Option<String> {
    let written = writers::json_unicode(rng, value)?;
    written.contains("\\u").then(|| format!("{{\"n\":3,\"{key}\":\"{written}\",\"ok\":true}}"))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).and_then(|()| packed.finish()).unwrap_or_default()
}

/// Writes one value into a carrier in an encoding; `None` where that cannot be.
fn place(kind: &Kind, carrier: &Carrier, encoding: &Encoding, rng: &mut Rng) -> Option<Line> {
    // A text has a key of its own, whatever the carrier has.
    let inner = matches!(encoding.form, Form::Text(_));
    let own = match (kind.class, carrier.key.is_some() || inner) {
        (Class::Keyed, false) => return None,
        _ => own_key(kind, if inner { Some(Style::Snake) } else { carrier.key }, rng)?,
    };
    let value = kind.value(rng, own);
    let name = |style: Style, rng: &mut Rng| {
        let key = own.unwrap_or_else(|| rng.pick(keys::NEUTRAL));
        keys::spell(rng, key, style, own.is_some())
    };
    let outer = match carrier.key {
        Some(style) if inner => keys::spell(rng, "payload", style, false),
        Some(style) => name(style, rng),
        None => String::new(),
    };
    let line = match encoding.form {
        Form::Line => carrier.line(rng, &outer, &value)?,
        Form::Value(write) => {
            let mut encoded = Value::default();
            for part in &value.parts {
                let text = write(rng, &part.text)?;
                encoded = if part.secret { encoded.secret(text) } else { encoded.fixed(text) };
            }
            // An encoding that changes nothing is `plain`.
            if encoding.name != "plain" && encoded.text() == value.text() {
                return None;
            }
            carrier.line(rng, &outer, &encoded)?
        }
        Form::Text(write) => {
            let key = name(Style::Word, rng);
            let text = write(rng, &key, &value.text())?;
            let mut line = carrier.line(rng, &outer, &Value::whole(text))?;
            line.fixed = format!("level=info {key} true {}", line.fixed);
            line
        }
    };
    let pick = |secret: bool| value.parts.iter().filter(move |part| part.secret == secret).map(|part| part.text.as_str());
    Some(Line {
        secrets: pick(true).map(str::to_owned).collect(),
        fixed: format!("{}{}", pick(false).collect::<String>(), if inner { line.fixed.as_str() } else { "" }),
        inner: encoding.decoding,
        ..line
    })
}

/// What is left of a line after it was read and scrubbed.
fn scrub(engine: &hushlog::Engine, encoding: &Encoding, line: &Line, rng: &mut Rng) -> Vec<u8> {
    let text = line.text();
    if !matches!(encoding.form, Form::Line) {
        return engine.scrub(text.as_bytes());
    }
    let little = rng.one_in(2);
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    let bytes: Vec<u8> = units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect();
    let mut read = Vec::new();
    let opened = hushlog::decode::open(&bytes[..]).and_then(|mut input| input.read_to_end(&mut read));
    assert!(opened.is_ok(), "UTF-16 with a mark is not read");
    engine.scrub(&read)
}

/// Lines and misses of a cell, with the shape of a miss.
#[derive(Debug, Default, Clone)]
struct Count {
    lines: usize,
    misses: usize,
    shape: String,
}

impl Count {
    fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        self.misses += other.misses;
        if self.shape.is_empty() {
            self.shape.clone_from(&other.shape);
        }
    }

    fn recall(&self) -> f64 {
        let share = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        1.0 - share(self.misses) / share(self.lines.max(1))
    }
}

type Cells = BTreeMap<(&'static str, &'static str, &'static str), Count>;

/// All cells of one kind: encoding and carrier.
fn measure(kind: &Kind, engine: &hushlog::Engine, rounds: usize, cells: &mut Cells) {
    let mut rng = Rng::named(&format!("{} in encodings", kind.id));
    let carriers: Vec<&Carrier> = CARRIERS.iter().filter(|carrier| !ENCODED.contains(&carrier.name)).collect();
    for encoding in ENCODINGS {
        let mut measured = 0;
        let start = rng.below(carriers.len());
        for at in 0..carriers.len() {
            let Some(carrier) = carriers.get((start + at) % carriers.len()) else { continue };
            if left_out(carrier.name, encoding.name).is_some() || (rounds == 0 && measured == SAMPLE) {
                continue;
            }
            let mut count = Count::default();
            for _ in 0..rounds.max(1) {
                let Some(line) = place(kind, carrier, encoding, &mut rng) else { continue };
                count.lines += 1;
                if judge(&line, &scrub(engine, encoding, &line, &mut rng)) != Verdict::Found {
                    count.misses += 1;
                    if count.shape.is_empty() {
                        count.shape = shape(&line.middle);
                    }
                }
            }
            measured += usize::from(count.lines > 0);
            cells.entry((kind.id, encoding.name, carrier.name)).or_default().add(&count);
        }
    }
}

fn measure_all(rounds: usize) -> Cells {
    let kinds = all_kinds();
    let (next, all) = (AtomicUsize::new(0), Mutex::new(Cells::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let build = |builder: hushlog::EngineBuilder| builder.build().expect("an engine");
                let standard = build(hushlog::Engine::builder());
                let with_barcodes = build(hushlog::Engine::builder().mask(OFF, hushlog::Mask::Label).expect("a kind"));
                let packs = build(hushlog::Engine::builder().packs("all").expect("packs"));
                let mut cells = Cells::new();
                while let Some(kind) = kinds.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let engine = match kind.id {
                        OFF => &with_barcodes,
                        _ if kind.is_national() => &packs,
                        _ => &standard,
                    };
                    measure(kind, engine, rounds, &mut cells);
                }
                if let Ok(mut all) = all.lock() {
                    all.append(&mut cells);
                }
            });
        }
    });
    all.into_inner().unwrap_or_default()
}

/// Sums cells by a part of their place.
fn by(cells: &Cells, key: impl Fn(&(&'static str, &'static str, &'static str)) -> Option<String>) -> Vec<(String, Count)> {
    let mut sums: BTreeMap<String, Count> = BTreeMap::new();
    for (place, count) in cells {
        if let Some(name) = key(place) {
            sums.entry(name).or_default().add(count);
        }
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by(|a, b| a.1.recall().total_cmp(&b.1.recall()).then_with(|| a.0.cmp(&b.0)));
    sums
}

fn table(title: &str, rows: &[(String, Count)]) -> String {
    let mut out = format!("{title:<60} {:>7} {:>7} {:>7}  shape of a miss\n", "recall", "lines", "misses");
    for (name, count) in rows {
        out.push_str(&format!("{name:<60} {:>7.4} {:>7} {:>7}  {}\n", count.recall(), count.lines, count.misses, count.shape));
    }
    out
}

#[test]
fn recall_of_every_kind_in_every_encoding() {
    let rounds = rounds();
    let cells = measure_all(rounds);
    let kinds = all_kinds();
    let class = |id: &str| kinds.iter().find(|kind| kind.id == id).map(|kind| kind.class);
    let asserted = |id: &str| class(id) != Some(Class::Below);
    let plain = by(&cells, |(id, encoding, _)| (asserted(id) && *encoding == "plain").then(|| (*id).to_owned()));
    let views = by(&cells, |(id, encoding, _)| (asserted(id) && *encoding != "plain").then(|| (*id).to_owned()));
    let pairs = by(&cells, |(id, encoding, _)| (asserted(id) && *encoding != "plain").then(|| format!("{id} in {encoding}")));
    println!("{}", table("encoding", &by(&cells, |(id, encoding, _)| asserted(id).then(|| (*encoding).to_owned()))));
    println!(
        "{}",
        table(
            "carrier, plain",
            &by(&cells, |(id, encoding, carrier)| { (asserted(id) && *encoding == "plain").then(|| (*carrier).to_owned()) })
        )
    );
    println!(
        "{}",
        table(
            "carrier, encoded",
            &by(&cells, |(id, encoding, carrier)| { (asserted(id) && *encoding != "plain").then(|| (*carrier).to_owned()) })
        )
    );
    println!("{}", table("worst 20 kinds, plain", plain.get(..20).unwrap_or(&plain)));
    println!("{}", table("worst 20 kinds, encoded", views.get(..20).unwrap_or(&views)));
    println!("{}", table("worst 20 pairs of kind and encoding", pairs.get(..20).unwrap_or(&pairs)));
    let group = |(id, encoding, _): &(&'static str, &'static str, &'static str)| {
        let national = kinds.iter().any(|kind| kind.id == *id && kind.is_national());
        let class = class(id).map(|class| format!("{class:?}")).unwrap_or_default();
        let form = if *encoding == "plain" { "plain" } else { "encoded" };
        Some(format!("{class}{}, {form}", if national { ", national" } else { "" }))
    };
    println!("{}", table("group", &by(&cells, group)));
    // A sample has misses by chance: as many as three deviations over the bound, and one carrier more.
    let below = |count: &Count, bound: f64| {
        let share = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        let expected = share(count.lines) * (1.0 - bound);
        let slack = if rounds > 0 { 0.0 } else { 3.0 * expected.sqrt() + 2.0 };
        share(count.misses) > expected + slack
    };
    let bound = |id: &str| if class(id) == Some(Class::Structured) { 0.99 } else { 0.95 };
    let low: Vec<_> = plain
        .iter()
        .filter(|(id, count)| below(count, bound(id)))
        .chain(views.iter().filter(|(_, count)| below(count, 0.95)))
        .cloned()
        .collect();
    assert!(low.is_empty(), "{} kinds below the bar:\n{}", low.len(), table("kind", &low));
}

/// The pairs that are left out leave enough: 24 carriers with 12 encodings each.
#[test]
fn recall_matrix_has_24_carriers_and_12_encodings() {
    let carriers = CARRIERS.iter().filter(|carrier| !ENCODED.contains(&carrier.name));
    let wide = carriers.filter(|carrier| ENCODINGS.iter().filter(|e| left_out(carrier.name, e.name).is_none()).count() >= 12);
    assert!(wide.count() >= 24);
    assert!(ENCODINGS.len() >= 12);
    let gzipped = base64(&gzip(b"a=b"));
    assert_eq!(super::verdict::decode(&gzipped, Decoding::Gzip), "a=b");
}

/// A line of each pair decodes to its value, and an empty scrubber is caught.
#[test]
fn recall_encodings_write_what_they_read() {
    let mut used = BTreeMap::new();
    for kind in all_kinds() {
        let mut rng = Rng::named(kind.id);
        for encoding in ENCODINGS {
            for carrier in CARRIERS.iter().filter(|carrier| !ENCODED.contains(&carrier.name)) {
                if left_out(carrier.name, encoding.name).is_some() {
                    continue;
                }
                let Some(line) = place(&kind, carrier, encoding, &mut rng) else { continue };
                *used.entry(encoding.name).or_insert(0) += 1;
                let verdict = judge(&line, line.text().as_bytes());
                assert_eq!(verdict, Verdict::Leaked, "{} as {} in {}: {}", kind.id, encoding.name, carrier.name, shape(&line.middle));
                let mut gone = line.prefix.clone();
                gone.push_str(&format!("[{}]{}", kind.id.to_uppercase(), line.suffix));
                assert_eq!(judge(&line, gone.as_bytes()), Verdict::Found, "{} as {} in {}", kind.id, encoding.name, carrier.name);
            }
        }
    }
    assert!(used.len() == ENCODINGS.len() && used.values().all(|lines| *lines > 500), "{used:?}");
}
