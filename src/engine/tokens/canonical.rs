//! The one form of a value that may be written in several: what a token is made of.
//!
//! Identifiers lose their separators, mail domains their case, phone numbers become E.164. What has
//! no such rule is taken as it is, without blanks around it. A change here changes tokens: it needs
//! a new version in the parent module.

use crate::engine::validate::{ip_v4, ip_v6};
use crate::engine::views::{Plain, code, escape_at, folded_tail, percent, reference};
use std::net::{Ipv4Addr, Ipv6Addr};

/// How the values of a domain are brought to one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// As it is.
    Text,
    /// Digits only.
    Digits,
    /// Letters and digits, in upper case.
    Upper,
    /// Letters and digits, in lower case.
    Lower,
    Email,
    Ip,
    /// Phone number; `true` if the numbering plan is the North American one.
    Phone(bool),
}

impl Shape {
    /// The shape of a built-in kind.
    pub(super) fn of(kind: &str, domain: &str) -> Self {
        match domain {
            "digits" => Self::Digits,
            "email" => Self::Email,
            "ip_v4" | "ip_v6" => Self::Ip,
            "phone" => Self::Phone(kind == "phone_nanp"),
            "mac_address" | "uuid_user_id" | "advertising_device_id" => Self::Lower,
            "iban" | "vin" | "us_mbi" | "us_hicn" | "us_dea" | "us_passport" | "us_drivers_license" | "us_alien_number" | "us_ptin"
            | "uscis_receipt" | "swift_bic" | "licence_plate" | "postcode_gb" | "postcode_ca" | "bank_account_au" | "bank_account_gb"
            | "bank_account_in" => Self::Upper,
            _ => Self::Text,
        }
    }
}

/// The canonical form of a value; `country` is the calling code of phones that are written without one.
pub(super) fn of(shape: Shape, value: &[u8], country: Option<&str>) -> Vec<u8> {
    let text = unescaped(value);
    let text = text.trim_ascii();
    let alphanumeric = || text.iter().copied().filter(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
    match shape {
        Shape::Text => text.to_vec(),
        // A letter among them makes it something else.
        Shape::Digits if text.iter().any(u8::is_ascii_alphabetic) => text.to_vec(),
        Shape::Digits => text.iter().copied().filter(u8::is_ascii_digit).collect(),
        Shape::Upper => alphanumeric().map(|byte| byte.to_ascii_uppercase()).collect(),
        Shape::Lower => alphanumeric().map(|byte| byte.to_ascii_lowercase()).collect(),
        Shape::Email => email(text),
        Shape::Ip => ip(text),
        Shape::Phone(american) => phone(text, american, country),
    }
}

/// The local part may tell cases apart, the domain does not (RFC 5321, 2.4).
fn email(text: &[u8]) -> Vec<u8> {
    let at = text.iter().rposition(|byte| *byte == b'@').unwrap_or(text.len());
    text.iter().enumerate().map(|(place, byte)| if place > at { byte.to_ascii_lowercase() } else { *byte }).collect()
}

fn ip(text: &[u8]) -> Vec<u8> {
    if let Some(octets) = ip_v4::parse(text) {
        return Ipv4Addr::from(octets).to_string().into_bytes();
    }
    match ip_v6::parse(text) {
        Some(hextets) => Ipv6Addr::from(hextets).to_canonical().to_string().into_bytes(),
        None => text.to_ascii_lowercase(),
    }
}

/// `+`, the calling code and the number; an extension behind `x`.
fn phone(text: &[u8], american: bool, country: Option<&str>) -> Vec<u8> {
    let cut = text.iter().position(|byte| matches!(byte, b'x' | b'X' | b'e' | b'E')).unwrap_or(text.len());
    let (number, extension) = text.split_at_checked(cut).unwrap_or((text, b""));
    let digits = |text: &[u8]| text.iter().copied().filter(u8::is_ascii_digit).collect::<Vec<u8>>();
    // `+44 (0)20 …`: the zero is dialled within the country only.
    let trunk = number.windows(3).position(|three| three == b"(0)");
    let international = number.trim_ascii_start().first() == Some(&b'+');
    let plain = match trunk {
        Some(at) if international => {
            [digits(number.get(..at).unwrap_or_default()), digits(number.get(at + 3..).unwrap_or_default())].concat()
        }
        _ => digits(number),
    };
    let mut out = Vec::with_capacity(20);
    match (plain.as_slice(), country) {
        (all, _) if international => [b"+", all].iter().for_each(|part| out.extend_from_slice(part)),
        ([b'0', b'0', rest @ ..], _) if !american => [b"+", rest].iter().for_each(|part| out.extend_from_slice(part)),
        (all, _) if american && all.len() == 10 => [&b"+1"[..], all].iter().for_each(|part| out.extend_from_slice(part)),
        (all, _) if american => [b"+", all].iter().for_each(|part| out.extend_from_slice(part)),
        (all, Some(country)) => {
            // Italy keeps the zero.
            let rest = if country == "39" { all } else { all.strip_prefix(b"0").unwrap_or(all) };
            [b"+", country.as_bytes(), rest].iter().for_each(|part| out.extend_from_slice(part));
        }
        (all, None) => out.extend_from_slice(all),
    }
    let extension = digits(extension);
    if !extension.is_empty() {
        out.push(b'x');
        out.extend_from_slice(&extension);
    }
    out
}

/// The value with its escapes and look-alikes read: `%40`, `%2540`, `\u0040`, `&#64;` and U+FF20 are `@`.
fn unescaped(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    let pair = |high: u8, low: u8| {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        Some(digit(high)? << 4 | digit(low)?)
    };
    while let Some((first, tail)) = rest.split_first() {
        let byte = |(byte, taken)| (Plain::Byte(byte), taken);
        let read = match rest {
            [b'%', high, low, ..] => percent(rest).or_else(|| Some((pair(*high, *low)?, 3))).map(byte),
            [b'\\', b'u', b'0', b'0', high, low, ..] => pair(*high, *low).map(|read| byte((read, 6))),
            [b'\\', ..] => escape_at(rest, 0),
            [b'&', ..] => reference(rest),
            _ => None,
        };
        let read = code(rest).map(|taken| (Plain::Nothing, taken)).or(read);
        let (plain, taken) = read.unwrap_or((Plain::Byte(*first), 1));
        if let Plain::Byte(byte) = plain {
            out.push(byte);
        }
        // Of a longer character, the bytes may have been escaped one by one.
        if let Some((plain, length)) = matches!(plain, Plain::Byte(0x80..)).then(|| folded_tail(&out)).flatten() {
            out.truncate(out.len() - length);
            out.extend(match plain {
                Plain::Byte(byte) => Some(byte),
                Plain::Nothing => None,
            });
        }
        rest = rest.get(taken..).unwrap_or(tail);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(shape: Shape, value: &str, country: Option<&str>) -> String {
        String::from_utf8(of(shape, value.as_bytes(), country)).unwrap()
    }

    #[test]
    fn one_value_has_one_form() {
        for (shape, values, expected) in [
            (Shape::Digits, &["123-45-6789", "123 45 6789", "123456789", " 123.45.6789 "][..], "123456789"),
            (
                Shape::Email,
                &["J.Doe@Example.COM", "J.Doe@example.com", "J.Doe%40example.com", "J.Doe&#64;example.com", "J.Doe\\u0040Example.com"],
                "J.Doe@example.com",
            ),
            (Shape::Upper, &["GB82 WEST 1234 5698 7654 32", "gb82west12345698765432"], "GB82WEST12345698765432"),
            (Shape::Lower, &["00:00:5E:00:53:01", "00-00-5e-00-53-01", "0000.5e00.5301"], "00005e005301"),
            (Shape::Ip, &["2001:db8:0:0:0:0:0:1", "2001:DB8::1", "[2001:db8::1]"], "2001:db8::1"),
            (Shape::Ip, &["192.0.2.1", "::ffff:192.0.2.1"], "192.0.2.1"),
            (Shape::Phone(true), &["(415) 555-0123", "415.555.0123", "+1 415-555-0123", "1-415-555-0123"], "+14155550123"),
            (Shape::Phone(false), &["+442079460958", "+44 20 7946 0958", "+44 (0)20 7946 0958", "00442079460958"], "+442079460958"),
            (Shape::Text, &["Jane Doe", " Jane Doe "], "Jane Doe"),
        ] {
            for value in values {
                assert_eq!(form(shape, value, None), expected, "{value}");
            }
        }
        assert_eq!(form(Shape::Phone(false), "020 7946 0958", Some("44")), "+442079460958");
        assert_eq!(form(Shape::Phone(false), "020 7946 0958", None), "02079460958");
        assert_eq!(form(Shape::Phone(false), "06 1234 5678", Some("39")), "+390612345678");
        assert_eq!(form(Shape::Phone(true), "415-555-0123 x42", None), "+14155550123x42");
        assert_eq!(form(Shape::Digits, "1EG4-TE5", None), "1EG4-TE5");
    }
}
