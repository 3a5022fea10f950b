//! Values of the United States health and government kinds.
//!
//! Formats: catalogue sections 3 and 4 (CMS NPI and MBI, DEA, SSA, IRS, GS1
//! UDI, HL7 v2, X12 5010, DICOM, ICAO 9303). Numbers are random inside the
//! valid ranges; names are invented.

use super::checks::{luhn_digit, mrz_digit, weighted};
use super::rng::Rng;
use super::values::{Kind, Make, Value, date, family, fill, given, text_of};

const SSN_KEYS: &[&str] = &["ssn", "social_security_number", "ssn_number", "soc_sec", "tax_id", "taxpayer_id"];

pub(crate) const KINDS: &[Kind] = &[
    Kind::keyed(
        "mrn",
        &["mrn", "medical_record_number", "patient_mrn", "chart_number", "patient_id", "hospital_number"],
        Make::Of(&["MRN-<7:d>", "<8:d>", "<1:A><7:d>", "00<6:d>", "<1:9><5:d>"]),
    ),
    Kind::keyed("us_npi", &["npi", "provider_npi"], Make::With(npi)),
    Kind::structured("us_dea", &["dea", "dea_number"], Make::With(dea)),
    Kind::structured("us_mbi", &["mbi", "medicare_id", "medicare_number"], Make::With(mbi)),
    Kind::structured("us_hicn", &["hicn", "medicare_id"], Make::With(hicn)),
    Kind::keyed(
        "health_plan_member_id",
        &["member_id", "subscriber_id", "beneficiary_id", "policy_number", "insurance_id", "group_number", "medicaid_id"],
        Make::Of(&["<3:A><9:d>", "W<9:d>", "<2:A><5:d><1:A>", "<9:d><1:A><4:d>", "<1:9><8:d>"]),
    ),
    Kind::keyed("rx_number", &["rx_number", "prescription_id"], Make::Of(&["<7:d>", "00000<7:d>", "<1:9><5:d>"])),
    Kind::structured(
        "encounter_accession_id",
        &["encounter_id", "visit_id", "csn", "accession_number", "specimen_id", "study_instance_uid", "sop_instance_uid"],
        Make::With(encounter),
    ),
    Kind::keyed(
        "icd10_code",
        &["diagnosis", "diagnosis_code", "icd10", "icd_code"],
        Make::Of(&["E1<1:9>.<1:9>", "J45.9<2:d>", "S72.0<2:d>A", "F3<1:9>.<1:9>", "I2<1:9>.<2:d>", "M54.<1:9>"]),
    ),
    Kind::structured("hl7_pid_segment", &[], Make::With(hl7)),
    Kind::structured("x12_person_segment", &[], Make::With(x12)),
    Kind::keyed(
        "device_serial",
        &["serial", "serial_number", "device_serial"],
        Make::Of(&["SN<8:d>", "<3:A>-<4:d>", "<1:9><8:d>", "<12:I>"]),
    ),
    Kind::structured("udi", &["udi", "gtin"], Make::With(udi)),
    Kind::structured(
        "certificate_licence_number",
        &["certificate_number", "medical_license", "license_no"],
        Make::With(|rng, key| {
            let form = rng.pick(&["<2:d>D<7:d>", "<1:A><6:d>", "<2:A><7:d>", "<1:9><6:d>"]);
            fill(rng, if key.is_some() { form } else { "<2:d>D<7:d>" })
        }),
    ),
    Kind::structured("us_ssn", SSN_KEYS, Make::With(ssn)),
    Kind::keyed("us_ssn_last4", &["ssn_last4", "last4_ssn", "ssn4", "last_four_ssn"], Make::Of(&["<4:d>"])),
    Kind::structured("us_itin", &["itin"], Make::With(itin)),
    Kind::structured("us_atin", &["tax_id", "taxpayer_id"], Make::Of(&["9<2:d>-93-<4:d>"])),
    // ptin and edipi are the rows' own words: section 9 has no key for them.
    Kind::keyed("us_ptin", &["ptin"], Make::Of(&["P<8:d>", "P-<8:d>"])),
    Kind::keyed("us_ein", &["ein", "fein", "employer_id"], Make::With(ein)),
    Kind::keyed("us_passport", &["passport", "passport_number", "passport_no", "travel_document"], Make::Of(&["<9:d>", "<1:A><8:d>"])),
    Kind::structured("passport_mrz", &[], Make::With(mrz)),
    Kind::keyed(
        "us_drivers_license",
        &["drivers_license", "driver_license", "license_number", "dln"],
        Make::Of(&["<1:A><7:d>", "<1:A><12:d>", "<2:d><3:A><5:d>", "<8:d>", "<1:9><8:d>", "<1:A>-<6:d>-<6:d>"]),
    ),
    Kind::keyed("us_alien_number", &["alien_number", "a_number"], Make::Of(&["A<9:d>", "A<3:d>-<3:d>-<3:d>", "A<8:d>"])),
    Kind::structured(
        "uscis_receipt",
        &[],
        Make::Of(&["EAC<10:d>", "WAC<10:d>", "LIN<10:d>", "SRC<10:d>", "MSC<10:d>", "NBC<10:d>", "IOE<10:d>", "YSC<10:d>"]),
    ),
    Kind::keyed("us_dod_id", &["edipi", "dod_id"], Make::Of(&["1<9:d>", "2<9:d>"])),
];

fn npi(rng: &mut Rng, _: Option<&str>) -> Value {
    let form = rng.pick(&["1<8:d>", "2<8:d>"]);
    let body = text_of(rng, form);
    Value::whole(format!("{body}{}", luhn_digit(&format!("80840{body}"))))
}

fn dea(rng: &mut Rng, key: Option<&str>) -> Value {
    let letters = format!("{}{}", rng.chars("ABCDEFGHJKLMPRSTUX", 1), rng.chars("ABCDEFGHIJKLMNOPQRSTUVWXYZ9", 1));
    let body = rng.digits(6);
    let check = weighted(&body, &[1, 2]) % 10;
    let number = Value::whole(format!("{letters}{body}{check}"));
    // The suffix names a hospital user; alone it says nothing.
    if key.is_some() && rng.one_in(6) { number.fixed("-12") } else { number }
}

fn mbi(rng: &mut Rng, _: Option<&str>) -> Value {
    const LETTERS: &str = "ACDEFGHJKMNPQRTUVWXY";
    const BOTH: &str = "ACDEFGHJKMNPQRTUVWXY0123456789";
    let head = format!("{}{}{}{}", rng.chars("123456789", 1), rng.chars(LETTERS, 1), rng.chars(BOTH, 1), rng.digits(1));
    let middle = format!("{}{}{}", rng.chars(LETTERS, 1), rng.chars(BOTH, 1), rng.digits(1));
    let tail = format!("{}{}", rng.chars(LETTERS, 2), rng.digits(2));
    let dash = rng.pick(&["", "-"]);
    Value::whole(format!("{head}{dash}{middle}{dash}{tail}"))
}

/// Area, group and serial of a valid number.
fn ssn_parts(rng: &mut Rng) -> (usize, usize, usize) {
    loop {
        let area = rng.between(1, 899);
        if area != 666 && area != 78 && area != 219 && area != 457 {
            return (area, rng.between(1, 99), rng.between(1, 9999));
        }
    }
}

fn ssn(rng: &mut Rng, key: Option<&str>) -> Value {
    let (area, group, serial) = ssn_parts(rng);
    let forms = if key.is_some() { 4 } else { 1 };
    Value::whole(match rng.below(forms) {
        1 => format!("{area:03} {group:02} {serial:04}"),
        2 => format!("{area:03}{group:02}{serial:04}"),
        _ => format!("{area:03}-{group:02}-{serial:04}"),
    })
}

fn hicn(rng: &mut Rng, key: Option<&str>) -> Value {
    let (area, group, serial) = ssn_parts(rng);
    let suffix = rng.pick(&["A", "B", "B1", "C1", "D", "M", "T", "W", "W1"]);
    let railway = rng.pick(&["WA<6:d>", "MA<9:d>", "A<6:d>", "H<9:d>"]);
    match (key, rng.below(3)) {
        (Some(_), 0) => Value::whole(format!("{area:03}{group:02}{serial:04}{suffix}")),
        (Some(_), 1) => fill(rng, railway),
        _ => Value::whole(format!("{area:03}-{group:02}-{serial:04}{suffix}")),
    }
}

fn encounter(rng: &mut Rng, key: Option<&str>) -> Value {
    let form = match (key, rng.below(2)) {
        (None | Some("study_instance_uid" | "sop_instance_uid"), 0) => "1.2.840.113619.2.55.3.1<8:d>.2<3:d>.1<9:d>",
        (None | Some("study_instance_uid" | "sop_instance_uid"), _) => "2.25.1<37:d>",
        (_, 0) => "E<8:d>",
        _ => "<1:9><8:d>",
    };
    fill(rng, form)
}

fn compact_date(rng: &mut Rng) -> String {
    let (y, m, d) = date(rng, 1930, 2010);
    format!("{y}{m:02}{d:02}")
}

fn hl7(rng: &mut Rng, _: Option<&str>) -> Value {
    let name = format!("{}^{}", family(rng).to_uppercase(), given(rng).to_uppercase());
    if rng.one_in(4) {
        return Value::default().fixed("NK1|1|").secret(name).fixed("|SPO");
    }
    let born = compact_date(rng);
    Value::default()
        .fixed("PID|1||")
        .secret(text_of(rng, "<1:9><6:d>"))
        .fixed("^^^H^MR||")
        .secret(name)
        .fixed("||")
        .secret(born)
        .fixed("|F")
}

fn x12(rng: &mut Rng, _: Option<&str>) -> Value {
    let born = compact_date(rng);
    match rng.below(3) {
        0 => Value::default().fixed("DMG*D8*").secret(born).fixed("*F~"),
        1 => Value::default().fixed("REF*SY*").secret(text_of(rng, "<1:9><8:d>")).fixed("~"),
        _ => Value::default()
            .fixed("NM1*IL*1*")
            .secret(format!("{}*{}", family(rng).to_uppercase(), given(rng).to_uppercase()))
            .fixed("****MI*")
            .secret(text_of(rng, "<1:9><8:d>"))
            .fixed("~"),
    }
}

fn udi(rng: &mut Rng, _: Option<&str>) -> Value {
    let body = format!("00{}", rng.digits(11));
    let check = (10 - weighted(&body, &[3, 1]) % 10) % 10;
    let (mut y, m, d) = date(rng, 20, 34);
    let made = format!("{y}{m:02}{d:02}");
    y += 3;
    let serial = text_of(rng, "<8:d><1:A>");
    let lot = text_of(rng, "<7:d>D");
    // The device identifier itself is public: only lot and serial must go.
    let value = Value::default().fixed(format!("(01){body}{check}"));
    match rng.below(3) {
        0 => value.fixed("(21)").secret(serial),
        1 => value.fixed(format!("(17){y}{m:02}{d:02}(10)")).secret(lot),
        _ => value.fixed(format!("(11){made}(10)")).secret(lot).fixed("(21)").secret(serial),
    }
}

fn itin(rng: &mut Rng, key: Option<&str>) -> Value {
    let group = match rng.below(4) {
        0 => rng.between(50, 65),
        1 => rng.between(70, 88),
        2 => rng.between(90, 92),
        _ => rng.between(94, 99),
    };
    let (area, serial) = (rng.between(900, 999), rng.digits(4));
    let dash = if key.is_some() { rng.pick(&["-", ""]) } else { "-" };
    Value::whole(format!("{area}{dash}{group}{dash}{serial}"))
}

fn ein(rng: &mut Rng, _: Option<&str>) -> Value {
    let prefix = rng.pick(&["01", "06", "12", "16", "20", "27", "30", "48", "50", "68", "71", "77", "80", "88", "91", "95", "98", "99"]);
    Value::whole(format!("{prefix}-{}", rng.digits(7)))
}

/// Pads a field with the filler to `width` characters.
fn padded(text: &str, width: usize) -> String {
    let fill = width.saturating_sub(text.len());
    format!("{text}{}", "<".repeat(fill))
}

fn mrz(rng: &mut Rng, _: Option<&str>) -> Value {
    let state = rng.pick(&["UTO", "GBR", "USA", "FRA"]);
    let names = format!("{}<<{}", family(rng).to_uppercase(), given(rng).to_uppercase());
    let number = text_of(rng, "<1:A><8:d>");
    let (y, m, d) = date(rng, 40, 99);
    let born = format!("{y}{m:02}{d:02}");
    let (y, m, d) = date(rng, 27, 35);
    let until = format!("{y}{m:02}{d:02}");
    let with_check = |field: &str| format!("{field}{}", mrz_digit(field));
    let (number, born, until) = (with_check(&number), with_check(&born), with_check(&until));
    let sex = rng.pick(&["F", "M"]);
    Value::whole(match rng.below(3) {
        0 => {
            let upper = padded(&format!("I<{state}{number}"), 30);
            let optional = upper.strip_prefix(&format!("I<{state}")).unwrap_or("");
            let all = mrz_digit(&format!("{optional}{born}{until}{}", "<".repeat(11)));
            format!("{upper}\n{born}{sex}{until}{state}{}{all}\n{}", "<".repeat(11), padded(&names, 30))
        }
        1 => {
            let optional = "<".repeat(7);
            let all = mrz_digit(&format!("{number}{born}{until}{optional}"));
            format!("{}\n{number}{state}{born}{sex}{until}{optional}{all}", padded(&format!("I<{state}{names}"), 36))
        }
        _ => {
            let personal = with_check(&"<".repeat(14));
            let all = mrz_digit(&format!("{number}{born}{until}{personal}"));
            format!("{}\n{number}{state}{born}{sex}{until}{personal}{all}", padded(&format!("P<{state}{names}"), 44))
        }
    })
}
