//! Room on the disk: what was taken gives it back, and nobody holds a deleted file open.

use super::*;
use crate::support::proxy::until;
use hushlog::buffer::dead_letters::DeadLetters;

/// Deleted files of a folder that this process has open.
fn deleted(dir: &Path) -> Vec<String> {
    let open = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let names = open.filter_map(|entry| std::fs::read_link(entry.path()).ok()).map(|path| path.display().to_string());
    names.filter(|name| name.starts_with(&dir.display().to_string()) && name.ends_with("(deleted)")).collect()
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_holds_no_deleted_segment_open() {
    let dir = tempfile::tempdir().unwrap();
    let (buffer, _) = open(dir.path(), 2);
    for number in 0..20 {
        append(&buffer, number, all()).await;
    }
    buffer.finish().await;
    drop(buffer);
    let (buffer, recovery) = open(dir.path(), 2);
    assert_eq!(recovery.entries, 20);
    let mut readers = [buffer.reader(0), buffer.reader(1)];
    for reader in &mut readers {
        let last = drain(reader).await.last().unwrap().sequence;
        reader.commit(last);
    }
    until("the segment is gone", || segments(dir.path()).is_empty());
    assert_eq!(deleted(dir.path()), [""; 0]);
    drop(readers);
}

#[cfg(target_os = "linux")]
#[test]
fn a_dead_letter_that_was_sent_again_is_not_held_open() {
    let dir = tempfile::tempdir().unwrap();
    let letters = DeadLetters::new(&settings(dir.path(), None));
    letters.keep("store", &[(&batch(1), 0..1)], 0, "refused").unwrap();
    assert_eq!(hushlog::buffer::dead_letters::retry(dir.path(), None).unwrap(), 1);
    let again = letters.again().unwrap();
    let (batches, damage) = letters.batches(&again[0]).unwrap();
    assert_eq!(batches.len(), 1);
    letters.sent(&again[0], damage).unwrap();
    assert_eq!(deleted(dir.path()), [""; 0]);
    letters.keep("store", &[(&batch(2), 0..1)], 0, "refused").unwrap();
    assert_eq!(hushlog::buffer::dead_letters::list(dir.path(), None).unwrap().0.len(), 1);
}
