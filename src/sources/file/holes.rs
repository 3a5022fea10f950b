//! NUL bytes where a line begins: what a program leaves that writes on at its old place after its file was truncated
//! (`copytruncate` without `O_APPEND`), or what a machine leaves that lost its power.
//!
//! They hold no data, and as text they would be a record of six times their size. Reading ends before them; what
//! follows is read as if it stood behind the line before them.

use super::mark::At;
use std::fs::File;
use std::io::{self, Read};

/// NULs in a row that are a hole; fewer are text.
const LEAST: usize = 64;
/// Bytes of a hole that are looked at in one turn.
const MOST: u64 = 256 << 20;
const BLOCK: usize = 64 * 1024;

/// Where in a file its reader is.
pub(super) struct Place {
    /// Whether a line begins there.
    starts: bool,
    /// Whether a hole ends there, as far as it is known: each NUL belongs to it.
    inside: bool,
    /// Whether a hole begins there.
    pub(super) is_hole: bool,
    /// Whether holes are text, up to the next line.
    passes: bool,
}

impl Place {
    /// The beginning of a line.
    pub(super) fn new() -> Self {
        Self { starts: true, inside: false, is_hole: false, passes: false }
    }

    /// The hole here is text.
    pub(super) fn pass(&mut self) {
        (self.is_hole, self.passes) = (false, true);
    }

    /// What stands behind the hole here is read next.
    pub(super) fn behind(&mut self) {
        (self.is_hole, self.inside) = (false, true);
    }
}

/// A file read from an offset on, up to a hole.
pub(super) struct Dense<'f> {
    pub(super) at: At<'f>,
    pub(super) place: &'f mut Place,
}

impl Read for Dense<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let offset = self.at.at;
        let read = self.at.read(buffer)?;
        let bytes = buffer.get(..read).unwrap_or_default();
        let line = |nul: usize| nul.checked_sub(1).map_or(self.place.starts, |before| bytes.get(before) == Some(&b'\n'));
        let mut keep = read;
        // A hole that was looked at and is text is passed.
        let begun = usize::from(self.place.passes);
        for nul in memchr::memchr_iter(0, bytes).filter(|nul| *nul >= begun && line(*nul)) {
            let run = bytes.iter().skip(nul).take(LEAST).take_while(|byte| **byte == 0).count();
            let goes_on = || length(self.at.file, offset + nul as u64, LEAST as u64).map(|nuls| nuls >= LEAST as u64);
            if run == LEAST || nul == 0 && self.place.inside || nul + run == read && goes_on()? {
                keep = nul;
                break;
            }
        }
        self.place.is_hole = keep == 0 && read > 0;
        if let Some(last) = keep.checked_sub(1).and_then(|last| bytes.get(last)) {
            (self.place.starts, self.place.inside, self.place.passes) = (*last == b'\n', false, false);
        }
        self.at.at = offset + keep as u64;
        Ok(keep)
    }
}

/// NULs in a row at an offset, as many as one turn looks at.
pub(super) fn nuls(file: &File, at: u64) -> io::Result<u64> {
    length(file, at, MOST)
}

fn length(file: &File, at: u64, most: u64) -> io::Result<u64> {
    let mut block = vec![0; BLOCK.min(usize::try_from(most).unwrap_or(BLOCK))];
    let (mut reader, mut length) = (At { file, at }, 0);
    while length < most {
        let read = reader.read(&mut block)?;
        let bytes = block.get(..read).unwrap_or_default();
        let nuls = bytes.iter().take_while(|byte| **byte == 0).count();
        length += nuls as u64;
        if read == 0 || nuls < read {
            break;
        }
    }
    Ok(length.min(most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// What is read of a file, by so many bytes, and the bytes of its holes.
    fn read(bytes: &[u8], size: usize) -> (Vec<u8>, u64) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let (mut place, mut offset, mut text, mut holes) = (Place::new(), 0, Vec::new(), 0);
        let mut buffer = vec![0; size];
        loop {
            let count = Dense { at: At { file: &file, at: offset }, place: &mut place }.read(&mut buffer).unwrap();
            text.extend_from_slice(&buffer[..count]);
            offset += count as u64;
            if place.is_hole {
                assert_eq!(count, 0);
                let length = length(&file, offset, 100).unwrap();
                assert!(length > 0);
                (offset, holes) = (offset + length, holes + length);
                place.behind();
            } else if count == 0 {
                return (text, holes);
            }
        }
    }

    #[test]
    fn holes_are_left_out_in_any_cut_and_few_nuls_are_text() {
        let nuls = |count| vec![0; count];
        let parts = [
            nuls(1000),
            b"one\n".to_vec(),
            nuls(64),
            b"two \n".to_vec(),
            nuls(63),
            b"three".to_vec(),
            nuls(200),
            b"\n\n".to_vec(),
            nuls(165),
            b"four\n".to_vec(),
            nuls(99),
        ];
        let wanted = [&b"one\ntwo \n"[..], &nuls(63), b"three", &nuls(200), b"\n\nfour\n"].concat();
        for size in (1..80).chain([128, 1000, 65_536]) {
            assert_eq!(read(&parts.concat(), size), (wanted.clone(), 1000 + 64 + 165 + 99), "{size}");
        }
        assert_eq!(read(&nuls(63), 1000), (nuls(63), 0));
    }

    #[test]
    fn a_hole_that_is_text_is_read() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[0; 200]).unwrap();
        let (mut place, mut buffer) = (Place::new(), [0; 100]);
        let mut next = |place: &mut Place, at| Dense { at: At { file: &file, at }, place }.read(&mut buffer).unwrap();
        assert!(next(&mut place, 0) == 0 && place.is_hole);
        place.pass();
        assert_eq!((next(&mut place, 0), next(&mut place, 100), next(&mut place, 200)), (100, 100, 0));
        assert!(!place.is_hole);
    }
}
