//! Private keys that were printed line by line: what becomes of them when other lines stand between, when prefixes
//! change, and when the lines come in several requests or files.

use hushlog::Engine;

/// A key that nobody uses: its lines are made, 64 letters each, and a shorter last one.
fn key(lines: usize) -> Vec<String> {
    let line = |number: usize| format!("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC{number:08}Zq+/w");
    let opener = std::iter::once("-----BEGIN PRIVATE KEY-----".to_owned());
    opener.chain((0..lines).map(line)).chain(["MIIEk3Yh7w==".to_owned(), "-----END PRIVATE KEY-----".to_owned()]).collect()
}

/// Scrubs text in pieces; what comes out must not depend on them.
fn scrub(text: &str) -> String {
    let engine = Engine::standard();
    let whole = String::from_utf8(engine.scrub(text.as_bytes())).unwrap();
    for step in [1, 7, 100, 4096] {
        let (mut stream, mut out) = (engine.stream(), Vec::new());
        for piece in text.as_bytes().chunks(step) {
            stream.push(piece, &mut |part| out.extend_from_slice(part.as_bytes()));
        }
        stream.finish(&mut |part| out.extend_from_slice(part.as_bytes()));
        assert!(out == whole.as_bytes(), "in pieces of {step}: {}", String::from_utf8_lossy(&out));
    }
    whole
}

/// That no line of a key is left, and that the other lines stand as they were.
#[track_caller]
fn masked(text: &str, others: &[&str]) {
    let out = scrub(text);
    assert!(!out.contains("MII"), "{out}");
    let count = |text: &str, line: &str| text.lines().filter(|found| *found == line).count();
    for other in others {
        assert_eq!(count(&out, other), count(text, other), "{other} in {out}");
    }
    assert_eq!(out.lines().count(), text.lines().count(), "{out}");
}

/// Lines with others between them.
fn between(lines: &[String], others: &[&str], place: impl Fn(usize, &str) -> String) -> String {
    let mut out = String::new();
    for (at, line) in lines.iter().enumerate() {
        out += &format!("{}\n", place(at, line));
        if at % 3 == 1 {
            others.iter().for_each(|other| out += &format!("{other}\n"));
        }
    }
    out
}

#[test]
fn the_prefix_of_a_runtime_may_become_shorter() {
    // As RFC 3339 is printed by Go, zeros at the end of the fraction are left out.
    let time = |at: usize| format!("2026-03-01T10:15:00.{}", format!("{:09}", at * 123_456_780).trim_end_matches('0'));
    masked(&between(&key(12), &[], |at, line| format!("{}Z stdout F {line}", time(at))), &[]);
    masked(&between(&key(12), &[], |at, line| format!("[{}] INFO loader: {line}", at * 37)), &[]);
}

#[test]
fn lines_of_others_stand_between_those_of_a_key() {
    const TIME: &str = "2026-03-01T10:15:00.123456789Z";
    let structured = format!("{TIME} stderr F {{\"level\":\"warn\",\"loss\":0.3}}");
    let plain = format!("{TIME} stderr F epoch 3 of 10 done");
    masked(&between(&key(12), &[&structured, &plain], |_, line| format!("{TIME} stdout F {line}")), &[&structured, &plain]);
    masked(&between(&key(12), &["step 17", "{\"loss\":0.3}"], |_, line| line.to_owned()), &["step 17", "{\"loss\":0.3}"]);
    let record = |line: &str| format!("{{\"host\":\"node-1\",\"message\":\"{line}\",\"severity\":\"info\"}}");
    let others = [record("loaded"), record("epoch 3 of 10 done"), "{\"other\":\"Batch\"}".to_owned()];
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    masked(&between(&key(12), &others, |_, line| record(line)), &others);
    // Writers of JSON may escape what is no letter.
    masked(&between(&key(12), &others, |_, line| record(&line.replace('/', "\\/").replace('+', "\\u002b"))), &others);
}

#[test]
fn a_line_of_a_key_is_known_whatever_stands_around_it() {
    let level = |at: usize| ["INFO", "DEBUG", "WARN"][at % 3];
    type Form<'f> = &'f dyn Fn(usize, &str) -> String;
    let forms: [(&str, Form<'_>); 13] = [
        ("JSON behind the time of a runtime", &|at, line| {
            format!("2026-03-01T10:15:0{}Z stdout F {{\"level\":\"info\",\"msg\":\"{line}\"}}", at % 10)
        }),
        ("JSON in JSON", &|_, line| format!("{{\"log\":\"{{\\\"msg\\\":\\\"{line}\\\"}}\\n\",\"stream\":\"stdout\"}}")),
        ("a prefix in JSON", &|at, line| format!("{{\"msg\":\"[{}] {} {line}\"}}", at * 37, level(at))),
        ("a member that comes and goes", &|at, line| format!("{{{}\"msg\":\"{line}\"}}", if at % 2 == 0 { "\"id\":1," } else { "" })),
        ("a long record", &|_, line| format!("{{\"meta\":\"{}\",\"log\":\"{line}\"}}", "word ".repeat(400))),
        ("blanks behind", &|at, line| format!("{line}{}", [" ", "\t", "", " \t"][at % 4])),
        ("a place behind", &|_, line| format!("{line} (loader.py:12)")),
        ("colours", &|_, line| format!("\u{1b}[32m{line}\u{1b}[0m")),
        ("logfmt", &|at, line| format!("level={} msg=\"{line}\"", level(at))),
        ("logfmt without quotes", &|at, line| format!("level={} msg={line}", level(at))),
        ("a list", &|_, line| format!("    \"{line}\",")),
        ("columns", &|at, line| format!("{at},info,{line}")),
        ("no blank before", &|at, line| format!("{at}:{line}")),
    ];
    for (what, form) in forms {
        println!("{what}");
        masked(&between(&key(12), &[], form), &[]);
        let others = [form(1, "it works"), form(2, "Rank 3 of 8 ready")];
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        masked(&between(&key(12), &others, form), &others);
    }
}

#[test]
fn other_widths_and_updates_of_a_terminal_do_not_end_a_key() {
    for width in [48, 60, 64, 70, 72, 76, 80, 120, 1000] {
        let body: String = (0..3 * width).map(|at| char::from(b"Ab3/xYz9+QmK"[(at * 7 + at / 5) % 12])).collect();
        let lines = body.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap());
        let text = std::iter::once("-----BEGIN PRIVATE KEY-----").chain(lines).chain(["-----END PRIVATE KEY-----"]);
        let text: String = text.enumerate().map(|(at, line)| format!("[{}] INFO {line}\nstep {at}\n", at * 37)).collect();
        let out = scrub(&text);
        assert!(!body.as_bytes().windows(20).any(|part| out.as_bytes().windows(20).any(|found| found == part)), "{width}: {out}");
    }
    let bar: String = (0..60).map(|at| format!("\r{at}%|####")).collect();
    let lines = key(12);
    masked(&format!("{}\n{bar}\n\n  \n{}\n", lines[..4].join("\n"), lines[4..].join("\n")), &[]);
    masked(&format!("{}\n-----END CERTIFICATE-----\n{}\n", lines[..4].join("\n"), lines[4..].join("\n")), &["-----END CERTIFICATE-----"]);
}

#[test]
fn a_key_without_an_end_takes_few_lines_of_others() {
    let others: String =
        (0..500).map(|at| format!("INFO worker Worker12 Batch=3{} Rank0Of8\nImportError\nKeyError\n42\n", at % 10)).collect();
    for head in [key(3)[..4].join("\n"), "the file -----BEGIN PRIVATE KEY----- was read".to_owned()] {
        let out = scrub(&format!("{head}\n{others}"));
        let kept = out.lines().filter(|line| !line.contains("PEM_PRIVATE_KEY")).count();
        assert!(kept >= others.lines().count() - 3, "{kept} of {}", others.lines().count());
    }
    let engine = Engine::standard();
    let mut stream = engine.stream();
    stream.may_begin_in_key();
    let mut out = Vec::new();
    stream.push(format!("INFO etag {}\n{others}", key(1)[1]).as_bytes(), &mut |part| out.extend_from_slice(part.as_bytes()));
    stream.finish(&mut |part| out.extend_from_slice(part.as_bytes()));
    let masked = String::from_utf8(out).unwrap().matches("PEM_PRIVATE_KEY").count();
    assert!(masked <= 2, "{masked}");
}

#[test]
fn what_only_stands_near_an_opener_stays() {
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let path = "/usr/lib/python3/dist-packages/torch/utils/data/dataloader";
    let text = format!("the file begins with -----BEGIN PRIVATE KEY-----\nstep 1 of 2\n{digest}\n{path}\nJobStarted\nloss 0.25\n");
    let out = scrub(&text);
    assert!(out.ends_with(&format!("step 1 of 2\n{digest}\n{path}\nJobStarted\nloss 0.25\n")), "{out}");
    // A certificate says nothing secret, also behind a key that was cut off.
    let certificate = key(4).join("\n").replace("PRIVATE KEY", "CERTIFICATE");
    let out = scrub(&format!("{}\nconnection lost\n{certificate}\n", key(2)[..2].join("\n")));
    assert!(out.ends_with(&format!("{certificate}\n")), "{out}");
    // Nor is one at the head of an input.
    assert_eq!(scrub(&certificate), certificate);
}

#[test]
fn a_lost_end_swallows_no_log() {
    let lines: Vec<String> = (0..400).map(|step| format!("step {step} ran\n")).collect();
    let base64 = &key(1)[1];
    let out = scrub(&format!("{}\n{}{base64}\n", key(3)[..3].join("\n"), lines.concat()));
    assert!(out.ends_with(&format!("{}{base64}\n", lines.concat())), "{out}");
}

#[test]
fn wide_letters_among_narrow_lines_are_read() {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let engine = Engine::standard();
    for (text, label) in [("ssn=123-45-6789 ok\n", "US_SSN"), ("mail jane@example.com now\n", "EMAIL")] {
        let whole = [b"started\n".to_vec(), wide(text), b"\0done\n".to_vec()].concat();
        let out = engine.scrub(&whole);
        let narrow: String = String::from_utf8_lossy(&out).replace('\0', "");
        assert!(narrow.contains(&format!("[{label}]")) && narrow.starts_with("started\n"), "{narrow}");
        assert!(!narrow.contains("6789") && !narrow.contains("jane"), "{narrow}");
        assert_eq!(engine.scrub(&out), out, "a second time");
    }
    let escaped: String = "123-45-6789".chars().map(|letter| format!("{letter}\\u0000")).collect();
    let out = String::from_utf8(engine.scrub(format!("{{\"msg\":\"ssn {escaped} ok\"}}\n").as_bytes())).unwrap();
    assert!(out.contains("[US_SSN]") && !out.contains("6\\u00007"), "{out}");
}

#[cfg(feature = "server")]
mod sent {
    use super::key;
    use crate::support::proxy::{Proxy, Sender, Store, free_port, until};
    use std::io::Write;
    use std::net::TcpStream;

    /// A proxy that listens for HTTP, syslog and OpenTelemetry.
    fn start() -> (Proxy, Store, [u16; 2]) {
        let (store, syslog, otlp) = (Store::start(), free_port(), free_port());
        let proxy = Proxy::start(&format!(
            "region: eu-west-1\nsources:\n  http: {{ type: http, listen: \"127.0.0.1:PORT\" }}\n\
             \x20 syslog: {{ type: syslog, listen: \"127.0.0.1:{syslog}\" }}\n\
             \x20 otlp: {{ type: otlp, http: \"127.0.0.1:{otlp}\" }}\n\
             sinks: {{ out: {{ type: http, region: eu-west-1, url: \"http://127.0.0.1:{}/\" }} }}\nroutes: [{{ to: [out] }}]\n",
            store.port
        ));
        (proxy, store, [syslog, otlp])
    }

    /// That so many records arrived, and nothing of a key.
    #[track_caller]
    fn arrived(store: &Store, count: usize) {
        until("the records arrived", || store.len() >= count);
        let lines = store.lines();
        assert!(lines.iter().all(|line| !line.contains("MII")), "{lines:#?}");
        assert!(lines.iter().any(|line| line.contains("behind")), "{lines:#?}");
    }

    #[test]
    fn a_key_in_several_requests_of_a_connection_is_one_key() {
        let (proxy, store, _) = start();
        let lines = [key(12), vec!["behind".to_owned()]].concat();
        let mut client = Sender::connect(proxy.port).unwrap();
        for part in lines.chunks(2) {
            assert_eq!(client.post("text/plain", &[], part.join("\n").as_bytes()).unwrap(), 200);
        }
        arrived(&store, lines.len());
    }

    #[test]
    fn what_is_refused_and_sent_again_is_still_of_the_key() {
        let (proxy, store, _) = start();
        let lines = [key(12), vec!["behind".to_owned()]].concat();
        let mut client = Sender::connect(proxy.port).unwrap();
        assert_eq!(client.post("text/plain", &[], lines[..4].join("\n").as_bytes()).unwrap(), 200);
        // Its end is in it, but it is no JSON.
        assert_eq!(client.post("application/json", &[], lines[4..].join("\n").as_bytes()).unwrap(), 400);
        assert_eq!(client.post("text/plain", &[], lines[4..].join("\n").as_bytes()).unwrap(), 200);
        arrived(&store, lines.len());
    }

    #[test]
    fn a_key_sent_line_by_line_over_syslog_is_one_key() {
        let (_proxy, store, [syslog, _]) = start();
        let lines = [key(12), vec!["behind".to_owned()]].concat();
        let mut stream = TcpStream::connect(("127.0.0.1", syslog)).unwrap();
        for (at, line) in lines.iter().enumerate() {
            writeln!(stream, "<134>1 2026-03-01T10:15:00Z node-1 trainer 17 - - {line}").unwrap();
            until("the line arrived", || store.len() > at);
        }
        arrived(&store, lines.len());
    }

    #[test]
    fn a_key_in_several_requests_of_opentelemetry_is_one_key() {
        let (_proxy, store, [_, otlp]) = start();
        let lines = [key(12), vec!["behind".to_owned()]].concat();
        let mut client = Sender::connect(otlp).unwrap();
        for line in &lines {
            let body = serde_json::json!({ "resourceLogs": [{ "resource": { "attributes": [{ "key": "pod", "value": { "stringValue": "trainer" } }] },
                "scopeLogs": [{ "logRecords": [{ "timeUnixNano": "1772360100000000000", "body": { "stringValue": line } }] }] }] });
            let (status, _) = client.ask("/v1/logs", "application/json", &[], body.to_string().as_bytes()).unwrap();
            assert_eq!(status, 200);
        }
        arrived(&store, lines.len());
    }
}
