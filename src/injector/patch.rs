//! A JSON Patch (RFC 6902) that is written operation by operation.

use serde_json::{Map, Value, json};

/// Operations, in the order they are applied.
#[derive(Default)]
pub(super) struct Patch(Vec<Value>);

impl Patch {
    /// Has a member of an object be this value, unless it is. `keys` lead to it from `object`, which stands at `path`;
    /// objects that are missing on the way are made.
    pub(super) fn set(&mut self, path: &str, object: &Value, keys: &[&str], value: Value) {
        let Some((key, rest)) = keys.split_first() else { return };
        let path = format!("{path}/{key}");
        match object.get(key).filter(|found| !found.is_null()) {
            Some(found) if !rest.is_empty() => self.set(&path, found, rest, value),
            Some(found) if *found == value => {}
            _ => {
                let value = rest.iter().rev().fold(value, |value, key| Value::Object(Map::from_iter([((*key).to_owned(), value)])));
                self.add(&path, value);
            }
        }
    }

    /// Puts a value to the end of a list, which is made if it is missing.
    pub(super) fn push(&mut self, path: &str, object: &Value, key: &str, value: Value) {
        match list(object, key) {
            [] => self.add(&format!("{path}/{key}"), json!([value])),
            _ => self.add(&format!("{path}/{key}/-"), value),
        }
    }

    /// Puts a value to the beginning of a list, which is made if it is missing.
    pub(super) fn push_front(&mut self, path: &str, object: &Value, key: &str, value: Value) {
        match list(object, key) {
            [] => self.add(&format!("{path}/{key}"), json!([value])),
            _ => self.add(&format!("{path}/{key}/0"), value),
        }
    }

    /// Takes a member away.
    pub(super) fn remove(&mut self, path: &str) {
        self.0.push(json!({ "op": "remove", "path": path }));
    }

    /// In an object `add` replaces what is there.
    fn add(&mut self, path: &str, value: Value) {
        self.0.push(json!({ "op": "add", "path": path, "value": value }));
    }

    /// The operations.
    pub(super) fn into_operations(self) -> Vec<Value> {
        self.0
    }
}

/// A list of an object; none is an empty one.
pub(super) fn list<'v>(object: &'v Value, key: &str) -> &'v [Value] {
    object.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_on_the_way_is_made_and_what_is_right_stays() {
        let object = json!({ "a": { "b": 1 }, "n": null, "l": [1] });
        let mut patch = Patch::default();
        patch.set("/x", &object, &["a", "b"], json!(1));
        assert!(patch.0.is_empty());
        patch.set("/x", &object, &["a", "c", "d"], json!(2));
        patch.set("/x", &object, &["n", "d"], json!(3));
        patch.push("/x", &object, "l", json!(4));
        patch.push_front("/x", &object, "m", json!(5));
        let paths: Vec<_> = patch.into_operations().iter().map(|op| format!("{} {}", op["path"].as_str().unwrap(), op["value"])).collect();
        assert_eq!(paths, [r#"/x/a/c {"d":2}"#, r#"/x/n {"d":3}"#, "/x/l/- 4", "/x/m [5]"]);
    }
}
