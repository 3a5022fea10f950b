//! YAML to a tree of nodes that know their line.
//!
//! The part of YAML that configurations need: maps, lists and scalars. Anchors, aliases, tags,
//! merge keys and several documents are refused: what a file says should be seen where it stands.
//! Scalars stay text; what reads them knows what they mean (so `no` is never a country).

use super::problem::{Problem, Problems};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

/// Deepest nesting, and the most nodes of a file.
const DEPTH: usize = 32;
const NODES: usize = 100_000;

/// A value and its line, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// `quoted`: written in quotes, so that it is text whatever it looks like.
    Scalar {
        text: String,
        quoted: bool,
    },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One key of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) line: usize,
    pub(crate) node: Node,
}

impl Node {
    /// What it is, for messages; never what it says.
    pub(crate) fn what(&self) -> &'static str {
        match &self.value {
            Value::Scalar { quoted: false, text } => match text.as_str() {
                "" | "~" | "null" => "nothing",
                "true" | "false" => "a truth value",
                text if text.parse::<f64>().is_ok() => "a number",
                _ => "text",
            },
            Value::Scalar { .. } => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    /// Whether it says nothing: `key:` with nothing behind it.
    pub(crate) fn is_empty(&self) -> bool {
        self.what() == "nothing"
    }
}

/// A list or map that is still open.
struct Open {
    line: usize,
    items: Vec<Node>,
    entries: Vec<Entry>,
    /// Key whose value comes next.
    key: Option<(String, usize)>,
    is_map: bool,
}

/// Reads one document; `None` when a problem makes the rest unreadable, or when it is empty.
pub(crate) fn parse(text: &str, problems: &mut Problems) -> Option<Node> {
    let (mut stack, mut root, mut nodes): (Vec<Open>, Option<Node>, usize) = (Vec::new(), None, 0);
    for event in Parser::new_from_str(text) {
        let (event, at) = match event {
            Ok((event, span)) => (event, line_of(&span.start)),
            Err(error) => {
                let marker = error.marker();
                problems.add(Problem::syntax(line_of(marker), marker.col() + 1));
                return None;
            }
        };
        nodes += 1;
        let unsupported = match &event {
            Event::Alias(_) => Some("an alias (`*name`)"),
            Event::Scalar(_, _, anchor, tag) | Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => {
                match (anchor, tag) {
                    (1.., _) => Some("an anchor (`&name`)"),
                    (_, Some(_)) => Some("a tag (`!name`)"),
                    _ => None,
                }
            }
            Event::DocumentStart(_) if root.is_some() => Some("a second document (`---`)"),
            _ if nodes > NODES => Some("a file of more than 100,000 values"),
            _ if stack.len() > DEPTH => Some("maps and lists more than 32 deep"),
            _ => None,
        };
        if let Some(found) = unsupported {
            problems.add(Problem::new(at, "", found, "maps, lists and plain values, written where they belong"));
            return None;
        }
        let done = match event {
            Event::Scalar(text, style, ..) => {
                let quoted = style != ScalarStyle::Plain;
                match stack.last_mut() {
                    Some(open) if open.is_map && open.key.is_none() => {
                        open.key = Some((text.into_owned(), at));
                        continue;
                    }
                    _ => Node { line: at, value: Value::Scalar { text: text.into_owned(), quoted } },
                }
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if stack.last().is_some_and(|open| open.is_map && open.key.is_none()) {
                    problems.add(Problem::new(at, "", "a key that is a list or a map", "keys that are words"));
                    return None;
                }
                let is_map = matches!(event, Event::MappingStart(..));
                stack.push(Open { line: at, items: Vec::new(), entries: Vec::new(), key: None, is_map });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let open = stack.pop()?;
                let value = if open.is_map { Value::Map(open.entries) } else { Value::List(open.items) };
                Node { line: open.line, value }
            }
            _ => continue,
        };
        match stack.last_mut() {
            None => root = Some(done),
            Some(open) if open.is_map => {
                let (key, line) = open.key.take()?;
                open.entries.push(Entry { key, line, node: done });
            }
            Some(open) => open.items.push(done),
        }
    }
    root
}

fn line_of(marker: &Marker) -> usize {
    marker.line().max(1)
}
