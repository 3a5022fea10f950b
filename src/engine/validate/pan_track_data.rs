//! Magnetic stripe data of a payment card, track 1 or track 2, sentinels optional on track 2.
//! This is sensitive authentication data (PCI DSS 3.3): the whole value is dropped.
//!
//! Source: ISO/IEC 7813. Track 1 `%B<pan>^NAME^YYMM<service>...?`, track 2
//! `;<pan>=YYMM<service>...?`, where terminals also print `D` for `=`.

use super::digits::{all_same, number};
use super::luhn;

pub(crate) fn valid(value: &[u8]) -> bool {
    match value {
        [b'%', b'B', rest @ ..] => track1(rest),
        [b';', rest @ ..] => track2(rest),
        _ => track2(value),
    }
    .is_some_and(|sound| sound)
}

fn track1(rest: &[u8]) -> Option<bool> {
    let mut fields = rest.splitn(3, |&byte| byte == b'^');
    let (pan, name, tail) = (fields.next()?, fields.next()?, fields.next()?);
    let printable = |bytes: &[u8]| bytes.iter().all(|byte| (b' '..=b'~').contains(byte));
    let named = (2..=26).contains(&name.len()) && printable(name);
    Some(named && printable(tail) && pan_ok(pan) && expiry_ok(tail))
}

fn track2(rest: &[u8]) -> Option<bool> {
    let split = rest.iter().position(|byte| b"=Dd".contains(byte))?;
    let (pan, tail) = (rest.get(..split)?, rest.get(split + 1..)?);
    let body = tail.split(|&byte| byte == b'?').next()?;
    Some(body.iter().all(u8::is_ascii_digit) && pan_ok(pan) && expiry_ok(tail))
}

// No brand gate: the layout is proof enough, and stripes carry private label cards too.
fn pan_ok(pan: &[u8]) -> bool {
    (12..=19).contains(&pan.len())
        && pan.iter().all(u8::is_ascii_digit)
        && !all_same(pan)
        && luhn::passes(pan)
}

// YYMM then a three-digit service code.
fn expiry_ok(tail: &[u8]) -> bool {
    tail.get(..7)
        .is_some_and(|head| head.iter().all(u8::is_ascii_digit))
        && tail
            .get(2..4)
            .is_some_and(|month| (1..=12).contains(&number(month)))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in [
            ";4111111111111111=29121010000000000000?",
            "%B4111111111111111^DOE/JANE^29121010000000000?",
            "5555555555554444D29122010000",
            ";4111111111111111=2912101",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            ";4111111111111112=29121010000?",
            ";4111111111111111=29131010000?",
            "4111111111111111",
            "4111111111111111=291210",
            "%B4111111111111111^DOE/JANE",
            "%B^^",
            ";",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
