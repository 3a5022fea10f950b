//! Parts of a long line, which Docker's driver for fluentd sends as logs of their own (`partial_message`).
//!
//! A value that stands across a cut would be looked for in neither part. Messages are acknowledged one by one, so that a
//! part cannot wait for the next one; what stands beside a cut is withheld instead. Format: `daemon/logger/fluentd` and
//! `daemon/logger/copier.go` of Docker, which counts parts from 1.

use super::pack::{Reader, Value};

/// Members that have the text of a line; in Docker's own logs it is the first one.
const TEXTS: [&[u8]; 3] = [b"log", b"message", b"msg"];
/// Members that say what the text is of. If nothing has the name of a text, everything else may be one.
const OTHERS: [&[u8]; 8] =
    [b"container_id", b"container_name", b"source", b"stream", b"partial_id", b"partial_message", b"partial_ordinal", b"partial_last"];
/// Bytes beside a cut that are withheld, and what is of the word there: a value has blanks, or its name before it.
const BESIDE: usize = 128;
const WITHHELD: &[u8] = b"[WITHHELD:part]";

/// What the members of a log say of its being a part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    is_part: bool,
    is_first: bool,
    is_last: bool,
    has_text: bool,
}

impl Part {
    /// Looks at a member.
    pub(super) fn see(&mut self, key: &[u8], value: &[u8]) {
        let value = Reader(value).next();
        let says = |wanted: &[u8]| matches!(value, Ok(Value::Text(text) | Value::Bytes(text)) if text.eq_ignore_ascii_case(wanted));
        match key {
            b"partial_message" => self.is_part |= says(b"true") || value == Ok(Value::Truth(true)),
            b"partial_id" => self.is_part |= value != Ok(Value::Nil),
            b"partial_ordinal" => self.is_first = says(b"1") || value == Ok(Value::Unsigned(1)),
            b"partial_last" => self.is_last = says(b"true") || value == Ok(Value::Truth(true)),
            key => self.has_text |= TEXTS.contains(&key) && matches!(value, Ok(Value::Text(_) | Value::Bytes(_))),
        }
    }

    /// Whether the log is a part of a line.
    pub(super) fn is_part(self) -> bool {
        self.is_part && !(self.is_first && self.is_last)
    }

    /// Whether the text of a member is cut.
    pub(super) fn cuts(self, key: &[u8]) -> bool {
        if self.has_text { TEXTS.contains(&key) } else { !OTHERS.contains(&key) }
    }

    /// The text without what stands beside its cuts.
    pub(super) fn without_edges(self, text: &[u8]) -> Vec<u8> {
        let is_delimiter = |byte: &u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b',' | b';' | b'&' | b'<' | b'>');
        let beside = BESIDE.min(text.len());
        let (mut from, mut to) = (0, text.len());
        if !self.is_first {
            let word = text.get(beside..).unwrap_or_default().iter().position(is_delimiter);
            from = word.map_or(text.len(), |word| beside + word);
        }
        if !self.is_last {
            let word = text.get(..text.len() - beside).unwrap_or_default().iter().rposition(is_delimiter);
            to = word.map_or(0, |word| word + 1);
        }
        let Some(rest) = text.get(from..to).filter(|rest| !rest.is_empty()) else { return WITHHELD.to_vec() };
        let sign = |is_whole| if is_whole { &b""[..] } else { WITHHELD };
        [sign(self.is_first), rest, sign(self.is_last)].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::fluent::pack::put_text;

    fn part(members: &[(&str, &str)]) -> Part {
        let mut part = Part::default();
        for (key, value) in members {
            let mut bytes = Vec::new();
            put_text(value.as_bytes(), &mut bytes);
            part.see(key.as_bytes(), &bytes);
        }
        part
    }

    #[test]
    fn what_stands_beside_a_cut_is_withheld() {
        let middle = "word, ".repeat(100);
        let text = format!("4111 1111 {}{middle}{} 1111 1111", "a".repeat(200), "b".repeat(200));
        let rest = |ordinal, last| {
            let members = [("partial_message", "true"), ("partial_ordinal", ordinal), ("partial_last", last), ("log", "x")];
            let part = part(&members);
            assert!(part.is_part() && part.cuts(b"log") && !part.cuts(b"container_name"));
            String::from_utf8(part.without_edges(text.as_bytes())).unwrap()
        };
        let (head, tail) = (format!("4111 1111 {}", "a".repeat(200)), format!("{} 1111 1111", "b".repeat(200)));
        assert_eq!(rest("1", "false"), format!("{head}{middle}[WITHHELD:part]"));
        assert_eq!(rest("3", "true"), format!("[WITHHELD:part]{}{tail}", middle.strip_prefix("word").unwrap()));
        assert_eq!(rest("2", "false"), format!("[WITHHELD:part]{}[WITHHELD:part]", middle.strip_prefix("word").unwrap()));
        assert_eq!(rest("?", "?"), rest("2", "false"));
        for short in ["", "short", &"x".repeat(BESIDE), &"x".repeat(10 * BESIDE)] {
            let part = part(&[("partial_id", "1"), ("partial_ordinal", "2"), ("partial_last", "true")]);
            assert_eq!(part.without_edges(short.as_bytes()), WITHHELD);
        }
    }

    #[test]
    fn parts_are_known_by_their_members() {
        assert!(!part(&[("log", "x")]).is_part());
        assert!(!part(&[("partial_message", "false")]).is_part());
        assert!(!part(&[("partial_message", "true"), ("partial_ordinal", "1"), ("partial_last", "true")]).is_part());
        for one in [&[("partial_message", "true")][..], &[("partial_id", "a")], &[("partial_message", "True"), ("partial_ordinal", "1")]] {
            assert!(part(one).is_part(), "{one:?}");
        }
        let unnamed = part(&[("partial_message", "true"), ("line", "x"), ("source", "stdout")]);
        assert!(unnamed.cuts(b"line") && !unnamed.cuts(b"source") && !unnamed.cuts(b"partial_id"));
    }
}
