//! `exec`: a command whose output is scrubbed, its signals and its end passed on.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::{Program, program};

mod hostile;

fn exec(home: &Program, options: &[&str], script: &str) -> Command {
    let mut command = program(home.folder.path());
    command.arg("exec").args(options).args(["--", "sh", "-c", script]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn output(options: &[&str], script: &str) -> Output {
    exec(&Program::new(), options, script).output().unwrap()
}

fn texts(output: &Output) -> (&str, &str) {
    (std::str::from_utf8(&output.stdout).unwrap(), std::str::from_utf8(&output.stderr).unwrap())
}

fn spawn(home: &Program, script: &str) -> (Child, impl BufRead + use<>) {
    let mut child = exec(home, &[], script).stderr(Stdio::inherit()).spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    (child, out)
}

fn line(out: &mut impl BufRead) -> String {
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    line
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn both_outputs_are_scrubbed_and_stay_apart() {
    let found = output(&[], "echo 'ssn=123-45-6789'; echo 'mail=jane@example.com' >&2; printf 'last 123-45-6789'");
    assert_eq!(texts(&found), ("ssn=[US_SSN]\nlast [US_SSN]", "mail=[EMAIL]\n"));
    assert!(found.status.success());
    let merged = output(&["--merge"], "echo one; echo 'ssn=123-45-6789' >&2; echo two");
    assert_eq!(texts(&merged), ("one\nssn=[US_SSN]\ntwo\n", ""));
}

#[test]
fn the_exit_code_is_that_of_the_command() {
    for (script, code) in [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", 143), ("kill -KILL $$", 137)] {
        assert_eq!(output(&[], script).status.code(), Some(code), "{script}");
    }
}

#[test]
fn why_a_command_cannot_be_run_is_said_without_its_words() {
    let home = Program::new().with("jane@example.com.sh", "#!/nowhere/to/be/found\n");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(home.path("jane@example.com.sh"), mode).unwrap();
    for (name, code, why) in [
        ("/nowhere/jane@example.com", 127, "there is no file at its path (ENOENT)"),
        ("jane@example.com", 127, "no folder of PATH has a program of its name (ENOENT)"),
        ("./jane@example.com.sh", 127, "not the program that its `#!` line or its header names (ENOENT)"),
        ("/", 126, "it is no file that this user may execute (EACCES)"),
    ] {
        let failed = program(home.folder.path()).args(["exec", "--", name, "--ssn=123-45-6789"]).output().unwrap();
        let (out, err) = texts(&failed);
        assert_eq!((failed.status.code(), out), (Some(code), ""), "{name}: {err}");
        assert!(err.contains("cannot run the command: ") && err.contains(why), "{name}: {err}");
        assert!(!["jane", "EMAIL", "ssn", "SSN"].iter().any(|word| err.contains(word)), "{name}: {err}");
    }
}

#[test]
fn nothing_passes_around_the_scrubber() {
    // hushlog itself has no other output than the pipe; who may look into its fds finds only that.
    let found = output(
        &[],
        "echo 'ssn=123-45-6789' > /proc/$PPID/fd/1 2>/dev/null || echo refused; ls /proc/self/fd | sort -n | tail -n +4 | wc -l; echo x > /dev/tty",
    );
    let (out, _) = texts(&found);
    assert!(!out.contains("123-45-6789"), "{out}");
    assert!(out.starts_with("ssn=[US_SSN]\n") || out.starts_with("refused\n"), "{out}");
    let variables = exec(&Program::new(), &[], "env").env("HUSHLOG_KERNEL", "portable").env("KEPT", "yes").output().unwrap();
    let (out, _) = texts(&variables);
    assert!(!out.contains("HUSHLOG_") && out.contains("KEPT=yes"), "{out}");
}

#[test]
fn signals_reach_the_command() {
    let home = Program::new();
    for name in ["TERM", "INT", "HUP", "USR1", "USR2", "QUIT"] {
        let script = format!("trap 'echo got {name}; exit 3' {name}; echo ready; while :; do sleep 0.05; done");
        let (mut child, mut out) = spawn(&home, &script);
        assert_eq!(line(&mut out), "ready\n");
        signal(&child, name);
        assert_eq!(line(&mut out), format!("got {name}\n"));
        assert_eq!(child.wait().unwrap().code(), Some(3));
    }
}

#[test]
fn the_command_dies_with_hushlog() {
    let home = Program::new();
    let (mut child, mut out) = spawn(&home, "echo $$; exec sleep 1000");
    let command = line(&mut out).trim().to_owned();
    signal(&child, "KILL");
    child.wait().unwrap();
    let from = Instant::now();
    while std::fs::read_to_string(format!("/proc/{command}/stat")).is_ok_and(|stat| !stat.contains(") Z ")) {
        assert!(from.elapsed() < Duration::from_secs(10), "the command is still there");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn without_its_rules_the_command_does_not_start() {
    let home = Program::new();
    let marker = home.folder.path().join("started");
    let script = format!("touch {}", marker.display());
    let failed = exec(&home, &["--rules", "/nowhere.toml"], &script).output().unwrap();
    assert_eq!(failed.status.code(), Some(2));
    assert!(!marker.exists());
}

#[test]
fn who_holds_the_output_open_is_not_waited_for() {
    let from = Instant::now();
    let found = output(&["--drain-ms", "200"], "(sleep 60; echo late) & echo 'early 123-45-6789'");
    assert_eq!(texts(&found).0, "early [US_SSN]\n");
    assert!(from.elapsed() < Duration::from_secs(30));
}

#[test]
fn input_reaches_the_command() {
    let home = Program::new();
    let mut child = exec(&home, &[], "cat").stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"mail jane@example.com\n").unwrap();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert_eq!(out, "mail [EMAIL]\n");
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_terminal_is_a_terminal() {
    let found = output(&["--tty"], "test -t 1 && test -t 0 && echo 'ssn=123-45-6789'; echo 'mail=jane@example.com' >&2");
    assert_eq!(texts(&found), ("ssn=[US_SSN]\r\nmail=[EMAIL]\r\n", ""));
}

#[test]
fn tokens_are_refused() {
    let home = Program::new();
    let key = home.folder.path().join("a.key");
    assert!(program(home.folder.path()).args(["keygen", "-o"]).arg(&key).status().unwrap().success());
    let refused = program(home.folder.path()).args(["exec", "--key"]).arg(&key).args(["--", "true"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(texts(&refused).1.contains("tokens need a key"));
}

#[cfg(feature = "server")]
mod to_sinks {
    use super::*;
    use crate::support::proxy::{Answer, Store, free_port, until};

    fn config(home: &Program, port: u16) -> String {
        let config = home.folder.path().join("hushlog.yaml");
        let text = format!(
            "region: eu-west-1\nsources: {{ other: {{ type: http, listen: \"127.0.0.1:1\" }} }}\n\
             sinks:\n  store: {{ type: http, region: eu-west-1, url: \"http://127.0.0.1:{port}/\" }}\n  unused: {{ type: stdout }}\n\
             routes: [{{ from: [other], to: [store, unused] }}]\nbuffer: {{ max_bytes: 1MiB }}\n"
        );
        std::fs::write(&config, text).unwrap();
        config.to_str().unwrap().to_owned()
    }

    #[test]
    fn sinks_get_the_lines_of_each_output_tagged_and_scrubbed() {
        let (home, store) = (Program::new(), Store::start());
        let config = config(&home, store.port);
        let script = "for i in $(seq 2000); do echo line $i; done; echo 'mail=jane@example.com' >&2; printf 'last 123-45-6789'";
        let found = exec(&home, &["-c", &config, "--to", "store"], script).output().unwrap();
        assert!(found.status.success());
        assert_eq!(texts(&found).1, "mail=[EMAIL]\n");
        assert!(texts(&found).0.ends_with("line 2000\nlast [US_SSN]"));
        let lines = store.lines();
        assert_eq!(lines.len(), 2002);
        let tags = |stream: &str| format!("\"stream\":\"{stream}\",\"residency.region\":\"eu-west-1\"}}");
        assert!(lines.iter().any(|line| line.contains("mail=[EMAIL]") && line.ends_with(&tags("stderr"))), "{:?}", lines.last());
        assert!(lines.iter().any(|line| line.contains("last [US_SSN]") && line.ends_with(&tags("stdout"))), "{:?}", lines.last());
    }

    #[test]
    fn the_output_does_not_wait_for_a_sink_that_is_down() {
        let home = Program::new();
        let config = config(&home, free_port());
        let script = "seq -f 'a line of some length that nobody takes %.0f' 200000";
        let found = exec(&home, &["-c", &config, "--to", "store", "--send-ms", "100"], script).output().unwrap();
        assert!(found.status.success());
        assert_eq!(found.stdout.iter().filter(|byte| **byte == b'\n').count(), 200_000);
        let said = texts(&found).1.lines().last().unwrap();
        assert!(
            said.contains("the sinks do not have everything: ") && said.contains(" were not taken, because the buffer was full"),
            "{said}"
        );
    }

    #[test]
    fn a_command_may_be_made_to_wait_for_its_sinks() {
        let (home, store) = (Program::new(), Store::start());
        store.answers([Answer::Status(503), Answer::Status(503)]);
        let config = config(&home, store.port);
        let script = "seq -f 'a line of some length that is taken late %.0f' 100000";
        let found = exec(&home, &["-c", &config, "--to", "store", "--when-full", "block", "--send-ms", "60000"], script).output().unwrap();
        assert!(found.status.success(), "{found:?}");
        until("everything arrived", || store.len() >= 100_000);
        assert!(!texts(&found).1.contains("do not have everything"), "{}", texts(&found).1);
    }

    #[test]
    fn a_command_that_waits_for_its_sinks_can_be_ended() {
        let home = Program::new();
        let config = config(&home, free_port());
        let script = "yes 'a line of some length that nobody takes and that fills the buffer'";
        let options = ["-c", &config, "--to", "store", "--when-full", "block", "--send-ms", "100", "--drain-ms", "200"];
        let mut child = exec(&home, &options, script).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_secs(2));
        assert!(child.try_wait().unwrap().is_none());
        assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
        until("it ended", || child.try_wait().unwrap().is_some());
        assert_eq!(child.wait().unwrap().code(), Some(143));
    }

    #[test]
    fn a_sink_that_is_not_there_is_an_error_before_the_command_starts() {
        let home = Program::new();
        let config = config(&home, 1);
        let marker = home.folder.path().join("started");
        let script = format!("touch {}", marker.display());
        let refused = exec(&home, &["-c", &config, "--to", "stroe"], &script).output().unwrap();
        assert_eq!(refused.status.code(), Some(2));
        assert!(texts(&refused).1.contains("`sinks`: found a name that `--to` gives and no sink has; allowed: `store`, `unused`"));
        assert!(!marker.exists());
    }
}

#[test]
fn output_in_wider_letters_is_read_or_withheld() {
    let letters = |text: &str, wide: fn(u16) -> [u8; 2]| -> String {
        text.encode_utf16().flat_map(wide).map(|byte| format!("\\{byte:03o}")).collect()
    };
    let text = "ssn=123-45-6789 of jane@example.com\n";
    let marked = format!("printf '\\377\\376{}'; echo 'ssn=123-45-6789' >&2; exit 3", letters(text, u16::to_le_bytes));
    let found = output(&[], &marked);
    assert_eq!(texts(&found), ("ssn=[US_SSN] of [EMAIL]\n", "ssn=[US_SSN]\n"));
    assert_eq!(found.status.code(), Some(3));
    // More than a pipe holds: the command is not held up.
    let bare = format!("printf '{}'; head -c 3000000 /dev/zero; exit 4", letters(text, u16::to_be_bytes));
    let found = output(&[], &bare);
    let (out, err) = texts(&found);
    assert!(out.is_empty() && err.contains("an output of the command is withheld: the content is UTF-16 text"), "{out} {err}");
    assert_eq!(found.status.code(), Some(4));
}
