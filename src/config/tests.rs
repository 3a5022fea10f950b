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
    assert_eq!(policy.masks, [("email".to_owned(), "token".to_owned())]);
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
