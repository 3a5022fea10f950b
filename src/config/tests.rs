use super::*;

fn problems(text: &str) -> Vec<String> {
    Config::parse(text).map_or_else(|problems| problems.iter().map(ToString::to_string).collect(), |_| Vec::new())
}

#[test]
fn a_whole_file_is_read() {
    let config = Config::parse(
        "preset: [{ hipaa: { mode: expert, reference: 'ED 7' } }, soc2]  # two\nregion: eu-west-1\npacks: [gb, de]\nfloor: pci\n\
         rules: /etc/hushlog/rules/*.toml\nsite: { mrn: 'MR-[0-9]{7}', encounter_accession_id: ['A[0-9]{8}', 'CT/[0-9]{6}'] }\n\
         masks: { email: token }\ntokens:\n  keys: [{ file: a.key }, { file: b.key }]\n  zone: eu\n  phone_country: 49\n\
         sources:\n  app: { type: http, listen: '127.0.0.1:8088' }\nsinks: {}\nbuffer:\n",
    )
    .unwrap();
    let policy = &config.policy;
    assert_eq!(policy.presets, ["hipaa", "soc2"]);
    assert_eq!((policy.mode.as_deref(), policy.reference.as_deref()), (Some("expert"), Some("ED 7")));
    assert_eq!((policy.packs.join(","), policy.floor.as_deref()), ("gb,de".to_owned(), Some("pci")));
    assert_eq!(
        policy.site.iter().map(|format| (format.kind.as_str(), format.line)).collect::<Vec<_>>(),
        [("mrn", 6), ("encounter_accession_id", 6), ("encounter_accession_id", 6)]
    );
    assert_eq!(policy.masks, [MaskChoice { kind: "email".to_owned(), mask: "token".to_owned(), line: 7 }]);
    assert_eq!(policy.keys, ["a.key", "b.key"]);
    assert_eq!((policy.zone.as_deref(), policy.phone_country.as_deref()), (Some("eu"), Some("49")));
    assert_eq!(config.region.as_deref(), Some("eu-west-1"));
    assert_eq!((config.server.sources.len(), config.server.sinks.len()), (1, 0));
    assert_eq!(Config::parse("").unwrap(), Config::default());
    assert_eq!(Config::parse("# nothing yet\n").unwrap(), Config::default());
}

#[test]
fn every_problem_is_named_with_line_and_path() {
    let found = problems("prest: hipaa\nregion: [a]\ntokens:\n  keys: [hunter2]\n  zne: eu\npacks: { a: b }\nmasks: email\nregion: b\n");
    let wanted = [
        "line 1: `prest`: found an unknown key; allowed: `preset`, which is near to it",
        "line 2: `region`: found a list; allowed: the name of a region",
        "line 4: `tokens.keys[0]`: found text; allowed: `{ file: PATH }`: a key stands in a file of its own, never here",
        "line 5: `tokens.zne`: found an unknown key; allowed: `zone`, which is near to it",
        "line 6: `packs`: found a map; allowed: country codes such as `[gb, de]`, or `all`",
        "line 7: `masks`: found text; allowed: a map from kinds to masks: `{ email: token }`",
        "line 8: `region`: found a key that stands twice; allowed: each key once",
    ];
    assert_eq!(found, wanted);
}

#[test]
fn names_of_the_policy_are_checked_together() {
    let found = problems(
        "preset: [hipaaa, { gdpr: { mode: expert } }, { hipaa: { mode: expart } }]\nfloor: xyzzy\npacks: [gb, dd, 'fr,q']\n\
         site: { mrnn: 'M[0-9]{4}', mrn: '((' }\nmasks:\n  email: tokn\n  us_ssn: hide-it\nregion: [a]\n",
    );
    let wanted = [
        "line 1: `preset[0]`: found a name that no preset has; allowed: `hipaa`, which is near to it",
        "line 1: `preset[1].gdpr.mode`: found a mode of a preset that has none; allowed: nothing",
        "line 1: `preset[2].hipaa.mode`: found a name that no mode has; allowed: `expert`, which is near to it",
        "line 2: `floor`: found a name that no preset has; allowed: `standard`, `hipaa`, `gdpr`, `pci`, `soc2`",
        "line 3: `packs[1]`: found a name that no pack has; allowed: `",
        "line 3: `packs[2]`: found a name that no pack has; allowed: `",
        "line 4: `site.mrnn`: found a name that no kind has; allowed: `mrn`, which is near to it",
        "line 4: `site.mrn`: found an expression that cannot be used; allowed: another one: site format of `mrn`: the expression cannot be read",
        "line 6: `masks.email`: found a name that no mask has; allowed: `token`, which is near to it",
        "line 7: `masks.us_ssn`: found a name that no mask has; allowed: `partial`, `generalise`, `token`, `label`, `drop_value`, `drop_record`",
        "line 8: `region`: found a list; allowed: the name of a region",
    ];
    assert_eq!(found.len(), wanted.len(), "{found:#?}");
    assert!(found.iter().zip(wanted).all(|(found, wanted)| found.starts_with(wanted)), "{found:#?}");
}

#[test]
fn what_does_not_go_together_is_said_with_the_rest() {
    for (text, wanted) in [
        ("preset: { hipaa: { mode: expert } }", "line 1: `preset`: found a mode without a `reference`; allowed: `reference` with "),
        ("preset: { hipaa: { reference: 'ED 7' } }", "line 1: `preset`: found a `reference` that no mode needs; allowed: none, or "),
        ("floor: hipaa", "line 1: `floor`: found a preset that the others are below: "),
    ] {
        let found = problems(&format!("{text}\nrgion: a\n"));
        assert!(found.len() == 2 && found[0].starts_with(wanted), "{found:?}");
    }
    let found = problems("preset: hipaa\nmasks:\n  email: partial\n  badge: partial\n  us_ssn: partial\n  pan: label\nx: 1\n");
    let paths: Vec<_> = found.iter().map(|problem| problem.split('`').nth(1).unwrap()).collect();
    assert_eq!(paths, ["masks.email", "masks.us_ssn", "x"], "{found:?}");
    assert!(found[0].contains("164.514"), "{found:?}");
}

#[test]
fn no_value_is_ever_quoted() {
    let secret = "hunter2-hunter2";
    for text in [
        format!("tokens: {{ keys: [{secret}] }}\n"),
        format!("{secret}: 1\n"),
        format!("{secret}\n"),
        format!("preset: {{ hipaa: {secret} }}\n"),
        format!("- {secret}\n"),
        format!("region: &{secret} x\n"),
        format!("region: !{secret} x\n"),
        format!("region: *{secret}\n"),
        format!("region: \"{secret}\n"),
        format!("? [{secret}]\n: b\n"),
        format!("site: {{ mrn: {{ {secret}: 1 }} }}\n"),
        format!("region: a\n---\nregion: {secret}\n"),
        format!("preset: {secret}\n"),
        format!("preset: {{ hipaa: {{ mode: {secret} }} }}\n"),
        format!("floor: {secret}\n"),
        format!("packs: {secret}\n"),
        format!("site: {{ mrn: '{secret}((' }}\n"),
        format!("site: {{ {secret}: a }}\n"),
        format!("masks: {{ email: {secret} }}\n"),
    ] {
        let found = problems(&text);
        assert!(!found.is_empty(), "{text}");
        assert!(!found.concat().contains(secret), "{found:?}");
    }
}

#[test]
fn what_is_too_much_is_refused() {
    assert_eq!(problems(&"[".repeat(100)).len(), 1);
    assert_eq!(problems(&format!("region: [{}]", "a,".repeat(200_000))).len(), 1);
    assert_eq!(problems(&"#".repeat(MAX_BYTES + 1)).len(), 1);
}
