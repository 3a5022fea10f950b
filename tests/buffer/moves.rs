//! Entries of another generation: through the callback before anything is sent.

use super::*;
use hushlog::buffer::{AppendError, Migrate, Waiting};
use std::sync::Mutex;

type Seen = Arc<Mutex<Vec<(u64, Vec<String>, Vec<String>)>>>;

/// Sends everything to the second sink, with a hundred added, and remembers what came.
fn callback() -> (Migrate, Seen) {
    let seen = Seen::default();
    let notes = Arc::clone(&seen);
    let migrate = move |waiting: &Waiting<'_>| {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        notes.lock().unwrap().push((number(waiting.batch), own(&waiting.sinks), own(&waiting.taken)));
        vec![(batch(number(waiting.batch) + 100), only(1))]
    };
    (Arc::new(migrate), seen)
}

async fn moved(buffer: &Arc<Buffer>, generation: Generation, migrate: Migrate) -> Result<u64, AppendError> {
    let buffer = Arc::clone(buffer);
    buffer.begin(&names(2), generation, migrate);
    tokio::task::spawn_blocking(move || buffer.migrate()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_of_another_generation_are_not_sent_before_they_were_moved() {
    let dir = tempfile::tempdir().unwrap();
    let (buffer, _) = open(dir.path(), 2);
    for number in 0..3 {
        append(&buffer, number, all()).await;
    }
    let mut reader = buffer.reader(0);
    let first = reader.next().await.unwrap();
    reader.commit(first.sequence);
    drop(reader);
    buffer.finish().await;
    drop(buffer);
    let (buffer, recovery) = Buffer::on_disk(settings(dir.path(), None), &names(2), LATER).unwrap();
    assert_eq!(recovery.entries, 3);
    let (mut zero, mut one) = (buffer.reader(0), buffer.reader(1));
    buffer.append(batch(50), all(), LATER).await.unwrap().safe().await.unwrap();
    assert!(drain_numbers(&mut zero).await.is_empty(), "nothing old, and nothing before the old");
    let (migrate, seen) = callback();
    assert_eq!(moved(&buffer, LATER, migrate).await, Ok(3));
    let (sink0, sink1) = (vec!["sink0".to_owned()], vec!["sink1".to_owned()]);
    let both = vec!["sink0".to_owned(), "sink1".to_owned()];
    assert_eq!(*seen.lock().unwrap(), [(0, sink1, sink0), (1, both.clone(), vec![]), (2, both, vec![])]);
    assert_eq!(drain_numbers(&mut zero).await, [50]);
    assert_eq!(drain_numbers(&mut one).await, [50, 100, 101, 102]);
    drop((zero, one));
    buffer.finish().await;
    assert_eq!(segments(dir.path()).len(), 1, "the old one is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sink_that_is_gone_is_named_to_the_callback() {
    let dir = tempfile::tempdir().unwrap();
    let old = ["gone".to_owned(), "sink1".to_owned()];
    let (buffer, _) = Buffer::on_disk(settings(dir.path(), None), &old, NOW).unwrap();
    append(&buffer, 7, all()).await;
    drop(buffer);
    // The same generation, and yet other sinks: the bits mean others.
    let (buffer, _) = open(dir.path(), 2);
    let mut reader = buffer.reader(1);
    assert!(drain(&mut reader).await.is_empty());
    let (migrate, seen) = callback();
    assert_eq!(moved(&buffer, NOW, migrate).await, Ok(1));
    assert_eq!(seen.lock().unwrap()[0].1, ["gone", "sink1"]);
    assert_eq!(drain_numbers(&mut reader).await, [107]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_moves_what_waits_on_disk_and_in_memory() {
    let dir = tempfile::tempdir().unwrap();
    for (buffer, on_disk) in [(open(dir.path(), 2).0, true), (Buffer::in_memory(2, 1 << 20, WhenFull::Block), false)] {
        let mut receipts = Vec::new();
        for number in 0..3 {
            let receipt = buffer.append(batch(number), all(), NOW).await.unwrap();
            // On disk it is written then, and what is written under the old plan is moved.
            if on_disk {
                receipt.safe().await.unwrap();
            } else {
                receipts.push(receipt);
            }
        }
        let (mut zero, mut one) = (buffer.reader(0), buffer.reader(1));
        let first = one.next().await.unwrap();
        let (migrate, seen) = callback();
        assert_eq!(moved(&buffer, LATER, Arc::clone(&migrate)).await, Ok(3));
        // A source that has the old plan still.
        receipts.push(buffer.append(batch(3), all(), NOW).await.unwrap());
        buffer.append(batch(4), only(1), LATER).await.unwrap();
        assert!(drain(&mut zero).await.is_empty());
        let rest = drain(&mut one).await;
        let found: Vec<u64> = rest.iter().map(|entry| number(&entry.batch)).collect();
        assert_eq!(found, [100, 101, 102, 103, 4]);
        assert!(rest.iter().all(|entry| entry.generation == LATER));
        assert_eq!(seen.lock().unwrap().len(), 4);
        one.commit(first.sequence);
        one.commit(rest.last().unwrap().sequence);
        for receipt in receipts {
            tokio::time::timeout(Duration::from_secs(5), receipt.safe()).await.expect("safe").unwrap();
        }
        assert_eq!(buffer.waiting_bytes(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_memory_a_moved_batch_is_safe_when_what_stands_for_it_is() {
    let buffer = Buffer::in_memory(2, 1 << 20, WhenFull::Block);
    let receipt = buffer.append(batch(1), only(0), NOW).await.unwrap();
    moved(&buffer, LATER, callback().0).await.unwrap();
    let mut safe = Box::pin(receipt.safe());
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut safe).await.is_err(), "nobody has it");
    let mut reader = buffer.reader(1);
    let entry = reader.next().await.unwrap();
    reader.commit(entry.sequence);
    tokio::time::timeout(Duration::from_secs(5), safe).await.unwrap().unwrap();
}

/// What was read ahead while a plan was put in force again was left out once: 361 batches of a run with 200 kills.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_skipped_while_the_same_generation_is_put_in_force() {
    const ENTRIES: u64 = 400;
    let dir = tempfile::tempdir().unwrap();
    let (buffer, _) = open(dir.path(), 1);
    for number in 0..ENTRIES {
        buffer.append(batch(number), only(0), NOW).await.unwrap().safe().await.unwrap();
    }
    buffer.finish().await;
    drop(buffer);
    let (buffer, recovery) = open(dir.path(), 1);
    assert_eq!(recovery.entries, ENTRIES);
    let again = Arc::clone(&buffer);
    let busy = tokio::task::spawn_blocking(move || {
        for _ in 0..500 {
            again.begin(&names(1), NOW, Arc::new(|_: &Waiting<'_>| Vec::new()));
            again.migrate().unwrap();
        }
    });
    let mut reader = buffer.reader(0);
    for number in 0..ENTRIES {
        let entry = reader.next().await.unwrap();
        assert_eq!(super::number(&entry.batch), number);
    }
    busy.await.unwrap();
}

/// A batch of the new plan was taken for one of an earlier one until the buffer had come to it: it was routed by the
/// old routes, or sent twice.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_under_a_generation_that_has_begun_is_not_moved() {
    let dir = tempfile::tempdir().unwrap();
    for (buffer, on_disk) in [(Buffer::in_memory(2, 1 << 20, WhenFull::Block), false), (open(dir.path(), 2).0, true)] {
        let mut old = Some(buffer.append(batch(1), only(1), NOW).await.unwrap());
        if on_disk {
            old.take().unwrap().safe().await.unwrap();
        }
        let (migrate, seen) = callback();
        buffer.begin(&names(2), LATER, migrate);
        let new = buffer.append(batch(2), only(1), LATER).await.unwrap();
        let mut reader = buffer.reader(1);
        assert!(tokio::time::timeout(Duration::from_millis(50), reader.next()).await.is_err(), "nothing is read before it is moved");
        let again = Arc::clone(&buffer);
        assert_eq!(tokio::task::spawn_blocking(move || again.migrate()).await.unwrap(), Ok(1));
        let mut read = Vec::new();
        for _ in 0..2 {
            let entry = tokio::time::timeout(Duration::from_secs(5), reader.next()).await.unwrap().unwrap();
            read.push(number(&entry.batch));
            reader.commit(entry.sequence);
        }
        assert_eq!(read, [2, 101]);
        assert_eq!(seen.lock().unwrap().iter().map(|(number, ..)| *number).collect::<Vec<_>>(), [1]);
        if let Some(old) = old {
            old.safe().await.unwrap();
        }
        new.safe().await.unwrap();
    }
}
