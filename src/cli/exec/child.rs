//! The process that becomes the command.
//!
//! Between its start and the command's own code, a process has to give up what is hushlog's and to
//! bind its life to hushlog's. It does so in a hidden command of this same program, which then
//! becomes the command.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use nix::sys::signal::SigSet;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, getpid, getppid, set_parent_process_death_signal, setsid};

use super::streams::Ends;

/// Name of the hidden command.
const BECOME: &str = "__become";
/// Exit codes of shells for what cannot be run, and for what is not there.
const NOT_RUN: u8 = 126;
const NOT_FOUND: u8 = 127;

/// Becomes a command. For `exec` alone.
#[derive(Debug, clap::Args)]
#[command(name = BECOME, hide = true)]
pub(in crate::cli) struct Become {
    /// The process that the command must not outlive
    #[arg(long)]
    parent: i32,

    /// Whether standard input is the terminal to control
    #[arg(long)]
    tty: bool,

    /// The command and its arguments
    #[arg(required = true, last = true)]
    command: Vec<OsString>,
}

/// Starts the process.
pub(super) fn start(command: &[OsString], ends: &Ends, tty: bool) -> io::Result<Pid> {
    let mut process = Command::new("/proc/self/exe");
    process.arg(BECOME).arg("--parent").arg(getpid().as_raw_nonzero().to_string());
    if tty {
        process.arg("--tty").stdin(ends.out.try_clone()?);
    } else if rustix::termios::isatty(rustix::stdio::stdin()) {
        // A terminal could be written to, past the scrubber: the command gets what is typed, no more.
        process.stdin(Stdio::piped());
    }
    // Variables of hushlog's own are not the command's business.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"HUSHLOG_")) {
        process.env_remove(name);
    }
    let mut child = process.arg("--").args(command).stdout(ends.out.try_clone()?).stderr(ends.err.try_clone()?).spawn()?;
    if let Some(mut to) = child.stdin.take() {
        let mut from = File::from(rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?);
        // Ends with the program: reading a terminal cannot be interrupted.
        std::thread::spawn(move || io::copy(&mut from, &mut to));
    }
    Pid::from_raw(child.id() as i32).ok_or_else(|| io::ErrorKind::Other.into())
}

/// Closes what hushlog was started with beside the three: it may lead past the scrubber. What is hushlog's own is closed
/// already.
fn close_inherited() {
    let number = |entry: io::Result<std::fs::DirEntry>| entry.ok()?.file_name().to_str()?.parse::<i32>().ok();
    let open: Vec<i32> = std::fs::read_dir("/proc/self/fd").into_iter().flatten().filter_map(number).collect();
    // The folder's own is among them, and closed by now.
    for fd in open.into_iter().filter(|fd| *fd > 2) {
        let _ = nix::unistd::close(fd);
    }
}

/// Why a command cannot be run, so that whoever gave it finds what to change.
fn why(name: &OsStr, error: &io::Error) -> Cow<'static, str> {
    let is_path = name.as_encoded_bytes().contains(&b'/');
    Cow::Borrowed(match error.kind() {
        io::ErrorKind::NotFound if !is_path => "no folder of PATH has a program of its name (ENOENT)",
        io::ErrorKind::NotFound if Path::new(name).exists() => {
            "its file is there, but not the program that its `#!` line or its header names (ENOENT)"
        }
        io::ErrorKind::NotFound => "there is no file at its path (ENOENT)",
        io::ErrorKind::PermissionDenied => "it is no file that this user may execute (EACCES)",
        _ if error.raw_os_error() == Some(Errno::NOEXEC.raw_os_error()) => {
            "its file is no program of this machine and has no `#!` line (ENOEXEC)"
        }
        _ => return Cow::Owned(error.to_string()),
    })
}

/// Runs the hidden command. Returns only if the command cannot be run.
pub(in crate::cli) fn become_command(options: &Become) -> ExitCode {
    let bound = set_parent_process_death_signal(Some(Signal::KILL));
    if bound.is_err() || getppid().map_or(0, |parent| parent.as_raw_nonzero().get()) != options.parent {
        return NOT_RUN.into();
    }
    // The signals that hushlog holds back for itself.
    let _ = SigSet::all().thread_unblock();
    // A session of its own has no terminal that could be written to past the scrubber.
    let _ = setsid();
    if options.tty {
        let _ = rustix::process::ioctl_tiocsctty(rustix::stdio::stdin());
    }
    close_inherited();
    let Some((name, arguments)) = options.command.split_first() else { return NOT_RUN.into() };
    let error = Command::new(name).args(arguments).exec();
    // Neither its name nor its arguments: what is said here is in the log as well, and they may be anybody's.
    super::super::say_error(&format_args!("cannot run the command: {}", why(name, &error)));
    if error.kind() == io::ErrorKind::NotFound { NOT_FOUND } else { NOT_RUN }.into()
}
