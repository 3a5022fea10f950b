//! Medicare health insurance claim number, retired in 2020 but alive in old data: an SSN with a
//! beneficiary code, or a Railroad Retirement Board prefix with six or nine digits.
//!
//! Source: SSA POMS, beneficiary identification codes; CMS, HICN and RRB number layouts.

use super::digits::{Run, Sep, number};
use super::us_ssn;

const RAILROAD: &[&[u8]] = &[
    b"A", b"CA", b"H", b"JA", b"MA", b"MH", b"PA", b"PD", b"PH", b"WA", b"WCA", b"WCD", b"WCH",
    b"WD", b"WH",
];

pub(crate) fn valid(value: &[u8]) -> bool {
    claim(value).unwrap_or_default() || railroad(value).unwrap_or_default()
}

// 123-45-6789A, 123456789B1, 123-45-6789-A.
fn claim(value: &[u8]) -> Option<bool> {
    let start = value.iter().position(u8::is_ascii_uppercase)?;
    let (head, code) = value.split_at_checked(start)?;
    let dashed = head.strip_suffix(b"-").filter(|head| head.contains(&b'-'));
    let run = Run::digits(dashed.unwrap_or(head), &[Sep::Dash, Sep::Space])?;
    Some(run.contiguous_or(&[3, 2, 4]) && us_ssn::number_ok(run.chars()) && code_ok(code))
}

fn code_ok(code: &[u8]) -> bool {
    match code {
        [b'A' | b'B' | b'D' | b'E' | b'M' | b'T' | b'W'] | b"M1" | b"T2" => true,
        [b'B' | b'C' | b'D' | b'E' | b'K' | b'W', b'1'..=b'9'] => true,
        [b'F', b'1'..=b'8'] | [b'J', b'1'..=b'4'] => true,
        [b'C' | b'T', second] => second.is_ascii_uppercase(),
        [b'B', second] => b"ADGHJKLNPQRTWY".contains(second),
        [b'D', second] => b"ACDGHJKLMNPQRSTVWXYZ".contains(second),
        [b'E' | b'K', second] => b"ABCDEFGHJKLM".contains(second),
        [b'W', second] => b"BCFGJRT".contains(second),
        _ => false,
    }
}

fn railroad(value: &[u8]) -> Option<bool> {
    let start = value.iter().position(|byte| !byte.is_ascii_uppercase())?;
    let (prefix, rest) = value.split_at_checked(start)?;
    let rest = rest.strip_prefix(b"-").unwrap_or(rest);
    let run = Run::digits(rest, &[Sep::Dash])?;
    let digits = run.chars();
    let number_ok = match digits.len() {
        6 => run.groups().len() == 1 && number(digits) != 0,
        9 => run.contiguous_or(&[3, 2, 4]) && us_ssn::number_ok(digits),
        _ => false,
    };
    Some(number_ok && RAILROAD.contains(&prefix))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in [
            "123-45-6789A",
            "123456789B1",
            "WA123456",
            "MA123456789",
            "123-45-6789-A",
            "WCA-123-45-6789",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "000-45-6789A",
            "123-45-6789",
            "123456789Z9",
            "ZZ123456",
            "WA000000",
            "A",
            "-A",
            "123456789A1B",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
