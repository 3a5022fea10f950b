//! Any bytes as requests of Splunk's HTTP Event Collector.
//!
//! What must hold is checked in `hushlog::fuzz::splunk_hec`; this is only the shell around it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| hushlog::fuzz::splunk_hec(data));
