//! Encounter, accession or study identifier: a DICOM-style OID, or a short id that a key named.
//! OIDs of certificates, directories and SNMP share the grammar, so only roots that imaging
//! systems use are taken, minus the branches that name classes and algorithms, not patients.
//!
//! Source: DICOM PS3.5 section 9 and annex B (UIDs, `2.25.` + UUID integer); ITU-T X.660 arcs.

use super::digits::{Run, Sep};

const ROOTS: &[&[u8]] = &[
    b"1.2.124.",
    b"1.2.156.",
    b"1.2.250.",
    b"1.2.276.",
    b"1.2.392.",
    b"1.2.40.",
    b"1.2.410.",
    b"1.2.528.",
    b"1.2.752.",
    b"1.2.826.",
    b"1.2.840.",
    b"1.3.12.2.",
    b"1.3.46.",
    b"1.3.51.",
    b"1.3.6.1.4.1.",
    b"2.16.",
    b"2.25.",
];

// DICOM classes and syntaxes, ANSI X9, PKCS, Microsoft, then enterprises known for SNMP, LDAP and
// certificates (Cisco, Microsoft, LDAP, Net-SNMP twice, OpenLDAP, CT logs, ACME CAs, Sigstore),
// and country arcs for hash algorithms, directories and HL7 code systems.
const NOT_PATIENTS: &[&[u8]] = &[
    b"1.2.840.10008.",
    b"1.2.840.10040.",
    b"1.2.840.10045.",
    b"1.2.840.113549.",
    b"1.2.840.113556.",
    b"1.3.6.1.4.1.9.",
    b"1.3.6.1.4.1.311.",
    b"1.3.6.1.4.1.1466.",
    b"1.3.6.1.4.1.2021.",
    b"1.3.6.1.4.1.8072.",
    b"1.3.6.1.4.1.4203.",
    b"1.3.6.1.4.1.11129.",
    b"1.3.6.1.4.1.44947.",
    b"1.3.6.1.4.1.57264.",
    b"2.16.840.1.101.3.",
    b"2.16.840.1.113730.",
    b"2.16.840.1.113883.5.",
    b"2.16.840.1.113883.6.",
];

pub(crate) fn valid(value: &[u8]) -> bool {
    short_id(value) || oid(value)
}

fn short_id(value: &[u8]) -> bool {
    let run = Run::read(value, &[Sep::Dash], |byte| byte.is_ascii_alphanumeric());
    (4..=30).contains(&value.len())
        && run.is_some_and(|run| run.chars().iter().any(u8::is_ascii_digit))
}

fn oid(value: &[u8]) -> bool {
    let parts = value.split(|&byte| byte == b'.');
    let part_ok = |part: &[u8]| {
        !part.is_empty()
            && part.iter().all(u8::is_ascii_digit)
            && (part.len() == 1 || !part.starts_with(b"0"))
    };
    // A UUID written as one integer needs no further arcs.
    let uuid = value
        .strip_prefix(b"2.25.")
        .is_some_and(|rest| (20..=39).contains(&rest.len()));
    value.len() <= 64
        && (uuid || parts.clone().count() >= 5)
        && parts.clone().all(part_ok)
        && ROOTS.iter().any(|root| value.starts_with(root))
        && !NOT_PATIENTS.iter().any(|root| value.starts_with(root))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in [
            "1.2.840.113619.2.55.3.1",
            "2.25.123456789.1.2.3.4",
            "1.3.6.1.4.1.5962.1.1",
            "2.25.329800735698586629295641978511506172918",
            "ACC-2024-0001",
            "E123456",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "1.2.3.4",
            "1.2.840.01.1.1.1",
            "3.2.840.1.1.1.1",
            "1.2.840.113549.1.1.11",
            "1.2.840.113556.1.4.803",
            "1.2.840.10045.4.3.2",
            "1.2.840.10008.1.2.1",
            "1.3.6.1.2.1.1.3.0",
            "1.3.6.1.6.3.1.1.5.1",
            "1.3.6.1.4.1.311.21.7",
            "1.2.840.113619.2.55.3.",
            "2.25.1",
            "pending",
            "A1",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
