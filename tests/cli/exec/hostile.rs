//! Commands that stop, fork away, write bytes of all kinds, and try ways around the pipes.

use super::*;
use std::fs;
use std::path::Path;
use std::process::ChildStdout;

const RAW: &str = "123-45-6789";

/// Waits until something holds.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let from = Instant::now();
    while !holds() {
        assert!(from.elapsed() < Duration::from_secs(30), "waited too long: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn state(pid: &str) -> Option<char> {
    fs::read_to_string(format!("/proc/{pid}/stat")).ok()?.rsplit(") ").next()?.chars().next()
}

#[test]
fn a_command_that_is_stopped_goes_on() {
    let (mut child, mut out) = spawn(&Program::new(), "echo $$; kill -STOP $$; echo 'woke 123-45-6789'; exit 5");
    let pid = line(&mut out).trim().to_owned();
    until("it is stopped", || state(&pid) == Some('T'));
    assert!(child.try_wait().unwrap().is_none(), "a stop is no end");
    signal(&child, "CONT");
    assert_eq!(line(&mut out), "woke [US_SSN]\n");
    assert_eq!(child.wait().unwrap().code(), Some(5));
}

#[test]
fn a_signal_to_the_command_itself_is_its_end() {
    for (name, code) in [("TERM", 143), ("SEGV", 139), ("KILL", 137), ("PIPE", 141)] {
        let (mut child, mut out) = spawn(&Program::new(), "echo $$; exec sleep 1000");
        let pid = line(&mut out).trim().to_owned();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{name}");
    }
}

#[test]
fn who_writes_to_nobody_is_told_so() {
    let (mut child, out) = spawn(&Program::new(), "exec yes 'mail=jane@example.com'");
    drop(out);
    assert_eq!(child.wait().unwrap().code(), Some(141));
}

#[test]
fn bytes_of_all_kinds_pass_as_they_are() {
    let home = Program::new();
    let path = home.folder.path().join("bytes");
    // Each byte value beside each other one, with line ends of all kinds in between.
    let bytes: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_be_bytes).collect();
    fs::write(&path, &bytes).unwrap();
    let script = format!("cat {}; printf '\\n{RAW}\\n\\0\\377'", path.display());
    let found = exec(&home, &[], &script).output().unwrap();
    let scrubbed = program(home.folder.path()).arg("scrub").arg(&path).output().unwrap();
    let expected = if scrubbed.status.success() { scrubbed.stdout } else { bytes };
    assert!(found.stdout.starts_with(&expected), "{} of {} bytes", found.stdout.len(), expected.len());
    assert!(found.stdout.ends_with(b"\n[US_SSN]\n\0\xff"));
}

#[test]
fn progress_bars_move_and_are_scrubbed() {
    let home = Program::new();
    let mut command = exec(&home, &[], "printf 'step 1 ssn=123-45-6789\\r'; read wait; printf 'step 2\\r\\n'");
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut first = vec![0; "step 1 ssn=[US_SSN]\r".len()];
    out.read_exact(&mut first).unwrap();
    assert_eq!(first, b"step 1 ssn=[US_SSN]\r", "before the line has ended");
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "step 2\r\n");
    child.wait().unwrap();
}

#[test]
fn a_process_that_leaves_is_still_scrubbed() {
    // Twice forked, in a session of its own, its parent gone.
    let daemon = "(setsid sh -c 'while [ ! -e go ]; do sleep 0.02; done; echo daemon ssn=123-45-6789; exec >&- 2>&-; sleep 60' &); \
                  echo main; touch go";
    let home = Program::new();
    let script = format!("cd {}; {daemon}", home.folder.path().display());
    let found = exec(&home, &["--drain-ms", "20000"], &script).output().unwrap();
    assert_eq!(texts(&found).0, "main\ndaemon ssn=[US_SSN]\n");
}

#[test]
fn what_hushlog_was_started_with_is_closed_in_the_command() {
    let home = Program::new();
    let outside = home.folder.path().join("outside");
    // The shell hands fd 5 to hushlog: the very output that it is to protect.
    let script = "exec 5>\"$1\" 6>&1; \"$0\" exec -- sh -c 'echo ssn=123-45-6789 >&5; echo ssn=123-45-6789 >&6; ls /proc/self/fd | wc -l'";
    let found = Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_hushlog")]).arg(&outside).output().unwrap();
    assert_eq!(fs::read_to_string(&outside).unwrap(), "");
    // The three, and the folder that `ls` reads.
    assert_eq!(texts(&found).0, "4\n", "{found:?}");
}

#[test]
fn after_its_death_nothing_passes() {
    let home = Program::new();
    let alive = home.folder.path().join("alive");
    // A grandchild of another session outlives both, and writes on where it can.
    let script = format!(
        "trap '' PIPE; echo ready; (setsid sh -c 'trap \"\" PIPE; n=0; while [ $n -lt 400 ]; do echo ssn={RAW}; echo ssn={RAW} >&2; \
         echo x >> {}; n=$((n+1)); sleep 0.01; done' &); sleep 1000",
        alive.display()
    );
    let mut child = exec(&home, &[], &script).spawn().unwrap();
    let (mut out, mut err): (ChildStdout, _) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let written = |path: &Path| fs::metadata(path).map_or(0, |found| found.len());
    until("it writes", || written(&alive) > 20);
    child.kill().unwrap();
    child.wait().unwrap();
    let before = written(&alive);
    until("it writes on, or its pipe is broken", || written(&alive) > before + 20);
    let mut seen = Vec::new();
    out.read_to_end(&mut seen).unwrap();
    err.read_to_end(&mut seen).unwrap();
    let seen = String::from_utf8(seen).unwrap();
    assert!(seen.contains("ssn=[US_SSN]") && !seen.contains(RAW) && !seen.contains("6789"), "{seen}");
    let _ = fs::remove_file(&alive);
}

/// As in a container: the first process of its own world.
#[test]
fn as_the_first_process_it_reaps_and_hides_its_output() {
    let home = Program::new();
    let inside = "for n in 1 2 3 4 5 6 7 8; do (sh -c 'exit 0' &); done; echo ssn=123-45-6789 > /proc/1/fd/1; \
                  echo ssn=123-45-6789 > /proc/1/fd/2; sleep 0.3; cat /proc/[0-9]*/stat | grep -c ') Z '; cat /proc/1/comm; exit 7";
    let script = "exec unshare --user --map-root-user --pid --fork --mount-proc \"$0\" exec --merge -- sh -c \"$1\"";
    let probe = Command::new("unshare").args(["--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "true"]).output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        eprintln!("no namespaces here: left out");
        return;
    }
    let found =
        Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_hushlog"), inside]).current_dir(home.folder.path()).output().unwrap();
    let (out, err) = texts(&found);
    assert!(!out.contains(RAW) && !err.contains(RAW), "{out}{err}");
    assert!(out.ends_with("0\nhushlog\n"), "zombies, or another first process: {out}{err}");
    assert_eq!(found.status.code(), Some(7), "{out}{err}");
}
