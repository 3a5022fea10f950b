//! Independent recall test: random valid values of every kind, in every carrier.
//!
//! Nothing here is shared with the detectors: values come from the public
//! definition of each format (`values*.rs`, `checks.rs`), carriers write them
//! into log lines, the engine scrubs the lines, and `verdict` looks whether the
//! value is gone and the rest intact. A second test cuts streams at every byte.
//! Messages name kinds, carriers and shapes, never values.
//! `encodings.rs` has the second axis: every carrier in every encoding.
//! Long run: build the tests with `HUSHLOG_LONG` set (400 values per kind).

mod carriers;
mod checks;
mod encodings;
mod keys;
mod rng;
mod selftest;
mod values;
mod values_device;
mod values_financial;
mod values_generic;
mod values_ml;
mod values_national;
mod values_national_world;
mod values_person;
mod values_secrets;
mod values_secrets_ai;
mod values_secrets_auth;
mod values_us;
mod verdict;
mod writers;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use carriers::{CARRIERS, Carrier, Line};
use rng::Rng;
use values::{Class, Kind, all_kinds};
use verdict::{Verdict, judge, shape};

/// Values per kind and carrier.
const VALUES: usize = if option_env!("HUSHLOG_LONG").is_some() { 400 } else { 40 };

/// Structured, but off in the preset, because its default is to keep the value.
const OFF: &str = "medical_archive_barcode";

/// Draws a key of the kind for a place, if it is to have one; `None` where the kind cannot stand.
fn own_key(kind: &Kind, style: Option<keys::Style>, rng: &mut Rng) -> Option<Option<&'static str>> {
    let own = match (kind.class, style) {
        (Class::Keyed, None) => return None,
        (_, None) => None,
        (Class::Keyed, Some(_)) => Some(rng.pick(kind.keys)),
        (_, Some(_)) => (!kind.keys.is_empty() && rng.one_in(2)).then(|| rng.pick(kind.keys)),
    };
    // The header `Age` is the age of a cached answer, not of a person.
    (own != Some("age") || style != Some(keys::Style::Header)).then_some(own)
}

/// Writes one value of a kind into a carrier; `None` where that cannot be.
fn place(kind: &Kind, carrier: &Carrier, rng: &mut Rng) -> Option<Line> {
    let own = own_key(kind, carrier.key, rng)?;
    let value = kind.value(rng, own);
    let key = match carrier.key {
        Some(style) => {
            let name = own.unwrap_or_else(|| rng.pick(keys::NEUTRAL));
            keys::spell(rng, name, style, own.is_some())
        }
        None => String::new(),
    };
    carrier.line(rng, &key, &value)
}

/// Counts of one kind.
#[derive(Debug, Default)]
struct Tally {
    id: &'static str,
    class: Option<Class>,
    total: usize,
    leaked: usize,
    damaged: usize,
    /// Carrier with most misses: name, misses, lines.
    worst: (&'static str, usize, usize),
    /// Shape of the first miss in that carrier.
    shape: String,
}

impl Tally {
    fn recall(&self) -> f64 {
        let share = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        1.0 - share(self.leaked + self.damaged) / share(self.total.max(1))
    }
}

/// Scrubs `n` values of a kind in every carrier and counts the misses.
fn measure(kind: &Kind, n: usize, scrub: &mut dyn FnMut(&Line) -> Vec<u8>) -> Tally {
    let mut rng = Rng::named(kind.id);
    let mut tally = Tally { id: kind.id, class: Some(kind.class), ..Tally::default() };
    for carrier in CARRIERS {
        let (mut lines, mut misses, mut first) = (0, 0, String::new());
        for _ in 0..n {
            let Some(line) = place(kind, carrier, &mut rng) else {
                continue;
            };
            lines += 1;
            match judge(&line, &scrub(&line)) {
                Verdict::Found => continue,
                Verdict::Leaked => tally.leaked += 1,
                Verdict::Damaged => tally.damaged += 1,
            }
            misses += 1;
            if first.is_empty() {
                first = shape(&line.middle);
            }
        }
        tally.total += lines;
        if misses > tally.worst.1 {
            tally.worst = (carrier.name, misses, lines);
            tally.shape = first;
        }
    }
    tally
}

/// Measures all kinds on all cores, one engine per thread.
fn measure_all(n: usize) -> Vec<Tally> {
    let kinds = all_kinds();
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let standard = hushlog::Engine::standard();
                let with_barcodes = hushlog::Engine::builder()
                    .mask(OFF, hushlog::Mask::Label)
                    .and_then(hushlog::EngineBuilder::build)
                    .expect("an engine with the kind turned on");
                let packs =
                    hushlog::Engine::builder().packs("all").and_then(hushlog::EngineBuilder::build).expect("an engine with all packs");
                while let Some(kind) = kinds.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let engine = match kind.make {
                        _ if kind.id == OFF => &with_barcodes,
                        _ if kind.is_national() => &packs,
                        _ => &standard,
                    };
                    let tally = measure(kind, n, &mut |line| engine.scrub(line.text().as_bytes()));
                    if let Ok(mut done) = done.lock() {
                        done.push(tally);
                    }
                }
            });
        }
    });
    done.into_inner().unwrap_or_default()
}

fn table(tallies: &[&Tally]) -> String {
    let mut out = format!(
        "{:<34} {:<11} {:>7} {:>6} {:>6} {:>6}  worst carrier (misses/lines) shape\n",
        "kind", "class", "recall", "lines", "leaks", "damage"
    );
    for t in tallies {
        let class = t.class.map(|c| format!("{c:?}")).unwrap_or_default();
        let (carrier, misses, lines) = t.worst;
        out.push_str(&format!(
            "{:<34} {class:<11} {:>7.4} {:>6} {:>6} {:>6}  {carrier} ({misses}/{lines}) {}\n",
            t.id,
            t.recall(),
            t.total,
            t.leaked,
            t.damaged,
            t.shape
        ));
    }
    out
}

#[test]
fn recall_of_every_kind() {
    let mut tallies = measure_all(VALUES);
    assert_eq!(tallies.len(), all_kinds().len(), "a worker thread failed");
    tallies.sort_by(|a, b| a.recall().total_cmp(&b.recall()).then(a.id.cmp(b.id)));
    let worst: Vec<&Tally> = tallies.iter().take(20).collect();
    println!("{}", table(&worst));
    let low: Vec<&Tally> = tallies
        .iter()
        .filter(|t| match t.class {
            Some(Class::Structured) => t.recall() < 0.99,
            Some(Class::Keyed) => t.recall() < 0.95,
            _ => false,
        })
        .collect();
    assert!(low.is_empty(), "{} kinds below the bar:\n{}", low.len(), table(&low));
}

/// Damage would be counted against every kind if a carrier itself were masked.
#[test]
fn recall_carriers_hold_nothing_to_mask() {
    let engine = hushlog::Engine::standard();
    let mut rng = Rng::new(1);
    for carrier in CARRIERS {
        let word = if carrier.name == "json_number" { "7" } else { "n-1" };
        let value = values::Value::whole(word);
        // The escaping carrier draws lots: a few tries give it an escape.
        let line = (0..20).find_map(|_| carrier.line(&mut rng, "data", &value));
        let text = line.map(|l| l.text()).unwrap_or_default();
        assert!(!text.is_empty(), "{} takes no plain word", carrier.name);
        assert!(engine.scrub(text.as_bytes()) == text.as_bytes(), "{} is changed", carrier.name);
    }
}

#[test]
fn recall_at_every_chunk_cut() {
    const NAMES: [&str; 4] = ["sentence", "json_string", "logfmt", "url_query"];
    let engine = hushlog::Engine::standard();
    let stream = |first: &[u8], second: &[u8]| {
        let mut out = Vec::new();
        let mut stream = engine.stream();
        for bytes in [first, second] {
            stream.push(bytes, &mut |clean: hushlog::Clean<'_>| {
                out.extend_from_slice(clean.as_bytes());
            });
        }
        stream.finish(&mut |clean: hushlog::Clean<'_>| out.extend_from_slice(clean.as_bytes()));
        out
    };
    let mut differing = Vec::new();
    for kind in all_kinds() {
        let mut rng = Rng::named(kind.id);
        for carrier in CARRIERS.iter().filter(|c| NAMES.contains(&c.name)) {
            let Some(line) = place(&kind, carrier, &mut rng) else {
                continue;
            };
            let text = format!("{}\n", line.text());
            let bytes = text.as_bytes();
            let uncut = stream(bytes, &[]);
            let cuts = (0..=bytes.len()).filter_map(|at| Some((at, bytes.split_at_checked(at)?)));
            for (at, (first, second)) in cuts {
                if stream(first, second) != uncut {
                    differing.push(format!("{} {} cut at {at}: {}", kind.id, carrier.name, shape(&line.middle)));
                    break;
                }
            }
        }
    }
    assert!(differing.is_empty(), "{} outputs depend on the cut:\n{}", differing.len(), differing.join("\n"));
}
