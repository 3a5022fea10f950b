//! Times the stages of a scan on a file: `cargo run --release --example stages -- app.log`.

use hushlog::bench::{Measure, Stage};

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_default();
    let bytes = std::fs::read(path)?;
    let engine = hushlog::Engine::standard();
    let mut measure = Measure::default();
    let mut blocks = Vec::new();
    let mut rest = bytes.as_slice();
    while let Some(end) = rest.iter().take(128 * 1024).rposition(|byte| *byte == b'\n') {
        let (block, tail) = rest.split_at(end + 1);
        blocks.push(block);
        rest = tail;
    }
    for stage in Stage::ALL {
        let mut best = f64::MAX;
        for _ in 0..5 {
            let start = cpu_seconds();
            let count: usize = blocks.iter().map(|block| measure.run(&engine, block, stage)).sum();
            std::hint::black_box(count);
            best = best.min(cpu_seconds() - start);
        }
        println!("{stage:?}: {:.0} MB/s", bytes.len() as f64 / best / 1e6);
    }
    let mut totals: Vec<(String, usize)> = Vec::new();
    for block in &blocks {
        for (at, (name, count)) in measure.candidates(&engine, block).into_iter().enumerate() {
            match totals.get_mut(at) {
                Some(total) => total.1 += count,
                None => totals.push((name, count)),
            }
        }
    }
    for (name, count) in totals {
        println!("{name}: one in {:.0} bytes", bytes.len() as f64 / count as f64);
    }
    Ok(())
}

/// CPU time of this process, from the kernel's scheduler.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}
