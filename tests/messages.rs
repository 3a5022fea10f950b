//! Nothing that was scanned appears in an error, a report or a debug text (invariant I4).

use crate::containment::{explosive, silently};
use hushlog::{Engine, Mask, Report};

/// What must not come out anywhere but in the output.
const CANARIES: [&str; 4] = ["qzcanary@example.com", "qzcanarySecret42", "899-12-3456", "qzcanaryplain"];

fn log() -> String {
    let [mail, secret, number, plain] = CANARIES;
    format!(
        "user={mail} password={secret} ssn={number}\n{{\"{mail}\": [\"{number}\", {{\"token\": \"{secret}\"}}]}}\n\
         {plain} \u{0} {plain}\nGET /?mail={} \\u0041{plain}\n\u{fffd}{plain}\n",
        mail.replace('@', "%40")
    )
}

fn leaks(text: &str) -> bool {
    CANARIES.iter().any(|canary| text.contains(canary)) || text.contains("qzcanary")
}

#[test]
fn i4_no_scanned_byte_leaves_outside_the_output() {
    let log = log();
    // The check itself catches what it is to catch: the input, and an output with masking off.
    assert!(leaks(&log));
    let lenient = Engine::builder().min_confidence(1.0).build().unwrap();
    assert!(leaks(&String::from_utf8_lossy(&lenient.scrub(log.as_bytes()))));
    for engine in [Engine::standard(), Engine::builder().all_kinds().build().unwrap(), explosive()] {
        let mut texts = vec![format!("{engine:?}"), format!("{:?}", engine.find(log.as_bytes()))];
        texts.extend(log.lines().map(|line| format!("{:?}", engine.explain(line.as_bytes()))));
        let mut stream = engine.stream();
        stream.push(log.as_bytes(), &mut |_| {});
        stream.finish(&mut |_| {});
        texts.push(format!("{:?}", stream.report()));
        texts.push(serde_json::to_string(&stream.report()).unwrap());
        let mut report = Report::default();
        for line in log.lines() {
            engine.value(line.as_bytes(), line.as_bytes(), &mut report);
        }
        texts.push(format!("{report:?}"));
        for found in engine.find(log.as_bytes()) {
            texts.push(found.why.to_string());
        }
        assert!(!texts.iter().any(|text| leaks(text)), "a scanned byte is in a message");
    }
}

#[test]
fn i4_a_panic_says_nothing_of_its_record() {
    let engine = explosive();
    let text = format!("{} explode-2026 {}\n", CANARIES[0], CANARIES[3]);
    let mut out = Vec::new();
    let report = silently(|| {
        let mut stream = engine.stream();
        stream.push(text.as_bytes(), &mut |clean| out.extend_from_slice(clean.as_bytes()));
        stream.finish(&mut |clean| out.extend_from_slice(clean.as_bytes()));
        stream.report()
    });
    assert_eq!(out, b"[WITHHELD:panic]\n");
    assert!(!leaks(&format!("{report:?}")));
}

/// What a user may write wrongly, and what the error must name.
#[test]
fn errors_name_what_is_wrong() {
    let rules = |text: &str| Engine::builder().rules("my.toml", text).and_then(|builder| builder.build()).unwrap_err().to_string();
    let rule = |line: &str| rules(&format!("[[rule]]\nid = 'order_no'\n{line}\n"));
    for (error, names) in [
        (rules("[[rule]]\nid = 'A b'\nregex = 'abc'"), "id"),
        (rules("[[rule]"), "my.toml"),
        (rules("[[rules]]\nid = 'a'"), "rules"),
        (rules("[[rule]]\nid = 'us_ssn'\nregex = 'abc'"), "taken"),
        (rule(""), "needs `regex` or `keys`"),
        (rule("keys = ['Order No']"), "Order No"),
        (rule("regex = '('"), "regex"),
        (rule("regex = 'a*'"), "more than 4096"),
        (rule("regex = 'a{0,3}'"), "nothing"),
        (rule("regex = 'abc'\nvalidator = 'nope'"), "nope"),
        (rule("regex = 'abc'\nmask = 'shred'"), "shred"),
        (rule("regex = 'abc'\nmask = 'partial'"), "partial"),
        (rule("regex = 'abc'\nconfidence = 1.5"), "1.5"),
    ] {
        assert!(error.contains(names), "{error}");
    }
    let unknown = Engine::builder().mask("us_sn", Mask::Label).unwrap().build().unwrap_err().to_string();
    assert!(unknown.contains("us_sn") && unknown.contains("us_ssn"), "{unknown}");
    let refused = Engine::builder().mask("password_assignment", Mask::Partial).unwrap_err().to_string();
    assert!(refused.contains("partial"), "{refused}");
    let preset = Engine::builder().preset("none").unwrap_err().to_string();
    assert!(preset.contains("standard"), "{preset}");
    let mask = "x".parse::<Mask>().unwrap_err().to_string();
    assert!(mask.contains("drop_record"), "{mask}");
}
