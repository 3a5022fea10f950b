//! hushlog's library with the eleven kinds only, driven like the other engines.
//!
//! `--findings` prints findings as they do; HUSHLOG_KERNEL chooses the kernel.

use hushlog::{Engine, Kernel};
use hushlog_peers::RULES;
use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let name = std::env::var("HUSHLOG_KERNEL").ok();
    let kernel = name.map_or(Kernel::best(), |name| Kernel::from_name(&name).expect("a kernel's name"));
    let ids: Vec<&str> = RULES.iter().map(|(id, _)| *id).collect();
    let engine = Engine::builder().kernel(kernel).only(&ids).and_then(hushlog::EngineBuilder::build).expect("the kinds exist");
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut outcome = Ok(());
    if std::env::args().any(|argument| argument == "--findings") {
        let (mut finder, mut output) = (engine.finder(), BufWriter::new(output));
        let mut emit = |found: hushlog::Found| {
            if outcome.is_ok() {
                outcome = writeln!(output, "{} {} {} {}", found.line, found.start, found.end, found.kind);
            }
        };
        while finder.read_from(&mut input)? > 0 {
            finder.drain(&mut emit);
        }
        finder.finish(&mut emit);
        return outcome;
    }
    let mut stream = engine.stream();
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
    outcome
}
