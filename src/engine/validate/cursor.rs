//! A forward-only reader over the bytes of one candidate, shared by the format validators.
//!
//! Every step returns an option or a bool and never indexes, so a validator built from it cannot
//! panic on any input. A failed step leaves the position unchanged.

/// The unread rest of a candidate. Copying it is the way to try an alternative.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The bytes not yet read.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// True at the end of the candidate.
    pub(crate) const fn done(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Reads one byte that satisfies `test`.
    pub(crate) fn eat_if(&mut self, test: impl Fn(u8) -> bool) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        if !test(first) {
            return None;
        }
        self.rest = rest;
        Some(first)
    }

    /// Reads exactly `byte`.
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        self.eat_if(|b| b == byte).is_some()
    }

    /// Reads one byte of `set`.
    pub(crate) fn eat_any(&mut self, set: &[u8]) -> Option<u8> {
        self.eat_if(|b| set.contains(&b))
    }

    /// Reads one separator of `set`, taking typographic spaces and dashes for ` ` and `-`.
    pub(crate) fn eat_sep(&mut self, set: &[u8]) -> Option<u8> {
        let (plain, width) = match self.rest {
            [0xC2, 0xA0, ..] => (b' ', 2),
            [0xE2, 0x80, 0x89 | 0xAF, ..] => (b' ', 3),
            [0xE2, 0x80, 0x90..=0x95, ..] => (b'-', 3),
            [byte, ..] => (*byte, 1),
            [] => return None,
        };
        let rest = self.rest.get(width..)?;
        set.contains(&plain).then(|| {
            self.rest = rest;
            plain
        })
    }

    /// Reads `literal`, ASCII case ignored.
    pub(crate) fn eat_word(&mut self, literal: &[u8]) -> bool {
        match self.rest.split_at_checked(literal.len()) {
            Some((head, rest)) if head.eq_ignore_ascii_case(literal) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Reads the longest run of bytes that satisfy `test`; it may be empty.
    pub(crate) fn take_while(&mut self, test: impl Fn(u8) -> bool) -> &'a [u8] {
        let len = self.rest.iter().take_while(|&&b| test(b)).count();
        let (head, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, &[]));
        self.rest = rest;
        head
    }

    /// Reads a maximal run of `min..=max` digits as a number; a longer run is refused whole.
    /// `max` must be at most 9.
    pub(crate) fn number(&mut self, min: usize, max: usize) -> Option<u32> {
        let mut ahead = *self;
        let run = ahead.take_while(|b| b.is_ascii_digit());
        if run.len() < min || run.len() > max.min(9) {
            return None;
        }
        *self = ahead;
        Some(run.iter().fold(0, |n, &b| n * 10 + u32::from(b - b'0')))
    }
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    #[test]
    fn failed_steps_do_not_move() {
        let mut cursor = Cursor::new(b"Ab123x");
        assert!(!cursor.eat(b'b'));
        assert!(cursor.eat_word(b"aB"));
        assert_eq!(cursor.number(1, 2), None);
        assert_eq!(cursor.number(3, 4), Some(123));
        assert_eq!(cursor.rest(), b"x");
        assert!(!cursor.eat_word(b"xyz"));
        assert_eq!(cursor.take_while(|b| b == b'x'), b"x");
        assert!(cursor.done());
        assert_eq!(cursor.peek(), None);
    }

    #[test]
    fn typographic_separators_count_as_ascii() {
        let mut cursor = Cursor::new("\u{a0}\u{2009}\u{202f}\u{2011}-\u{e9}".as_bytes());
        assert_eq!(cursor.eat_sep(b"-"), None);
        for want in [Some(b' '), Some(b' '), Some(b' '), Some(b'-'), Some(b'-'), None] {
            assert_eq!(cursor.eat_sep(b" -"), want);
        }
    }
}
