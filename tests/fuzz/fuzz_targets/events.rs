//! Any bytes as messages that stay one record each.
//!
//! What must hold is checked in `hushlog::fuzz::events`; this is only the shell around it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| hushlog::fuzz::events(data));
