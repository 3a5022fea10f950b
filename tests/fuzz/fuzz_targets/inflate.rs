//! Any bytes as a compressed input.
//!
//! What must hold is checked in `hushlog::fuzz::inflate`; this is only the shell around it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| hushlog::fuzz::inflate(data));
