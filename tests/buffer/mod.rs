//! Records that wait on disk: nothing acknowledged is lost, nothing damaged is silent.

mod crash;
mod damage;
mod fixtures;
mod letters;
mod model;
mod moves;
mod rate;
mod room;

use hushlog::buffer::{Buffer, Entry, Key, OpenError, Reader, Recovery, Settings, WhenFull};
use hushlog::record::{Batch, CleanBuf, CleanText, Origin};
use hushlog::route::{Generation, SinkSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

const NOW: Generation = Generation([1; 32]);
const LATER: Generation = Generation([2; 32]);

fn names(count: usize) -> Vec<String> {
    (0..count).map(|sink| format!("sink{sink}")).collect()
}

fn key() -> Key {
    Key::parse(&[7; 32]).unwrap()
}

fn settings(dir: &Path, key: Option<Key>) -> Settings {
    Settings::new(dir, key, 64 << 20, WhenFull::Block)
}

fn open(dir: &Path, sinks: usize) -> (Arc<Buffer>, Recovery) {
    Buffer::on_disk(settings(dir, None), &names(sinks), NOW).unwrap()
}

fn clean(text: &str) -> CleanBuf {
    static ENGINE: OnceLock<hushlog::Engine> = OnceLock::new();
    let mut clean = CleanBuf::default();
    let mut stream = ENGINE.get_or_init(hushlog::Engine::standard).stream();
    stream.push(text.as_bytes(), &mut |part| clean.push(part));
    stream.finish(&mut |part| clean.push(part));
    clean
}

fn origin() -> Arc<Origin> {
    let [source, region, zone] = ["app", "eu-west-1", "eu"].map(CleanText::declared);
    Arc::new(Origin { source, region, zone, attributes: vec![(CleanText::declared("file"), CleanText::declared("a.log"))] })
}

/// A batch of one record that says its number.
fn batch(number: u64) -> Batch {
    let mut batch = Batch::new(origin());
    batch.push(&clean(&format!("entry number {number} of the test")), number as i64);
    batch
}

fn sized(number: u64, bytes: usize) -> Batch {
    let mut batch = batch(number);
    let mut filler = CleanBuf::default();
    (0..bytes / 8).for_each(|_| filler.push_own("filler. "));
    batch.push(&filler, 0);
    batch
}

/// The number that a batch says.
fn number(batch: &Batch) -> u64 {
    let record = batch.record(0).unwrap();
    let text = std::str::from_utf8(record.body).unwrap();
    let number = text.split(' ').nth(2).unwrap().parse().unwrap();
    assert_eq!(record.time, number as i64);
    assert_eq!(text, format!("entry number {number} of the test"));
    assert_eq!(batch.origin().attribute("file"), Some("a.log"));
    number
}

fn all() -> SinkSet {
    [0, 1].into_iter().collect()
}

fn only(sink: usize) -> SinkSet {
    SinkSet::default().with(sink)
}

/// Everything that a sink is given within a moment of silence.
async fn drain(reader: &mut Reader) -> Vec<Arc<Entry>> {
    let mut entries = Vec::new();
    while let Ok(Some(entry)) = tokio::time::timeout(Duration::from_millis(150), reader.next()).await {
        entries.push(entry);
    }
    entries
}

async fn drain_numbers(reader: &mut Reader) -> Vec<u64> {
    drain(reader).await.iter().map(|entry| number(&entry.batch)).collect()
}

async fn append(buffer: &Arc<Buffer>, number: u64, sinks: SinkSet) {
    buffer.append(batch(number), sinks, NOW).await.unwrap().safe().await.unwrap();
}

fn segments(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|end| end == "seg"));
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_taken_is_there_after_a_restart() {
    for key in [None, Some(key())] {
        let dir = tempfile::tempdir().unwrap();
        let (buffer, recovery) = Buffer::on_disk(settings(dir.path(), key.clone()), &names(2), NOW).unwrap();
        assert_eq!(recovery, Recovery::default());
        for number in 0..20 {
            append(&buffer, number, all()).await;
        }
        let mut reader = buffer.reader(0);
        let entries = drain(&mut reader).await;
        assert_eq!(entries.len(), 20);
        reader.commit(entries[11].sequence);
        drop(reader);
        buffer.finish().await;
        let (buffer, recovery) = Buffer::on_disk(settings(dir.path(), key.clone()), &names(2), NOW).unwrap();
        assert_eq!((recovery.entries, recovery.damage.is_any()), (20, false));
        assert_eq!(drain_numbers(&mut buffer.reader(0)).await, (12..20).collect::<Vec<_>>());
        assert_eq!(drain_numbers(&mut buffer.reader(1)).await, (0..20).collect::<Vec<_>>());
        assert!(buffer.waiting_bytes() > 0);
        let file = std::fs::read(&segments(dir.path())[0]).unwrap();
        assert_eq!(memchr::memmem::find(&file, b"of the test").is_none(), key.is_some(), "encrypted or not");
        for sink in [0, 1] {
            let mut reader = buffer.reader(sink);
            let last = drain(&mut reader).await.last().unwrap().sequence;
            reader.commit(last);
        }
        assert_eq!(buffer.waiting_bytes(), 0);
        buffer.finish().await;
        assert_eq!(segments(dir.path()).len(), 0, "nothing waits, nothing stays");
        drop(buffer);
        // Sequence numbers go on, or new records would be taken for old ones.
        let (buffer, _) = Buffer::on_disk(settings(dir.path(), key), &names(2), NOW).unwrap();
        append(&buffer, 77, all()).await;
        assert_eq!(drain_numbers(&mut buffer.reader(1)).await, [77]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_one_process_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (buffer, _) = open(dir.path(), 1);
    let second = Buffer::on_disk(settings(dir.path(), None), &names(1), NOW).map(drop).unwrap_err();
    assert!(matches!(second, OpenError::Locked), "{second}");
    assert_eq!(second.to_string(), "the folder is in use by another process");
    buffer.finish().await;
    open(dir.path(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_told_from_damage() {
    let dir = tempfile::tempdir().unwrap();
    let (buffer, _) = Buffer::on_disk(settings(dir.path(), Some(key())), &names(1), NOW).unwrap();
    append(&buffer, 1, only(0)).await;
    drop(buffer);
    for other in [None, Key::parse(&[8; 32])] {
        let refused = Buffer::on_disk(settings(dir.path(), other), &names(1), NOW).map(drop).unwrap_err();
        assert!(matches!(refused, OpenError::Key), "{refused}");
    }
    let (buffer, recovery) = Buffer::on_disk(settings(dir.path(), Some(key())), &names(1), NOW).unwrap();
    assert_eq!((recovery.entries, recovery.bad), (1, 0));
    assert_eq!(drain_numbers(&mut buffer.reader(0)).await, [1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sink_that_is_down_costs_disk_and_no_memory_and_holds_nobody_up() {
    let dir = tempfile::tempdir().unwrap();
    let mut settings = settings(dir.path(), None);
    settings.segment_bytes = 1 << 20;
    let (buffer, _) = Buffer::on_disk(settings, &names(2), NOW).unwrap();
    let mut quick = buffer.reader(0);
    for number in 0..40 {
        // Every tenth is for both.
        let sinks = if number % 10 == 0 { all() } else { only(0) };
        buffer.append(sized(number, 400_000), sinks, NOW).await.unwrap().safe().await.unwrap();
        let entry = quick.next().await.unwrap();
        assert_eq!(self::number(&entry.batch), number);
        quick.commit(entry.sequence);
    }
    // Saved and deleted once a second.
    tokio::time::sleep(Duration::from_millis(1300)).await;
    append(&buffer, 40, only(0)).await;
    assert!(segments(dir.path()).len() <= 6, "those that nobody waits for are gone: {}", segments(dir.path()).len());
    drop(quick);
    buffer.finish().await;
    drop(buffer);
    let (buffer, recovery) = open(dir.path(), 2);
    assert_eq!(recovery.damage, Default::default(), "what was deleted on purpose is no damage");
    assert_eq!(drain_numbers(&mut buffer.reader(1)).await, [0, 10, 20, 30]);
}

#[tokio::test(flavor = "multi_thread")]
async fn full_means_waiting_or_refusing() {
    let dir = tempfile::tempdir().unwrap();
    let limited = |when_full| Settings { max_bytes: 300_000, segment_bytes: 64 << 10, ..Settings::new(dir.path(), None, 0, when_full) };
    let (buffer, _) = Buffer::on_disk(limited(WhenFull::DropNewest), &names(1), NOW).unwrap();
    let mut taken = 0;
    let error = loop {
        match buffer.append(sized(taken, 40_000), only(0), NOW).await {
            Ok(receipt) => receipt.safe().await.unwrap(),
            Err(error) => break error,
        }
        taken += 1;
    };
    assert_eq!(error, hushlog::buffer::AppendError::Full);
    assert_eq!(taken, 7);
    buffer.finish().await;
    drop(buffer);
    let (buffer, _) = Buffer::on_disk(limited(WhenFull::Block), &names(1), NOW).unwrap();
    let waits = tokio::time::timeout(Duration::from_millis(200), buffer.append(sized(99, 40_000), only(0), NOW)).await;
    assert!(waits.is_err(), "it has to wait");
    let mut reader = buffer.reader(0);
    let late = tokio::spawn({
        let buffer = Arc::clone(&buffer);
        async move { buffer.append(sized(100, 500_000), only(0), NOW).await.unwrap().safe().await }
    });
    for expected in 0..taken {
        let entry = reader.next().await.unwrap();
        assert_eq!(number(&entry.batch), expected);
        reader.commit(entry.sequence);
    }
    // Larger than the buffer: it fits when nothing else waits.
    let entry = tokio::time::timeout(Duration::from_secs(10), reader.next()).await.expect("room").unwrap();
    assert_eq!(number(&entry.batch), 100);
    late.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_end_when_the_buffer_is_closed_and_read() {
    let dir = tempfile::tempdir().unwrap();
    let (buffer, _) = open(dir.path(), 1);
    append(&buffer, 1, only(0)).await;
    let mut reader = buffer.reader(0);
    buffer.close();
    assert!(buffer.append(batch(2), only(0), NOW).await.is_err());
    assert_eq!(reader.next().await.map(|entry| number(&entry.batch)), Some(1));
    assert!(reader.next().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_is_given_up_is_not_lost() {
    let dir = tempfile::tempdir().unwrap();
    let (buffer, _) = open(dir.path(), 1);
    for number in 0..300 {
        buffer.append(sized(number, 50_000), only(0), NOW).await.unwrap().safe().await.unwrap();
    }
    let mut reader = buffer.reader(0);
    let mut found = Vec::new();
    while found.len() < 300 {
        if let Ok(Some(entry)) = tokio::time::timeout(Duration::from_micros(200), reader.next()).await {
            found.push(number(&entry.batch));
        }
    }
    assert_eq!(found, (0..300).collect::<Vec<_>>());
}
