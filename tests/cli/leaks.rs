//! No scanned byte outside the output (I4): canaries in every place an error, a report or
//! a listing could quote.

use super::{Program, Ran, gzip, zstd};

const CANARY: &str = "Kanarienvogel77";

#[track_caller]
fn silent(ran: &Ran) {
    assert!(!ran.err.contains(CANARY), "{}", ran.err);
}

#[test]
fn i4_no_error_quotes_the_input() {
    let line = format!("{{\"{CANARY}\": \"{CANARY}@example.com\", ssn={CANARY}\n");
    let packed = gzip(line.repeat(2000));
    let mut damaged = packed.clone();
    damaged.truncate(packed.len() - 3);
    let utf16 = format!("\u{feff}{line}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let inputs: Vec<Vec<u8>> = vec![
        line.clone().into_bytes(),
        [b"PK\x03\x04", line.as_bytes()].concat(),
        [b"\x1f\x8b\x08\0", line.as_bytes()].concat(),
        [b"\x28\xb5\x2f\xfd", line.as_bytes()].concat(),
        [&packed[..], line.as_bytes()].concat(),
        [&zstd(&line)[..], line.as_bytes()].concat(),
        gzip([b"%PDF-1.7 ", line.as_bytes()].concat()),
        damaged,
        utf16,
        [b"\xff\xf0\x80", line.as_bytes(), b"\0\xff"].concat(),
    ];
    let program = Program::new();
    for input in inputs {
        for arguments in [
            &["scrub"][..],
            &["scrub", "--report", "report.json"],
            &["scrub", "-o", "clean.log"],
            &["find"],
            &["find", "--format", "jsonl", "--fail"],
            &["explain"],
            &["explain", "--show-values"],
        ] {
            let ran = program.run_on(input.clone(), arguments);
            silent(&ran);
            if arguments[0] != "scrub" {
                assert!(!ran.out.contains(CANARY), "{arguments:?}: {}", ran.out);
            }
        }
        assert!(!program.read("report.json").contains(CANARY));
    }
}

#[test]
fn i4_no_error_about_output_quotes_the_input() {
    let program = Program::new().with("app.log", format!("{CANARY}@example.com\n"));
    for arguments in [
        &["scrub", "-o", "app.log", "app.log"][..],
        &["scrub", "-o", "no/folder", "app.log"],
        &["scrub", "--report", "no/folder", "app.log"],
        &["scrub", "--rules", "app.log", "app.log"],
    ] {
        let ran = program.run(arguments);
        assert_ne!(ran.code, 0);
        // A rule file is the user's own text and may be quoted; a log taken for one not.
        silent(&ran);
    }
}
