//! Values of the national kinds, Europe.
//!
//! Formats: catalogue section 5 and the registers it cites. Check digits are
//! computed here from the definition of each number, apart from the detectors.
//! Layouts hold `#` for a character of the number. `alone` are the written forms
//! that a pack finds without a key; the others are written under one only.

use super::checks::{digit_values, iso7064_11_10, luhn_base36, luhn_digit, mrz_digit, symbol, verhoeff_digit, weighted};
use super::rng::Rng;
use super::values::{Kind, date};

pub(crate) const KINDS: &[Kind] = &[
    Kind::national(
        "at_svnr",
        &["svnr", "sozialversicherungsnummer", "sv_nummer"],
        at_svnr,
        &["#### ######", "####-######"],
        &["##########"],
    ),
    Kind::national(
        "be_nrn",
        &["rijksregisternummer", "insz", "niss", "numero_registre_national", "nrn"],
        be_nrn,
        &["###########", "##.##.##-###.##", "##.##.##-###-##", "## ## ## ### ##"],
        &[],
    ),
    Kind::national("bg_egn", &["egn"], bg_egn, &[], &["##########"]),
    Kind::national("ch_ahv", &["ahv", "ahv_nummer", "ahvn13", "numero_avs", "avs"], ch_ahv, &["#############", "###.####.####.##"], &[]),
    Kind::national(
        "cz_sk_rodne_cislo",
        &["rodne_cislo", "rc"],
        cz_sk_rodne_cislo,
        &["######/####"],
        &["######/###", "##########", "#########"],
    ),
    Kind::national(
        "de_personalausweis",
        &["personalausweis", "personalausweisnummer", "ausweisnummer", "ausweis_nr"],
        de_personalausweis,
        &[],
        &["##########"],
    ),
    Kind::national(
        "de_rvnr",
        &["rvnr", "rentenversicherungsnummer", "sozialversicherungsnummer", "svnr"],
        de_rvnr,
        &["############", "## ###### # ###"],
        &[],
    ),
    Kind::national(
        "de_steuer_id",
        &["steuer_id", "steueridentifikationsnummer", "steuerliche_identifikationsnummer", "idnr", "tin"],
        de_steuer_id,
        &["###########", "## ### ### ###"],
        &[],
    ),
    Kind::national("dk_cpr", &["cpr", "cpr_nummer", "cpr_nr"], dk_cpr, &["######-####"], &["##########", "###### ####"]),
    Kind::national("ee_lt_isikukood", &["isikukood", "asmens_kodas"], ee_lt_isikukood, &["###########"], &[]),
    Kind::national("es_dni", &["dni", "nif", "numero_dni"], es_dni, &["#########", "########-#", "######## #", "##.###.###-#"], &[]),
    Kind::national("es_nie", &["nie", "numero_nie"], es_nie, &["#########", "#-#######-#"], &[]),
    Kind::national(
        "es_nuss",
        &["nuss", "numero_seguridad_social", "naf"],
        es_nuss,
        &["############", "##/########/##", "## ######## ##", "##-########-##"],
        &[],
    ),
    Kind::national("fi_hetu", &["hetu", "henkilotunnus"], fi_hetu, &["###########"], &[]),
    Kind::national(
        "fr_nir",
        &["nir", "numero_secu", "num_secu", "numero_securite_sociale"],
        fr_nir,
        &["###############", "# ## ## ## ### ### ##", "#-##-##-##-###-###-##"],
        &[],
    ),
    Kind::national("fr_spi", &["numero_fiscal", "num_fiscal", "spi"], fr_spi, &["#############", "## ## ### ### ###"], &[]),
    Kind::national("gb_chi", &["chi_number", "chi"], gb_chi, &["###### ####", "######-####"], &["##########"]),
    Kind::national(
        "gb_driving_licence",
        &["driving_licence", "driving_licence_number", "driver_number"],
        gb_driving_licence,
        &["################", "##### ###### #####"],
        &[],
    ),
    Kind::national("gb_nhs", &["nhs", "nhs_number", "nhs_no"], gb_nhs, &["### ### ####", "###-###-####"], &["##########"]),
    Kind::national(
        "gb_nino",
        &["nino", "ni_number", "national_insurance_number"],
        gb_nino,
        &["#########", "## ## ## ## #", "## ###### #", "##-##-##-##-#"],
        &[],
    ),
    Kind::national("gb_utr", &["utr", "utr_number", "unique_taxpayer_reference"], gb_utr, &[], &["##########", "##### #####"]),
    Kind::national("gr_amka", &["amka"], gr_amka, &["###########", "###### #####", "######-#####"], &[]),
    Kind::national("hr_oib", &["oib"], hr_oib, &[], &["###########"]),
    Kind::national("hu_adoazonosito", &["adoazonosito", "adoazonosito_jel"], hu_adoazonosito, &[], &["##########"]),
    Kind::national("hu_taj", &["taj", "taj_szam", "tajszam"], hu_taj, &["###-###-###", "### ### ###"], &["#########"]),
    Kind::national("ie_pps", &["pps", "ppsn", "pps_number"], ie_pps, &["########", "#########"], &[]),
    Kind::national("is_kennitala", &["kennitala"], is_kennitala, &["######-####"], &["##########", "###### ####"]),
    Kind::national(
        "it_codice_fiscale",
        &["codice_fiscale", "codicefiscale", "cod_fiscale", "cf"],
        it_codice_fiscale,
        &["################", "###### ##### #####", "### ### ##### #####"],
        &[],
    ),
    Kind::national("jmbg", &["jmbg", "emso", "embg"], jmbg, &["#############"], &[]),
    Kind::national("lu_matricule", &["matricule", "cns"], lu_matricule, &["#############", "######## #####", "#### ## ## #####"], &[]),
    Kind::national("lv_personas_kods", &["personas_kods", "pk"], lv_personas_kods, &["######-#####"], &["###########"]),
    Kind::national(
        "nl_bsn",
        &["bsn", "burgerservicenummer", "sofinummer"],
        nl_bsn,
        &["####.##.###"],
        &["#########", "###-###-###", "### ### ###", "###.###.###", "########"],
    ),
    Kind::national(
        "no_fodselsnummer",
        &["fodselsnummer", "personnummer", "d_nummer", "fnr"],
        no_fodselsnummer,
        &["###########", "###### #####"],
        &[],
    ),
    Kind::national("pl_nip", &["nip", "numer_nip"], pl_nip, &["###-###-##-##", "###-##-##-###", "### ### ## ##"], &["##########"]),
    Kind::national("pl_pesel", &["pesel", "numer_pesel"], pl_pesel, &["###########"], &[]),
    Kind::national("pt_cc", &["cartao_cidadao", "cartao_de_cidadao"], pt_cc, &["############", "######## # ###"], &[]),
    Kind::national("pt_nif", &["nif", "contribuinte", "numero_contribuinte"], pt_nif, &["### ### ###"], &["#########", "###.###.###"]),
    Kind::national("ro_cnp", &["cnp", "cod_numeric_personal"], ro_cnp, &["#############"], &[]),
    Kind::national("ru_inn", &["inn"], ru_inn, &["############"], &[]),
    Kind::national("ru_snils", &["snils"], ru_snils, &["###-###-### ##", "###-###-###-##", "###########"], &[]),
    Kind::national(
        "se_personnummer",
        &["personnummer", "samordningsnummer", "pnr"],
        se_personnummer,
        &["######-####", "########-####", "############"],
        &["##########"],
    ),
    Kind::national("tr_tckn", &["tckn", "tc_kimlik", "tc_kimlik_no", "tc_no"], tr_tckn, &["###########"], &[]),
    Kind::national("ua_rntrc", &["rnokpp", "inn", "ipn"], ua_rntrc, &[], &["##########"]),
];

/// Body and its check digit; none if the check has no single digit.
pub(crate) fn with_digit(body: &str, check: usize) -> Option<String> {
    (check < 10).then(|| format!("{body}{check}"))
}

/// A day of birth as year, month and day.
pub(crate) fn born(rng: &mut Rng) -> (usize, usize, usize) {
    date(rng, 1930, 2015)
}

/// The same as two digits each, day first.
pub(crate) fn ddmmyy(rng: &mut Rng) -> String {
    let (y, m, d) = born(rng);
    format!("{d:02}{m:02}{:02}", y % 100)
}

/// The same, year first.
pub(crate) fn yymmdd(rng: &mut Rng) -> String {
    let (y, m, d) = born(rng);
    format!("{:02}{m:02}{d:02}", y % 100)
}

/// Whether thirteen digits are a time between 2001 and 2040 in milliseconds too. A log is full of those, so
/// such a number is found behind a key only (docs/limits.md).
pub(crate) fn is_millis(text: &str) -> bool {
    text.len() == 13 && (978_307_200_000..=2_208_988_800_000).contains(&number(text))
}

fn number(text: &str) -> usize {
    text.parse().unwrap_or(0)
}

fn at_svnr(rng: &mut Rng, _: bool) -> Option<String> {
    let (serial, day) = (rng.between(100, 999), ddmmyy(rng));
    let check = weighted(&format!("{serial}{day}"), &[3, 7, 9, 5, 8, 4, 2, 1, 6]) % 11;
    (check < 10).then(|| format!("{serial}{check}{day}"))
}

fn be_nrn(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    // Numbers of people who are not residents have 20 or 40 added to the month.
    let m = m + rng.pick(&[0, 0, 0, 20, 40]);
    let body = format!("{:02}{m:02}{d:02}{:03}", y % 100, rng.between(1, 997));
    let full = if y >= 2000 { number(&format!("2{body}")) } else { number(&body) };
    Some(format!("{body}{:02}", 97 - full % 97))
}

fn bg_egn(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    let m = if y >= 2000 { m + 40 } else { m };
    let body = format!("{:02}{m:02}{d:02}{}", y % 100, rng.digits(3));
    let check = weighted(&body, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
    with_digit(&body, check)
}

fn ch_ahv(rng: &mut Rng, _: bool) -> Option<String> {
    let body = format!("756{}", rng.digits(9));
    with_digit(&body, (10 - weighted(&body, &[1, 3]) % 10) % 10)
}

fn cz_sk_rodne_cislo(rng: &mut Rng, keyed: bool) -> Option<String> {
    let short = keyed && rng.one_in(4);
    let (y, m, d) = if short { date(rng, 1920, 1953) } else { date(rng, 1954, 2015) };
    let m = m + rng.pick(&[0, 50]);
    let body = format!("{:02}{m:02}{d:02}{}", y % 100, rng.digits(3));
    if short { Some(body) } else { with_digit(&body, number(&body) % 11) }
}

fn de_personalausweis(rng: &mut Rng, _: bool) -> Option<String> {
    let first = rng.chars("LMNPRTVWXYZ", 1);
    let body = format!("{first}{}", rng.chars("0123456789CFGHJKLMNPRTVWXYZ", 8));
    with_digit(&body, mrz_digit(&body))
}

fn de_rvnr(rng: &mut Rng, _: bool) -> Option<String> {
    let area = rng.pick(&["02", "03", "10", "12", "13", "15", "18", "20", "24", "28", "42", "53", "65"]);
    let (day, letter, serial) = (ddmmyy(rng), rng.chars("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1), rng.digits(2));
    let place = letter.bytes().next().map_or(0, |b| b - b'A' + 1);
    let digits = digit_values(&format!("{area}{day}{place:02}{serial}"));
    let sums = digits.iter().zip([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]).map(|(d, w)| d * w / 10 + d * w % 10);
    with_digit(&format!("{area}{day}{letter}{serial}"), sums.sum::<usize>() % 10)
}

fn de_steuer_id(rng: &mut Rng, _: bool) -> Option<String> {
    let mut digits: Vec<char> = "0123456789".chars().collect();
    for i in (1..10).rev() {
        digits.swap(i, rng.below(i + 1));
    }
    // One digit stands twice or three times, in place of one or two others.
    let twin = *digits.first()?;
    let more = rng.between(1, 2);
    digits.truncate(10 - more);
    for _ in 0..more {
        digits.insert(rng.below(digits.len() + 1), twin);
    }
    let thrice = digits.windows(3).any(|w| w.iter().all(|c| *c == twin));
    let body: String = digits.into_iter().collect();
    (!thrice && !body.starts_with('0')).then(|| format!("{body}{}", iso7064_11_10(&body)))
}

fn dk_cpr(rng: &mut Rng, keyed: bool) -> Option<String> {
    let whole = format!("{}{}", ddmmyy(rng), rng.digits(4));
    // 261231-2359 is a day and a time of it as well, and has no check digit: it needs a key.
    let part = |from: usize| whole.get(from..from + 2).map_or(99, number);
    let stamp = (1..=12).contains(&part(2)) && (1..=31).contains(&part(4)) && part(6) < 24 && part(8) < 60;
    (keyed || !stamp).then_some(whole)
}

fn ee_lt_isikukood(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    let sex = rng.below(2) + if y >= 2000 { 5 } else { 3 };
    let body = format!("{sex}{:02}{m:02}{d:02}{}", y % 100, rng.digits(3));
    let check = match weighted(&body, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11 {
        10 => weighted(&body, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10,
        check => check,
    };
    with_digit(&body, check)
}

const DNI: &str = "TRWAGMYFPDXBNJZSQVHLCKE";

fn es_dni(rng: &mut Rng, _: bool) -> Option<String> {
    let body = rng.digits(8);
    Some(format!("{body}{}", symbol(DNI, number(&body) % 23)))
}

fn es_nie(rng: &mut Rng, _: bool) -> Option<String> {
    let (first, body) = (rng.below(3), rng.digits(7));
    Some(format!("{}{body}{}", symbol("XYZ", first), symbol(DNI, number(&format!("{first}{body}")) % 23)))
}

fn es_nuss(rng: &mut Rng, _: bool) -> Option<String> {
    let (province, middle) = (rng.between(1, 52), rng.digits(8));
    let whole = match number(&middle) {
        small @ 0..10_000_000 => small + province * 10_000_000,
        _ => number(&format!("{province}{middle}")),
    };
    Some(format!("{province:02}{middle}{:02}", whole % 97))
}

fn fi_hetu(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    let sign = if y >= 2000 { rng.chars("ABCDEF", 1) } else { rng.chars("-YXWVU", 1) };
    let (day, serial) = (format!("{d:02}{m:02}{:02}", y % 100), rng.between(2, 899));
    let check = symbol("0123456789ABCDEFHJKLMNPRSTUVWXY", number(&format!("{day}{serial:03}")) % 31);
    Some(format!("{day}{sign}{serial:03}{check}"))
}

fn fr_nir(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, m, _) = born(rng);
    let department = rng.between(1, 95);
    let (department, counted) = match department {
        20 => rng.pick(&[("2A", "19"), ("2B", "18")]),
        _ => return nir_tail(rng, y, m, &format!("{department:02}"), &format!("{department:02}")),
    };
    nir_tail(rng, y, m, department, counted)
}

fn nir_tail(rng: &mut Rng, y: usize, m: usize, department: &str, counted: &str) -> Option<String> {
    let (sex, tail) = (rng.between(1, 2), format!("{:03}{:03}", rng.between(1, 989), rng.between(1, 999)));
    let head = format!("{sex}{:02}{m:02}", y % 100);
    let key = 97 - number(&format!("{head}{counted}{tail}")) % 97;
    Some(format!("{head}{department}{tail}{key:02}"))
}

fn fr_spi(rng: &mut Rng, keyed: bool) -> Option<String> {
    let body = format!("{}{}", rng.chars("0123", 1), rng.digits(9));
    let whole = format!("{body}{:03}", number(&body) % 511);
    (keyed || !is_millis(&whole)).then_some(whole)
}

/// Check digit of NHS and CHI numbers.
fn nhs_digit(body: &str) -> usize {
    (11 - weighted(body, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11
}

fn gb_chi(rng: &mut Rng, _: bool) -> Option<String> {
    let body = format!("{}{}", ddmmyy(rng), rng.digits(3));
    with_digit(&body, nhs_digit(&body))
}

fn gb_driving_licence(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    let (name, initials) = (rng.pick(&["MORGA", "SMITH", "DOE99", "LEE99", "FICTU", "NEMO9"]), rng.pick(&["A9", "AB", "SM", "JK"]));
    let m = m + rng.pick(&[0, 50]);
    Some(format!("{name}{}{m:02}{d:02}{}{initials}9{}", y / 10 % 10, y % 10, rng.chars("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 2)))
}

fn gb_nhs(rng: &mut Rng, _: bool) -> Option<String> {
    let range = rng.pick(&[(400, 499), (600, 708)]);
    let body = format!("{}{}", rng.between(range.0, range.1), rng.digits(6));
    with_digit(&body, nhs_digit(&body))
}

fn gb_nino(rng: &mut Rng, _: bool) -> Option<String> {
    let prefix = format!("{}{}", rng.chars("ABCEGHJKLMNOPRSTWXYZ", 1), rng.chars("ABCEGHJKLMNPRSTWXYZ", 1));
    let issued = !["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"].contains(&prefix.as_str());
    issued.then(|| format!("{prefix}{}{}", rng.digits(6), rng.chars("ABCD", 1)))
}

fn gb_utr(rng: &mut Rng, _: bool) -> Option<String> {
    let body = rng.digits(9);
    Some(format!("{}{body}", symbol("21987654321", weighted(&body, &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11)))
}

fn gr_amka(rng: &mut Rng, _: bool) -> Option<String> {
    let body = format!("{}{}", ddmmyy(rng), rng.digits(4));
    with_digit(&body, luhn_digit(&body))
}

fn hr_oib(rng: &mut Rng, _: bool) -> Option<String> {
    let body = rng.digits(10);
    with_digit(&body, iso7064_11_10(&body))
}

fn hu_adoazonosito(rng: &mut Rng, _: bool) -> Option<String> {
    let body = format!("8{:05}{}", rng.between(20_000, 54_000), rng.digits(3));
    with_digit(&body, weighted(&body, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11)
}

fn hu_taj(rng: &mut Rng, _: bool) -> Option<String> {
    let body = format!("{}{}", rng.chars("01", 1), rng.digits(7));
    with_digit(&body, weighted(&body, &[3, 7]) % 10)
}

fn ie_pps(rng: &mut Rng, _: bool) -> Option<String> {
    let (body, second) = (rng.digits(7), rng.pick(&[("", 0), ("A", 1), ("B", 2), ("W", 0)]));
    let check = (weighted(&body, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second.1) % 23;
    Some(format!("{body}{}{}", symbol("WABCDEFGHIJKLMNOPQRSTUV", check), second.0))
}

fn is_kennitala(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    let body = format!("{d:02}{m:02}{:02}{}", y % 100, rng.between(20, 99));
    let check = (11 - weighted(&body, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    with_digit(&body, check).map(|body| format!("{body}{}", if y >= 2000 { 0 } else { 9 }))
}

fn it_codice_fiscale(rng: &mut Rng, _: bool) -> Option<String> {
    // Values at odd places, by digit or letter; a digit counts as the letter of its number.
    const ODD: [usize; 26] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let (y, m, d) = born(rng);
    let d = d + rng.pick(&[0, 40]);
    let names = rng.chars("BCDFGHLMNPRSTVZ", 6);
    let town = format!("{}{:03}", rng.chars("ABCDEFGHIL", 1), rng.between(1, 999));
    let body = format!("{names}{:02}{}{d:02}{town}", y % 100, symbol("ABCDEHLMPRST", m - 1));
    let value = |b: u8| usize::from(if b.is_ascii_digit() { b - b'0' } else { b - b'A' });
    let sum: usize =
        body.bytes().enumerate().map(|(i, b)| if i % 2 == 0 { ODD.get(value(b)).copied().unwrap_or(0) } else { value(b) }).sum();
    Some(format!("{body}{}", symbol("ABCDEFGHIJKLMNOPQRSTUVWXYZ", sum % 26)))
}

fn jmbg(rng: &mut Rng, keyed: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    let region = rng.pick(&["10", "17", "21", "33", "41", "50", "71", "82", "91"]);
    let body = format!("{d:02}{m:02}{:03}{region}{}", y % 1000, rng.digits(3));
    let check = (11 - weighted(&body, &[7, 6, 5, 4, 3, 2]) % 11) % 11;
    with_digit(&body, check).filter(|whole| keyed || !is_millis(whole))
}

fn lu_matricule(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    let body = format!("{y}{m:02}{d:02}{}", rng.digits(3));
    Some(format!("{body}{}{}", luhn_digit(&body), verhoeff_digit(&body)))
}

fn lv_personas_kods(rng: &mut Rng, _: bool) -> Option<String> {
    if rng.one_in(3) {
        return Some(format!("32{}", rng.digits(9)));
    }
    let (y, m, d) = born(rng);
    let century = if y >= 2000 { 2 } else { 1 };
    let body = format!("{d:02}{m:02}{:02}{century}{}", y % 100, rng.digits(3));
    with_digit(&body, (1101 - weighted(&body, &[1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11)
}

fn nl_bsn(rng: &mut Rng, keyed: bool) -> Option<String> {
    // A leading zero is often left out.
    let short = keyed && rng.one_in(4);
    let body =
        if short { format!("0{}{}", rng.chars("123456789", 1), rng.digits(6)) } else { format!("{}{}", rng.chars("12", 1), rng.digits(7)) };
    let whole = with_digit(&body, weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11)?;
    Some(whole.trim_start_matches('0').to_owned())
}

fn no_fodselsnummer(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    let d = d + rng.pick(&[0, 0, 40]);
    let individual = if y < 2000 { rng.between(0, 499) } else { rng.between(500, 999) };
    let body = format!("{d:02}{m:02}{:02}{individual:03}", y % 100);
    let first = (11 - weighted(&body, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11;
    let body = with_digit(&body, first)?;
    let second = (11 - weighted(&body, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    with_digit(&body, second)
}

fn pl_nip(rng: &mut Rng, _: bool) -> Option<String> {
    let body = format!("{}{}", rng.chars("123456789", 3), rng.digits(6));
    with_digit(&body, weighted(&body, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11)
}

fn pl_pesel(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    let m = if y >= 2000 { m + 20 } else { m };
    let body = format!("{:02}{m:02}{d:02}{}", y % 100, rng.digits(4));
    with_digit(&body, (10 - weighted(&body, &[1, 3, 7, 9]) % 10) % 10)
}

fn pt_cc(rng: &mut Rng, _: bool) -> Option<String> {
    let body = rng.digits(8);
    let check = (11 - weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    let version = format!("{}{}", rng.chars("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1), rng.chars("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 1));
    let body = format!("{body}{}{version}", if check > 9 { 0 } else { check });
    with_digit(&body, luhn_base36(&body))
}

fn pt_nif(rng: &mut Rng, _: bool) -> Option<String> {
    let body = format!("{}{}", rng.chars("123", 1), rng.digits(7));
    let rest = weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    with_digit(&body, if rest < 2 { 0 } else { 11 - rest })
}

fn ro_cnp(rng: &mut Rng, keyed: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    let sex = rng.between(1, 2) + if y >= 2000 { 4 } else { 0 };
    let body = format!("{sex}{:02}{m:02}{d:02}{:02}{:03}", y % 100, rng.between(1, 46), rng.between(1, 999));
    let check = match weighted(&body, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 {
        10 => 1,
        check => check,
    };
    let whole = with_digit(&body, check)?;
    (keyed || !is_millis(&whole)).then_some(whole)
}

fn ru_inn(rng: &mut Rng, _: bool) -> Option<String> {
    let body = format!("{:02}{}", rng.between(1, 79), rng.digits(8));
    let first = weighted(&body, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
    let body = format!("{body}{first}");
    with_digit(&body, weighted(&body, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10)
}

fn ru_snils(rng: &mut Rng, _: bool) -> Option<String> {
    // Numbers up to 001-001-998 have no check.
    let body = format!("{:03}{}", rng.between(2, 999), rng.digits(6));
    Some(format!("{body}{:02}", weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100))
}

fn se_personnummer(rng: &mut Rng, _: bool) -> Option<String> {
    let (y, m, d) = born(rng);
    let d = d + rng.pick(&[0, 0, 0, 60]);
    let body = format!("{:02}{m:02}{d:02}{}", y % 100, rng.digits(3));
    let body = format!("{body}{}", luhn_digit(&body));
    Some(if rng.one_in(2) { format!("{}{body}", y / 100) } else { body })
}

fn tr_tckn(rng: &mut Rng, _: bool) -> Option<String> {
    let body = format!("{}{}", rng.chars("123456789", 1), rng.digits(8));
    let tenth = (7 * weighted(&body, &[1, 0]) + 10 * 8 - weighted(&body, &[0, 1])) % 10;
    let body = format!("{body}{tenth}");
    with_digit(&body, weighted(&body, &[1]) % 10)
}

fn ua_rntrc(rng: &mut Rng, _: bool) -> Option<String> {
    // Days since the end of 1899; the first weight is -1.
    let body = format!("{:05}{}", rng.between(10_959, 42_000), rng.digits(4));
    with_digit(&body, weighted(&body, &[10, 5, 7, 9, 4, 6, 10, 5, 7]) % 11 % 10)
}
