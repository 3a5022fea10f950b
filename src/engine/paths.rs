//! Names of fields: one spelling for all, and the path to a byte through the JSON of its record.
//!
//! Built-in kinds are found without a parser ([ADR 5]); this walk runs only where a rule file
//! excludes a field, and only forwards. What it cannot follow has no path, and no path matches nothing.
//!
//! [ADR 5]: ../../docs/adr/0005-locality-instead-of-a-json-parser.md

/// Deepest nesting that is followed.
const DEPTH: usize = 64;

/// Appends a name in lower snake case: `X-Request.Id` and `xRequestId` are `x_request_id`.
pub(crate) fn push_normal(name: &[u8], out: &mut Vec<u8>) {
    let mut previous = b'_';
    for (at, byte) in name.iter().copied().enumerate() {
        let next_is_lower = name.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        let camel = byte.is_ascii_uppercase()
            && (previous.is_ascii_lowercase() || previous.is_ascii_digit() || previous.is_ascii_uppercase() && next_is_lower);
        if camel {
            out.push(b'_');
        }
        out.push(if matches!(byte, b'-' | b'.' | b' ') { b'_' } else { byte.to_ascii_lowercase() });
        previous = byte;
    }
}

/// The same as a new name.
pub(crate) fn normal(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len() + 4);
    push_normal(name, &mut out);
    out
}

/// An object with the key whose value is being read, or an array.
#[derive(Clone, Copy)]
struct Level {
    array: bool,
    key: Option<(usize, usize)>,
}

/// Walks through the JSON of each record.
pub(crate) struct Path<'h> {
    hay: &'h [u8],
    at: usize,
    levels: Vec<Level>,
    /// First byte of the string that is open.
    string: Option<usize>,
    /// The string read last, which may turn out to be a key.
    last: Option<(usize, usize)>,
    /// Nested too deep: nothing more is known of this record.
    lost: bool,
}

impl<'h> Path<'h> {
    pub(crate) fn new(hay: &'h [u8]) -> Self {
        Self { hay, at: 0, levels: Vec::new(), string: None, last: None, lost: false }
    }

    /// Goes on to `to`; offsets asked for do not fall.
    pub(crate) fn advance(&mut self, to: usize) {
        let fresh = self.hay.get(self.at..to).unwrap_or_default();
        if let Some(end) = memchr::memrchr2(b'\n', b'\r', fresh) {
            self.levels.clear();
            (self.string, self.last, self.lost) = (None, None, false);
            self.at += end + 1;
        }
        while self.at < to && !self.lost {
            self.step(to);
        }
        self.at = self.at.max(to);
    }

    fn step(&mut self, to: usize) {
        let rest = self.hay.get(self.at..to).unwrap_or_default();
        if let Some(start) = self.string {
            match memchr::memchr2(b'"', b'\\', rest) {
                Some(found) if rest.get(found) == Some(&b'"') => {
                    (self.string, self.last) = (None, Some((start, self.at + found)));
                    self.at += found + 1;
                }
                Some(escape) => self.at += escape + 2,
                None => self.at = to,
            }
            return;
        }
        if self.levels.is_empty() {
            let Some(open) = memchr::memchr(b'{', rest) else {
                self.at = to;
                return;
            };
            self.at += open;
        }
        match self.hay.get(self.at) {
            Some(b'"') => self.string = Some(self.at + 1),
            Some(b':') => {
                if let Some(level) = self.levels.last_mut().filter(|level| !level.array && level.key.is_none()) {
                    level.key = self.last.take();
                }
            }
            Some(b',') => {
                if let Some(level) = self.levels.last_mut() {
                    level.key = None;
                }
            }
            Some(open @ (b'{' | b'[')) => {
                self.lost = self.levels.len() == DEPTH;
                self.levels.push(Level { array: *open == b'[', key: None });
            }
            Some(b'}' | b']') => {
                self.levels.pop();
            }
            _ => {}
        }
        self.at += 1;
    }

    /// Whether the byte lies in JSON.
    pub(crate) fn is_inside(&self) -> bool {
        !self.levels.is_empty()
    }

    /// Key of the innermost object that has a value there; those of arrays are their key's.
    pub(crate) fn key(&self) -> Option<&'h [u8]> {
        let (start, end) = self.levels.iter().rev().find(|level| !level.array)?.key.filter(|_| !self.lost)?;
        self.hay.get(start..end)
    }

    /// The names from the root, as one name; `None` if the byte is in no value.
    pub(crate) fn whole(&self) -> Option<Vec<u8>> {
        self.key()?;
        let mut path = Vec::new();
        for (start, end) in self.levels.iter().filter(|level| !level.array).map(|level| level.key).collect::<Option<Vec<_>>>()? {
            if !path.is_empty() {
                path.push(b'_');
            }
            push_normal(self.hay.get(start..end)?, &mut path);
        }
        Some(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(hay: &str, needle: &str) -> Option<String> {
        let mut path = Path::new(hay.as_bytes());
        path.advance(hay.find(needle)?);
        path.whole().map(|path| String::from_utf8_lossy(&path).into_owned())
    }

    #[test]
    fn names_have_one_spelling() {
        for (name, expected) in [
            ("build_id", "build_id"),
            ("X-Build.Id", "x_build_id"),
            ("buildId", "build_id"),
            ("HTTPRequestID", "http_request_id"),
            ("a b", "a_b"),
        ] {
            assert_eq!(normal(name.as_bytes()), expected.as_bytes(), "{name}");
        }
    }

    #[test]
    fn bytes_have_the_path_of_their_value() {
        let line = r#"x {"a":1,"http":{"requestId":"V1","list":[{"b":"V2"},"V3"],"c":"\"}V4"},"d.e":V5} tail V6"#;
        for (needle, expected) in [
            ("V1", Some("http_request_id")),
            ("V2", Some("http_list_b")),
            ("V3", Some("http_list")),
            ("V4", Some("http_c")),
            ("V5", Some("d_e")),
            ("V6", None),
            ("requestId", None),
        ] {
            assert_eq!(path_of(line, needle).as_deref(), expected, "{needle}");
        }
        // A record that is cut does not reach into the next one.
        assert_eq!(path_of("{\"a\":{\"b\":\"x\n{\"c\":\"V\"}", "V").as_deref(), Some("c"));
        let deep = format!("{}\"V\"", "{\"a\":".repeat(DEPTH + 1));
        assert_eq!(path_of(&deep, "V"), None);
    }
}
