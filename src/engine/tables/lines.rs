//! Where lines begin: `\n`, `\r` and `\r\n` end one, wherever the bytes were cut.

/// What stands before the next byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Lines {
    /// Nothing: a stream begins.
    #[default]
    Start,
    /// The end of a line.
    Begin,
    /// A `\r`, which may be half of a line end.
    Return,
    /// A part of the line.
    Inside,
}

impl Lines {
    /// Whether a line begins here; behind a `\r` alone, a progress bar does.
    pub(super) fn begins(self) -> bool {
        matches!(self, Self::Start | Self::Begin)
    }

    /// Whether `next` is the second half of a line end.
    pub(super) fn awaits(self, next: Option<&u8>) -> bool {
        self == Self::Return && next == Some(&b'\n')
    }

    /// What stands before the byte behind `bytes`.
    pub(super) fn after(self, bytes: &[u8]) -> Self {
        match bytes.last() {
            None => self,
            Some(b'\n') => Self::Begin,
            Some(b'\r') => Self::Return,
            Some(_) => Self::Inside,
        }
    }
}

/// One past the text of the line at `at`.
pub(super) fn end(hay: &[u8], at: usize) -> usize {
    let rest = hay.get(at..).unwrap_or_default();
    at + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
}

/// First byte of the line after the one at `at`; the `\n` of `\r\n` may be left for later.
pub(super) fn next(hay: &[u8], at: usize) -> usize {
    past_end(hay, end(hay, at))
}

/// One past the line end at `at`.
pub(super) fn past_end(hay: &[u8], at: usize) -> usize {
    let both = hay.get(at) == Some(&b'\r') && hay.get(at + 1) == Some(&b'\n');
    (at + 1 + usize::from(both)).min(hay.len())
}

/// First byte of the last whole line.
pub(super) fn last(hay: &[u8]) -> usize {
    let text = hay.strip_suffix(b"\n").unwrap_or(hay);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    memchr::memrchr2(b'\n', b'\r', text).map_or(0, |end| end + 1)
}
