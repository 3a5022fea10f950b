//! Synthetic values of eleven kinds, each in a carrier that a log could hold.
//!
//! Nothing here is real: numbers are drawn at random and then given the check digits of
//! their format; addresses are `example.com`'s; keys are random letters.

use super::rng::Rng;

/// The kinds that are planted, by the identifiers of the catalogue.
pub(crate) const ELEVEN: [&str; 11] =
    ["email", "us_ssn", "pan", "phone_nanp", "iban", "ip_v4", "aws_access_key_id", "jwt", "mrn", "date_of_birth", "auth_bearer"];

const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const TOKEN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const GIVEN: [&str; 12] = ["ada", "ben", "cora", "dan", "elif", "finn", "gus", "hana", "ivo", "june", "kai", "lena"];
const FAMILY: [&str; 12] = ["adler", "brook", "castle", "dale", "easton", "field", "grove", "hill", "iverson", "jasper", "knoll", "lake"];

/// Text before a value, the value, text behind it.
pub(crate) type Carried = (&'static str, String, &'static str);

/// A value of the kind at `index` of [`ELEVEN`].
pub(crate) fn carried(rng: &mut Rng, index: usize) -> Carried {
    match index {
        0 => {
            let value = format!("{}.{}{}@example.com", rng.pick(&GIVEN), rng.pick(&FAMILY), rng.below(10_000));
            carry(rng, &[(" mail to ", " queued"), (" <", ">"), (" contact=", "")], value)
        }
        1 => {
            let area = loop {
                let area = rng.between(1, 899);
                if area != 666 {
                    break area;
                }
            };
            let value = format!("{area:03}-{:02}-{:04}", rng.between(1, 99), rng.between(1, 9999));
            carry(rng, &[(" applicant ", " verified"), (" ssn=", ""), (" id ", " checked")], value)
        }
        2 => {
            let body = format!("4{}", rng.digits(14));
            let card = format!("{body}{}", luhn_digit(&body));
            let value = if rng.below(2) == 0 { grouped(&card, ' ') } else { card };
            carry(rng, &[(" card ", " approved"), (" payment ", " captured")], value)
        }
        3 => {
            let (area, exchange, line) = (rng.between(220, 289), rng.between(220, 989), rng.below(10_000));
            let exchange = if exchange % 100 == 11 { exchange + 1 } else { exchange };
            let value = match rng.below(3) {
                0 => format!("({area}) {exchange}-{line:04}"),
                1 => format!("{area}.{exchange}.{line:04}"),
                _ => format!("{area}-{exchange}-{line:04}"),
            };
            carry(rng, &[(" call ", " back"), (" fax to ", " failed")], value)
        }
        4 => {
            let account = rng.digits(18);
            let value = format!("DE{:02}{account}", 98 - remainder_97(&format!("{account}131400")));
            let value = if rng.below(2) == 0 { grouped(&value, ' ') } else { value };
            carry(rng, &[(" transfer to ", " ok"), (" iban=", "")], value)
        }
        5 => {
            let value = format!("{}.{}.{}.{}", rng.between(24, 99), rng.below(256), rng.below(256), rng.between(1, 254));
            carry(rng, &[(" from ", " port 40112"), (" peer ", ":8443 closed"), (" client_ip=", "")], value)
        }
        6 => {
            let value = format!("AKIA{}", rng.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16));
            carry(rng, &[(" using key ", ""), (" credential ", " rejected")], value)
        }
        7 => {
            // The header of every HS256 token: {"alg":"HS256","typ":"JWT"}.
            let header = concat!("eyJhbGciOi", "JIUzI1NiIsInR5cCI6IkpXVCJ9");
            let value = format!("{header}.{}.{}", rng.text(TOKEN, 48), rng.text(TOKEN, 43));
            carry(rng, &[(" session ", " renewed"), (" presented ", " to the gateway")], value)
        }
        8 => {
            let value = rng.digits(8);
            carry(rng, &[(" mrn=", ""), (" mrn=", " ward=4"), (" MRN: ", " admitted")], value)
        }
        9 => {
            let value = format!("{}-{:02}-{:02}", rng.between(1930, 2004), rng.between(1, 12), rng.between(1, 28));
            carry(rng, &[(" dob=", ""), (" birthdate: ", " confirmed")], value)
        }
        _ => {
            let value = format!("{}{}{}", rng.text(UPPER, 1), rng.text(TOKEN, 38), rng.digits(1));
            carry(rng, &[(" Authorization: Bearer ", ""), (" retry with Bearer ", " failed")], value)
        }
    }
}

fn carry(rng: &mut Rng, carriers: &[(&'static str, &'static str)], value: String) -> Carried {
    let (before, behind) = *rng.pick(carriers);
    (before, value, behind)
}

/// The check digit that makes `body` pass the Luhn test (ISO/IEC 7812-1, annex B).
fn luhn_digit(body: &str) -> u32 {
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte - b'0');
            match at % 2 {
                0 if digit > 4 => digit * 2 - 9,
                0 => digit * 2,
                _ => digit,
            }
        })
        .sum();
    (10 - sum % 10) % 10
}

fn remainder_97(digits: &str) -> u64 {
    digits.bytes().fold(0, |rest, byte| (rest * 10 + u64::from(byte - b'0')) % 97)
}

/// Groups of four with `separator` between them.
fn grouped(value: &str, separator: char) -> String {
    let mut out = String::new();
    for (at, letter) in value.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            out.push(separator);
        }
        out.push(letter);
    }
    out
}
