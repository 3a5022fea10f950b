//! Coordinates rounded to one decimal, about 11 km of latitude.
//!
//! Decimal numbers alone, in pairs, in `geo:` URIs (RFC 5870; what follows the pair goes) and in
//! WKT points. Degrees with minutes, plus codes and geohashes are not rounded but masked whole.

use crate::engine::validate::cursor::Cursor;

/// Writes the rounded form.
pub(super) fn write(value: &[u8], out: &mut Vec<u8>) -> bool {
    let mut cursor = Cursor::new(value);
    if cursor.eat_word(b"geo:") {
        out.extend_from_slice(b"geo:");
        let rounded = number(&mut cursor, 90, out) && between(&mut cursor, b",", out) && number(&mut cursor, 180, out);
        return rounded && matches!(cursor.rest().first(), None | Some(b',' | b';' | b'?'));
    }
    if cursor.eat_word(b"point") {
        out.extend_from_slice(b"POINT");
        between(&mut cursor, b" ", out);
        return between(&mut cursor, b"(", out)
            && number(&mut cursor, 180, out)
            && between(&mut cursor, b" ", out)
            && number(&mut cursor, 90, out)
            && between(&mut cursor, b")", out)
            && cursor.done();
    }
    if !number(&mut cursor, 180, out) {
        return false;
    }
    if cursor.done() {
        return true;
    }
    let comma = between(&mut cursor, b",", out);
    let space = between(&mut cursor, b" ", out);
    (comma || space) && number(&mut cursor, 180, out) && cursor.done()
}

fn between(cursor: &mut Cursor<'_>, sign: &[u8; 1], out: &mut Vec<u8>) -> bool {
    let found = cursor.eat_any(sign).is_some();
    if found {
        out.extend_from_slice(sign);
    }
    found
}

/// Rounds one number away from zero at five; whole degrees stay whole.
fn number(cursor: &mut Cursor<'_>, limit: u32, out: &mut Vec<u8>) -> bool {
    if let Some(sign) = cursor.eat_any(b"+-") {
        out.push(sign);
    }
    let Some(whole) = cursor.number(1, 3) else { return false };
    if !cursor.eat(b'.') {
        out.extend_from_slice(whole.to_string().as_bytes());
        return whole <= limit;
    }
    let decimals = cursor.take_while(|byte| byte.is_ascii_digit());
    let Some(first) = decimals.first() else { return false };
    let up = decimals.get(1).is_some_and(|second| *second >= b'5');
    let tenths = whole * 10 + u32::from(first - b'0') + u32::from(up);
    out.extend_from_slice(format!("{}.{}", tenths / 10, tenths % 10).as_bytes());
    tenths <= limit * 10
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn vectors() {
        for (text, expected) in [
            ("51.5014", "51.5"),
            ("-0.1419", "-0.1"),
            ("-0.0419", "-0.0"),
            ("51.5014, -0.1419", "51.5, -0.1"),
            ("-33.8688,151.2093", "-33.9,151.2"),
            ("51.4779 -0.0015", "51.5 -0.0"),
            ("89.9999,179.9999", "90.0,180.0"),
            ("geo:48.2010,16.3695;u=40", "geo:48.2,16.4"),
            ("POINT(16.3695 48.2010)", "POINT(16.4 48.2)"),
            ("51", "51"),
            ("51.", ""),
            ("181.1234", ""),
            ("1.2, 3.4, 5.6", ""),
            ("u4pruyd9", ""),
            ("8FVC9G8F+6W", ""),
            ("51\u{b0}28\u{2032}38\u{2033}N", ""),
            ("geo:abc", ""),
            ("POINT(48.2010)", ""),
        ] {
            let mut out = Vec::new();
            assert_eq!(write(text.as_bytes(), &mut out), !expected.is_empty(), "{text}");
            if !expected.is_empty() {
                assert_eq!(String::from_utf8(out.clone()).unwrap(), expected, "{text}");
                let mut twice = Vec::new();
                assert!(write(&out, &mut twice));
                assert_eq!(out, twice);
            }
        }
    }
}
