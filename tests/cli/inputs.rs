//! Inputs: compressed, refused, missing, damaged.

use super::{CLEAN, LINE, Program, gzip, zstd};

#[test]
fn gzip_and_zstd_are_recognised_by_content() {
    let two_members = [gzip(LINE), gzip("second\n")].concat();
    let two_frames = [zstd(LINE), zstd("second\n")].concat();
    let program = Program::new().with("a.log", gzip(LINE)).with("b.txt", zstd(LINE)).with("c", two_members).with("d", two_frames);
    let out = program.run(&["scrub", "a.log", "b.txt", "c", "d"]).succeeded();
    assert_eq!(out, format!("{CLEAN}{CLEAN}{CLEAN}second\n{CLEAN}second\n"));
    assert_eq!(program.run_on(gzip(LINE), &["scrub"]).succeeded(), CLEAN);
}

#[test]
fn a_truncated_file_is_an_error_after_what_it_held() {
    let text = LINE.repeat(20_000);
    for (name, packed) in [("gzip", gzip(&text)), ("zstd", zstd(&text))] {
        let cut = &packed[..packed.len() - 6];
        let program = Program::new().with("cut.log", cut).with("next.log", "next\n");
        let ran = program.run(&["scrub", "cut.log", "next.log"]);
        let out = ran.failed(3, &["`cut.log`", name, "ends too early"]);
        assert!(out.ends_with("next\n") && !out.contains("user@"));
    }
}

#[test]
fn a_damaged_file_is_an_error() {
    let mut packed = gzip(LINE.repeat(1000));
    let middle = packed.len() / 2;
    packed[middle..middle + 20].fill(0xa5);
    let program = Program::new().with("bad.log", packed);
    program.run(&["scrub", "bad.log"]).failed(3, &["`bad.log`", "gzip", "damaged"]);
}

#[test]
fn other_containers_and_encodings_are_refused() {
    let utf16: Vec<u8> = "text without a mark, long enough\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let inputs: [(&[u8], &str); 6] = [
        (b"PK\x03\x04\x14\0", "zip"),
        (b"\xfd7zXZ\0\0\x04", "xz"),
        (b"SQLite format 3\0\x10\0", "SQLite"),
        (b"%PDF-1.7\n", "PDF"),
        (&gzip(b"BZh91AY&SY\x12\x34"), "bzip2"),
        (&utf16, "UTF-16"),
    ];
    for (bytes, name) in inputs {
        let program = Program::new().with("in.log", bytes);
        for command in ["scrub", "find", "explain"] {
            let out = program.run(&[command, "in.log"]).failed(3, &["`in.log`", name]);
            assert_eq!(out, "", "{command} {name}");
        }
        let out = program.run_on(bytes, &["scrub"]).failed(3, &["standard input", name]);
        assert_eq!(out, "");
    }
}

#[test]
fn utf16_with_a_mark_is_written_as_utf8() {
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let wide: Vec<u8> = format!("\u{feff}{LINE}größe\n").encode_utf16().flat_map(order).collect();
        let program = Program::new().with("wide.log", &wide).with("packed.log", gzip(&wide)).with("marked.log", format!("\u{feff}{LINE}"));
        let out = program.run(&["scrub", "wide.log", "packed.log", "marked.log"]).succeeded();
        assert_eq!(out, format!("{CLEAN}größe\n{CLEAN}größe\n\u{feff}{CLEAN}"));
        assert_eq!(program.run_on(wide.clone(), &["scrub"]).succeeded(), format!("{CLEAN}größe\n"));
    }
}

#[test]
fn a_missing_file_does_not_keep_the_others_back() {
    let program = Program::new().with("a", "a\n").with("b", LINE);
    let out = program.run(&["scrub", "a", "missing", "b"]).failed(3, &["`missing`"]);
    assert_eq!(out, format!("a\n{CLEAN}"));
    let out = program.run(&["find", "--fail", "missing", "b"]).failed(3, &["`missing`"]);
    assert!(out.starts_with("b:1:6-22 email"), "{out}");
}

#[test]
fn a_folder_is_refused() {
    let program = Program::new();
    program.run(&["scrub", "."]).failed(3, &["`.`", "folder"]);
}

#[test]
fn a_file_name_cannot_control_the_terminal() {
    let name = "a\u{1b}[2Jb";
    let program = Program::new().with(name, LINE);
    let ran = program.run(&["scrub", "missing\u{1b}[2J"]);
    ran.failed(3, &["missing\\u{1b}[2J"]);
    assert!(!program.run(&["find", name]).out.contains('\u{1b}'));
}
