//! Values of the national kinds, outside Europe; see `values_national.rs`.

use super::checks::{luhn_digit, symbol, verhoeff_digit, weighted};
use super::rng::Rng;
use super::values::{Kind, Make, Value, date, fill};
use super::values_national::{born, is_millis, with_digit, yymmdd};

const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

pub(crate) const KINDS: &[Kind] = &[
    Kind::national(
        "ae_emirates_id",
        &["emirates_id", "emirates_id_number", "eid"],
        ae_emirates_id,
        &["###-####-#######-#", "###############", "### #### ####### #"],
        &[],
    ),
    Kind::national("ar_cuit_cuil", &["cuit", "cuil"], ar_cuit_cuil, &["##-########-#", "###########", "## ######## #"], &[]),
    Kind::national("au_ihi", &["ihi", "ihi_number"], au_ihi, &["################", "#### #### #### ####", "####-####-####-####"], &[]),
    Kind::national(
        "au_medicare",
        &["medicare_card", "medicare_card_number", "medicare_number"],
        au_medicare,
        &["#### ##### #", "#### ##### # #", "####-#####-#", "#### ######"],
        &["##########", "###########"],
    ),
    Kind::national(
        "au_tfn",
        &["tfn", "tax_file_number"],
        au_tfn,
        &["###-###-###", "### ### ###"],
        &["#########", "########", "## ### ###"],
    ),
    Kind::national("br_cnpj", &["cnpj", "numero_cnpj"], br_cnpj, &["##.###.###/####-##", "##############", "############-##"], &[]),
    Kind::national("br_cpf", &["cpf", "numero_cpf"], br_cpf, &["###.###.###-##", "###########", "#########-##"], &[]),
    Kind::national(
        "ca_bc_phn",
        &["phn", "personal_health_number", "bc_phn"],
        ca_bc_phn,
        &["#### ### ###", "####-###-###"],
        &["##########"],
    ),
    Kind::national(
        "ca_on_ohip",
        &["ohip", "ohip_number", "health_card_number"],
        ca_on_ohip,
        &["####-###-###", "#### ### ###", "####-###-###-##", "####-###-### ##"],
        &["##########"],
    ),
    Kind::national(
        "ca_qc_ramq",
        &["ramq", "ramq_number", "numero_assurance_maladie", "nam"],
        ca_qc_ramq,
        &["############", "#### #### ####", "####-####-####"],
        &[],
    ),
    Kind::national(
        "ca_sin",
        &["sin", "sin_number", "social_insurance_number", "nas"],
        ca_sin,
        &["###-###-###", "### ### ###"],
        &["#########"],
    ),
    Kind::national(
        "cl_rut",
        &["rut", "run", "rut_number"],
        cl_rut,
        &["##.###.###-#", "#.###.###-#", "########-#"],
        &["#######-#", "#########", "########"],
    ),
    Kind::national(
        "cn_resident_id",
        &["id_card", "id_number", "sfz"],
        cn_resident_id,
        &["##################", "###### ######## ####"],
        &[],
    ),
    Kind::national(
        "co_cedula_nit",
        &["cedula", "cedula_ciudadania", "nit", "cc"],
        co_cedula_nit,
        &["###.###.###-#"],
        &["### ### ###-#", "#########-#", "########"],
    ),
    Kind::national("do_cedula", &["cedula"], do_cedula, &["###-#######-#"], &["###########"]),
    Kind::national("ec_cedula", &["cedula", "ci"], ec_cedula, &["#########-#"], &["##########"]),
    Kind::national("eg_national_id", &["raqam_qawmi", "raqam", "national_id"], eg_national_id, &["##############"], &[]),
    Kind::national("hk_id", &["hkid", "hkid_number", "hkic"], hk_id, &["#######(#)", "########(#)"], &["########", "#########"]),
    Kind::national(
        "id_nik",
        &["no_ktp", "nomor_ktp", "nomor_induk_kependudukan", "nik", "ktp"],
        id_nik,
        &[],
        &["################", "######-######-####", "###### ###### ####"],
    ),
    Kind::national("il_id", &["teudat_zehut", "id_number"], il_id, &[], &["#########", "########-#"]),
    Kind::national(
        "in_aadhaar",
        &["aadhaar", "aadhar", "uidai", "aadhaar_number", "aadhaar_no"],
        in_aadhaar,
        &["#### #### ####", "####-####-####"],
        &["############"],
    ),
    Kind::national("in_pan", &["pan_card", "permanent_account_number", "pan_number", "pan"], in_pan, &["##########"], &[]),
    Kind::national("in_voter_epic", &["epic_number", "voter_id_number", "voter_id", "epic"], in_voter_epic, &["##########"], &[]),
    Kind::national("jp_my_number", &["my_number", "mynumber"], jp_my_number, &["#### #### ####", "####-####-####"], &["############"]),
    Kind::national("ke_kra_pin", &["kra_pin"], ke_kra_pin, &["###########"], &[]),
    Kind::national("kr_rrn", &["rrn", "jumin_number"], kr_rrn, &["######-#######"], &["#############"]),
    Kind::national("mx_curp", &["curp"], mx_curp, &["##################"], &[]),
    Kind::national("mx_rfc", &["rfc", "rfc_number"], mx_rfc, &["#############", "####-######-###", "############", "###-######-###"], &[]),
    Kind::national(
        "my_mykad",
        &["mykad", "nric", "ic_number", "kad_pengenalan", "ic_no"],
        my_mykad,
        &["######-##-####"],
        &["############"],
    ),
    Kind::national("ng_nin_bvn", &["bvn", "nin_number", "bvn_number", "nin"], ng_nin_bvn, &[], &["###########"]),
    Kind::national(
        "nz_ird",
        &["ird_number", "ird"],
        nz_ird,
        &["##-###-###", "###-###-###"],
        &["#########", "########", "### ### ###", "## ### ###"],
    ),
    Kind::national("nz_nhi", &["nhi", "nhi_number"], nz_nhi, &["#######"], &[]),
    Kind::national("pe_dni", &["dni"], pe_dni, &[], &["########"]),
    Kind::keyed(
        "ph_ids",
        &["philsys", "philsys_id", "philhealth", "philhealth_number", "sss_number", "umid", "sss", "psn", "tin"],
        Make::With(ph_ids),
    ),
    Kind::national("pk_cnic", &["cnic", "cnic_number", "nicop"], pk_cnic, &["#####-#######-#"], &["#############"]),
    Kind::national("sa_national_id", &["iqama", "iqama_number", "iqama_no", "national_id"], sa_national_id, &[], &["##########"]),
    Kind::national("sg_nric_fin", &["nric", "nric_number", "uinfin", "fin"], sg_nric_fin, &["#########"], &[]),
    Kind::national(
        "th_national_id",
        &["thai_id", "thai_national_id", "citizen_id"],
        th_national_id,
        &["#-####-#####-##-#", "# #### ##### ## #"],
        &["#############"],
    ),
    Kind::national("tw_national_id", &["roc_id"], tw_national_id, &["##########"], &[]),
    Kind::national("uy_ci", &["cedula_identidad", "cedula", "ci"], uy_ci, &["#.###.###-#"], &["#######-#", "########"]),
    Kind::national("vn_cccd", &["cccd", "so_cccd", "cmnd"], vn_cccd, &[], &["############"]),
    Kind::national(
        "za_id",
        &["sa_id", "rsa_id", "said", "id_number"],
        za_id,
        &["#############", "###### #### ###", "###### #### ## #"],
        &[],
    ),
];

fn with_luhn(body: &str) -> Option<String> {
    with_digit(body, luhn_digit(body))
}

fn ae_emirates_id(rng: &mut Rng, _: bool) -> Option<String> {
    with_luhn(&format!("784{}{}", rng.between(1930, 2015), rng.digits(7)))
}

fn ar_cuit_cuil(rng: &mut Rng, _: bool) -> Option<String> {
    let body = format!("{}{}", rng.pick(&["20", "23", "24", "27", "30", "33", "34"]), rng.digits(8));
    with_digit(
        &body,
        match 11 - weighted(&body, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11 {
            11 => 0,
            10 => 9,
            check => check,
        },
    )
}

fn au_ihi(rng: &mut Rng, _: bool) -> Option<String> {
    with_luhn(&format!("800360{}", rng.digits(9)))
}

fn au_medicare(rng: &mut Rng, _: bool) -> Option<String> {
    let body = format!("{}{}", rng.chars("23456", 1), rng.digits(7));
    let person = if rng.one_in(2) { rng.chars("123456789", 1) } else { String::new() };
    Some(format!("{body}{}{}{person}", weighted(&body, &[1, 3, 7, 9]) % 10, rng.between(1, 9)))
}

fn au_tfn(rng: &mut Rng, keyed: bool) -> Option<String> {
    if keyed && rng.one_in(4) {
        let body = format!("{}{}", rng.chars("123456789", 1), rng.digits(6));
        return with_digit(&body, (11 - weighted(&body, &[10, 7, 8, 4, 6, 3, 5]) % 11) % 11);
    }
    let body = format!("{}{}", rng.chars("123456789", 1), rng.digits(7));
    // The last weight is 10, which is -1.
    with_digit(&body, weighted(&body, &[1, 4, 3, 7, 5, 8, 6, 9]) % 11)
}

fn br_cnpj(rng: &mut Rng, _: bool) -> Option<String> {
    // Since 2026 the first twelve may be letters as well.
    let mut whole = if rng.one_in(4) { rng.chars("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 8) } else { rng.digits(8) } + "0001";
    for weights in [&[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2][..], &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]] {
        let sum: usize = whole.bytes().zip(weights).map(|(b, w)| usize::from(b - b'0') * w).sum();
        let check = if sum % 11 < 2 { 0 } else { 11 - sum % 11 };
        whole.push_str(&check.to_string());
    }
    Some(whole)
}

fn br_cpf(rng: &mut Rng, _: bool) -> Option<String> {
    let body = rng.digits(9);
    let first = weighted(&body, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
    let body = format!("{body}{first}");
    with_digit(&body, weighted(&body, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10)
}

fn ca_bc_phn(rng: &mut Rng, _: bool) -> Option<String> {
    let body = rng.digits(8);
    with_digit(&format!("9{body}"), 11 - weighted(&body, &[2, 4, 8, 5, 10, 9, 7, 3]) % 11)
}

fn ca_on_ohip(rng: &mut Rng, keyed: bool) -> Option<String> {
    let whole = with_luhn(&format!("{}{}", rng.chars("123456789", 1), rng.digits(8)))?;
    Some(if !keyed && rng.one_in(2) { whole + &rng.chars(LETTERS, 2) } else { whole })
}

fn ca_qc_ramq(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    let m = m + rng.pick(&[0, 50]);
    Some(format!("{}{:02}{m:02}{d:02}{}", rng.chars(LETTERS, 4), y % 100, rng.digits(2)))
}

fn ca_sin(rng: &mut Rng, _: bool) -> Option<String> {
    with_luhn(&format!("{}{}", rng.chars("12345679", 1), rng.digits(7)))
}

fn cl_rut(rng: &mut Rng, _: bool) -> Option<String> {
    let body = rng.between(1_000_000, 27_999_999).to_string();
    let reversed: String = body.chars().rev().collect();
    Some(format!("{body}{}", symbol("0K987654321", weighted(&reversed, &[2, 3, 4, 5, 6, 7]) % 11)))
}

fn cn_resident_id(rng: &mut Rng, _: bool) -> Option<String> {
    let province = rng.pick(&["11", "12", "13", "21", "31", "32", "33", "37", "41", "44", "50", "51", "61", "65"]);
    let (y, m, d) = born(rng);
    let body = format!("{province}{:02}{:02}{y}{m:02}{d:02}{}", rng.between(1, 29), rng.between(1, 29), rng.digits(3));
    let rest = weighted(&body, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
    Some(format!("{body}{}", symbol("10X98765432", rest)))
}

fn co_cedula_nit(rng: &mut Rng, keyed: bool) -> Option<String> {
    if keyed && rng.one_in(3) {
        // A cédula has no check digit.
        return Some(format!("{}{}", rng.chars("123456789", 1), rng.digits(7)));
    }
    let body = format!("{}{}", rng.chars("89", 1), rng.digits(8));
    let reversed: String = body.chars().rev().collect();
    with_digit(
        &body,
        match weighted(&reversed, &[3, 7, 13, 17, 19, 23, 29, 37, 41]) % 11 {
            rest @ 0..2 => rest,
            rest => 11 - rest,
        },
    )
}

fn do_cedula(rng: &mut Rng, _: bool) -> Option<String> {
    with_luhn(&format!("{}{}", rng.pick(&["001", "002", "031", "047", "223", "402"]), rng.digits(7)))
}

fn ec_cedula(rng: &mut Rng, _: bool) -> Option<String> {
    with_luhn(&format!("{:02}{}{}", rng.between(1, 24), rng.below(6), rng.digits(6)))
}

fn eg_national_id(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    let governorate = rng.pick(&["01", "02", "03", "04", "11", "12", "18", "21", "28", "33", "88"]);
    Some(format!("{}{:02}{m:02}{d:02}{governorate}{}", y / 100 - 17, y % 100, rng.digits(5)))
}

fn hk_id(rng: &mut Rng, _: bool) -> Option<String> {
    let (letters, body) = (if rng.one_in(4) { rng.chars(LETTERS, 2) } else { rng.chars(LETTERS, 1) }, rng.digits(6));
    // A missing first letter is a blank, which counts as 36.
    let values = letters.bytes().map(|b| usize::from(b - b'A') + 10);
    let head: Vec<usize> = if letters.len() == 1 { std::iter::once(36).chain(values).collect() } else { values.collect() };
    let sum: usize = head.iter().zip([9, 8]).map(|(v, w)| v * w).sum::<usize>() + weighted(&body, &[7, 6, 5, 4, 3, 2]);
    Some(format!("{letters}{body}{}", symbol("0123456789A", (11 - sum % 11) % 11)))
}

fn id_nik(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    let province = rng.pick(&["11", "12", "14", "31", "32", "33", "35", "51", "64", "73", "94"]);
    let d = d + rng.pick(&[0, 40]);
    Some(format!("{province}{:02}{:02}{d:02}{m:02}{:02}{:04}", rng.between(1, 29), rng.between(1, 29), y % 100, rng.between(1, 9999)))
}

fn il_id(rng: &mut Rng, _: bool) -> Option<String> {
    with_luhn(&rng.digits(8))
}

fn in_aadhaar(rng: &mut Rng, _: bool) -> Option<String> {
    let body = format!("{}{}", rng.chars("23456789", 1), rng.digits(10));
    with_digit(&body, verhoeff_digit(&body))
}

fn in_pan(rng: &mut Rng, _: bool) -> Option<String> {
    let body = format!("{}{}{}", rng.chars(LETTERS, 3), rng.chars("PPPPCHF", 1), rng.chars(LETTERS, 1));
    Some(format!("{body}{:04}{}", rng.between(1, 9999), rng.chars(LETTERS, 1)))
}

fn in_voter_epic(rng: &mut Rng, _: bool) -> Option<String> {
    let body = rng.digits(6);
    with_luhn(&body).map(|number| rng.chars(LETTERS, 3) + &number)
}

fn jp_my_number(rng: &mut Rng, _: bool) -> Option<String> {
    let body = rng.digits(11);
    let rest = weighted(&body, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    with_digit(&body, if rest < 2 { 0 } else { 11 - rest })
}

fn ke_kra_pin(rng: &mut Rng, _: bool) -> Option<String> {
    Some(format!("{}{}{}", rng.chars("AP", 1), rng.digits(9), rng.chars(LETTERS, 1)))
}

fn kr_rrn(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    let sex = rng.between(1, 2) + if y >= 2000 { 2 } else { 0 } + rng.pick(&[0, 0, 4]);
    let body = format!("{:02}{m:02}{d:02}{sex}{}", y % 100, rng.digits(5));
    if rng.one_in(4) {
        // Numbers given since October 2020 have no check digit.
        return Some(body + &rng.digits(1));
    }
    with_digit(&body, (11 - weighted(&body, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10)
}

fn mx_curp(rng: &mut Rng, _: bool) -> Option<String> {
    // 23 is Ñ.
    const VALUES: &str = "0123456789ABCDEFGHIJKLMN?OPQRSTUVWXYZ";
    let (y, m, d) = born(rng);
    let name = format!("{}{}{}", rng.chars("BCDFGHJKLM", 1), rng.chars("AEIOU", 1), rng.chars("BCDFGHJKLM", 2));
    let state = rng.pick(&["AS", "BC", "CH", "DF", "GT", "HG", "JC", "MC", "NL", "OC", "PL", "SR", "VZ", "YN", "NE"]);
    let inner = rng.chars("BCDFGHJKLMNPQRSTVWXYZ", 3);
    let serial = if y >= 2000 { rng.chars("ABCD", 1) } else { rng.chars("0123", 1) };
    let body = format!("{name}{:02}{m:02}{d:02}{}{state}{inner}{serial}", y % 100, rng.chars("HM", 1));
    let sum: usize = body.chars().zip((2..=18).rev()).map(|(c, w)| VALUES.find(c).unwrap_or(0) * w).sum();
    with_digit(&body, (10 - sum % 10) % 10)
}

fn mx_rfc(rng: &mut Rng, _: bool) -> Option<String> {
    let count = if rng.one_in(4) { 3 } else { 4 };
    let name = rng.chars("ABCDEFGHIJKLMNOPQRSTUVWXYZ", count);
    Some(format!("{name}{}{}{}", yymmdd(rng), rng.chars("ABCDEFGHIJKLMNOPQRSTUVWXYZ123456789", 2), rng.chars("0123456789A", 1)))
}

fn my_mykad(rng: &mut Rng, _: bool) -> Option<String> {
    let place = rng.pick(&["01", "02", "06", "08", "10", "14", "21", "43", "56", "71", "82"]);
    Some(format!("{}{place}{}", yymmdd(rng), rng.digits(4)))
}

fn ng_nin_bvn(rng: &mut Rng, _: bool) -> Option<String> {
    Some(if rng.one_in(2) { format!("22{}", rng.digits(9)) } else { rng.digits(11) })
}

fn nz_ird(rng: &mut Rng, _: bool) -> Option<String> {
    let body = rng.between(1_000_000, 14_999_999);
    let padded = format!("{body:08}");
    let check = |weights: &[usize]| (11 - weighted(&padded, weights) % 11) % 11;
    let first = check(&[3, 2, 7, 6, 5, 4, 3, 2]);
    let digit = if first == 10 { check(&[7, 4, 3, 2, 5, 2, 7, 6]) } else { first };
    with_digit(&body.to_string(), digit)
}

fn nz_nhi(rng: &mut Rng, _: bool) -> Option<String> {
    const NHI: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    let (letters, digits) = (rng.chars(NHI, 3), rng.digits(2));
    let place = |c: char| NHI.find(c).map_or(0, |at| at + 1);
    let head: usize = letters.chars().zip([7, 6, 5]).map(|(c, w)| place(c) * w).sum();
    if rng.one_in(2) {
        let last = rng.chars(NHI, 1);
        let sum = head + weighted(&digits, &[4, 3]) + last.chars().map(place).sum::<usize>() * 2;
        return Some(format!("{letters}{digits}{last}{}", symbol(NHI, 23 - sum % 23 - 1)));
    }
    let digits = digits + &rng.digits(1);
    let rest = (head + weighted(&digits, &[4, 3, 2])) % 11;
    (rest != 0).then(|| format!("{letters}{digits}{}", (11 - rest) % 10))
}

fn pe_dni(rng: &mut Rng, _: bool) -> Option<String> {
    Some(rng.digits(8))
}

fn ph_ids(rng: &mut Rng, key: Option<&str>) -> Value {
    let form = match key.unwrap_or("") {
        "philsys" | "philsys_id" => rng.pick(&["<4:d>-<4:d>-<4:d>-<4:d>", "<16:d>"]),
        "psn" => rng.pick(&["<12:d>", "<4:d>-<4:d>-<4:d>", "<4:d>-<4:d>-<4:d>-<4:d>"]),
        "philhealth" | "philhealth_number" => "<2:d>-<9:d>-<1:d>",
        "tin" => rng.pick(&["<3:d>-<3:d>-<3:d>", "<3:d>-<3:d>-<3:d>-<3:d>"]),
        "umid" => "<4:d>-<7:d>-<1:d>",
        _ => "<2:d>-<7:d>-<1:d>",
    };
    fill(rng, form)
}

fn pk_cnic(rng: &mut Rng, _: bool) -> Option<String> {
    Some(format!("{}{}{}", rng.chars("1234567", 1), rng.digits(11), rng.between(1, 9)))
}

fn sa_national_id(rng: &mut Rng, _: bool) -> Option<String> {
    with_luhn(&format!("{}{}", rng.chars("12", 1), rng.digits(8)))
}

fn sg_nric_fin(rng: &mut Rng, _: bool) -> Option<String> {
    let (first, body) = (rng.chars("STFGM", 1), rng.digits(7));
    let (added, letters) = match first.as_str() {
        "S" => (0, "JZIHGFEDCBA"),
        "T" => (4, "JZIHGFEDCBA"),
        "F" => (0, "XWUTRQPNMLK"),
        "G" => (4, "XWUTRQPNMLK"),
        _ => (3, "XWUTRQPNJLK"),
    };
    let rest = (weighted(&body, &[2, 7, 6, 5, 4, 3, 2]) + added) % 11;
    Some(format!("{first}{body}{}", symbol(letters, rest)))
}

fn th_national_id(rng: &mut Rng, _: bool) -> Option<String> {
    let body = format!("{}{}", rng.chars("12345678", 1), rng.digits(11));
    with_digit(&body, (11 - weighted(&body, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 10)
}

fn tw_national_id(rng: &mut Rng, _: bool) -> Option<String> {
    // The letters in the order of their codes from 10 on.
    const CODES: &str = "ABCDEFGHJKLMNPQRSTUVXYWZIO";
    let (code, body) = (rng.below(26), format!("{}{}", rng.pick(&["1", "2", "8", "9"]), rng.digits(7)));
    let sum = (code + 10) / 10 + (code + 10) % 10 * 9 + weighted(&body, &[8, 7, 6, 5, 4, 3, 2, 1]);
    with_digit(&format!("{}{body}", symbol(CODES, code)), (10 - sum % 10) % 10)
}

fn uy_ci(rng: &mut Rng, _: bool) -> Option<String> {
    let body = rng.between(1_000_000, 6_999_999).to_string();
    with_digit(&body, (10 - weighted(&body, &[2, 9, 8, 7, 6, 3, 4]) % 10) % 10)
}

fn vn_cccd(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, _, _) = date(rng, 1940, 2010);
    let sex = rng.below(2) + if y >= 2000 { 2 } else { 0 };
    Some(format!(
        "{}{sex}{:02}{}",
        rng.pick(&["001", "008", "026", "031", "040", "048", "066", "079", "092", "096"]),
        y % 100,
        rng.digits(6)
    ))
}

fn za_id(rng: &mut Rng, keyed: bool) -> Option<String> {
    let body = format!("{}{}{}8", yymmdd(rng), rng.digits(4), rng.below(2));
    let whole = with_luhn(&body)?;
    (keyed || !is_millis(&whole)).then_some(whole)
}
