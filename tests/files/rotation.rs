//! Files that are renamed, copied, truncated, deleted and compressed while they are read.

use super::*;

#[test]
fn files_are_read_as_they_come_and_grow() {
    let home = Home::with(
        "type: file, include: ['DIR/logs/*.log', 'DIR/logs/*/more.txt'], exclude: ['DIR/logs/no.*'], poll: 20ms, checkpoints: DIR/state",
    );
    append(&home.log("a.log"), records(0..10));
    append(&home.log("no.log"), "{\"n\":777}\n");
    append(&home.log("a.txt"), "{\"n\":778}\n");
    append(&home.log("empty.log"), "");
    let proxy = home.begin();
    home.until_records(10);
    append(&home.log("a.log"), records(10..20));
    home.until_records(20);
    append(&home.log("empty.log"), records(20..30));
    home.until_records(30);
    append(&home.log("later.log"), records(30..40));
    home.until_records(40);
    fs::create_dir(home.log("below")).unwrap();
    append(&home.log("below/more.txt"), records(40..50));
    home.until_records(50);
    // A line is a record when its end is there.
    append(&home.log("a.log"), "{\"n\":");
    append(&home.log("later.log"), records(50..51));
    home.until_records(51);
    append(&home.log("a.log"), "51}\n");
    home.until_records(52);
    proxy.stop();
    assert_eq!(home.complete(52), 0);
    assert!(home.out().contains(&format!("\"file\":\"{}\"", home.log("a.log").display())));
    // What was read is not read again.
    let proxy = home.begin();
    append(&home.log("a.log"), records(52..53));
    home.until_records(53);
    proxy.stop();
    assert_eq!(home.complete(53), 0);
}

#[test]
fn files_that_are_there_may_be_read_from_their_end() {
    let home = Home::with("type: file, include: ['DIR/logs/*.log'], from: end, poll: 20ms, checkpoints: DIR/state");
    append(&home.log("old.log"), records(1000..1010));
    let proxy = home.begin();
    wait("the first look", || home.path("state/logs.json").exists(), || home.err());
    append(&home.log("old.log"), records(0..5));
    append(&home.log("new.log"), records(5..10));
    home.until_records(10);
    proxy.stop();
    assert_eq!(home.complete(10), 0);
}

#[test]
fn what_was_rotated_before_the_first_start_is_not_read_unless_it_is_new() {
    let home = Home::new();
    append(&home.log("app.log"), records(0..5));
    // The time of a file can be a little before the time at which it was written.
    for (name, age, numbers) in [("app.log.1", 1, 5..10), ("app.log.2", 3600, 1000..1010)] {
        append(&home.log(name), records(numbers));
        let old = File::options().write(true).open(home.log(name)).unwrap();
        old.set_modified(std::time::SystemTime::now() - Duration::from_secs(age)).unwrap();
    }
    let proxy = home.begin();
    home.until_records(10);
    proxy.stop();
    assert_eq!(home.complete(10), 0);
}

#[test]
fn three_large_files_renamed_within_a_second() {
    let home = Home::new();
    let proxy = home.begin();
    let part = 20_000_000 / records(0..1000).len() as u64 * 1000;
    for round in 0..3 {
        append(&home.log("app.log"), records(round * part..(round + 1) * part));
        fs::rename(home.log("app.log"), home.log(&format!("app.log.{}", 3 - round))).unwrap();
    }
    append(&home.log("app.log"), records(3 * part..3 * part + 5));
    home.until_records(3 * part as usize + 5);
    proxy.stop();
    assert_eq!(home.complete(3 * part + 5), 0);
}

#[test]
fn five_hundred_rotations() {
    let home = Home::new();
    let proxy = home.begin();
    let (mut next, mut kept) = (0, 0);
    for round in 0..500 {
        // Some generations come and go between two looks; the oldest are deleted when they were read.
        append(&home.log("app.log"), records(next..next + 800));
        next += 800;
        fs::rename(home.log("app.log"), home.log(&format!("app.log.{round}"))).unwrap();
        if round % 50 == 49 {
            home.until_records(next as usize);
            for old in kept..round {
                fs::remove_file(home.log(&format!("app.log.{old}"))).unwrap();
            }
            kept = round;
        }
    }
    home.until_records(next as usize);
    proxy.stop();
    assert_eq!(home.complete(next), 0);
}

#[test]
fn rotation_shifts_all_names() {
    let home = Home::new();
    let proxy = home.begin();
    let mut next = 0;
    for _ in 0..40 {
        for age in (1..5).rev() {
            let _ = fs::rename(home.log(&format!("app.log.{age}")), home.log(&format!("app.log.{}", age + 1)));
        }
        let _ = fs::rename(home.log("app.log"), home.log("app.log.1"));
        append(&home.log("app.log"), records(next..next + 500));
        next += 500;
        home.until_records(next as usize - 400);
    }
    home.until_records(next as usize);
    proxy.stop();
    assert_eq!(home.complete(next), 0);
}

#[test]
fn copied_and_truncated() {
    let home = Home::new();
    let proxy = home.begin();
    let mut next = 0;
    for round in 0..20 {
        append(&home.log("app.log"), records(next..next + 2000));
        next += 2000;
        if round % 3 == 0 {
            // Else what was not read yet is in the copy alone.
            home.until_records(next as usize);
        } else {
            home.until_records(next as usize - 1999);
        }
        fs::copy(home.log("app.log"), home.log(&format!("app.log.{round}"))).unwrap();
        File::options().write(true).open(home.log("app.log")).unwrap().set_len(0).unwrap();
    }
    append(&home.log("app.log"), records(next..next + 1));
    next += 1;
    home.until("all numbers", |out| out.lines().count() as u64 >= next);
    proxy.stop();
    assert_eq!(home.complete(next), 0);
}

#[test]
fn truncated_without_a_copy_is_counted() {
    let home = Home::with("type: file, include: ['DIR/logs/*.log'], poll: 20ms, max_line: 4KiB, checkpoints: DIR/state");
    let proxy = home.begin();
    append(&home.log("app.log"), records(0..100));
    home.until_records(100);
    home.until_safe(size(&home.log("app.log")));
    File::options().write(true).open(home.log("app.log")).unwrap().set_len(0).unwrap();
    append(&home.log("app.log"), records(100..110));
    home.until_records(110);
    proxy.stop();
    assert_eq!(home.complete(110), 0);
    // Gone while nobody looked.
    append(&home.log("app.log"), records(110..120));
    fs::remove_file(home.log("app.log")).unwrap();
    append(&home.log("gone.log"), records(110..130));
    let mut second = home.start();
    home.until_records(130);
    home.until_safe(size(&home.log("gone.log")));
    second.0.kill().unwrap();
    second.0.wait().unwrap();
    assert_eq!(home.complete(130), 0);
}

/// Writes at an offset, whatever stands before it: as a program does that opened its file without `O_APPEND`.
fn write_at(path: &std::path::Path, offset: u64, text: &str) {
    std::os::unix::fs::FileExt::write_all_at(&File::options().write(true).open(path).unwrap(), text.as_bytes(), offset).unwrap();
}

#[test]
fn truncated_under_a_program_that_writes_on_at_its_place() {
    let home = Home::new();
    let proxy = home.begin();
    let log = home.log("app.log");
    append(&log, records(0..500));
    home.until_records(500);
    home.until_safe(size(&log));
    let mut end = size(&log);
    for round in 0..3 {
        fs::copy(&log, home.log(&format!("app.log.{round}"))).unwrap();
        File::options().write(true).open(&log).unwrap().set_len(0).unwrap();
        let next = 500 + round * 10;
        write_at(&log, end, &records(next..next + 10));
        home.until_records(next as usize + 10);
        home.until_safe(size(&log));
        end = size(&log);
    }
    assert!(home.err().contains("a hole of NUL bytes"), "{}", home.err());
    proxy.kill();
    // A restart goes on behind the hole, and finds another one.
    write_at(&log, end, &records(530..540));
    end = size(&log);
    write_at(&log, end + (1 << 20), &records(540..550));
    let proxy = home.start();
    home.until_records(550);
    home.until_safe(size(&log));
    proxy.stop();
    assert_eq!(home.complete(550), 0);
    assert!(!home.out().contains("u0000"));
}

#[test]
fn nuls_that_are_no_hole_are_text() {
    let home = Home::with(
        "type: file, include: ['DIR/logs/*.log'], poll: 20ms, multiline: { start: '^\\[', wait: 100ms }, checkpoints: DIR/state",
    );
    let log = home.log("app.log");
    append(&log, [&[0; 5000][..], b"[1] a\nb\nc\n[2] d\0e\n", &[0; 9], b"f\n[3]\n"].concat());
    let proxy = home.start();
    home.until("the last record", |out| out.contains("\"[3]\""));
    proxy.stop();
    let messages: Vec<String> = home.out().lines().map(|line| line.split('"').nth(3).unwrap().to_owned()).collect();
    let nuls = "\\u0000".repeat(9);
    assert_eq!(messages, ["[1] a\\nb\\nc".to_owned(), format!("[2] d\\u0000e\\n{nuls}f"), "[3]".to_owned()]);
}

#[test]
fn deleted_while_it_is_read() {
    let home = Home::new();
    let proxy = home.begin();
    let text = records(0..80_000);
    append(&home.log("app.log"), &text);
    home.until_records(1);
    fs::remove_file(home.log("app.log")).unwrap();
    append(&home.log("app.log"), records(80_000..80_010));
    home.until_records(80_010);
    proxy.stop();
    assert_eq!(home.complete(80_010), 0);
}

#[test]
fn the_last_line_of_a_rotated_file_may_lack_its_end() {
    let home = Home::new();
    let proxy = home.begin();
    append(&home.log("app.log"), "{\"n\":0}\n{\"n\":1}");
    home.until_records(1);
    fs::rename(home.log("app.log"), home.log("app.log.1")).unwrap();
    append(&home.log("app.log"), "{\"n\":2}\n");
    home.until_records(3);
    proxy.stop();
    assert_eq!(home.complete(3), 0);
}

#[test]
fn a_compressed_rotation_is_not_read_again() {
    let home = Home::with("type: file, include: ['DIR/logs/*.log*'], poll: 20ms, rotate_wait: 300ms, checkpoints: DIR/state");
    let gzip = |from: &str, to: &str| {
        let packed = crate::cli::gzip(fs::read(home.log(from)).unwrap());
        fs::write(home.log(to), packed).unwrap();
        fs::remove_file(home.log(from)).unwrap();
    };
    let proxy = home.begin();
    append(&home.log("app.log"), records(0..1000));
    home.until_records(1000);
    fs::rename(home.log("app.log"), home.log("app.log.1")).unwrap();
    gzip("app.log.1", "app.log.2.gz");
    append(&home.log("app.log"), records(1000..1500));
    home.until_records(1500);
    home.until_safe(size(&home.log("app.log")));
    proxy.kill();
    // Rotated and compressed while nobody looked: only what is new in it is read. One more was never seen.
    append(&home.log("app.log"), records(1500..2000));
    fs::rename(home.log("app.log"), home.log("app.log.1")).unwrap();
    gzip("app.log.1", "app.log.3.gz");
    fs::write(home.log("other.log.1.gz"), crate::cli::gzip(records(2000..2100))).unwrap();
    let proxy = home.begin();
    home.until_records(2100);
    append(&home.log("app.log"), records(2100..2101));
    home.until_records(2101);
    proxy.stop();
    assert_eq!(home.complete(2101), 0);
}
