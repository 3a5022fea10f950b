//! Values of the generic kinds, devices and vehicles.
//!
//! Formats: catalogue section 1 (RFC 9562 UUID, 3GPP TS 23.003, ITU-T E.118, ISO 3779, PNG JPEG GIF).
//! Identifiers are random with a right check digit.

use super::checks::{base64, luhn_digit, symbol, weighted};
use super::rng::Rng;
use super::values::{Kind, Make, Value, fill, text_of, uuid};

pub(crate) const KINDS: &[Kind] = &[
    Kind::keyed(
        "uuid_user_id",
        &["user_id", "userid", "account_id", "customer_id", "person_id", "client_uuid"],
        Make::With(|rng, _| uuid_value(rng)),
    ),
    Kind::keyed(
        "advertising_device_id",
        &["idfa", "idfv", "gaid", "aaid", "android_id", "advertising_id", "machine_id", "fingerprint", "visitor_id", "device_id"],
        Make::With(advertising_device_id),
    ),
    Kind::keyed("imei", &["imei"], Make::With(imei)),
    Kind::keyed("imsi", &["imsi"], Make::With(imsi)),
    Kind::structured("iccid", &["iccid"], Make::With(iccid)),
    Kind::structured("vin", &["vin", "vehicle_id", "chassis"], Make::With(vin)),
    Kind::keyed(
        "licence_plate",
        &["license_plate", "licence_plate", "plate", "plate_number"],
        Make::Of(&[
            "<2:A><2:d> <3:A>",
            "<2:A>-<3:d>-<2:A>",
            "<1:A>-<2:A> <4:d>",
            "<4:d> BCD",
            "<2:A> <3:d> <2:A>",
            "<2:A><2:d><2:A><4:d>",
            "<3:A><4:d>",
            "<3:A>-<4:d>",
        ]),
    ),
    Kind::structured(
        "image_or_biometric_blob",
        &["photo", "face_image", "portrait", "avatar_data", "fingerprint_template", "voiceprint"],
        Make::With(image_blob),
    ),
];

fn uuid_value(rng: &mut Rng) -> Value {
    let id = uuid(rng);
    Value::whole(if rng.one_in(4) { id.to_uppercase() } else { id })
}

fn advertising_device_id(rng: &mut Rng, key: Option<&str>) -> Value {
    match key {
        Some("android_id") => fill(rng, "<16:h>"),
        Some("machine_id" | "fingerprint") => fill(rng, "<32:h>"),
        Some("visitor_id") => fill(rng, "<20:n>"),
        _ => uuid_value(rng),
    }
}

fn imei(rng: &mut Rng, _: Option<&str>) -> Value {
    let body = format!("{}{}", rng.pick(&["35", "86", "01", "49"]), rng.digits(12));
    let check = luhn_digit(&body);
    let (tac, serial) = body.split_at_checked(8).unwrap_or((&body, ""));
    let (report, model) = tac.split_at_checked(2).unwrap_or((tac, ""));
    Value::whole(match rng.below(4) {
        0 => format!("{tac}-{serial}-{check}"),
        1 => format!("{report}-{model}-{serial}-{check}"),
        _ => format!("{body}{check}"),
    })
}

fn imsi(rng: &mut Rng, _: Option<&str>) -> Value {
    let form = rng.pick(&["310010<9:d>", "26201<10:d>", "901700<9:d>", "23410<10:d>", "20801<10:d>", "24001<9:d>"]);
    fill(rng, form)
}

fn iccid(rng: &mut Rng, _: Option<&str>) -> Value {
    let form = rng.pick(&["8944<14:d>", "8901410<11:d>", "8949<15:d>", "8933<14:d>"]);
    let body = text_of(rng, form);
    Value::whole(format!("{body}{}", luhn_digit(&body)))
}

fn vin(rng: &mut Rng, _: Option<&str>) -> Value {
    const WEIGHTS: &[usize] = &[8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let maker = rng.pick(&["1M8", "1HG", "JTD", "WVW", "1FA", "5YJ", "2T1", "WAU"]);
    let body = rng.chars("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", 5);
    let year = rng.chars("ABCDEFGHJKLMNPRSTVWXY123456789", 1);
    let tail = format!("{year}{}{}", rng.chars("ABCDEFGHJKLMNPRSTUVWXYZ", 1), rng.digits(6));
    let plain: String = format!("{maker}{body}0{tail}").chars().map(vin_digit).collect();
    let check = symbol("0123456789X", weighted(&plain, WEIGHTS) % 11);
    Value::whole(format!("{maker}{body}{check}{tail}"))
}

/// Transliteration of one VIN character to a digit.
fn vin_digit(c: char) -> char {
    match c {
        'A' | 'J' => '1',
        'B' | 'K' | 'S' => '2',
        'C' | 'L' | 'T' => '3',
        'D' | 'M' | 'U' => '4',
        'E' | 'N' | 'V' => '5',
        'F' | 'W' => '6',
        'G' | 'P' | 'X' => '7',
        'H' | 'Y' => '8',
        'R' | 'Z' => '9',
        digit => digit,
    }
}

fn image_blob(rng: &mut Rng, key: Option<&str>) -> Value {
    let magic: &[u8] = rng.pick(&[&[0x89_u8, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a][..], &[0xff, 0xd8, 0xff, 0xe0], b"GIF89a"]);
    let mut bytes = magic.to_vec();
    let more = rng.between(210, 400);
    bytes.extend(rng.bytes(more));
    let body = base64(&bytes);
    if key.is_some() || rng.one_in(3) {
        return Value::whole(body);
    }
    let media = match magic.first() {
        Some(0x89) => "png",
        Some(0xff) => "jpeg",
        _ => "gif",
    };
    Value::default().fixed(format!("data:image/{media};base64,")).secret(body)
}
