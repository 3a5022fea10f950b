//! Bit planes to candidates: places where a verifier should look.
//!
//! Second step of a scan. Shapes come out of the planes in vector registers, literal
//! anchors out of the prefilter plane, keys out of the separators. A candidate decides
//! nothing: every verifier checks the bytes again from scratch, so that running all
//! verifiers at every position gives the same findings (the oracle of the tests).

pub(crate) mod keys;
pub(crate) mod literals;
pub(crate) mod national;
pub(crate) mod people;
pub(crate) mod shapes;
