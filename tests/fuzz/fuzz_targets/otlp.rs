//! Any bytes as requests of OpenTelemetry's logs.
//!
//! What must hold is checked in `hushlog::fuzz::otlp`; this is only the shell around it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| hushlog::fuzz::otlp(data));
