//! Split lines: what a container runtime cut apart is scanned as one.
//!
//! The CRI log format marks a line that goes on with `P` and the last part with `F`;
//! Docker's json-file leaves out the final `\n` inside `log`. The parts of one stream
//! are joined, scanned, and the findings given back to the lines they came from, so
//! prefixes and the number of lines stay. A run that is still open at the end of the
//! bytes is not decided yet. (Kubernetes CRI log format; Docker json-file driver.)

use super::verify::Hit;

/// Longest joined text; a longer run is scanned in parts.
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
#[derive(Default)]
struct Run {
    stream: u8,
    first_line: usize,
    parts: Vec<(usize, usize)>,
    bytes: usize,
}

/// Runs of split lines in one block.
#[derive(Default)]
pub(crate) struct Partials {
    text: Vec<u8>,
    runs: Vec<Run>,
    /// First and last line of each run that is closed.
    closed: Vec<(usize, usize)>,
}

impl Partials {
    /// Scans every run of split lines with `scan` and adds its findings, mapped, to `hits`.
    ///
    /// Returns the start of the earliest run that is still open, unless `last`.
    pub(crate) fn join(&mut self, hay: &[u8], last: bool, mut scan: impl FnMut(&[u8]) -> Vec<Hit>, hits: &mut Vec<Hit>) -> usize {
        self.runs.clear();
        self.closed.clear();
        let mut line_start = 0;
        while line_start < hay.len() {
            let rest = hay.get(line_start..).unwrap_or_default();
            let line = rest.get(..memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())).unwrap_or_default();
            if let Some(part) = part_of(line, line_start) {
                self.add(part, line_start, hay, &mut scan, hits);
            }
            line_start += line.len() + 1;
        }
        let open = self.runs.iter().map(|run| run.first_line).min();
        match open {
            Some(first) if !last => self.start_of_all(first),
            _ => {
                for run in std::mem::take(&mut self.runs) {
                    self.flush(&run, hay, &mut scan, hits);
                }
                hay.len()
            }
        }
    }

    fn add(&mut self, part: Part, line: usize, hay: &[u8], scan: &mut impl FnMut(&[u8]) -> Vec<Hit>, hits: &mut Vec<Hit>) {
        let at = match self.runs.iter().position(|run| run.stream == part.stream) {
            Some(at) => at,
            None if part.goes_on => {
                self.runs.push(Run { stream: part.stream, first_line: line, ..Run::default() });
                self.runs.len() - 1
            }
            None => return,
        };
        let Some(run) = self.runs.get_mut(at) else { return };
        run.parts.push((part.start, part.end));
        run.bytes += part.end - part.start;
        if !part.goes_on || run.bytes > CAP {
            let run = self.runs.swap_remove(at);
            self.closed.push((run.first_line, line));
            self.flush(&run, hay, scan, hits);
        }
    }

    /// The start of what is not decided: no run, closed or open, may lie on both sides of it.
    fn start_of_all(&self, mut start: usize) -> usize {
        // Runs close in the order of their last lines; one that reaches beyond `start` pulls it back.
        for (first, last) in self.closed.iter().rev() {
            if *last >= start {
                start = start.min(*first);
            }
        }
        start
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
                    hits.push(Hit { start: (start + from - offset) as u32, end: (start + to - offset) as u32, ..hit });
                }
                offset += length;
            }
        }
    }
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
    let rest = body.get(end..)?;
    let stream = u8::from(rest.windows(8).any(|eight| eight == b"\"stderr\""));
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
