//! Any text as a file of user rules.
//!
//! What must hold is checked in `hushlog::fuzz::rules`; this is only the shell around it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| hushlog::fuzz::rules(data));
