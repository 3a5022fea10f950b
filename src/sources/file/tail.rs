//! One file that is followed: where it is, how far it was read, whether it was rotated away.

use super::checkpoint::Point;
use super::live::Input;
use super::mark::{Identity, Mark};
use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

/// A file that had the name of another one before.
pub(super) struct Before {
    pub(super) file: File,
    /// Its name without the ending of a compressor, if that says more than that it is older.
    pub(super) name: PathBuf,
    pub(super) is_packed: bool,
}

impl Before {
    /// One that is not compressed.
    pub(super) fn plain(file: File) -> Self {
        Self { file, name: PathBuf::new(), is_packed: false }
    }
}

pub(super) struct Tail {
    pub(super) identity: Identity,
    /// Name under which it was found first; its records carry it.
    pub(super) home: PathBuf,
    pub(super) input: Input,
    /// Bytes that it was seen to have.
    pub(super) size: u64,
    /// How far it was read; no more than that need be read again when its stream begins anew.
    pub(super) read_to: u64,
    pub(super) modified: Option<SystemTime>,
    /// Whether it was written to since its marks were compared.
    pub(super) touched: bool,
    /// Bytes that were there and not read when it became shorter.
    pub(super) lost: u64,
    /// Bytes that it had when its marks were last found to fit.
    pub(super) seen: u64,
    /// Records up to there were handed over.
    pub(super) point: Point,
    pub(super) mark: Mark,
    /// Since when its name is another one, or gone.
    pub(super) rotated: Option<Instant>,
    /// When bytes were last seen to come.
    pub(super) grew: Instant,
    /// File that had its name before.
    pub(super) before: Option<Before>,
    /// The file that has its name now, whose first record holds what was open at the end of this one.
    pub(super) carried: Option<u64>,
    /// Whether something is open at its end, as far as it was read.
    pub(super) is_open: bool,
    /// The name that rotation gave it, without the ending of a compressor.
    pub(super) name: Option<PathBuf>,
    /// Since when it cannot be read.
    pub(super) failing: Option<Instant>,
    /// After an error nothing is tried until then.
    pub(super) retry: Option<Instant>,
    /// Since when its region is not known.
    pub(super) unknown: Option<Instant>,
}

impl Tail {
    pub(super) fn new(identity: Identity, home: PathBuf, input: Input, point: Point) -> Self {
        Self {
            identity,
            home,
            input,
            size: 0,
            modified: None,
            touched: false,
            lost: 0,
            seen: 0,
            read_to: point.offset,
            point,
            mark: Mark::default(),
            rotated: None,
            grew: Instant::now(),
            before: None,
            carried: None,
            is_open: false,
            name: None,
            failing: None,
            retry: None,
            unknown: None,
        }
    }

    /// Looks at its size.
    pub(super) fn look(&mut self) {
        let size = match &self.input {
            // Of compressed text the end is known when it is read.
            Input::Packed { .. } if self.is_open => self.size,
            Input::Packed { .. } => self.read_to.saturating_add(1),
            Input::Gone => self.size,
            Input::Plain(file) => {
                let metadata = file.metadata().ok();
                let modified = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
                // Truncated and written to again it may be as long as before.
                self.touched |= modified != self.modified;
                self.modified = modified;
                metadata.map_or(self.size, |metadata| metadata.len())
            }
        };
        if size < self.size {
            self.lost = self.size.saturating_sub(self.read_to);
        }
        if size != self.size {
            self.size = size;
            self.grew = Instant::now();
        }
    }

    /// Its marks fit: all bytes that it has belong to it.
    pub(super) fn verified(&mut self) {
        self.seen = self.size;
    }

    /// Bytes that were there and are gone, when it is found to be another one: however long that is now.
    pub(super) fn gone(&self) -> u64 {
        self.lost.max(self.seen.saturating_sub(self.read_to))
    }

    /// Whether there is something to do.
    pub(super) fn has_work(&self) -> bool {
        (self.size != self.read_to || self.touched) && self.retry.is_none_or(|retry| Instant::now() >= retry)
    }

    /// Whether it was rotated away, read to its end, and nobody writes to it any more.
    pub(super) fn has_ended(&self, wait: Duration) -> bool {
        let rotated = self.rotated.is_some_and(|rotated| rotated.elapsed() >= wait);
        rotated && self.size == self.read_to && self.grew.elapsed() >= wait && self.retry.is_none_or(|retry| Instant::now() >= retry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn bytes_that_were_seen_and_are_gone_are_known_however_long_the_file_is_then() {
        let mut file = tempfile::tempfile().unwrap();
        let identity = Identity::of(&file.metadata().unwrap());
        let mut tail = Tail::new(identity, PathBuf::new(), Input::Plain(file.try_clone().unwrap()), Point::default());
        file.write_all(&[b'a'; 1000]).unwrap();
        tail.look();
        tail.verified();
        tail.read_to = 400;
        assert_eq!(tail.gone(), 600, "what was not read, if it is truncated now");
        // Truncated, and longer than before at the next look.
        file.set_len(0).unwrap();
        file.write_all(&[b'b'; 2000]).unwrap();
        tail.look();
        assert_eq!((tail.size, tail.gone()), (3000, 600));
        tail.read_to = 1000;
        assert_eq!(tail.gone(), 0, "all of it was read");
    }
}
