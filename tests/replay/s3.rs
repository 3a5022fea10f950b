//! Buckets as inputs and outputs, against moto and over a way to it that throttles and cuts.

use std::fs;
use std::io::Write as _;
use std::process::Child;
use std::time::{Duration, Instant};

use super::{CANARY, CLEAN, LINE, Place, gzip, with_key};
use crate::sinks::aws::Moto;

struct Shaky(Child);

impl Drop for Shaky {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Twenty objects: each form, one that is written in several parts, keys with values and with two slashes.
fn place() -> Place {
    let mut place = with_key(Place::mixed());
    place = place
        .with("in/large.log", LINE.repeat(150_000))
        .with("in/large.log.zst", zstd::encode_all(LINE.repeat(9000).as_bytes(), 1).unwrap());
    for name in ["jane@example.com/app.log", "john@example.com/app.log", "a/b.log", "a/@@b.log", "month=2019-01/x.csv.gz"] {
        place = place.with(&format!("in/{name}"), if name.ends_with("gz") { gzip(LINE.repeat(50)) } else { LINE.repeat(9).into() });
    }
    place.with(&format!("in/{CANARY}@example.com.zip"), b"PK\x03\x04")
}

/// A place, a store with its tree, and the options that lead there over the bad way.
fn store() -> Option<(Place, Moto, Shaky, Vec<String>)> {
    let moto = Moto::start()?;
    let place = place();
    moto.look(&["make", "raw", "eu-west-1", "open"]);
    moto.look(&["make", "masked", "eu-west-1", "open"]);
    moto.look(&["fill", "raw", "old/logs/", place.path("in").to_str().unwrap()]);
    let other = place.path("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("x.log"), LINE).unwrap();
    moto.look(&["fill", "raw", "old/logs-of-others/", other.to_str().unwrap()]);
    let (child, endpoint) = moto.shaky();
    let options = ["--s3-endpoint", &endpoint, "--digest-key", "digest.key", "--jobs", "4"].map(str::to_owned).to_vec();
    Some((place, moto, Shaky(child), options))
}

fn with<'a>(options: &'a [String], arguments: &[&'a str]) -> Vec<&'a str> {
    arguments.iter().copied().chain(options.iter().map(String::as_str)).collect()
}

#[test]
fn buckets_are_read_and_written_like_folders() {
    let Some((place, moto, _shaky, options)) = store() else { return };
    let said = place.run(3, &with(&options, &["s3://raw/old/logs", "-o", "s3://masked/2019/", "--manifest", "m.jsonl"]));
    assert!(said.contains("20 inputs") && said.contains("1 left out") && !said.contains(CANARY), "{said}");
    let keys = moto.look(&["fetch", "masked", place.path("fetched").to_str().unwrap()]);
    assert!(!keys.to_string().contains("jane") && !keys.to_string().contains(CANARY), "{keys}");
    assert_eq!(moto.look(&["uploads", "masked"]), 0);
    // The same as from a folder, but for the key that no file can have.
    place.run(3, &["in", "-o", "wanted", "--digest-key", "digest.key", "--exclude", "@@b.log"]);
    let (found, wanted) = (place.tree("fetched/2019"), place.tree("wanted"));
    let files = wanted.iter().filter(|(name, _)| !name.starts_with("manifest"));
    for (name, bytes) in files.clone() {
        assert!(found.get(name) == Some(bytes), "{name}");
    }
    assert_eq!(found.len(), files.count() + 2, "{:?}", found.keys());
    assert_eq!(found["a/b-2.log"], CLEAN.repeat(9).as_bytes());
    assert_eq!(found["m.jsonl"], fs::read(place.path("m.jsonl")).unwrap());
    // The manifest says of each object what it says of the file.
    let lines = |path: &str| -> Vec<String> {
        let text = fs::read_to_string(place.path(path)).unwrap();
        let part = |line: &str| Some(line.split_once("\"status\"")?.1.split_once(",\"hash\"")?.0.to_owned());
        let mut lines: Vec<String> = text.lines().filter_map(part).collect();
        lines.sort();
        lines
    };
    let (objects, files) = (lines("m.jsonl"), lines("wanted/manifest.jsonl"));
    assert!(files.iter().all(|line| objects.contains(line)), "{objects:?} {files:?}");

    // A folder from the bucket, and a bucket from the folder.
    place.run(3, &with(&options, &["s3://raw/old/logs", "-o", "local"]));
    assert!(place.tree("local").iter().all(|(name, bytes)| name.starts_with("manifest") || found[name] == *bytes));
    place.run(3, &with(&options, &["in", "-o", "s3://masked/again", "--manifest", "again.jsonl", "--exclude", "@@b.log"]));
    // An object alone, and the inventory.
    place.run(0, &with(&options, &["s3://raw/old/logs/large.log.zst", "-o", "one"]));
    assert!(place.path("one/large.log.zst").exists());
    let text = place.run(3, &with(&options, &["--dry-run", "s3://raw/old/logs"]));
    assert!(text.contains("us_ssn") && text.contains("app/a.log") && !text.contains(CANARY), "{text}");

    let verify = |code: i32| place.run(code, &["verify", "m.jsonl", "-o", "s3://masked/2019", "--s3-endpoint", moto.endpoint()]);
    assert!(verify(0).contains("19 outputs as they were written"));
    let other = place.path("changed");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("empty.log"), "x").unwrap();
    moto.look(&["fill", "masked", "2019/", other.to_str().unwrap()]);
    assert!(verify(1).contains("the output `empty.log`"));
    // The same command has nothing to do; another one does not write over anything.
    let again = with(&options, &["s3://raw/old/logs", "-o", "s3://masked/2019/", "--manifest", "m.jsonl"]);
    assert!(place.run(3, &again).contains("20 done before"));
    let said = place.run(2, &with(&options, &["in", "-o", "s3://masked/2019", "--manifest", "n.jsonl"]));
    assert!(said.contains("are there already"), "{said}");
}

#[test]
fn a_kill_among_objects_changes_nothing() {
    let Some((place, moto, _shaky, options)) = store() else { return };
    let wanted = with(&options, &["s3://raw/old/logs", "-o", "s3://masked/wanted", "--manifest", "wanted.jsonl"]);
    place.run(3, &wanted);
    let arguments = with(&options, &["s3://raw/old/logs", "-o", "s3://masked/killed", "--manifest", "killed.jsonl"]);
    let mut child = place.command(&[&arguments[..], &["--rate", "4MB", "--progress", "none"]].concat()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while fs::read_to_string(place.path("killed.jsonl.journal")).unwrap_or_default().lines().count() < 4 {
        assert!(Instant::now() < deadline && child.try_wait().unwrap().is_none(), "no entry in the journal");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(place.run(3, &arguments).contains("done before"));
    moto.look(&["fetch", "masked", place.path("fetched").to_str().unwrap()]);
    let rest = |folder: &str| {
        let mut tree = place.tree(folder);
        tree.retain(|name, _| !name.ends_with(".jsonl"));
        tree
    };
    assert!(rest("fetched/killed") == rest("fetched/wanted"));
    assert_eq!(fs::read(place.path("killed.jsonl")).unwrap(), fs::read(place.path("wanted.jsonl")).unwrap());
    assert_eq!(moto.look(&["uploads", "masked"]), 0);
}

#[test]
fn buckets_that_cannot_be_used_are_refused() {
    let Some(moto) = Moto::start() else { return };
    moto.look(&["make", "logs-us", "us-west-2", "open"]);
    moto.look(&["make", "raw", "eu-west-1", "open"]);
    let place = Place::new().with("in/a.log", LINE);
    let options = ["--s3-endpoint", moto.endpoint()];
    for (code, arguments, words) in [
        (2, &["in", "-o", "s3://raw/x"][..], "needs `--manifest FILE`"),
        (3, &["in", "-o", "s3://nobodys/x", "--manifest", "m"], "the bucket does not exist"),
        (3, &["in", "-o", "s3://logs-us/x", "--manifest", "m"], "lies in another region"),
        (3, &["s3://raw/nothing", "-o", "out"], "it is not there"),
    ] {
        let said = place.run(code, &[arguments, &options].concat());
        assert!(said.contains(words), "{words}: {said}");
    }
    let mut said = Vec::new();
    writeln!(said, "{}", place.run(3, &["s3://raw/x", "-o", "out2", "--s3-endpoint", "ftp://x"])).unwrap();
    assert!(String::from_utf8_lossy(&said).contains("no `http://` or `https://` address"));
}
