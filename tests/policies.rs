//! Presets as tables: what each one makes of every kind under every mask, alone and together.
//!
//! The rules are written here a second time, by class and by kind, and share nothing with the files
//! under patterns/presets/.

use hushlog::engine::catalog::Class;
use hushlog::policy::{PRESETS, Request, policy};
use hushlog::{Engine, EngineBuilder, Key, Kind, Mask, catalog};

fn key() -> Key {
    let secret: Vec<u8> = (0..32_u8).map(|at| at.wrapping_mul(29).wrapping_add(3)).collect();
    Key::new("k1", &secret).unwrap()
}

/// Presets with their modes.
const POLICIES: [(&str, &str); 7] = [
    ("standard", ""),
    ("hipaa", "safe_harbor"),
    ("hipaa", "limited_data_set"),
    ("hipaa", "expert"),
    ("gdpr", ""),
    ("pci", ""),
    ("soc2", ""),
];

fn request(presets: &[&str], mode: &str) -> Request {
    Request {
        presets: presets.iter().map(|name| (*name).to_owned()).collect(),
        mode: (!mode.is_empty()).then(|| mode.to_owned()),
        reference: matches!(mode, "limited_data_set" | "expert").then(|| "document 17".to_owned()),
        floor: None,
    }
}

fn builder(presets: &[&str], mode: &str) -> EngineBuilder {
    policy(&request(presets, mode)).unwrap().key(key()).as_of(2026)
}

/// Kinds with a coarser form.
const COARSE: [&str; 7] = ["age", "date_health", "date_of_birth", "geo_coordinates", "ip_v4", "ip_v6", "zip_us"];
/// What Safe Harbor lets stay in a coarser form.
const HARBOR: [&str; 4] = ["age", "date_health", "date_of_birth", "zip_us"];

fn is_credential(kind: &Kind) -> bool {
    matches!(kind.class, Class::Secret | Class::Sad)
}

/// Whether a preset lets a kind have a mask.
fn allows(preset: &str, mode: &str, kind: &Kind, mask: Mask) -> bool {
    let text = kind.id == "prompt_or_sample_text";
    let beside_a_token = preset == "pci" && kind.id == "pan_part";
    match mask {
        Mask::Partial if kind.partial.is_none() => false,
        Mask::Label | Mask::DropValue | Mask::DropRecord => true,
        _ if preset == "standard" => true,
        _ if is_credential(kind) && preset != "hipaa" || beside_a_token => false,
        Mask::Partial => match preset {
            "pci" => true,
            "soc2" => !matches!(kind.class, Class::National | Class::Health),
            _ => false,
        },
        Mask::Generalise => match (preset, mode) {
            ("hipaa", "expert") => !is_credential(kind) && !text,
            ("hipaa", _) => HARBOR.contains(&kind.id),
            ("gdpr", _) => kind.gdpr != "special",
            ("pci", _) => kind.id != "pan",
            _ => true,
        },
        Mask::Token => match (preset, mode) {
            ("hipaa", "expert") => !is_credential(kind) && !text,
            ("hipaa", _) => false,
            _ => true,
        },
        _ => false,
    }
}

#[test]
fn each_preset_kind_and_mask_is_allowed_strengthened_or_refused() {
    let (mut allowed, mut strengthened, mut refused) = (0, 0, 0);
    for (preset, mode) in POLICIES {
        for kind in catalog() {
            for mask in Mask::ALL {
                let outcome = builder(&[preset], mode).mask(kind.id, mask);
                let expected = allows(preset, mode, kind, mask);
                assert_eq!(outcome.is_ok(), expected, "{preset} {mode} {} {mask}: {:?}", kind.id, outcome.err());
                match outcome {
                    Ok(_) if mask == Mask::Generalise && !COARSE.contains(&kind.id) => strengthened += 1,
                    Ok(_) => allowed += 1,
                    Err(error) => {
                        refused += 1;
                        let text = error.to_string();
                        assert!(text.contains(kind.id) && text.contains(mask.name()) && text.contains("use "), "{text}");
                        assert!(text.contains("label") && text.contains("drop_record"), "{text}");
                        assert!(text.len() > 80 && text.len() < 600, "{text}");
                    }
                }
            }
        }
    }
    assert_eq!(allowed + strengthened + refused, POLICIES.len() * catalog().len() * Mask::ALL.len());
    assert!(allowed > 2000 && strengthened > 300 && refused > 500, "{allowed} {strengthened} {refused}");
}

/// What a preset says of the kinds it is asked for most often.
#[test]
fn presets_write_what_they_promise() {
    let line = "dob=1980-02-29 born=05/06/1931 zip=20301 ip=203.0.113.7 10.1.2.3 ssn=123-45-6789 card=4111111111111111 cvv=123 user=root\n";
    for (preset, mode, expected) in [
        (
            "standard",
            "",
            "dob=[DATE_OF_BIRTH] born=[DATE_OF_BIRTH] zip=[ZIP_US] ip=[IP_V4] 10.1.2.3 ssn=[US_SSN] card=[PAN] cvv=[CVV] user=root\n",
        ),
        ("hipaa", "", "dob=1980 born=<=1936 zip=000 ip=[IP_V4] [IP_V4] ssn=[US_SSN] card=[PAN] cvv=[CVV] user=[USERNAME]\n"),
        (
            "hipaa",
            "limited_data_set",
            "dob=1980-02-29 born=05/06/1931 zip=20301 ip=[IP_V4] [IP_V4] ssn=[US_SSN] card=[PAN] cvv=[CVV] user=[USERNAME]\n",
        ),
        ("hipaa", "expert", "dob=1980 born=<=1936 zip=000 ip=[IP_V4] [IP_V4] ssn=[US_SSN] card=[PAN] cvv=[CVV] user=[USERNAME]\n"),
        ("gdpr", "", "dob=1980 born=<=1936 zip=000 ip=203.0.113.0 10.1.2.0 ssn=[US_SSN] card=[PAN] cvv=[CVV] user=root\n"),
        (
            "pci",
            "",
            "dob=[DATE_OF_BIRTH] born=[DATE_OF_BIRTH] zip=[ZIP_US] ip=[IP_V4] 10.1.2.3 ssn=[US_SSN] card=[PAN] cvv=[CVV] user=root\n",
        ),
        (
            "soc2",
            "",
            "dob=[DATE_OF_BIRTH] born=[DATE_OF_BIRTH] zip=[ZIP_US] ip=[IP_V4] 10.1.2.3 ssn=[US_SSN] card=[PAN] cvv=[CVV] user=root\n",
        ),
    ] {
        let engine = builder(&[preset], mode).build().unwrap();
        let once = engine.scrub(line.as_bytes());
        assert_eq!(String::from_utf8_lossy(&once), expected, "{preset} {mode}");
        assert_eq!(engine.scrub(&once), once, "{preset} {mode}");
    }
    assert_eq!(builder(&["standard"], "").build().unwrap().scrub(line.as_bytes()), Engine::standard().scrub(line.as_bytes()));
}

#[test]
fn several_presets_are_as_strict_as_each_of_them() {
    for first in PRESETS {
        for second in PRESETS {
            for kind in catalog() {
                for mask in Mask::ALL {
                    let alone = |preset: &str| allows(preset, if preset == "hipaa" { "safe_harbor" } else { "" }, kind, mask);
                    let off = |preset: &str| {
                        preset != "hipaa"
                            && ["prompt_or_sample_text", "checkpoint_or_hub_identity", "medical_archive_barcode", "pan_part"]
                                .contains(&kind.id)
                    };
                    // A preset that has a kind off says nothing about it.
                    let expected = match (off(first), off(second)) {
                        (false, true) => alone(first),
                        (true, false) => alone(second),
                        _ => alone(first) && alone(second),
                    };
                    let outcome = builder(&[first, second], "").mask(kind.id, mask);
                    assert_eq!(outcome.is_ok(), expected, "{first},{second} {} {mask}: {:?}", kind.id, outcome.err());
                }
            }
        }
    }
}

#[test]
fn composed_masks_are_the_strictest_and_what_one_masks_is_masked() {
    let line = "dob=1980-02-29 age=92 zip=20301 ip=203.0.113.7 host 10.1.2.3 user=root\n";
    for (presets, expected) in [
        (&["hipaa", "gdpr"][..], "dob=1980 age=90+ zip=000 ip=[IP_V4] host [IP_V4] user=[USERNAME]\n"),
        (&["gdpr", "pci"], "dob=[DATE_OF_BIRTH] age=[AGE] zip=[ZIP_US] ip=[IP_V4] host [IP_V4] user=root\n"),
        (&["standard", "hipaa"], "dob=[DATE_OF_BIRTH] age=[AGE] zip=[ZIP_US] ip=[IP_V4] host [IP_V4] user=[USERNAME]\n"),
    ] {
        let engine = builder(presets, "").build().unwrap();
        assert_eq!(String::from_utf8_lossy(&engine.scrub(line.as_bytes())), expected, "{presets:?}");
    }
}

#[test]
fn strictness_is_an_order_with_one_pair_apart() {
    for a in Mask::ALL {
        assert!(a.is_as_strict_as(a));
        for b in Mask::ALL {
            let both = a.strictest(b);
            assert_eq!(both, b.strictest(a));
            assert!(both.is_as_strict_as(a) && both.is_as_strict_as(b), "{a} {b}");
            for c in Mask::ALL {
                assert_eq!(both.strictest(c), a.strictest(b.strictest(c)));
            }
        }
    }
    assert_eq!(Mask::Generalise.strictest(Mask::Token), Mask::Label);
    assert_eq!(Mask::Partial.strictest(Mask::Token), Mask::Token);
    assert_eq!(Mask::Label.strictest(Mask::DropValue), Mask::DropValue);
}

#[test]
fn user_rules_are_held_to_the_preset_too() {
    let rule = |mask: &str| format!("[[rule]]\nid = \"badge\"\nregex = \"BDG-[0-9]{{6}}\"\nmask = \"{mask}\"\n");
    let build = |preset: &str, mask: &str| builder(&[preset], "").rules("site.toml", &rule(mask)).unwrap().build();
    for (preset, mask, allowed) in [
        ("standard", "token", true),
        ("hipaa", "token", false),
        ("hipaa", "label", true),
        ("hipaa", "drop_record", true),
        ("gdpr", "token", true),
        ("pci", "token", true),
    ] {
        let outcome = build(preset, mask);
        assert_eq!(outcome.is_ok(), allowed, "{preset} {mask}: {:?}", outcome.err());
    }
    let text = build("hipaa", "token").unwrap_err().to_string();
    assert!(text.contains("`badge`") && text.contains("164.514"), "{text}");
    // By option as well.
    let outcome = builder(&["hipaa"], "").rules("site.toml", &rule("label")).unwrap().mask("badge", Mask::Token).unwrap().build();
    assert!(outcome.is_err());
}

#[test]
fn a_floor_holds_for_masks() {
    let floored = |floor: &str| policy(&Request { floor: Some(floor.to_owned()), ..request(&["hipaa"], "") }).unwrap().key(key());
    assert!(floored("hipaa").mask("us_ssn", Mask::Token).is_err());
    let open = policy(&Request { floor: Some("pci".to_owned()), ..request(&["standard"], "") }).unwrap().key(key());
    assert!(open.mask("cvv", Mask::Token).is_err());
    let open = policy(&Request { floor: Some("pci".to_owned()), ..request(&["standard"], "") }).unwrap().key(key());
    assert!(open.mask("pan", Mask::Partial).is_ok());
}

#[test]
fn one_card_number_has_one_mask() {
    let twice = |preset: &str| builder(&[preset], "").mask("pan", Mask::Partial).unwrap().mask("pan", Mask::Token);
    let text = twice("pci").unwrap_err().to_string();
    assert!(text.contains("3.5.1.1") && text.contains("partial"), "{text}");
    assert!(twice("standard").is_ok());
}

#[test]
fn a_compliance_preset_is_not_narrowed() {
    assert!(builder(&["hipaa"], "").only(&["email"]).is_err());
    assert!(builder(&["standard"], "").only(&["email"]).is_ok());
    // A higher confidence would drop findings.
    let engine = builder(&["hipaa"], "").min_confidence(0.99).build().unwrap();
    assert_eq!(engine.scrub(b"from 203.0.113.7\n"), b"from [IP_V4]\n");
}

/// First digits and lengths of the card brands, one number each, with its check digit.
fn cards() -> Vec<String> {
    let brands: [(&str, &[usize]); 12] = [
        ("4", &[13, 16, 19]),
        ("51", &[16]),
        ("2221", &[16]),
        ("34", &[15]),
        ("37", &[15]),
        ("6011", &[16, 19]),
        ("65", &[16, 19]),
        ("3528", &[16]),
        ("36", &[14]),
        ("62", &[16, 17, 18, 19]),
        ("5018", &[16]),
        ("2200", &[16]),
    ];
    let mut cards = Vec::new();
    for (prefix, lengths) in brands {
        for length in lengths {
            let mut digits: Vec<u8> = prefix.bytes().map(|digit| digit - b'0').collect();
            digits.extend((0..).map(|at| (at * 7 + 3) as u8 % 10).take(length - 1 - prefix.len()));
            let sum: u32 = digits
                .iter()
                .rev()
                .enumerate()
                .map(|(at, digit)| if at % 2 == 0 { u32::from(*digit * 2 / 10 + *digit * 2 % 10) } else { u32::from(*digit) })
                .sum();
            digits.push(((10 - sum % 10) % 10) as u8);
            cards.push(digits.iter().map(|digit| char::from(b'0' + digit)).collect());
        }
    }
    cards
}

#[test]
fn no_card_shows_more_than_its_last_four_digits() {
    for preset in ["standard", "pci"] {
        let engine = builder(&[preset], "").mask("pan", Mask::Partial).unwrap().build().unwrap();
        let mut seen = 0;
        for card in cards() {
            let grouped: Vec<String> = card.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
            for written in [card.clone(), grouped.join(" "), grouped.join("-")] {
                for line in
                    [format!("card={written} end"), format!("{{\"card_number\":\"{written}\"}}"), format!("paid with {written} today")]
                {
                    let out = String::from_utf8(engine.scrub(line.as_bytes())).unwrap();
                    if out == line {
                        continue;
                    }
                    seen += 1;
                    let shown: String = out.chars().filter(char::is_ascii_digit).collect();
                    assert!(shown.len() <= 4 && card.ends_with(&shown), "{line} became {out}");
                    assert_eq!(engine.scrub(out.as_bytes()), out.as_bytes(), "{out}");
                }
            }
        }
        assert!(seen >= 80, "{seen}");
    }
}

#[test]
fn every_restricted_prefix_is_hidden_under_hipaa() {
    let engine = builder(&["hipaa"], "").build().unwrap();
    for prefix in ["036", "059", "063", "102", "203", "556", "692", "790", "821", "823", "830", "831", "878", "879", "884", "890", "893"] {
        for rest in ["01", "99"] {
            let lines = [format!("zip={prefix}{rest}"), format!("zip={prefix}{rest}-1234"), format!("{{\"zip_code\":\"{prefix}{rest}\"}}")];
            for line in lines {
                let out = String::from_utf8(engine.scrub(line.as_bytes())).unwrap();
                assert!(out.contains("000") && !out.contains(prefix), "{line} became {out}");
                assert_eq!(engine.scrub(out.as_bytes()), out.as_bytes());
            }
        }
    }
    assert_eq!(engine.scrub(b"zip=90210"), b"zip=902");
}
