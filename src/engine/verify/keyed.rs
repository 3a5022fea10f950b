//! Values that a key names: `password=…`, `"ssn": …`, `Authorization: …`, `Key (mrn)=(…)`.
//!
//! The key gives the kind. Most keys suffice whatever the value looks like; ambiguous
//! ones (`ip`, `owner`, `serial` …) also ask for a value of the kind's shape, and a
//! value with the shape of a neighbouring kind takes that kind's name.

use super::blocks;
use super::compare;
use super::credentials::{authorization, cookies, is_cookie_header};
use super::labels::{ends_own_label, is_placeholder, outside_labels, own_label_end};
use super::operations;
use super::owners;
use super::pairs::{kaggle, named_value, sides};
use super::people::{self, is_system_user};
use super::prose;
use super::rows;
use super::scan::{Opens, Scan, Source, is_word};
use super::sql;
use super::strings::{closes_string, in_string, line_end, line_end_within};
use super::value::{self, Value};
use super::wrapped;
use crate::engine::candidates::keys::{self, Named};
use crate::engine::catalog::{Extent, Key, KindId, REFINE, URL_PARAMS, id};
use crate::engine::validate;

/// Most elements of a list that one key names.
const ELEMENTS: usize = 256;

/// Looks one past a `=` or `:`.
#[inline]
pub(crate) fn separator(scan: &mut Scan<'_>, at: usize) {
    // `:=` is one separator.
    let mark = at.saturating_sub(1 + usize::from(at > 1 && scan.before(at - 1) == b':'));
    // `==`, `!=`, `>=`
    if at > 2 && scan.byte(mark) == b'=' && matches!(scan.before(mark), b'=' | b'!' | b'<' | b'>') {
        return compare::equals(scan, at);
    }
    if at > 0 && keys::plausible(scan.hay, mark) {
        after_separator(scan, at);
    }
}

fn after_separator(scan: &mut Scan<'_>, at: usize) {
    let mark = at - 1;
    let (sign, next, previous) = (scan.byte(mark), scan.byte(at), scan.before(mark));
    if sign == b':' && matches!(next, b'\n' | b'\r') {
        return blocks::key_line(scan, mark);
    }
    if !matches!(sign, b'=' | b':') {
        return;
    }
    // `==`, `!=`, `<=`, `::` and `://` separate nothing; `:=` does. `12:30` is a time.
    if matches!(next, b'=' | b':' | b'\n' | b'\r')
        || matches!(previous, b'!' | b'<' | b'>' | b'=' | b'+')
        || sign == b':'
            && (matches!(previous, b':' | b')' | b']')
                // What closes an element is looked at with it.
                || matches!(scan.slice(at, at + 2), b"//" | b"</" | b"<\\")
                || previous.is_ascii_digit() && next.is_ascii_digit() && !scan.before(mark - 1).is_ascii_alphabetic())
    {
        return;
    }
    let mark = if previous == b':' { mark - 1 } else { mark };
    if sign == b'=' && previous == b')' && next == b'(' {
        return sql::detail(scan, mark, at);
    }
    let arrow = usize::from(sign == b'=' && next == b'>');
    let spaced = sign == b':' || arrow == 1 || matches!(previous, b' ' | b'\t' | b':');
    // `ruser= rhost=`: nothing there.
    let gap = next == b' ' && !spaced;
    let Some(named) = keys::before(scan.hay, mark) else {
        if gap {
            return;
        }
        // `MRN(value=64912000)`, `Member #: W123456789`
        let counted = || keys::numbered(scan.hay, mark).filter(|_| has_digits(scan, at));
        let property = || (sign == b'=').then(|| keys::property(scan.hay, mark)).flatten();
        if let Some(named) = wrapped::name_of_value(scan, mark).or_else(counted).or_else(property)
            && let Some(key) = keys::key(named.key)
            && !(scan.byte(named.end) == b']' && ends_own_label(scan, named.end + 1))
        {
            return from_value(scan, &named, key, at, spaced);
        }
        if !gap && owners::member(scan, mark, at + usize::from(sign == b'=' && next == b'>'), spaced) {
            return;
        }
        match sign {
            b':' => kaggle(scan, mark, at),
            _ => url_parameter(scan, mark, at),
        }
        return named_value(scan, mark, at);
    };
    // The colon of a token of ours: `[SESSION_COOKIE:k1:…]` is no header.
    if scan.settings.tokens.as_ref().is_some_and(|tokens| tokens.hold(scan.hay, mark, mark + 1)) {
        return;
    }
    let Some(key) = keys::key(named.key) else { return };
    let spaced = spaced || gap && is_secret_behind_blank(scan, key.kind, at);
    if next == b' ' && !spaced {
        return;
    }
    if key.kind == id::URL_WITH_IDS || scan.byte(named.end) == b']' && ends_own_label(scan, named.end + 1) {
        return;
    }
    if let Some(reason) = operations::names_nothing(scan, &named, key.kind, at, mark) {
        scan.refuse(key.kind, at, at, reason);
        return;
    }
    let found = scan.hits.len();
    from_value(scan, &named, key, at + arrow, spaced);
    // An ambiguous name may still be the name of a telling parameter: `?sig=…`.
    if key.needs_shape && sign == b'=' && scan.hits.len() == found {
        url_parameter(scan, mark, at);
    }
}

/// Whether the word behind a separator holds four digits or more.
fn has_digits(scan: &Scan<'_>, at: usize) -> bool {
    let rest = scan.slice(at, scan.hay.len().min(at + 32)).trim_ascii_start();
    rest.iter().take_while(|byte| is_word(**byte) || **byte == b'-').filter(|byte| byte.is_ascii_digit()).count() >= 4
}

/// `password= X`: a word with the shape of a password, which is no key of its own.
fn is_secret_behind_blank(scan: &Scan<'_>, kind: KindId, at: usize) -> bool {
    if !matches!(kind, id::PASSWORD_ASSIGNMENT | id::HIGH_ENTROPY_GENERIC) {
        return false;
    }
    let rest = scan.slice(at + 1, scan.hay.len().min(at + 65));
    let length = rest.iter().position(|byte| b" \t\n\r\"',;&=:".contains(byte)).unwrap_or(rest.len());
    !matches!(rest.get(length), Some(b'=' | b':')) && rest.get(..length).is_some_and(|text| fits(kind, text))
}

/// Reads and judges what a key names.
pub(super) fn from_value(scan: &mut Scan<'_>, named: &Named, key: &'static Key, at: usize, spaced: bool) {
    let Some(kind) = key.kind.builtin() else { return };
    // `"ssn:": …`: the separator stands inside the key's quotes, another one behind them.
    let (at, spaced) = if matches!(scan.slice(at, at + 2), b"\":" | b"':") { (at + 2, true) } else { (at, spaced) };
    // `**Password:** X`
    let at = at + if matches!(scan.slice(at, at + 3), b"** " | b"__ ") { 2 } else { 0 };
    let first = at + scan.slice(at, scan.hay.len().min(at + 8)).iter().take_while(|byte| **byte == b' ').count();
    // `"Enter password:", "level"`: the string ends here that the name stands in.
    // `mrn: u64 = 64912000`, `ssn: Just 123456789`
    let (at, first, spaced) = match wrapped::behind(scan.hay, first) {
        Some(next) => (next, next + usize::from(scan.byte(next) == b' '), true),
        None => (at, first, spaced),
    };
    let bare = !scan.slice(named.end, at).iter().any(|byte| matches!(byte, b'"' | b'\''));
    if bare && closes_string(scan, named.start, first) {
        return;
    }
    match scan.byte(first) {
        b'{' => return object(scan, named, key, first),
        b'|' | b'>' if spaced && blocks::text(scan, named, key, first) => return,
        b'[' if own_label_end(scan, first).is_some() || is_hidden(scan, first) => return,
        b'r' if scan.slice(first, first + REJECTED.len()) == REJECTED => return rejected(scan, named, key, first + REJECTED.len()),
        b'<' if key.kind == id::USERNAME => return angled(scan, named, key, first),
        // A quote that went with what was masked leaves its backslashes.
        b'\\' => {
            let slashes = scan.slice(first, scan.hay.len().min(first + 32)).iter().take_while(|byte| **byte == b'\\').count();
            if scan.byte(first + slashes) == b'[' && own_label_end(scan, first + slashes).is_some() {
                return;
            }
        }
        b'[' if bare && closes_string(scan, named.start, first + 1) => return,
        b'[' if spaced || first == at => return list(scan, named, key, elements_at(scan, first)),
        _ => {}
    }
    let header = key.kind == id::AUTH_BEARER || key.kind == id::SESSION_COOKIE && is_cookie_header(scan.slice(named.start, named.end));
    // A number behind a quoted name is a JSON number: it ends where the next member begins.
    let number = matches!(scan.byte(named.end), b'"' | b'\'') && (scan.byte(first).is_ascii_digit() || scan.byte(first) == b'-');
    let extent = match kind.extent {
        _ if header => Extent::Line,
        Extent::Line if number => Extent::Token,
        extent => extent,
    };
    if is_literal(scan.hay, first) || wrapped::is_bound(scan, named.start, first) {
        return;
    }
    if !header && let Some(value) = rows::bracketed(scan, key, extent, first) {
        return judge(scan, named.key, key, value);
    }
    let Some(value) = value::read(scan.hay, at, extent, spaced, &mut scan.done.stops) else { return };
    if key.kind == id::AUTH_BEARER {
        return authorization(scan, named, value);
    }
    if header {
        return cookies(scan, named, value, spaced);
    }
    if value.quoted {
        return judge(scan, named.key, key, value);
    }
    // The name behind the number may be masked already, with its brackets.
    let named_behind = scan.byte(value.end) == b'(' || scan.byte(value.end) == b'[' && own_label_end(scan, value.end).is_some();
    if key.kind == id::USERNAME && named_behind && scan.slice(value.start, value.end).iter().all(u8::is_ascii_digit) {
        return people::numbered(scan, value.end);
    }
    let phrase = key.kind == id::ICD10_CODE && key.name.ends_with("diagnosis");
    let end = if phrase {
        prose::phrase_end(scan, value)
    } else if extent == Extent::Secret {
        rows::past_ampersands(scan, named.start, rows::sentence_end(scan, key, value))
    } else {
        rows::groups_end(scan, key, value)
    };
    // A quote in a text that no string holds does not end it.
    let quote = scan.slice(end, scan.hay.len()).iter().copied().find(|byte| *byte != b' ').unwrap_or(b'\n');
    let end = match extent {
        Extent::Line if matches!(quote, b'"' | b'\'' | b'`') && !in_string(scan, named.start, quote, 0) => line_end(scan, end),
        _ => end,
    };
    if is_few(key.kind, scan.slice(value.start, end)) {
        return scan.refuse(key.kind, value.start, end, "how many there are");
    }
    let (found, value) = (scan.hits.len(), Value { end, ..value });
    judge(scan, named.key, key, value);
    if !number && scan.hits.len() > found && !matches!(extent, Extent::Words | Extent::Line | Extent::Secret) {
        rows::more(scan, value, |scan, value| judge(scan, named.key, key, value));
    }
}

/// `on field 'lastName': rejected value [Example]`, as Spring reports what it could not bind.
const REJECTED: &[u8] = b"rejected value [";

fn rejected(scan: &mut Scan<'_>, named: &Named, key: &'static Key, start: usize) {
    let rest = scan.slice(start, line_end_within(scan, start, value::LONG));
    // A list of codes follows.
    let Some(length) = memchr::memmem::find(rest, b"];").or_else(|| memchr::memchr(b']', rest)) else { return };
    if own_label_end(scan, start).is_none() {
        judge(scan, named.key, key, Value { start, end: start + length, quoted: true });
    }
}

/// `password = [hidden]`
fn is_hidden(scan: &Scan<'_>, open: usize) -> bool {
    let rest = scan.slice(open, scan.hay.len().min(open + 24));
    let close = rest.iter().position(|byte| *byte == b']');
    close.is_some_and(|close| close > 1 && is_placeholder(scan.settings, rest.get(..=close).unwrap_or_default()))
}

/// `user=<jdoe>, method=PLAIN`, as Dovecot writes a login; elsewhere angle brackets hold a template.
fn angled(scan: &mut Scan<'_>, named: &Named, key: &'static Key, open: usize) {
    let rest = scan.slice(open + 1, line_end_within(scan, open, 96));
    let Some(length) = memchr::memchr(b'>', rest) else { return };
    let login = memchr::memmem::find(scan.slice(named.start.saturating_sub(96), named.start), b"-login").is_some();
    if login || rest.get(length + 1..length + 10) == Some(b", method=") {
        judge(scan, named.key, key, Value { start: open + 1, end: open + 1 + length, quoted: true });
    }
}

/// The kinds that the value under a key of `kind` may turn out to be.
pub(super) fn neighbours(kind: KindId) -> &'static [KindId] {
    REFINE.iter().find(|(from, _)| *from == kind).map_or(&[][..], |(_, to)| to)
}

/// `null`, `true` or `false` up to the delimiter behind it, of JSON and of Python.
fn is_literal(hay: &[u8], at: usize) -> bool {
    let rest = hay.get(at..).unwrap_or_default();
    if !matches!(rest.first(), Some(b'n' | b't' | b'f' | b'N' | b'T' | b'F')) {
        return false;
    }
    [&b"null"[..], b"true", b"false", b"None", b"True", b"False"]
        .iter()
        .any(|word| rest.strip_prefix(*word).is_some_and(|rest| matches!(rest.first(), None | Some(b',' | b'}' | b']' | b'\n' | b'\r'))))
}

/// Names that wrap a value and say nothing of it: `{"password": {"S": "X"}}`.
const WRAPPERS: [&[u8]; 13] =
    [b"$date", b"date", b"S", b"N", b"B", b"value", b"text", b"content", b"string", b"stringValue", b"plain", b"$", b"#text"];

/// `"password": {"S": "X"}`, and `Pwd={X};`, as connection strings write a value with a semicolon in it.
fn object(scan: &mut Scan<'_>, named: &Named, key: &'static Key, open: usize) {
    let slashes = scan.slice(open + 1, scan.hay.len().min(open + 9)).iter().take_while(|byte| **byte == b'\\').count();
    let start = open + 2 + slashes;
    if scan.byte(start - 1) == b'"' {
        let rest = scan.slice(start, scan.hay.len().min(start + 24));
        let Some(length) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')) else { return };
        let end = start + length + slashes + 1;
        let inner = end + 1 + usize::from(scan.byte(end + 1) == b' ');
        if WRAPPERS.contains(&scan.slice(start, start + length)) && scan.byte(end) == b':' && scan.byte(inner) != b'{' {
            from_value(scan, &Named { key: named.key, start, end: start + length }, key, end + 1, true);
        }
        sides(scan, named, key, open);
    } else if key.kind == id::PASSWORD_ASSIGNMENT && scan.before(open) == b'=' && scan.before(named.start) == b';' {
        let rest = scan.slice(open + 1, scan.hay.len().min(open + 256));
        let Some(length) = rest.iter().position(|byte| matches!(byte, b'}' | b'\n' | b'\r' | b'"' | b'\'')) else { return };
        if scan.byte(open + 1 + length) == b'}' {
            judge(scan, named.key, key, Value { start: open + 1, end: open + 1 + length, quoted: true });
        }
    } else if let Some(value) = rows::marked(scan, open) {
        judge(scan, named.key, key, value);
    }
}

/// Whether the element of a list at `at` is a number and nothing else.
fn is_number_in_list(scan: &Scan<'_>, at: usize) -> bool {
    let rest = scan.slice(at, scan.hay.len().min(at + 48));
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')).count();
    let behind = rest.get(length..).unwrap_or_default().iter().find(|byte| **byte != b' ');
    rest.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-') && matches!(behind, Some(b',' | b']'))
}

/// Where the elements of a list begin, also of `[]string{"…"}`, as Go prints it.
fn elements_at(scan: &Scan<'_>, open: usize) -> usize {
    let rest = scan.slice(open + 2, scan.hay.len().min(open + 34));
    let name = rest.iter().take_while(|byte| is_word(**byte) || **byte == b'.').count();
    let typed = scan.byte(open + 1) == b']' && name > 0 && rest.get(name) == Some(&b'{');
    if typed { open + 3 + name } else { open + 1 }
}

/// Where a name begins, with the quotes that are its own.
fn before_name(scan: &Scan<'_>, named: &Named) -> usize {
    const NAME: usize = 64;
    if !matches!(scan.byte(named.end), b'"' | b'\'' | b'\\') {
        return named.start;
    }
    let before = scan.slice(named.start.saturating_sub(NAME), named.start);
    let open = before.iter().rev().position(|byte| matches!(byte, b'"' | b'\'')).map_or(named.start, |back| named.start - back - 1);
    open - scan.slice(0, open).iter().rev().take_while(|byte| **byte == b'\\').count()
}

/// `"emails": ["…", "…"]`: the key names every element.
pub(super) fn list(scan: &mut Scan<'_>, named: &Named, key: &'static Key, mut at: usize) {
    let Some(kind) = key.kind.builtin() else { return };
    let outside = before_name(scan, named);
    let mut depth = 0;
    for _ in 0..ELEMENTS {
        while matches!(scan.byte(at), b' ' | b',') {
            at += 1;
        }
        if closes_string(scan, outside, at) {
            return;
        }
        match scan.byte(at) {
            // Lists in the list are of the same name.
            b'[' if own_label_end(scan, at).is_none() => {
                (depth, at) = (depth + 1, at + 1);
                continue;
            }
            b']' if depth > 0 => {
                (depth, at) = (depth - 1, at + 1);
                continue;
            }
            // It goes on in the next line.
            b'\n' | b'\r' => return blocks::note(scan, at, Opens::List(named.key)),
            b']' | b'[' | b'{' | b'}' => return,
            _ => {}
        }
        let token = is_number_in_list(scan, at) || is_literal(scan.hay, at);
        let extent = if token || kind.extent == Extent::Line { Extent::Token } else { kind.extent };
        let Some(value) = value::read(scan.hay, at, extent, false, &mut scan.done.stops) else { return };
        judge(scan, named.key, key, value);
        let slashes = |at: usize| scan.slice(at, scan.hay.len()).iter().take_while(|byte| **byte == b'\\').count();
        let opening = scan.slice(0, value.start.saturating_sub(1)).iter().rev().take_while(|byte| **byte == b'\\').count();
        // Another quote than its own ended it: that of the string around the list.
        if value.quoted && slashes(value.end) < opening {
            return;
        }
        at = value.end + slashes(value.end);
        // A quote that is not closed in its record, or closes the string around the list: what follows is none of it.
        if matches!(scan.byte(at), b'\n' | b'\r') || !value.quoted && matches!(scan.byte(at), b'"' | b'\'') {
            return;
        }
        let doubled = value.start > 1 && scan.before(value.start - 1) == scan.before(value.start) && scan.byte(at) == scan.byte(at + 1);
        at += usize::from(value.quoted) + usize::from(value.quoted && doubled);
    }
}

/// A parameter of a URL whose name means something only there: `?code=…`.
fn url_parameter(scan: &mut Scan<'_>, mark: usize, at: usize) {
    if scan.byte(mark) != b'=' {
        return;
    }
    let floor = mark.saturating_sub(40);
    let name_length = scan.slice(floor, mark).iter().rev().take_while(|byte| is_word(**byte) || **byte == b'-').count();
    let start = mark - name_length;
    if !matches!(scan.before(start), b'?' | b'&') {
        return;
    }
    let mut name = [0u8; 40];
    let Some(copy) = name.get_mut(..name_length) else { return };
    for (to, from) in copy.iter_mut().zip(scan.hay.get(start..mark).unwrap_or_default()) {
        *to = if *from == b'-' { b'_' } else { *from };
    }
    if !URL_PARAMS.contains(copy) {
        return;
    }
    let Some(value) = value::read(scan.hay, at, Extent::Token, false, &mut scan.done.stops) else { return };
    let text = scan.slice(value.start, value.end);
    if is_placeholder(scan.settings, text) || text.len() < 3 || scan.settings.leave_system_users && is_system_user(text) {
        return;
    }
    let keyed = id::URL_WITH_IDS.builtin().map_or(0, |kind| kind.keyed);
    scan.accept(id::URL_WITH_IDS, value.start, value.end, keyed, Source::Context);
}

/// Decides on one value, and accepts it.
fn judge(scan: &mut Scan<'_>, at: u16, key: &'static Key, value: Value) {
    let text = scan.slice(value.start, value.end);
    if text.is_empty() {
        return;
    }
    // `imap-login: Login: user=jdoe`
    if key.name == "login" && scan.byte(value.end) == b':' {
        return scan.refuse(key.kind, value.start, value.end, "the next name");
    }
    // What is longer than any checked value is masked for its key alone, or not at all.
    if text.len() > value::LONG {
        let keyed = key.kind.builtin().map_or(0, |kind| kind.keyed);
        // Of a long text the beginning says that it is one.
        let text = key.kind == id::PROMPT_OR_SAMPLE_TEXT && text.get(..value::LONG).is_some_and(|text| fits(key.kind, text));
        if !key.needs_shape || text {
            scan.accept(key.kind, value.start, value.end, keyed, Source::Key(at));
        }
        return;
    }
    match kind_of(scan, key, text) {
        Ok((kind, confidence)) => scan.accept(kind, value.start, value.end, confidence, Source::Key(at)),
        Err(reason) => scan.refuse(key.kind, value.start, value.end, reason),
    }
}

/// What a whole value is under a key; for decoded fields.
pub(crate) fn whole_value(scan: &mut Scan<'_>, name: &[u8]) {
    let Some(found) = keys::lookup(name) else { return };
    let Some(key) = keys::key(found).filter(|key| key.kind != id::URL_WITH_IDS) else { return };
    let value = Value { start: 0, end: scan.hay.len(), quoted: true };
    field(scan, &Named { key: found, start: 0, end: 0 }, key, name, value);
}

/// Judges a whole value under a name that stands elsewhere.
pub(super) fn field(scan: &mut Scan<'_>, named: &Named, key: &'static Key, name: &[u8], value: Value) {
    if key.kind == id::AUTH_BEARER {
        authorization(scan, named, value);
    } else if key.kind == id::SESSION_COOKIE && is_cookie_header(name) {
        cookies(scan, named, value, true);
    } else {
        judge(scan, named.key, key, value);
    }
}

/// Whether the text is `null`, `true`, `false` or their like and nothing else.
pub(super) fn is_literal_word(text: &[u8]) -> bool {
    text.len() <= 5 && is_literal(text, 0)
}

fn kind_of(scan: &Scan<'_>, key: &Key, text: &[u8]) -> Result<(KindId, u8), &'static str> {
    let Some(kind) = key.kind.builtin() else { return Err("not a kind of this build") };
    if is_placeholder(scan.settings, text) {
        return Err("a placeholder");
    }
    if matches!(key.kind, id::IP_V4 | id::IP_V6) && is_internal(scan, text) {
        return Err("internal network, left alone by the preset");
    }
    if key.name.ends_with('s') && !key.name.ends_with("ss") && rows::is_count(key.kind, text) {
        return Err("how many there are");
    }
    let confidence = kind.keyed;
    // `patient=64912000`; auditd writes `acct="jdoe"`.
    let other = match key.name {
        "patient" if text.len() >= 6 && text.iter().all(u8::is_ascii_digit) => Some(id::MRN),
        "user" if text.contains(&b':') && text.first().is_some_and(u8::is_ascii_digit) => return Err("parts of a key"),
        "acct" if fits(id::USERNAME, text) && !text.iter().any(u8::is_ascii_digit) => Some(id::USERNAME),
        _ => None,
    };
    if let Some(kind) = other {
        return veto(scan, kind, text).map_or(Ok((kind, confidence)), Err);
    }
    if key.name == "login" && is_outcome(text) {
        return Err("what became of a login");
    }
    // The folder that a shell works in: `PWD=/home/app`.
    if key.name == "pwd" && text.first() == Some(&b'/') && is_folder(text) {
        return Err("the path of a folder");
    }
    // `secret=SipPw7799`: names of secrets are in small letters.
    let class = |is: fn(&u8) -> bool| text.iter().any(is);
    if key.name == "secret"
        && (7..=64).contains(&text.len())
        && class(u8::is_ascii_lowercase)
        && class(u8::is_ascii_uppercase)
        && class(u8::is_ascii_digit)
        && !class(|byte| b"/ (.=[\\".contains(byte))
    {
        return Ok((key.kind, confidence));
    }
    if key.needs_shape && key.kind == id::PERSON_NAME && !validate::person_name::full(text) {
        return Err("the key alone does not suffice, and the value is no full name");
    }
    if fits(key.kind, text) {
        return veto(scan, key.kind, text).map_or(Ok((key.kind, confidence)), Err);
    }
    if let Some(kind) = neighbours(key.kind).iter().copied().find(|kind| fits(*kind, text)) {
        return Ok((kind, confidence));
    }
    if key.needs_shape {
        return Err("the key alone does not suffice, and the value does not have the shape");
    }
    veto(scan, key.kind, text).map_or(Ok((key.kind, confidence)), Err)
}

/// Whether a number is too small for what the key names, and counts: `{"missing": {"ssn": 12}}`.
fn is_few(kind: KindId, text: &[u8]) -> bool {
    matches!(kind, id::US_SSN | id::EMAIL | id::PHONE_E164) && text.len() <= 3 && text.iter().all(u8::is_ascii_digit)
}

fn is_internal(scan: &Scan<'_>, text: &[u8]) -> bool {
    use validate::system_ip::{nobody_v4, nobody_v6};
    validate::ip_v4::parse(text).is_some_and(|octets| nobody_v4(octets) || scan.settings.leaves_v4(octets))
        || validate::ip_v6::parse(text).is_some_and(|groups| nobody_v6(groups) || scan.settings.leaves_v6(groups))
}

/// Values that a key of this kind never means.
fn veto(scan: &Scan<'_>, kind: KindId, text: &[u8]) -> Option<&'static str> {
    if kind == id::USERNAME && scan.settings.leave_system_users && is_system_user(text) {
        return Some("a system account, left alone by the preset");
    }
    if kind == id::VIN && text.len() < 8 {
        return Some("too short for a vehicle");
    }
    if kind == id::PASSWORD_ASSIGNMENT && text.starts_with(b"chauthtok)") {
        return Some("the service of a login module");
    }
    if kind == id::USERNAME && [&b"com."[..], b"org.", b"net.", b"io."].iter().any(|domain| text.starts_with(domain)) {
        return Some("the reversed domain of a program");
    }
    if kind == id::PERSON_NAME && !outside_labels(scan.settings, text).any(|byte| byte.is_ascii_alphabetic() || byte >= 0x80) {
        return Some("a name without letters");
    }
    if kind == id::CONNECTION_STRING && !text.contains(&b'@') {
        return Some("no credential in it");
    }
    if kind == id::CONNECTION_STRING && text.windows(3).any(|three| three == b"://") {
        return Some("its user and password are masked on their own");
    }
    if kind == id::HEALTH_PLAN_MEMBER_ID && operations::is_cluster_member(text) {
        return Some("the member of a cluster, as etcd prints it");
    }
    if kind == id::SESSION_COOKIE && text.starts_with(b"0x") {
        return Some("a number, as ZooKeeper counts its sessions");
    }
    if kind == id::HIGH_ENTROPY_GENERIC && text.ends_with(b"/aws4_request") {
        return Some("the scope of a signed request; the key id in it is masked on its own");
    }
    let path = matches!(text, [b'/', ..] | [b'.', b'/', ..] | [b'~', b'/', ..]);
    if kind == id::PEM_PRIVATE_KEY && (path || text.ends_with(b".pem") || text.ends_with(b".key")) {
        return Some("the path of a file");
    }
    None
}

/// Words behind `login:` that are no account, and the next name.
fn is_outcome(text: &[u8]) -> bool {
    const WORDS: &str = "\
        ok success successful succeeded fail failed failure disconnected connected aborted invalid incorrect required denied \
        refused rejected error timeout expired client";
    // The `=` of padding ends a value, that of the next name does not: `Login: user=<jdoe>`.
    let name = text.iter().take_while(|byte| **byte != b'=').count();
    let behind = text.get(name..).unwrap_or_default();
    let named = behind.iter().any(|byte| *byte != b'=') || behind == b"=" && text.iter().take(name).all(u8::is_ascii_lowercase);
    text.ends_with(b":") || named || validate::word_list::contains(WORDS, text)
}

/// Parts of letters, digits and few signs between slashes, two or more, or none.
fn is_folder(text: &[u8]) -> bool {
    // Of the path a name may be masked already.
    let part = |part: &[u8]| part.iter().all(|byte| is_word(*byte) || b"-.@+~[]".contains(byte));
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    text.split(|byte| *byte == b'/').all(part) && (text.len() == 1 || digits * 3 < text.len())
}

/// Whether a whole value has the shape of the kind when a key names it.
pub(super) fn fits(kind: KindId, text: &[u8]) -> bool {
    let digits = || text.iter().all(u8::is_ascii_digit);
    if kind == id::AGE {
        return text.len() <= 3 && digits() && text.iter().fold(0u32, |sum, byte| sum * 10 + u32::from(byte - b'0')) <= 125;
    }
    if kind == id::GEO_COORDINATES {
        return is_degrees(text) || validate::geo_coordinates::valid(text);
    }
    if kind == id::USERNAME {
        // The `uid` of an object in a cluster is no login.
        return !validate::uuid::valid(text)
            && text.len() <= 64
            && text.iter().all(|byte| is_word(*byte) || matches!(byte, b'-' | b'.' | b'@' | b'\\' | b'$' | b'+'))
            && text.iter().any(u8::is_ascii_alphabetic);
    }
    if kind == id::SESSION_COOKIE {
        return text.len() >= 8 && text.iter().any(u8::is_ascii_digit) && !text.contains(&b' ');
    }
    if kind == id::OTP_SEED {
        return digits() && (4..=8).contains(&text.len())
            || text.len() >= 16 && text.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    }
    if kind == id::PASSWORD_ASSIGNMENT {
        return text.len() >= 6 && text.iter().any(u8::is_ascii_digit) && text.iter().any(u8::is_ascii_alphabetic);
    }
    if kind == id::HIGH_ENTROPY_GENERIC {
        return validate::high_entropy::valid(text) || validate::high_entropy::mixed(text);
    }
    if kind == id::PERSON_NAME {
        return validate::person_name::plausible(text);
    }
    if kind == id::PEM_PRIVATE_KEY {
        return text.len() >= 64 || text.starts_with(b"-----BEGIN");
    }
    if kind == id::UDI && digits() {
        return text.len() == 14;
    }
    kind.builtin().and_then(|kind| kind.validator).is_some_and(|valid| valid(text))
}

/// One coordinate: a signed decimal of at most 180 with two or more decimals.
fn is_degrees(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    let Some(dot) = text.iter().position(|byte| *byte == b'.') else { return false };
    let (whole, decimals) = (text.get(..dot).unwrap_or_default(), text.get(dot + 1..).unwrap_or_default());
    (1..=3).contains(&whole.len())
        && (2..=15).contains(&decimals.len())
        && whole.iter().chain(decimals).all(u8::is_ascii_digit)
        && whole.iter().fold(0u32, |sum, byte| sum * 10 + u32::from(byte - b'0')) <= 180
}
