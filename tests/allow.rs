//! What a site adds to the built-in kinds, and what its operators let through.

use hushlog::Engine;

const SITE: &str = r#"
[site]
mrn = 'MR-[0-9]{7}'
encounter_accession_id = ['ACC[0-9]{8}', 'CT/[0-9]{6}']

[[allow]]
kind = "ip_v4"
cidr = "203.0.113.0/24"
reason = "addresses of the public status page"
owner = "platform"
expires = "2026-12-01"

[[allow]]
kind = "email"
value = "noreply@example.com"
reason = "sender of our own notices"

[[allow]]
kind = "username"
regex = 'svc-[a-z]{1,20}'
reason = "service accounts"
"#;

fn scrub(rules: &str, line: &str) -> String {
    let engine = Engine::builder().rules("site.toml", rules).unwrap().build().unwrap();
    String::from_utf8(engine.scrub(line.as_bytes())).unwrap()
}

#[test]
fn formats_of_a_site_have_the_label_of_their_kind() {
    assert_eq!(
        scrub(SITE, "MR-0000123 in ACC12345678 and CT/123456, not MR-12"),
        "[MRN] in [ENCOUNTER_ACCESSION_ID] and [ENCOUNTER_ACCESSION_ID], not MR-12"
    );
    let once = scrub(SITE, "mrn=MR-0000123");
    assert_eq!(once, "mrn=[MRN]");
    assert_eq!(scrub(SITE, &once), once);
}

#[test]
fn what_is_allowed_stays_and_nothing_else_does() {
    assert_eq!(
        scrub(SITE, "from 203.0.113.7 to 198.51.100.7 mail noreply@example.com jane@example.com user=svc-backup user=jsample"),
        "from 203.0.113.7 to [IP_V4] mail noreply@example.com [EMAIL] user=svc-backup user=[USERNAME]"
    );
    // An entry is for one kind: the same bytes as another kind are masked.
    let other = "[[allow]]\nkind = \"email\"\nvalue = \"203.0.113.7\"\nreason = \"a mistake\"\n";
    assert_eq!(scrub(other, "from 203.0.113.7"), "from [IP_V4]");
}

#[test]
fn entries_that_cannot_be_meant_are_refused() {
    let wrong = [
        ("[[allow]]\nkind = \"emial\"\nvalue = \"a\"\nreason = \"x\"\n", "no such kind"),
        ("[[allow]]\nkind = \"email\"\nvalue = \"a\"\nreason = \" \"\n", "`reason`"),
        ("[[allow]]\nkind = \"email\"\ncidr = \"10.0.0.0/8\"\nreason = \"x\"\n", "`cidr` is for"),
        ("[[allow]]\nkind = \"ip_v4\"\ncidr = \"203.0.113.1/24\"\nreason = \"x\"\n", "`cidr` must be"),
        ("[[allow]]\nkind = \"email\"\nvalue = \"a\"\nregex = 'a'\nreason = \"x\"\n", "exactly one"),
        ("[[allow]]\nkind = \"email\"\nvalue = \"a\"\nreason = \"x\"\nexpires = \"2026-02-30\"\n", "`expires`"),
        ("[site]\nmrnn = 'x{3}'\n", "no such kind"),
        ("[site]\nmrn = 'x*'\n", "site format of `mrn`"),
    ];
    for (text, part) in wrong {
        let error = Engine::builder().rules("site.toml", text).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("site.toml") && error.contains(part), "{text}: {error}");
    }
}
