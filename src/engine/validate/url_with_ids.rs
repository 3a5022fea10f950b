//! URL or path whose query, fragment or path segment carries an identifying value.
//!
//! A query key counts when it is in the list below and has a value; `/users/<id>` and
//! `/patients/<id>` count when the id holds a digit, so public slugs stay.
//! Source: RFC 3986 3.4 (query), OWASP "Information exposure through query strings in URL".

use super::word_list;

/// Keys that identify or admit a person; compared without case, `-` taken as `_`.
const KEYS: &str = "\
    email e_mail mail uid user user_id userid username login patient patient_id patientid \
    mrn member_id ssn dob birth_date phone mobile msisdn name first_name last_name token \
    access_token id_token refresh_token auth_token api_key apikey code sig signature \
    x_amz_signature x_amz_credential x_amz_security_token session session_id password secret";

/// Path segments before a person's id.
const OWNERS: &str = "users user patients patient members member customers accounts";

/// True when at least one part of `value` identifies.
pub(crate) fn valid(value: &[u8]) -> bool {
    let mut parts = value.splitn(2, |b| b"?#&".contains(b));
    let path = parts.next().unwrap_or_default();
    let query = parts.next().unwrap_or_default();
    let blank = value.iter().any(u8::is_ascii_whitespace);
    !blank && (query.split(|b| b"&;#?".contains(b)).any(identifying_pair) || identifying_path(path))
}

fn identifying_pair(pair: &[u8]) -> bool {
    let mut sides = pair.splitn(2, |&b| b == b'=');
    let key = sides.next().unwrap_or_default();
    let filled = sides.next().is_some_and(|value| !value.is_empty());
    filled && KEYS.split(' ').any(|known| same_key(known.as_bytes(), key))
}

/// True for a listed key in any case, with `-` or `_`.
fn same_key(known: &[u8], key: &[u8]) -> bool {
    let same = |(a, b): (&u8, &u8)| *a == b.to_ascii_lowercase() || (*a == b'_' && *b == b'-');
    known.len() == key.len() && known.iter().zip(key).all(same)
}

fn identifying_path(path: &[u8]) -> bool {
    let mut segments = path.split(|&b| b == b'/');
    let mut before: &[u8] = segments.next().unwrap_or_default();
    segments.any(|id| {
        let owner = word_list::contains(OWNERS, before);
        before = id;
        owner && id.iter().any(u8::is_ascii_digit) && !version(id)
    })
}

/// `v1` and its like name an interface, not a person.
fn version(segment: &[u8]) -> bool {
    matches!(segment, [b'v', digits @ ..] if digits.len() <= 2 && digits.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "https://example.com/reset?token=abc123",
            "/v1/p?patient_id=123&x=1",
            "https://a.example/?email=u%40example.com",
            "https://b.example/k?X-Amz-Signature=ab",
            "/cb#access_token=abc",
            "https://a.example/users/1042/edit",
            "/Patient/77",
            "?a=1&SSN=2",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "https://example.com/?page=2",
            "https://example.com/docs",
            "?tokens=5",
            "?token=",
            "/users/me",
            "/users/v1/list",
            "token=abc",
            "?token=a b",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
