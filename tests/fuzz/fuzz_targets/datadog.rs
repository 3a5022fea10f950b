//! Any bytes as requests of Datadog's log intake.
//!
//! What must hold is checked in `hushlog::fuzz::datadog`; this is only the shell around it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| hushlog::fuzz::datadog(data));
