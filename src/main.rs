//! The `hushlog` program: keeps its memory and its panics from leaking, then runs the
//! command line.
//!
//! Last stage of the flow. What the commands do is in `cli`; the scanning is the library.
//! No panic text may show scanned bytes (I4), and no core file may hold them.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| cli::report_panic(panic.location())));
    forbid_core_files();
    cli::run(std::env::args_os())
}

/// Best effort: where the system refuses, scrubbing goes on.
#[cfg(target_os = "linux")]
fn forbid_core_files() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let _ = rustix::process::setrlimit(Resource::Core, none);
}

#[cfg(not(target_os = "linux"))]
fn forbid_core_files() {}
