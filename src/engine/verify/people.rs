//! People: login names in paths and sentences, names with a title or carets, ages.

use super::labels::own_label_end;
use super::scan::{Scan, Source, is_word};
use super::value;
use crate::engine::catalog::{Extent, SYSTEM_USER_PREFIXES, SYSTEM_USER_SUFFIXES, SYSTEM_USERS, id};
use crate::engine::validate::word_list;
use crate::engine::{names, validate};

/// Whether `name` is an account of the system, not of a person.
pub(crate) fn is_system_user(name: &[u8]) -> bool {
    SYSTEM_USERS.contains(name)
        || SYSTEM_USER_PREFIXES
            .iter()
            .any(|prefix| name.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes())))
        || SYSTEM_USER_SUFFIXES.iter().any(|suffix| name.ends_with(suffix.as_bytes()))
}

/// Looks at `/home/`, `\Users\`, `user `, `password for ` ... and takes the name behind it.
pub(crate) fn login(scan: &mut Scan<'_>, at: usize) {
    let first = scan.byte(at);
    if matches!(first, b'/' | b'\\') {
        return home(scan, at);
    }
    // `user NAME`, `username NAME`, `password for NAME`, `publickey for NAME`; the anchor saw four bytes of it.
    let words = [&b"user "[..], b"User ", b"username ", b"Username ", b"word for ", b"key for "];
    let Some(words) = words.into_iter().find(|words| scan.slice(at, at + words.len()) == *words) else { return };
    let mut start = at + words.len();
    let username = words.eq_ignore_ascii_case(b"username ");
    if matches!(first, b'u' | b'U') {
        if !scan.word_may_start(at) {
            return;
        }
        start += if username && scan.slice(start, start + 3) == b"is " { 3 } else { 0 };
    } else {
        for words in [&b"invalid user "[..], b"illegal user ", b"user "] {
            if scan.slice(start, start + words.len()) == words {
                start += words.len();
                break;
            }
        }
    }
    // `user 'jdoe' logged in`, `user [jdoe]`, `user 'CORP\\jdoe'`
    let quote = Some(scan.byte(start)).filter(|byte| matches!(byte, b'\'' | b'"') || *byte == b'[' && own_label_end(scan, start).is_none());
    start += usize::from(quote.is_some());
    let mut end = name_end(scan, start);
    if quote.is_some() && scan.byte(end) == b'\\' && end > start {
        end = name_end(scan, end + 1 + usize::from(scan.byte(end + 1) == b'\\'));
    }
    if quote.is_some_and(|quote| scan.byte(end) != if quote == b'[' { b']' } else { quote }) {
        return;
    }
    let behind = end + usize::from(quote.is_some());
    let name = scan.slice(start, end);
    if name.is_empty() || !name.iter().any(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80) {
        return;
    }
    // `server for user 501` is a number of the system; who fails to log in may call himself 501.
    let failed = || scan.slice(at.saturating_sub(8), start).windows(7).any(|word| matches!(word, b"nvalid " | b"llegal "));
    if name.iter().all(u8::is_ascii_digit) && !failed() {
        scan.refuse(id::USERNAME, start, end, "the number of a user");
        return;
    }
    let told = if username {
        quote.is_some() || is_named(scan, at, (start, end))
    } else {
        asks_for_a_user(scan, at)
            || tells_of_a_user(scan, behind)
            || acts(scan, behind, quote.is_some())
            || is_of_session(scan, at, behind)
            || quote.is_some() && says_of_quoted(scan, behind)
    };
    if !told || is_filler(name) {
        scan.refuse(id::USERNAME, start, end, "the words around it do not speak of a login");
        return;
    }
    take(scan, start, end);
}

/// Words before `user NAME` that make NAME a login.
fn asks_for_a_user(scan: &Scan<'_>, at: usize) -> bool {
    [&b"for "[..], b"invalid ", b"Invalid ", b"illegal ", b"unknown ", b"by ", b"login ", b"Login ", b"authenticate "]
        .iter()
        .any(|words| at.checked_sub(words.len()).is_some_and(|from| scan.slice(from, at) == *words && !is_word(scan.before(from))))
}

/// Words after `user NAME` that make NAME a login.
fn tells_of_a_user(scan: &Scan<'_>, end: usize) -> bool {
    [&b" from "[..], b" logged ", b" authenticated", b" by (", b" on tty", b" failed to log"]
        .iter()
        .any(|words| scan.slice(end, end + words.len()) == *words)
}

/// `Disconnected from user jdoe 192.0.2.7`, `New session 42 of user jdoe.`
fn is_of_session(scan: &Scan<'_>, at: usize, end: usize) -> bool {
    let peer = scan.byte(end) == b' ' && scan.byte(end + 1).is_ascii_digit();
    let from = [&b"from "[..], b"authenticating "].iter().any(|words| scan.slice(at.saturating_sub(words.len()), at) == *words);
    let session = scan.slice(at.saturating_sub(3), at) == b"of " && at > 4 && scan.byte(at - 5).is_ascii_digit();
    from && peer || session
}

/// What is said of a login in quotes: `user "jdoe": password mismatch`, `user 'jdoe' was not found`.
fn says_of_quoted(scan: &Scan<'_>, end: usize) -> bool {
    [&b": "[..], b" was ", b" does not", b" - invalid", b" is not", b" has no", b" not found"]
        .iter()
        .any(|words| scan.slice(end, end + words.len()) == *words)
}

/// Looks at what system services write around a login: ` : TTY=`, `) CMD (`, `exceeded for `, `pts/0 for `.
pub(crate) fn service(scan: &mut Scan<'_>, at: usize) {
    let before = |scan: &Scan<'_>, end: usize| {
        let word = scan.slice(end.saturating_sub(33), end);
        end - word.iter().rev().take_while(|byte| is_word(**byte) || matches!(byte, b'-' | b'.' | b'$' | b'@')).count()
    };
    const WORDS: [&[u8]; 4] = [b" : TTY=", b") CMD (", b"exceeded for ", b"interactive for "];
    // The word itself was seen; what it is told by stands before it.
    let at = match scan.byte(at) {
        b'T' => at.saturating_sub(3),
        b'C' => at.saturating_sub(2),
        _ => at,
    };
    let terminal = matches!(scan.slice(at, at + 10), [b'p', b't', b's', b'/', _, b' ', b'f', b'o', b'r', b' ']);
    if !terminal && !WORDS.iter().any(|words| scan.slice(at, at + words.len()) == *words) {
        return;
    }
    let (start, end) = match scan.byte(at) {
        // `sudo: jdoe : TTY=pts/0 ; PWD=…`, `CRON[1]: (jdoe) CMD (…)`
        b' ' | b')' => (before(scan, at), at),
        _ => {
            let rest = scan.slice(at, scan.hay.len().min(at + 32));
            let Some(words) = memchr::memmem::find(rest, b"for ") else { return };
            let start = at + words + 4;
            let start = start + if scan.slice(start, start + 13) == b"invalid user " { 13 } else { 0 };
            let end = name_end(scan, start);
            if !matches!(scan.slice(end, end + 6), b" from " | b" by ro")
                && !scan.slice(end, end + 1).iter().all(|byte| matches!(byte, b'\n' | b'\r'))
            {
                return;
            }
            (start, end)
        }
    };
    let opened = match scan.byte(at) {
        b' ' => scan.before(start) == b' ',
        b')' => scan.before(start) == b'(',
        _ => true,
    };
    if opened && scan.slice(start, end).iter().any(u8::is_ascii_alphabetic) {
        take(scan, start, end);
    }
}

/// Looks at ` - jdoe [12/Jun/2024:10:15:33 +0000]` behind the address of an access log (Common Log Format).
pub(super) fn behind_address(scan: &mut Scan<'_>, at: usize) {
    if scan.slice(at, at + 3) != b" - " {
        return;
    }
    let (start, end) = (at + 3, name_end(scan, at + 3));
    let time = scan.slice(end, end + 12);
    if end > start && matches!(time, [b' ', b'[', d, _, b'/', m, _, _, b'/', ..] if d.is_ascii_digit() && m.is_ascii_uppercase()) {
        take(scan, start, end);
    }
}

/// What users do and is done to them: `user "jdoe" reset his password`. Without quotes, only where the next word says that it is a person.
fn acts(scan: &Scan<'_>, end: usize, quoted: bool) -> bool {
    const ACTS: &str = "\
        logged signed reset changed created deleted updated added removed registered authenticated requested uploaded \
        downloaded accessed viewed opened approved disabled enabled locked unlocked submitted invited exported \
        imported modified joined left failed";
    let mut words = scan.slice(end, scan.hay.len().min(end + 32)).split(|byte| !byte.is_ascii_alphabetic());
    let blank = words.next().is_some_and(<[u8]>::is_empty) && scan.byte(end) == b' ';
    let act = words.next().is_some_and(|word| word_list::contains(ACTS, word));
    blank && act && (quoted || words.next().is_some_and(|word| matches!(word, b"his" | b"her" | b"their")))
}

/// Whether the word behind `username` is one, and not a word about names of users.
fn is_named(scan: &Scan<'_>, at: usize, (start, end): (usize, usize)) -> bool {
    let (name, next) = (scan.slice(start, end), scan.byte(end));
    if name.len() < 3 || matches!(next, b'=' | b':' | b'(' | b'[' | b'/' | b'\\') || is_about_names(name) {
        return false;
    }
    let code = name.iter().any(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'@')) && name.len() >= 4;
    let ends = matches!(next, b'\n' | b'\r' | b',' | b';' | b')' | b'"' | b'\'' | b'.');
    let asked = [&b"with "[..], b"as ", b"using "].iter().any(|words| {
        let from = at.saturating_sub(words.len());
        scan.slice(from, at) == *words && !is_word(scan.before(from))
    });
    code || ends || asked || asks_for_a_user(scan, at) || tells_of_a_user(scan, end) || acts(scan, end, true)
}

/// Words that follow `username` and are none: `username field is required`.
fn is_about_names(word: &[u8]) -> bool {
    const WORDS: &str = "\
        field fields must already required missing empty exists exist does can cannot may should too only contains \
        unknown invalid mismatch lookup attribute claim header parameter param argument option property format length \
        pattern prefix suffix for value string check case policy prompt column entry text hash file line list info \
        details support issue issues datum blank null passwd password passwords email emails available again set it \
        them first so if when";
    let small = word.iter().all(u8::is_ascii_lowercase);
    word_list::contains(WORDS, word) || small && [&b"ed"[..], b"ing", b"tion", b"ment", b"ble"].iter().any(|ending| word.ends_with(ending))
}

/// Words that stand where a name could, but are none.
fn is_filler(name: &[u8]) -> bool {
    [
        &b"is"[..],
        b"was",
        b"has",
        b"not",
        b"and",
        b"or",
        b"in",
        b"the",
        b"from",
        b"with",
        b"input",
        b"data",
        b"agent",
        b"id",
        b"name",
        b"logged",
        b"to",
        b"as",
        b"at",
        b"on",
        b"by",
        b"of",
        b"be",
        b"here",
        b"that",
        b"this",
    ]
    .iter()
    .any(|word| name.eq_ignore_ascii_case(word))
}

fn name_end(scan: &Scan<'_>, start: usize) -> usize {
    let rest = scan.hay.get(start..).unwrap_or_default();
    let length = rest
        .iter()
        .take(64)
        .position(|byte| !(is_word(*byte) || matches!(byte, b'-' | b'.' | b'@' | b'$' | b'+') || *byte >= 0x80))
        .unwrap_or(rest.len().min(64));
    let mut end = start + length;
    while end > start && matches!(scan.before(end), b'.' | b'-') {
        end -= 1;
    }
    end
}

fn home(scan: &mut Scan<'_>, at: usize) {
    // A path below another folder (`/mnt/home/x`) counts; `file.home/x` does not come here.
    let folders = [&b"/home/"[..], b"/Users/", b"\\Users\\"];
    let Some(folder) = folders.into_iter().find(|folder| scan.slice(at, at + folder.len()) == *folder) else { return };
    let mut start = at + folder.len();
    while scan.byte(start) == b'\\' {
        start += 1;
    }
    let end = name_end(scan, start);
    if end > start {
        take(scan, start, end);
    }
}

/// Looks at the bracket behind a number of a user: `uid=1001(jdoe)`.
pub(crate) fn numbered(scan: &mut Scan<'_>, open: usize) {
    let end = name_end(scan, open + 1);
    if scan.byte(open) == b'(' && scan.byte(end) == b')' && end > open + 1 {
        take(scan, open + 1, end);
    }
}

fn take(scan: &mut Scan<'_>, start: usize, end: usize) {
    if scan.settings.leave_system_users && is_system_user(scan.slice(start, end)) {
        scan.refuse(id::USERNAME, start, end, "a system account, left alone by the preset");
    } else {
        scan.accept_alone(id::USERNAME, start, end, Source::Context);
    }
}

/// Looks at a title: `Dr. Jane Example`.
pub(crate) fn titled_name(scan: &mut Scan<'_>, at: usize) {
    if !scan.word_may_start(at) || matches!(scan.before(at), b'-' | b'.' | b'/') {
        return;
    }
    if scan.slice(at + 1, at + 8) == b"atient " {
        return slot(scan, at);
    }
    // `Dear Jane Example,`
    if scan.slice(at, at + 5) == b"Dear " {
        if let Some(end) = names::said(scan.hay, at + 5).filter(|end| matches!(scan.byte(*end), b',' | b':' | b'!' | b'\n' | b'\r' | b'\\'))
        {
            scan.accept_alone(id::PERSON_NAME, at + 5, end, Source::Context);
        }
        return;
    }
    let mut end = at;
    while scan.byte(end).is_ascii_alphabetic() {
        end += 1;
    }
    if scan.byte(end) == b'.' {
        end += 1;
    }
    let mut words = 0;
    while words < 3 && scan.byte(end) == b' ' && (scan.byte(end + 1).is_ascii_uppercase() || scan.byte(end + 1) >= 0xc3) {
        let from = end + 1;
        let rest = scan.hay.get(from..).unwrap_or_default();
        // `Dr. Example Thu Apr 2`
        if words > 0 && names::is_date(rest) {
            break;
        }
        let length = rest
            .iter()
            .take(40)
            .position(|byte| !(byte.is_ascii_alphabetic() || matches!(byte, b'\'' | b'-') || *byte >= 0x80))
            .unwrap_or(rest.len().min(40));
        end = from + length;
        words += 1;
        // A quote or a dash behind the name is not part of it.
        while matches!(scan.before(end), b'\'' | b'-') {
            end -= 1;
        }
        if length == 1 && scan.byte(end) == b'.' {
            end += 1;
        }
    }
    if words > 0 && validate::person_name::valid(scan.slice(at, end)) {
        scan.accept_alone(id::PERSON_NAME, at, end, Source::Context);
    } else {
        scan.refuse(id::PERSON_NAME, at, end, "no capitalised name after the title");
    }
}

/// Looks at `Patient - ` or `Patient Name - `, a slot of a note, and takes the full name behind it; or at `Patient Jane Example`.
fn slot(scan: &mut Scan<'_>, at: usize) {
    let name = at + b"Patient ".len();
    // `Patient 64912000 not found`
    let digits = scan.slice(name, scan.hay.len().min(name + 16)).iter().take_while(|byte| byte.is_ascii_digit()).count();
    if (6..=12).contains(&digits) && scan.word_may_end(name + digits) && !matches!(scan.byte(name + digits), b'-' | b'.' | b'/' | b':') {
        return scan.accept(id::MRN, name, name + digits, 80, Source::Context);
    }
    // `Patient "Jane Example" admitted`
    let name = name + usize::from(matches!(scan.byte(name), b'"' | b'\''));
    if let Some(end) = names::patient(scan.hay, name) {
        scan.accept_alone(id::PERSON_NAME, name, end, Source::Context);
        return number_behind(scan, end + usize::from(scan.byte(end) == scan.before(name) && scan.byte(end) != b' '));
    }
    let rest = scan.slice(at, scan.hay.len().min(at + 32));
    let Some(dash) = rest.windows(3).position(|three| three == b" - ") else { return };
    let start = at + dash + 3;
    let Some(value) = value::read(scan.hay, start, Extent::Words, false, &mut scan.done.stops) else { return };
    if validate::person_name::full(scan.slice(value.start, value.end)) {
        scan.accept_alone(id::PERSON_NAME, value.start, value.end, Source::Context);
    } else {
        scan.refuse(id::PERSON_NAME, value.start, value.end, "no full name in the slot");
    }
}

/// `Patient Jane Example (64912000)`
fn number_behind(scan: &mut Scan<'_>, at: usize) {
    let start = at + 2;
    let digits = scan.slice(start, scan.hay.len().min(start + 13)).iter().take_while(|byte| byte.is_ascii_digit()).count();
    if scan.slice(at, start) == b" (" && (6..=12).contains(&digits) && scan.byte(start + digits) == b')' {
        scan.accept(id::MRN, start, start + digits, 80, Source::Context);
    }
}

/// Looks at `^`: `DOE^JANE^Q`, the name form of HL7 and DICOM.
pub(crate) fn caret(scan: &mut Scan<'_>, at: usize) {
    // One name has several carets.
    if scan.byte(at) != b'^' || at < scan.done.caret {
        return;
    }
    let part = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'^' | b'\'' | b'-') || byte >= 0x80;
    let mut start = at;
    while start > 0 && at - start < 64 && part(scan.before(start)) {
        start -= 1;
    }
    let rest = scan.hay.get(at..).unwrap_or_default();
    let mut end = at + rest.iter().take(96).position(|byte| !part(*byte)).unwrap_or(rest.len().min(96));
    scan.done.caret = end;
    // Quotes around the name are not part of it.
    while end > at && matches!(scan.before(end), b'^' | b'\'' | b'-') {
        end -= 1;
    }
    while start < at && matches!(scan.byte(start), b'\'' | b'-') {
        start += 1;
    }
    let value = scan.slice(start, end);
    let parts = value.split(|byte| *byte == b'^');
    let capital = parts.clone().filter(|part| !part.is_empty()).all(|part| part.first().is_some_and(u8::is_ascii_uppercase));
    let long = parts.clone().take(2).all(|part| part.len() >= 2);
    if capital && long && parts.count() >= 2 && scan.word_may_start(start) && scan.word_may_end(end) && !is_coded(scan, start, end) {
        scan.accept_alone(id::PERSON_NAME, start, end, Source::Context);
    }
}

/// Whether the parts are those of a code, `24331-1^LIPID PANEL^LN`: the number of one stands before them, or the table it is from is last.
fn is_coded(scan: &Scan<'_>, start: usize, end: usize) -> bool {
    const TABLES: &str = "LN SCT NDC L CPT ICD I9 I10 HL7 ISO UCUM CVX MVX RXNORM LOINC SNOMED ATC ANS";
    let last = scan.slice(start, end).rsplit(|byte| *byte == b'^').next().unwrap_or_default();
    let before = scan.slice(start.saturating_sub(64), start);
    let sign = before.iter().rposition(|byte| matches!(byte, b'|' | b'^' | b'~' | b'&' | b'"' | b'\'' | b'\n' | b'\r'));
    // Where the number was masked its bracket is left.
    let number = sign.is_some_and(|sign| {
        before.get(sign) == Some(&b'^')
            && sign.checked_sub(1).and_then(|at| before.get(at)).is_some_and(|byte| byte.is_ascii_digit() || *byte == b']')
    });
    validate::word_list::contains(TABLES, last) || number
}

/// Looks at `year-old`, ` yo` or `aged `: an age in prose.
pub(crate) fn age_phrase(scan: &mut Scan<'_>, at: usize) {
    let (start, end);
    if scan.slice(at, at + 5) == b"aged " {
        let digits = scan.slice(at + 5, at + 9).iter().take_while(|byte| byte.is_ascii_digit()).count();
        (start, end) = (at, at + 5 + digits);
    } else {
        // ` yo`, `93yo`, ` y/o`, `93y/o`, `93 y.o.`, `-year-old`, ` years old`
        let blank = at + usize::from(scan.byte(at).is_ascii_digit());
        let word = match scan.slice(blank, blank + 4) {
            b" y/o" => blank + 4,
            b"y/o" | [b'y', b'/', b'o', _] => blank + 3,
            b" y.o" => blank + 4 + usize::from(scan.byte(blank + 4) == b'.'),
            [b'y', b'o', ..] => blank + 2,
            b"year" if scan.byte(at + 4) == b's' => at + b"years old".len(),
            b"yrs " => at + b"yrs old".len(),
            [b'y', b'r', b' ' | b'-', _] => at + b"yr old".len(),
            _ => at + 8,
        };
        let gap = if blank > at || scan.byte(at) == b' ' { blank } else { at.saturating_sub(1) };
        let mut from = gap;
        while from > 0 && gap - from < 4 && scan.before(from).is_ascii_digit() {
            from -= 1;
        }
        (start, end) = (from, word);
    }
    // Below 90 an age does not identify, and backups and accounts are years old as well.
    if !scan.word_may_start(start) || !scan.word_may_end(end) {
        return;
    }
    if validate::age::identifies(scan.slice(start, end)) {
        scan.accept_alone(id::AGE, start, end, Source::Context);
    } else {
        scan.refuse(id::AGE, start, end, "not an age over 89");
    }
}
