//! X12 segment about a person in a claim or eligibility message: name, birth date and sex, street,
//! city, contact, or an identity reference. The `~` terminator may be missing at a line end.
//!
//! Source: ASC X12 270, 834, 835 and 837 implementation guides (NM1, DMG, N3, N4, PER, REF).

use super::digits::only_digits;
use super::us_ssn;

pub(crate) fn valid(value: &[u8]) -> bool {
    let body = value.strip_suffix(b"~").unwrap_or(value);
    if body.iter().any(|byte| b"~\r\n".contains(byte)) {
        return false;
    }
    let mut elements = body.split(|&byte| byte == b'*');
    let mut next = || elements.next().unwrap_or_default();
    let (name, first, second, third) = (next(), next(), next(), next());
    match name {
        b"NM1" => (2..=3).contains(&first.len()) && only_digits(second, 1..=1) && !third.is_empty(),
        b"DMG" => first == b"D8" && only_digits(second, 8..=8),
        b"N3" => first.len() > 2,
        b"N4" => {
            let zip_ok = only_digits(third, 5..=5) || only_digits(third, 9..=9);
            !first.is_empty() && second.iter().all(u8::is_ascii_uppercase) && zip_ok
        }
        b"PER" => first.len() == 2 && !(second.is_empty() && third.is_empty()),
        b"REF" => reference_ok(first, second),
        _ => false,
    }
}

// SSN, subscriber and member numbers, account and record numbers of a patient.
fn reference_ok(qualifier: &[u8], id: &[u8]) -> bool {
    match qualifier {
        b"SY" => only_digits(id, 9..=9) || us_ssn::valid(id),
        b"0F" | b"1W" | b"EJ" | b"EA" => (1..=50).contains(&id.len()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in [
            "NM1*IL*1*DOE*JANE****MI*123456789~",
            "DMG*D8*19800101*F~",
            "REF*SY*123456789~",
            "REF*0F*W000000001",
            "N3*123 MAIN ST~",
            "N4*SPRINGFIELD*XX*12345~",
            "PER*IC*DOE JANE*TE*4155550123~",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "NM1",
            "NM1*IL*1~",
            "DMG*D8*1980",
            "ST*837*0001~",
            "N4*A*B*C~",
            "REF*G1*1~",
            "N3*~",
            "DMG*D8*19800101*F~ST*1",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
