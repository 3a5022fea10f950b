//! Any bytes as a segment of the buffer.
//!
//! What must hold is checked in `hushlog::fuzz::segment`; this is only the shell around it.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| hushlog::fuzz::segment(data));
