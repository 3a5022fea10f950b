//! Signatures of requests to AWS services (Signature Version 4), checked.
//!
//! The head of a request is read before its body, so that a sender whose key is unknown is refused early;
//! the signature covers the body as it came on the wire. (AWS General Reference: Signature Version 4.)

use super::auth::same;
use crate::config::fields::At;
use crate::config::{Problems, Secret, SecretRef};
use aws_lc_rs::digest::{Context, SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, Tag, sign};
use hyper::header::{AUTHORIZATION, HeaderName};
use hyper::{HeaderMap, Method, Uri};

/// Seconds that the clock of a sender may differ.
const SKEW: i64 = 300;
/// Headers that have to be signed: without one of them a signature would fit another request.
const SIGNED: [&str; 3] = ["host", "x-amz-date", "x-amz-target"];
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// One key of the configuration.
#[derive(Clone, Debug)]
pub(super) struct AccessKey {
    id: String,
    secret: SecretRef,
}

/// Keys that senders may sign with; none means that signatures are not asked for.
#[derive(Default)]
pub(super) struct AccessKeys {
    keys: Vec<(String, Secret)>,
}

/// Why a signature does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SignatureError {
    /// There is none.
    Missing,
    /// It is not written as a signature of this kind, or does not cover what it has to.
    Incomplete,
    /// The key is unknown.
    UnknownKey,
    /// It was made at another time.
    Expired,
    /// It is wrong.
    Wrong,
}

/// A signature whose head was read; the body decides.
#[derive(Debug)]
pub(super) struct Signature {
    key: Tag,
    given: [u8; 32],
    /// The request up to the digest of its body.
    request: String,
    /// What is signed, up to the digest of the request.
    scope: String,
}

impl AccessKey {
    /// Reads `[{ id: ID, secret: { file: PATH } }]`.
    pub(super) fn read(at: &At<'_>, problems: &mut Problems) -> Vec<Self> {
        const FORM: &str = "a list of `{ id: ID, secret: { file: PATH } }`";
        let mut keys = Vec::new();
        for item in at.list() {
            let Some(mut fields) = item.map(problems, FORM) else { continue };
            let id = fields.take("id").and_then(|id| id.text(problems, "the id of an access key")).map(str::to_owned);
            let secret = fields.take("secret").and_then(|secret| secret.secret(problems));
            fields.finish(problems);
            match (id, secret) {
                (Some(id), Some(secret)) => keys.push(Self { id, secret }),
                _ => item.wrong_as(problems, "a key without `id` or `secret`", FORM),
            }
        }
        keys
    }
}

impl AccessKeys {
    /// Reads the secrets.
    pub(super) fn load(keys: &[AccessKey]) -> std::io::Result<Self> {
        let keys = keys.iter().map(|key| Ok((key.id.clone(), key.secret.load()?))).collect::<std::io::Result<_>>()?;
        Ok(Self { keys })
    }

    /// Whether signatures are not asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Reads the head of a signed request for a service; `now` in seconds since 1970 (UTC).
    pub(super) fn begin(
        &self,
        service: &str,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        now: i64,
    ) -> Result<Signature, SignatureError> {
        let header = headers.get(AUTHORIZATION).ok_or(SignatureError::Missing)?;
        let fields = header.to_str().ok().and_then(|text| text.strip_prefix(ALGORITHM)).ok_or(SignatureError::Incomplete)?;
        let field = |name: &str| {
            let find = |field: &'_ str| field.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned);
            fields.split(',').find_map(find).ok_or(SignatureError::Incomplete)
        };
        let (credential, signed, given) = (field("Credential")?, field("SignedHeaders")?, field("Signature")?);
        let given = hex(&given).ok_or(SignatureError::Incomplete)?;
        let [id, day, region, named, end] = parts(&credential).ok_or(SignatureError::Incomplete)?;
        if named != service || end != "aws4_request" {
            return Err(SignatureError::Incomplete);
        }
        let (_, secret) = self.keys.iter().find(|(known, _)| known == id).ok_or(SignatureError::UnknownKey)?;
        let date = headers.get("x-amz-date").and_then(|date| date.to_str().ok()).ok_or(SignatureError::Incomplete)?;
        let seconds = seconds(date).filter(|_| date.starts_with(day)).ok_or(SignatureError::Incomplete)?;
        if (now - seconds).abs() > SKEW {
            return Err(SignatureError::Expired);
        }
        let request = canonical(method, uri, headers, &signed).ok_or(SignatureError::Incomplete)?;
        let scope = format!("{ALGORITHM}\n{date}\n{day}/{region}/{service}/aws4_request\n");
        let first = [b"AWS4".as_slice(), secret.reveal()].concat();
        let mut key = tag(&first, day);
        for part in [region, service, "aws4_request"] {
            key = tag(key.as_ref(), part);
        }
        Ok(Signature { key, given, request, scope })
    }
}

impl Signature {
    /// Decides, with the digest of the body as it came.
    pub(super) fn finish(mut self, body: Context) -> Result<(), SignatureError> {
        push_hex(body.finish().as_ref(), &mut self.request);
        push_hex(digest(&SHA256, self.request.as_bytes()).as_ref(), &mut self.scope);
        let own = tag(self.key.as_ref(), &self.scope);
        if same(own.as_ref(), &self.given) { Ok(()) } else { Err(SignatureError::Wrong) }
    }
}

/// The request as it is signed, up to the digest of its body. None for what need not be understood here:
/// paths and queries that could be written in two ways.
fn canonical(method: &Method, uri: &Uri, headers: &HeaderMap, signed: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~');
    let path = uri.path();
    if uri.query().is_some_and(|query| !query.is_empty()) || !path.bytes().all(plain) || path.contains("//") || path.contains("/.") {
        return None;
    }
    if !SIGNED.iter().all(|needed| signed.split(';').any(|name| name == *needed)) {
        return None;
    }
    let mut text = format!("{method}\n{path}\n\n");
    for name in signed.split(';') {
        let header = HeaderName::from_bytes(name.as_bytes()).ok().filter(|header| header.as_str() == name)?;
        let mut values = headers.get_all(&header).iter().peekable();
        values.peek()?;
        text.push_str(name);
        text.push(':');
        for (at, value) in values.enumerate() {
            if at > 0 {
                text.push(',');
            }
            let mut words = value.to_str().ok()?.split(' ').filter(|word| !word.is_empty());
            text.extend(words.next());
            words.for_each(|word| text.extend([" ", word]));
        }
        text.push('\n');
    }
    text.extend(["\n", signed, "\n"]);
    Some(text)
}

/// A text of five parts between slashes.
fn parts(text: &str) -> Option<[&str; 5]> {
    text.split('/').collect::<Vec<_>>().try_into().ok()
}

fn tag(key: &[u8], text: &str) -> Tag {
    sign(&Key::new(HMAC_SHA256, key), text.as_bytes())
}

fn push_hex(bytes: &[u8], text: &mut String) {
    for byte in bytes {
        text.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or('0')));
    }
}

fn hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| !pair.starts_with('+'))?, 16).ok()?;
    }
    Some(bytes)
}

/// Seconds since 1970 (UTC) of `20261122T121500Z`.
fn seconds(date: &str) -> Option<i64> {
    let (day, time) = date.strip_suffix('Z')?.split_once('T')?;
    if day.len() != 8 || time.len() != 6 || !day.bytes().chain(time.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |text: &str, from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(day, 0, 4)?, number(day, 4, 6)?, number(day, 6, 8)?);
    let (hour, minute, second) = (number(time, 0, 2)?, number(time, 2, 4)?, number(time, 4, 6)?);
    if !(1970..).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // Years from March on, so that the day that may be missing is the last one.
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    const DATE: &str = "20260102T030405Z";
    const NOW: i64 = 1_767_323_045;
    /// What botocore signs `{}` with, under the key below.
    const SIGNATURE: &str = "9928736ca039eadb40677f81923c1fbac697076607e99fff485e8ecd76acf43c";

    fn keys() -> AccessKeys {
        AccessKeys { keys: vec![("AKIDEXAMPLE".to_owned(), Secret::new(b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_vec()))] }
    }

    fn headers(signature: &str) -> HeaderMap {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-1/logs/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature={signature}"
        );
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("authorization", authorization.as_str()),
            ("content-type", "application/x-amz-json-1.1"),
            ("host", "127.0.0.1:8092"),
            ("x-amz-date", DATE),
            ("x-amz-target", "Logs_20140328.PutLogEvents"),
        ] {
            headers.insert(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn check(headers: &HeaderMap, path: &str, now: i64, body: &[u8]) -> Result<(), SignatureError> {
        let signature = keys().begin("logs", &Method::POST, &path.parse().unwrap(), headers, now)?;
        let mut digest = Context::new(&SHA256);
        digest.update(body);
        signature.finish(digest)
    }

    #[test]
    fn a_signature_covers_body_headers_and_time() {
        let good = headers(SIGNATURE);
        assert_eq!(check(&good, "/", NOW, b"{}"), Ok(()));
        assert_eq!(check(&good, "/", NOW + SKEW, b"{}"), Ok(()));
        assert_eq!(check(&good, "/", NOW + SKEW + 1, b"{}"), Err(SignatureError::Expired));
        assert_eq!(check(&good, "/", NOW - SKEW - 1, b"{}"), Err(SignatureError::Expired));
        assert_eq!(check(&good, "/", NOW, b"{ }"), Err(SignatureError::Wrong));
        assert_eq!(check(&good, "/other", NOW, b"{}"), Err(SignatureError::Wrong));
        assert_eq!(check(&good, "/?a=b", NOW, b"{}"), Err(SignatureError::Incomplete));
        let mut other = good.clone();
        other.insert("x-amz-target", HeaderValue::from_static("Logs_20140328.CreateLogGroup"));
        assert_eq!(check(&other, "/", NOW, b"{}"), Err(SignatureError::Wrong));
        let mut later = good.clone();
        later.insert("x-amz-date", HeaderValue::from_static("20260102T030406Z"));
        assert_eq!(check(&later, "/", NOW, b"{}"), Err(SignatureError::Wrong));
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        assert_eq!(check(&HeaderMap::new(), "/", NOW, b"{}"), Err(SignatureError::Missing));
        for (from, to, wanted) in [
            ("AWS4-HMAC-SHA256", "Basic", SignatureError::Incomplete),
            ("AKIDEXAMPLE", "AKIDOTHER", SignatureError::UnknownKey),
            ("/logs/", "/s3/", SignatureError::Incomplete),
            (";x-amz-target", "", SignatureError::Incomplete),
            ("host;", "", SignatureError::Incomplete),
            ("content-type;", "x-other;", SignatureError::Incomplete),
            ("20260102/", "20260103/", SignatureError::Incomplete),
            ("Signature=", "Signature=0", SignatureError::Incomplete),
            ("Signature=", "Signatur=", SignatureError::Incomplete),
        ] {
            let mut headers = headers(SIGNATURE);
            let text = headers["authorization"].to_str().unwrap().replacen(from, to, 1);
            headers.insert(AUTHORIZATION, HeaderValue::from_str(&text).unwrap());
            assert_eq!(check(&headers, "/", NOW, b"{}"), Err(wanted), "{from}");
        }
        assert_eq!(check(&headers(&"0".repeat(64)), "/", NOW, b"{}"), Err(SignatureError::Wrong));
    }

    #[test]
    fn dates_are_read() {
        for (date, wanted) in [
            ("19700101T000000Z", Some(0)),
            (DATE, Some(NOW)),
            ("20000229T235959Z", Some(951_868_799)),
            ("20260102T030405", None),
            ("2026-01-02T03:04:05Z", None),
            ("20261302T030405Z", None),
            ("20260102T030460é", None),
        ] {
            assert_eq!(seconds(date), wanted, "{date}");
        }
    }
}
