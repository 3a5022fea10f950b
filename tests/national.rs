//! National identifiers without a key: every form that a detector file lists is found, every other one is not.

use hushlog::Engine;
use serde::Deserialize;
use std::fs;
use std::path::Path;

#[derive(Deserialize)]
struct Detector {
    id: String,
    region: String,
    confidence: Option<f64>,
    #[serde(default)]
    alone: Vec<String>,
    #[serde(default)]
    near: Vec<String>,
    valid: Vec<String>,
}

#[derive(Deserialize)]
struct Keys {
    packs: std::collections::BTreeMap<String, Vec<String>>,
    packs_shape_required: Names,
}

#[derive(Deserialize)]
struct Names {
    keys: Vec<String>,
}

/// Values of a form that is found alone, but which read as a time.
const TIMES: [(&str, &str); 3] = [("fr_spi", "1234567890066"), ("ro_cnp", "1800101400016"), ("ro_cnp", "1900101400012")];

/// Kinds of which nothing is found without a name right before it, or near.
const SILENT: [&str; 13] = [
    "bg_egn",
    "de_personalausweis",
    "gb_utr",
    "hr_oib",
    "hu_adoazonosito",
    "id_nik",
    "il_id",
    "ng_nin_bvn",
    "pe_dni",
    "ph_ids",
    "sa_national_id",
    "ua_rntrc",
    "vn_cccd",
];

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    toml::from_str(&fs::read_to_string(path).expect("a file of patterns")).expect("its fields")
}

fn patterns() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/patterns"))
}

fn detectors() -> Vec<Detector> {
    let folder = fs::read_dir(patterns().join("national")).expect("the folder");
    let mut found: Vec<Detector> = folder.map(|entry| read(&entry.expect("an entry").path())).collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found
}

fn engine(packs: &str) -> Engine {
    Engine::builder().packs(packs).and_then(hushlog::EngineBuilder::build).expect("an engine")
}

fn has_form(value: &str, layouts: &[String]) -> bool {
    let fits = |layout: &String| {
        layout.len() == value.len()
            && layout.bytes().zip(value.bytes()).all(|(class, byte)| match class {
                b'd' => byte.is_ascii_digit(),
                b'A' => byte.is_ascii_uppercase(),
                b'X' => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
                other => byte == other,
            })
    };
    layouts.iter().any(fits)
}

/// Whether the engine finds `kind` in a line that holds `value` from `at` on, exactly there.
fn finds(engine: &Engine, kind: &str, line: &str, value: &str) -> bool {
    let at = line.find(value).expect("the value in its line");
    engine.find(line.as_bytes()).iter().any(|found| found.kind == kind && found.start <= at && found.end >= at + value.len())
}

#[test]
fn every_vector_is_found_alone_or_silent_as_its_file_says() {
    let mut wrong = Vec::new();
    for detector in detectors() {
        let engine = engine(&detector.region.replace(' ', ","));
        for value in &detector.valid {
            let mut carriers = vec![
                format!("row {value} stored"),
                format!("stored {value}.\n"),
                format!("{{\"v\":\"{value}\",\"n\":1}}"),
                format!("a=1 v=\"{value}\" b=2"),
            ];
            if value.bytes().all(|byte| byte.is_ascii_digit()) && !value.starts_with('0') {
                carriers.push(format!("{{\"v\":{value},\"n\":1}}"));
                carriers.push(format!("a=1 v={value} b=2"));
            }
            let alone = has_form(value, &detector.alone) && !TIMES.contains(&(&detector.id, value));
            for line in carriers {
                if finds(&engine, &detector.id, &line, value) != alone {
                    wrong.push(format!("{}: {line} should be {}", detector.id, if alone { "found" } else { "silent" }));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} lines:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_name_near_before_lifts_the_weak_forms() {
    let keys: Keys = read(&patterns().join("keys.toml"));
    let mut wrong = Vec::new();
    let mut tried = 0;
    for detector in detectors() {
        let engine = engine(&detector.region.replace(' ', ","));
        let names = keys.packs.get(&detector.id).expect("names");
        let Some(name) = names.iter().find(|name| !keys.packs_shape_required.keys.contains(name)) else { continue };
        for value in detector.valid.iter().filter(|value| has_form(value, &detector.near)) {
            let line = format!("{name} checked, stored as {value}, ok");
            let times = matches!(value.len(), 10 | 13 | 16) && value.starts_with(['1', '2']);
            if !times {
                tried += 1;
                if !finds(&engine, &detector.id, &line, value) {
                    wrong.push(line);
                }
            }
            let far = format!("{name} was checked and found to be in good order by all who looked, so {value}");
            let other_record = format!("{name} checked\nstored as {value}, ok");
            for line in [far, other_record] {
                if engine.find(line.as_bytes()).iter().any(|found| found.kind == detector.id) {
                    wrong.push(line);
                }
            }
        }
    }
    assert!(tried > 25, "{tried} values");
    assert!(wrong.is_empty(), "{} lines:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn kinds_that_stay_silent_are_these() {
    let silent: Vec<String> = detectors().into_iter().filter(|detector| detector.alone.is_empty()).map(|detector| detector.id).collect();
    assert_eq!(silent, SILENT);
    assert!(detectors().iter().all(|detector| detector.alone.is_empty() == detector.confidence.is_none()));
}

#[test]
fn numbers_of_operations_stay() {
    let engine = engine("all");
    for line in [
        "ts=1700000000 start=1700000000123 us=1700000000123456 ns=1700000000123456789",
        "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7",
        "id=123e4567-e89b-12d3-a456-426614174000 sha=da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "app 120.0.6099.109 v1.2.3 build 20260101.1 chrome/120.0.6099.109",
        "loss=0.12345678901 lr=1.00000000191 step 943.47659190",
        "20260101T000000Z 20260101000000 202601011230 2026-01-01 12:30:00,123 20260101-1230",
        "pod api-7d9f8b6c5d-x2x4z ready on ip-10-0-12-34",
        "order 9434765919 row 123456782 shard 12345678 blk_-1608999687919862906",
        "order-11144477735 sku_11144477735 A-11144477735-B at 11144477735@host",
        "file 12345678Z.log host-12345678Z x12345678Z 12345678Zx",
        "2024 943 476 5919 and 7 123 456 782",
        "1234-943-476-5919 943-476-5919-1",
    ] {
        let national: Vec<_> = engine.find(line.as_bytes()).into_iter().filter(|found| is_national(&found.kind)).collect();
        assert!(national.is_empty(), "{line}: {}", national.iter().map(|found| found.kind.clone()).collect::<Vec<_>>().join(" "));
    }
}

fn is_national(kind: &str) -> bool {
    hushlog::catalog().iter().any(|known| known.id == kind && known.group == "national")
}

/// Numbers as counters, times and hashes have them: none of eight to ten digits, no time.
#[test]
fn bare_short_numbers_and_times_are_never_found() {
    let engine = engine("all");
    let mut text = String::new();
    let mut state = 1u64;
    for at in 0..50_000u64 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let number = state >> 20;
        text.push_str(&format!(
            "n {} {} x {} y\nt {} z {}\n",
            10_000_000 + number % 90_000_000,
            100_000_000 + number % 900_000_000,
            1_000_000_000 + number % 9_000_000_000,
            1_700_000_000 + at,
            1_700_000_000_000 + at * 997
        ));
    }
    let found = engine.find(text.as_bytes()).into_iter().filter(|found| is_national(&found.kind)).count();
    assert_eq!(found, 0);
}

/// A number behind the comma of another one counts once that is masked; the second pass finds no more.
#[test]
fn lists_of_numbers_are_masked_at_once() {
    for (line, expected) in [
        ("943 476 5919,943 476 5919=", "[PHONE_NANP],[PHONE_NANP]="),
        ("1,943 476 5919", "1,943 476 5919"),
        ("x=0.4111111111111111", "x=0.4111111111111111"),
        ("ssn=123456789,4111 1111 1111 1111", "ssn=[US_SSN],[PAN]"),
    ] {
        let once = Engine::standard().scrub(line.as_bytes());
        assert_eq!(String::from_utf8_lossy(&once), expected);
        assert_eq!(Engine::standard().scrub(&once), once);
    }
    let all = engine("gb,se,au");
    assert_eq!(String::from_utf8_lossy(&all.scrub(b"900101-0009,123 456 782=")), "[SE_PERSONNUMMER],[AU_TFN]=");
}

#[test]
fn numbered_names_and_several_columns() {
    let engine = engine("br,gb");
    for (line, expected) in [
        ("cpf_2=111.222.333-97 cpf1: 12345678909", "cpf_2=[BR_CPF] cpf1: [BR_CPF]"),
        ("Key (tenant, cpf)=(7, 11122233397) already exists.", "Key (tenant, cpf)=(7, [BR_CPF]) already exists."),
        ("Key (nino, tenant)=(AB123456C, 7) exists.", "Key (nino, tenant)=([GB_NINO], 7) exists."),
    ] {
        assert_eq!(String::from_utf8_lossy(&engine.scrub(line.as_bytes())), expected);
    }
}

/// A field of a table is read by itself, and what its column names as behind a key.
#[test]
fn fields_of_tables() {
    let engine = engine("gb,br,es");
    for (table, expected) in [
        (
            "id,amount,code,ssn\n1,5,943 476 5919,123456789\n2,42,12345678Z,123456789\n",
            "id,amount,code,ssn\n1,5,[GB_NHS],[US_SSN]\n2,42,[ES_DNI],[US_SSN]\n",
        ),
        ("id,nhs_number\n1,943 476 5918\n2,-\n", "id,nhs_number\n1,[GB_NHS]\n2,-\n"),
        ("| id | cpf |\n|----|-----|\n| 1 | 111.222.333-97 |\n", "| id | cpf |\n|----|-----|\n| 1 | [BR_CPF] |\n"),
    ] {
        let once = engine.scrub(table.as_bytes());
        assert_eq!(String::from_utf8_lossy(&once), expected);
        assert_eq!(engine.scrub(&once), once);
    }
}
