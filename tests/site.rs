//! What a rule file says about a site as a whole: its networks, how sure a finding has to be, and
//! what stands in the fields that a store routes by.

use hushlog::policy::{Request, policy};
use hushlog::{Engine, EngineBuilder, Key, Mask, Report};

fn builder(presets: &str) -> EngineBuilder {
    policy(&Request { presets: presets.split(',').map(str::to_owned).collect(), ..Request::default() }).unwrap()
}

fn build(presets: &str, rules: &str) -> Result<Engine, String> {
    builder(presets).rules("site.toml", rules).and_then(EngineBuilder::build).map_err(|error| error.to_string())
}

fn scrub(engine: &Engine, line: &str) -> String {
    String::from_utf8(engine.scrub(line.as_bytes())).unwrap()
}

const NETWORKS: &str = "internal_networks = [\"10.20.0.0/16\", \"fd00::/8\"]\n";

#[test]
fn declared_networks_stay_under_hipaa_and_no_others() {
    let line = "peer 10.20.3.4 10.21.3.4 ip=10.20.0.9 ip-10-20-3-4 fd00::1:2 fe80::1:2 203.0.113.7";
    assert_eq!(
        scrub(&build("hipaa", NETWORKS).unwrap(), line),
        "peer 10.20.3.4 [IP_V4] ip=10.20.0.9 ip-10-20-3-4 fd00::1:2 [IP_V6] [IP_V4]"
    );
    assert_eq!(scrub(&build("hipaa", "").unwrap(), line), "peer [IP_V4] [IP_V4] ip=[IP_V4] ip-[IP_V4] [IP_V6] [IP_V6] [IP_V4]");
}

#[test]
fn declared_networks_stay_beside_the_private_ones_under_standard() {
    let rules = "internal_networks = [\"203.0.113.0/24\"]\n";
    assert_eq!(scrub(&build("standard", rules).unwrap(), "203.0.113.7 10.1.2.3 198.51.100.7"), "203.0.113.7 10.1.2.3 [IP_V4]");
}

#[test]
fn networks_that_a_preset_cannot_leave_are_refused() {
    for (presets, rules, parts) in [
        ("hipaa", "internal_networks = [\"203.0.113.0/24\"]\n", &["private ranges", "hipaa safe_harbor", "`cidr`"][..]),
        ("pci", "internal_networks = [\"0.0.0.0/0\"]\n", &["private ranges"]),
        ("gdpr", NETWORKS, &["gdpr", "Recital 30"]),
        ("hipaa,gdpr", NETWORKS, &["Recital 30"]),
        ("standard", "internal_networks = [\"10.20.0.1/16\"]\n", &["site.toml", "10.20.0.0/16"]),
        ("standard", "internal_networks = \"10.0.0.0/8\"\n", &["site.toml", "line 1"]),
    ] {
        let error = build(presets, rules).unwrap_err();
        assert!(parts.iter().all(|part| error.contains(part)), "{error}");
    }
}

#[test]
fn how_sure_a_finding_has_to_be_can_be_said_by_kind() {
    let line = "from 203.0.113.7 mail a@example.com";
    let rules = "[min_confidence]\nip_v4 = 1.0\n";
    assert_eq!(scrub(&build("standard", rules).unwrap(), line), "from 203.0.113.7 mail [EMAIL]");
    let rules = "[min_confidence]\ndefault = 1.0\nip_v4 = 0.3\n";
    assert_eq!(scrub(&build("standard", rules).unwrap(), line), "from [IP_V4] mail a@example.com");
    let rules = "[min_confidence]\nbadge = 0.2\n[[rule]]\nid = \"badge\"\nregex = 'BDG-[0-9]{6}'\nconfidence = 0.3\n";
    assert_eq!(scrub(&build("standard", rules).unwrap(), "see BDG-123456"), "see [BADGE]");
    for (rules, part) in [
        ("[min_confidence]\nemial = 0.9\n", "the nearest is `email`"),
        ("[min_confidence]\nemail = 1.5\n", "from 0 to 1"),
        ("[min_confidence]\nemail = nan\n", "from 0 to 1"),
    ] {
        let error = build("standard", rules).unwrap_err();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn under_compliance_a_finding_may_only_have_to_be_less_sure() {
    for rules in ["[min_confidence]\ndefault = 0.4\n", "[min_confidence]\nip_v4 = 0.5\n"] {
        assert!(build("hipaa", rules).is_ok(), "{rules}");
    }
    for (rules, of) in [("[min_confidence]\ndefault = 0.6\n", "`default` is 0.60"), ("[min_confidence]\nip_v4 = 0.9\n", "`ip_v4` is 0.90")]
    {
        let error = build("hipaa", rules).unwrap_err();
        for part in [of, "hipaa safe_harbor", "only be lowered from 0.50", "drops findings"] {
            assert!(error.contains(part), "no {part} in {error}");
        }
    }
}

#[test]
fn pin_blocks_are_found_by_their_keys_and_never_become_tokens() {
    let line = r#"pin_block=0412AC89ABCDEF67 {"encryptedPin":"6f24a0c19be7d3580412ac89abcdef67"} span 0412ac89abcdef67 pin_data=17"#;
    for preset in ["standard", "pci", "hipaa"] {
        let out = scrub(&builder(preset).build().unwrap(), line);
        assert_eq!(out, r#"pin_block=[PIN_BLOCK] {"encryptedPin":"[PIN_BLOCK]"} span 0412ac89abcdef67 pin_data=17"#, "{preset}");
    }
    for mask in [Mask::Token, Mask::Partial] {
        assert!(builder("pci").mask("pin_block", mask).is_err());
    }
}

#[test]
fn digits_beside_a_card_token_go_and_beside_a_label_stay() {
    let line = "card=4111111111111111 last4=1111 bin=411111 bin=3 card_bin: 41111111";
    let secret: Vec<u8> = (0..32_u8).map(|at| at.wrapping_mul(29).wrapping_add(3)).collect();
    let key = || Key::new("k1", &secret).unwrap();
    let token = builder("pci").key(key()).mask("pan", Mask::Token).unwrap().build().unwrap();
    let out = scrub(&token, line);
    assert!(out.starts_with("card=[PAN:k1:") && out.ends_with("] last4=[PAN_PART] bin=[PAN_PART] bin=3 card_bin: [PAN_PART]"), "{out}");
    assert_eq!(scrub(&token, &out), out);
    for (presets, mask) in [("pci", Mask::Label), ("pci", Mask::Partial), ("standard", Mask::Token)] {
        let out = scrub(&builder(presets).key(key()).mask("pan", mask).unwrap().build().unwrap(), line);
        assert!(out.ends_with("last4=1111 bin=411111 bin=3 card_bin: 41111111"), "{out}");
    }
}

#[test]
fn progress_is_no_prompt_and_text_is() {
    let engine = builder("hipaa").build().unwrap();
    for line in ["job 17 completion: 37%", "completion=0.5", "completion=true", "{\"completion\":0.5}", "{\"prompt\":\"default\"}"] {
        assert_eq!(scrub(&engine, line), line);
    }
    for (line, expected) in [
        ("{\"completion\":\"the patient is well\"}", "{\"completion\":\"\"}"),
        ("{\"prompt\":\"first\\nsecond\"}", "{\"prompt\":\"\"}"),
        ("{\"clinical_note\":\"fever\"}", "{\"clinical_note\":\"\"}"),
    ] {
        assert_eq!(scrub(&engine, line), expected);
    }
    let long = format!("{{\"prompt\":\"{}\"}}", "the patient is well ".repeat(400));
    assert_eq!(scrub(&engine, &long), "{\"prompt\":\"\"}");
}

#[test]
fn fields_that_a_store_routes_by_stay_valid() {
    let rules = "[structural]\ntenant = \"unknown-tenant\"\nindex = \"main\"\n";
    let engine = build("standard", rules).unwrap();
    for (path, value, expected) in [
        ("index", "a@example.com", "main"),
        ("event.index", "a@example.com", "main"),
        ("service", "svc-of-a@example.com", "hushlog-masked"),
        ("traceId", "mail a@example.com", "hushlog-masked"),
        ("k8s.pod.name", "a@example.com", "hushlog-masked"),
        ("tenant", "a@example.com", "unknown-tenant"),
        ("message", "a@example.com", "[EMAIL]"),
    ] {
        let mut report = Report::default();
        let cleaned = engine.value(path.as_bytes(), value.as_bytes(), &mut report);
        assert_eq!(String::from_utf8_lossy(cleaned.as_bytes()), expected, "{path}");
        assert_eq!(report.masked(), 1, "{path}");
        assert_eq!(report.structural, u64::from(path != "message"), "{path}");
        let mut again = Report::default();
        assert!(engine.value(path.as_bytes(), expected.as_bytes(), &mut again).is_unchanged(), "{path}");
    }
    let mut report = Report::default();
    assert!(engine.value(b"index", b"app-logs", &mut report).is_unchanged());
    let dropping = builder("standard").mask("email", Mask::DropRecord).unwrap().build().unwrap();
    assert_eq!(dropping.value(b"index", b"a@example.com", &mut report).as_bytes(), b"[WITHHELD:policy]");
    let error = build("standard", "[structural]\nindex = \"[INDEX]\"\n").unwrap_err();
    assert!(error.contains("`index`") && error.contains("lower-case"), "{error}");
}
