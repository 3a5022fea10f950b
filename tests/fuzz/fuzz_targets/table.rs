//! Any bytes as the cells of a table.
//!
//! What must hold is checked in `hushlog::fuzz::table`; this is only the shell around it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| hushlog::fuzz::table(data));
