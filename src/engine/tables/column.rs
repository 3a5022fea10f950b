//! What a column's name says of the values below it.

use super::Field;
use crate::engine::candidates::keys;
use crate::engine::catalog::{KindId, id};
use crate::engine::settings::Settings;
use crate::engine::verify::{Hit, column_value, packs, person_value};

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Unknown,
    /// Index of a key of the catalogue.
    Key(u16),
    /// Index of a name of national identifiers.
    Pack(u16),
    /// A name, where other columns speak of a person.
    Name,
}

/// Names of columns that hold a person's name beside other columns about people.
const NAMES: [&[u8]; 22] = [
    b"name",
    b"patient",
    b"client",
    b"customer",
    b"member",
    b"employee",
    b"contact",
    b"doctor",
    b"provider",
    b"nurse",
    b"insured",
    b"subscriber",
    b"guarantor",
    b"guardian",
    b"spouse",
    b"first",
    b"last",
    b"middle",
    b"family",
    b"given",
    b"beneficiary",
    b"full name",
];

/// Kinds whose columns speak of a person.
const PERSONAL: [KindId; 20] = [
    id::PERSON_NAME,
    id::US_SSN,
    id::US_SSN_LAST4,
    id::DATE_OF_BIRTH,
    id::MRN,
    id::EMAIL,
    id::PHONE_E164,
    id::PHONE_NANP,
    id::PHONE_NATIONAL_EU,
    id::STREET_ADDRESS,
    id::ZIP_US,
    id::PAN,
    id::CVV,
    id::IBAN,
    id::HEALTH_PLAN_MEMBER_ID,
    id::US_MBI,
    id::US_PASSPORT,
    id::US_DRIVERS_LICENSE,
    id::DATE_HEALTH,
    id::ICD10_CODE,
];

impl Column {
    pub(super) fn speaks_of_a_person(self) -> bool {
        match self {
            Self::Key(at) => keys::key(at).is_some_and(|key| PERSONAL.contains(&key.kind)),
            Self::Pack(_) => true,
            Self::Unknown | Self::Name => false,
        }
    }
}

/// What a name says; `Name` only counts beside others.
pub(super) fn named(name: &[u8], settings: &Settings) -> Column {
    // `DOB (MM/DD/YYYY)`, `SSN #`
    let end = name.iter().position(|byte| matches!(byte, b'(' | b'#' | b'/')).unwrap_or(name.len());
    let mut name = name.get(..end).unwrap_or_default().trim_ascii();
    while let [rest @ .., b'!' | b'*' | b'?' | b'$' | b'%' | b'.' | b':'] = name {
        name = rest;
    }
    if settings.packs
        && let Some(index) = packs::column_of(name, settings)
    {
        return Column::Pack(index);
    }
    let key = keys::lookup(name).filter(|at| keys::key(*at).is_some_and(|key| key.kind != id::URL_WITH_IDS && settings.is_on(key.kind)));
    match key {
        Some(at) => Column::Key(at),
        None if NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)) => Column::Name,
        None => Column::Unknown,
    }
}

/// Judges one value by its column.
pub(super) fn judge(hay: &[u8], column: Column, (start, end): Field, settings: &Settings, hits: &mut Vec<Hit>) {
    match column {
        Column::Unknown => {}
        Column::Key(at) => column_value(hay, at, start, end, settings, hits),
        Column::Pack(index) => packs::column_value(hay, index, start, end, settings, hits),
        Column::Name => person_value(hay, start, end, settings, hits),
    }
}
