//! Every byte of a segment flipped, every length it can be cut to: the records, or a count.

use super::*;
use hushlog::buffer::{Damage, probe};
use std::fs;

/// A folder with one segment of eight entries, and its bytes.
async fn segment(key: Option<Key>) -> (tempfile::TempDir, std::path::PathBuf, Vec<u8>) {
    let dir = tempfile::tempdir().unwrap();
    let (buffer, _) = Buffer::on_disk(settings(dir.path(), key), &names(2), NOW).unwrap();
    for number in 0..8 {
        append(&buffer, number, all()).await;
    }
    buffer.finish().await;
    let path = segments(dir.path()).remove(0);
    let bytes = fs::read(&path).unwrap();
    (dir, path, bytes)
}

fn read(bytes: &[u8], key: Option<&Key>) -> Option<(Vec<u64>, Damage)> {
    let (found, damage) = probe(bytes, key)?;
    // `number` also checks that not a byte of a record differs.
    Some((found.iter().map(|(_, batch)| number(batch)).collect(), damage))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_byte_flipped_once_is_counted_and_costs_one_entry_at_most() {
    for key in [None, Some(key())] {
        let (_dir, _, bytes) = segment(key.clone()).await;
        assert_eq!(read(&bytes, key.as_ref()).unwrap(), ((0..8).collect(), Damage::default()));
        for at in 0..bytes.len() {
            for mask in [0x01, 0x80, 0xff] {
                let mut bad = bytes.clone();
                bad[at] ^= mask;
                // Without a header nothing can be read; the folder keeps such a file aside and counts it.
                let Some((found, damage)) = read(&bad, key.as_ref()) else {
                    assert!(at < 150, "{at}");
                    continue;
                };
                assert!(damage.is_any(), "byte {at} was flipped and nobody noticed");
                assert_eq!(found.len(), 7, "byte {at}: {found:?}");
                assert!(found.is_sorted());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_byte_flipped_once_never_refuses_a_start() {
    for key in [None, Some(key())] {
        let (dir, path, bytes) = segment(key.clone()).await;
        for at in (0..bytes.len()).filter(|at| *at < 160 || at % 5 == 0) {
            let mut bad = bytes.clone();
            bad[at] ^= 0x10;
            let _ = fs::remove_dir_all(dir.path());
            fs::create_dir(dir.path()).unwrap();
            fs::write(&path, &bad).unwrap();
            let (buffer, recovery) = Buffer::on_disk(settings(dir.path(), key.clone()), &names(2), NOW).unwrap();
            assert!(recovery.damage.is_any() || recovery.bad == 1, "byte {at} was flipped and nobody noticed");
            assert_eq!(recovery.entries, if recovery.bad == 1 { 0 } else { 7 }, "{at}");
            assert_eq!(path.with_extension("bad").exists(), recovery.bad == 1, "kept aside");
            // It goes on as if nothing had happened.
            append(&buffer, 50, all()).await;
            let mut reader = buffer.reader(0);
            let mut last = 0;
            for _ in 0..=recovery.entries {
                last = number(&reader.next().await.unwrap().batch);
            }
            assert_eq!(last, 50, "{at}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_cut_anywhere_gives_what_is_whole() {
    for key in [None, Some(key())] {
        let (dir, path, bytes) = segment(key.clone()).await;
        let mut before = 0;
        for length in 0..bytes.len() {
            if let Some((found, _)) = read(&bytes[..length], key.as_ref()) {
                assert!(found.len() >= before && found == (0..found.len() as u64).collect::<Vec<_>>(), "{length}");
                before = found.len();
            }
            if length % 7 == 0 {
                let _ = fs::remove_dir_all(dir.path());
                fs::create_dir(dir.path()).unwrap();
                fs::write(&path, &bytes[..length]).unwrap();
                let (buffer, recovery) = Buffer::on_disk(settings(dir.path(), key.clone()), &names(2), NOW).unwrap();
                assert_eq!(recovery.entries, before as u64);
                drop(buffer);
                let (_, again) = Buffer::on_disk(settings(dir.path(), key.clone()), &names(2), NOW).unwrap();
                assert_eq!((again.damage, again.bad), (Damage::default(), 0), "the torn tail is cut: {length}");
            }
        }
        assert_eq!(before, 7);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_of_cursors_sends_again() {
    let dir = tempfile::tempdir().unwrap();
    let (buffer, _) = open(dir.path(), 2);
    for number in 0..4 {
        append(&buffer, number, all()).await;
    }
    let mut reader = buffer.reader(0);
    let last = drain(&mut reader).await.last().unwrap().sequence;
    reader.commit(last);
    drop(reader);
    buffer.finish().await;
    drop(buffer);
    let path = dir.path().join("cursors");
    let bytes = fs::read(&path).unwrap();
    for at in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[at] ^= 4;
        fs::write(&path, bad).unwrap();
        let (buffer, recovery) = open(dir.path(), 2);
        assert!(recovery.cursors_lost, "{at}");
        drop(buffer);
    }
    let (buffer, _) = open(dir.path(), 2);
    fs::write(&path, &bytes[..9]).unwrap();
    assert_eq!(drain_numbers(&mut buffer.reader(1)).await, [0, 1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_had_no_time_for_cursors_is_not_damaged() {
    let (dir, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (buffer, _) = open(dir.path(), 1);
    append(&buffer, 0, all()).await;
    // As a kill leaves it: nothing was taken, so nothing was saved.
    let segment = "00000001.seg";
    fs::copy(dir.path().join(segment), copy.path().join(segment)).unwrap();
    assert!(!dir.path().join("cursors").exists());
    let (again, recovery) = open(copy.path(), 1);
    assert_eq!((recovery.cursors_lost, recovery.entries), (false, 1));
    drop(again);
    // A later segment is a sign that there were cursors.
    let later = tempfile::tempdir().unwrap();
    fs::copy(dir.path().join(segment), later.path().join("00000002.seg")).unwrap();
    assert!(open(later.path(), 1).1.cursors_lost);
}

#[test]
fn bytes_inside_a_record_do_not_pass_for_a_frame() {
    // A whole frame of another segment as the body of a record, and damage right before it.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let (_dir, _, foreign) = segment(None).await;
        let start = memchr::memmem::find(&foreign, b"HFRM").unwrap();
        let (_dir, _, bytes) = segment(None).await;
        let own = memchr::memmem::find(&bytes, b"HFRM").unwrap();
        let mut mixed = bytes[..own].to_vec();
        mixed.extend(b"damage");
        mixed.extend(&foreign[start..]);
        let (found, damage) = read(&mixed, None).unwrap();
        assert_eq!(found, Vec::<u64>::new());
        assert!(damage.is_any());
    });
}
