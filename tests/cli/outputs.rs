//! Outputs: `-o` and `--report` appear whole or not at all, and never over an input.

use std::fs::{self, OpenOptions};
use std::process::Stdio;

use super::{CLEAN, LINE, Program, program};

#[test]
fn the_output_file_appears_whole_and_alone() {
    let program = Program::new().with("app.log", LINE).with("clean.log", "old");
    for output in ["clean.log", "new.log"] {
        let out = program.run(&["scrub", "-o", output, "app.log"]).succeeded();
        assert_eq!((out.as_str(), program.read(output).as_str()), ("", CLEAN));
    }
    assert_eq!(program.files(), ["app.log", "clean.log", "new.log"]);
    assert_eq!(program.read("app.log"), LINE);
}

#[test]
fn the_output_file_stays_as_it_was_when_an_input_fails() {
    let program = Program::new().with("app.log", LINE).with("clean.log", "old");
    let arguments = ["scrub", "-o", "clean.log", "app.log", "missing"];
    program.run(&arguments).failed(3, &["`missing`", "`clean.log` was not written"]);
    assert_eq!(program.read("clean.log"), "old");
    assert_eq!(program.files(), ["app.log", "clean.log"]);
}

#[test]
fn the_output_replaces_the_file_behind_a_link_and_keeps_its_mode() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let program = Program::new().with("app.log", LINE).with("real.log", "old");
    let mode = fs::Permissions::from_mode(0o600);
    fs::set_permissions(program.path("real.log"), mode).unwrap();
    symlink("real.log", program.path("link.log")).unwrap();
    program.run(&["scrub", "-o", "link.log", "app.log"]).succeeded();
    assert_eq!(program.read("real.log"), CLEAN);
    assert!(fs::symlink_metadata(program.path("link.log")).unwrap().is_symlink());
    let metadata = fs::metadata(program.path("real.log")).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_or_pipe_is_written_to_directly() {
    let program = Program::new().with("app.log", LINE);
    let out = program.run(&["scrub", "-o", "/dev/stdout", "app.log"]).succeeded();
    assert_eq!(out, CLEAN);
}

#[test]
fn an_input_is_never_written_over() {
    let program = Program::new().with("app.log", LINE).with("rules.toml", "");
    fs::hard_link(program.path("app.log"), program.path("same.log")).unwrap();
    std::os::unix::fs::symlink("app.log", program.path("link.log")).unwrap();
    for output in ["app.log", "same.log", "link.log", "./app.log"] {
        for option in ["-o", "--report"] {
            let ran = program.run(&["scrub", option, output, "other.log", "app.log"]);
            ran.failed(2, &[output, "the input `app.log`", "name another file"]);
        }
    }
    let arguments = ["scrub", "--rules", "rules.toml", "-o", "rules.toml", "app.log"];
    program.run(&arguments).failed(2, &["the rules `rules.toml`"]);
    assert_eq!(program.read("app.log"), LINE);
}

#[test]
fn standard_output_is_not_appended_to_an_input() {
    let home = Program::new().with("app.log", LINE);
    let log = || OpenOptions::new().append(true).open(home.path("app.log"));
    let mut by_name = program(home.folder.path());
    by_name.args(["scrub", "app.log"]).stdin(Stdio::null());
    let mut by_descriptor = program(home.folder.path());
    by_descriptor.arg("scrub");
    by_descriptor.stdin(fs::File::open(home.path("app.log")).unwrap());
    for mut command in [by_name, by_descriptor] {
        let output = command.stdout(log().unwrap()).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
    }
    assert_eq!(home.read("app.log"), LINE);
}

#[test]
fn output_and_report_need_a_file_each() {
    let program = Program::new().with("app.log", LINE);
    let ran = program.run(&["scrub", "-o", "x", "--report", "./x", "app.log"]);
    ran.failed(2, &["`--output`", "`--report`"]);
    program.run(&["scrub", "--report", "-", "app.log"]).failed(2, &["`--report`"]);
    assert_eq!(program.files(), ["app.log"]);
}

#[test]
fn an_output_that_cannot_be_written_is_an_error() {
    let program = Program::new().with("app.log", LINE);
    let ran = program.run(&["scrub", "-o", "no/such/folder/x", "app.log"]);
    ran.failed(4, &["`no/such/folder/x`"]);
    program.run(&["scrub", "-o", ".", "app.log"]).failed(4, &["`.`", "folder"]);
    let ran = program.run(&["scrub", "--report", "no/such/folder/x", "app.log"]);
    assert_eq!(ran.failed(4, &["`no/such/folder/x`"]), CLEAN);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let home = Program::new().with("app.log", LINE.repeat(10_000));
    for command in ["scrub", "find", "explain", "man"] {
        let mut run = program(home.folder.path());
        run.arg(command).stdin(fs::File::open(home.path("app.log")).unwrap());
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = run.stdout(full).output().unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(4), "{message}");
        assert!(message.starts_with("hushlog: error: cannot write standard output"));
    }
}
