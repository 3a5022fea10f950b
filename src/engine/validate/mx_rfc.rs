//! Mexican taxpayer number (RFC): three letters (companies) or four (persons), date, two characters, and
//! a check character that is often wrong in practice, so only its alphabet is asked for.
//!
//! Source: SAT (Mexico), Registro Federal de Contribuyentes.

use super::calendar::exists_short;
use super::cursor::Cursor;
use super::digits::part;
use super::layout::read;

pub(crate) fn valid(value: &[u8]) -> bool {
    let mut rest = Cursor::new(value);
    // The letter after N, which is not ASCII, may stand in a name; `&` in a company's.
    let mut letters = 0;
    while rest.eat_if(|byte| byte.is_ascii_uppercase() || byte == b'&').is_some() || rest.eat_word("Ñ".as_bytes()) {
        letters += 1;
    }
    (3..=4).contains(&letters)
        && read(rest.rest(), &["ddddddXXX", "-dddddd-XXX", " dddddd XXX"]).is_some_and(|id| {
            exists_short(part(id.chars(), 0..2), part(id.chars(), 2..4), part(id.chars(), 4..6))
                && matches!(id.chars().last(), Some(b'0'..=b'9' | b'A'))
        })
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::engine::validate::testing::agrees;

    #[test]
    fn vectors() {
        agrees(valid, &["AAAA-900101-AA1", "AAAA000101AA0", "XAXX010101000"], &["VACE-461310-SX6", "VA460910SX6", "VACE460910SXZ", ""]);
    }

    #[test]
    fn structure() {
        assert!(valid(b"AAA000101AA0") && valid("ÑA&000101AA0".as_bytes()) && !valid(b"AA000101AA0") && !valid(b"AAAAA000101AA0"));
    }
}
