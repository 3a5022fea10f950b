//! USCIS receipt number: a service centre code and ten digits, also written EAC-21-900-00001.
//!
//! Source: USCIS glossary, receipt number; service centre codes of its offices.

use super::digits::{Run, Sep};

const CENTRES: &[&[u8; 3]] = &[
    b"CSC", b"EAC", b"IOE", b"LIN", b"MSC", b"NBC", b"NSC", b"SRC", b"TSC", b"VSC", b"WAC", b"YSC",
];

pub(crate) fn valid(value: &[u8]) -> bool {
    let Some((centre, rest)) = value.split_first_chunk::<3>() else {
        return false;
    };
    let rest = rest.strip_prefix(b"-").unwrap_or(rest);
    CENTRES.contains(&centre)
        && Run::digits(rest, &[Sep::Dash])
            .is_some_and(|run| run.chars().len() == 10 && run.contiguous_or(&[2, 3, 5]))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in [
            "EAC2190000001",
            "IOE0900000001",
            "WAC1000000000",
            "EAC-21-900-00001",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "ABC2190000001",
            "EAC219000000",
            "EAC21900000011",
            "eac2190000001",
            "EAC",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
