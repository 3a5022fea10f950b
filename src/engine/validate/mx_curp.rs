//! Mexican population register key (CURP): four letters of the name, date of birth, sex, state, three
//! consonants, a digit or letter for the century, and a check digit modulo 10.
//!
//! Source: RENAPO, instructivo normativo para la asignación de la CURP (DOF 18 October 2021).

use super::calendar::exists_short;
use super::digits::{digit, part};
use super::layout::read;

/// Value of a letter is its place; the one after N is taken by a letter that is not ASCII.
const VALUES: &[u8; 37] = b"0123456789ABCDEFGHIJKLMN\xffOPQRSTUVWXYZ";
const STATES: &str = "AS BC BS CC CH CL CM CS DF DG GR GT HG JC MC MN MS NE NL NT OC PL QR QT SL SP SR TC TL TS VZ YN ZS";

pub(crate) fn valid(value: &[u8]) -> bool {
    read(value, &["AAAAddddddAAAAAAXd"]).is_some_and(|id| {
        let chars = id.chars();
        let state = chars.get(11..13).unwrap_or_default();
        exists_short(part(chars, 4..6), part(chars, 6..8), part(chars, 8..10))
            && matches!(chars.get(10), Some(b'H' | b'M' | b'X'))
            && STATES.as_bytes().split(|byte| *byte == b' ').any(|known| known == state)
            && check_of(chars) == chars.last().copied().map(digit)
    })
}

fn check_of(chars: &[u8]) -> Option<u32> {
    let mut sum = 0;
    for (byte, weight) in chars.get(..17)?.iter().zip((2..=18).rev()) {
        sum += weight * VALUES.iter().zip(0..).find(|(known, _)| *known == byte).map(|(_, value): (_, u32)| value)?;
    }
    Some((10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::{STATES, valid};
    use crate::engine::validate::testing::{agrees, exactly_one};

    #[test]
    fn vectors() {
        agrees(valid, &["AAAA900101HDFBBB05", "HEGG560427MVZRRL04", "AAAA000101HDFBBBA1"], &["BOXW310820HNERXN08", "BOXW311320HNERXN09", "BOXW310820ANERXN09", ""]);
    }

    #[test]
    fn one_check_fits() {
        exactly_one(valid, b"0123456789", |n| format!("AAAA{:02}0101HDFBB{}0", n % 100, char::from(b'A' + (n % 26) as u8)));
        assert_eq!(STATES.split(' ').count(), 33);
    }
}
