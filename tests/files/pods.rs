//! Logs of pods: whose records they are, parts of lines, rotation by the kubelet.

use super::*;

pub(super) const TIME: &str = "2026-03-01T10:15:00.123456789Z";

pub(super) fn home() -> Home {
    Home::with("type: kubernetes, path: DIR/logs, poll: 20ms, rotate_wait: 300ms, checkpoints: DIR/state")
}

pub(super) fn pod(home: &Home) -> PathBuf {
    let folder = home.log("ml_trainer-0_275ecb36-5aa8-4c2a-9c47-d8bb681b9aff/main");
    fs::create_dir_all(&folder).unwrap();
    folder.join("0.log")
}

#[test]
fn parts_of_lines_are_one_record_of_their_pod() {
    let home = home();
    let log = pod(&home);
    append(&log, format!("{TIME} stdout P mail=jane@exam\n{TIME} stderr F oops\n{TIME} stdout F ple.com sent\n"));
    append(&log, format!("{{\"log\":\"say \\\"hi\\\"\\n\",\"stream\":\"stdout\",\"time\":\"{TIME}\"}}\n"));
    append(&log, format!("{TIME} stdout F {{\"n\":1}}\n"));
    let proxy = home.start();
    home.until_records(4);
    proxy.stop();
    let out = home.out();
    let line = |text: &str| out.lines().find(|line| line.contains(text)).unwrap_or_else(|| panic!("no {text} in {out}"));
    for attribute in ["\"namespace\":\"ml\"", "\"pod\":\"trainer-0\"", "\"container\":\"main\"", "\"stream\":\"stdout\""] {
        assert!(line("sent").contains(attribute), "{out}");
    }
    assert!(line("sent").starts_with("{\"message\":\"mail=[EMAIL]"), "{out}");
    assert!(line("\"oops\"").contains("\"stream\":\"stderr\""));
    line("say \\\"hi\\\"\"");
    assert!(line("\"n\":1").starts_with("{\"n\":1,"));
}

#[test]
fn the_kubelet_rotates() {
    let home = home();
    let log = pod(&home);
    let lines =
        |numbers: std::ops::Range<u64>| -> String { records(numbers).lines().map(|line| format!("{TIME} stdout F {line}\n")).collect() };
    let mut proxy = home.begin();
    let mut next = 0;
    for round in 0..10 {
        append(&log, lines(next..next + 500));
        next += 500;
        if round == 5 {
            proxy.kill();
            proxy = home.start();
        }
        let rotated = log.with_file_name(format!("0.log.20260301-10150{round}"));
        fs::rename(&log, &rotated).unwrap();
        append(&log, "");
        if round % 2 == 1 && round != 5 {
            home.until("the last record", |out| out.contains(&format!("\"n\":{},", next - 1)));
            fs::write(log.with_file_name(format!("0.log.20260301-10150{round}.gz")), crate::cli::gzip(fs::read(&rotated).unwrap()))
                .unwrap();
            fs::remove_file(&rotated).unwrap();
        }
    }
    wait("all of them", || home.numbers().len() as u64 == next, || home.err());
    proxy.stop();
    home.complete(next);
}

/// The kubelet may rotate between two parts of a line: they are one text all the same.
#[test]
fn a_line_that_goes_on_in_the_next_file_is_one_record() {
    let home = home();
    let log = pod(&home);
    let mut proxy = home.begin();
    for round in 0..6 {
        append(&log, format!("{TIME} stdout F {{\"n\":{}}}\n{TIME} stdout P mail=jane@exam\n", 3 * round));
        append(&log, format!("{TIME} stderr F {{\"n\":{}}}\n", 3 * round + 1));
        let is_killed = round % 2 == 1;
        if is_killed {
            // With the first part read, or not.
            if round % 4 == 1 {
                home.until("the first part", |out| out.contains(&format!("\"n\":{},", 3 * round)));
            }
            proxy.kill();
            proxy = Proxy(std::process::Command::new("true").spawn().unwrap());
        }
        fs::rename(&log, log.with_file_name(format!("0.log.20260301-10150{round}"))).unwrap();
        append(&log, format!("{TIME} stdout F ple.com sent {round}.\n{TIME} stdout F {{\"n\":{}}}\n", 3 * round + 2));
        if is_killed {
            proxy = home.start();
        }
        // Of a value in two parts each part is masked.
        home.until("the whole line", |out| out.contains(&format!("{{\"message\":\"mail=[EMAIL][EMAIL] sent {round}.\"")));
    }
    proxy.stop();
    let out = home.out();
    assert!(!out.contains("jane@") && !out.contains("ple.com"), "{out}");
    for number in 0..18 {
        assert!(out.contains(&format!("\"n\":{number},")), "{number}: {out}");
    }
}

#[test]
fn links_are_not_followed() {
    let home = home();
    let log = pod(&home);
    fs::write(home.path("secret.txt"), format!("{TIME} stdout F {{\"n\":666}}\n")).unwrap();
    std::os::unix::fs::symlink(home.path("secret.txt"), log.with_file_name("1.log")).unwrap();
    append(&log, format!("{TIME} stdout F {{\"n\":0}}\n"));
    let proxy = home.start();
    home.until_records(1);
    append(&log, format!("{TIME} stdout F {{\"n\":1}}\n"));
    home.until_records(2);
    proxy.stop();
    assert_eq!(home.complete(2), 0);
}
