//! Prints what the library finds in files, as JSON lines and never with a value:
//! `cargo run --release --example find -- app.log`.

use std::fs::File;
use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let engine = hushlog::Engine::standard();
    let mut output = BufWriter::new(io::stdout().lock());
    for path in std::env::args().skip(1) {
        let mut finder = engine.finder();
        let mut input = File::open(&path)?;
        let mut outcome = Ok(());
        let mut emit = |found: hushlog::Found| {
            if outcome.is_ok() {
                let finding = serde_json::json!({
                    "file": path, "line": found.line, "start": found.start, "end": found.end,
                    "kind": found.kind, "confidence": found.confidence, "why": found.why.to_string(),
                });
                outcome = writeln!(output, "{finding}");
            }
        };
        while finder.read_from(&mut input)? > 0 {
            finder.drain(&mut emit);
        }
        finder.finish(&mut emit);
        outcome?;
    }
    output.flush()
}
