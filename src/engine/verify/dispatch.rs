//! From a candidate's family, or an anchor's action, to the verifier that decides.

use super::pairs;
use super::scan::Scan;
use super::{
    addresses, aligned, blocks, calls, clinical, column, commands, compare, dates, digits, elements, email, headers, hex, keyed, markers,
    national, network, packs, pem, people, phrases, prose, sql, token, unnamed, upper,
};
use crate::engine::candidates::literals::anchors_at;
use crate::engine::candidates::shapes::Family;
use crate::engine::catalog::{Action, Anchor};
use crate::engine::names;
use crate::engine::views;

/// The hand-written verifiers that literal anchors call; named in the detector files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finder {
    AgePhrase,
    Arrow,
    AuthScheme,
    Binds,
    Blob,
    ClosingTag,
    Copied,
    Command,
    Comparison,
    Dicom,
    Duplicate,
    Errors,
    Fhir,
    GeoUri,
    Hl7,
    Identified,
    Insert,
    Jwt,
    Login,
    Mrz,
    NamedLine,
    Oid,
    Pair,
    Part,
    Pem,
    Pgpass,
    Phrase,
    Ppk,
    Prose,
    Record,
    Service,
    Setter,
    Setting,
    Sign,
    Street,
    SubjectPath,
    Tabbed,
    Telegram,
    TitledName,
    Track,
    Udi,
    Unnamed,
    Url,
    X12,
}

/// Runs the verifier of `family` at every candidate.
#[inline]
pub(crate) fn verify(scan: &mut Scan<'_>, family: Family, candidates: &[u32]) {
    macro_rules! each {
        ($verifier:expr) => {
            for at in candidates {
                $verifier(scan, *at as usize);
            }
        };
    }
    match family {
        Family::Key => each!(keyed::separator),
        Family::Flag => each!(flag),
        Family::Mark => each!(mark),
        Family::Digits => each!(digits::number_end),
        Family::Quad => each!(network::quad),
        Family::Hex => each!(hex::address),
        Family::Iban => each!(upper::iban),
        Family::Upper => each!(upper::identifier_end),
        Family::Post => each!(upper::postcode_end),
        Family::Run => each!(run),
        Family::Line => each!(column::printed),
        Family::Literal => each!(literal),
        Family::Name => each!(packs::separator),
        Family::Prose => each!(packs::prose),
        Family::Value => each!(national::value_end),
        Family::Person => each!(in_sentence),
    }
}

/// Looks at the second word of a name, at a month or at the year of a date.
fn in_sentence(scan: &mut Scan<'_>, at: usize) {
    if scan.byte(at).is_ascii_digit() {
        dates::slashed(scan, at);
    } else if !dates::named(scan, at) {
        names::capital(scan, at);
    }
}

fn flag(scan: &mut Scan<'_>, at: usize) {
    pairs::flag(scan, at);
    if scan.settings.packs {
        packs::flag(scan, at);
    }
}

/// Looks into a long run of letters and digits, or at its end.
#[inline]
fn run(scan: &mut Scan<'_>, at: usize) {
    if scan.byte(at).is_ascii_alphanumeric() {
        scan.runs.look(scan.hay, at);
    } else {
        hex::run_end(scan, at);
    }
}

/// Looks at one of the rare signs that have a verifier each.
fn mark(scan: &mut Scan<'_>, at: usize) {
    match scan.byte(at) {
        // A domain, or an address in brackets, begins behind it.
        b'@' => {
            let next = scan.byte(at + 1);
            if next.is_ascii_alphanumeric() || !next.is_ascii() || next == b'[' {
                email::at_sign(scan, at);
            }
        }
        b'^' => people::caret(scan, at),
        b'%' if scan.byte(at + 1).is_ascii_hexdigit() => {
            if let Some((_, length)) = views::percent(scan.slice(at, scan.hay.len().min(at + 80))) {
                scan.escapes.push((at + length) as u32);
            }
        }
        b'+' => {
            network::plus(scan, at + 1);
            if scan.done.parameter.holds(scan.hay, at) {
                escape(scan, at + 1);
            }
        }
        _ => {}
    }
}

/// Remembers an escape that ends before `end` for the views.
pub(super) fn escape(scan: &mut Scan<'_>, end: usize) {
    if views::ends_here(scan.hay, end) {
        scan.escapes.push(end as u32);
    }
}

fn literal(scan: &mut Scan<'_>, at: usize) {
    let hay = scan.hay;
    anchors_at(hay, at, |anchor| anchored(scan, anchor, at));
}

/// Does what an anchor asks for; its window starts at `at`.
pub(crate) fn anchored(scan: &mut Scan<'_>, anchor: &Anchor, at: usize) {
    let Some(start) = at.checked_sub(anchor.back) else { return };
    if anchor.at_word && !scan.word_may_start(start) {
        return;
    }
    match anchor.action {
        Action::Token(program) => token::program(scan, program, start),
        Action::Finder(finder) => find(scan, finder, start),
        Action::Escape => literal_escape(scan, start),
        Action::Split => *scan.split = *scan.split || splits(scan, start),
    }
}

/// Remembers the code of a terminal, or the escape, that begins at `start`.
#[cold]
#[inline(never)]
fn literal_escape(scan: &mut Scan<'_>, start: usize) {
    if let Some(code) = views::code_around(scan.hay, start) {
        scan.codes.push(code);
        scan.escapes.push(code.1);
    } else if scan.byte(start) == b'#' {
        scan.escapes.push((start + 4) as u32);
    } else if scan.byte(start) == b'\\' {
        escape(scan, start + 6);
    } else if scan.byte(start) == b'=' {
        // Quoted-printable: `=3D`, and `=40` in an address.
        escape(scan, start + 3);
    } else if let Some((_, length)) = views::reference(scan.hay.get(start..).unwrap_or_default()) {
        scan.escapes.push((start + length) as u32);
    }
}

/// Whether a container runtime's sign at `start` says that the line goes on.
fn splits(scan: &mut Scan<'_>, start: usize) -> bool {
    let text = scan.slice(start, scan.hay.len());
    if text.starts_with(b"\",\"stream\":\"std") {
        // A Docker line whose text ends in an escaped line end is whole.
        return scan.slice(start.saturating_sub(2), start) != b"\\n" && in_docker_line(scan, start);
    }
    matches!(text.get(..8), Some(b"stdout P" | b"stderr P")) && matches!(text.get(8), None | Some(b' ' | b'\n' | b'\r'))
}

/// Whether the line around `at` is one of Docker's own: other records name a stream as well.
fn in_docker_line(scan: &mut Scan<'_>, at: usize) -> bool {
    let (start, seen) = scan.done.line;
    let seen = seen.min(at);
    let start = memchr::memrchr2(b'\n', b'\r', scan.slice(seen, at)).map_or(start, |end| seen + end + 1);
    scan.done.line = (start, at);
    scan.slice(start, start + 8) == b"{\"log\":\""
}

fn find(scan: &mut Scan<'_>, finder: Finder, at: usize) {
    match finder {
        Finder::AgePhrase => people::age_phrase(scan, at),
        Finder::Arrow => calls::arrow(scan, at),
        Finder::AuthScheme => headers::auth_scheme(scan, at),
        Finder::Binds => pairs::binds(scan, at),
        Finder::Blob => markers::blob(scan, at),
        Finder::ClosingTag => elements::closing_tag(scan, at),
        Finder::Command => commands::command(scan, at),
        Finder::Copied => sql::copy(scan, at),
        Finder::Comparison => compare::operator(scan, at),
        Finder::Dicom => clinical::dicom(scan, at),
        Finder::Duplicate => compare::duplicate(scan, at),
        Finder::Errors => blocks::error(scan, at),
        Finder::Fhir => clinical::fhir(scan, at),
        Finder::GeoUri => markers::geo_uri(scan, at),
        Finder::Hl7 => clinical::hl7(scan, at),
        Finder::Identified => phrases::identified(scan, at),
        Finder::Insert => sql::insert(scan, at),
        Finder::Jwt => headers::jwt(scan, at),
        Finder::Login => people::login(scan, at),
        Finder::Mrz => markers::mrz(scan, at),
        Finder::NamedLine => pairs::named_line(scan, at),
        Finder::Oid => markers::oid(scan, at),
        Finder::Pair => pairs::tuple(scan, at),
        Finder::Part => calls::part(scan, at),
        Finder::Pem => pem::begin(scan, at),
        Finder::Pgpass => phrases::pgpass(scan, at),
        Finder::Phrase => phrases::phrase(scan, at),
        Finder::Ppk => pem::putty(scan, at),
        Finder::Prose => prose::words(scan, at),
        Finder::Record => blocks::record(scan, at),
        Finder::Service => people::service(scan, at),
        Finder::Setter => calls::setter(scan, at),
        Finder::Setting => calls::setting(scan, at),
        Finder::Sign => compare::sign(scan, at),
        Finder::Street => addresses::street(scan, at),
        Finder::SubjectPath => markers::subject_path(scan, at),
        Finder::Tabbed => aligned::tabbed(scan, at),
        Finder::Telegram => headers::telegram(scan, at),
        Finder::TitledName => people::titled_name(scan, at),
        Finder::Track => digits::track_one(scan, at),
        Finder::Udi => markers::udi(scan, at),
        Finder::Unnamed => unnamed::values(scan, at),
        Finder::Url => headers::url(scan, at),
        Finder::X12 => clinical::x12(scan, at),
    }
}
