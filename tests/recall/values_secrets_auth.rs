//! Values of the credential kinds: HTTP, keys, passwords, checked tokens.
//!
//! Formats: catalogue section 6 (RFC 7519, 7468, 7617, 6750, 7616, 6238).
//! Tokens are filled in at run time: no file of the repository holds one.

use super::checks::{base64, base64url, bech32, crc_base62};
use super::rng::Rng;
use super::values::{Kind, Make, Value, family, fill, text_of, uuid};

const GENERIC_KEYS: &[&str] = &[
    "client_secret",
    "app_secret",
    "secret_key",
    "signing_key",
    "encryption_key",
    "api_key",
    "apikey",
    "x_api_key",
    "api_secret",
    "api_token",
    "auth_token",
    "access_token",
    "refresh_token",
    "session_token",
    "webhook_secret",
];
const PASSWORD_KEYS: &[&str] =
    &["password", "passwd", "pwd", "passphrase", "user_password", "db_password", "admin_password", "new_password", "smtp_password"];

pub(crate) const KINDS: &[Kind] = &[
    Kind::structured(
        "github_classic",
        &[],
        Make::With(|rng, _| {
            let prefix = rng.pick(&["ghp_", "gho_", "ghu_", "ghs_", "ghr_"]);
            crc_token(rng, prefix)
        }),
    ),
    Kind::structured("npm_token", &[], Make::With(|rng, _| crc_token(rng, "npm_"))),
    Kind::structured(
        "discord_bot",
        &[],
        Make::With(|rng, _| {
            let snowflake = base64(text_of(rng, "1<17:d>").as_bytes());
            Value::whole(format!("{snowflake}.{}", text_of(rng, "<6:u>.<38:u>")))
        }),
    ),
    Kind::keyed("splunk_hec_token", &["hec_token", "splunk_token", "authorization"], Make::With(splunk)),
    Kind::structured("jwt", &["id_token"], Make::With(|rng, _| Value::whole(jwt(rng)))),
    Kind::structured("pem_private_key", &["private_key", "ssh_key", "ssh_private_key", "tls_key"], Make::With(pem)),
    Kind::structured(
        "ssh_ppk_age_gpg",
        &[],
        Make::With(|rng, _| Value::whole(bech32("age-secret-key-", None, &rng.bytes(32), 1).to_uppercase())),
    ),
    Kind::structured("auth_basic", &["authorization", "proxy_authorization"], Make::With(auth_basic)),
    Kind::structured("auth_bearer", &["authorization", "proxy_authorization"], Make::With(auth_bearer)),
    Kind::structured("auth_digest_sigv4", &["authorization"], Make::With(auth_signed)),
    Kind::structured("connection_string", &["connection_string", "dsn", "database_url", "db_url"], Make::With(connection_string)),
    Kind::keyed("password_assignment", PASSWORD_KEYS, Make::Of(&["<12:n>", "<8-16:n>", "<1:l><9-15:p><1:d>", "<2:l><6:p><2:d>"])),
    Kind::keyed("high_entropy_generic", GENERIC_KEYS, Make::Of(&["<32:n>", "<24-64:n>", "<40:h>", "<40:u>", "<43:b>="])),
    Kind::structured(
        "otp_seed",
        &["mfa_secret"],
        Make::With(|rng, key| match key {
            Some(_) => fill(rng, "<32:2>"),
            None => fill(rng, "otpauth://totp/x?secret=«<32:2>»&issuer=app"),
        }),
    ),
    Kind::structured(
        "cookie_jwt_session",
        &[],
        Make::With(|rng, _| {
            let token = jwt(rng);
            let before = rng.pick(&["Set-Cookie: token=", "Cookie: session=", "Set-Cookie: auth="]);
            Value::default().fixed(before).secret(token)
        }),
    ),
];

/// Prefix, thirty random characters and the CRC-32 of them in base62.
fn crc_token(rng: &mut Rng, prefix: &str) -> Value {
    let body = text_of(rng, "<30:n>");
    Value::whole(format!("{prefix}{body}{}", crc_base62(&body)))
}

fn splunk(rng: &mut Rng, key: Option<&str>) -> Value {
    let scheme = if key == Some("authorization") { "Splunk " } else { "" };
    Value::default().fixed(scheme).secret(uuid(rng))
}

/// A signed token, an unsigned one (alg none), or an encrypted one in five parts.
fn jwt(rng: &mut Rng) -> String {
    let subject = rng.digits(6);
    let claims = base64url(format!("{{\"sub\":\"{subject}\",\"iat\":1700000000}}").as_bytes());
    let encode = |header: &str| base64url(header.as_bytes());
    match rng.below(8) {
        0 => format!("{}.{claims}.", encode("{\"alg\":\"none\",\"typ\":\"JWT\"}")),
        1 => {
            let head = encode("{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\"}");
            format!("{head}.{}", text_of(rng, "<86:u>.<16:u>.<60:u>.<22:u>"))
        }
        2 => {
            let head = encode("{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"k1\"}");
            format!("{head}.{claims}.{}", base64url(&rng.bytes(256)))
        }
        3 => format!("{}.{claims}.{}", encode("{\"alg\":\"HS256\"}"), base64url(&rng.bytes(32))),
        _ => {
            let head = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
            format!("{head}.{claims}.{}", base64url(&rng.bytes(32)))
        }
    }
}

fn pem(rng: &mut Rng, _: Option<&str>) -> Value {
    let label =
        rng.pick(&["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "DSA PRIVATE KEY"]);
    let size = rng.between(48, 900);
    let body = base64(&rng.bytes(size));
    let mut value = Value::default().fixed(format!("-----{} {label}-----\n", "BEGIN"));
    let mut left = body.as_str();
    while !left.is_empty() {
        let (line, rest) = left.split_at_checked(64).unwrap_or((left, ""));
        value = value.secret(line).fixed("\n");
        left = rest;
    }
    value.fixed(format!("-----{} {label}-----", "END"))
}

fn header(key: Option<&str>) -> &'static str {
    if key.is_some() { "" } else { "Authorization: " }
}

fn auth_basic(rng: &mut Rng, key: Option<&str>) -> Value {
    let pair = format!("{}{}:{}", family(rng).to_lowercase(), rng.digits(2), text_of(rng, "<8-14:n>"));
    Value::default().fixed(format!("{}Basic ", header(key))).secret(base64(pair.as_bytes()))
}

fn auth_bearer(rng: &mut Rng, key: Option<&str>) -> Value {
    let form = rng.pick(&["<32:u>", "<20-60:n>", "<40:h>", "<30:u>.<20:u>"]);
    Value::default().fixed(format!("{}Bearer ", header(key))).secret(text_of(rng, form))
}

fn auth_signed(rng: &mut Rng, key: Option<&str>) -> Value {
    let form = rng.pick(&[
        "AWS4-HMAC-SHA256 Credential=AKIA«<16:2>»/20260101/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=«<64:h>»",
        "Digest username=\"u«ser<6:d>»\", realm=\"app\", nonce=\"abc\", uri=\"/\", response=\"«<32:h>»\"",
    ]);
    let mut value = Value::default().fixed(header(key));
    value.parts.extend(fill(rng, form).parts);
    value
}

fn connection_string(rng: &mut Rng, _: Option<&str>) -> Value {
    let form = rng.pick(&[
        "postgres://app:«<12:n>»@db.example.net:5432/main",
        "mysql://app:«<8-16:n>»@db.example.net/main",
        "mongodb+srv://app:«<16:n>»@cluster0.example.net/db",
        "redis://:«<12:n>»@cache:6379/0",
        "amqp://app:«<6:n>@<4:n>»@mq.example.net:5672/v",
        "Server=tcp:db.example.net,1433;User Id=app;Password=«<14:n>»;",
        "Server=db.example.net;Uid=app;Pwd=«<12:n>»;Encrypt=true",
        "host=db.example.net user=app password=«<12:n>» dbname=main",
        "rediss://app:«<20:n>»@cache.example.net:6380",
    ]);
    fill(rng, form)
}
