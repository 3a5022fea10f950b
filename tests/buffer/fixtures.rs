//! Folders of buffers that earlier versions wrote: they open, and give their records.
//!
//! `UPDATE_FIXTURES=1 cargo test --profile quick --test main buffer::fixtures` writes those of this version; it
//! never changes one that is there.

use super::*;
use std::fs;
use std::path::PathBuf;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/buffer/fixtures")
}

async fn write(dir: &Path, key: Option<Key>) {
    let (buffer, _) = Buffer::on_disk(settings(dir, key), &names(2), NOW).unwrap();
    for number in 0..4 {
        append(&buffer, number, if number == 2 { only(1) } else { all() }).await;
    }
    let mut reader = buffer.reader(0);
    let first = reader.next().await.unwrap();
    reader.commit(first.sequence);
    drop(reader);
    buffer.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_earlier_versions_left_is_read() {
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        for (name, key) in [("v1-plain", None), ("v1-encrypted", Some(key()))] {
            if !folder().join(name).exists() {
                write(&folder().join(name), key).await;
            }
        }
    }
    let mut read = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let from = entry.unwrap().path();
        let key = from.to_str().unwrap().ends_with("-encrypted").then(key);
        let dir = tempfile::tempdir().unwrap();
        for file in fs::read_dir(&from).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), dir.path().join(file.file_name())).unwrap();
        }
        let (buffer, recovery) = Buffer::on_disk(settings(dir.path(), key), &names(2), NOW).unwrap();
        assert_eq!((recovery.entries, recovery.bad, recovery.damage, recovery.cursors_lost), (4, 0, Default::default(), false));
        assert_eq!(drain_numbers(&mut buffer.reader(0)).await, [1, 3]);
        assert_eq!(drain_numbers(&mut buffer.reader(1)).await, [0, 1, 2, 3]);
        read += 1;
    }
    assert_eq!(read, 2, "a plain and an encrypted one of each version");
}
