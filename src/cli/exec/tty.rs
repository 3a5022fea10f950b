//! A terminal for the command, and the real one in its place.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::stdio::stdin;
use rustix::termios::{OptionalActions, Termios, isatty, tcgetattr, tcgetwinsize, tcsetattr, tcsetwinsize};

use super::streams::Real;

/// A pseudo-terminal. While it is there, the real one passes on what is typed byte by byte.
pub(super) struct Terminal {
    pub(super) master: OwnedFd,
    /// What the real terminal was set to, if there is one.
    before: Option<Termios>,
}

impl Terminal {
    /// Opens one, and gives the end that the command gets.
    pub(super) fn open(real: &Real) -> io::Result<(Self, OwnedFd)> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let slave = open(ptsname(&master, Vec::new())?, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
        let mut terminal = Self { master, before: None };
        terminal.resize(real);
        let typed = rustix::io::fcntl_dupfd_cloexec(stdin(), 3)?;
        if isatty(&typed) {
            let before = tcgetattr(&typed)?;
            let mut raw = before.clone();
            raw.make_raw();
            tcsetattr(&typed, OptionalActions::Now, &raw)?;
            terminal.before = Some(before);
        }
        let mut to = File::from(terminal.master.try_clone()?);
        // Ends with the program: reading a terminal cannot be interrupted.
        std::thread::spawn(move || io::copy(&mut File::from(typed), &mut to));
        Ok((terminal, slave))
    }

    /// Gives it the size of the real one.
    pub(super) fn resize(&self, real: &Real) {
        if let Ok(size) = tcgetwinsize(&real.out) {
            let _ = tcsetwinsize(&self.master, size);
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = tcsetattr(stdin(), OptionalActions::Now, before);
        }
    }
}
