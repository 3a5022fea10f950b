//! Phone number of the North American plan: area code, exchange, line, optional +1 and extension.
//!
//! Area code and exchange start with 2-9 and do not end in 11; the second digit of an area code is
//! never 9. Ten bare digits pass: the caller wants a key for those, since ids look the same.
//! Source: NANPA numbering rules (ATIS-0300051), NXX 555-0100 to 0199 being fictional.

use super::cursor::Cursor;

/// True for one number such as `(415) 555-0123` or `+1 212 555 0147 x42`.
pub(crate) fn valid(value: &[u8]) -> bool {
    parse(value).is_some()
}

fn parse(value: &[u8]) -> Option<()> {
    let mut cursor = Cursor::new(value);
    let plus = cursor.eat(b'+');
    let country = cursor.eat(b'1');
    if plus && !country {
        return None;
    }
    if country {
        cursor.eat_sep(b" .-");
    }
    let paren = cursor.eat(b'(');
    area_or_exchange(&mut cursor, 8)?;
    if paren && !cursor.eat(b')') {
        return None;
    }
    let first = cursor.eat_sep(b" .-");
    area_or_exchange(&mut cursor, 9)?;
    let second = cursor.eat_sep(b" .-");
    // `415 555-0123` and `(415) 555-0123` are usual; other mixtures are two numbers side by side.
    if !paren && first != second && (first, second) != (Some(b' '), Some(b'-')) {
        return None;
    }
    digits(&mut cursor, 4)?;
    if !cursor.done() {
        extension(&mut cursor)?;
    }
    cursor.done().then_some(())
}

fn digits(cursor: &mut Cursor<'_>, count: usize) -> Option<()> {
    (0..count).try_for_each(|_| cursor.eat_if(|b| b.is_ascii_digit()).map(drop))
}

/// Three digits: 2-9, then 0 to `middle`, then any, but not `x11`.
fn area_or_exchange(cursor: &mut Cursor<'_>, middle: u8) -> Option<()> {
    cursor.eat_if(|b| (b'2'..=b'9').contains(&b))?;
    let second = cursor.eat_if(|b| (b'0'..=b'0' + middle).contains(&b))?;
    let third = cursor.eat_if(|b| b.is_ascii_digit())?;
    (second != b'1' || third != b'1').then_some(())
}

fn extension(cursor: &mut Cursor<'_>) -> Option<()> {
    cursor.eat(b',');
    cursor.eat(b' ');
    let words: [&[u8]; 5] = [b"extension", b"ext.", b"ext", b"x", b"#"];
    words
        .iter()
        .any(|word| cursor.eat_word(word))
        .then_some(())?;
    cursor.eat_any(b" :.");
    cursor.number(1, 6).map(drop)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "(415) 555-0123",
            "415-555-0123",
            "+1 212 555 0147",
            "1.800.555.0199",
            "415-555-0123 x42",
            "4155550123",
            "14155550123",
            "+1 (415) 555-0123",
            "(415)555-0123",
            "415 555-0123",
            "415-555-0123, ext. 7",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "115-555-0123",
            "415-155-0123",
            "911-555-0123",
            "415-911-0123",
            "415-555-012",
            "1700000000",
            "2024-555-0100",
            "415-555.0123",
            "(415 555-0123",
            "415-555-01234",
            "+415-555-0123",
            "495-555-0123",
            "415-555-0123 x",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn every_area_code_and_exchange() {
        for n in 0..1000 {
            let (a, b, c) = (n / 100, n / 10 % 10, n % 10);
            let exchange = a >= 2 && !(b == 1 && c == 1);
            assert_eq!(valid(format!("415-{n:03}-0123").as_bytes()), exchange);
            assert_eq!(
                valid(format!("{n:03}-555-0123").as_bytes()),
                exchange && b != 9
            );
        }
    }
}
