//! Any bytes through the finder.
//!
//! What must hold is checked in `hushlog::fuzz::find`; this is only the shell around it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| hushlog::fuzz::find(data));
