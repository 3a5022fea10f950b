//! SIGHUP while something is open: a private key of which half is written, parts of a line of a pod, a
//! table in a file and one in a body. Values that only their beginning gives away stay masked.

use super::reload::{IN_FORCE, REFUSED, reload};
use crate::support::proxy::{Proxy, Store, holds, until};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

const TIME: &str = "2026-03-01T10:15:00.123456789Z";
/// Lines of a key between its first and its last.
const KEY: usize = 8;
/// What must not come out: a part of a key, of an address, and names that stand in tables only.
const RAW: [&str; 4] = ["MIIEvQIBADANBgkqhkiG9w0BAQ", "jane@exam", "Sample", "ple.com"];

/// Reloads in a run of the tests; `HUSHLOG_RELOADS` asks for as many as it says.
fn reloads() -> usize {
    std::env::var("HUSHLOG_RELOADS").ok().and_then(|given| given.parse().ok()).unwrap_or(8)
}

fn config(store: &Store, round: usize) -> String {
    let to = if round % 10 == 9 { "nowhere" } else { "out" };
    let mask = if round.is_multiple_of(2) { "label" } else { "drop_value" };
    format!(
        "region: eu-west-1\nsources:\n  app: {{ type: http, listen: \"127.0.0.1:PORT\" }}\n\
         \x20 keys: {{ type: file, include: [DIR/keys.log], poll: 20ms }}\n\
         \x20 table: {{ type: file, include: [DIR/table.csv], poll: 20ms }}\n\
         \x20 pods: {{ type: kubernetes, path: DIR/pods, poll: 20ms }}\n\
         routes: [{{ to: [{to}] }}]\nbuffer: {{ dir: DIR/buffer }}\nmasks: {{ email: {mask} }}\n\
         sinks: {{ out: {{ type: http, region: eu-west-1, timeout: 500ms, url: \"http://127.0.0.1:{}/\" }} }}\n",
        store.port
    )
}

fn append(path: &Path, text: &str) {
    fs::File::options().append(true).create(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn key_lines(round: usize, numbers: std::ops::Range<usize>) -> String {
    numbers.map(|line| format!("{}EFAASCBKcwggSjAgEAAoIBAQ{:08}\n", RAW[0], round * KEY + line)).collect()
}

#[test]
fn what_is_open_stays_masked_over_reloads() {
    let store = Store::start();
    let proxy = Proxy::start(&config(&store, 0));
    let (keys, table) = (proxy.path("keys.log"), proxy.path("table.csv"));
    let pod = proxy.path("pods/ml_trainer-0_275ecb36-5aa8-4c2a-9c47-d8bb681b9aff/main/0.log");
    fs::create_dir_all(pod.parent().unwrap()).unwrap();
    append(&table, "id,patient_name,ssn,note\n0,Jane Sample0,899123456,row\n");
    let rounds = reloads();
    for round in 1..=rounds {
        let body = format!("id,patient_name,ssn,note\n1,Jane Sample1,899123456,\"x\"\n2,Jane Sample2,899123456,body {round}.\n");
        let (first, rest) = body.split_at(body.len() - 40);
        let mut sender = TcpStream::connect(("127.0.0.1", proxy.port)).unwrap();
        write!(
            sender,
            "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{first}",
            body.len()
        )
        .unwrap();
        append(&keys, &format!("-----BEGIN PRIVATE KEY-----\n{}", key_lines(round, 0..KEY / 2)));
        append(&pod, &format!("{TIME} stdout P mail=jane@exam\n"));
        // Sometimes it is read before, sometimes after.
        if round % 3 != 0 {
            until("the key is read", || lines(&store, "[PEM_PRIVATE_KEY]") > (round - 1) * (KEY + 2));
        }
        proxy.reconfigure(&config(&store, round));
        reload(&proxy, if round % 10 == 9 { REFUSED } else { IN_FORCE });
        append(&keys, &format!("{}-----END PRIVATE KEY-----\nkey {round}.\n", key_lines(round, KEY / 2..KEY)));
        append(&pod, &format!("{TIME} stdout F ple.com sent {round}.\n"));
        append(&table, &format!("{round},Jane Sample{round},899123456,row {round}.\n"));
        sender.write_all(rest.as_bytes()).unwrap();
        let mut answer = String::new();
        sender.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{round}: {answer}\n{}", proxy.log());
    }
    for round in 1..=rounds {
        for ends in ["key", "sent", "row", "body"] {
            until(&format!("{ends} {round}"), || lines(&store, &format!("{ends} {round}.")) > 0);
        }
    }
    assert!(lines(&store, "[PEM_PRIVATE_KEY]") >= rounds * (KEY + 2), "a line of a key is missing");
    for raw in RAW {
        assert!(!holds_text(&store, raw), "{raw} came out: {:?}", store.lines().iter().find(|line| line.contains(raw)));
        assert!(!holds(&proxy.path("buffer"), raw.as_bytes()), "{raw} is on the disk");
    }
    let all = store.lines();
    let twice = all.iter().filter(|line| line.contains("\"key ")).count() - rounds;
    println!(
        "{rounds} reloads inside a key, a line in parts and two tables: {} records, nothing raw, {twice} keys' ends came twice",
        all.len()
    );
}

fn lines(store: &Store, text: &str) -> usize {
    store.lines().iter().filter(|line| line.contains(text)).count()
}

fn holds_text(store: &Store, raw: &str) -> bool {
    String::from_utf8_lossy(&store.seen()).contains(raw)
}
