//! Values of the generic kinds, contact and network.
//!
//! Formats: catalogue section 1 (RFC 5322, E.164, NANP, RFC 4291, IEEE 802, RFC 3986, RFC 6265).
//! Numbers come from the documentation and fiction ranges where one exists.

use super::rng::Rng;
use super::values::{Kind, Make, Value, family, fill, given, text_of};

const PHONE_KEYS: &[&str] = &[
    "phone",
    "phone_number",
    "telephone",
    "mobile",
    "mobile_number",
    "cell_phone",
    "fax",
    "fax_number",
    "home_phone",
    "work_phone",
    "caller_id",
];
const IP_KEYS: &[&str] = &["ip", "ip_address", "client_ip", "remote_addr", "x_forwarded_for", "x_real_ip", "src_ip", "dst_ip", "peer_ip"];

pub(crate) const KINDS: &[Kind] = &[
    Kind::structured(
        "email",
        &["email", "email_address", "mail", "contact_email", "recipient", "reply_to", "to_address"],
        Make::With(email),
    ),
    Kind::structured("phone_e164", PHONE_KEYS, Make::With(phone_e164)),
    Kind::structured("phone_nanp", PHONE_KEYS, Make::With(phone_nanp)),
    Kind::keyed("phone_national_eu", PHONE_KEYS, Make::With(phone_national_eu)),
    Kind::structured("ip_v4", IP_KEYS, Make::With(ip_v4)),
    Kind::structured("ip_v6", IP_KEYS, Make::With(ip_v6)),
    Kind::structured("mac_address", &["mac", "mac_address", "hwaddr", "bssid"], Make::With(mac_address)),
    Kind::structured("url_credentials", &[], Make::With(url_credentials)),
    Kind::structured("url_with_ids", &["url", "referer", "redirect_uri", "callback_url"], Make::With(url_with_ids)),
    Kind::keyed(
        "session_cookie",
        &["cookie", "set_cookie", "session_id", "sessionid", "jsessionid", "phpsessid"],
        Make::With(session_cookie),
    ),
];

fn word(rng: &mut Rng) -> &'static str {
    rng.pick(&["river", "stone", "maple", "orbit", "cedar", "lumen", "delta", "quartz", "harbor", "pixel"])
}

/// A user name made of an invented name.
pub(crate) fn handle(rng: &mut Rng) -> String {
    let (first, last) = (given(rng).to_lowercase(), family(rng).to_lowercase());
    match rng.below(4) {
        0 => format!("{first}.{last}"),
        1 => format!("{first}{}", rng.digits(3)),
        2 => format!("{}{last}{}", first.chars().take(1).collect::<String>(), rng.digits(2)),
        _ => format!("{first}_{last}"),
    }
}

fn email(rng: &mut Rng, _: Option<&str>) -> Value {
    let mut local = handle(rng);
    match rng.below(10) {
        0 => local.push_str("+tag"),
        1 => local.push_str(&rng.digits(2)),
        2 => local = format!("j\u{f6}rg.{}", word(rng)),
        3 => local = local.to_uppercase(),
        4 => local = text_of(rng, "<1:a><6:i>"),
        _ => {}
    }
    let sub = word(rng);
    let domain = match rng.below(8) {
        0 => "example.org".to_owned(),
        1 => format!("{sub}.example.co.uk"),
        2 => "xn--bcher-kva.example".to_owned(),
        3 => "b\u{fc}cher.example".to_owned(),
        4 => format!("{sub}-mail.example.net"),
        5 => format!("{sub}.test"),
        _ => "example.com".to_owned(),
    };
    if rng.one_in(20) {
        return Value::whole(format!("\"{} {sub}\"@{domain}", given(rng)));
    }
    Value::whole(format!("{local}@{domain}"))
}

fn phone_e164(rng: &mut Rng, _: Option<&str>) -> Value {
    let (country, rest) = rng.pick(&[
        ("1", "415 555 01<2:d>"),
        ("1", "212 555 01<2:d>"),
        ("44", "20 7946 0<3:d>"),
        ("44", "7700 900<3:d>"),
        ("33", "1 99 00 <2:d> <2:d>"),
        ("33", "6 39 98 <2:d> <2:d>"),
        ("49", "30 23125 <3:d>"),
        ("61", "491 570 15<1:d>"),
        ("46", "70 174 06 <2:d>"),
        ("353", "20 91<1:d> <4:d>"),
        ("34", "612 <3:d> <3:d>"),
        ("31", "6 12<2:d> <4:d>"),
        ("91", "98765 <5:d>"),
        ("81", "90 1234 <4:d>"),
    ]);
    let rest = text_of(rng, rest);
    let number = match rng.below(5) {
        0 => format!("+{country} {rest}"),
        1 => format!("+{country}-{}", rest.replace(' ', "-")),
        2 => format!("+{country}.{}", rest.replace(' ', ".")),
        3 if country == "1" => {
            let (area, local) = rest.split_once(' ').unwrap_or((&rest, ""));
            format!("+1 ({area}) {}", local.replace(' ', "-"))
        }
        _ => format!("+{country}{}", rest.replace(' ', "")),
    };
    Value::whole(number)
}

fn phone_nanp(rng: &mut Rng, key: Option<&str>) -> Value {
    let code = |rng: &mut Rng| loop {
        let code = text_of(rng, "<1:9><2:d>");
        let starts_low = code.starts_with('1');
        let nine = code.chars().nth(1) == Some('9');
        if !starts_low && !nine && !code.ends_with("11") {
            return code;
        }
    };
    let area = code(rng);
    let exchange = if rng.one_in(2) { "555".to_owned() } else { code(rng) };
    let line = rng.digits(4);
    let forms = if key.is_some() { 10 } else { 8 };
    let number = match rng.below(forms) {
        0 | 1 => format!("({area}) {exchange}-{line}"),
        2 => format!("+1 {area} {exchange} {line}"),
        3 => format!("1.{area}.{exchange}.{line}"),
        4 => format!("{area}.{exchange}.{line}"),
        5 => format!("{area} {exchange} {line}"),
        6 => {
            return Value::whole(format!("{area}-{exchange}-{line}")).fixed(format!(" x{}", rng.digits(2)));
        }
        8 => format!("{area}{exchange}{line}"),
        9 => format!("1{area}{exchange}{line}"),
        _ => format!("{area}-{exchange}-{line}"),
    };
    Value::whole(number)
}

fn phone_national_eu(rng: &mut Rng, _: Option<&str>) -> Value {
    let form = rng.pick(&[
        "020 7946 0<3:d>",
        "07700 900<3:d>",
        "030 23125 <3:d>",
        "01 99 00 <2:d> <2:d>",
        "06 39 98 <2:d> <2:d>",
        "612 <3:d> <3:d>",
        "06 1234<4:d>",
        "070-174 06 <2:d>",
        "0470 12 <2:d> <2:d>",
        "044 668 <2:d> <2:d>",
        "0207946<4:d>",
        "03023125<3:d>",
        "0199001<3:d>",
    ]);
    fill(rng, form)
}

fn ip_v4(rng: &mut Rng, _: Option<&str>) -> Value {
    let net = rng.pick(&["203.0.113.", "198.51.100.", "192.0.2.", ""]);
    let address = if net.is_empty() {
        let first = rng.pick(&[23_usize, 45, 52, 81, 93, 104, 151, 185, 213]);
        format!("{first}.{}.{}.{}", rng.between(1, 254), rng.between(0, 255), rng.between(1, 254))
    } else {
        format!("{net}{}", rng.between(1, 254))
    };
    let value = Value::whole(address);
    match rng.below(8) {
        0 => value.fixed(format!(":{}", rng.between(1024, 65_000))),
        1 => value.fixed("/24"),
        _ => value,
    }
}

fn ip_v6(rng: &mut Rng, _: Option<&str>) -> Value {
    let mut group = || text_of(rng, "<1:9><1-3:h>");
    let (a, b, c, d, e) = (group(), group(), group(), group(), group());
    let address = match rng.below(7) {
        0 => format!("2001:db8::{a}"),
        1 => format!("2001:db8:{a}:0:{b}:{c}:{d}:{e}"),
        2 => format!("2001:DB8:{}::{}", a.to_uppercase(), b.to_uppercase()),
        3 => format!("::ffff:203.0.113.{}", rng.between(1, 254)),
        4 => format!("2a02:{a}:{b}::{c}:{d}"),
        5 => {
            return Value::default().fixed("[").secret(format!("2001:db8::{a}:{b}")).fixed("]");
        }
        _ => format!("2001:db8:{a}:{b}:{c}::{d}"),
    };
    Value::whole(address)
}

fn mac_address(rng: &mut Rng, _: Option<&str>) -> Value {
    let form = rng.pick(&[
        "00:00:5e:00:53:<2:h>",
        "02:<2:h>:<2:h>:<2:h>:<2:h>:<2:h>",
        "00-00-5E-00-53-<2:H>",
        "F2-<2:H>-<2:H>-<2:H>-<2:H>-<2:H>",
        "0000.5e00.53<2:h>",
        "02<2:h>.<4:h>.<4:h>",
    ]);
    fill(rng, form)
}

fn url_credentials(rng: &mut Rng, _: Option<&str>) -> Value {
    let scheme = rng.pick(&["https", "http", "ftp", "postgres", "mysql", "amqp"]);
    let password = text_of(rng, "<8-14:n>");
    let password = if rng.one_in(4) { format!("{password}%40{}", rng.digits(1)) } else { password };
    let host = rng.pick(&["example.com/path", "db.example.net:5432/main", "files.example.org/a/b.txt"]);
    Value::default().fixed(format!("{scheme}://")).secret(format!("{}:{password}", handle(rng))).fixed(format!("@{host}"))
}

fn url_with_ids(rng: &mut Rng, _: Option<&str>) -> Value {
    let form = rng.pick(&[
        "https://example.com/reset?token=«<12-24:n>»",
        "/v1/p?patient_id=«<7:d>»&x=1",
        "https://a.example/?ssn=«<9:d>»&page=2",
        "https://example.com/cb?code=«<20:n>»&state=ok",
        "https://app.example.com/login?session=«<24:h>»",
        "https://example.com/api?access_token=«<30:n>»",
        "/lookup?mrn=«<8:d>»&view=short",
        "https://example.com/v?api_key=«<24:h>»",
        "https://example.com/p?page=1&phone=«415555<4:d>»",
        "https://a.example/?email=«user<3:d>%40example.com»",
        "https://example.com/patients/«<7:d>»/chart",
    ]);
    fill(rng, form)
}

fn session_cookie(rng: &mut Rng, key: Option<&str>) -> Value {
    let forms: &[&str] = match key {
        Some("cookie") => &["session=«<20:n>»", "sid=«<32:h>»; theme=dark", "connect.sid=«<24:n>»"],
        Some("set_cookie") => &["sid=«<16:h>»; HttpOnly", "PHPSESSID=«<26:i>»; Path=/", "JSESSIONID=«<16:H>»"],
        Some("jsessionid") => &["<32:H>", "<16:H>"],
        _ => &["<26:i>", "<32:h>", "<20:n>"],
    };
    let form = rng.pick(forms);
    fill(rng, form)
}
