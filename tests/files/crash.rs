//! What a restart finds: nothing is lost, and nothing that was open passes raw.

use super::*;

/// A private key that nobody uses; its lines are made, not drawn.
fn key(lines: std::ops::Range<u64>) -> String {
    lines.map(|line| format!("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC{line:012}\n")).collect()
}

/// The same, in lines as long as programs write them.
fn wide_key(lines: std::ops::Range<u64>) -> String {
    lines.map(|line| format!("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC{line:013}\n")).collect()
}

#[test]
fn twenty_kills() {
    let home = Home::new();
    let (mut next, mut name) = (0, 0);
    for round in 0..20 {
        let proxy = home.begin();
        for _ in 0..10 {
            append(&home.log("app.log"), records(next..next + 1000));
            next += 1000;
            if next % 7000 == 0 {
                fs::rename(home.log("app.log"), home.log(&format!("app.log.{name}"))).unwrap();
                name += 1;
            }
        }
        // Somewhere in the middle of what it has to do.
        let some = next as usize - 9_000 + round * 400;
        wait("some records", || home.numbers().len() >= some, || home.err());
        proxy.kill();
    }
    let proxy = home.start();
    home.until("the last record", |out| out.contains(&format!("\"n\":{},", next - 1)));
    wait("all of them", || home.numbers().len() as u64 == next, || home.err());
    proxy.stop();
    let doubled = home.complete(next);
    println!("{doubled} of {next} records came twice after 20 kills");
    assert!(doubled < 20 * 20_000, "{doubled} came again");
}

#[test]
fn an_open_private_key_outlives_a_kill() {
    let home = Home::new();
    let proxy = home.start();
    append(&home.log("app.log"), format!("before\n-----BEGIN PRIVATE KEY-----\n{}", key(0..10)));
    home.until_records(12);
    home.until_safe(size(&home.log("app.log")));
    proxy.kill();
    append(&home.log("app.log"), key(10..20));
    let proxy = home.start();
    home.until_records(22);
    home.until_safe(size(&home.log("app.log")));
    proxy.kill();
    append(&home.log("app.log"), format!("{}-----END PRIVATE KEY-----\nafter\n", key(20..25)));
    let proxy = home.start();
    home.until("the line behind the key", |out| out.contains("\"after\""));
    proxy.stop();
    let out = home.out();
    assert!(!out.contains("MIIE"), "{out}");
    assert_eq!(out.lines().count(), 1 + 27 + 1, "{out}");
}

#[test]
fn an_open_private_key_outlives_a_rotation() {
    for restart in [false, true] {
        let home = Home::new();
        let mut proxy = home.start();
        append(&home.log("app.log"), format!("before\n-----BEGIN PRIVATE KEY-----\n{}", key(0..10)));
        home.until_records(12);
        home.until_safe(size(&home.log("app.log")));
        fs::rename(home.log("app.log"), home.log("app.log.1")).unwrap();
        if restart {
            proxy.kill();
            proxy = home.start();
        }
        append(&home.log("app.log"), format!("{}-----END PRIVATE KEY-----\nafter\n", key(10..20)));
        home.until("the line behind the key", |out| out.contains("\"after\""));
        proxy.stop();
        assert!(!home.out().contains("MIIE"), "{}", home.out());
        assert_eq!(home.out().lines().count(), 1 + 22 + 1, "{}", home.out());
    }
}

#[test]
fn an_open_private_key_outlives_a_file_that_was_compressed_unseen() {
    // As logrotate leaves it: compressed under a name that nobody reads, or gone.
    for (how, is_killed) in [("gzip", true), ("zstd", true), ("gzip", false), ("rm", false)] {
        let home = Home::new();
        let proxy = home.start();
        append(&home.log("app.log"), format!("before\n-----BEGIN PRIVATE KEY-----\n{}", wide_key(0..10)));
        home.until_records(12);
        home.until_safe(size(&home.log("app.log")));
        if is_killed {
            proxy.kill()
        } else {
            proxy.stop()
        };
        append(&home.log("app.log"), wide_key(10..12));
        let old = home.log("app.log.1");
        fs::rename(home.log("app.log"), &old).unwrap();
        let arguments = if how == "zstd" { vec!["-q", "--rm"] } else { Vec::new() };
        assert!(Command::new(how).args(arguments).arg(&old).status().unwrap().success());
        append(&home.log("app.log"), format!("{}MIIEk3Yh7w==\n-----END PRIVATE KEY-----\nafter\n", wide_key(12..20)));
        let proxy = home.start();
        home.until("the line behind the key", |out| out.contains("\"after\""));
        proxy.stop();
        assert!(!home.out().contains("MII"), "{how}: {}", home.out());
    }
}

#[test]
fn the_header_of_a_table_outlives_a_kill() {
    let home = Home::new();
    let rows = |rows: std::ops::Range<u64>| rows.map(|row| format!("{row},hunter{row}zzz,ok\n")).collect::<String>();
    let proxy = home.start();
    append(&home.log("app.log"), format!("id,password,state\n{}", rows(0..9000)));
    home.until_records(9001);
    home.until_safe(size(&home.log("app.log")));
    proxy.kill();
    append(&home.log("app.log"), rows(9000..9010));
    let proxy = home.start();
    home.until_records(9011);
    home.until_safe(size(&home.log("app.log")));
    proxy.kill();
    append(&home.log("app.log"), rows(9010..9020));
    let proxy = home.start();
    home.until_records(9021);
    proxy.stop();
    assert!(!home.out().contains("hunter"), "a password passed");
    assert_eq!(home.out().lines().count(), 9021);
}

#[test]
fn checkpoints_hold_nothing_of_the_files() {
    let home = Home::new();
    let proxy = home.start();
    append(&home.log("jane.doe@example.com.log"), "canary-first-line jane.doe@example.com\ncanary\n");
    home.until_records(2);
    home.until_safe(size(&home.log("jane.doe@example.com.log")));
    proxy.stop();
    let mut seen = 0;
    for entry in fs::read_dir(home.path("state")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("canary") && !text.contains("example.com"), "{text}");
        seen += 1;
    }
    assert!(seen >= 3, "key, checkpoints, lock");
    assert!(!home.err().contains("jane.doe"), "{}", home.err());
}

#[test]
fn a_folder_for_checkpoints_is_asked_for() {
    let home = Home::with("type: file, include: ['DIR/logs/*.log']");
    let mut proxy = home.start();
    assert!(!proxy.0.wait().unwrap().success());
    assert!(home.err().contains("`sources.logs.checkpoints`: found nothing, and no `buffer.dir`"), "{}", home.err());
}

#[test]
fn two_programs_on_one_folder_are_refused() {
    let home = Home::new();
    append(&home.log("app.log"), records(0..1));
    let _proxy = home.start();
    home.until_records(1);
    let mut second = home.start();
    assert!(!second.0.wait().unwrap().success());
    assert!(home.err().contains("another process uses the checkpoints"), "{}", home.err());
}

/// Programs may pause between any two lines of a table, and be read by another run each time.
#[test]
fn a_header_of_several_lines_outlives_kills_between_its_lines() {
    let tables: [(&str, &[&str]); 4] = [
        (
            "psql",
            &[
                " id | password ",
                "----+----------",
                "  1 | hunter1 ",
                "  2 | hunter2 ",
                "  3 | hunter3 ",
                "  4 | hunter4 ",
                "  5 | hunter5 ",
            ],
        ),
        ("Markdown", &["| id | password |", "|---|---|", "| 1 | hunter1 |", "| 2 | hunter2 |", "| 3 | hunter3 |", "| 4 | hunter4 |"]),
        ("MySQL", &["+----+----------+", "| id | password |", "+----+----------+", "| 1 | hunter1 |", "| 2 | hunter2 |"]),
        ("CSV", &["id,password,free", "1,hunter1,x", "2,hunter2,\"x", "y\"", "3,hunter3,z", "4,hunter4,x"]),
    ];
    for ((name, lines), at_once) in tables.iter().flat_map(|table| [1, 2, 3].map(|at_once| (table, at_once))) {
        let home = Home::new();
        let log = home.log("app.log");
        for lines in lines.chunks(at_once) {
            let proxy = home.start();
            for line in lines {
                append(&log, format!("{line}\n"));
                let read = || fs::read_to_string(home.path("state/logs.json")).unwrap_or_default();
                let whole = format!("\"point\":{{\"offset\":{},", size(&log));
                // An open field of CSV is not decided yet.
                if line.matches('"').count() % 2 == 0 || line.starts_with('y') {
                    wait("a checkpoint", || read().contains(&whole), || format!("{name}: {line}: {}", read()));
                }
            }
            proxy.kill();
        }
        assert!(!home.out().contains("hunter"), "{name}, {at_once}: {}", home.out());
    }
}

/// The same of a key.
#[test]
fn an_open_private_key_outlives_a_kill_behind_each_line() {
    let home = Home::new();
    let log = home.log("app.log");
    for line in
        ["before", "-----BEGIN PRIVATE KEY-----"].map(|line| format!("{line}\n")).into_iter().chain((0..5).map(|at| key(at..at + 1)))
    {
        append(&log, line);
        let proxy = home.start();
        home.until_safe(size(&log));
        proxy.kill();
    }
    assert!(!home.out().contains("MIIE"), "{}", home.out());
}
