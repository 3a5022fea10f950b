//! `hushlog replay`: what comes out is the same whatever happened on the way, and any change of it is found.
//!
//! `HUSHLOG_KILLS=100` kills a hundred times instead of a few.

#[cfg(feature = "aws")]
mod s3;
mod sinks;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use hushlog::audit::chain::Chain;
use hushlog::audit::{PublicKeys, SealKey};
use hushlog::replay::{self, Target};
use tempfile::TempDir;

use crate::cli::gzip;

const CANARY: &str = "kanarienvogel77";
const LINE: &str = "2026-03-01T10:00:00Z INFO login user=jdoe email=user@example.com ssn=123-45-6789 ok\n";
const CLEAN: &str = "2026-03-01T10:00:00Z INFO login user=[USERNAME] email=[EMAIL] ssn=[US_SSN] ok\n";

/// A folder with `in`, and what runs there.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// One file of each form.
    fn mixed() -> Self {
        let json = "{\"user\":\"jdoe\",\"email\":\"user@example.com\",\"n\":7,\"list\":[1,2]}\n";
        let cri = "2026-03-01T10:00:00.0Z stdout P login email=us\n2026-03-01T10:00:00.1Z stdout F er@example.com ok\n";
        let docker = "{\"log\":\"login ssn=123-45-6789\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-01T10:00:00.0Z\"}\n";
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{}-----END PRIVATE KEY-----\n", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\n".repeat(9));
        let csv = format!("id,email,note\n{}", "1,user@example.com,\"x, \"\"y\"\"\nz\"\n".repeat(700));
        Self::new()
            .with("in/app/a.log", format!("{}{pem}{}", LINE.repeat(3000), LINE.repeat(2000)))
            .with("in/app/b.log.gz", gzip(LINE.repeat(4000)))
            .with("in/app/c.log.zst", zstd::encode_all(LINE.repeat(4000).as_bytes(), 3).unwrap())
            .with("in/table.csv", &csv)
            .with("in/table.csv.gz", gzip(csv))
            .with("in/events.ndjson", json.repeat(3000))
            .with("in/events.ndjson.gz", gzip(json.repeat(3000)))
            .with("in/pods/0.log", cri.repeat(1500))
            .with("in/docker-json.log", docker.repeat(2000))
            .with("in/whole.json", format!("[\n{}\n]\n", vec![json.trim_end(); 400].join(",\n")))
            .with("in/empty.log", "")
            .with("in/no-end.log", LINE.trim_end())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hushlog"));
        command.arg("replay").args(arguments).current_dir(self.folder.path());
        command.env("AWS_ACCESS_KEY_ID", "testing").env("AWS_SECRET_ACCESS_KEY", "testing").env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_REGION", "eu-west-1").env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
        command.env_remove("HUSHLOG_KERNEL").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    #[track_caller]
    fn run(&self, code: i32, arguments: &[&str]) -> String {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
        assert_eq!(status.code(), Some(code), "{arguments:?}: {text}");
        text
    }

    /// Every file below a folder, by its name there.
    fn tree(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        fn walk(base: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(base, &path, files);
                } else {
                    files.insert(path.strip_prefix(base).unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap());
                }
            }
        }
        let mut files = BTreeMap::new();
        walk(&self.path(folder), &self.path(folder), &mut files);
        files
    }
}

fn with_key(place: Place) -> Place {
    use std::os::unix::fs::PermissionsExt as _;
    let place = place.with("digest.key", "0123456789abcdef0123456789abcdef\n");
    fs::set_permissions(place.path("digest.key"), fs::Permissions::from_mode(0o600)).unwrap();
    place
}

const OPTIONS: [&str; 4] = ["--digest-key", "digest.key", "--sign-key", "sign.key"];

#[test]
fn the_output_mirrors_the_input_and_other_programs_read_it() {
    let place = Place::mixed();
    place.run(0, &["in", "-o", "out"]);
    assert_eq!(fs::read_to_string(place.path("out/no-end.log")).unwrap(), CLEAN.trim_end());
    let masked = zstd::decode_all(&fs::read(place.path("out/app/c.log.zst")).unwrap()[..]).unwrap();
    assert_eq!(masked, CLEAN.repeat(4000).as_bytes());
    let mut names: Vec<_> = place.tree("out").into_keys().filter(|name| !name.starts_with("manifest.jsonl")).collect();
    names.sort();
    assert_eq!(names, place.tree("in").into_keys().collect::<Vec<_>>());
    let script = r#"
import csv, gzip, io, json, sys
def text(p): return (gzip.open(p, "rt", newline="") if p.endswith(".gz") else open(p, newline="")).read()
def same(name, count):
    one, other = count(text("in/" + name)), count(text("out/" + name))
    assert one == other and one > 0, (name, one, other)
lines = lambda t: t.count("\n")
table = lambda t: len([r for r in csv.reader(io.StringIO(t)) if len(r) == 3])
ndjson = lambda t: len([sorted(json.loads(l)) for l in t.splitlines()])
for n in ["app/a.log", "app/b.log.gz", "pods/0.log"]: same(n, lines)
for n in ["table.csv", "table.csv.gz"]: same(n, table)
for n in ["events.ndjson", "events.ndjson.gz", "docker-json.log"]: same(n, ndjson)
same("whole.json", lambda t: len(json.loads(t)))
for l in open("out/manifest.jsonl"): json.loads(l)
"#;
    match Command::new("python3").args(["-c", script]).current_dir(place.folder.path()).output() {
        Ok(outcome) => assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr)),
        Err(_) => eprintln!("no python3: not read by another program"),
    }
}

#[test]
fn one_thread_writes_what_four_write() {
    let place = with_key(Place::mixed());
    place.run(0, &[&["in", "-o", "one", "--jobs", "1"][..], &OPTIONS].concat());
    place.run(0, &[&["in", "-o", "four", "--jobs", "4"][..], &OPTIONS].concat());
    assert!(place.tree("one") == place.tree("four"));
    // As `scrub` does it.
    let scrubbed = Command::new(env!("CARGO_BIN_EXE_hushlog")).args(["scrub", "in/app/a.log"]).current_dir(place.folder.path()).output();
    assert!(scrubbed.unwrap().stdout == place.tree("one")["app/a.log"]);
}

#[test]
fn kills_at_any_moment_change_nothing() {
    let kills: u32 = std::env::var("HUSHLOG_KILLS").ok().and_then(|given| given.parse().ok()).unwrap_or(6);
    let place = with_key(Place::mixed());
    let arguments = |out| [&["in", "-o", out, "--jobs", "2"][..], &OPTIONS].concat();
    place.run(0, &arguments("wanted"));
    let wanted = place.tree("wanted");
    let mut seed = std::process::id();
    let mut resumed = false;
    for kill in 0..kills {
        let slow = ["--rate", "3MB"];
        let mut child = place.command(&[&arguments("out")[..], &slow].concat()).spawn().unwrap();
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        std::thread::sleep(Duration::from_millis(u64::from(seed >> 16) % 500));
        child.kill().unwrap();
        child.wait().unwrap();
        // Names are complete files or nothing; the folder itself may not be there yet.
        let tree = if place.path("out").exists() { place.tree("out") } else { BTreeMap::new() };
        for (name, bytes) in tree.into_iter().filter(|(name, _)| wanted.contains_key(name)) {
            assert!(wanted[&name] == bytes, "{name} after kill {kill}");
        }
        if kill % 10 == 9 || kill + 1 == kills {
            resumed |= place.run(0, &arguments("out")).contains("done before");
            assert!(place.tree("out") == wanted, "after kill {kill}");
            assert!(place.run(0, &["verify", "out/manifest.jsonl"]).contains("intact"));
            fs::remove_dir_all(place.path("out")).unwrap();
        }
    }
    eprintln!("resumed: {resumed}");
}

#[test]
fn a_finished_part_is_kept_only_if_it_is_still_right() {
    let place = with_key(Place::mixed());
    let arguments = [&["in", "-o", "out"][..], &OPTIONS].concat();
    place.run(0, &arguments);
    let wanted = place.tree("out");
    // The same command again has nothing to do.
    assert!(place.run(0, &arguments).contains("12 done before"));
    assert!(place.tree("out") == wanted);
    // Another one is refused, and leaves everything as it is.
    assert!(place.run(2, &[&arguments[..], &["--keep-names"]].concat()).contains("manifest of another replay"));
    assert!(place.tree("out") == wanted);

    // A slow run, killed when it has begun.
    let mut child = place.command(&[&arguments[..], &["--force", "--rate", "200kB", "--jobs", "1"]].concat()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let journal = place.path("out/manifest.jsonl.journal");
    while fs::read_to_string(&journal).unwrap_or_default().lines().count() < 2 {
        assert!(Instant::now() < deadline && child.try_wait().unwrap().is_none(), "no entry in the journal");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(place.run(2, &arguments).contains("another replay writes"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(place.run(2, &[&arguments[..], &["--keep-names"]].concat()).contains("other inputs or options"));
    let first = fs::read_to_string(&journal).unwrap().lines().nth(1).unwrap().to_owned();
    let name = wanted.keys().find(|name| first.contains(&format!("\"name\":\"{name}\""))).unwrap();
    fs::write(place.path("out").join(name), "changed").unwrap();
    place.run(0, &arguments);
    assert!(place.tree("out") == wanted);
    // A changed input is another plan.
    fs::write(place.path("in/new.log"), LINE).unwrap();
    place.run(2, &arguments);
    place.run(0, &[&arguments[..], &["--force"]].concat());
}

#[test]
fn files_of_others_are_not_written_over() {
    let place = Place::new().with("in/a.log", LINE).with("in/b.log", LINE).with("out/b.log", "mine\n");
    assert!(place.run(2, &["in", "-o", "out"]).contains("1 files are there already, the first is `b.log`"));
    assert_eq!(place.tree("out").into_iter().next().unwrap(), ("b.log".to_owned(), b"mine\n".to_vec()));
    assert!(!place.path("out/manifest.jsonl.journal").exists());
    place.run(0, &["in", "-o", "out", "--force"]);
    assert_eq!(fs::read_to_string(place.path("out/b.log")).unwrap(), CLEAN);
    assert!(place.run(2, &["in", "-o", "in"]).contains("nothing to replay"));
    assert_eq!(fs::read_to_string(place.path("in/a.log")).unwrap(), LINE);
}

#[test]
fn what_cannot_be_opened_is_left_out_and_the_rest_goes_on() {
    let packed = gzip(LINE.repeat(9000));
    let place = Place::new()
        .with("in/cut.log.gz", &packed[..packed.len() - 40])
        .with("in/good.log", LINE)
        .with("in/picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR kanarienvogel77")
        .with("in/tool.zip", b"PK\x03\x04 kanarienvogel77")
        .with("in/wide.log", [0x61, 0, 0x62, 0].repeat(40));
    std::os::unix::fs::symlink("good.log", place.path("in/link")).unwrap();
    let said = place.run(3, &["in", "missing.log", "-o", "out", "--sign-key", "sign.key"]);
    for words in [
        "`in/cut.log.gz` is damaged",
        "`in/picture` is left out: the content is binary",
        "zip",
        "UTF-16",
        "`in/link` is left out",
        "it is not there",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let out = place.tree("out");
    let names: Vec<&str> = out.keys().map(String::as_str).filter(|name| !name.starts_with("manifest")).collect();
    assert_eq!(names, ["in/cut.log.gz", "in/good.log"]);
    assert!(!out.values().any(|bytes| memchr::memmem::find(bytes, CANARY.as_bytes()).is_some()));
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&out["in/cut.log.gz"][..]), &mut text).unwrap();
    assert!(text.len() > 100_000 && !text.contains("user@"));
    place.run(0, &["verify", "out/manifest.jsonl"]);
    // Repaired, it is another input.
    fs::write(place.path("in/cut.log.gz"), packed).unwrap();
    place.run(2, &["in", "missing.log", "-o", "out", "--sign-key", "sign.key"]);
}

#[test]
fn canaries_in_names_headers_and_members_stay_inside() {
    let mail = format!("{CANARY}@example.com");
    let mut member =
        flate2::GzBuilder::new().filename(format!("{mail}.log")).comment(mail.as_str()).write(Vec::new(), flate2::Compression::fast());
    member.write_all(LINE.as_bytes()).unwrap();
    let place = Place::new()
        .with(&format!("in/{mail}/{mail}.log"), LINE)
        .with(&format!("in/other-{mail}/x.log"), LINE)
        .with(&format!("in/password={CANARY}.log"), LINE)
        .with("in/member.log.gz", member.finish().unwrap())
        .with("in/table.csv", format!("id,{mail},name\n1,2,3\n4,5,6\n"))
        .with(&format!("in/{mail}.zip"), b"PK\x03\x04");
    std::os::unix::fs::symlink("x", place.path(&format!("in/link-{mail}"))).unwrap();
    let mut said = place.run(3, &["in", "-o", "out", "--sign-key", "sign.key"]);
    said += &place.run(0, &["verify", "out/manifest.jsonl"]);
    for format in ["text", "json", "html"] {
        said += &place.run(3, &["in", "--dry-run", "--format", format]);
    }
    assert!(!said.contains(CANARY), "{said}");
    for (name, bytes) in place.tree("out") {
        assert!(!name.contains(CANARY), "{name}");
        assert!(memchr::memmem::find(&bytes, CANARY.as_bytes()).is_none(), "in {name}");
    }
    place.run(3, &["in", "-o", "kept", "--keep-names"]);
    assert!(place.path(&format!("kept/{mail}/{mail}.log")).exists());
    // The journal of a run that is under way.
    let mut child = place.command(&["in", "-o", "slow", "--rate", "60", "--jobs", "1"]).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while fs::read(place.path("slow/manifest.jsonl.journal")).unwrap_or_default().is_empty() {
        assert!(Instant::now() < deadline, "no journal");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        place.tree("slow").iter().all(|(name, bytes)| !name.contains(CANARY) && memchr::memmem::find(bytes, CANARY.as_bytes()).is_none())
    );
}

/// Checks in this process: what is wrong.
fn problems(place: &Place, keys: Option<&PublicKeys>) -> Vec<String> {
    replay::verify(&place.path("out/manifest.jsonl"), &Target::folder(&place.path("out")), keys, None).unwrap().problems
}

#[test]
fn any_changed_byte_is_found() {
    let place = Place::new().with("in/a.log", LINE).with("in/b.log.gz", gzip(LINE)).with("in/x.zip", b"PK\x03\x04");
    let head = place.run(3, &["in", "-o", "out", "--sign-key", "sign.key"]).lines().next().unwrap().to_owned();
    let keys = PublicKeys::read(&place.path("out/manifest.jsonl.pub")).unwrap();
    assert_eq!(problems(&place, Some(&keys)), [""; 0]);
    let said = place.run(0, &["verify", "out/manifest.jsonl", "--head", &head]);
    assert!(said.contains("intact") && said.contains("signed, end anchored"), "{said}");

    let manifest = place.path("out/manifest.jsonl");
    let good = fs::read(&manifest).unwrap();
    let line_of = |at: usize| 1 + good[..at].iter().filter(|byte| **byte == b'\n').count();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(&manifest, &bad).unwrap();
        let found = problems(&place, Some(&keys));
        let named = found.iter().any(|problem| problem.starts_with(&format!("line {} ", line_of(at))));
        assert!(named, "byte {at} of line {}: {found:?}", line_of(at));
    }
    let lines: Vec<&[u8]> = good.split_inclusive(|byte| *byte == b'\n').collect();
    for left_out in 0..lines.len() {
        let kept: Vec<&[u8]> = lines.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, line)| *line).collect();
        fs::write(&manifest, kept.concat()).unwrap();
        assert!(!problems(&place, Some(&keys)).is_empty(), "without line {}", left_out + 1);
    }
    for end in (0..good.len()).step_by(7) {
        fs::write(&manifest, &good[..end]).unwrap();
        assert!(!problems(&place, Some(&keys)).is_empty(), "cut at {end}");
    }
    fs::write(&manifest, [&good[..], lines[1]].concat()).unwrap();
    assert!(!problems(&place, Some(&keys)).is_empty());
    fs::write(&manifest, &good).unwrap();

    for name in ["a.log", "b.log.gz"] {
        let path = place.path("out").join(name);
        let whole = fs::read(&path).unwrap();
        let changed = |at: usize| {
            let mut bad = whole.clone();
            bad[at] ^= 1;
            bad
        };
        let cut = [whole[1..].to_vec(), whole[..whole.len() - 1].to_vec(), [&whole[..], b"\n"].concat(), Vec::new()];
        for bad in (0..whole.len()).map(changed).chain(cut) {
            fs::write(&path, bad).unwrap();
            let found = problems(&place, Some(&keys));
            assert!(found.len() == 1 && found[0].contains(&format!("the output `{name}`")), "{found:?}");
        }
        fs::remove_file(&path).unwrap();
        assert!(problems(&place, Some(&keys))[0].contains("missing"));
        assert!(place.run(1, &["verify", "out/manifest.jsonl"]).contains(name));
        fs::write(&path, whole).unwrap();
    }
    assert_eq!(problems(&place, Some(&keys)), [""; 0]);
}

#[test]
fn a_manifest_that_was_computed_anew_is_found() {
    let place = Place::new().with("in/a.log", LINE).with("in/b.log", LINE);
    let head = place.run(0, &["in", "-o", "out", "--sign-key", "sign.key"]).lines().next().unwrap().to_owned();
    let keys = PublicKeys::read(&place.path("out/manifest.jsonl.pub")).unwrap();
    let manifest = place.path("out/manifest.jsonl");
    let good = fs::read_to_string(&manifest).unwrap();
    let other = SealKey::of_file(&place.path("other.key"), &place.path("other")).unwrap();
    // Members without what the chain adds, one record less in the first input.
    let members: Vec<String> = good
        .lines()
        .map(|line| {
            let from = line.find("\"event\"").unwrap();
            let to = line.rfind(",\"hash\"").unwrap();
            line.get(from..to).unwrap().replace("\"records\":1,", "\"records\":0,").replace("\"records\":2,", "\"records\":0,")
        })
        .collect();
    let (seal, rest) = members.split_last().unwrap();
    let anew = |members: &[String]| {
        let mut chain = Chain::default();
        let text: String = members.iter().map(|members| chain.line(members)).collect();
        (text, chain)
    };
    // The old seal, none, and one of another key.
    let (text, mut chain) = anew(rest);
    let with_other = text.clone() + &chain.seal(&other, b"hushlog replay manifest v1\n");
    let unsigned: Vec<String> = rest.iter().map(|line| line.split(",\"signed_by\"").next().unwrap().to_owned()).collect();
    for (what, text) in [
        ("the old seal", anew(&[rest, std::slice::from_ref(seal)].concat()).0),
        ("no seal", text.clone()),
        ("another key", with_other),
        ("as if it had never been signed", anew(&unsigned).0),
    ] {
        fs::write(&manifest, &text).unwrap();
        let found = problems(&place, Some(&keys));
        assert!(!found.is_empty(), "{what}");
        assert!(place.run(1, &["verify", "out/manifest.jsonl"]).contains("manifest"), "{what}");
    }
    // Without any key only a head that was kept shows it.
    fs::write(&manifest, anew(&unsigned).0).unwrap();
    fs::remove_file(place.path("out/manifest.jsonl.pub")).unwrap();
    assert!(place.run(0, &["verify", "out/manifest.jsonl"]).contains("not signed"));
    place.run(1, &["verify", "out/manifest.jsonl", "--head", &head]);
    // Outputs that lie elsewhere are not looked for outside of the folder.
    let (text, _) = anew(&unsigned.iter().map(|line| line.replace("\"name\":\"a.log\"", "\"name\":\"../in/a.log\"")).collect::<Vec<_>>());
    fs::write(&manifest, text).unwrap();
    assert!(place.run(1, &["verify", "out/manifest.jsonl"]).contains("missing or cannot be read"));
}

#[test]
fn inputs_are_chosen_by_lists_patterns_and_days() {
    let place = Place::new().with("in/a/app.log", LINE).with("in/a/web.log", LINE).with("in/b/app.log", LINE).with("in/b/old.txt", LINE);
    let outputs = |out: &str| -> Vec<String> { place.tree(out).into_keys().filter(|name| !name.starts_with("manifest")).collect() };
    fs::write(place.path("list"), "in/b/app.log\n\nin/a/web.log\r\nin/b/app.log\n").unwrap();
    place.run(0, &["--list", "list", "-o", "listed"]);
    assert_eq!(outputs("listed"), ["a/web.log", "b/app.log"]);
    let manifest = fs::read_to_string(place.path("listed/manifest.jsonl")).unwrap();
    assert!(manifest.lines().nth(1).unwrap().contains("b/app.log"), "in the order of the list");
    place.run(0, &["in/*/app.log", "-o", "globbed"]);
    assert_eq!(outputs("globbed"), ["a/app.log", "b/app.log"]);
    place.run(0, &["in", "-o", "chosen", "--include", "*.log", "--exclude", "a/app.log"]);
    assert_eq!(outputs("chosen"), ["a/web.log", "b/app.log"]);
    place.run(0, &["in/a/web.log", "-o", "one"]);
    assert_eq!(outputs("one"), ["web.log"]);
    let old = std::time::UNIX_EPOCH + Duration::from_secs(1_577_836_800);
    fs::File::options().write(true).open(place.path("in/b/old.txt")).unwrap().set_modified(old).unwrap();
    place.run(0, &["in", "-o", "older", "--until", "2020-01-02"]);
    assert_eq!(outputs("older"), ["b/old.txt"]);
    place.run(2, &["in", "-o", "none", "--until", "2019-12-31"]);
    place.run(2, &["in", "-o", "none", "--since", "2020-02-30"]);
    place.run(2, &["in"]);
    place.run(3, &["--list", "missing", "-o", "none"]);
}

#[test]
fn a_dry_run_counts_and_writes_nothing() {
    let place = Place::mixed();
    let before = place.tree("");
    let text = place.run(0, &["--dry-run", "in"]);
    assert!(text.contains("By kind") && text.contains("us_ssn") && text.contains("app/a.log"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&place.run(0, &["--dry-run", "--format", "json", "in", "--jobs", "2"])).unwrap();
    assert_eq!(json["findings"]["us_ssn"], 5000 + 4000 + 4000 + 2000 + 1);
    assert_eq!(json["keys"]["ssn"]["us_ssn"], json["findings"]["us_ssn"]);
    assert_eq!(json["files"][0]["name"], "app/a.log");
    let page = place.run(0, &["--dry-run", "--format", "html", "in"]);
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("<svg") && page.ends_with("</html>\n"));
    for said in [&text, &json.to_string(), &page] {
        assert!(!said.contains("user@") && !said.contains("123-45"));
    }
    assert!(place.tree("") == before);
}

#[test]
fn exports_of_cloudwatch_logs_are_text() {
    let line = |n: u32| format!("2026-03-01T10:00:{:02}.000Z user=jdoe email=user{n}@example.com ssn=123-45-6789\n", n % 60);
    let more = "2026-03-01T10:00:00.000Z {\"password\":\"kanarienvogel77\",\"n\":1}\n2026-03-01T10:00:01.000Z ValueError: bad\n  at login(ssn=123-45-6789)\n";
    let text: String = (0..500).map(line).collect::<String>() + more;
    let stream = "exports/4f1c0000-0000-4000-8000-000000000001/default_app-1";
    let place = Place::new()
        .with("in/exports/aws-logs-write-test", "Permission Check Successful")
        .with(&format!("in/{stream}/000000.gz"), gzip(&text))
        .with(&format!("in/{stream}/000001.gz"), gzip(&text));
    assert!(place.run(0, &["in", "-o", "out"]).contains("2 inputs"));
    let mut masked = String::new();
    let out = place.tree("out");
    assert!(!out.keys().any(|name| name.contains("write-test")), "{:?}", out.keys());
    let packed = out.iter().find(|(name, _)| name.ends_with("000000.gz")).unwrap().1;
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&packed[..]), &mut masked).unwrap();
    assert_eq!(masked.lines().count(), text.lines().count());
    assert!(masked.starts_with("2026-03-01T10:00:00.000Z user=[USERNAME] email=[EMAIL] ssn=[US_SSN]\n"), "{masked}");
    assert!(!masked.contains(CANARY) && !masked.contains("123-45"));
}

#[test]
fn one_large_file_is_split_and_comes_out_the_same() {
    let csv: String = (0..60_000).map(|n| format!("{n},kanari{n},\"a, \"\"b\"\"\nuser{n}@example.com\"\n")).collect();
    let text = LINE.repeat(120_000);
    let place = with_key(Place::new().with("text/a.log", &text).with("csv/a.csv", format!("id,password,note\n{}", csv.repeat(5))));
    for form in ["text", "csv"] {
        for jobs in ["1", "3"] {
            place.run(0, &[form, "-o", &format!("{form}-{jobs}"), "--jobs", jobs, "--digest-key", "digest.key"]);
        }
        assert!(place.tree(&format!("{form}-1")) == place.tree(&format!("{form}-3")), "{form}");
    }
    assert!(place.tree("text-3")["a.log"] == CLEAN.repeat(120_000).as_bytes());
    assert!(!String::from_utf8_lossy(&place.tree("csv-3")["a.csv"]).contains("kanari"));
}

#[test]
fn a_key_cut_over_two_files_is_masked_in_both() {
    let key: String = (0..12).map(|at| format!("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC{at:08}Zq+/w\n")).collect();
    let (first, second) = key.split_at(5 * 65);
    let second = format!("{second}MIIEk3Yh7w==\n-----END PRIVATE KEY-----\n");
    let many = LINE.repeat(110_000);
    let place = with_key(
        Place::new()
            .with("in/app.log.1", format!("{LINE}-----BEGIN PRIVATE KEY-----\n{first}"))
            .with("in/app.log", format!("{second}{LINE}"))
            // Large enough for several threads, and with lines of others first.
            .with("in/large.log", format!("{}{second}{many}", LINE.repeat(3))),
    );
    for jobs in ["1", "3"] {
        place.run(0, &["in", "-o", jobs, "--jobs", jobs, "--digest-key", "digest.key"]);
    }
    assert!(place.tree("1") == place.tree("3"));
    let out = |name: &str| String::from_utf8(place.tree("1")[name].clone()).unwrap();
    assert_eq!(out("app.log"), format!("{}{CLEAN}", "[PEM_PRIVATE_KEY]\n".repeat(9)));
    assert!(!out("app.log.1").contains("MII"), "{}", out("app.log.1"));
    let wanted = format!("{}{}{}", CLEAN.repeat(3), "[PEM_PRIVATE_KEY]\n".repeat(9), CLEAN.repeat(110_000));
    assert!(out("large.log") == wanted);
    let json: serde_json::Value = serde_json::from_str(&place.run(0, &["--dry-run", "--format", "json", "in"])).unwrap();
    assert_eq!(json["findings"]["pem_private_key"], 6 + 9 + 9);
}

#[test]
fn progress_is_json_lines_where_it_is_asked_for() {
    let place = Place::new().with("in/a.log", LINE.repeat(20));
    let said = place.run(0, &["in", "-o", "out", "--progress", "json"]);
    let state = said.lines().find(|line| line.starts_with("{\"files\"")).unwrap();
    let state: serde_json::Value = serde_json::from_str(state).unwrap();
    assert_eq!((&state["files_done"], &state["bytes_read"]), (&1.into(), &(20 * LINE.len()).into()));
    let started = Instant::now();
    place.run(0, &["in", "-o", "slow", "--rate", "4000"]);
    assert!(started.elapsed() > Duration::from_millis(300), "the rate was not kept");
}
