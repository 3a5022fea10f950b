//! Verifiers: from a candidate to a finding, by looking at the bytes themselves.
//!
//! Third step of a scan. A verifier trusts nothing about its candidate: it reads the
//! bytes around it, within the record, and accepts a span with a kind and a confidence
//! or does nothing. No policy and no masking here; overlaps are settled later.

mod addresses;
mod aligned;
mod blocks;
mod calls;
mod clinical;
mod column;
mod commands;
mod compare;
mod credentials;
mod dates;
mod digits;
mod dispatch;
mod elements;
mod email;
mod headers;
mod hex;
mod keyed;
mod labels;
mod markers;
mod national;
mod network;
mod operations;
mod owners;
pub(crate) mod packs;
mod pairs;
mod pem;
mod people;
mod phrases;
mod prose;
mod rows;
mod scan;
mod sql;
mod strings;
mod token;
mod unnamed;
mod upper;
mod value;
mod wrapped;

pub(crate) use clinical::{delimiter_of, segment_value};
pub(crate) use column::{column_value, elements, holds_own_label, is_rule, person_value};
#[cfg(any(test, feature = "test-hooks"))]
pub(crate) use dispatch::anchored;
pub(crate) use dispatch::{Finder, verify};
pub(crate) use keyed::whole_value;
pub(crate) use labels::{in_own_label, is_placeholder};
pub(crate) use pem::{PemState, continue_pem, go_on_in_key, opens_hidden_key};
pub(crate) use scan::{Done, HIDDEN, Hit, Hold, Opens, Scan, Source, Start, Traced};
pub(crate) use sql::literal;
#[cfg(any(test, feature = "test-hooks"))]
pub(crate) use token::matches_program;

use crate::engine::catalog::Extent;

/// First byte and one past the last of the value after a separator.
pub(crate) fn value_after(hay: &[u8], at: usize, extent: Extent, spaced: bool) -> Option<(usize, usize)> {
    value::read(hay, at, extent, spaced, &mut value::Stops::default()).map(|value| (value.start, value.end))
}
