//! Parts of lines whose rest comes late, in another file, after a kill, or never: no half of a value passes.

use super::pods::{TIME, home, pod};
use super::*;

/// The parts of a line with a mail address; alone neither is one.
const FIRST: &str = "stdout P mail=jane@exam";
const REST: &str = "stdout F ple.com sent";

fn line(text: &str) -> String {
    format!("{TIME} {text}\n")
}

/// As the kubelet does it; the runtime opens a new file at once.
fn rotate(log: &Path, number: u32) -> PathBuf {
    let rotated = log.with_file_name(format!("0.log.20260301-10150{number}"));
    fs::rename(log, &rotated).unwrap();
    append(log, "");
    rotated
}

fn compress(path: &Path) {
    let mut name = path.as_os_str().to_owned();
    name.push(".gz");
    fs::write(name, crate::cli::gzip(fs::read(path).unwrap())).unwrap();
    fs::remove_file(path).unwrap();
}

#[track_caller]
fn joined(home: &Home, times: usize) {
    let whole = |out: &str| out.matches("{\"message\":\"mail=[EMAIL][EMAIL] sent\"").count();
    home.until("whole lines", |out| whole(out) >= times);
    hidden(home);
    assert_eq!(whole(&home.out()), times, "{}", home.out());
    assert!(!home.out().contains("[WITHHELD"), "{}", home.out());
}

#[track_caller]
fn hidden(home: &Home) {
    assert!(!home.out().contains("jane") && !home.out().contains("ple.com"), "{}", home.out());
}

#[test]
fn a_rotated_file_waits_for_the_rest_of_its_line() {
    let home = home();
    let log = pod(&home);
    let proxy = home.begin();
    append(&log, line("stdout F {\"n\":0}") + &line(FIRST));
    home.until_records(1);
    rotate(&log, 0);
    // Longer than `rotate_wait`.
    std::thread::sleep(Duration::from_secs(1));
    append(&log, line(REST) + &line("stdout F {\"n\":1}"));
    joined(&home, 1);
    home.until_records(3);
    proxy.stop();
}

/// Streams are dropped after five seconds, and where more than 64 files are read.
#[test]
fn a_line_outlives_its_stream() {
    let home = home();
    let log = pod(&home);
    let proxy = home.begin();
    append(&log, line("stdout F {\"n\":0}") + &line(FIRST));
    home.until_records(1);
    rotate(&log, 0);
    append(&log, line("stderr F {\"n\":1}"));
    for number in 0..100 {
        let folder = home.log(&format!("ml_other-{number}_275ecb36-5aa8-4c2a-9c47-d8bb681b9a{number:02x}/main"));
        fs::create_dir_all(&folder).unwrap();
        append(&folder.join("0.log"), line("stdout F one of many"));
    }
    home.until_records(101);
    append(&log, line(REST));
    joined(&home, 1);
    append(&log, line(FIRST));
    rotate(&log, 1);
    append(&log, line("stderr F {\"n\":2}"));
    std::thread::sleep(Duration::from_millis(5_500));
    append(&log, line(REST) + &line("stdout F {\"n\":3}"));
    joined(&home, 2);
    home.until_records(106);
    proxy.stop();
}

#[test]
fn a_line_over_three_files_and_restarts_is_one_record() {
    for is_killed in [true, false] {
        let home = home();
        let log = pod(&home);
        let mut proxy = home.begin();
        let again = |proxy: Proxy| {
            if is_killed {
                proxy.kill();
            } else {
                // It may not have begun to wait for the signal.
                proxy.terminate();
            }
            home.start()
        };
        append(&log, line("stdout F {\"n\":0}") + &line("stdout P mail=ja"));
        home.until_records(1);
        proxy = again(proxy);
        rotate(&log, 0);
        append(&log, line("stdout P ne@exam"));
        proxy = again(proxy);
        // It is read, and nothing of it may come out.
        append(&log, line("stderr F {\"n\":1}"));
        std::thread::sleep(Duration::from_millis(500));
        rotate(&log, 1);
        proxy = again(proxy);
        append(&log, line(REST) + &line("stdout F {\"n\":2}"));
        home.until("the whole line", |out| out.contains("{\"message\":\"mail=[EMAIL][EMAIL][EMAIL] sent\""));
        home.until_records(4);
        again(proxy).kill();
        hidden(&home);
        assert!(!home.out().contains("[WITHHELD"), "{}", home.out());
    }
}

#[test]
fn rotated_twice_and_compressed_while_nobody_read() {
    for is_read in [true, false] {
        let home = home();
        let log = pod(&home);
        let proxy = home.begin();
        append(&log, line("stdout F {\"n\":0}"));
        if is_read {
            append(&log, line(FIRST));
        }
        home.until_records(1);
        home.until_safe(line("stdout F {\"n\":0}").len() as u64);
        proxy.kill();
        if !is_read {
            append(&log, line(FIRST));
        }
        let first = rotate(&log, 0);
        append(&log, line(REST) + &line("stderr F {\"n\":1}"));
        compress(&first);
        rotate(&log, 1);
        append(&log, line("stdout F {\"n\":2}"));
        let proxy = home.start();
        home.until("the last line", |out| out.contains("\"n\":2"));
        // The compressed file is looked at when it has been quiet.
        home.until("all of it", |out| out.contains("[EMAIL]") || out.contains("[WITHHELD:part]"));
        proxy.stop();
        hidden(&home);
    }
}

#[test]
fn the_first_part_is_gone() {
    let home = home();
    let log = pod(&home);
    let proxy = home.begin();
    append(&log, line("stdout F {\"n\":0}") + &line(FIRST));
    home.until_records(1);
    home.until_safe(line("stdout F {\"n\":0}").len() as u64);
    proxy.kill();
    let first = rotate(&log, 0);
    append(&log, line(REST) + &line("stderr F the first one of its stream") + &line("stdout F {\"n\":1}"));
    fs::remove_file(first).unwrap();
    let proxy = home.start();
    home.until("the line behind", |out| out.contains("\"n\":1"));
    proxy.kill();
    append(&log, line("stderr F {\"n\":2}"));
    let proxy = home.start();
    home.until("the last line", |out| out.contains("\"n\":2"));
    proxy.stop();
    hidden(&home);
    assert!(home.out().contains("[WITHHELD:part]"), "{}", home.out());
}

/// Files from before the first start are not read, and the first line of the next one may be the rest of theirs.
#[test]
fn the_first_part_was_never_read() {
    for is_packed in [true, false] {
        let home = home();
        let log = pod(&home);
        append(&log, line(FIRST));
        let first = rotate(&log, 0);
        if is_packed {
            compress(&first);
        } else {
            let old = std::time::SystemTime::now() - Duration::from_secs(60);
            File::options().write(true).open(&first).unwrap().set_modified(old).unwrap();
        }
        append(&log, line(REST) + &line("stdout F {\"n\":0}"));
        let proxy = home.start();
        home.until("the line behind", |out| out.contains("\"n\":0"));
        proxy.stop();
        hidden(&home);
        assert!(home.out().contains("[WITHHELD:part]"), "{}", home.out());
    }
}

#[test]
fn truncated_between_the_parts() {
    let home = home();
    let log = pod(&home);
    let proxy = home.begin();
    append(&log, line("stdout F {\"n\":0}") + &line(FIRST));
    home.until_records(1);
    File::options().write(true).open(&log).unwrap().set_len(0).unwrap();
    append(&log, line(REST) + &line("stdout F {\"n\":1}"));
    home.until("the line behind", |out| out.contains("\"n\":1"));
    proxy.stop();
    hidden(&home);
}

/// A program that ends without a line end: the runtime writes a part, and no other comes.
#[test]
fn last_words() {
    let home = home();
    let log = pod(&home);
    let proxy = home.begin();
    append(&log, line("stdout F {\"n\":0}") + &line("stdout P mail=jane@example.com, no line end"));
    home.until_records(1);
    fs::remove_dir_all(log.parent().unwrap().parent().unwrap()).unwrap();
    home.until("the last words", |out| out.contains("mail=[EMAIL], no line end"));
    proxy.stop();
    hidden(&home);
}

/// Tags behind the first one: the format has room for them, and the engine does not join such lines.
#[test]
fn parts_with_more_tags_are_left_out() {
    let home = home();
    let log = pod(&home);
    append(&log, line("stdout P:a mail=jane@exam") + &line("stdout F:a ple.com sent"));
    append(&log, line("stdout P mail=jane@exam") + &line("stdout F:a ple.com sent") + &line("stdout F {\"n\":0}"));
    append(&log, line("stdout F:a {\"n\":1}"));
    let proxy = home.start();
    home.until("the last line", |out| out.contains("\"n\":1"));
    proxy.kill();
    hidden(&home);
}
