//! Tests of the recall test itself: are the values valid, does the judge see?
//!
//! Check digits are verified here by other means than `checks.rs` makes them
//! (tables, long division, published specimens), carriers by a round trip, and
//! the whole measurement by a perfect and by a blind scrubber.

use std::collections::{HashMap, HashSet};

use super::carriers::{CARRIERS, Decoding, Line};
use super::checks;
use super::rng::Rng;
use super::values::{Class, Kind, all_kinds};
use super::verdict::{Verdict, decode, judge};
use super::{measure, place};

/// Values of one kind; with `keyed`, as they stand under each of its keys.
fn samples(id: &str, keyed: bool, n: usize) -> Vec<String> {
    let mut rng = Rng::named("selftest");
    let kinds = all_kinds();
    let kind = kinds.iter().find(|k| k.id == id);
    assert!(kind.is_some(), "no kind {id}");
    let make = |kind: &Kind, rng: &mut Rng| {
        let key = keyed.then(|| rng.pick(kind.keys));
        kind.value(rng, key).text()
    };
    kind.map_or_else(Vec::new, |k| (0..n).map(|_| make(k, &mut rng)).collect())
}

fn bare(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Luhn by the doubling table, over a complete number.
fn luhn_ok(number: &str) -> bool {
    const DOUBLED: [usize; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let digits = checks::digit_values(number);
    let double_first = digits.len().is_multiple_of(2);
    let sum: usize = digits
        .iter()
        .enumerate()
        .map(|(i, d)| if (i % 2 == 0) == double_first { DOUBLED.get(*d).copied().unwrap_or(99) } else { *d })
        .sum();
    sum.is_multiple_of(10)
}

/// Long division by 97 of the letters written out as numbers.
fn iban_ok(iban: &str) -> bool {
    let (head, tail) = iban.split_at_checked(4).unwrap_or((iban, ""));
    let written: String = format!("{tail}{head}").chars().map(|c| c.to_digit(36).unwrap_or(0).to_string()).collect();
    checks::digit_values(&written).iter().fold(0, |r, d| (r * 10 + d) % 97) == 1
}

fn vin_ok(vin: &str) -> bool {
    const LETTERS: &str = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ";
    const WEIGHTS: &str = "8765432X098765432";
    let sum: usize = vin
        .chars()
        .zip(WEIGHTS.chars())
        .map(|(c, w)| LETTERS.find(c).unwrap_or(0) % 10 * usize::try_from(w.to_digit(10).unwrap_or(10)).unwrap_or(0))
        .sum();
    vin.chars().count() == 17 && vin.chars().nth(8) == "0123456789X".chars().nth(sum % 11)
}

fn base58_ok(text: &str) -> bool {
    let mut bytes: Vec<u32> = Vec::new();
    for c in text.chars() {
        let Some(mut carry) = checks::BASE58.find(c).and_then(|v| u32::try_from(v).ok()) else {
            return false;
        };
        for byte in bytes.iter_mut().rev() {
            carry += *byte * 58;
            *byte = carry & 0xff;
            carry >>= 8;
        }
        while carry > 0 {
            bytes.insert(0, carry & 0xff);
            carry >>= 8;
        }
    }
    let zeros = text.chars().take_while(|c| *c == '1').count();
    let body = bytes.iter().filter_map(|b| u8::try_from(*b).ok());
    let all: Vec<u8> = std::iter::repeat_n(0, zeros).chain(body).collect();
    let (payload, tag) = all.split_at_checked(all.len().saturating_sub(4)).unwrap_or((&all, &[]));
    checks::double_sha_tag(payload) == tag
}

fn bech32_ok(text: &str, targets: &[u32]) -> bool {
    let lower = text.to_lowercase();
    let (hrp, data) = lower.rsplit_once('1').unwrap_or(("", ""));
    let data = data.chars().map(|c| checks::BECH32.find(c).and_then(|v| u32::try_from(v).ok()).unwrap_or(99));
    targets.contains(&checks::bech32_polymod(checks::bech32_expand(hrp).into_iter().chain(data)))
}

#[test]
fn recall_check_functions_agree_with_published_specimens() {
    assert_eq!(checks::crc32(b"123456789"), 0xcbf4_3926);
    assert_eq!(checks::base64(b"fooba"), "Zm9vYmE=");
    assert_eq!(checks::base64url(&[0xfb, 0xff]), "-_8");
    assert_eq!(checks::mrz_digit("L898902C3"), 6);
    assert_eq!(checks::mrz_digit("740812"), 2);
    assert_eq!(98 - checks::mod97("WEST12345698765432GB00"), 82);
    assert_eq!(checks::luhn_digit("411111111111111"), 1);
    assert_eq!(checks::eip55("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"), "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
    let program: Vec<u8> =
        [0x751e_76e8_u32, 0x1991_96d4, 0x5494_1c45, 0xd1b3_a323, 0xf143_3bd6].iter().flat_map(|w| w.to_be_bytes()).collect();
    assert_eq!(checks::bech32("bc", Some(0), &program, 1), "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4");
    let hash: Vec<u8> =
        [0x0109_6677_u32, 0x6006_953d, 0x5567_439e, 0x5e39_f86a, 0x0d27_3bee].iter().flat_map(|w| w.to_be_bytes()).collect();
    assert_eq!(checks::base58check(&[vec![0], hash].concat()), "16UwLL9Risc3QfPqBUvKofHmBQ7wMtjvM");
    assert!(vin_ok("1M8GDM9AXKP042788") && !vin_ok("1M8GDM9A1KP042788"));
    assert!(iban_ok("MT84MALT011000012345MTLCAST001S") && luhn_ok("378282246310005"));
}

#[test]
fn recall_values_pass_independent_checks() {
    type Check = fn(&str) -> bool;
    let weighted = checks::weighted;
    let cases: [(&str, bool, Check); 14] = [
        ("pan", false, |v| luhn_ok(v)),
        ("imei", true, |v| luhn_ok(v) && bare(v).len() == 15),
        ("iccid", false, |v| luhn_ok(v) && (19..=20).contains(&v.len())),
        ("us_npi", true, |v| luhn_ok(&format!("80840{v}")) && v.len() == 10),
        ("iban", false, |v| iban_ok(&bare(v))),
        ("vin", false, vin_ok),
        ("us_mbi", false, |v| {
            let shape: String = bare(v).chars().map(|c| if c.is_ascii_digit() { 'd' } else { 'a' }).collect();
            let ends = [(0, 'd'), (1, 'a'), (3, 'd'), (4, 'a'), (6, 'd'), (7, 'a'), (8, 'a'), (9, 'd'), (10, 'd')];
            shape.len() == 11 && ends.iter().all(|(i, c)| shape.chars().nth(*i) == Some(*c))
        }),
        ("crypto_btc_address", false, |v| if v.starts_with("bc1") { bech32_ok(v, &[1, 0x2bc8_30a3]) } else { base58_ok(v) }),
        ("crypto_private_key", false, |v| base58_ok(v) && [51, 52, 111].contains(&v.len())),
        ("ssh_ppk_age_gpg", false, |v| bech32_ok(v, &[1]) && v.len() == 74),
        ("passport_mrz", false, |v| {
            let lengths: Vec<usize> = v.lines().map(str::len).collect();
            [vec![44, 44], vec![36, 36], vec![30, 30, 30]].contains(&lengths)
        }),
        ("us_ssn", true, |v| {
            let d = bare(v);
            d.len() == 9 && !d.starts_with("000") && !d.starts_with("666") && !d.starts_with('9') && !d.ends_with("0000")
        }),
        ("email", false, |v| v.rsplit_once('@').is_some_and(|(l, d)| !l.is_empty() && d.contains('.'))),
        ("jwt", false, |v| v.starts_with("eyJ") && [3, 5].contains(&v.split('.').count())),
    ];
    for (id, keyed, check) in cases {
        let failed = samples(id, keyed, 400).iter().filter(|v| !check(v)).count();
        assert_eq!(failed, 0, "{id}");
    }
    for v in samples("us_aba_routing", true, 400) {
        assert_eq!(weighted(&v, &[3, 7, 1]) % 10, 0, "aba");
    }
    for v in samples("us_dea", false, 400) {
        let d = checks::digit_values(v.get(2..).unwrap_or(""));
        let at = |i: isize| d.iter().rev().nth(usize::try_from(6 - i).unwrap_or(0)).copied().unwrap_or(0);
        assert_eq!((at(0) + at(2) + at(4) + 2 * (at(1) + at(3) + at(5))) % 10, at(6), "dea");
    }
    for v in samples("github_classic", false, 400) {
        let (body, tag) = v.get(4..).and_then(|t| t.split_at_checked(30)).unwrap_or(("", ""));
        let order = |c: char| "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".find(c);
        let value = tag.chars().filter_map(order).try_fold(0_u64, |n, d| Some(n * 62 + u64::try_from(d).ok()?));
        assert_eq!(value, Some(u64::from(checks::crc32(body.as_bytes()))), "crc");
    }
}

#[test]
fn recall_kinds_are_complete_and_vary() {
    let kinds = all_kinds();
    let ids: HashSet<&str> = kinds.iter().map(|k| k.id).collect();
    assert_eq!((kinds.len(), ids.len()), (242, 242));
    for kind in &kinds {
        assert!(kind.class != Class::Keyed || !kind.keys.is_empty(), "{} has no key", kind.id);
        let mut rng = Rng::named(kind.id);
        let mut seen: HashMap<String, usize> = HashMap::new();
        for _ in 0..40 {
            let key = (kind.class == Class::Keyed).then(|| rng.pick(kind.keys));
            let value = kind.value(&mut rng, key);
            let fixed: String = value.parts.iter().filter(|p| !p.secret).map(|p| p.text.as_str()).collect();
            let secrets: Vec<&str> = value.parts.iter().filter(|p| p.secret).map(|p| p.text.as_str()).collect();
            assert!(!secrets.is_empty(), "{} has no secret part", kind.id);
            assert!(secrets.iter().all(|s| !fixed.contains(s)), "{} repeats its secret", kind.id);
            *seen.entry(value.text()).or_default() += 1;
        }
        assert!(seen.len() >= 18, "{}: only {} distinct values of 40", kind.id, seen.len());
    }
}

/// Every line of every kind, a few times.
fn lines(mut each: impl FnMut(&Kind, &'static str, &Line)) {
    for kind in all_kinds() {
        let mut rng = Rng::named(kind.id);
        for carrier in CARRIERS {
            for _ in 0..5 {
                if let Some(line) = place(&kind, carrier, &mut rng) {
                    each(&kind, carrier.name, &line);
                }
            }
        }
    }
}

#[test]
fn recall_carriers_write_what_they_read() {
    let mut used: HashSet<&str> = HashSet::new();
    lines(|kind, carrier, line| {
        used.insert(carrier);
        let plain = decode(&line.middle, line.decoding);
        let kept = line.secrets.iter().all(|s| plain.contains(s) || matches!(carrier, "csv" | "sql_insert"));
        assert!(kept, "{} in {carrier} does not decode", kind.id);
        let text = line.text();
        let json = carrier.starts_with("json") || carrier.starts_with("docker");
        if json {
            assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{} in {carrier} is not JSON", kind.id);
        }
        let twice = line.decoding == Decoding::BackslashTwice;
        if twice {
            let parsed: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            let inner = parsed.get("msg").or_else(|| parsed.get("log")).and_then(serde_json::Value::as_str);
            let inner: Result<serde_json::Value, _> = serde_json::from_str(inner.unwrap_or("").trim_end());
            assert!(inner.is_ok(), "{} in {carrier} holds no JSON", kind.id);
        }
    });
    assert_eq!(used.len(), CARRIERS.len(), "a carrier is never used");
}

#[test]
fn recall_judge_tells_perfect_from_blind() {
    for kind in all_kinds() {
        let perfect = measure(&kind, 4, &mut |line| format!("{}[{}]{}", line.prefix, kind.id.to_uppercase(), line.suffix).into_bytes());
        assert!(perfect.total > 20, "{}: only {} lines", kind.id, perfect.total);
        assert_eq!((perfect.leaked, perfect.damaged), (0, 0), "{}", kind.id);
        let blind = measure(&kind, 4, &mut |line| line.text().into_bytes());
        assert_eq!(blind.leaked, blind.total, "{}: a blind scrubber is not caught in {}", kind.id, blind.worst.0);
    }
}

#[test]
fn recall_judge_sees_partial_leaks_and_damage() {
    let line = Line {
        prefix: "n=1 v=".to_owned(),
        middle: "123-45-6789".to_owned(),
        suffix: " ok".to_owned(),
        decoding: Decoding::Plain,
        inner: Decoding::Plain,
        secrets: vec!["123-45-6789".to_owned()],
        fixed: String::new(),
    };
    let cases = [
        ("n=1 v=[US_SSN] ok", Verdict::Found),
        ("n=1 v=[US_SSN]6789 ok", Verdict::Found),
        ("n=1 v=[US_SSN]-6789 ok", Verdict::Leaked),
        ("n=1 v=123-45-6789 ok", Verdict::Leaked),
        ("n=1 [US_SSN] ok", Verdict::Damaged),
        ("n=1 v=[US_SSN]", Verdict::Damaged),
        ("123-45-6789", Verdict::Leaked),
    ];
    for (out, verdict) in cases {
        assert_eq!(judge(&line, out.as_bytes()), verdict, "{}", out.len());
    }
    let escaped = Line { decoding: Decoding::Backslash, ..line };
    assert_eq!(judge(&escaped, b"n=1 v=[X]\\u0034\\u0035-67\\u0038 ok"), Verdict::Leaked);
}
