//! HL7 v2 segment about a person: patient, next of kin, guarantor, insurance or visit. The whole
//! segment is the finding; a segment ends at the line end.
//!
//! Source: HL7 v2.x chapters 3 and 6 (PID, NK1, PV1, GT1, IN1).

pub(crate) fn valid(value: &[u8]) -> bool {
    let named = [b"PID|", b"NK1|", b"GT1|", b"IN1|", b"PV1|"];
    let bars = value.iter().filter(|&&byte| byte == b'|').count();
    named.iter().any(|name| value.starts_with(*name))
        && bars >= 2
        && !value.iter().any(|byte| b"\r\n".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in [
            "PID|1||12345^^^H^MR||DOE^JANE||19800101|F",
            "NK1|1|DOE^JOHN|SPO",
            "IN1|1|PLAN|123",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "MSH|^~\\&|A",
            "PID",
            "PID|",
            "PID|1",
            "XPID|1|2|3",
            "PID|1|2\nPV1|1",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
