//! Scrubs standard input with the library: `cargo run --release --example scrub < app.log`.

use std::io::{self, Write};

fn main() -> io::Result<()> {
    let engine = hushlog::Engine::standard();
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut stream = engine.stream();
    let mut outcome = Ok(());
    while stream.read_from(&mut input)? > 0 {
        stream.drain(&mut |clean| {
            if outcome.is_ok() {
                outcome = output.write_all(clean.as_bytes());
            }
        });
    }
    stream.finish(&mut |clean| {
        if outcome.is_ok() {
            outcome = output.write_all(clean.as_bytes());
        }
    });
    outcome?;
    eprintln!("{} findings masked in {} lines", stream.report().masked(), stream.report().lines);
    output.flush()
}
