//! Reads a segment: frame by frame, over whatever is damaged.
//!
//! A frame whose checks do not hold is skipped and counted; its neighbours are found by their magic
//! and the check of their head. This is the one place where bytes from a disk become scrubbed bytes
//! again (invariant I2): only after every check of their frame, and never from anything else.

use super::files::File;
use super::format::{FRAME_HEAD, FRAME_MAGIC, Front, Head, Header, HeaderError, MAX_HEADER, Refusal};
use super::key::{Cipher, Key};
use crate::record::{Batch, CleanBuf, CleanText, Restored};
use crate::route::SinkSet;
use std::io;
use std::sync::Arc;

/// Bytes that are read at once.
const WINDOW: usize = 64 * 1024;

/// What was found damaged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    /// Stretches of bytes that are no frames.
    pub stretches: u64,
    /// Batches that are missing, as far as their numbers tell.
    pub batches: u64,
    /// Bytes behind the last frame.
    pub tail: u64,
}

impl Damage {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { stretches: self.stretches + other.stretches, batches: self.batches + other.batches, tail: self.tail + other.tail }
    }

    /// Whether anything is damaged.
    pub fn is_any(&self) -> bool {
        *self != Self::default()
    }
}

/// Why a segment cannot be read at all.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// Its header.
    Damaged,
    /// It was written by a newer program.
    Newer,
    /// It is encrypted with another key, or there is none.
    Key,
    /// The system does not give its bytes.
    Io(io::Error),
}

/// A batch that a segment gave back.
pub(super) struct Stored {
    pub(super) sequence: u64,
    /// Places in the names of the segment's header.
    pub(super) sinks: SinkSet,
    pub(super) refusal: Option<Refusal<CleanText>>,
    pub(super) batch: Batch,
}

/// Reads one segment from its first frame on.
pub(super) struct Segment {
    file: Arc<dyn File>,
    pub(super) header: Header,
    cipher: Option<Cipher>,
    seed: u32,
    /// Where the next frame begins.
    at: u64,
    /// What is read ends here.
    limit: u64,
    /// Sequence that the next frame has, unless something is missing.
    expected: u64,
    /// Sequences from here on do not count: they were written again elsewhere.
    void: u64,
    window: Vec<u8>,
    window_at: u64,
    pub(super) damage: Damage,
}

impl Segment {
    /// Reads the header.
    pub(super) fn open(file: Arc<dyn File>, key: Option<&Key>) -> Result<Self, Unreadable> {
        let mut start = vec![0; MAX_HEADER];
        let length = fill(file.as_ref(), &mut start, 0).map_err(Unreadable::Io)?;
        start.truncate(length);
        let header = Header::decode(&start).map_err(|error| match error {
            HeaderError::Damaged => Unreadable::Damaged,
            HeaderError::Newer => Unreadable::Newer,
        })?;
        let cipher = match key {
            _ if !header.encrypted => None,
            Some(key) if key.check(&header.salt) == header.check => {
                let bytes = start.get(..header.length as usize).ok_or(Unreadable::Damaged)?;
                Some(key.cipher(&header.salt, bytes).ok_or(Unreadable::Key)?)
            }
            _ => return Err(Unreadable::Key),
        };
        let limit = file.size().map_err(Unreadable::Io)?;
        let (seed, at, expected) = (header.seed(), header.length, header.first);
        let damage = Damage::default();
        Ok(Self { file, header, cipher, seed, at, limit, expected, void: u64::MAX, window: Vec::new(), window_at: 0, damage })
    }

    /// Reads no sequence from `void` on.
    pub(super) fn void_from(&mut self, void: u64) {
        self.void = void;
    }

    /// Reads no further than these bytes.
    pub(super) fn bound(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// Where what was read ends.
    pub(super) fn position(&self) -> u64 {
        self.at
    }

    /// One more than the last sequence that was read or is known to be missing.
    pub(super) fn expected(&self) -> u64 {
        self.expected
    }

    /// Sequences up to this one were to be here: what is not is missing.
    pub(super) fn ends_at(&mut self, end: u64) {
        if end > self.expected {
            self.lost(end);
        }
    }

    /// The next frame with at least this sequence number. `None` at the end.
    ///
    /// # Errors
    /// What the system says about reading the file.
    pub(super) fn next(&mut self, from: u64) -> io::Result<Option<Stored>> {
        loop {
            let Some(head) = self.head(self.at)? else {
                if !self.resync()? {
                    return Ok(None);
                }
                continue;
            };
            if head.sequence >= self.void {
                return Ok(None);
            }
            let size = FRAME_HEAD as u64 + u64::from(head.length);
            if self.at + size > self.limit {
                // Its head holds, its end is cut off.
                if !self.resync()? {
                    return Ok(None);
                }
                continue;
            }
            if head.sequence > self.expected {
                self.lost(head.sequence);
            }
            let start = self.at + FRAME_HEAD as u64;
            self.at += size;
            self.expected = head.sequence + 1;
            if head.sequence < from {
                continue;
            }
            match self.stored(&head, start)? {
                Some(stored) => return Ok(Some(stored)),
                None => {
                    self.damage.stretches += 1;
                    self.damage.batches += 1;
                }
            }
        }
    }

    fn lost(&mut self, next: u64) {
        self.damage.stretches += 1;
        self.damage.batches += next - self.expected;
        self.expected = next;
    }

    /// The head of a frame at an offset, if there is one.
    fn head(&mut self, at: u64) -> io::Result<Option<Head>> {
        if at + FRAME_HEAD as u64 > self.limit {
            return Ok(None);
        }
        let seed = self.seed;
        let head = self.bytes(at, FRAME_HEAD)?.and_then(|bytes| Head::decode(bytes, seed));
        // A number that was read already is an old frame in a place where it does not belong.
        Ok(head.filter(|head| head.sequence >= self.expected))
    }

    /// Goes on at the next frame behind bytes that are none. `false` if there is none any more.
    fn resync(&mut self) -> io::Result<bool> {
        let mut at = self.at + 1;
        while at + (FRAME_HEAD as u64) <= self.limit {
            if self.bytes(at, FRAME_HEAD)?.is_none() {
                break;
            }
            // As far as the window goes, not only the head that was asked for.
            let skip = usize::try_from(at - self.window_at).unwrap_or(usize::MAX);
            let rest = self.window.get(skip..).unwrap_or_default();
            match memchr::memmem::find(rest, FRAME_MAGIC) {
                Some(offset) => {
                    let place = at + offset as u64;
                    let limit = self.limit;
                    let fits = |head: &Head| place + FRAME_HEAD as u64 + u64::from(head.length) <= limit;
                    if self.head(place)?.filter(fits).is_some() {
                        // The gap in the numbers is counted when the frame is read; none without one.
                        self.at = place;
                        return Ok(true);
                    }
                    at = place + 1;
                }
                // The magic may lie across the end of the window.
                None => at += (rest.len() + 1).saturating_sub(FRAME_MAGIC.len()).max(1) as u64,
            }
        }
        self.damage.tail = self.limit.saturating_sub(self.at);
        Ok(false)
    }

    /// Bytes of the window, which is moved there if need be.
    fn bytes(&mut self, at: u64, length: usize) -> io::Result<Option<&[u8]>> {
        let inside = at >= self.window_at && at + length as u64 <= self.window_at + self.window.len() as u64;
        if !inside {
            let room = usize::try_from(self.limit.saturating_sub(at)).unwrap_or(usize::MAX).min(WINDOW.max(length));
            self.window.resize(room, 0);
            let read = fill(self.file.as_ref(), &mut self.window, at)?;
            self.window.truncate(read);
            self.window_at = at;
        }
        let from = usize::try_from(at - self.window_at).unwrap_or(usize::MAX);
        Ok(self.window.get(from..from.saturating_add(length)))
    }

    /// The batch of a frame, if all its checks hold.
    fn stored(&mut self, head: &Head, start: u64) -> io::Result<Option<Stored>> {
        let length = head.length as usize;
        let payload = if length <= WINDOW {
            match self.bytes(start, length)? {
                Some(bytes) => bytes.to_vec(),
                None => return Ok(None),
            }
        } else {
            let mut bytes = vec![0; length];
            if fill(self.file.as_ref(), &mut bytes, start)? < length {
                return Ok(None);
            }
            bytes
        };
        Ok(self.restore(head, payload))
    }

    fn restore(&self, head: &Head, mut payload: Vec<u8>) -> Option<Stored> {
        head.open(&mut payload, self.seed, self.header.first, self.cipher.as_ref())?;
        let front = Front::decode(&payload, self.header.kind)?;
        let proof = Restored::checked_segment();
        let clean = |bytes: &[u8]| CleanText::restored(bytes, &proof);
        let refusal = front.refusal.as_ref().map(|refusal| Refusal { time: refusal.time, reason: clean(refusal.reason) });
        let (sinks, origin, bodies) = (front.sinks, front.origin(clean), front.bodies);
        let ends = front.ends;
        payload.drain(..bodies);
        let batch = Batch::of_parts(Arc::new(origin), CleanBuf::restored(payload, &proof), ends)?;
        Some(Stored { sequence: head.sequence, sinks, refusal, batch })
    }
}

/// Reads until the room is full or the file ends.
pub(super) fn fill(file: &dyn File, into: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = into.get_mut(filled..).filter(|room| !room.is_empty()) {
        match file.read_at(room, offset + filled as u64)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// The number of a segment, from its name and the end that the name has to have.
pub(super) fn number(name: &str, end: &str) -> Option<u64> {
    let digits = name.strip_suffix(end)?;
    (digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

/// Reads any bytes as a segment: how many records it gives, and what is damaged. For tests.
#[cfg(any(fuzzing, test, feature = "test-hooks"))]
#[doc(hidden)]
pub fn probe(bytes: &[u8], key: Option<&Key>) -> Option<(Vec<(u64, Batch)>, Damage)> {
    let mut segment = Segment::open(Arc::new(bytes.to_vec()), key).ok()?;
    let mut found = Vec::new();
    while let Ok(Some(stored)) = segment.next(0) {
        found.push((stored.sequence, stored.batch));
    }
    Some((found, segment.damage))
}
