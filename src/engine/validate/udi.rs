//! Unique device identifier on a medical device label, in the three issuing agencies' forms: GS1
//! `(01)` GTIN with production data, HIBCC `+...` with a mod 43 character, ICCBBA `=/...`.
//!
//! Source: FDA "UDI formats by FDA-accredited issuing agency"; GS1 General Specifications;
//! ANSI/HIBC 2; ISBT 128 ST-011.

use super::digits::{number, only_digits, weighted};

pub(crate) fn valid(value: &[u8]) -> bool {
    match value {
        [b'+', ..] => hibcc(value),
        [b'=', b'/', rest @ ..] => iccbba(rest),
        _ => gs1(value),
    }
}

fn gs1(value: &[u8]) -> bool {
    let Some((gtin, mut rest)) = value
        .strip_prefix(b"(01)")
        .and_then(|r| r.split_at_checked(14))
    else {
        return false;
    };
    // Check digit included: the weights put 1 on it.
    if !only_digits(gtin, 14..=14) || !weighted(gtin, &[3, 1]).is_multiple_of(10) {
        return false;
    }
    while let [b'(', inner @ ..] = rest {
        let mut halves = inner.splitn(2, |&byte| byte == b')');
        let (Some(code), Some(after)) = (halves.next(), halves.next()) else {
            return false;
        };
        let end = after
            .iter()
            .position(|&byte| byte == b'(')
            .unwrap_or(after.len());
        let (data, tail) = after.split_at(end);
        let printable = data.iter().all(u8::is_ascii_graphic);
        let data_ok = match code {
            b"11" | b"17" => only_digits(data, 6..=6) && date_ok(data),
            _ => only_digits(code, 2..=4) && printable && (1..=90).contains(&data.len()),
        };
        if !data_ok {
            return false;
        }
        rest = tail;
    }
    rest.is_empty()
}

// YYMMDD, where day 00 means the whole month.
fn date_ok(date: &[u8]) -> bool {
    let part = |range| date.get(range).map_or(99, number);
    (1..=12).contains(&part(2..4)) && part(4..6) <= 31
}

fn hibcc(value: &[u8]) -> bool {
    const SYMBOLS: &[u8; 43] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";
    let place = |byte: &u8| SYMBOLS.iter().position(|symbol| symbol == byte);
    let [b'+', maker, .., check] = value else {
        return false;
    };
    let body = value.get(..value.len() - 1).unwrap_or_default();
    let sum = body
        .iter()
        .try_fold(0, |sum, byte| Some(sum + place(byte)?));
    (8..=80).contains(&value.len())
        && maker.is_ascii_uppercase()
        && sum.is_some_and(|sum| place(check) == Some(sum % 43))
}

// Facility (5), product code (6), product description (5), then further data structures.
fn iccbba(rest: &[u8]) -> bool {
    let upper = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let Some((code, tail)) = rest.split_at_checked(16) else {
        return false;
    };
    matches!(code, [b'A'..=b'Z', ..])
        && code.iter().all(upper)
        && matches!(tail, [] | [b'=' | b'&', ..])
        && tail.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn vectors() {
        for good in [
            "(01)00844588003288(17)141120(10)7654321D(21)10987654d321",
            "(01)00000000000000(21)ABC123",
            "(01)12345678901231(17)300101",
            "+A123BJC5D6E71G",
            "=/A9999XYZ100T0944=,000025=A99971312345600",
        ] {
            assert!(valid(good.as_bytes()), "{good}");
        }
        for bad in [
            "(01)00844588003289(17)141120",
            "(02)00844588003288",
            "(01)0084458800328",
            "(01)00844588003288(17)141320",
            "(01)00844588003288(10)",
            "(01)00844588003288(",
            "+A123BJC5D6E71H",
            "+A123BJC5D6F71G",
            "=/A9999XYZ",
            "+",
            "",
        ] {
            assert!(!valid(bad.as_bytes()), "{bad}");
        }
    }
}
