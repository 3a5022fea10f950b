//! Holds src/ to the architecture that docs/architecture.md describes.
//!
//! Reads every file under src/ as text, blanks comments, literals and the unit tests at
//! the end of a file, and then checks which module names which, who opens raw bytes, who
//! declares bytes scrubbed, where `unsafe` stands, and how long the files are. What the
//! compiler can check itself is in tests/ui/closed.rs. The rules are functions
//! over a list of files, so that each of them is also shown a file that breaks it.

use std::fs;
use std::io;
use std::path::Path;

/// A module, and the modules whose paths its code may name (DESIGN order: what stands
/// before it in the flow). Those of one group do not know each other.
const LAYERS: &[(&str, &[&str])] = &[
    ("record", &[]),
    ("engine", &["record"]),
    ("decode", &["record"]),
    ("policy", &["record", "engine", "decode"]),
    ("residency", &[]),
    ("config", &["engine", "policy"]),
    ("route", &["record", "engine", "residency", "config"]),
    ("buffer", &["record", "config", "route", "lock"]),
    ("audit", &["record", "config", "lock"]),
    ("task", &[]),
    ("lock", &[]),
    ("telemetry", &["record", "config"]),
    ("tls", &["config"]),
    ("sources", &["record", "engine", "decode", "config", "route", "buffer", "telemetry", "task", "tls"]),
    ("sinks", &["record", "residency", "config", "buffer", "telemetry", "task"]),
    ("admin", &["config", "telemetry", "task"]),
    ("injector", &["policy"]),
    ("webhook", &["admin", "injector", "task", "tls"]),
    (
        "pipeline",
        &[
            "record",
            "engine",
            "decode",
            "config",
            "residency",
            "route",
            "buffer",
            "audit",
            "telemetry",
            "sources",
            "sinks",
            "admin",
            "task",
        ],
    ),
    ("replay", &["record", "engine", "decode", "policy", "audit", "lock", "sinks"]),
    (
        "cli",
        &[
            "record",
            "engine",
            "decode",
            "policy",
            "residency",
            "config",
            "buffer",
            "audit",
            "telemetry",
            "pipeline",
            "replay",
            "injector",
            "webhook",
        ],
    ),
    ("main", &["record", "engine", "decode", "policy", "residency", "config", "cli"]),
    ("fuzz", &["record", "engine", "decode", "policy", "buffer"]),
];

/// Single paths that are allowed against the order, each with its reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    // A finding refers to the kind it was taken for, and kinds are the catalogue's.
    ("record", "engine::catalog"),
];

/// The crate's root lists the modules and re-exports: it has no place in the order.
const ROOT: &str = "src/lib.rs";

/// Where the bytes of a `Raw` may be opened.
const OPENS_RAW: &[&str] = &["src/engine/", "src/decode/"];

/// The only files that may declare bytes scrubbed.
const MAKES_CLEAN: &[&str] = &["src/engine/mask.rs", "src/engine/mask/mod.rs", "src/engine/stream.rs"];

/// The only file that may say that bytes from a disk were scrubbed before.
const RESTORES_CLEAN: &[&str] = &["src/buffer/segment.rs"];

/// The only files that may declare text clean: names of the configuration, and lines of the audit log.
const DECLARES_TEXT: &[&str] =
    &["src/audit/log.rs", "src/fuzz/protocols.rs", "src/pipeline/auditor.rs", "src/pipeline/migrate.rs", "src/sources/intake.rs"];

/// The only folder that may hold `unsafe`.
const UNSAFE_FOLDER: &str = "src/engine/classify/";

/// Modules whose output depends on their input alone.
const PURE: &[&str] = &["engine", "decode", "injector"];

/// Standard modules that a pure module may not name.
const AMBIENT_STD: &[&str] = &["fs", "env", "net", "time", "process"];

/// What these modules hold that is a plain value: reading an address is no network.
const PLAIN_VALUES: &[&str] = &["net::IpAddr", "net::Ipv4Addr", "net::Ipv6Addr", "time::Duration"];

/// Macros and crates that a pure module may not name.
const AMBIENT_WORDS: &[&str] = &["print!", "println!", "eprint!", "eprintln!", "dbg!", "tokio::", "tracing::", "log::"];

const MAX_LINES: usize = 700;
const MAX_MEDIAN_LINES: usize = 220;

#[test]
fn modules_name_only_what_stands_before_them() {
    check(&wrong_directions);
}

#[test]
fn i1_raw_bytes_are_opened_only_by_engine_and_decode() {
    check(&raw_opened_elsewhere);
}

#[test]
fn i1_bytes_are_declared_clean_only_by_the_masker_and_the_stream() {
    check(&clean_made_elsewhere);
}

#[test]
fn i2_bytes_are_restored_only_by_the_reader_of_segments() {
    check(&clean_restored_elsewhere);
}

#[test]
fn i1_text_is_declared_clean_only_where_it_is_the_programs_own() {
    check(&text_declared_elsewhere);
}

#[test]
fn i8_engine_and_decode_name_no_file_clock_environment_or_network() {
    check(&ambient_in_pure_modules);
}

#[test]
fn unsafe_stands_only_in_the_kernels() {
    check(&unsafe_elsewhere);
}

#[test]
fn every_file_has_a_header_and_fits_its_length() {
    check(&headers_and_lengths);
}

#[test]
fn the_table_of_layers_names_no_module_that_is_gone() {
    let files = sources();
    let gone: Vec<_> =
        LAYERS.iter().map(|(module, _)| *module).filter(|module| !files.iter().any(|file| file.module() == *module)).collect();
    assert!(gone.is_empty(), "LAYERS names {gone:?}, absent from src/");
}

// ---- the rules ----

fn wrong_directions(files: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| file.path != ROOT) {
        let module = file.module();
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!(
                "{}:1: module `{module}` is not in LAYERS of tests/architecture.rs: give it a place in the order",
                file.path
            ));
            continue;
        };
        for (at, path) in file.paths_from_root() {
            let target = first_segment(&path);
            let excepted = EXCEPTIONS.iter().any(|(from, prefix)| *from == module && under(&path, prefix));
            if target == module || allowed.contains(&target) || excepted {
                continue;
            }
            let reason = if LAYERS.iter().any(|(name, _)| *name == target) {
                format!("`{module}` may name only {allowed:?}")
            } else {
                "name the module that owns the item, not a re-export of lib.rs".to_owned()
            };
            wrong.push(format!("{}: `crate::{path}`: {reason}", file.place(at)));
        }
    }
    wrong
}

fn raw_opened_elsewhere(files: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files {
        if OPENS_RAW.iter().any(|folder| file.path.starts_with(folder)) {
            continue;
        }
        for needle in [".expose(", "Raw::expose"] {
            for at in file.positions(needle) {
                wrong.push(format!(
                    "{}: `{needle}` outside {OPENS_RAW:?}: only the engine and the decoders open raw bytes (I1)",
                    file.place(at)
                ));
            }
        }
    }
    wrong
}

fn clean_made_elsewhere(files: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files {
        if MAKES_CLEAN.contains(&file.path.as_str()) {
            continue;
        }
        for at in file.positions("assume_scrubbed") {
            let before = file.code.get(..at).unwrap_or_default().trim_end();
            if before.ends_with("fn") && file.path.starts_with("src/record/") {
                continue; // its definition
            }
            wrong.push(format!(
                "{}: `assume_scrubbed` outside {MAKES_CLEAN:?}: only the masker knows what was scrubbed (I1)",
                file.place(at)
            ));
        }
    }
    wrong
}

fn clean_restored_elsewhere(files: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| !RESTORES_CLEAN.contains(&file.path.as_str())) {
        for at in file.positions("checked_segment") {
            let before = file.code.get(..at).unwrap_or_default().trim_end();
            if before.ends_with("fn") && file.path.starts_with("src/record/") {
                continue; // its definition
            }
            wrong.push(format!(
                "{}: `checked_segment` outside {RESTORES_CLEAN:?}: only the reader knows that the checks of a frame hold (I2)",
                file.place(at)
            ));
        }
    }
    wrong
}

fn text_declared_elsewhere(files: &[Source]) -> Vec<String> {
    let elsewhere = files.iter().filter(|file| !DECLARES_TEXT.contains(&file.path.as_str()));
    let found = elsewhere.flat_map(|file| file.positions("CleanText::declared").into_iter().map(|at| file.place(at)));
    found.map(|place| format!("{place}: `CleanText::declared` outside {DECLARES_TEXT:?}: is it never text of a record (I1)?")).collect()
}

fn ambient_in_pure_modules(files: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    let pure = |file: &&Source| PURE.contains(&file.module());
    for file in files.iter().filter(pure) {
        for root in ["std::", "core::"] {
            for at in file.positions(root) {
                let rest = file.code.get(at + root.len()..).unwrap_or_default();
                for (_, path) in expand(rest) {
                    let plain = PLAIN_VALUES.iter().any(|value| under(&path, value));
                    if AMBIENT_STD.contains(&first_segment(&path)) && !plain {
                        wrong
                            .push(format!("{}: `{root}{path}`: engine and decode depend on bytes and settings alone (I8)", file.place(at)));
                    }
                }
            }
        }
        for word in AMBIENT_WORDS {
            for at in file.positions(word) {
                wrong.push(format!("{}: `{word}`: engine and decode print and log nothing (I4, I8)", file.place(at)));
            }
        }
    }
    wrong
}

fn unsafe_elsewhere(files: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files {
        if file.path.starts_with(UNSAFE_FOLDER) {
            continue;
        }
        for at in file.positions("unsafe") {
            let next = file.code.get(at + "unsafe".len()..).unwrap_or_default();
            if next.chars().next().is_some_and(is_word) {
                continue; // the name of a lint, such as `unsafe_code`
            }
            wrong.push(format!("{}: `unsafe` outside {UNSAFE_FOLDER}", file.place(at)));
        }
    }
    wrong
}

fn headers_and_lengths(files: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut lengths = Vec::new();
    for file in files {
        if !file.text.starts_with("//!") {
            wrong.push(format!("{}:1: no `//!` header: say what the file does and where it stands in the flow", file.path));
        }
        let lines = file.code.trim_end().lines().count();
        if lines > MAX_LINES {
            wrong.push(format!("{}:{lines}: {lines} lines before its tests, {MAX_LINES} at most: split it", file.path));
        }
        lengths.push(lines);
    }
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or_default();
    if median > MAX_MEDIAN_LINES {
        wrong.push(format!("src/:1: the median file has {median} lines, {MAX_MEDIAN_LINES} at most"));
    }
    wrong
}

// ---- reading src/ ----

/// One file of src/, except files and modules that hold only unit tests.
struct Source {
    /// From the package's root, with `/`.
    path: String,
    /// As it stands.
    text: String,
    /// The same up to its unit tests, with comments and literals blanked: offsets and
    /// line numbers are those of `text`.
    code: String,
}

impl Source {
    fn new(path: String, text: String) -> Self {
        let mut code = blank(&text);
        if let Some(at) = start_of_tests(&code) {
            code.truncate(at);
        }
        Self { path, text, code }
    }

    /// The top-level module the file belongs to.
    fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let first = inside.split('/').next().unwrap_or(inside);
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules deep the file's own items stand: 1 for src/engine/mod.rs.
    fn depth(&self) -> usize {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        inside.split('/').count() - usize::from(inside.ends_with("/mod.rs"))
    }

    /// `file:line` of a byte offset.
    fn place(&self, at: usize) -> String {
        let before = self.code.get(..at).unwrap_or(&self.code);
        format!("{}:{}", self.path, before.matches('\n').count() + 1)
    }

    /// Offsets of `needle` in the code, where no longer name ends in it.
    fn positions(&self, needle: &str) -> Vec<usize> {
        let found = self.code.match_indices(needle).map(|(at, _)| at);
        found
            .filter(|at| {
                let before = self.code.get(..*at).unwrap_or_default();
                let joins = needle.starts_with(is_word) && before.ends_with(is_word);
                !joins
            })
            .collect()
    }

    /// Every path that starts at the crate's root, without `crate::`, with its offset.
    /// Follows groups, `crate::{record::Raw, engine}`, and `super::` as far as the root.
    fn paths_from_root(&self) -> Vec<(usize, String)> {
        let mut paths = Vec::new();
        let climb = "super::".repeat(self.depth());
        for root in ["crate::", climb.as_str()] {
            for at in self.positions(root) {
                let before = self.code.get(..at).unwrap_or_default();
                if before.ends_with("super::") {
                    continue; // the tail of a longer climb, which rustc refuses
                }
                let rest = self.code.get(at + root.len()..).unwrap_or_default();
                if rest.starts_with("super::") {
                    continue;
                }
                for (offset, path) in expand(rest) {
                    paths.push((at + root.len() + offset, path));
                }
            }
        }
        paths
    }
}

fn sources() -> Vec<Source> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let outcome = collect(package, Path::new("src"), &mut files);
    assert!(outcome.is_ok(), "src/ cannot be read: {outcome:?}");
    assert!(files.len() > 10, "only {} files under src/", files.len());
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn collect(package: &Path, folder: &Path, files: &mut Vec<Source>) -> io::Result<()> {
    for entry in fs::read_dir(package.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            if entry.file_name() != "tests" {
                collect(package, &path, files)?;
            }
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
            let name = path.to_string_lossy().replace('\\', "/");
            files.push(Source::new(name, fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}

fn check(rule: &dyn Fn(&[Source]) -> Vec<String>) {
    let wrong = rule(&sources());
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

// ---- a little Rust syntax ----

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn first_segment(path: &str) -> &str {
    path.split("::").next().unwrap_or(path)
}

/// Whether `path` is `prefix` or an item below it.
fn under(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// The paths at the start of `text`: one, or one for each member of a `{…}` group, with
/// their offsets.
fn expand(text: &str) -> Vec<(usize, String)> {
    let Some(group) = text.strip_prefix('{') else {
        let end = text.find(|c| !is_word(c) && c != ':').unwrap_or(text.len());
        let (path, rest) = text.split_at(end);
        if path.ends_with("::") && rest.starts_with('{') {
            let members = expand(rest).into_iter();
            return members.map(|(at, member)| (end + at, format!("{path}{member}"))).collect();
        }
        return vec![(0, path.trim_end_matches(':').to_owned())];
    };
    let mut paths = Vec::new();
    let (mut level, mut fresh) = (0_usize, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => level += 1,
            '}' if level == 0 => break,
            '}' => level -= 1,
            ',' if level == 0 => fresh = true,
            c if level == 0 && fresh && is_word(c) => {
                fresh = false;
                let rest = group.get(at..).unwrap_or_default();
                let members = expand(rest).into_iter();
                paths.extend(members.map(|(offset, path)| (1 + at + offset, path)));
            }
            _ => {}
        }
    }
    paths
}

/// Where the unit tests begin: `#[cfg(test)]` before a `mod` with a body, which by
/// convention ends the file.
fn start_of_tests(code: &str) -> Option<usize> {
    code.match_indices("#[cfg(test)]").map(|(at, _)| at).find(|at| {
        let mut rest = code.get(*at..).unwrap_or_default();
        while let Some(attribute) = rest.trim_start().strip_prefix("#[") {
            rest = attribute.split_once(']').map_or("", |(_, rest)| rest);
        }
        let item = rest.trim_start();
        let head = item.split(['{', ';']).next().unwrap_or(item);
        head.starts_with("mod ") && item.get(head.len()..).is_some_and(|t| t.starts_with('{'))
    })
}

/// Replaces comments and the insides of string, byte and char literals by spaces, byte
/// for byte, keeping line ends.
fn blank(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word_before = code.ends_with(is_word);
        let hidden = comment(rest)
            .or_else(|| raw_string(rest).filter(|_| !word_before))
            .or_else(|| quoted(rest, '"'))
            .or_else(|| char_literal(rest));
        let taken = hidden.unwrap_or(c.len_utf8());
        let (head, tail) = rest.split_at(taken);
        if hidden.is_some() {
            let blanks = head.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' });
            code.extend(blanks);
        } else {
            code.push_str(head);
        }
        rest = tail;
    }
    code
}

/// Length of the comment at the start of `text`; block comments nest.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    let mut at = text.strip_prefix("/*").map(|_| 2)?;
    let mut level = 1_usize;
    while level > 0 {
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with("/*") {
            level += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            level -= 1;
            at += 2;
        } else {
            at += rest.chars().next()?.len_utf8();
        }
    }
    Some(at)
}

/// Length of the raw string at the start of `text`.
fn raw_string(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r"].into_iter().find(|p| text.starts_with(p))?;
    let after = text.get(prefix.len()..)?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let inside = after.get(hashes..)?.strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(hashes));
    let length = inside.find(&closing)?;
    Some(prefix.len() + hashes + 1 + length + closing.len())
}

/// Length of the literal at the start of `text` that `quote` opens and closes.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let inside = text.strip_prefix(quote)?;
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        if c == quote && !escaped {
            return Some(at + 2 * quote.len_utf8());
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

/// Length of the char literal at the start of `text`; `None` for a lifetime.
fn char_literal(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    let mut chars = inside.chars();
    match (chars.next()?, chars.next()?) {
        ('\\', _) | (_, '\'') => quoted(text, '\''),
        _ => None,
    }
}

mod shown_a_wrong_file {
    //! Each rule, shown a file that breaks it: a rule that finds nothing here is broken.

    use super::*;

    #[test]
    fn directions() {
        let found = run(
            &wrong_directions,
            "src/engine/mask.rs",
            "use crate::{\n    record::Raw,\n    decode::{Inflate, open},\n};\nfn f() { super::super::cli::run(); }\nuse crate::Engine;\n",
        );
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found.iter().any(|f| f.starts_with("src/engine/mask.rs:3: `crate::decode::open`")));
        assert!(found.iter().any(|f| f.starts_with("src/engine/mask.rs:5: `crate::cli::run`")));
        assert!(found.iter().any(|f| f.contains(":6: `crate::Engine`: name the module")));
        let climbs = "use super::super::record::Raw;\nuse super::super::engine::candidates;\n";
        assert_eq!(run(&wrong_directions, "src/engine/mask.rs", climbs), [""; 0]);
        let kind = "use crate::engine::catalog::Kind;";
        assert_eq!(run(&wrong_directions, "src/record/finding.rs", kind), [""; 0]);
        let other = "use crate::engine::catalogue::Kind;";
        assert_eq!(run(&wrong_directions, "src/record/finding.rs", other).len(), 1);
    }

    #[test]
    fn raw_and_clean() {
        let opens = "fn f(raw: &Raw) { raw.expose(); Raw::expose(raw); }";
        assert_eq!(run(&raw_opened_elsewhere, "src/cli/scrub.rs", opens).len(), 2);
        assert_eq!(run(&raw_opened_elsewhere, "src/decode/mod.rs", opens), [""; 0]);
        let makes = "fn f(b: &[u8]) { Clean::assume_scrubbed(b); }";
        assert_eq!(run(&clean_made_elsewhere, "src/engine/rules.rs", makes).len(), 1);
        assert_eq!(run(&clean_made_elsewhere, "src/engine/mask.rs", makes), [""; 0]);
        let restores = "fn f(b: &[u8]) { CleanText::restored(b, &Restored::checked_segment()); }";
        assert_eq!(run(&clean_restored_elsewhere, "src/buffer/disk.rs", restores).len(), 1);
        assert_eq!(run(&clean_restored_elsewhere, "src/buffer/segment.rs", restores), [""; 0]);
        let declares = "fn f(t: &str) { CleanText::declared(t); }";
        assert_eq!(run(&text_declared_elsewhere, "src/sources/http.rs", declares).len(), 1);
        assert_eq!(run(&text_declared_elsewhere, "src/audit/log.rs", declares), [""; 0]);
    }

    #[test]
    fn purity_and_unsafe() {
        let ambient = "use std::{io, fs};\nfn f() { println!(); let t = std::time::Instant::now(); }";
        assert_eq!(run(&ambient_in_pure_modules, "src/decode/inflate.rs", ambient).len(), 3);
        assert_eq!(run(&ambient_in_pure_modules, "src/cli/find.rs", ambient), [""; 0]);
        let plain = "use std::net::{IpAddr, Ipv4Addr};\nuse std::{net::{Ipv6Addr, TcpStream}, io};";
        let found = run(&ambient_in_pure_modules, "src/engine/views.rs", plain);
        assert_eq!(found.len(), 1, "{found:?}");
        let dialog = "fn f() { catalog::kinds(); dialog!(); }";
        assert_eq!(run(&ambient_in_pure_modules, "src/engine/mod.rs", dialog), [""; 0]);
        let blocks = "#[expect(unsafe_code)]\nfn f() { unsafe { g() } } // unsafe\n";
        assert_eq!(run(&unsafe_elsewhere, "src/engine/mod.rs", blocks).len(), 1);
        assert_eq!(run(&unsafe_elsewhere, "src/engine/classify/avx2.rs", blocks), [""; 0]);
    }

    #[test]
    fn headers_and_length() {
        let long = format!("//! Long.\n{}", "fn f() {}\n".repeat(MAX_LINES));
        assert_eq!(run(&headers_and_lengths, "src/cli/a.rs", &long).len(), 2);
        let tested = format!("//! Short.\n#[cfg(test)]\nmod tests {{\n{}}}\n", "\n".repeat(MAX_LINES));
        assert_eq!(run(&headers_and_lengths, "src/cli/a.rs", &tested), [""; 0]);
        assert_eq!(run(&headers_and_lengths, "src/cli/a.rs", "fn f() {}\n").len(), 1);
    }

    #[test]
    fn comments_and_literals_are_blanked() {
        let text = "a/* /*b*/ */c // d\n\"e\\\"\" r#\"f\"g\"# b'h' '\\'' '\"' 'i: &'j ké\n";
        let code = blank(text);
        assert_eq!(code.len(), text.len());
        assert_eq!(code.matches('\n').count(), 2);
        let left: String = code.split_whitespace().collect();
        assert_eq!(left, "acb'i:&'jké");
        let tests = "fn a() {}\n#[cfg(test)]\nmod tests;\n#[cfg(test)]\n#[path = \"x\"]\nmod more {}\n";
        assert_eq!(start_of_tests(tests), tests.rfind("#[cfg(test)]"));
    }

    fn run(rule: &dyn Fn(&[Source]) -> Vec<String>, path: &str, text: &str) -> Vec<String> {
        rule(&[Source::new(path.to_owned(), text.to_owned())])
    }
}
