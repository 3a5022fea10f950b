//! The eleven rules of the comparison: patterns, the checks behind them, and the driver.
//!
//! Every engine gets the same patterns and its matches pass the same checks, which are
//! hushlog's own validators, so that engines differ in how they search and in nothing
//! else. The driver reads standard input in blocks of whole lines and writes the masked
//! text, or with `--findings` one line `LINE START END KIND` a finding.

use std::io::{self, BufWriter, Read, Write};

/// Kind and pattern. Byte-oriented, ASCII classes, no look-around: every engine can run them.
pub const RULES: [(&str, &str); 11] = [
    ("email", r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9.\-]{1,253}\.[A-Za-z]{2,24}"),
    ("us_ssn", r"[0-9]{3}[\- ][0-9]{2}[\- ][0-9]{4}"),
    ("pan", r"[0-9]{4}(?:[ \-][0-9]{4}){3}|[0-9]{13,19}"),
    ("phone_nanp", r"(?:\([0-9]{3}\) ?|[0-9]{3}[\-. ])[0-9]{3}[\-. ][0-9]{4}"),
    ("iban", r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?"),
    ("ip_v4", r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}"),
    ("aws_access_key_id", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16,}"),
    ("jwt", r"eyJ[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*"),
    ("mrn", r"(?:mrn=|MRN: )[A-Za-z0-9\-]{4,19}"),
    ("date_of_birth", r"(?:dob=|birthdate: )[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    ("auth_bearer", r"[Bb]earer [A-Za-z0-9._~+/=\-]{16,}"),
];

/// Bytes read at once.
pub const BLOCK: usize = 64 * 1024;

/// A finding: rule, first byte, one past the last.
pub type Found = (usize, usize, usize);

/// Checks a match of a rule; gives the span of the value when it holds.
pub fn accept(rule: usize, hay: &[u8], start: usize, end: usize) -> Option<Found> {
    let (id, _) = *RULES.get(rule)?;
    let before = start.checked_sub(1).and_then(|at| hay.get(at)).copied().unwrap_or(b'\n');
    let after = hay.get(end).copied().unwrap_or(b'\n');
    let digit_behind_dot = after == b'.' && hay.get(end + 1).is_some_and(u8::is_ascii_digit);
    let digit_before_dot = matches!(before, b'.' | b',') && start.checked_sub(2).and_then(|at| hay.get(at)).is_some_and(u8::is_ascii_digit);
    if is_word(before) || is_word(after) && id != "auth_bearer" {
        return None;
    }
    let matched = hay.get(start..end)?;
    // The value stands behind its key, or behind the scheme.
    let skip = match id {
        "mrn" | "date_of_birth" | "auth_bearer" => matched.iter().position(|byte| matches!(byte, b'=' | b' '))? + 1,
        _ => 0,
    };
    let (start, value) = (start + skip, matched.get(skip..)?);
    match id {
        "us_ssn" | "pan" | "phone_nanp" | "ip_v4" => {
            let joined = matches!(before, b'-' | b'_') || after == b'-' && id != "ip_v4";
            if digit_behind_dot || digit_before_dot || joined || id == "ip_v4" && is_internal(value) {
                return None;
            }
        }
        "auth_bearer" => return Some((rule, start, end)),
        _ => {}
    }
    let kind = hushlog::catalog().iter().find(|kind| kind.id == id)?;
    hushlog::test_hooks::accepts_value(kind, value).then_some((rule, start, end))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Loopback, link-local and private addresses, which the preset `standard` leaves.
fn is_internal(value: &[u8]) -> bool {
    let text = std::str::from_utf8(value).unwrap_or_default();
    text.parse::<std::net::Ipv4Addr>().is_ok_and(|address| {
        address.is_private() || address.is_loopback() || address.is_link_local() || address.is_unspecified() || address.octets()[0] == 0
    })
}

/// Reads standard input, has each block searched, and writes the outcome.
///
/// # Errors
/// If standard input or output fails.
pub fn drive(mut search: impl FnMut(&[u8], &mut Vec<Found>)) -> io::Result<()> {
    let as_findings = std::env::args().any(|argument| argument == "--findings");
    let (mut input, mut output) = (io::stdin().lock(), BufWriter::with_capacity(256 * 1024, io::stdout().lock()));
    let (mut buffer, mut found, mut line, mut count) = (Vec::new(), Vec::new(), 1u64, 0u64);
    loop {
        let held = buffer.len();
        buffer.resize(held + BLOCK, 0);
        let read = input.read(&mut buffer[held..])?;
        buffer.truncate(held + read);
        let end = if read == 0 { buffer.len() } else { buffer.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1) };
        found.clear();
        search(&buffer[..end], &mut found);
        found.sort_unstable_by_key(|(rule, start, stop)| (*start, std::cmp::Reverse(*stop), *rule));
        let mut at = 0;
        for (rule, start, stop) in &found {
            if *start < at {
                continue;
            }
            count += 1;
            if as_findings {
                line += newlines(&buffer[at..*start]);
                let column = buffer[..*start].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
                writeln!(output, "{line} {} {} {}", start - column, stop - column, RULES[*rule].0)?;
            } else {
                output.write_all(&buffer[at..*start])?;
                write!(output, "[{}]", RULES[*rule].0.to_uppercase())?;
            }
            at = *stop;
        }
        if as_findings {
            line += newlines(&buffer[at..end]);
        } else {
            output.write_all(&buffer[at..end])?;
        }
        buffer.drain(..end);
        if read == 0 {
            break;
        }
    }
    eprintln!("{count} findings");
    output.flush()
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}
