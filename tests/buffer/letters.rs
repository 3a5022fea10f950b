//! What a sink refuses for good: kept, listed, sent again; and the commands that do it.

use super::*;
use assert_cmd::Command;
use hushlog::buffer::dead_letters::{self, DeadLetters};
use std::fs;

fn hushlog(arguments: &[&str]) -> assert_cmd::assert::Assert {
    Command::cargo_bin("hushlog").unwrap().args(arguments).assert()
}

#[test]
fn refused_records_are_kept_and_sent_again() {
    for key in [None, Some(key())] {
        let dir = tempfile::tempdir().unwrap();
        let letters = DeadLetters::new(&settings(dir.path(), key.clone()));
        let large = sized(3, 100);
        letters.keep("cw", &[(&batch(1), 0..1), (&large, 0..1)], 5, "refused with 400").unwrap();
        letters.keep("s3", &[(&large, 1..2)], 6, "too large").unwrap();
        let (listed, damaged) = dead_letters::list(dir.path(), key.as_ref()).unwrap();
        assert_eq!(damaged, 0);
        let short: Vec<_> =
            listed.iter().map(|letter| (letter.sink.as_str(), letter.time, letter.reason.as_str(), letter.records)).collect();
        assert_eq!(short, [("cw", 5, "refused with 400", 1), ("cw", 5, "refused with 400", 1), ("s3", 6, "too large", 1)]);
        assert!(letters.again().unwrap().is_empty());
        assert_eq!(dead_letters::retry(dir.path(), Some("cw")).unwrap(), 1);
        // The program that runs goes on in another file.
        letters.keep("cw", &[(&batch(9), 0..1)], 7, "refused with 400").unwrap();
        let again = letters.again().unwrap();
        assert_eq!((again.len(), again[0].sink.as_str()), (1, "cw"));
        let (batches, damage) = letters.batches(&again[0]).unwrap();
        assert_eq!(batches.iter().map(number).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(batches[1].len(), 1, "the part that was refused, not the whole batch");
        letters.sent(&again[0], damage).unwrap();
        assert!(letters.again().unwrap().is_empty());
        assert_eq!(dead_letters::list(dir.path(), key.as_ref()).unwrap().0.len(), 2);
        assert_eq!(dead_letters::retry(dir.path(), None).unwrap(), 2);
        let mut batches = letters.again().unwrap().iter().flat_map(|again| letters.batches(again).unwrap().0).collect::<Vec<_>>();
        assert_eq!(number(&batches.remove(0)), 9);
        assert_eq!(batches[0].record(0).unwrap().body.len(), 96);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_say_what_is_there_and_never_a_body() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("buffer");
    let path = folder.to_str().unwrap();
    let file = dir.path().join("key");
    fs::write(&file, "07".repeat(32)).unwrap();
    let key_file = file.to_str().unwrap();
    let (buffer, _) = Buffer::on_disk(settings(&folder, Some(key())), &names(2), NOW).unwrap();
    for number in 0..3 {
        append(&buffer, number, all()).await;
    }
    let mut reader = buffer.reader(1);
    let entry = reader.next().await.unwrap();
    reader.commit(entry.sequence);
    drop(reader);
    buffer.finish().await;
    DeadLetters::new(&settings(&folder, Some(key()))).keep("sink1", &[(&batch(1), 0..1)], 1_700_000_000_000, "too large").unwrap();

    // A key that others may read is refused.
    let mode = |mode| fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    mode(0o644);
    hushlog(&["buffer", "inspect", path, "--key", key_file]).code(2);
    mode(0o400);
    let unsaid = hushlog(&["buffer", "inspect", path]).code(2);
    assert!(String::from_utf8_lossy(&unsaid.get_output().stderr).contains("with `--key FILE`"));
    let other = tempfile::tempdir().unwrap();
    for command in [["buffer", "inspect"], ["dlq", "list"], ["dlq", "retry"]] {
        let refused = hushlog(&[command[0], command[1], other.path().to_str().unwrap()]).code(3);
        assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("it holds no buffer"), "{command:?}");
    }
    hushlog(&["dlq", "retry", path, "--sink", ".."]).code(2);
    hushlog(&["dlq", "retry", path, "--sink", "."]).code(2);
    let shown = hushlog(&["buffer", "inspect", path, "--key", key_file]).success();
    let shown = String::from_utf8(shown.get_output().stdout.clone()).unwrap();
    assert!(shown.contains("00000001.seg") && shown.contains("sink1") && !shown.contains("entry number"), "{shown}");
    let row =
        |name: &str| shown.lines().find(|line| line.starts_with(name)).unwrap().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(row("sink0"), ["sink0", "0", "3"]);
    assert_eq!(row("sink1"), ["sink1", "1", "2"]);
    let listed = hushlog(&["dlq", "list", path, "--key", key_file]).success();
    let listed = String::from_utf8(listed.get_output().stdout.clone()).unwrap();
    assert!(listed.contains("sink1") && listed.contains("2023-11-14T22:13:20Z") && listed.contains("too large"), "{listed}");
    assert!(!listed.contains("entry number"));
    hushlog(&["dlq", "retry", path, "--sink", "nobody"]).code(2);
    hushlog(&["dlq", "retry", path, "--sink", "sink1"]).success();
    assert!(folder.join("dlq/sink1/00000001.again").exists());
    let shown = hushlog(&["dlq", "list", path, "--key", key_file]).success();
    assert!(String::from_utf8_lossy(&shown.get_output().stdout).contains("again"));
    hushlog(&["buffer", "inspect", "/nowhere"]).code(3);
}
