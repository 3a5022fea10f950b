//! Picture, sound or scan in base64: a `data:` URI, or a body that begins like a known format.
//!
//! JPEG, PNG, GIF, WebP and WAV (RIFF), BMP and DICOM are known by their first bytes; at least 64
//! characters of base64 must follow, so that a quoted file signature alone does not count.
//! Source: RFC 2397 (data), RFC 4648 4, the signatures of the named formats.

/// Base64 of the first bytes; a DICOM file has 128 free bytes first, so `DICM` stands alone.
const SIGNATURES: [&[u8]; 7] = [
    b"/9j/",
    b"iVBORw0KGgo",
    b"R0lGOD",
    b"UklGR",
    b"RElDTQ",
    b"Qk0",
    b"AAAADGpQICANCocK",
];

const MIN_BODY: usize = 64;

/// True for one base64 body of a picture, sound or scan.
pub(crate) fn valid(value: &[u8]) -> bool {
    match data_uri(value) {
        Some(body) => body.len() >= MIN_BODY && base64(body),
        None => {
            let known = SIGNATURES
                .iter()
                .any(|signature| value.starts_with(signature));
            known && value.len() >= MIN_BODY && base64(value)
        }
    }
}

/// The body of `data:<image, audio, video or DICOM>;base64,<body>`.
fn data_uri(value: &[u8]) -> Option<&[u8]> {
    let rest = value.strip_prefix(b"data:")?;
    let types: [&[u8]; 4] = [b"image/", b"audio/", b"video/", b"application/dicom"];
    let marker = b";base64,";
    let at = rest
        .windows(marker.len())
        .take(80)
        .position(|w| w == marker)?;
    types
        .iter()
        .any(|t| rest.starts_with(t))
        .then(|| rest.get(at + marker.len()..))?
}

fn base64(body: &[u8]) -> bool {
    let text = body
        .strip_suffix(b"==")
        .or_else(|| body.strip_suffix(b"="))
        .unwrap_or(body);
    text.iter()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        let with = |head: &str, fill: &str, n: usize| format!("{head}{}", fill.repeat(n));
        for ok in [
            with("data:image/png;base64,iVBORw0KGgo", "A", 80),
            with("/9j/", "A", 100),
            with("R0lGOD", "B", 66),
            with("data:image/svg+xml;charset=utf-8;base64,", "A", 64),
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            with("data:image/png;base64,", "", 0),
            with("/9j/", "", 0),
            with("iVBORw0KGgo", "", 0),
            with("/9j/", "A", 59),
            with("data:text/plain;base64,", "A", 80),
            with("/9j/", "A-", 50),
            with("XXXX", "A", 100),
            String::new(),
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
