//! Any bytes as a stream of syslog.
//!
//! What must hold is checked in `hushlog::fuzz::syslog`; this is only the shell around it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| hushlog::fuzz::syslog(data));
