//! Writes the seeded corpus: `write_corpus BYTES [--json] > FILE`. It never repeats.

#[path = "../../../../common/mod.rs"]
mod common;

use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let bytes: usize = std::env::args().nth(1).and_then(|text| text.parse().ok()).expect("a number of bytes");
    let json = std::env::args().any(|argument| argument == "--json");
    let mut source = common::Source::new(7, common::Planted::TwoPercent, json);
    let mut output = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let mut written = 0;
    while written < bytes {
        let line = source.line();
        output.write_all(line.as_bytes())?;
        written += line.len();
    }
    eprintln!("{} values planted", source.planted);
    output.flush()
}
