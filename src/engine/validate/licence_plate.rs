//! Licence plates by national pattern, upper case; always beside a key such as `plate`.
//!
//! In a pattern `A` is a letter, `C` a consonant, `9` a digit, `_` an optional space or `-`,
//! `-` a dash, ` ` a space. NL `AA-99-AA` is left out: it is also a truncated French plate.
//! Source: national registration rules (GB DVLA INF104, DE FZV annex 1, FR SIV, ES RD 2822/1998,
//! IT, NL RDW side codes, IN CMVR rule 50) and AAMVA plate guidance for the US.

use super::cursor::Cursor;

const PATTERNS: [&[u8]; 25] = [
    b"AA99_AAA",  // GB
    b"AA_999_AA", // FR, IT
    b"9999_CCC",  // ES
    b"99-AAA-9",  // NL from here
    b"9-AAA-99",
    b"AA-999-A",
    b"A-999-AA",
    b"AAA-99-A",
    b"A-99-AAA",
    b"99-AA-AA",
    b"99-AA-99",
    b"AA-99-99",
    b"99-99-AA",
    b"AA-AA-99",
    b"AA_99_A_9999", // IN
    b"AA_99_AA_9999",
    b"AA_99_AAA_9999",
    b"AAA_9999", // US from here
    b"AAA_999",
    b"999-CCC",
    b"9999_AA",
    b"AA_99999",
    b"9AAA999",
    b"99A_999",
    b"A99_99A",
];

/// True for one plate in any of the patterns.
pub(crate) fn valid(value: &[u8]) -> bool {
    PATTERNS.iter().any(|pattern| fits(pattern, value)) || german(value).is_some()
}

fn fits(pattern: &[u8], value: &[u8]) -> bool {
    let mut cursor = Cursor::new(value);
    let fits = pattern.iter().all(|&class| match class {
        b'A' => cursor.eat_if(|b| b.is_ascii_uppercase()).is_some(),
        b'C' => cursor
            .eat_if(|b| b.is_ascii_uppercase() && !b"AEIOUQ".contains(&b))
            .is_some(),
        b'9' => cursor.eat_if(|b| b.is_ascii_digit()).is_some(),
        b'_' => cursor.eat_any(b" -").is_some() || cursor.peek().is_some(),
        exact => cursor.eat(exact),
    });
    fits && cursor.done()
}

/// `B-MW 1234`: district of 1 to 3 letters, 1 or 2 letters, a number without leading zero, E or H.
fn german(value: &[u8]) -> Option<()> {
    let mut cursor = Cursor::new(value);
    // Umlauts are two bytes in UTF-8, so a district may have up to six.
    let district = cursor.take_while(|b| b.is_ascii_uppercase() || !b.is_ascii());
    if !(1..=6).contains(&district.len()) || cursor.eat_any(b"- ").is_none() {
        return None;
    }
    let letters = cursor.take_while(|b| b.is_ascii_uppercase());
    cursor.eat_any(b" -");
    let leading_zero = cursor.peek() == Some(b'0');
    cursor.number(1, 4)?;
    cursor.eat_any(b"EH");
    let plain = district.len() <= 3 || !district.is_ascii();
    (plain && matches!(letters.len(), 1 | 2) && !leading_zero && cursor.done()).then_some(())
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "AB12 CDE",
            "AB-123-CD",
            "B-MW 1234",
            "1234 BCD",
            "AB12CDE",
            "AB 123 CD",
            "LÖ-A 1",
            "M-AB 12E",
            "ABC 1234",
            "7ABC123",
            "12-ABC-3",
            "MH12AB1234",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "AB1 CDE",
            "AB-12-CD",
            "123 AEI",
            "1234 AEI",
            "ab12 cde",
            "ABCD-MW 1234",
            "B-MW 0123",
            "B-MW 12345",
            "1234",
            "ABCDEF",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
