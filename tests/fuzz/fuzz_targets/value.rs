//! Any key path and value through the door for decoded fields.
//!
//! What must hold is checked in `hushlog::fuzz::value`; this is only the shell around it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| hushlog::fuzz::value(data));
