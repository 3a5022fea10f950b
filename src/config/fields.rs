//! Typed reading of a tree: each field is asked for once, and what is left over is unknown.

use super::problem::{Problem, Problems};
use super::yaml::{Entry, Node, Value};

/// Edits that a misspelt key may be away from a known one.
const NEAR: usize = 2;

/// A node and where it is.
#[derive(Debug)]
pub(crate) struct At<'n> {
    pub(crate) node: &'n Node,
    pub(crate) path: String,
}

/// The keys of one map.
pub(crate) struct Fields<'n> {
    entries: &'n [Entry],
    path: String,
    known: Vec<&'static str>,
}

impl<'n> At<'n> {
    pub(crate) fn root(node: &'n Node) -> Self {
        Self { node, path: String::new() }
    }

    /// Adds a problem of this place.
    pub(crate) fn wrong(&self, problems: &mut Problems, allowed: impl Into<String>) {
        self.wrong_as(problems, self.node.what(), allowed);
    }

    pub(crate) fn wrong_as(&self, problems: &mut Problems, found: impl Into<String>, allowed: impl Into<String>) {
        problems.add(Problem::new(self.node.line, &self.path, found, allowed));
    }

    /// As a map. Keys that stand twice are problems.
    pub(crate) fn map(&self, problems: &mut Problems, allowed: &str) -> Option<Fields<'n>> {
        let Value::Map(entries) = &self.node.value else {
            self.wrong(problems, allowed);
            return None;
        };
        for (at, entry) in entries.iter().enumerate() {
            if entries.iter().take(at).any(|other| other.key == entry.key) {
                problems.add(Problem::new(entry.line, &join(&self.path, &entry.key), "a key that stands twice", "each key once"));
            }
        }
        Some(Fields { entries, path: self.path.clone(), known: Vec::new() })
    }

    /// Whether it is a map.
    pub(crate) fn is_map(&self) -> bool {
        matches!(self.node.value, Value::Map(_))
    }

    /// As a list; one value stands for a list of it.
    pub(crate) fn list(&self) -> Vec<At<'n>> {
        match &self.node.value {
            Value::List(items) => items.iter().enumerate().map(|(at, node)| At { node, path: format!("{}[{at}]", self.path) }).collect(),
            _ => vec![At { node: self.node, path: self.path.clone() }],
        }
    }

    /// As text that says something.
    pub(crate) fn text(&self, problems: &mut Problems, allowed: &str) -> Option<&'n str> {
        match &self.node.value {
            Value::Scalar { text, .. } if !self.node.is_empty() => Some(text),
            _ => {
                self.wrong(problems, allowed);
                None
            }
        }
    }

    /// As one text or a list of them.
    pub(crate) fn texts(&self, problems: &mut Problems, allowed: &str) -> Vec<String> {
        self.list().iter().filter_map(|item| item.text(problems, allowed)).map(str::to_owned).collect()
    }
}

impl<'n> Fields<'n> {
    /// The keys of a node that was seen to be a map; of any other there are none.
    pub(crate) fn of(node: &'n Node, path: &str) -> Self {
        let entries = if let Value::Map(entries) = &node.value { entries.as_slice() } else { &[] };
        Self { entries, path: path.to_owned(), known: Vec::new() }
    }

    /// The value of a key, if it stands there and says something.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<At<'n>> {
        self.known.push(key);
        let entry = self.entries.iter().find(|entry| entry.key == key).filter(|entry| !entry.node.is_empty())?;
        Some(At { node: &entry.node, path: join(&self.path, key) })
    }

    /// All keys and their values, when the keys are names that the user chooses.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'n str, At<'n>)> {
        self.entries.iter().map(|entry| (entry.key.as_str(), At { node: &entry.node, path: join(&self.path, &entry.key) }))
    }

    /// Reports the keys that nobody asked for.
    pub(crate) fn finish(self, problems: &mut Problems) {
        for entry in self.entries.iter().filter(|entry| !self.known.contains(&entry.key.as_str())) {
            let allowed = match nearest(self.known.iter().copied(), &entry.key) {
                Some(known) => format!("`{known}`, which is near to it"),
                None => self.known.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", "),
            };
            problems.add(Problem::new(entry.line, &join(&self.path, &shown(&entry.key)), "an unknown key", allowed));
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The known name that a misspelt one may stand for.
pub(super) fn nearest<'k>(known: impl Iterator<Item = &'k str>, name: &str) -> Option<&'k str> {
    known.map(|known| (distance(known, name), known)).min().filter(|(edits, _)| *edits <= NEAR).map(|(_, known)| known)
}

/// A key as messages show it: what does not look like one may be a value in the wrong place.
pub(super) fn shown(key: &str) -> String {
    let plain = key.len() <= 40 && key.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-'));
    if plain { key.to_owned() } else { "…".to_owned() }
}

/// Edits from one word to another (Levenshtein), at most a few letters long each.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.chars().enumerate() {
        let mut diagonal = at;
        let mut before = at + 1;
        let mut next = vec![before];
        for (other, above) in right.iter().zip(row.iter().skip(1)) {
            before = (diagonal + usize::from(letter != *other)).min(above + 1).min(before + 1);
            diagonal = *above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn edits_are_counted() {
        for (left, right, edits) in
            [("preset", "preset", 0), ("preset", "presets", 1), ("sinks", "snks", 1), ("region", "rules", 5), ("", "ab", 2)]
        {
            assert_eq!(distance(left, right), edits, "{left} {right}");
        }
    }
}
