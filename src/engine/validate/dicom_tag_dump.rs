//! One line of a DICOM dump: a tag that holds patient or study identity, and its value.
//!
//! Patient group (0010,xxxx), accession number, referring and performing physician names, and the
//! study UID; other tags are image technique. pydicom writes a space behind the comma.
//! Source: DICOM PS3.6 (data dictionary), PS3.15 table E.1-1 (attributes to protect).

use super::cursor::Cursor;

/// True for an identifying tag with something behind it.
pub(crate) fn valid(value: &[u8]) -> bool {
    tag(value).is_some_and(|(identifies, rest)| identifies && !rest.trim_ascii().is_empty())
}

/// Reads `(gggg,eeee)`: whether the tag identifies, and what follows.
fn tag(value: &[u8]) -> Option<(bool, &[u8])> {
    let mut cursor = Cursor::new(value);
    cursor.eat(b'(').then_some(())?;
    let group = hex4(&mut cursor)?;
    cursor.eat(b',').then_some(())?;
    cursor.eat(b' ');
    let element = hex4(&mut cursor)?;
    cursor.eat(b')').then_some(())?;
    let identifies = match group {
        b"0010" => true,
        b"0008" => matches!(
            element,
            b"0050" | b"0080" | b"0081" | b"0090" | b"1050" | b"1070"
        ),
        b"0020" => element.eq_ignore_ascii_case(b"000d") || element == b"0010",
        _ => false,
    };
    Some((identifies, cursor.rest()))
}

fn hex4<'a>(cursor: &mut Cursor<'a>) -> Option<&'a [u8]> {
    let digits = cursor.take_while(|b| b.is_ascii_hexdigit());
    (digits.len() == 4).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "(0010,0010) PN [DOE^JANE]",
            "(0010,0020) Patient ID LO: 'X1'",
            "(0008,0050) SH [A123]",
            "(0010, 0010) Patient's Name PN: 'DOE^JANE'",
            "(0020,000D) UI [2.25.1]",
            "(0020,000d) UI [2.25.1]",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "(0018,0015) CS [CHEST]",
            "0010,0010",
            "(0010 0010)",
            "(0010,0010)",
            "(0010,00100) x",
            "(0010,001) x",
            "(0008,0060) CS [MR]",
            "(001G,0010) x",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
