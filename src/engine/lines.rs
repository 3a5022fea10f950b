//! Split lines: what a container runtime cut apart is scanned as one.
//!
//! The CRI log format marks a line that goes on with `P` and the last part with `F`;
//! Docker's json-file leaves out the final `\n` inside `log`. The parts of one stream
//! are joined, scanned, and the findings given back to the lines they came from, so
//! prefixes and the number of lines stay. A run that is still open at the end of the
//! bytes is not decided yet. (Kubernetes CRI log format; Docker json-file driver.)

use super::verify::{Hit, Hold};

/// Longest stretch of lines that wait for each other; a longer one is scanned in parts.
const CAP: usize = 1024 * 1024;

/// Where the content of one physical line is.
#[derive(Clone, Copy)]
struct Part {
    start: usize,
    end: usize,
    stream: u8,
    goes_on: bool,
}

/// One open run of parts of the same stream.
struct Run {
    stream: u8,
    parts: Vec<(usize, usize)>,
}

/// Runs of split lines in one block.
#[derive(Default)]
pub(crate) struct Partials {
    text: Vec<u8>,
    runs: Vec<Run>,
}

impl Partials {
    /// Scans every run of split lines with `scan` and adds its findings, mapped, to `hits`.
    ///
    /// Returns where a stretch of lines begins that is still open, unless `last`; closed ones are tied in `hold`.
    pub(crate) fn join(
        &mut self,
        hay: &[u8],
        last: bool,
        mut scan: impl FnMut(&[u8]) -> Vec<Hit>,
        hits: &mut Vec<Hit>,
        hold: &mut Hold,
    ) -> usize {
        // What an earlier block left open is seen again in this one.
        self.runs.clear();
        // Runs of several streams overlap: all lines from the first open one on wait together.
        let mut stretch = None;
        let mut line_start = 0;
        while line_start < hay.len() {
            let rest = hay.get(line_start..).unwrap_or_default();
            let line = rest.get(..memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())).unwrap_or_default();
            let line_end = line_start + line.len();
            if let Some(first) = stretch.filter(|first| line_end - first > CAP) {
                // Cut before the line that would be too much, whatever of it is there yet.
                self.flush_all(hay, &mut scan, hits);
                hold.tie(first, line_start);
                stretch = None;
            }
            if let Some(part) = part_of(line, line_start) {
                self.add(part, hay, &mut scan, hits);
            }
            stretch = match stretch {
                Some(first) if self.runs.is_empty() => {
                    hold.tie(first, line_end);
                    None
                }
                None if !self.runs.is_empty() => Some(line_start),
                open => open,
            };
            line_start = line_end + 1;
        }
        match stretch {
            Some(first) if !last => first,
            _ => {
                self.flush_all(hay, &mut scan, hits);
                hay.len()
            }
        }
    }

    fn flush_all(&mut self, hay: &[u8], scan: &mut impl FnMut(&[u8]) -> Vec<Hit>, hits: &mut Vec<Hit>) {
        for run in std::mem::take(&mut self.runs) {
            self.flush(&run, hay, scan, hits);
        }
    }

    fn add(&mut self, part: Part, hay: &[u8], scan: &mut impl FnMut(&[u8]) -> Vec<Hit>, hits: &mut Vec<Hit>) {
        let at = match self.runs.iter().position(|run| run.stream == part.stream) {
            Some(at) => at,
            None if part.goes_on => {
                self.runs.push(Run { stream: part.stream, parts: Vec::new() });
                self.runs.len() - 1
            }
            None => return,
        };
        let Some(run) = self.runs.get_mut(at) else { return };
        run.parts.push((part.start, part.end));
        if !part.goes_on {
            let run = self.runs.swap_remove(at);
            self.flush(&run, hay, scan, hits);
        }
    }

    fn flush(&mut self, run: &Run, hay: &[u8], scan: &mut impl FnMut(&[u8]) -> Vec<Hit>, hits: &mut Vec<Hit>) {
        self.text.clear();
        for (start, end) in &run.parts {
            self.text.extend_from_slice(hay.get(*start..*end).unwrap_or_default());
        }
        for hit in scan(&self.text) {
            // The pieces of a finding, line by line.
            let mut offset = 0;
            for (start, end) in &run.parts {
                let length = end - start;
                let from = (hit.start as usize).max(offset);
                let to = (hit.end as usize).min(offset + length);
                if from < to {
                    let piece = to - from < (hit.end - hit.start) as usize;
                    // What was hidden over several lines has no form that could be written on each.
                    let hit = if piece { Hit { cut: true, ..hit.without_form() } } else { hit };
                    hits.push(Hit { start: (start + from - offset) as u32, end: (start + to - offset) as u32, ..hit });
                }
                offset += length;
            }
        }
    }
}

/// Whether one of the lines may end a run.
pub(crate) fn may_close(lines: &[u8]) -> bool {
    lines.split(|byte| matches!(byte, b'\n' | b'\r')).any(|line| part_of(line, 0).is_some_and(|part| !part.goes_on))
}

/// The content of a line of either format, and whether it goes on.
fn part_of(line: &[u8], offset: usize) -> Option<Part> {
    if let Some((stream, tag, content)) = cri_tag(line) {
        return Some(Part { start: offset + content, end: offset + line.len(), stream, goes_on: tag == b'P' });
    }
    let body = line.strip_prefix(b"{\"log\":\"")?;
    let mut end = 0;
    loop {
        let quote = end + memchr::memchr(b'"', body.get(end..)?)?;
        let slashes = body.get(..quote)?.iter().rev().take_while(|byte| **byte == b'\\').count();
        end = quote;
        if slashes % 2 == 0 {
            break;
        }
        end += 1;
    }
    // Only what the anchors of split lines find as well: else it would count who stands in the same block.
    let rest = body.get(end..).filter(|rest| rest.starts_with(b"\",\"stream\":\"std"))?;
    let stream = u8::from(rest.starts_with(b"\",\"stream\":\"stderr\""));
    let complete = body.get(..end)?.ends_with(b"\\n");
    Some(Part { start: offset + 8, end: offset + 8 + end, stream, goes_on: !complete })
}

/// Stream, tag and start of the content of a CRI line: `TIMESTAMP stdout P content`.
fn cri_tag(line: &[u8]) -> Option<(u8, u8, usize)> {
    let blank = line.iter().take(40).position(|byte| *byte == b' ').filter(|blank| *blank >= 20)?;
    let stream = match line.get(blank + 1..blank + 8)? {
        b"stdout " => 2,
        b"stderr " => 3,
        _ => return None,
    };
    let tag = *line.get(blank + 8)?;
    (matches!(tag, b'P' | b'F') && matches!(line.get(blank + 9), Some(b' ') | None)).then_some((stream, tag, (blank + 10).min(line.len())))
}
