//! Opaque secret of unknown vendor: 16 to 256 characters of `A-Za-z0-9_+/=.-` with high entropy.
//!
//! At least 3.5 bits per character, 3.0 for hexadecimal. Shapes that are random but harmless are
//! refused: UUIDs, numbers, dotted versions, words joined by `-` `_` `.` `/`, CamelCase names,
//! Kubernetes pod names and `sha256-` digests. A key name such as `api_key` is required around it.
//! Source: Shannon entropy; thresholds as in common secret scanners, pod suffix alphabet from
//! k8s.io/apimachinery util/rand.

/// True for a value that looks generated.
pub(crate) fn valid(value: &[u8]) -> bool {
    let charset = |b: &u8| b.is_ascii_alphanumeric() || b"_+/=.-".contains(b);
    if !(16..=256).contains(&value.len()) || !value.iter().all(charset) {
        return false;
    }
    let hex = value.iter().all(u8::is_ascii_hexdigit);
    let floor = if hex { 3.0 } else { 3.5 };
    bits_per_byte(value) >= floor
        && value.iter().any(u8::is_ascii_alphabetic)
        && !super::uuid::valid(value)
        && !words(value)
        && !pod_name(value)
        && !digest(value)
}

/// True for a shorter value that no one would type as a name: 8 to 64 printable characters with small
/// letters, capitals and digits, and at least five changes from one of these to another.
pub(crate) fn mixed(value: &[u8]) -> bool {
    let class = |byte: &u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let has = |wanted: u8| value.iter().any(|byte| class(byte) == wanted);
    let changes = value.windows(2).filter(|pair| matches!(pair, [left, right] if class(left) != class(right))).count();
    // A URL is no such value, nor is what holds a label of ours or a call.
    let other = value.iter().any(|byte| matches!(byte, b'[' | b'(' | b'{' | b'/'));
    (8..=64).contains(&value.len()) && !other && value.iter().all(u8::is_ascii_graphic) && has(0) && has(1) && has(2) && changes >= 5
}

/// Shannon entropy of the byte distribution.
fn bits_per_byte(value: &[u8]) -> f64 {
    let mut counts = [0_u16; 128];
    for &byte in value {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total = value.len() as f64;
    let used = counts.iter().filter(|&&count| count > 0);
    used.map(|&count| f64::from(count) / total)
        .map(|share| -share * share.log2())
        .sum()
}

/// True when every piece between separators is a word, a short number, or a word and a number.
fn words(value: &[u8]) -> bool {
    let sep = |b: &u8| b"-_./".contains(b);
    value.split(sep).all(|piece| {
        let digits = piece
            .iter()
            .rev()
            .take_while(|b| b.is_ascii_digit())
            .count();
        let stem = piece.get(..piece.len() - digits).unwrap_or_default();
        digits <= 4
            && stem.iter().all(u8::is_ascii_alphabetic)
            && (camel(stem) || single_case(stem))
    })
}

/// `Word`, `WordWord` or `wordWord`, each part a capital and at least two small letters.
fn camel(stem: &[u8]) -> bool {
    let mut run = 2_usize;
    let small = stem.iter().all(|b| {
        let ok = b.is_ascii_lowercase() || run >= 2;
        run = if b.is_ascii_lowercase() { run + 1 } else { 0 };
        ok
    });
    small && run >= 2 && speakable(stem)
}

fn single_case(stem: &[u8]) -> bool {
    let lower = stem.iter().all(u8::is_ascii_lowercase);
    (lower || stem.iter().all(u8::is_ascii_uppercase)) && speakable(stem)
}

/// Rough test for natural words: short, or with vowels and no run of five consonants.
fn speakable(stem: &[u8]) -> bool {
    let vowel = |b: &u8| b"aeiouyAEIOUY".contains(b);
    let longest = stem.split(vowel).map(<[u8]>::len).max().unwrap_or(0);
    stem.len() <= 3 || (longest <= 4 && stem.iter().any(vowel))
}

/// `name-<8 to 10>-<5>`, the last two parts in the alphabet of a pod template hash.
fn pod_name(value: &[u8]) -> bool {
    let mut parts = value.rsplit(|&b| b == b'-');
    let suffix = |part: Option<&[u8]>, lengths: std::ops::RangeInclusive<usize>| {
        part.is_some_and(|p| {
            let lower = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
            lengths.contains(&p.len()) && p.iter().all(lower)
        })
    };
    let tail = suffix(parts.next(), 5..=5) && suffix(parts.next(), 8..=10);
    tail && parts.next().is_some() && value.first().is_some_and(u8::is_ascii_lowercase)
}

fn digest(value: &[u8]) -> bool {
    let prefixes: [&[u8]; 4] = [b"sha1-", b"sha256-", b"sha384-", b"sha512-"];
    prefixes.iter().any(|prefix| value.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::{bits_per_byte, mixed, valid};

    #[test]
    fn short_mixtures() {
        for good in ["Xb81kdPqz7tR2", "ffD%6aZ9qQcgVmnYR#", "aB3dE6gH"] {
            assert!(mixed(good.as_bytes()), "{good}");
        }
        for bad in ["my-secret-2", "Deployment2", "regcred", "TlsCert2024", "default-token-x7k2p", "abcDEF1", "aB3 dE6 gH9"] {
            assert!(!mixed(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn vectors() {
        for (head, tail) in [
            ("7ivoAsELRJ78ECae", "Y4DJ64mebsYSXqO6"),
            ("cD6MbKWYkXEPeHAP", "yX2SLG11yAyHJOVt"),
            ("4sDFurhyvsSTYM1Y", "OdDpIXNCHTkFyaTn"),
            ("cDMbKWYkXEPeHAPq", "LRJECaeYDJmebs"),
            ("1oAkTh5o8RlbOXC1ZI14", "aeQ2JeoGor4A/xHv=="),
            ("m0rxwx9nn25tb51b", "d14bergihp8t4fsx"),
            ("ce7a4365b7f75b1e", "57f2670634df1ecc"),
        ] {
            let secret = [head, tail].concat();
            assert!(valid(secret.as_bytes()), "{secret}");
            assert!(!valid([&secret, "!"].concat().as_bytes()));
        }
    }

    #[test]
    fn harmless_shapes() {
        for bad in [
            "123e4567-e89b-12d3-a456-426614174000",
            "12345678901234567890",
            "120.0.6099.109-17.4.2",
            "short",
            "pipeline-stage-output-2",
            "my_model_checkpoint_path",
            "/usr/local/lib/python3.11/site-packages",
            "AutoModelForClassification",
            "MODEL_CHECKPOINT_DIRECTORY",
            "service.default.cluster.local",
            "api-7d9f8b6c5d-x2x4z",
            "xxxxxxxxxxxxxxxxxxxxxxxx",
            "0000000000000000000000000000000f",
            "sha256-47DEQpj8HBSaTImW5JCeuQeRkm5NMpJWZG3hSuFU",
            "authenticationmanager",
            "refresh_token_v2_2026",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
        assert!(!valid("aB3".repeat(86).as_bytes()));
    }

    #[test]
    fn entropy_of_known_distributions() {
        assert!(bits_per_byte(b"aaaa").abs() < 1e-9);
        assert!((bits_per_byte(b"0123456789abcdef") - 4.0).abs() < 1e-9);
    }
}
