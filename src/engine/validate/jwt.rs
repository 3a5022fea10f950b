//! JSON Web Token: three parts (signed) or five (encrypted), the first a base64url JSON header.
//!
//! The header must be an object with `alg` (signed) or `enc` (encrypted); other tokens that begin
//! with `eyJ` fail here. Signature length is not checked: a token cut by a log still holds claims.
//! Source: RFC 7515 3.1 and appendix F (detached), RFC 7516 3.1, RFC 7519 6 (alg none).

use super::base64;

/// Enough for a header without certificates; a longer one is judged by its beginning.
const HEADER: usize = 1024;

/// True for one compact token.
pub(crate) fn valid(value: &[u8]) -> bool {
    let mut parts = value.split(|&b| b == b'.');
    let Some(header) = parts.next().and_then(base64::decode::<HEADER>) else {
        return false;
    };
    let json = header.head().trim_ascii();
    let object = json.starts_with(b"{") && (!header.whole() || json.ends_with(b"}"));
    let url = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-' || *b == b'_';
    if !object || !value.iter().all(|b| *b == b'.' || url(b)) {
        return false;
    }
    let alg = string(json, b"\"alg\"");
    let rest = [
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
        parts.next(),
    ];
    match rest {
        [Some(claims), Some(signature), None, ..] => {
            let unsigned = alg.is_some_and(|alg| alg.eq_ignore_ascii_case(b"none"));
            let signed = !signature.is_empty();
            alg.is_some() && (signed || (unsigned && !claims.is_empty()))
        }
        [Some(key), Some(iv), Some(text), Some(tag), None] => {
            let direct = matches!(alg, Some(b"dir" | b"ECDH-ES"));
            string(json, b"\"enc\"").is_some()
                && (direct || !key.is_empty())
                && [iv, text, tag].iter().all(|part| !part.is_empty())
        }
        _ => false,
    }
}

/// The string value behind `key` (with its quotes) in JSON text, without unescaping.
fn string<'a>(json: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let at = json.windows(key.len()).position(|window| window == key)?;
    let after = json.get(at + key.len()..)?.trim_ascii_start();
    let text = after
        .strip_prefix(b":")?
        .trim_ascii_start()
        .strip_prefix(b"\"")?;
    text.split(|&b| b == b'"').next()
}

#[cfg(test)]
mod tests {
    use super::valid;

    // Headers are kept apart from bodies so that this file holds no whole token.
    const HS256: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
    const NONE: &str = "eyJhbGciOiJub25lIn0";
    const DIR: &str = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0";
    const RSA: &str = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ";

    #[test]
    fn vectors() {
        let body = "P2xAGNHBtFv41sAKv4XqNG83EOX3XJEs4Kh517ObvRit5V15F5ka02_eOtRc";
        let signature = "hjbLLtjevT_O_gQe8ke2knnonftHKIrxpjszN_vpnFj";
        for (header, tail) in [
            (HS256, format!("{body}.{signature}")),
            (HS256, format!(".{signature}")),
            (NONE, format!("{body}.")),
            (DIR, format!(".aXY.{body}.dGFn")),
            (RSA, format!("a2V5.aXY.{body}.dGFn")),
        ] {
            assert!(valid(format!("{header}.{tail}").as_bytes()), "{header}");
        }
        for bad in [
            format!("!{HS256}.{body}.{signature}"),
            format!("{HS256}.{body}.{signature}!"),
            format!("{HS256}.{body}."),
            format!("{HS256}.{body}"),
            format!("{NONE}.."),
            format!("{RSA}..aXY.{body}.dGFn"),
            format!("{HS256}.a.b.c.d"),
            format!("{DIR}.{body}.a.b"),
            format!("eyJrIjoieCJ9.{body}.{signature}"),
            "eyJhcGlfYWRkcmVzcyI6".into(),
            String::new(),
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
