//! Position on Earth: decimal pair, degrees-minutes-seconds, `geo:` URI, WKT point, plus code.
//!
//! A decimal pair needs four decimals on both sides (about 11 m) and |lat| <= 90, |lon| <= 180;
//! losses and embeddings look alike, so a bare pair scores low. A geohash needs its key.
//! Source: ISO 6709, RFC 5870 (`geo:`), OGC 06-103r4 (WKT), Open Location Code specification.

use super::cursor::Cursor;

/// True for one position in any of the forms.
pub(crate) fn valid(value: &[u8]) -> bool {
    let mut cursor = Cursor::new(value);
    if cursor.eat_word(b"geo:") {
        return uri(cursor).is_some();
    }
    if cursor.eat_word(b"point") {
        return wkt(cursor).is_some();
    }
    pair(cursor).is_some() || dms(cursor).is_some() || plus_code(value) || geohash(value)
}

fn pair(mut cursor: Cursor<'_>) -> Option<()> {
    decimal(&mut cursor, 90, 4)?;
    let comma = cursor.eat(b',');
    let space = cursor.eat(b' ');
    decimal(&mut cursor, 180, 4)?;
    ((comma || space) && cursor.done()).then_some(())
}

/// Reads a signed decimal with at least `places` decimals and an absolute value up to `limit`.
fn decimal(cursor: &mut Cursor<'_>, limit: u32, places: usize) -> Option<()> {
    cursor.eat_any(b"+-");
    let whole = cursor.number(1, 3)?;
    let dot = cursor.eat(b'.');
    let digit = |b: u8| b.is_ascii_digit();
    let fraction: &[u8] = if dot { cursor.take_while(digit) } else { b"" };
    let zero = fraction.iter().all(|&b| b == b'0');
    let long_enough = fraction.len() >= places && (!dot || !fraction.is_empty());
    (long_enough && (whole < limit || (whole == limit && zero))).then_some(())
}

fn uri(mut cursor: Cursor<'_>) -> Option<()> {
    decimal(&mut cursor, 90, 0)?;
    cursor.eat(b',').then_some(())?;
    decimal(&mut cursor, 180, 0)?;
    let tail = cursor.rest().first();
    (tail.is_none() || tail == Some(&b',') || tail == Some(&b';') || tail == Some(&b'?'))
        .then_some(())
}

fn wkt(mut cursor: Cursor<'_>) -> Option<()> {
    cursor.eat(b' ');
    cursor.eat(b'(').then_some(())?;
    decimal(&mut cursor, 180, 3)?; // longitude comes first
    cursor.eat(b' ').then_some(())?;
    decimal(&mut cursor, 90, 3)?;
    (cursor.eat(b')') && cursor.done()).then_some(())
}

/// `51°28′38″N 0°0′5″W`, with typographic or ASCII marks.
fn dms(mut cursor: Cursor<'_>) -> Option<()> {
    arc(&mut cursor, 90, b"NS")?;
    cursor.eat(b',');
    cursor.eat(b' ');
    arc(&mut cursor, 180, b"EWO")?;
    cursor.done().then_some(())
}

fn arc(cursor: &mut Cursor<'_>, limit: u32, sides: &[u8]) -> Option<()> {
    let degrees = cursor.number(1, 3).filter(|&d| d <= limit)?;
    cursor.eat_word("°".as_bytes()).then_some(())?;
    cursor.eat(b' ');
    cursor
        .number(1, 2)
        .filter(|&m| m < 60 && (degrees < limit || m == 0))?;
    (cursor.eat_word("′".as_bytes()) || cursor.eat(b'\'')).then_some(())?;
    cursor.eat(b' ');
    if cursor.number(1, 2).is_some_and(|s| s < 60) {
        if cursor.eat(b'.') {
            cursor.number(1, 6)?;
        }
        (cursor.eat_word("″".as_bytes()) || cursor.eat(b'"')).then_some(())?;
        cursor.eat(b' ');
    }
    cursor.eat_any(sides).map(drop)
}

/// Eight digits, `+`, two or more: the full code, not a local one.
fn plus_code(value: &[u8]) -> bool {
    let digit = |b: &u8| b"23456789CFGHJMPQRVWX".contains(b);
    let plus = value.get(8) == Some(&b'+') && (11..=16).contains(&value.len());
    plus && value.iter().enumerate().all(|(at, b)| at == 8 || digit(b))
        && value.first().is_some_and(|b| b"23456789C".contains(b))
}

/// Seven to twelve base-32 characters, letters and digits mixed.
fn geohash(value: &[u8]) -> bool {
    let letter = |b: &u8| b.is_ascii_lowercase() && !b"ailo".contains(b);
    (7..=12).contains(&value.len())
        && value.iter().all(|b| letter(b) || b.is_ascii_digit())
        && value.iter().any(letter)
        && value.iter().filter(|b| b.is_ascii_digit()).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for ok in [
            "40.7128, -74.0060",
            "-33.8688,151.2093",
            "51.4779 -0.0015",
            "90.0000,180.0000",
            "geo:48.2010,16.3695;u=40",
            "POINT(16.3695 48.2010)",
            "8FVC9G8F+6W",
            "51°28′38″N 0°0′5″W",
            "51°28'38.5\"N, 0°0'5\"W",
            "u4pruyd9",
        ] {
            assert!(valid(ok.as_bytes()), "{ok}");
        }
        for bad in [
            "91.0000, 10.0000",
            "40.71, -74.00",
            "0.1234",
            "40.7128, -181.0000",
            "90.0001,10.0000",
            "40.7128-74.0060",
            "40.7128, -74.0060, 1.0000",
            "geo:abc",
            "POINT(48.2010)",
            "1FVC9G8F+6W",
            "51°60′38″N 0°0′5″W",
            "running",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
