//! Values of the generic kinds, people and places.
//!
//! Formats: catalogue section 1 (ISO 6709, RFC 5870, ISO 8601 and national date forms, post offices).
//! Names and streets are invented.

use super::rng::Rng;
use super::values::{Kind, Make, Value, family, fill, given, text_of, written_date};
use super::values_generic::handle;

const NAME_KEYS: &[&str] = &[
    "patient_name",
    "first_name",
    "last_name",
    "full_name",
    "given_name",
    "family_name",
    "surname",
    "customer_name",
    "cardholder_name",
    "contact_name",
    "employee_name",
    "doctor_name",
    "nachname",
];

pub(crate) const KINDS: &[Kind] = &[
    Kind::keyed("geo_coordinates", &["coordinates", "gps", "geo", "latitude", "longitude", "lat", "lng"], Make::With(geo_coordinates)),
    Kind::keyed(
        "date_of_birth",
        &["dob", "date_of_birth", "birth_date", "birthdate", "birthday"],
        Make::With(|rng, _| Value::whole(written_date(rng, 1920, 2015))),
    ),
    Kind::keyed(
        "date_health",
        &["admission_date", "discharge_date", "date_of_death", "service_date", "procedure_date", "visit_date"],
        Make::With(|rng, _| Value::whole(written_date(rng, 2016, 2026))),
    ),
    // Only ages over 89 are identifiers; below that a policy may keep the value.
    Kind::keyed("age", &["age", "patient_age", "age_years"], Make::With(|rng, _| Value::whole(rng.between(90, 125).to_string()))),
    Kind::keyed(
        "street_address",
        &["address", "street", "street_address", "address1", "address_line1", "home_address", "billing_address", "adresse"],
        Make::With(street_address),
    ),
    Kind::keyed("zip_us", &["zip", "zipcode", "zip_code", "postal_code"], Make::With(zip_us)),
    Kind::structured("postcode_gb", &["postcode", "postal_code"], Make::With(postcode_gb)),
    Kind::structured("postcode_ca", &["postcode", "postal_code"], Make::With(postcode_ca)),
    Kind::keyed("postcode_other", &["plz", "postcode", "postal_code", "zip_code"], Make::With(postcode_other)),
    Kind::structured("person_name", NAME_KEYS, Make::With(person_name)),
    Kind::structured(
        "username",
        &["username", "user_name", "login", "account_name", "principal", "owner", "created_by"],
        Make::With(username),
    ),
];

fn geo_coordinates(rng: &mut Rng, key: Option<&str>) -> Value {
    let places = rng.between(4, 6);
    let mut degree = |limit: usize| {
        let sign = if rng.one_in(2) { "-" } else { "" };
        format!("{sign}{}.{}{}", rng.between(10, limit), rng.digits(places), rng.between(1, 9))
    };
    let (lat, lon) = (degree(88), degree(178));
    match key {
        Some("latitude" | "lat") => Value::whole(lat),
        Some("longitude" | "lng") => Value::whole(lon),
        _ => match rng.below(6) {
            0 => Value::whole(format!("{lat} {lon}")),
            1 => Value::whole(format!("{lat},{lon}")),
            2 => Value::default().fixed("geo:").secret(format!("{lat},{lon}")),
            3 => Value::default().fixed("POINT(").secret(format!("{lon} {lat}")).fixed(")"),
            _ => Value::whole(format!("{lat}, {lon}")),
        },
    }
}

fn street_address(rng: &mut Rng, _: Option<&str>) -> Value {
    let number = rng.between(1, 9899);
    let name = rng.pick(&["Main", "Oak", "Silver Hill", "Example", "Maple", "Lake View", "Second"]);
    let suffix = rng.pick(&["St", "Ave", "Rd", "Blvd", "Ln", "Dr", "Ct", "Way", "Pkwy"]);
    Value::whole(match rng.below(8) {
        0 => format!("{number} {name} {suffix}, Apt {}", rng.between(1, 99)),
        1 => format!("P.O. Box {number}"),
        2 => format!("{number} N {name} {suffix}"),
        3 => format!("Musterstra\u{df}e {}", rng.between(1, 240)),
        4 => format!("{} rue de l'Exemple", rng.between(1, 240)),
        _ => format!("{number} {name} {suffix}"),
    })
}

fn zip_us(rng: &mut Rng, _: Option<&str>) -> Value {
    let zip = format!("{:05}", rng.between(1001, 99_500));
    Value::whole(if rng.one_in(3) { format!("{zip}-{}", text_of(rng, "<1:9><3:d>")) } else { zip })
}

fn postcode_gb(rng: &mut Rng, key: Option<&str>) -> Value {
    let outward = rng.pick(&[
        "SW1A", "EC1A", "W1J", "N1C", "M<1:9>", "M2<1:9>", "B3<1:9>", "LS<1:9>", "G1<1:9>", "EH<1:9>", "BT1<1:9>", "CF1<1:9>", "OX<1:9>",
    ]);
    let outward = text_of(rng, outward);
    let inward = format!("{}{}", rng.digits(1), rng.chars("ABDEFGHJLNPQRSTUWXYZ", 2));
    let gap = if key.is_some() && rng.one_in(2) { "" } else { " " };
    Value::whole(format!("{outward}{gap}{inward}"))
}

fn postcode_ca(rng: &mut Rng, key: Option<&str>) -> Value {
    let letters = "ABCEGHJKLMNPRSTVWXYZ";
    let first = rng.chars("ABCEGHJKLMNPRSTVXY", 1);
    let area = format!("{first}{}{}", rng.digits(1), rng.chars(letters, 1));
    let unit = format!("{}{}{}", rng.digits(1), rng.chars(letters, 1), rng.digits(1));
    let gap = if key.is_some() { rng.pick(&["", " ", "-"]) } else { rng.pick(&[" ", " ", "-"]) };
    Value::whole(format!("{area}{gap}{unit}"))
}

fn postcode_other(rng: &mut Rng, key: Option<&str>) -> Value {
    let form = rng.pick(&[
        "<1:9><3:d> AB",
        "<1:9><3:d>XZ",
        "<1:9><1:d>-<3:d>",
        "<1:9><3:d>-<3:d>",
        "<5:d>-<3:d>",
        "<3:d>-<4:d>",
        "<3:d> <2:d>",
        "<1:9><5:d>",
    ]);
    fill(rng, if key == Some("plz") { "<1:9><4:d>" } else { form })
}

fn person_name(rng: &mut Rng, key: Option<&str>) -> Value {
    let (first, last) = (given(rng), family(rng));
    let initial = rng.chars("ABCDEFGHJKLMNPQRSTW", 1);
    let full = if rng.one_in(3) { format!("{first} {initial} {last}") } else { format!("{first} {last}") };
    match key {
        Some("first_name" | "given_name") => Value::whole(first),
        Some("last_name" | "family_name" | "surname" | "nachname") => Value::whole(last),
        Some(_) => Value::whole(match rng.below(5) {
            0 => format!("{last}, {first}"),
            1 => full.to_uppercase(),
            2 => format!("{}^{}^{initial}", last.to_uppercase(), first.to_uppercase()),
            _ => full,
        }),
        None => {
            let title = rng.pick(&["Dr. ", "Dr ", "Mr ", "Mr. ", "Mrs ", "Ms. ", "Prof. ", "Herr ", "Frau "]);
            Value::default().fixed(title).secret(full)
        }
    }
}

fn username(rng: &mut Rng, key: Option<&str>) -> Value {
    let user = handle(rng);
    if key.is_some() {
        return Value::whole(user);
    }
    let (before, after) = rng.pick(&[
        ("/home/", "/data.csv"),
        ("/Users/", "/notes.txt"),
        ("C:\\Users\\", "\\file.txt"),
        ("/home/", "/.cache/x"),
        ("uid=1001(", ")"),
        ("Accepted publickey for ", " from 10.1.2.3 port 22"),
    ]);
    Value::default().fixed(before).secret(user).fixed(after)
}
