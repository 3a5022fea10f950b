//! Lines in the forms in which logs carry them: as they are, as a JSON string, in a container's log.
//!
//! A line is given with the parts that must go marked by `«…»`.

/// One form.
pub(super) struct Carrier {
    pub(super) name: &'static str,
    before: &'static str,
    after: &'static str,
    write: fn(&str) -> String,
    /// Whether a record of several lines can stand in it.
    lines: bool,
}

pub(super) const CARRIERS: [Carrier; 6] = [
    Carrier { name: "text", before: "", after: "", write: str::to_owned, lines: true },
    Carrier { name: "service log", before: "2026-03-01T10:11:12.131Z INFO worker: ", after: "", write: str::to_owned, lines: false },
    Carrier { name: "syslog", before: "Mar  1 10:11:12 node-7 app[411]: ", after: "", write: str::to_owned, lines: false },
    Carrier { name: "CRI", before: "2026-03-01T10:11:12.131415161Z stdout F ", after: "", write: str::to_owned, lines: false },
    Carrier { name: "JSON", before: "{\"level\":\"info\",\"msg\":\"", after: "\",\"n\":1}", write: json, lines: true },
    Carrier {
        name: "Docker JSON",
        before: "{\"log\":\"",
        after: "\\n\",\"stream\":\"stdout\",\"time\":\"2026-03-01T10:11:12.131415161Z\"}",
        write: json,
        lines: true,
    },
];

/// A line in a carrier, and the parts of it that must not be left.
pub(super) struct Carried {
    pub(super) line: String,
    pub(super) secrets: Vec<String>,
}

impl Carrier {
    /// Writes a line with its marks taken out.
    pub(super) fn carry(&self, marked: &str) -> Carried {
        let marked = marked.replace('⋅', "");
        let mut line = self.before.to_owned();
        let mut secrets = Vec::new();
        for (at, part) in marked.split(['«', '»']).enumerate() {
            let written = (self.write)(part);
            line.push_str(&written);
            if at % 2 == 1 {
                secrets.push(written);
            }
        }
        line.push_str(self.after);
        Carried { line, secrets }
    }

    /// Whether a line can stand in this form: records of several lines only as an escaped string.
    pub(super) fn takes(&self, marked: &str) -> bool {
        self.lines || !marked.contains(['\n', '\r'])
    }
}

/// The characters of a JSON string (RFC 8259, 7).
fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_written_as_the_form_asks() {
        let json = CARRIERS.iter().find(|carrier| carrier.name == "JSON");
        let carried = json.map(|carrier| carrier.carry("say \"«a⋅\"b»\""));
        let carried = carried.map(|carried| (carried.line, carried.secrets));
        let line = r#"{"level":"info","msg":"say \"a\"b\"","n":1}"#.to_owned();
        assert_eq!(carried, Some((line, vec![r#"a\"b"#.to_owned()])));
    }
}
