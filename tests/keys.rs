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
    // A certificate says nothing secret.
    let certificate = key(4).join("\n").replace("PRIVATE KEY", "CERTIFICATE");
    assert_eq!(scrub(&certificate), certificate);
}

#[test]
fn a_lost_end_swallows_no_log() {
    let base64 = &key(1)[1];
    for end in ["\n", "\r\n"] {
        let lines: Vec<String> = (0..40).map(|step| format!("step {step} ran{end}")).collect();
        let out = scrub(&format!("{}{end}{}{base64}{end}", key(3)[..3].join(end), lines.concat()));
        assert!(out.ends_with(&format!("{}{base64}{end}", lines.concat())), "{out}");
    }
}

/// UTF-16 in both orders of bytes.
fn wide(text: &str) -> [Vec<u8>; 2] {
    let bytes = |half: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(half).collect();
    [bytes(u16::to_le_bytes), bytes(u16::to_be_bytes)]
}

/// That nothing of a key is left in bytes with letters that have a NUL beside them, whatever the cuts; what comes out, without them.
#[track_caller]
fn masked_wide(what: &str, bytes: &[u8]) -> String {
    let engine = Engine::standard();
    let out = engine.scrub(bytes);
    let narrow = String::from_utf8_lossy(&out).replace('\0', "").replace("\\\\u0000", "").replace("\\u0000", "");
    assert!(!narrow.contains("MII") && !narrow.contains("QEFAAS"), "{what}: {narrow}");
    let ends = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(ends(&out), ends(bytes), "{what}: {narrow}");
    for cut in 0..bytes.len() {
        let (mut stream, mut pieces) = (engine.stream(), Vec::new());
        stream.push(&bytes[..cut], &mut |part| pieces.extend_from_slice(part.as_bytes()));
        stream.push(&bytes[cut..], &mut |part| pieces.extend_from_slice(part.as_bytes()));
        stream.finish(&mut |part| pieces.extend_from_slice(part.as_bytes()));
        assert!(pieces == out, "{what}, cut at {cut}: {}", String::from_utf8_lossy(&pieces).replace('\0', ""));
    }
    assert_eq!(engine.scrub(&out), out, "{what}: a second time");
    narrow
}

#[test]
fn a_key_in_utf_16_is_masked_to_its_end() {
    for (what, place) in [("plain", ""), ("behind a prefix", "12:00 INFO loader: ")] {
        for end in ["\n", "\r\n"] {
            let line = |line: &String| format!("{place}{line}{end}");
            let text = format!("started{end}{}done{end}", key(3).iter().map(line).collect::<String>());
            for mark in ["", "\u{feff}"] {
                for bytes in wide(&format!("{mark}{text}")) {
                    let out = masked_wide(what, &bytes);
                    assert!(out.ends_with(&format!("{place}[PEM_PRIVATE_KEY]{end}done{end}")), "{what}: {out}");
                    assert!(!out.contains("END") && out.contains(&format!("started{end}{place}[")), "{what}: {out}");
                    // What is not of the key keeps all of its bytes.
                    let scrubbed = Engine::standard().scrub(&bytes);
                    let [head, tail] = [&bytes[..16], &bytes[bytes.len() - 10..]];
                    assert!(scrubbed.starts_with(head) && scrubbed.ends_with(tail), "{what}: {out}");
                }
            }
        }
    }
    // Among narrow lines, and lines of others between.
    let [low, _] = wide(&key(3).join("\n"));
    masked_wide("among others", &[b"started\n", low.as_slice(), b"\0\ndone\n"].concat());
    let [low, high] = wide(&between(&key(6), &["epoch 3 of 10 done"], |at, line| format!("[{}] {line}", at * 37)));
    for bytes in [low, high] {
        let out = masked_wide("others between", &bytes);
        assert_eq!(out.matches("epoch 3 of 10 done\n").count(), 3, "{out}");
    }
}

#[test]
fn a_key_with_an_escaped_nul_beside_each_letter_is_masked_to_its_end() {
    type Form<'f> = &'f dyn Fn(&str) -> String;
    let behind = |nul: &str, line: &str| line.chars().map(|letter| format!("{letter}{nul}")).collect::<String>();
    let before = |line: &str| line.chars().map(|letter| format!("\\u0000{letter}")).collect::<String>();
    let forms: [(&str, Form<'_>); 5] = [
        ("behind", &|line| format!("{{\"msg\":\"{}\"}}", behind("\\u0000", line))),
        ("before", &|line| format!("{{\"level\": \"info\", \"msg\": \"{}\"}}", before(line))),
        ("with its line end", &|line| format!("{{\"log\":\"{}\\n\\u0000\",\"stream\":\"stdout\"}}", behind("\\u0000", line))),
        ("behind a time", &|line| format!("2026-03-01T10:15:00Z stdout F {{\"msg\":\"{}\"}}", behind("\\u0000", line))),
        ("in JSON in JSON", &|line| format!("{{\"log\":\"{{\\\"msg\\\":\\\"{}\\\"}}\"}}", behind("\\\\u0000", line))),
    ];
    for (what, form) in forms {
        let lines: String = key(2).iter().map(|line| format!("{}\n", form(line))).collect();
        let out = masked_wide(what, format!("{{\"msg\":\"started\"}}\n{lines}{{\"msg\":\"done\"}}\n").as_bytes());
        assert!(out.starts_with("{\"msg\":\"started\"}\n") && out.ends_with("\n{\"msg\":\"done\"}\n"), "{what}: {out}");
    }
}

#[test]
fn a_shorter_last_line_may_stand_elsewhere() {
    type Form<'f> = &'f dyn Fn(bool, &str) -> String;
    let more = |last: bool, text: &'static str| if last { text } else { "" };
    let forms: [(&str, Form<'_>); 12] = [
        ("a member more behind", &|last, line| format!("{{\"msg\":\"{line}\"{}}}", more(last, ",\"id\":7"))),
        ("a member more before", &|last, line| format!("{{{}\"msg\": \"{line}\"}}", more(last, "\"id\": 7, "))),
        ("a member less", &|last, line| format!("{{{}\"msg\": \"{line}\"}}", more(!last, "\"id\": 7, "))),
        ("Docker", &|last, line| format!("{{\"log\":\"{line}\\n\"{}}}", more(last, ", \"attrs\": {\"tag\": \"a\"}"))),
        ("Docker, before", &|last, line| format!("{{{}\"log\": \"{line}\\n\"}}", more(last, "\"tag\": \"a b\", "))),
        ("JSON in JSON", &|last, line| format!("{{\"log\":\"{{{}\\\"msg\\\": \\\"{line}\\\"}}\"}}", more(last, "\\\"id\\\": 7, "))),
        ("a time before JSON", &|last, line| format!("2026-03-01 {}{{\"msg\":\"{line}\"}}", more(last, "12:00 INFO "))),
        ("logfmt, before", &|last, line| format!("level=info {}msg={line}", more(last, "id=7 "))),
        ("logfmt, behind", &|last, line| format!("level=info msg={line}{}", more(last, " id=7"))),
        ("columns", &|last, line| format!("7,info,{line}{}", more(last, ",main"))),
        ("a word before", &|last, line| format!("[37] INFO {}{line}", more(last, "loader: "))),
        ("a place behind", &|last, line| format!("[37] INFO {line}{}", more(last, " (loader.py:12)"))),
    ];
    let tail: String = (0..60).map(|at| format!("INFO worker Worker12 Batch=3{at} Rank0Of8 ready\n")).collect();
    for (what, form) in forms {
        for last in ["MIIEk3Yh7wQ9xZ0aBcDeFgHiJkL4", "MIIEk3Yh7wQ9xZ0aBcDeFgHiJg==", "MIIEk3Yh7w=="] {
            for keep_end in [true, false] {
                let mut lines = key(3);
                lines[4] = last.to_owned();
                lines.truncate(if keep_end { 6 } else { 5 });
                let text: String = lines.iter().enumerate().map(|(at, line)| format!("{}\n", form(at >= 4, line))).collect();
                println!("{what}, {last}, {keep_end}");
                let tail: Vec<&str> = tail.lines().collect();
                masked(&format!("{text}{}\n", tail.join("\n")), &tail);
            }
        }
    }
}

#[test]
fn a_certificate_does_not_end_the_key_before_it() {
    let certificate = |lines: usize| key(lines).join("\n").replace("PRIVATE KEY", "CERTIFICATE").replace("MII", "MIJ");
    let (own, chain) = (key(12), format!("{}\n{}", certificate(5), certificate(7)));
    for at in [1, 2, 7, 13] {
        for prefix in ["", "[37] INFO "] {
            let text = format!("{}\n{chain}\n{}\ndone\n", own[..at].join("\n"), own[at..].join("\n"));
            let text: String = text.lines().map(|line| format!("{prefix}{line}\n")).collect();
            masked(&text, &[&format!("{prefix}-----BEGIN CERTIFICATE-----"), &format!("{prefix}done")]);
        }
    }
    // Of another width than the key, and cut off.
    for width in [48, 60, 70, 72, 76] {
        let body: String = (0..9 * width + 20).map(|at| char::from(b"Ab3/xYz9+QmK"[(at * 7 + at / 5) % 12])).collect();
        let lines: Vec<&str> = body.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
        for other in [certificate(3), certificate(3).replace("-----END CERTIFICATE-----", "")] {
            let text = format!("-----BEGIN PRIVATE KEY-----\n{other}\n{}\n-----END PRIVATE KEY-----\ndone\n", lines.join("\n"));
            let out = scrub(&text);
            let left = lines.iter().filter(|line| out.contains(*line)).count();
            assert!(left == 0 && out.ends_with("\ndone\n"), "{width}: {out}");
        }
    }
    // A file of certificates behind a marker alone is masked for a while only.
    let many: String = (0..40).map(|_| format!("{}\n", certificate(20))).collect();
    let out = scrub(&format!("expecting: -----BEGIN PRIVATE KEY-----\n{many}"));
    assert!(out.lines().filter(|line| line.starts_with("[PEM")).count() <= 4 * 21, "{out}");
    assert!(out.ends_with(&format!("{}\n", vec![certificate(20); 3].join("\n"))), "{out}");
}

#[test]
fn a_key_on_one_line_does_not_end_the_one_around_it() {
    let own = key(12);
    let other = format!("{{\"key\":\"{}\"}}", key(3).join("\\n").replace("MII", "MIJ"));
    masked(&format!("{}\n{other}\n{}\ndone\n", own[..5].join("\n"), own[5..].join("\n")), &["done"]);
}

#[test]
fn no_cut_changes_what_is_masked_of_several_keys() {
    let (begin, end) = ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----");
    let letters = &key(1)[1];
    let whole = key(2).join("\\n");
    let record = |text: &str| format!("{{\"level\":\"info\",\"msg\":\"{text}\"}}\n");
    let escaped = |text: &str| record(&text.chars().map(|letter| format!("{letter}\\u0000")).collect::<String>());
    let mut parts: Vec<Vec<u8>> = Vec::new();
    for text in [begin, letters, end, "MIIEk3Yh7wQ9xZ0aBcDeFgHiJkL4", "epoch 3 of 10 done", &format!("{letters}aB3/xY")] {
        let lines = [format!("{text}\n"), format!("{text}\r\n"), format!("[37] INFO {text}\n"), record(text), escaped(text)];
        parts.extend(lines.map(String::into_bytes));
        parts.extend(wide(&format!("{text}\n")));
    }
    let others = [
        "-----BEGIN CERTIFICATE-----\n".to_owned(),
        "-----END CERTIFICATE-----\n".to_owned(),
        format!("{{\"key\":\"{whole}\"}}\n"),
        format!("no \"{begin}\" in {letters}\n"),
        format!("{begin} {letters}\n"),
        format!("{end} {begin}\n"),
        format!("q=%2D%2D%2D%2D%2DBEGIN%20PRIVATE%20KEY-----%0A{letters}\n"),
        format!("{}\u{200b}\n", begin.replace(' ', " \u{200b}")),
        "PuTTY-User-Key-File-3: ssh-ed25519\n".to_owned(),
        "\r50%\r60%".to_owned(),
        "\n\n".to_owned(),
        "2026-03-01T10:00:00.0Z stdout P login email=us\n".to_owned(),
        "id,password,note\n1,kanari,x\n".to_owned(),
    ];
    parts.extend(others.map(String::into_bytes));
    // A generator of numbers (xorshift), always the same.
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |most: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed >> 33).unwrap() % most
    };
    let engine = Engine::standard();
    let rounds = std::env::var("HUSHLOG_LONG").ok().and_then(|given| given.parse().ok()).unwrap_or(400);
    for round in 0..rounds {
        let text: Vec<u8> = (0..4 + below(40)).flat_map(|_| parts[below(parts.len())].clone()).collect();
        let out = engine.scrub(&text);
        let step = 1 + below(300);
        let (mut stream, mut pieces) = (engine.stream(), Vec::new());
        let mut begun = None;
        for piece in text.chunks(step) {
            stream.push(piece, &mut |part| pieces.extend_from_slice(part.as_bytes()));
            let resume = stream.resume();
            // The header of a table would have to be read before.
            if resume.table.is_none() && below(4) == 0 {
                begun = Some((usize::try_from(resume.from).unwrap(), pieces.len()));
            }
        }
        stream.finish(&mut |part| pieces.extend_from_slice(part.as_bytes()));
        let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\0', "").replace("\\u0000", "");
        assert!(pieces == out, "{round}, in pieces of {step}:\n{}\nis\n{}\nof\n{}", shown(&pieces), shown(&out), shown(&text));
        // Nor does a crash: what begins anew where it has to goes on in the same way.
        let Some((from, written)) = begun else { continue };
        let (mut again, mut rest) = (engine.stream(), Vec::new());
        if from > 0 {
            again.go_on();
        }
        again.push(&text[from..], &mut |part| rest.extend_from_slice(part.as_bytes()));
        again.finish(&mut |part| rest.extend_from_slice(part.as_bytes()));
        assert!(rest.ends_with(&out[written..]), "{round}, from {from}:\n{}\nis\n{}", shown(&rest), shown(&out[written..]));
    }
}

#[test]
fn a_marker_in_prose_swallows_no_log() {
    let marker = "-----BEGIN PRIVATE KEY-----";
    let heads = [
        format!("error: expected `{marker}` in /etc/app/tls.key"),
        format!("openssl: PEM routines: no start line: Expecting: {marker}"),
        format!("  A private key begins with {marker} and ends with a line of its own."),
        format!("{{\"level\":\"error\",\"msg\":\"no {marker} in the file\"}}"),
        format!("level=error msg=\"no {marker} found\""),
        marker.chars().map(|letter| format!("{letter}\0")).collect(),
        format!("{{\"msg\":\"no {} found\"}}", marker.chars().map(|letter| format!("{letter}\\u0000")).collect::<String>()),
    ];
    let others: Vec<String> = (0..300)
        .map(|at| match at % 6 {
            0 => format!("2026-03-01T10:15:00Z INFO worker Worker{at} took Batch3 of Rank0Of8 in 0.25 s"),
            1 => format!("{{\"level\":\"info\",\"msg\":\"step {at} of 300 ran\",\"loss\":0.25}}"),
            2 => format!("level=info msg=\"loaded /usr/lib/python3/dist-packages/torch/utils/data/File{at}\""),
            3 => format!("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f0{at:04}"),
            4 => format!("JobStarted{at:02}Aa"),
            _ => format!("    at com.example.app.service.Handler$Inner.runStep{at}(Handler.java:{at})"),
        })
        .collect();
    let tail = others.join("\n");
    let without = scrub(&tail);
    for head in heads {
        let out = scrub(&format!("{head}\n{tail}"));
        assert_eq!(out.split_once('\n').unwrap().1, without, "{head}");
    }
}

#[test]
fn what_is_none_of_a_key_stays_at_the_head_of_a_file() {
    let engine = Engine::standard();
    let letters = &key(1)[1];
    let certificate = key(4).join("\n").replace("PRIVATE KEY", "CERTIFICATE");
    for head in [
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  app.tar".to_owned(),
        format!("<link href=\"a.css\" integrity=\"sha384-{letters}\">"),
        "/usr/lib/python3/dist-packages/torch/utils/data/dataloaderX1/a/b".to_owned(),
        certificate,
        format!("{}{letters}", "started\n".repeat(9)),
    ] {
        let text = format!("{head}\n{}", "step 1 of 2\n".repeat(20));
        let (mut stream, mut out) = (engine.stream(), Vec::new());
        stream.may_begin_in_key();
        stream.push(text.as_bytes(), &mut |part| out.extend_from_slice(part.as_bytes()));
        stream.finish(&mut |part| out.extend_from_slice(part.as_bytes()));
        assert_eq!(String::from_utf8(out).unwrap(), String::from_utf8(engine.scrub(text.as_bytes())).unwrap());
    }
}

#[test]
fn a_new_stream_begins_where_the_key_began() {
    let engine = Engine::standard();
    let text = format!("started\n{}\ndone\n", key(5).join("\n"));
    let (mut stream, mut at) = (engine.stream(), 0);
    for line in text.split_inclusive('\n') {
        stream.push(line.as_bytes(), &mut |_| {});
        at += line.len();
        let from = usize::try_from(stream.resume().from).unwrap();
        let (mut again, mut out) = (engine.stream(), Vec::new());
        again.push(&text.as_bytes()[from..], &mut |part| out.extend_from_slice(part.as_bytes()));
        assert!(!String::from_utf8(out).unwrap().contains("MII"), "from {from}, at {at}");
    }
}

#[test]
fn a_file_that_begins_in_a_key_is_masked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    std::fs::write(&path, format!("{}\ndone\n", key(9)[4..].join("\n"))).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hushlog"));
        let output = command.args(arguments).arg(&path).env_remove("HUSHLOG_KERNEL").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let out = run(&["scrub"]);
    assert!(!out.contains("MII") && out.ends_with("\ndone\n") && out.lines().count() == 9, "{out}");
    assert_eq!(run(&["find", "--format", "jsonl"]).lines().count(), 8);
    // The same twice: a file that ends in a key hands it on.
    let before = folder.path().join("app.log.1");
    std::fs::write(&before, format!("started\n{}\n", key(9)[..4].join("\n"))).unwrap();
    let out = run(&["scrub", before.to_str().unwrap()]);
    assert!(!out.contains("MII") && out.starts_with("started\n") && out.ends_with("\ndone\n"), "{out}");
}

#[test]
fn wide_letters_among_narrow_lines_are_read() {
    let wide = |text: &str| wide(text)[0].clone();
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
