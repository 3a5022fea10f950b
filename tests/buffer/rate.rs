//! How much the buffer takes: 64 appenders at once, each waiting until its batch is safe.
//!
//! `cargo test --profile quick --test main buffer::rate -- --ignored --nocapture` prints the figures.

use super::*;
use std::time::Instant;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn of_64_appenders() {
    for (label, bytes, each) in [("250 B", 200, 400), ("1 MB", 1_000_000, 6)] {
        for key in [None, Some(key())] {
            let encrypted = key.is_some();
            let dir = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
            let settings = Settings::new(dir.path(), key, 8 << 30, WhenFull::Block);
            let (buffer, _) = Buffer::on_disk(settings, &names(1), NOW).unwrap();
            let batch = sized(1, bytes);
            let size = batch.bodies().len();
            let start = Instant::now();
            let mut tasks = Vec::new();
            for _ in 0..64 {
                let (buffer, batch) = (Arc::clone(&buffer), batch.clone());
                tasks.push(tokio::spawn(async move {
                    for _ in 0..each {
                        buffer.append(batch.clone(), only(0), NOW).await.unwrap().safe().await.unwrap();
                    }
                }));
            }
            for task in tasks {
                task.await.unwrap();
            }
            let seconds = start.elapsed().as_secs_f64();
            let appends = f64::from(64 * each);
            println!(
                "{label}{}: {:.0} appends/s, {:.1} MB/s",
                if encrypted { ", encrypted" } else { "" },
                appends / seconds,
                appends * size as f64 / seconds / 1e6
            );
        }
    }
}
