//! Values of the financial kinds: cards, bank accounts, crypto.
//!
//! Formats: catalogue section 2 (ISO/IEC 7812 and 7813, ISO 13616 with the
//! registry's BBAN structures, ISO 9362, ABA, CLABE, CBU, base58check, BIP 173
//! and 350). Card numbers are random inside a brand's range; none is issued to
//! anyone on purpose.

use super::checks::{base58check, bech32, eip55, luhn_digit, mod97, weighted};
use super::rng::Rng;
use super::values::{Kind, Make, Value, family, given, text_of};

const CARD_KEYS: &[&str] = &["card_number", "cardnumber", "cc_number", "credit_card", "pan", "card_no"];

pub(crate) const KINDS: &[Kind] = &[
    Kind::structured("pan", CARD_KEYS, Make::With(pan)),
    Kind::structured("pan_track_data", &[], Make::With(track)),
    Kind::keyed("cvv", &["cvv", "cvc", "cvv2", "cvc2", "card_code", "security_code"], Make::Of(&["<3:d>", "<4:d>", "<3:d>"])),
    Kind::keyed("pin_block", &["pin_block", "pinblock", "encrypted_pin", "pin_data"], Make::Of(&["04<14:h>", "3<15:h>", "<32:h>"])),
    Kind::keyed("card_expiry", &["exp_date", "expiry", "card_expiry"], Make::With(card_expiry)),
    Kind::structured("iban", &["iban"], Make::With(iban)),
    Kind::keyed("swift_bic", &["bic", "swift", "swift_code"], Make::With(swift_bic)),
    Kind::keyed("us_aba_routing", &["routing_number", "aba", "aba_number", "rtn"], Make::With(aba)),
    Kind::keyed(
        "bank_account_us",
        &["account_number", "acct_no", "bank_account", "account_no", "acct"],
        Make::Of(&["<8:d>", "000<9:d>", "<1:9><11:d>", "<1:9><15:d>", "<1:9><6:d>"]),
    ),
    Kind::keyed("bank_account_gb", &["sort_code"], Make::Of(&["<2:d>-<2:d>-<2:d> <8:d>", "<2:d>-<2:d>-<2:d>, <8:d>", "<2:d>-<2:d>-<2:d>"])),
    // The next four have no key in section 9; the keys are the row's own words.
    Kind::keyed("bank_account_mx_clabe", &["clabe"], Make::With(clabe)),
    Kind::structured("bank_account_ar_cbu", &["cbu"], Make::With(cbu)),
    Kind::keyed("bank_account_in", &["ifsc"], Make::Of(&["<4:A>0<6:d>", "<4:A>0<3:A><3:d>"])),
    Kind::keyed("bank_account_au", &["bsb"], Make::Of(&["0<2:d>-<3:d> <8:d>", "0<2:d>-<3:d> <6:d>", "<3:d>-<3:d>, <9:d>"])),
    Kind::structured("crypto_btc_address", &["wallet", "wallet_address", "btc_address"], Make::With(btc)),
    Kind::structured("crypto_eth_address", &["wallet", "wallet_address"], Make::With(eth)),
    Kind::structured("crypto_private_key", &["private_key"], Make::With(crypto_private_key)),
];

/// Brand prefixes and lengths (section 2.1); UATP is off by default.
const BRANDS: &[(&str, usize)] = &[
    ("4", 16),
    ("4", 16),
    ("4", 13),
    ("4", 19),
    ("51", 16),
    ("53", 16),
    ("55", 16),
    ("2221", 16),
    ("2500", 16),
    ("2720", 16),
    ("34", 15),
    ("37", 15),
    ("6011", 16),
    ("644", 16),
    ("65", 16),
    ("622126", 16),
    ("300", 14),
    ("305", 14),
    ("36", 14),
    ("3095", 14),
    ("38", 14),
    ("3528", 16),
    ("3589", 16),
    ("62", 16),
    ("62", 19),
    ("81", 16),
    ("6759", 16),
    ("5018", 16),
    ("6304", 19),
    ("2200", 16),
    ("2204", 16),
    ("60", 16),
    ("508", 16),
    ("506699", 16),
    ("650031", 16),
    ("5061", 16),
    ("9792", 16),
];

/// A bare card number with a right Luhn digit.
pub(crate) fn card(rng: &mut Rng) -> String {
    let (prefix, length) = rng.pick(BRANDS);
    let body = format!("{prefix}{}", rng.digits(length - 1 - prefix.len()));
    format!("{body}{}", luhn_digit(&body))
}

fn grouped(digits: &str, sizes: &[usize], separator: &str) -> String {
    let mut left = digits;
    let mut groups = Vec::new();
    for size in sizes.iter().cycle() {
        let Some((head, tail)) = left.split_at_checked(*size) else {
            break;
        };
        groups.push(head);
        left = tail;
    }
    if !left.is_empty() {
        groups.push(left);
    }
    groups.retain(|g| !g.is_empty());
    groups.join(separator)
}

fn pan(rng: &mut Rng, _: Option<&str>) -> Value {
    let number = card(rng);
    let separator = rng.pick(&["", " ", "-", ""]);
    let sizes: &[usize] = match number.len() {
        15 => &[4, 6, 5],
        14 => &[4, 6, 4],
        13 => return Value::whole(number),
        _ => &[4],
    };
    Value::whole(grouped(&number, sizes, separator))
}

fn track(rng: &mut Rng, _: Option<&str>) -> Value {
    let number = card(rng);
    let expiry = format!("{}{:02}", rng.between(26, 34), rng.between(1, 12));
    let tail = text_of(rng, "<1:9>01<8:d>");
    Value::whole(match rng.below(3) {
        0 => format!("%B{number}^{}/{}^{expiry}{tail}?", family(rng).to_uppercase(), given(rng).to_uppercase()),
        1 => format!(";{number}={expiry}{tail}?"),
        _ => format!("{number}D{expiry}{tail}"),
    })
}

fn card_expiry(rng: &mut Rng, _: Option<&str>) -> Value {
    let (month, year) = (rng.between(1, 12), rng.between(25, 36));
    Value::whole(match rng.below(4) {
        0 => format!("{month:02}-20{year}"),
        1 => format!("{month:02}{year}"),
        2 => format!("{month:02}/20{year}"),
        _ => format!("{month:02}/{year}"),
    })
}

/// Country and BBAN structure as a template, from the SWIFT registry.
const IBANS: &[(&str, &str)] = &[
    ("GB", "<4:A><14:d>"),
    ("DE", "<18:d>"),
    ("FR", "<10:d><11:I><2:d>"),
    ("NL", "<4:A><10:d>"),
    ("ES", "<20:d>"),
    ("IT", "<1:A><10:d><12:I>"),
    ("BE", "<12:d>"),
    ("NO", "<11:d>"),
    ("PL", "<24:d>"),
    ("CH", "<5:d><12:I>"),
    ("AT", "<16:d>"),
    ("SE", "<20:d>"),
    ("DK", "<14:d>"),
    ("IE", "<4:A><14:d>"),
    ("PT", "<21:d>"),
    ("LU", "<3:d><13:I>"),
    ("MT", "<4:A><5:d><18:I>"),
    ("SA", "<2:d><18:I>"),
    ("AE", "<19:d>"),
    ("TR", "<6:d><16:I>"),
    ("QA", "<4:A><21:I>"),
    ("KW", "<4:A><22:I>"),
    ("FI", "<14:d>"),
    ("GR", "<7:d><16:I>"),
    ("BR", "<23:d><1:A><1:I>"),
];

fn iban(rng: &mut Rng, _: Option<&str>) -> Value {
    let (country, structure) = rng.pick(IBANS);
    let bban = text_of(rng, structure);
    let check = 98 - mod97(&format!("{bban}{country}00"));
    let plain = format!("{country}{check:02}{bban}");
    let separator = rng.pick(&["", "", " ", " ", "-"]);
    Value::whole(grouped(&plain, &[4], separator))
}

fn swift_bic(rng: &mut Rng, _: Option<&str>) -> Value {
    let country = rng.pick(&["DE", "US", "FR", "GB", "NL", "CH", "IT", "ES", "SE", "JP"]);
    let bank = text_of(rng, "<4:A>");
    let place = text_of(rng, "<1:A><1:I>");
    let branch = if rng.one_in(2) { text_of(rng, "<3:d>") } else { String::new() };
    Value::whole(format!("{bank}{country}{place}{branch}"))
}

fn aba(rng: &mut Rng, _: Option<&str>) -> Value {
    let prefix = match rng.below(4) {
        0 => rng.between(1, 12),
        1 => rng.between(21, 32),
        2 => rng.between(61, 72),
        _ => 11,
    };
    let body = format!("{prefix:02}{}", rng.digits(6));
    let check = (10 - weighted(&body, &[3, 7, 1]) % 10) % 10;
    let (district, bank) = body.split_at_checked(4).unwrap_or((&body, ""));
    Value::whole(if rng.one_in(6) { format!("{district}-{bank}-{check}") } else { format!("{body}{check}") })
}

fn clabe(rng: &mut Rng, _: Option<&str>) -> Value {
    let bank = rng.pick(&["002", "012", "032", "014", "072"]);
    let body = format!("{bank}180{}", rng.digits(11));
    let sum: usize = body
        .chars()
        .filter_map(|c| c.to_digit(10))
        .zip([3, 7, 1].into_iter().cycle())
        .map(|(d, w)| usize::try_from(d * w % 10).unwrap_or(0))
        .sum();
    Value::whole(format!("{body}{}", (10 - sum % 10) % 10))
}

fn cbu(rng: &mut Rng, _: Option<&str>) -> Value {
    let check = |body: &str, weights: &[usize]| (10 - weighted(body, weights) % 10) % 10;
    let (bank, account) = (format!("{}{}", rng.pick(&["285", "011", "017", "191"]), rng.digits(4)), rng.digits(13));
    let first = check(&bank, &[7, 1, 3, 9, 7, 1, 3]);
    let second = check(&account, &[3, 9, 7, 1]);
    Value::whole(format!("{bank}{first}{account}{second}"))
}

fn btc(rng: &mut Rng, _: Option<&str>) -> Value {
    const BECH32M: u32 = 0x2bc8_30a3;
    let hash = rng.bytes(20);
    Value::whole(match rng.below(5) {
        0 => base58check(&[vec![0], hash].concat()),
        1 => base58check(&[vec![5], hash].concat()),
        2 => bech32("bc", Some(0), &rng.bytes(32), 1),
        3 => bech32("bc", Some(1), &rng.bytes(32), BECH32M),
        _ => bech32("bc", Some(0), &hash, 1),
    })
}

/// Lower case, upper case, or the mixed case of EIP-55.
fn eth(rng: &mut Rng, _: Option<&str>) -> Value {
    let lower = text_of(rng, "<40:h>");
    Value::whole(match rng.below(3) {
        0 => format!("0x{lower}"),
        1 => format!("0x{}", lower.to_uppercase()),
        _ => format!("0x{}", eip55(&lower)),
    })
}

fn crypto_private_key(rng: &mut Rng, key: Option<&str>) -> Value {
    let secret = rng.bytes(32);
    let forms = if key.is_some() { 4 } else { 3 };
    Value::whole(match rng.below(forms) {
        0 => base58check(&[vec![0x80], secret].concat()),
        1 => base58check(&[vec![0x80], secret, vec![1]].concat()),
        // Version, depth 0 with no parent, chain code, 0 and the key (BIP 32).
        2 => base58check(&[vec![0x04, 0x88, 0xad, 0xe4], vec![0; 9], rng.bytes(32), vec![0], secret].concat()),
        _ => text_of(rng, "<64:h>"),
    })
}
