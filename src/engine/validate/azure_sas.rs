//! Signature of an Azure shared access signature: the base64 of a SHA-256, also percent-encoded.
//!
//! 43 characters and one `=` of padding, which may be missing; `+`, `/` and `=` may be written as
//! `%2B`, `%2F` and `%3D`. Source: Azure Storage documentation, create a service SAS.

/// Characters of the base64 of 32 bytes, without padding.
const LENGTH: usize = 43;

/// True for such a signature, or for another value that looks generated.
pub(crate) fn valid(value: &[u8]) -> bool {
    signature(value) || super::high_entropy::valid(value)
}

fn signature(value: &[u8]) -> bool {
    let mut rest = value;
    let mut taken = 0;
    while taken < LENGTH {
        rest = match rest {
            [b'%', b'2', b'B' | b'b' | b'F' | b'f', tail @ ..] => tail,
            [first, tail @ ..] if first.is_ascii_alphanumeric() || b"+/-_".contains(first) => tail,
            _ => return false,
        };
        taken += 1;
    }
    matches!(rest, [] | [b'='] | [b'%', b'3', b'D' | b'd'])
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        let body = "aB3dE5fG7h".repeat(4) + "iJk";
        for end in ["", "=", "%3D", "%3d"] {
            assert!(valid(format!("{body}{end}").as_bytes()), "{end}");
        }
        assert!(valid(format!("%2B%2f{}=", body.get(2..).unwrap_or_default()).as_bytes()));
        for bad in ["9", "SIGTERM", "%3D", ""] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
        assert!(!valid(format!("{}%3D", body.get(1..).unwrap_or_default()).as_bytes()));
    }
}
