//! Signals: held back from every thread, taken one by one, passed on to the command.

use std::io;

use nix::sys::signal::{SigSet, Signal};
use rustix::process::{Pid, WaitOptions, WaitStatus, kill_process, wait};

/// Signals that say that the program itself is broken. They cannot wait.
const OWN: [Signal; 7] =
    [Signal::SIGSEGV, Signal::SIGBUS, Signal::SIGFPE, Signal::SIGILL, Signal::SIGTRAP, Signal::SIGABRT, Signal::SIGSYS];

/// The signals that are passed on.
pub(super) struct Signals(SigSet);

impl Signals {
    /// Holds them back in this thread and in those that it starts.
    pub(super) fn hold_back() -> io::Result<Self> {
        let mut set = SigSet::empty();
        Signal::iterator().filter(|signal| !OWN.contains(signal)).for_each(|signal| set.add(signal));
        set.thread_block()?;
        Ok(Self(set))
    }

    /// Passes them on until the command ends. Returns its exit code.
    ///
    /// As the first process of a container, hushlog is the parent of what has lost its own: these are
    /// waited for too.
    pub(super) fn pass_on(&self, child: Pid, resized: impl Fn()) -> u8 {
        loop {
            match self.0.wait() {
                Ok(Signal::SIGCHLD) => {
                    if let Some(code) = reap(child) {
                        return code;
                    }
                }
                // For writing to a pipe of our own that nobody reads: not the command's matter.
                Ok(Signal::SIGPIPE) => {}
                Ok(signal) => {
                    if signal == Signal::SIGWINCH {
                        resized();
                    }
                    if let Some(signal) = rustix::process::Signal::from_named_raw(signal as i32) {
                        let _ = kill_process(child, signal);
                    }
                }
                Err(_) => {}
            }
        }
    }
}

/// Waits for every process that has ended. Returns the exit code once the command is among them.
fn reap(child: Pid) -> Option<u8> {
    let mut code = None;
    while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
        if pid == child {
            code = ended(status).or(code);
        }
    }
    code
}

fn ended(status: WaitStatus) -> Option<u8> {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => Some(code as u8),
        (None, Some(signal)) => Some(128 + signal as u8),
        (None, None) => None,
    }
}
