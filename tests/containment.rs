//! Panics while scanning: one record is withheld, everything else passes (invariant I3).
//!
//! A user rule names the check `panic`, which exists under the feature `test-hooks` only.

use hushlog::{Engine, Report};
use std::cell::Cell;
use std::sync::Once;

thread_local! {
    static SILENT: Cell<bool> = const { Cell::new(false) };
}

/// Runs `test` without the panic messages of this thread.
pub(crate) fn silently<T>(test: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !SILENT.get() {
                usual(info);
            }
        }));
    });
    SILENT.set(true);
    let outcome = test();
    SILENT.set(false);
    outcome
}

pub(crate) fn explosive() -> Engine {
    let rule = "[[rule]]\nid = 'boom'\nregex = 'explode-[0-9]{4}'\nvalidator = 'panic'\n";
    Engine::builder().rules("test", rule).unwrap().build().unwrap()
}

fn scrub(engine: &Engine, bytes: &[u8]) -> (Vec<u8>, Report) {
    let mut out = Vec::new();
    let mut stream = engine.stream();
    stream.push(bytes, &mut |clean| out.extend_from_slice(clean.as_bytes()));
    stream.finish(&mut |clean| out.extend_from_slice(clean.as_bytes()));
    (out, stream.report())
}

#[test]
fn i3_a_panic_withholds_its_record_and_no_other() {
    const LINES: usize = 1_000_000;
    let mut bytes = Vec::new();
    let mut expected = Vec::new();
    for at in 0..LINES {
        let line = format!("step {at} of the job is done, loss 0.25\n");
        if at == 617_283 {
            bytes.extend_from_slice(b"now explode-2026 please\n");
            expected.extend_from_slice(b"[WITHHELD:panic]\n");
        } else if at % 1000 == 0 {
            bytes.extend_from_slice(b"mail from u@example.com\n");
            expected.extend_from_slice(b"mail from [EMAIL]\n");
        } else {
            bytes.extend_from_slice(line.as_bytes());
            expected.extend_from_slice(line.as_bytes());
        }
    }
    let (out, report) = silently(|| scrub(&explosive(), &bytes));
    assert!(out == expected, "other records were changed");
    assert_eq!(report.withheld, 1);
    assert_eq!(report.lines, LINES as u64);
    assert_eq!(report.bytes_in, bytes.len() as u64);
    assert_eq!(report.bytes_out, out.len() as u64);
    assert_eq!(report.kinds.len(), 1);
}

/// What other records need from their neighbours they still get.
#[test]
fn i3_a_panic_leaves_the_context_of_other_records() {
    let engine = explosive();
    let calm = "it is calm here, nothing-2026";
    let key = format!("-----BEGIN {} KEY-----\n{}\n{}\n-----END {0} KEY-----\n", "PRIVATE", "Ab3/".repeat(16), "Zz9+".repeat(16));
    let split = "2026-01-02T03:04:05.678901234Z stdout P user=u@exam\n2026-01-02T03:04:05.678901234Z stdout F ple.com said so\n";
    let zone = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10\n";
    for text in [key.as_str(), split, zone] {
        // Before, between and after the lines of the text.
        for at in text.match_indices('\n').map(|(at, _)| at + 1).chain([0]) {
            let (before, after) = text.split_at(at);
            let with = |line: &str| format!("first\n{before}{line}\n{after}last\n");
            let between = at > 0 && at < text.len();
            if between && text != split {
                continue; // another record there ends the block in any case
            }
            let (expected, _) = scrub(&engine, with(calm).as_bytes());
            let (out, report) = silently(|| scrub(&engine, with("now explode-2026 please").as_bytes()));
            let expected = String::from_utf8(expected).unwrap().replace(calm, "[WITHHELD:panic]");
            assert_eq!(String::from_utf8(out).unwrap(), expected);
            assert_eq!(report.withheld, 1);
        }
    }
}

#[test]
fn i3_a_panic_in_a_long_record_withholds_it() {
    let engine = explosive();
    let long = [b"x ".repeat(700_000), b" explode-2026 tail u@example.com ".to_vec(), b"y ".repeat(700_000)].concat();
    let bytes = [b"first\n", long.as_slice(), b"\nlast\n"].concat();
    let (out, report) = silently(|| scrub(&engine, &bytes));
    assert!(out.starts_with(b"first\n") && out.ends_with(b"\nlast\n"), "neighbours were lost");
    assert!(!out.windows(12).any(|window| window == b"explode-2026" || window == b"u@example.co"), "a withheld byte passed");
    assert!(report.withheld >= 1);
    assert_eq!(report.lines, 3);
    assert_eq!(report.bytes_in, bytes.len() as u64);
    assert_eq!(report.bytes_out, out.len() as u64);
}

#[test]
fn i3_a_panic_withholds_a_decoded_field() {
    let engine = explosive();
    let mut report = Report::default();
    let cleaned = silently(|| engine.value(b"note", b"explode-2026", &mut report));
    assert_eq!(cleaned.as_bytes(), b"[WITHHELD:panic]");
    assert_eq!(report.withheld, 1);
}
