//! Accession of a public medical archive: TCGA, ISIC, LIDC-IDRI, ADNI, dbGaP, GEO, SRA.
//!
//! They name a donor or a sample in a public set, so the default policy keeps them.
//! Source: GDC TCGA barcode page, ISIC archive, TCIA LIDC-IDRI, ADNI data dictionary, NCBI
//! accession prefixes.

/// Shapes: `9` digit, `@` capital, `*` capital or digit, anything else itself. A value is one shape,
/// or a shape and more digits where it ends in `+`.
const SHAPES: [&[u8]; 12] = [
    b"TCGA-**-****",
    b"TCGA-**-****-99",
    b"TCGA-**-****-99@",
    b"TCGA-**-****-99@-99@",
    b"TCGA-**-****-99@-99@-****",
    b"TCGA-**-****-99@-99@-****-99",
    b"ISIC_9999999",
    b"LIDC-IDRI-9999",
    b"999_S_9999",
    b"phs999999",
    b"GSM999+",
    b"SRR99999+",
];

/// True for one accession; dbGaP may carry its version (`phs000001.v1.p1`).
pub(crate) fn valid(value: &[u8]) -> bool {
    SHAPES.iter().any(|shape| fits(shape, value)) || dbgap_version(value)
}

fn fits(shape: &[u8], value: &[u8]) -> bool {
    let (shape, more) = shape
        .strip_suffix(b"+")
        .map_or((shape, false), |s| (s, true));
    let Some((head, rest)) = value.split_at_checked(shape.len()) else {
        return false;
    };
    let tail = if more {
        rest.len() <= 7
    } else {
        rest.is_empty()
    };
    tail && rest.iter().all(u8::is_ascii_digit)
        && shape.iter().zip(head).all(|(class, byte)| match class {
            b'9' => byte.is_ascii_digit(),
            b'*' => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            b'@' => byte.is_ascii_uppercase(),
            _ => class == byte,
        })
}

fn dbgap_version(value: &[u8]) -> bool {
    let mut parts = value.split(|&b| b == b'.');
    let numbered = |part: Option<&[u8]>, letter: &[u8]| {
        let digits = part.and_then(|p| p.strip_prefix(letter));
        digits.is_some_and(|d| (1..=3).contains(&d.len()) && d.iter().all(u8::is_ascii_digit))
    };
    parts.next().is_some_and(|head| fits(b"phs999999", head))
        && numbered(parts.next(), b"v")
        && numbered(parts.next(), b"p")
        && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "TCGA-02-0001-01C-01D-0182-01",
            "ISIC_0000000",
            "002_S_0001",
            "TCGA-AB-1234",
            "LIDC-IDRI-0001",
            "phs000001.v1.p1",
            "phs000001",
            "GSM12345",
            "SRR000001",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "TCGA-2-0001",
            "ISIC_000",
            "02_S_0001",
            "TCGA-02-0001-",
            "XCGA-02-0001",
            "TCGZ-02-0001",
            "GSM12",
            "SRR1234",
            "phs000001.v1",
            "tcga-02-0001",
            "GSM12345678901",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
