//! Checksums and structures of identifiers: pure functions on a candidate's bytes.
//!
//! One file each, named after the kind or the check. `valid` takes exactly the bytes
//! of the value, with its separators, allocates nothing and cannot fail.

mod base58;
mod base64;
pub(crate) mod calendar;
mod card_brands;
mod country_codes;
mod cursor;
mod digits;
#[cfg(any(test, feature = "test-hooks"))]
mod panic;
pub(crate) mod system_ip;
mod word_list;

macro_rules! validators {
    ($($name:ident),* $(,)?) => {
        $(pub(crate) mod $name;)*

        /// Every check that a rule may name.
        pub(crate) const VALIDATORS: &[(&str, fn(&[u8]) -> bool)] = &[$((stringify!($name), $name::valid)),*];
    };
}

validators! {
    advertising_device_id,
    age,
    aws_secret,
    azure_sas,
    bank_account_ar_cbu,
    bank_account_au,
    bank_account_gb,
    bank_account_in,
    bank_account_mx_clabe,
    bank_account_us,
    basic_auth,
    card_expiry,
    certificate_licence_number,
    checkpoint_or_hub_identity,
    crypto_btc_address,
    crypto_eth_address,
    crypto_private_key,
    cvv,
    dataset_subject_id,
    date_health,
    date_of_birth,
    device_serial,
    dicom_tag_dump,
    email,
    encounter_accession_id,
    fhir_resource_fields,
    geo_coordinates,
    github_crc32,
    health_plan_member_id,
    hex32,
    hex40,
    high_entropy,
    hl7_pid_segment,
    iban,
    iccid,
    icd10_code,
    image_or_biometric_blob,
    imei,
    imsi,
    ip_v4,
    ip_v6,
    jwt,
    licence_plate,
    luhn,
    mac_address,
    medical_archive_barcode,
    mrn,
    pan,
    pan_track_data,
    passport_mrz,
    pem_private_key,
    person_name,
    phone_e164,
    phone_nanp,
    phone_national_eu,
    postcode_ca,
    postcode_gb,
    postcode_other,
    prompt_or_sample_text,
    rx_number,
    session_cookie,
    street_address,
    swift_bic,
    telegram_bot,
    udi,
    url_credentials,
    url_with_ids,
    us_aba_routing,
    us_alien_number,
    us_atin,
    us_dea,
    us_dod_id,
    us_drivers_license,
    us_ein,
    us_hicn,
    us_itin,
    us_mbi,
    us_npi,
    us_passport,
    us_ptin,
    us_ssn,
    us_ssn_last4,
    uscis_receipt,
    username,
    uuid,
    uuid_user_id,
    vin,
    x12_person_segment,
    zip_us,
}

/// The check of that name.
pub(crate) fn by_name(name: &str) -> Option<fn(&[u8]) -> bool> {
    #[cfg(any(test, feature = "test-hooks"))]
    if name == "panic" {
        return Some(panic::valid);
    }
    VALIDATORS.iter().find(|(known, _)| *known == name).map(|(_, valid)| *valid)
}
