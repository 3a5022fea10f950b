//! Any bytes through a stream.
//!
//! What must hold is checked in `hushlog::fuzz::scrub`; this is only the shell around it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| hushlog::fuzz::scrub(data));
