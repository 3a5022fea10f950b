//! What becomes a record: joined lines, long lines, many files at once.

use super::*;
use crate::support::proxy::free_port;
use crate::support::single::gzip;
use std::io::Read as _;
use std::net::TcpStream;

#[test]
fn tracebacks_are_one_record() {
    let home = Home::with("type: file, include: ['DIR/logs/*.log'], poll: 20ms, multiline: traceback, checkpoints: DIR/state");
    let proxy = home.start();
    append(
        &home.log("app.log"),
        "INFO one\nERROR mail=jane@example.com failed\nTraceback (most recent call last):\n  File \"a.py\", line 1\n",
    );
    append(&home.log("app.log"), "ValueError: no\nINFO two\n");
    // The last one waits for more lines, and then no longer.
    home.until_records(3);
    proxy.stop();
    let out = home.out();
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].starts_with("{\"message\":\"INFO one\""), "{out}");
    assert!(
        lines[1]
            .contains("ERROR mail=[EMAIL] failed\\nTraceback (most recent call last):\\n  File \\\"a.py\\\", line 1\\nValueError: no\"")
    );
    assert!(lines[2].starts_with("{\"message\":\"INFO two\""), "{out}");
}

#[test]
fn a_pattern_begins_a_record_and_a_kill_does_not_cut_one() {
    let home = Home::with(
        "type: file, include: ['DIR/logs/*.log'], poll: 20ms, multiline: { start: '^\\[', lines: 4, wait: 30s }, checkpoints: DIR/state",
    );
    let proxy = home.start();
    append(&home.log("app.log"), "[1] a\nb\n[2] c\nd\n");
    home.until_records(1);
    home.until_safe(8);
    proxy.kill();
    append(&home.log("app.log"), "e\n[3] 1\n2\n3\n4\n5\n[4]\n[5]\n");
    let proxy = home.start();
    home.until("the last record", |out| out.contains("\"[4]\""));
    proxy.stop();
    let messages: Vec<String> = home.out().lines().map(|line| line.split('"').nth(3).unwrap().to_owned()).collect();
    assert_eq!(messages, ["[1] a\\nb", "[2] c\\nd\\ne", "[3] 1\\n2\\n3\\n4", "5", "[4]"]);
}

#[test]
fn a_long_line_is_cut_and_complete() {
    let home = Home::with("type: file, include: ['DIR/logs/*.log'], poll: 20ms, max_line: 64KiB, checkpoints: DIR/state");
    let proxy = home.start();
    append(&home.log("app.log"), format!("{}\nnext\n", "word ".repeat(700_000)));
    home.until("the line behind", |out| out.contains("\"next\""));
    proxy.stop();
    let out = home.out();
    let text: String = out.lines().map(|line| line.split('"').nth(3).unwrap()).collect();
    assert!(out.lines().all(|line| line.len() < 70_000));
    assert_eq!(text.len(), 5 * 700_000 + 4);
}

#[test]
fn many_files_at_once() {
    let home = Home::new();
    let mut next = 0;
    for _ in 0..3 {
        for file in 0..300 {
            append(&home.log(&format!("{file}.log")), records(next..next + 7));
            next += 7;
        }
    }
    let proxy = home.start();
    home.until_records(next as usize);
    for file in 0..300 {
        append(&home.log(&format!("{file}.log")), records(next..next + 7));
        next += 7;
    }
    home.until_records(next as usize);
    proxy.stop();
    assert_eq!(home.complete(next), 0);
}

#[test]
fn what_is_no_text_is_not_read() {
    let port = free_port();
    let home = Home::with(&format!(
        "type: file, include: ['DIR/logs/*.log'], poll: 20ms, rotate_wait: 300ms, checkpoints: DIR/state }}\nadmin: {{ metrics: '127.0.0.1:{port}'"
    ));
    let wide: Vec<u8> = "mail jane@example.com sent\n".repeat(4).encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(home.log("wide.log"), &wide).unwrap();
    fs::write(home.log("marked.log"), [b"\xff\xfe".as_slice(), &wide].concat()).unwrap();
    fs::write(home.log("packed.log"), b"PK\x03\x04jane@example.com\n").unwrap();
    fs::write(home.log("u.log"), gzip(b"jane@example.com\n")).unwrap();
    append(&home.log("app.log"), records(0..3));
    let proxy = home.begin();
    home.until_records(3);
    wait("four refusals", || home.err().matches("a file is not read").count() == 4, || home.err());
    for (why, count) in [
        ("the content is UTF-16 text; of a file that may grow only UTF-8 and ASCII are read", 2),
        ("the content is gzip, and the name of the file does not end with `.gz`", 1),
        ("the content is zip, which is not opened", 1),
    ] {
        assert_eq!(home.err().matches(why).count(), count, "{why}: {}", home.err());
    }
    let counted = || {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n").unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        page.lines()
            .any(|line| line.starts_with("hushlog_source_unread_files{") && line.contains("reason=\"content\"") && line.ends_with(" 4"))
    };
    wait("all are counted", counted, || home.err());
    append(&home.log("app.log"), records(3..6));
    home.until_records(6);
    proxy.stop();
    assert_eq!(home.complete(6), 0);
    assert!(!home.err().contains("jane"), "{}", home.err());
}

#[test]
fn why_a_compressed_file_is_not_read_is_said() {
    let home = Home::with("type: file, include: ['DIR/logs/*'], poll: 20ms, checkpoints: DIR/state");
    fs::write(home.log("a.xz"), b"\xfd7zXZ\0jane@example.com\n").unwrap();
    fs::write(home.log("b.gz"), &gzip(&b"jane@example.com\n".repeat(9))[..40]).unwrap();
    let proxy = home.begin();
    for why in ["the content is xz, which is not opened", "the gzip data ends too early"] {
        wait("the reason", || home.err().contains(why), || home.err());
    }
    proxy.stop();
    assert!(!home.err().contains("jane"), "{}", home.err());
}

#[test]
fn a_mark_of_utf8_is_no_part_of_the_first_record() {
    for form in ["", ", multiline: traceback"] {
        let home = Home::with(&format!("type: file, include: ['DIR/logs/*.log'], poll: 20ms, checkpoints: DIR/state{form}"));
        append(&home.log("app.log"), "\u{feff}{\"mail\":\"jane@example.com\"}\n\u{feff}{\"n\":2}\n");
        let proxy = home.begin();
        home.until_records(2);
        proxy.stop();
        let out = home.out();
        assert!(out.starts_with("{\"mail\":\"[EMAIL]\",") && out.contains("\"message\":\"\u{feff}"), "{out}");
    }
}

#[test]
fn two_stars_cover_the_folder_itself() {
    let home = Home::with("type: file, include: ['DIR/logs/**/*.log'], poll: 20ms, checkpoints: DIR/state");
    append(&home.log("app.log"), records(0..3));
    fs::create_dir(home.log("below")).unwrap();
    append(&home.log("below/app.log"), records(3..6));
    let proxy = home.begin();
    home.until_records(6);
    proxy.stop();
    assert_eq!(home.complete(6), 0);
}

#[test]
fn a_name_that_is_no_text_is_told_by_its_count_alone() {
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    fs::write(home.path("logs").join(std::ffi::OsStr::from_bytes(b"jane@example.com\xff.log")), "x\n").unwrap();
    append(&home.log("app.log"), records(0..3));
    let proxy = home.begin();
    home.until_records(3);
    wait("a warning", || home.err().contains("files or folders that the patterns name are not read"), || home.err());
    proxy.stop();
    assert!(home.err().contains("unnamed=1") && !home.err().contains("jane"), "{}", home.err());
}
