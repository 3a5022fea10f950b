//! Card brand table: issuer prefix ranges and the lengths each brand issues. Data only; the
//! check that reads it is `pan.rs`. Sources: ISO/IEC 7812 issuer identification numbers as
//! published by each network (Visa, Mastercard, American Express, Discover, JCB, UnionPay, Mir,
//! NPCI RuPay, Elo, Verve, Troy, UATP). Withdrawn brands (Switch, Solo, Laser) are left out.

/// How far a brand match can be trusted for a bare digit run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    Strong,
    /// The range is broad: bare runs are believable only at the lengths really in circulation.
    Broad,
    /// Never believable bare: a prefix shared with every epoch timestamp, or a length hardly issued.
    Keyed,
}

/// One brand: inclusive prefix ranges as flat `low, high` pairs, and accepted lengths.
pub(crate) struct Brand {
    pub(crate) prefixes: &'static [u32],
    pub(crate) lengths: &'static [usize],
    pub(crate) trust: Trust,
}

const SIXTEEN_UP: &[usize] = &[16, 17, 18, 19];
const DINERS: &[usize] = &[14, 16, 17, 18, 19];
const MAESTRO: &[usize] = &[12, 13, 14, 15, 16, 17, 18, 19];
const RUPAY: &[u32] = &[60, 60, 65, 65, 81, 82, 508, 508, 353, 353, 356, 356];
const VERVE: &[u32] = &[506_099, 506_198, 507_865, 507_964, 650_002, 650_027];
const ELO: &[u32] = &[
    401_178, 401_179, 431_274, 431_274, 438_935, 438_935, 451_416, 451_416, 457_393, 457_393, 457_631, 457_632, 504_175, 504_175, 506_699,
    506_778, 509_000, 509_999, 627_780, 627_780, 636_297, 636_297, 636_368, 636_368, 650_031, 650_033, 650_035, 650_051, 650_405, 650_439,
    650_485, 650_538, 650_541, 650_598, 650_700, 650_718, 650_720, 650_727, 650_901, 650_978, 651_652, 651_679, 655_000, 655_019, 655_021,
    655_058,
];

pub(crate) const BRANDS: &[Brand] = &[
    brand(Trust::Strong, &[13, 16, 19], &[4, 4]),                      // Visa
    brand(Trust::Strong, &[16], &[51, 55, 2221, 2720]),                // Mastercard
    brand(Trust::Strong, &[15], &[34, 34, 37, 37]),                    // American Express
    brand(Trust::Strong, SIXTEEN_UP, &[6011, 6011, 644, 649, 65, 65]), // Discover
    brand(Trust::Strong, SIXTEEN_UP, &[62, 62, 81, 81]),               // UnionPay, with 622126-622925 of Discover
    brand(Trust::Strong, DINERS, &[300, 305, 3095, 3095, 38, 39]),     // Diners
    brand(Trust::Strong, DINERS, &[36, 36]),                           // Diners International
    brand(Trust::Keyed, &[15], &[36, 36]),                             // the same at a length that is rare
    brand(Trust::Strong, SIXTEEN_UP, &[3528, 3589]),                   // JCB
    brand(Trust::Strong, SIXTEEN_UP, &[2200, 2204]),                   // Mir
    brand(Trust::Strong, &[16], RUPAY),
    brand(Trust::Strong, &[16], ELO),
    brand(Trust::Strong, &[16, 18, 19], VERVE),
    brand(Trust::Strong, &[16], &[9792, 9792]),      // Troy
    brand(Trust::Broad, MAESTRO, &[50, 50, 56, 69]), // Maestro
    brand(Trust::Keyed, &[15], &[1, 1]),             // UATP
];

const fn brand(trust: Trust, lengths: &'static [usize], prefixes: &'static [u32]) -> Brand {
    Brand { prefixes, lengths, trust }
}
