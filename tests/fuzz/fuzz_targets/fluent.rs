//! Any bytes as a stream of the forward protocol.
//!
//! What must hold is checked in `hushlog::fuzz::fluent`; this is only the shell around it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| hushlog::fuzz::fluent(data));
