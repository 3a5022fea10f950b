//! Locks of files that one process alone may write.
//!
//! A lock belongs to an open file, which a child shares between its fork and its exec, and which a process that
//! was killed keeps until its memory is gone. Both last for milliseconds: a taken lock is tried again for a moment.

use std::fs::{File, TryLockError};
use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// How long a lock that somebody else has is asked for, and how often.
const PATIENCE: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(10);

/// Takes the lock of `file`, which it has until it is closed.
///
/// # Errors
/// `WouldBlock` if somebody else keeps it; else what the system says.
pub(crate) fn exclusively(file: &File) -> io::Result<()> {
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_refused_while_it_is_held_and_waited_for_while_it_is_let_go() {
        let dir = tempfile::tempdir().unwrap();
        let open = || File::create(dir.path().join("lock")).unwrap();
        let held = open();
        exclusively(&held).unwrap();
        assert_eq!(exclusively(&open()).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        let other = open();
        let later = thread::spawn(move || {
            thread::sleep(PAUSE * 3);
            drop(held);
        });
        exclusively(&other).unwrap();
        later.join().unwrap();
    }
}
