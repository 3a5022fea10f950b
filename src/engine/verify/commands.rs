//! Passwords in command lines, behind flags of one letter: `mysql -pX`, `curl -u name:X`, `redis-cli -a X`.
//!
//! What such a flag means, the program before it says. Sources: the manual pages of the programs. Long flags
//! are names and `keyed` finds them.

use super::labels::{is_placeholder, own_label_end};
use super::scan::{Scan, Source, is_word};
use super::value;
use crate::engine::catalog::{Extent, id};

/// How a flag and its password stand together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `-pX`: behind a blank stands something else.
    Joined,
    /// `-p X`, perhaps `-pX`.
    Apart,
    /// `-u name:X`.
    Pair,
}

/// Words of a command, the letter of its flag, and how it takes the password.
const COMMANDS: [(&[u8], u8, Form); 16] = [
    (b"mysql", b'p', Form::Joined),
    (b"mysqldump", b'p', Form::Joined),
    (b"mysqladmin", b'p', Form::Joined),
    (b"mysqlimport", b'p', Form::Joined),
    (b"mariadb", b'p', Form::Joined),
    (b"mariadb-dump", b'p', Form::Joined),
    (b"curl", b'u', Form::Pair),
    (b"redis-cli", b'a', Form::Apart),
    (b"docker login", b'p', Form::Apart),
    (b"podman login", b'p', Form::Apart),
    (b"sshpass", b'p', Form::Apart),
    (b"mongo", b'p', Form::Apart),
    (b"mongosh", b'p', Form::Apart),
    (b"mongodump", b'p', Form::Apart),
    (b"ldapsearch", b'w', Form::Apart),
    (b"sqlcmd", b'P', Form::Apart),
];

/// Most bytes of a command line that are looked at.
const REACH: usize = 256;

/// Looks at the name of a program.
pub(crate) fn command(scan: &mut Scan<'_>, at: usize) {
    if !scan.word_may_start(at) || matches!(scan.before(at), b'-' | b'.' | b'@') {
        return;
    }
    let rest = scan.slice(at, scan.hay.len().min(at + REACH));
    let stands = |words: &[u8]| rest.starts_with(words) && matches!(rest.get(words.len()), Some(b' ' | b'"' | b'\''));
    let Some((_, letter, form)) = COMMANDS.into_iter().find(|(words, ..)| stands(words)) else { return };
    // Another command, or the end of the line, ends this one.
    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r' | b'|' | b';')).unwrap_or(rest.len());
    let flags = rest.get(..end).unwrap_or_default();
    let is_flag = |dash: &usize| {
        flags.get(dash + 1) == Some(&letter) && matches!(dash.checked_sub(1).and_then(|at| flags.get(at)), Some(b' ' | b'"' | b'\''))
    };
    let Some(dash) = memchr::memchr_iter(b'-', flags).find(is_flag) else { return };
    let behind = at + dash + 2;
    let Some(start) = argument(scan, behind, form).filter(|start| opens_value(scan, *start)) else { return };
    let Some(value) = value::read(scan.hay, start, Extent::Secret, false, &mut scan.done.stops) else { return };
    let text = scan.slice(value.start, value.end);
    let colon = text.iter().position(|byte| *byte == b':').map_or(0, |colon| colon + 1);
    let (from, kind) = match form {
        Form::Pair if colon == 0 => return,
        Form::Pair => (value.start + colon, id::AUTH_BASIC),
        _ => (value.start, id::PASSWORD_ASSIGNMENT),
    };
    let secret = scan.slice(from, value.end);
    if secret.is_empty() || is_placeholder(scan.settings, secret) || own_label_end(scan, from).is_some() {
        return;
    }
    let keyed = kind.builtin().map_or(0, |kind| kind.keyed);
    scan.accept(kind, value.start, value.end, keyed, Source::Context);
}

/// Whether no quote stands at `start`, or one that opens a value: `"sshpass -p"}` closes one.
fn opens_value(scan: &Scan<'_>, start: usize) -> bool {
    let slashes = scan.slice(start, scan.hay.len().min(start + 8)).iter().take_while(|byte| **byte == b'\\').count();
    let quote = start + slashes;
    !matches!(scan.byte(quote), b'"' | b'\'') || !b" ,}]):;\\\"'\n\r".contains(&scan.byte(quote + 1))
}

/// Where the argument begins of a flag that ends before `at`.
fn argument(scan: &Scan<'_>, at: usize, form: Form) -> Option<usize> {
    let next = scan.byte(at);
    let quoted = matches!(next, b'"' | b'\'');
    match form {
        Form::Joined if next.is_ascii_graphic() => Some(at),
        Form::Joined => None,
        // `["redis-cli", "-a", "X"]`
        _ if quoted && scan.byte(at + 1) == b',' && scan.before(at - 2) == next => {
            let blanks = usize::from(scan.byte(at + 2) == b' ');
            (scan.byte(at + 2 + blanks) == next).then_some(at + 2 + blanks)
        }
        _ if next == b' ' && scan.byte(at + 1) != b'-' => Some(at + 1),
        _ if is_word(next) || quoted => Some(at),
        _ => None,
    }
}
