//! US driver licence number: the union of the state shapes, as runs of letters and digits. Most
//! states issue plain numbers, so it fires only under a key; spaces and dashes are ignored.
//!
//! Source: state motor vehicle agencies and the AAMVA licence number tables. Shapes of fewer than
//! four digits are left out although a few states still honour them: any short number would pass.

use super::digits::{Run, Sep};

// Alternating runs: L letters, n digits, each with its lengths.
type Shape = &'static [(u8, u8, u8)];
const SHAPES: &[Shape] = &[
    &[(b'n', 4, 14)],                            // AL AR CT GA MT NC NV SC UT ...
    &[(b'n', 16, 16)],                           // NY
    &[(b'L', 1, 1), (b'n', 4, 14)],              // CA FL IL MI NJ OH VA WI ...
    &[(b'L', 1, 1), (b'n', 18, 18)],             // NY
    &[(b'L', 2, 2), (b'n', 3, 7)],               // AZ CO MA OH WV
    &[(b'L', 3, 3), (b'n', 6, 9)],               // ND, WA since 2018
    &[(b'n', 2, 2), (b'L', 3, 3), (b'n', 5, 5)], // NH
    &[(b'n', 3, 3), (b'L', 2, 2), (b'n', 4, 4)], // IA
    &[(b'L', 2, 2), (b'n', 6, 6), (b'L', 1, 1)], // ID
    &[(b'L', 1, 1), (b'n', 6, 6), (b'L', 1, 1)], // MO
    &[(b'n', 7, 9), (b'L', 1, 2)],               // ME MO VT
];

pub(crate) fn valid(value: &[u8]) -> bool {
    let member = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'*';
    let Some(run) = Run::read(value, &[Sep::Dash, Sep::Space], member) else {
        return false;
    };
    let chars = run.chars();
    SHAPES.iter().any(|shape| fits(shape, chars)) || washington(chars) || kansas(chars)
}

fn fits(shape: Shape, chars: &[u8]) -> bool {
    let mut rest = chars;
    for &(class, low, high) in shape {
        let count = rest.iter().take_while(|byte| match class {
            b'L' => byte.is_ascii_alphabetic(),
            _ => byte.is_ascii_digit(),
        });
        let count = count.count();
        if !(usize::from(low)..=usize::from(high)).contains(&count) {
            return false;
        }
        rest = rest.get(count..).unwrap_or_default();
    }
    rest.is_empty()
}

// Twelve characters made from the name, `*` filling short names.
fn washington(chars: &[u8]) -> bool {
    chars.len() == 12
        && matches!(chars, [b'A'..=b'Z', ..])
        && chars.iter().any(u8::is_ascii_digit)
        && chars.iter().all(|byte| !byte.is_ascii_lowercase())
}

// Letter, digit, letter, digit, letter.
fn kansas(chars: &[u8]) -> bool {
    let [a, b, c, d, e] = chars else {
        return false;
    };
    [a, c, e].iter().all(|byte| byte.is_ascii_uppercase())
        && [b, d].iter().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in [
            "D1234567",
            "S123456789012",
            "01ABC23456",
            "12345678",
            "S123-456-78-901-2",
            "WDL123456789",
            "SMITHJA123K*",
            "K1K2K",
            "AB123456C",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "ABC",
            "123",
            "D12",
            "REQUIRED",
            "D1234567890123456789",
            "*1234567",
            "D--1234567",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
