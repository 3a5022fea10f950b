//! Logs that were changed in two hundred ways, and what the check says of each.

use super::*;
use crate::record::CleanText;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

struct Log {
    _folder: TempDir,
    path: PathBuf,
}

impl Log {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("audit.jsonl");
        Self { _folder: folder, path }
    }

    fn open(&self) -> Result<AuditLog, OpenError> {
        AuditLog::open(&self.path, SealKey::load(None, &self.path)?, true)
    }

    fn keys(&self) -> PublicKeys {
        PublicKeys::read(&PublicKeys::beside(&self.path)).unwrap()
    }

    fn check(&self, bytes: &[u8], anchor: Option<Head>) -> Verdict {
        verify(bytes, &self.keys(), anchor, false).unwrap()
    }

    /// Runs three times, with a seal after every few lines.
    fn filled() -> Self {
        let log = Self::new();
        for run in 0..3 {
            let mut open = log.open().unwrap();
            open.append(&Event::Start { version: "0", catalogue: Hex([1; 32]), config: Hex([run; 32]), seal_ms: 60_000 }).unwrap();
            open.seal().unwrap();
            for at in 0..12 {
                let [source, kind] = ["app", "us_ssn"].map(CleanText::declared);
                let findings = BTreeMap::from([(kind, at)]);
                let (sinks, bytes) = (Vec::new(), at * 100);
                open.append(&Event::Findings { source, sinks, bytes, findings, pseudonymised: 0, withheld: 0, dropped: 0 }).unwrap();
                if at % 4 == 3 {
                    open.seal().unwrap();
                }
            }
            open.append(&Event::Stop { bytes_not_sent: 0 }).unwrap();
            open.seal().unwrap();
        }
        log
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(&self.path).unwrap()
    }
}

/// Small and good enough for tests (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8(bytes.to_vec()).unwrap().lines().map(str::to_owned).collect()
}

fn joined(lines: &[String]) -> Vec<u8> {
    lines.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect()
}

/// Changes a count and makes every hash fit again; seals keep the signatures they have.
fn recompute(lines: &mut [String], from: usize) {
    lines[from] = lines[from].replacen("\"event\":", "\"extra\":1,\"event\":", 1);
    let mut prev: Option<String> = None;
    for line in &mut lines[from..] {
        if let Some(prev) = &prev {
            let at = line.find("\"prev\":\"").unwrap() + 8;
            line.replace_range(at..at + 64, prev);
        }
        let at = line.rfind(",\"hash\":\"").unwrap();
        let hash = super::line::hex(blake3::hash(&line.as_bytes()[..at]).as_bytes());
        line.replace_range(at + 9..at + 73, &hash);
        prev = Some(hash);
    }
}

#[test]
fn two_hundred_edits_are_found_and_named() {
    let log = Log::filled();
    let (whole, mut dice) = (log.bytes(), Dice(0x5eed));
    let head = last(whole.as_slice()).unwrap().unwrap();
    let clean = log.check(&whole, Some(head));
    assert_eq!((clean.problem, clean.anchored, clean.head), (None, true, head));
    assert_eq!(log.check(&whole, None).to_string(), format!("intact to {0}, sealed to {0}, end not anchored", head.sequence));
    let count = lines(&whole).len();
    for round in 0..200 {
        let (mut bytes, mut text) = (whole.clone(), lines(&whole));
        let at = dice.below(count - 1);
        let expected: &[&str] = match round % 5 {
            0 => {
                let place = dice.below(bytes.len());
                bytes[place] ^= 1 << dice.below(7);
                &["was edited", "was torn"]
            }
            1 => {
                text.remove(at);
                bytes = joined(&text);
                &["lines are missing"]
            }
            2 => {
                let other = (at + 1 + dice.below(count - 2)) % (count - 1);
                text.swap(at, if other == at { count - 1 } else { other });
                bytes = joined(&text);
                &["was moved"]
            }
            3 => {
                bytes.truncate(dice.below(bytes.len()));
                &["the end was cut off"]
            }
            _ => {
                recompute(&mut text, at);
                bytes = joined(&text);
                &["the seal in line"]
            }
        };
        let verdict = log.check(&bytes, Some(head));
        let problem = verdict.problem.as_ref().unwrap_or_else(|| panic!("round {round} is not found: {verdict}"));
        assert!(expected.iter().any(|word| problem.to_string().contains(word)), "round {round}: {problem}");
        // What is named lies where the change is, at the earliest.
        assert!(verdict.head.sequence <= head.sequence);
        if !matches!(round % 5, 3) {
            assert!(log.check(&bytes, None).problem.is_some(), "round {round} is found without a head, too");
        }
    }
}

#[test]
fn a_torn_line_is_told_apart_and_the_chain_goes_on() {
    let log = Log::filled();
    let mut bytes = log.bytes();
    let whole = bytes.len();
    bytes.extend_from_slice(b"{\"seq\":99,\"time\":\"2026-");
    fs::write(&log.path, &bytes).unwrap();
    let verdict = log.check(&bytes, None);
    assert_eq!((verdict.problem.clone(), verdict.torn), (None, (bytes.len() - whole) as u64));
    assert!(verdict.to_string().contains("torn"));
    let mut open = log.open().unwrap();
    assert_eq!(open.head().sequence, verdict.head.sequence + 1, "the repair is a line");
    open.seal().unwrap();
    let repaired = log.check(&log.bytes(), None);
    assert_eq!((repaired.problem, repaired.torn), (None, 0));
    let folder = log.path.parent().unwrap();
    let aside = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.to_string_lossy().contains("torn-"));
    assert_eq!(fs::read(aside.unwrap()).unwrap(), &bytes[whole..]);
}

#[test]
fn a_changed_end_is_not_continued() {
    let log = Log::filled();
    let mut text = lines(&log.bytes());
    *text.last_mut().unwrap() = text.last().unwrap().replace("seal", "seel");
    fs::write(&log.path, joined(&text)).unwrap();
    assert!(matches!(log.open(), Err(OpenError::Changed)));
}

#[test]
fn a_log_has_one_writer_and_files_of_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let log = Log::new();
    let open = log.open().unwrap();
    assert!(matches!(log.open(), Err(OpenError::Locked)));
    drop(open);
    for (ending, mode) in [("", 0o600), (".key", 0o600), (".pub", 0o644)] {
        let path = PathBuf::from(format!("{}{ending}", log.path.display()));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777 & !0o022, mode, "{ending}");
    }
    fs::set_permissions(format!("{}.key", log.path.display()), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(log.open(), Err(OpenError::Key(AuditKeyError::Shared))));
}

#[test]
fn a_seal_of_another_key_is_named() {
    let (log, other) = (Log::filled(), Log::filled());
    let verdict = verify(log.bytes().as_slice(), &other.keys(), None, false).unwrap();
    assert_eq!(verdict.problem, Some(Problem::UnknownKey { line: 2 }));
}

#[test]
fn lines_without_seals_are_named() {
    let log = Log::new();
    let mut open = log.open().unwrap();
    open.append(&Event::Start { version: "0", catalogue: Hex([1; 32]), config: Hex([2; 32]), seal_ms: 1 }).unwrap();
    drop(open);
    let (later, head) = (std::time::SystemTime::now() + std::time::Duration::from_secs(60), last(log.bytes().as_slice()).unwrap().unwrap());
    let (text, _) = super::line::of_event(head, &Event::Stop { bytes_not_sent: 0 }, later);
    let bytes = [log.bytes(), text.into_bytes()].concat();
    assert_eq!(log.check(&bytes, None).problem, Some(Problem::Unsealed { line: 1 }));
}

#[test]
fn a_part_that_a_sink_tagged_is_verified_for_itself() {
    let log = Log::filled();
    let text = lines(&log.bytes());
    let part: Vec<String> = text[3..9].iter().map(|line| line.replace("\"}", "\",\"residency.region\":\"eu-west-1\"}")).collect();
    let verdict = verify(joined(&part).as_slice(), &log.keys(), None, true).unwrap();
    assert_eq!((verdict.problem, verdict.head.sequence), (None, 9));
    assert!(log.check(&joined(&part), None).problem.is_some(), "no whole log");
}

#[test]
fn what_a_sink_did_not_take_is_handed_out_again() {
    let log = Log::filled();
    let all = lines(&log.bytes()).len();
    let part = |log: &Log| lines(log.open().unwrap().seal().unwrap().as_bytes()).len();
    sent(&log.path, all as u64 - 2).unwrap();
    sent(&log.path, 3).unwrap();
    assert_eq!(part(&log), 3, "two lines, and the seal");
    sent(&log.path, all as u64 + 1).unwrap();
    assert_eq!(part(&log), 1);
}

#[test]
fn keys_of_other_programs_are_taken() {
    // The secret of RFC 8032, section 7.1, test 1, in the form that `openssl genpkey` writes.
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
    let log = Log::new();
    let file = log.path.with_extension("pem");
    fs::write(&file, pem).unwrap();
    let secret = crate::config::SecretRef::File(file.to_string_lossy().into_owned());
    let mut open = AuditLog::open(&log.path, SealKey::load(Some(&secret), &log.path).unwrap(), false).unwrap();
    open.seal().unwrap();
    assert_eq!(log.check(&log.bytes(), None).problem, None);
}

#[test]
fn a_log_in_many_files_is_one_chain() {
    let log = Log::new();
    for run in 0..3 {
        let mut open = log.open().unwrap();
        open.append(&Event::Start { version: "0", catalogue: Hex([1; 32]), config: Hex([run; 32]), seal_ms: 60_000 }).unwrap();
        open.rotate(1).unwrap();
        assert_eq!(
            fs::read_dir(log._folder.path()).unwrap().filter(|file| full_name(file.as_ref().unwrap())).count(),
            2 * usize::from(run)
        );
        for _ in 0..2 {
            open.append(&Event::Stop { bytes_not_sent: 0 }).unwrap();
            open.seal().unwrap();
            open.rotate(u64::MAX).unwrap();
            open.rotate(1).unwrap();
        }
        assert_eq!(log.bytes().len(), 0, "the next start goes on behind a full file");
    }
    let full = || {
        let mut names: Vec<_> =
            fs::read_dir(log._folder.path()).unwrap().map(Result::unwrap).filter(full_name).map(|file| file.path()).collect();
        names.sort();
        names
    };
    let check = |anchor| verify(std::io::BufReader::new(LogFiles::open(&log.path).unwrap()), &log.keys(), anchor, false).unwrap();
    let head = log.open().unwrap().head();
    assert_eq!(head.sequence, 3 * 5);
    let verdict = check(Some(head));
    assert!(verdict.problem.is_none() && verdict.anchored && verdict.sealed_to == 15, "{verdict}");
    let names = full();
    assert_eq!(names.len(), 6);
    // A crash between the two names: there is no file to write, or an empty one beside.
    fs::remove_file(&log.path).unwrap();
    assert_eq!(log.open().unwrap().head(), head);
    // A file that was taken out, and two that were swapped.
    let aside = log.path.with_extension("aside");
    fs::rename(&names[2], &aside).unwrap();
    assert!(matches!(check(None).problem, Some(Problem::Missing { .. })), "{}", check(None));
    fs::rename(&names[3], &names[2]).unwrap();
    fs::rename(&aside, &names[3]).unwrap();
    assert!(matches!(check(None).problem, Some(Problem::Moved { .. })), "{}", check(None));
}

fn full_name(file: &fs::DirEntry) -> bool {
    file.file_name().to_str().unwrap().strip_prefix("audit.jsonl.").is_some_and(|end| end.bytes().all(|byte| byte.is_ascii_digit()))
}

#[test]
fn a_log_without_a_line_vouches_for_nothing() {
    let log = Log::new();
    drop(log.open().unwrap());
    assert_eq!(log.check(b"", None).problem, Some(Problem::Empty));
    assert_eq!(log.check(b"{\"torn", None).problem, Some(Problem::Empty));
}
