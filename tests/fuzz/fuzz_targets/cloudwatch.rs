//! Any bytes as a request of the CloudWatch Logs API.
//!
//! What must hold is checked in `hushlog::fuzz::cloudwatch`; this is only the shell around it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| hushlog::fuzz::cloudwatch(data));
