//! The source `fluent`: its modes, acknowledgements and the shared key, as bytes on the wire.

use crate::support::proxy::Store;
use crate::support::single::{Proxy, file, folder, gzip};
use serde_json::json;
use sha2::{Digest, Sha512};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

/// One log: an EventTime, and a map with an address.
fn log(number: u8) -> Vec<u8> {
    [b"\x92\xd7\x00\x65\x53\xf1\x00\x07\x54\xd4\xc0\x82\xa1n".as_slice(), &[number], b"\xa4note\xb0user@example.com"].concat()
}

fn bytes(value: &[u8]) -> Vec<u8> {
    [&[0xc5], u16::try_from(value.len()).unwrap().to_be_bytes().as_slice(), value].concat()
}

fn text(value: &str) -> Vec<u8> {
    [&[0xd9, u8::try_from(value.len()).unwrap()], value.as_bytes()].concat()
}

fn packed(logs: &[u8], options: &[u8]) -> Vec<u8> {
    [b"\x93\xa3app".as_slice(), &bytes(logs), options].concat()
}

fn read(stream: &mut impl Read, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

#[test]
fn every_mode_is_taken_and_acknowledged() {
    let proxy = Proxy::start("fluent", "", folder());
    let mut stream = proxy.connect();
    let ack = b"\x81\xa3ack\xa2id";
    let message = [b"\x94\xa3app\xce\x65\x53\xf1\x00".as_slice(), &log(0)[11..], b"\x81\xa5chunk\xa2id"].concat();
    let forward = [b"\x93\xa3app\x92".as_slice(), &log(1), &log(2), b"\x81\xa5chunk\xa2id"].concat();
    let twice = packed(&[log(3), log(4)].concat(), b"\x81\xa5chunk\xa2id");
    let zipped = packed(&gzip(&log(5)), b"\x82\xaacompressed\xa4gzip\xa5chunk\xa2id");
    let without = packed(&log(6), b"\x80");
    for (message, answers) in [(message, true), (forward, true), (twice, true), (vec![0xc0], false), (without, false), (zipped, true)] {
        stream.write_all(&message).unwrap();
        if answers {
            assert_eq!(read(&mut stream, ack.len()), ack);
        }
    }
    let mut records = proxy.records(7);
    records.sort_by_key(|record| record["n"].as_u64());
    for (number, record) in records.iter().enumerate() {
        assert_eq!(*record, json!({"n": number, "note": "[EMAIL]", "tag": "app", "residency.region": "eu-west-1"}));
    }
    assert_eq!(records.len(), 7);
}

#[test]
fn what_is_not_of_the_protocol_ends_its_connection_alone() {
    let proxy = Proxy::start("fluent", ", max_message: 64KiB", folder());
    let mut good = proxy.connect();
    for wrong in [
        b"GET / HTTP/1.1\r\n".to_vec(),
        b"\xc1".to_vec(),
        packed(b"abc", b"\x81\xaacompressed\xa4gzip"),
        [b"\xdb\x7f\xff\xff\xff".as_slice(), &[b'x'; 70_000]].concat(),
    ] {
        let mut stream = proxy.connect();
        let _ = stream.write_all(&wrong);
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(rest.is_empty(), "{wrong:?}");
    }
    good.write_all(&packed(&log(1), b"\x81\xa5chunk\xa2id")).unwrap();
    assert_eq!(read(&mut good, 8), b"\x81\xa3ack\xa2id");
    assert_eq!(proxy.records(1).len(), 1);
}

#[test]
fn no_half_of_a_value_passes_where_a_line_is_cut() {
    let proxy = Proxy::start("fluent", "", folder());
    let mut stream = proxy.connect();
    let fill = "a line of words ".repeat(1024);
    let text_of = text;
    let part = |text: &str, ordinal: &str, last: &str| {
        let map = [
            ("partial_message", "true"),
            ("partial_id", "0123456789abcdef"),
            ("partial_ordinal", ordinal),
            ("partial_last", last),
            ("source", "stdout"),
        ];
        let members = map.iter().flat_map(|(key, value)| [text_of(key), text_of(value)].concat());
        let log = [&[0xda], u16::try_from(text.len()).unwrap().to_be_bytes().as_slice(), text.as_bytes()].concat();
        [b"\x94\xa3app\xce\x65\x53\xf1\x00\x86".as_slice(), &members.collect::<Vec<_>>(), b"\xa3log", &log, b"\x81\xa5chunk\xa2id"].concat()
    };
    // The driver waits for the answer to each part before it sends the next one.
    for (text, ordinal, last) in [
        (format!("{fill}ssn 123 45 "), "1", "false"),
        (format!("6789 {fill}card 4111 1111"), "2", "false"),
        (format!(" 1111 1111 password=hunter2hunter2 {fill}"), "3", "true"),
    ] {
        stream.write_all(&part(&text, ordinal, last)).unwrap();
        assert_eq!(read(&mut stream, 8), b"\x81\xa3ack\xa2id");
    }
    for record in proxy.records(3) {
        let log = record["log"].as_str().unwrap();
        assert!(log.contains("[WITHHELD:part]") && log.contains("a line of words"), "{log}");
        assert!(!["123 45", "6789", "4111", "1111", "hunter2"].iter().any(|half| log.contains(half)), "{log}");
    }
}

#[test]
fn a_message_that_would_grow_beyond_measure_is_not_acknowledged() {
    let proxy = Proxy::start("fluent", "", folder());
    let mut stream = proxy.connect();
    let (tag, logs) = ([&[0xda, 2, 0][..], &[b't'; 512]].concat(), b"\x92\x00\x80".repeat(20_000));
    let length = u32::try_from(logs.len()).unwrap().to_be_bytes();
    let _ = stream.write_all(&[&[0x93], &*tag, &[0xc6], &length, &logs, b"\x81\xa5chunk\xa2id"].concat());
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(rest.is_empty(), "{rest:?}");
}

#[test]
fn only_who_knows_the_key_may_send() {
    let folder = folder();
    let key = file(&folder, "key", "synthetic-key");
    let proxy = Proxy::start("fluent", &format!(", shared_key: {{ file: '{}' }}", key.display()), folder);
    for (own, good) in [("synthetic-key", true), ("another-key", false)] {
        let mut stream = proxy.connect();
        let hello = read(&mut stream, 49);
        assert!(hello.starts_with(b"\x92\xa4HELO\x83\xa5nonce\xc4\x10"), "{hello:?}");
        let digest = |name: &str| {
            let parts = [b"salt", name.as_bytes(), &hello[15..31], own.as_bytes()].concat();
            Sha512::digest(parts).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let ping: Vec<u8> = ["PING", "host", "salt", &digest("host"), "", ""].iter().flat_map(|part| text(part)).collect();
        stream.write_all(&[vec![0x96], ping, packed(&log(1), b"\x81\xa5chunk\xa2id")].concat()).unwrap();
        if good {
            let pong = read(&mut stream, 8 + 1 + 8 - 1 + 5 + 128);
            assert!(pong.starts_with(b"\x95\xa4PONG\xc3\xa0\xa7hushlog") && pong.ends_with(digest("hushlog").as_bytes()));
            assert_eq!(read(&mut stream, 8), b"\x81\xa3ack\xa2id");
        } else {
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest);
            assert!(rest.starts_with(b"\x95\xa4PONG\xc2"), "{rest:?}");
        }
    }
    assert_eq!(proxy.records(1).len(), 1);
}

#[test]
fn messages_come_over_a_unix_socket() {
    let folder = folder();
    let path = folder.path().join("forward");
    // What an earlier run left behind is replaced.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let store = Store::start();
    let proxy = crate::support::proxy::Proxy::start(&format!(
        "region: eu-west-1\nsources: {{ in: {{ type: fluent, path: '{}', shared_key: {{ env: HOME }} }}, app: {{ type: http, listen: '127.0.0.1:PORT' }}, \
         open: {{ type: fluent, path: '{}' }} }}\n\
         sinks: {{ out: {{ type: http, region: eu-west-1, url: 'http://127.0.0.1:{}/' }} }}\nroutes: [{{ to: [out] }}]\n",
        path.display(),
        folder.path().join("open").display(),
        store.port
    ));
    let mut stream = UnixStream::connect(folder.path().join("open")).unwrap();
    stream.write_all(&packed(&log(1), b"\x81\xa5chunk\xa2id")).unwrap();
    assert_eq!(read(&mut stream, 8), b"\x81\xa3ack\xa2id");
    let mut asked = UnixStream::connect(&path).unwrap();
    assert!(read(&mut asked, 49).starts_with(b"\x92\xa4HELO"));
    assert_eq!((store.len(), store.seen().windows(5).any(|part| part == b"user@")), (1, false), "{}", proxy.log());
}
