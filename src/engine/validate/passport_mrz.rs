//! Machine readable zone of a passport, identity card or visa: TD3 2x44, TD2 2x36, TD1 3x30,
//! lines parted by a newline (raw or as a JSON escape) or a space. All check digits must agree.
//!
//! Source: ICAO Doc 9303 parts 3 to 7: weights 7 3 1, A = 10 to Z = 35, filler `<` = 0.

pub(crate) fn valid(value: &[u8]) -> bool {
    check(value).unwrap_or_default()
}

fn check(value: &[u8]) -> Option<bool> {
    let kind = *value.first()?;
    for (width, count) in [(44, 2), (36, 2), (30, 3)] {
        let mut lines: [&[u8]; 3] = [&[]; 3];
        let Some(()) = split(value, width, lines.get_mut(..count)?) else {
            continue;
        };
        let [first, second, third] = lines;
        return Some(match (width, kind) {
            (44, b'P') => {
                // An unused personal number may carry a filler for its check digit.
                let personal = second.get(28..42)?;
                let unused = personal.iter().all(|&byte| byte == b'<') && second.get(42)? == &b'<';
                (unused || agrees(&[personal], second.get(42)?))
                    && document(second)?
                    && composite(second, 43)?
            }
            (36, b'A' | b'C' | b'I' | b'P') => document(second)? && composite(second, 35)?,
            // Visas have no composite digit.
            (44 | 36, b'V') => document(second)?,
            (30, b'A' | b'C' | b'I') => card(first, second, third)?,
            _ => false,
        });
    }
    None
}

// Cuts exactly `lines.len()` lines of `width` machine-readable characters.
fn split<'v>(value: &'v [u8], width: usize, lines: &mut [&'v [u8]]) -> Option<()> {
    let mut rest = value;
    for (place, line) in lines.iter_mut().enumerate() {
        if place > 0 {
            let breaks: [&[u8]; 5] = [b"\r\n", b"\n", b"\\r\\n", b"\\n", b" "];
            rest = breaks.iter().find_map(|text| rest.strip_prefix(*text))?;
        }
        let (head, tail) = rest.split_at_checked(width)?;
        let readable = |byte: &u8| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'<');
        if !head.iter().all(readable) {
            return None;
        }
        (*line, rest) = (head, tail);
    }
    rest.is_empty().then_some(())
}

// Number, birth and expiry of the second line of TD3, TD2 and visas.
fn document(line: &[u8]) -> Option<bool> {
    Some(
        agrees(&[line.get(..9)?], line.get(9)?)
            && agrees(&[line.get(13..19)?], line.get(19)?)
            && agrees(&[line.get(21..27)?], line.get(27)?),
    )
}

fn composite(line: &[u8], last: usize) -> Option<bool> {
    let parts = [line.get(..10)?, line.get(13..20)?, line.get(21..last)?];
    Some(agrees(&parts, line.get(last)?))
}

fn card(first: &[u8], second: &[u8], _names: &[u8]) -> Option<bool> {
    // A filler here means the number goes on in the optional field; the composite covers it.
    let number_ok = first.get(14)? == &b'<' || agrees(&[first.get(5..14)?], first.get(14)?);
    let parts = [
        first.get(5..30)?,
        second.get(..7)?,
        second.get(8..15)?,
        second.get(18..29)?,
    ];
    Some(
        number_ok
            && agrees(&[second.get(..6)?], second.get(6)?)
            && agrees(&[second.get(8..14)?], second.get(14)?)
            && agrees(&parts, second.get(29)?),
    )
}

fn agrees(parts: &[&[u8]], check: &u8) -> bool {
    let bytes = parts.iter().flat_map(|part| part.iter());
    let weighted = bytes
        .zip([7, 3, 1].iter().cycle())
        .map(|(&byte, weight)| match byte {
            b'0'..=b'9' => u32::from(byte - b'0') * weight,
            b'A'..=b'Z' => u32::from(byte - b'A' + 10) * weight,
            _ => 0,
        });
    weighted.sum::<u32>() % 10 + u32::from(b'0') == u32::from(*check)
}

#[cfg(test)]
mod tests {
    use super::valid;

    const TD3: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n\
        L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    const TD2: &str = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n\
        D231458907UTO7408122F1204159<<<<<<<6";
    const TD1: &str = "I<UTOD231458907<<<<<<<<<<<<<<<\n\
        7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    const VISA: &str = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n\
        L8988901C4XXX4009078F96121096ZE184226B<<<<<<";

    #[test]
    fn vectors() {
        for good in [TD3, TD2, TD1, VISA] {
            assert!(valid(good.as_bytes()), "{good}");
            assert!(valid(good.replace('\n', "\r\n").as_bytes()), "{good}");
            assert!(valid(good.replace('\n', "\\n").as_bytes()), "{good}");
        }
        let filler = format!("{}\n{}", "X".repeat(44), "Y".repeat(44));
        for bad in [
            &TD3.replace("C36U", "C37U"),
            "P<UTO",
            &filler,
            &TD3.replace('\n', ""),
            &TD1.replace("<6\n", "<7\n"),
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn every_checked_digit_matters() {
        let checked = (0..10).chain(13..20).chain(21..28).map(|place| 45 + place);
        for place in checked {
            let mut value = TD3.as_bytes().to_vec();
            value[place] = if value[place] == b'5' { b'6' } else { b'5' };
            assert!(!valid(&value), "{place}");
        }
    }
}
