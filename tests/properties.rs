//! Properties of the engine on generated logs (invariant I7, and what the README promises).
//!
//! Ordinary runs try a few hundred documents a property; `HUSHLOG_LONG=1000000` sets the
//! count for long runs (tests/long/). Messages of failures show generated data only.

use crate::documents::{Log, cases, csv, document, escaped, line, pieces, value, whole_lines};
use hushlog::{Engine, Found, Kernel, catalog};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use std::sync::OnceLock;

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(Engine::standard)
}

fn scrub_in_pieces<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut stream = engine().stream();
    for piece in pieces {
        stream.push(piece, &mut |clean| out.extend_from_slice(clean.as_bytes()));
    }
    stream.finish(&mut |clean| out.extend_from_slice(clean.as_bytes()));
    out
}

fn find_in_pieces<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut finder = engine().finder();
    for piece in pieces {
        finder.push(piece, &mut |finding| found.push(finding));
    }
    finder.finish(&mut |finding| found.push(finding));
    found
}

/// Equal, or a message that can be read.
fn same(left: &[u8], right: &[u8]) -> Result<(), TestCaseError> {
    prop_assert!(left == right, "\n   {}\nis {}", left.escape_ascii(), right.escape_ascii());
    Ok(())
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn i7_output_does_not_depend_on_the_cuts(bytes in document(12), cuts in vec(any::<Index>(), 0..8)) {
        let pieces = pieces(&bytes, &cuts);
        same(&engine().scrub(&bytes), &scrub_in_pieces(pieces.iter().map(Vec::as_slice)))?;
        prop_assert_eq!(engine().find(&bytes), find_in_pieces(pieces.iter().map(Vec::as_slice)));
    }

    #[test]
    fn i7_scrubbing_twice_equals_once(bytes in document(6)) {
        let once = engine().scrub(&bytes);
        same(&once, &engine().scrub(&once))?;
    }

    #[test]
    fn i7_bytes_outside_findings_are_untouched(bytes in document(6)) {
        let output = engine().scrub(&bytes);
        let mut rest = output.as_slice();
        let found = engine().find(&bytes);
        let mut found = found.iter().peekable();
        for (at, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let mut from = 0;
            while let Some(finding) = found.next_if(|finding| finding.line == at as u64 + 1) {
                prop_assert!(from <= finding.start && finding.start < finding.end && finding.end <= line.len());
                let before = &line[from..finding.start];
                // A masked negative number takes its sign with it.
                let unsigned = before.strip_suffix(b"-").filter(|before| rest.strip_prefix(*before).is_some_and(|rest| rest.starts_with(b"null")));
                rest = rest.strip_prefix(unsigned.unwrap_or(before)).ok_or_else(|| TestCaseError::fail(format!("line {at} was changed before {}", finding.start)))?;
                // What follows a run on its line may be written with the same characters.
                let label = after_label(rest, &finding.kind);
                let tail = line[finding.end..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+/-_=".contains(byte)).count();
                let run = !rest.starts_with(b"[") && !rest.starts_with(b"null");
                let label = label.and_then(|label| if run { rest.get(rest.len() - label.len() - tail..) } else { Some(label) });
                rest = label.ok_or_else(|| TestCaseError::fail(format!("line {at} has no label at {}", finding.start)))?;
                from = finding.end;
            }
            rest = rest.strip_prefix(&line[from..]).ok_or_else(|| TestCaseError::fail(format!("line {at} was changed after {from}")))?;
        }
        prop_assert!(rest.is_empty() && found.next().is_none());
    }

    #[test]
    fn as_many_lines_leave_as_came_in(bytes in document(8)) {
        let ends = |bytes: &[u8], end: u8| bytes.iter().filter(|byte| **byte == end).count();
        let output = engine().scrub(&bytes);
        prop_assert_eq!(ends(&output, b'\n'), ends(&bytes, b'\n'));
        prop_assert_eq!(ends(&output, b'\r'), ends(&bytes, b'\r'));
    }

    #[test]
    fn kernels_agree(bytes in document(12)) {
        let portable = Engine::builder().kernel(Kernel::Portable).build().unwrap();
        let expected = portable.scrub(&bytes);
        for kernel in Kernel::ALL.into_iter().filter(|kernel| kernel.is_available()) {
            let engine = Engine::builder().kernel(kernel).build().unwrap();
            prop_assert_eq!(engine.kernel(), kernel);
            same(&expected, &engine.scrub(&bytes))?;
        }
    }

    #[test]
    fn the_fast_path_equals_the_naive_oracle(log in whole_lines(4), changes in vec((any::<Index>(), any::<u8>(), 0..4_u8), 0..6)) {
        let mut bytes = changed(log, changes);
        bytes.truncate(600);
        same(&engine().scrub_naively(&bytes), &engine().scrub(&bytes))?;
    }

    /// The body of the fuzz target, over documents instead of what a fuzzer found.
    #[test]
    fn what_is_fuzzed_holds_for_changed_documents(log in document(4), changes in vec((any::<Index>(), any::<u8>(), 0..4_u8), 0..6)) {
        let bytes = changed(log, changes);
        let held = std::panic::catch_unwind(|| hushlog::fuzz::scrub(&bytes));
        prop_assert!(held.is_ok(), "b\"{}\"", bytes.escape_ascii());
    }

    #[test]
    fn json_stays_json(json in json(), pretty in any::<bool>()) {
        // A number alone on a line may as well be text: numbers in lists are for compact JSON.
        let pretty = pretty && !lists_numbers(&json);
        let text = if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) }.unwrap();
        let output = engine().scrub(text.as_bytes());
        // A line that is one number may be text as well as JSON; it gets a label.
        prop_assume!(json.is_object() || json.is_array());
        let parsed = serde_json::from_slice::<Value>(&output);
        prop_assert!(parsed.is_ok(), "\n   {}\nis {}", text, output.escape_ascii());
        let wrong = differs(&json, &parsed.unwrap());
        prop_assert!(wrong.is_none(), "{}:\n   {}\nis {}", wrong.unwrap_or_default(), text, output.escape_ascii());
    }

    #[test]
    fn escaped_json_stays_json(key in value(), value in value()) {
        let text = format!("{{\"{}\":\"{}\"}}\n", escaped(&key), escaped(&value));
        let output = engine().scrub(text.as_bytes());
        let parsed = serde_json::from_slice::<Value>(&output);
        prop_assert!(parsed.is_ok(), "\n   {}\nis {}", text, output.escape_ascii());
    }

    #[test]
    fn csv_keeps_its_records_and_fields(
        names in vec(prop_oneof![3 => proptest::sample::select(vec!["user", "ssn", "password", "name", "ip", "address", "cookie", "Authorization", "First Name"]).prop_map(str::to_owned), 1 => "[a-z_]{1,8}"], 1..5),
        rows in vec(vec(prop_oneof![8 => value(), 1 => (value(), value()).prop_map(|(a, b)| format!("{a}\n{b}")), 1 => (value(), value()).prop_map(|(a, b)| format!("{a},\"{b}\""))], 5), 1..5),
        delimiter in proptest::sample::select(vec![",", ";", "\t", "|"]),
    ) {
        let record = |cells: &[String]| cells.iter().map(|cell| csv(cell, delimiter)).collect::<Vec<_>>().join(delimiter);
        // A known key makes it a table whatever the other names are.
        let mut names = names;
        names.push("email".to_owned());
        let mut text = record(&names);
        for row in &rows {
            text.push('\n');
            text.push_str(&record(&row[..names.len()]));
        }
        let output = engine().scrub(text.as_bytes());
        let (before, after) = (fields(text.as_bytes(), delimiter), fields(&output, delimiter));
        prop_assert!(before == after, "\n   {}\nis {}\n{before:?} became {after:?}", text.escape_debug(), output.escape_ascii());
        same(&output, &engine().scrub(&output))?;
    }

    #[test]
    fn decoded_fields_are_scrubbed_once(key in "[a-zA-Z_.]{0,16}", value in line()) {
        let mut report = hushlog::Report::default();
        let once = engine().value(key.as_bytes(), &value, &mut report);
        prop_assert_eq!(once.is_unchanged(), report.masked() == 0);
        let twice = engine().value(key.as_bytes(), once.as_bytes(), &mut report);
        same(once.as_bytes(), twice.as_bytes())?;
    }
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn i7_output_does_not_depend_on_any_single_cut(bytes in document(2)) {
        let bytes = &bytes[..bytes.len().min(400)];
        let expected = engine().scrub(bytes);
        for at in 0..=bytes.len() {
            let (first, second) = bytes.split_at(at);
            same(&expected, &scrub_in_pieces([first, second]))?;
        }
        same(&expected, &scrub_in_pieces(bytes.chunks(1)))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: (cases(6000).cases / 1000).max(1), ..cases(6000) })]

    /// Records over the cap of 1 MiB are scanned in windows.
    #[test]
    fn i7_output_of_long_records_does_not_depend_on_the_cuts(
        seed in vec((line(), 1..60_usize), 4..12), around in document(3), length in 900_000..2_400_000_usize, step in 1..300_000_usize,
    ) {
        let mut bytes = around.to_vec();
        bytes.push(b'\n');
        let long: Vec<u8> = seed.iter().cycle().flat_map(|(line, times)| std::iter::repeat_n([&line[..], &b" "[..]].concat(), *times)).flatten().take(length).collect();
        bytes.extend(long.iter().filter(|byte| !matches!(byte, b'\n' | b'\r')));
        bytes.push(b'\n');
        bytes.extend_from_slice(&around);
        let expected = engine().scrub(&bytes);
        prop_assert!(expected == scrub_in_pieces(bytes.chunks(step)), "step {step}");
        prop_assert!(expected == scrub_in_pieces(bytes.chunks(997)), "step 997");
    }
}

/// A log with some bytes replaced, removed or added.
fn changed(log: Log, changes: Vec<(Index, u8, u8)>) -> Vec<u8> {
    let mut bytes = log.0;
    for (at, byte, how) in changes {
        let at = at.index(bytes.len() + 1);
        let usual = b"=:@-. \"\\%/,_0aA{"[usize::from(byte) % 16];
        match how {
            0 if at < bytes.len() => bytes[at] = usual,
            1 if at < bytes.len() => bytes[at] = byte,
            2 if at < bytes.len() => {
                bytes.remove(at);
            }
            _ => bytes.insert(at, usual),
        }
    }
    bytes
}

/// How many fields each record of a CSV text has (RFC 4180).
fn fields(text: &[u8], delimiter: &str) -> Vec<usize> {
    let (mut records, mut count, mut quoted, mut start) = (Vec::new(), 1, false, true);
    for byte in text {
        let begins = std::mem::take(&mut start);
        match byte {
            b'"' if begins || quoted => quoted = !quoted,
            // The second quote of a pair opens the field again.
            b'"' => quoted = true,
            b'\n' if !quoted => {
                records.push(count);
                (count, start) = (1, true);
            }
            byte if !quoted && [*byte] == delimiter.as_bytes() => {
                count += 1;
                start = true;
            }
            _ => {}
        }
    }
    records.push(count);
    records
}

/// What follows the replacement of a finding of `kind`: its label, a number behind it, or `null`.
fn after_label<'o>(output: &'o [u8], kind: &str) -> Option<&'o [u8]> {
    let label = catalog().iter().find(|known| known.id == kind)?.label;
    if let Some(rest) = output.strip_prefix(b"null") {
        return Some(rest);
    }
    let Some(rest) = output.strip_prefix(label.as_bytes()) else {
        // A run of base64 or hex is written again; it ends where its characters do.
        let is_run = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(byte);
        let length = output.iter().take_while(is_run).count();
        return (length > 0).then(|| &output[length..]);
    };
    let Some(number) = rest.strip_prefix(b"#") else { return Some(rest) };
    let digits = number.iter().take_while(|byte| byte.is_ascii_digit()).count();
    // In a key the number ends where the key does; elsewhere a `#` may be the record's own.
    let closes = number.get(digits).is_some_and(|byte| !byte.is_ascii_digit());
    Some(if digits > 0 && closes && number[..digits] != b"1"[..] && numbered(number, digits) { &number[digits..] } else { rest })
}

/// Whether a key ends behind the number.
fn numbered(number: &[u8], digits: usize) -> bool {
    let mut rest = number[digits..].iter().skip_while(|byte| !matches!(byte, b'"' | b'\n'));
    rest.next() == Some(&b'"') && rest.find(|byte| **byte != b' ') == Some(&b':')
}

/// JSON with personal data in keys, values, numbers and strings that hold JSON.
fn json() -> BoxedStrategy<Value> {
    let text = || prop_oneof![value(), "[a-z_ ]{0,12}", (value(), value()).prop_map(|(a, b)| format!("{a} {b}"))];
    let keys = || {
        prop_oneof![
            proptest::sample::select(vec![
                "ssn",
                "email",
                "user",
                "password",
                "phone",
                "card",
                "ip",
                "mrn",
                "dob",
                "age",
                "cvv",
                "npi",
                "id",
                "ts",
                "count",
                "zip",
                "account_number",
                "lat",
                "lon",
                "api_key",
                "enabled",
                "name",
                "token",
            ])
            .prop_map(str::to_owned),
            value(),
            "[a-z_]{1,10}",
        ]
    };
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..1000_u64).prop_map(Value::from),
        prop_oneof![Just(4111111111111111_u64), Just(378282246310005), Just(123456789), Just(4155550123), Just(1234567893)]
            .prop_map(Value::from),
        // Decimals that are read back as they were written.
        (-18_000..18_000_i32).prop_map(|hundredths| Value::from(f64::from(hundredths) / 100.0)),
        text().prop_map(Value::from),
        (text(), text()).prop_map(|(key, value)| Value::from(serde_json::json!({ key: value }).to_string())),
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((keys(), inner), 0..5).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
    .prop_map(|json| if json.is_object() || json.is_array() { json } else { Value::from(vec![json]) })
    .boxed()
}

fn lists_numbers(json: &Value) -> bool {
    match json {
        Value::Array(items) => items.iter().any(|item| item.is_number() || lists_numbers(item)),
        Value::Object(fields) => fields.values().any(lists_numbers),
        _ => false,
    }
}

/// Where `after` is not `before` with some values masked.
fn differs(before: &Value, after: &Value) -> Option<String> {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            if before.len() != after.len() {
                return Some(format!("an object of {} keys has {}", before.len(), after.len()));
            }
            let new = after.keys().filter(|key| !before.contains_key(*key));
            if let Some(key) = new.clone().find(|key| !key.contains('[')) {
                return Some(format!("the key {key} is new"));
            }
            before.iter().find_map(|(key, value)| after.get(key).and_then(|after| differs(value, after)))
        }
        (Value::Array(before), Value::Array(after)) => {
            if before.len() != after.len() {
                return Some(format!("a list of {} has {}", before.len(), after.len()));
            }
            before.iter().zip(after).find_map(|(before, after)| differs(before, after))
        }
        (Value::String(before), Value::String(after)) if before == after || after.contains('[') => None,
        (Value::Number(_), Value::Null) => None,
        // Reading a fraction twice may differ in its last digit.
        (Value::Number(before), Value::Number(after)) if before.is_f64() && after.is_f64() => {
            let (before, after) = (before.as_f64().unwrap_or(0.0), after.as_f64().unwrap_or(0.0));
            ((before - after).abs() > before.abs() * 1e-12).then(|| format!("{before} became {after}"))
        }
        (before, after) if before == after => None,
        (before, after) => Some(format!("{before} became {after}")),
    }
}
