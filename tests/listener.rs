//! Listeners and clients that mean harm, or that are broken: it stays up, within its memory, for the others.

use crate::support::single::{Proxy, answer, exchange, folder, gzip};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Most memory that a listener under attack may take, in KiB.
const MEMORY: u64 = 64 * 1024;
const NDJSON: &str = "content-type: application/x-ndjson\r\n";

fn serves(proxy: &Proxy) {
    let begin = Instant::now();
    let (status, body) = proxy.post(NDJSON, b"{\"mail\":\"user@example.com\"}\n");
    assert_eq!(status, 200, "{body}");
    assert!(begin.elapsed() < Duration::from_secs(3), "served after {:?}", begin.elapsed());
}

/// Waits until the other side has ended a connection.
fn ended(mut stream: &TcpStream) -> bool {
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let mut byte = [0];
    match stream.read(&mut byte) {
        Ok(0) => true,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
        Ok(_) => false,
    }
}

#[test]
fn slow_heads_and_half_requests_do_not_hold_up_others() {
    let proxy = Proxy::start("http", ", max_connections: 16", folder());
    let mut slow: Vec<TcpStream> = (0..16).map(|_| proxy.connect()).collect();
    for stream in &mut slow {
        stream.write_all(b"POST / HTTP/1.1\r\nhost: x\r\nx-slow: ").unwrap();
    }
    for round in 0..20 {
        for stream in &mut slow {
            let _ = stream.write_all(b"a");
        }
        if round % 5 == 0 {
            serves(&proxy);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(ended(&slow[0]), "the longest wait was not ended");
}

#[test]
fn the_longest_wait_ends_when_there_are_more_connections_than_places() {
    let proxy = Proxy::start("http", ", max_connections: 8", folder());
    let idle: Vec<TcpStream> = (0..40)
        .map(|_| {
            let stream = proxy.connect();
            std::thread::sleep(Duration::from_millis(2));
            stream
        })
        .collect();
    serves(&proxy);
    assert!(idle.iter().take(30).all(ended));
    // The youngest wait may still ask.
    let youngest = idle.last().unwrap().try_clone().unwrap();
    assert_eq!(exchange(youngest, NDJSON, b"{}\n").0, 200);
    assert!(proxy.anonymous() < MEMORY);
}

#[test]
fn slow_and_endless_bodies_take_bounded_memory() {
    let proxy = Proxy::start("http", "", folder());
    // Announced and never sent: nothing is held for it.
    let announced: Vec<TcpStream> = (0..200)
        .map(|_| {
            let mut stream = proxy.connect();
            stream.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 16000000\r\n\r\n{\"a\":1}").unwrap();
            stream
        })
        .collect();
    serves(&proxy);
    // Sent as far as it is taken, and never ended.
    let piece = [b"80000\r\n".as_slice(), &vec![b'a'; 512 * 1024], b"\r\n"].concat();
    let threads: Vec<_> = (0..24)
        .map(|_| {
            let (mut stream, piece) = (proxy.connect(), piece.clone());
            stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
            std::thread::spawn(move || {
                stream.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n").unwrap();
                for _ in 0..64 {
                    if stream.write_all(&piece).is_err() {
                        break;
                    }
                }
                stream
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    serves(&proxy);
    let endless: Vec<TcpStream> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    serves(&proxy);
    let most = proxy.anonymous();
    println!("{most} KiB of anonymous memory at most");
    assert!(most < MEMORY, "{most} KiB");
    drop((announced, endless));
}

#[test]
fn bodies_over_the_limit_and_bombs_are_refused() {
    let proxy = Proxy::start("http", "", folder());
    let (status, _) = exchange(proxy.connect(), NDJSON, &vec![b'a'; (16 << 20) + 1]);
    assert!(status == 413 || status == 0, "{status}");
    let zeros = vec![0; 256 << 20];
    let bombs = [("gzip", gzip(&zeros)), ("zstd", zstd::bulk::compress(&zeros, 1).unwrap())];
    drop(zeros);
    std::thread::scope(|scope| {
        for at in 0..40 {
            let (proxy, (encoding, bomb)) = (&proxy, &bombs[at % 2]);
            scope.spawn(move || {
                let (status, body) = proxy.post(&format!("content-encoding: {encoding}\r\n"), bomb);
                assert!(matches!(status, 413 | 503), "{status} {body}");
            });
        }
    });
    for (headers, body, wanted) in [
        ("content-encoding: gzip\r\n", b"no gzip".as_slice(), 400),
        ("content-encoding: br\r\n", b"x", 415),
        ("content-type: image/png\r\n", b"x", 415),
    ] {
        assert_eq!(proxy.post(headers, body).0, wanted);
    }
    serves(&proxy);
    let most = proxy.anonymous();
    println!("{most} KiB of anonymous memory at most");
    assert!(most < MEMORY, "{most} KiB");
}

#[test]
fn what_is_no_http_ends_alone() {
    let proxy = Proxy::start("http", "", folder());
    for garbage in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(),
        b"GET / HTTP/9.9\r\n\r\n",
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    ] {
        let mut stream = proxy.connect();
        stream.write_all(garbage).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let (status, _) = answer(&stream);
        assert!(status == 0 || (400..500).contains(&status), "{status}");
    }
    let mut stream = proxy.connect();
    let long = format!("POST / HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "a".repeat(1 << 20));
    let _ = stream.write_all(long.as_bytes());
    let (status, _) = answer(&stream);
    assert!(matches!(status, 0 | 400 | 431), "{status}");
    serves(&proxy);
}

#[test]
fn without_a_right_token_nothing_is_taken() {
    let folder = folder();
    let token = crate::support::single::file(&folder, "token", "a-token-of-this-test\n");
    let proxy = Proxy::start("http", &format!(", tokens: [{{ file: \"{}\" }}]", token.display()), folder);
    for headers in
        ["", "authorization: Bearer a-token-of-this-tesT\r\n", "authorization: Bearer \r\n", "authorization: a-token-of-this-test\r\n"]
    {
        assert_eq!(proxy.post(headers, b"x\n").0, 401);
    }
    assert_eq!(proxy.post("authorization: Bearer a-token-of-this-test\r\n", b"y\n").0, 200);
    assert_eq!(proxy.records(1).len(), 1);
}

#[test]
fn text_in_another_encoding_never_passes_unread() {
    let proxy = Proxy::start("http", "", folder());
    let text = "{\"m\":\"jane@example.com 123-45-6789\"}\n";
    let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let utf32: Vec<u8> = text.chars().flat_map(|letter| u32::from(letter).to_le_bytes()).collect();
    let mixed = [b"{\"a\":1}\n".as_slice(), &wide(u16::to_be_bytes)].concat();
    for body in
        [wide(u16::to_le_bytes), wide(u16::to_be_bytes), utf32, mixed, b"\x1f\x8b\x08\0\0\0\0\0\0\xff".to_vec(), b"PK\x03\x04abc".to_vec()]
    {
        for headers in ["content-type: text/plain\r\n", "content-type: application/x-ndjson\r\n", ""] {
            assert_eq!(proxy.post(headers, &body).0, 415, "{headers}");
        }
    }
    for charset in ["utf-16le", "iso-8859-1", "\"utf-7\""] {
        assert_eq!(proxy.post(&format!("content-type: text/plain; charset={charset}\r\n"), b"x\n").0, 415);
    }
    assert_eq!(proxy.post("content-type: text/plain; charset=UTF-8\r\n", b"\0\0\0\0 a hole is no encoding\n").0, 200);
    let marked = [b"\xff\xfe".as_slice(), &wide(u16::to_le_bytes)].concat();
    assert_eq!(proxy.post("content-type: text/plain\r\n", &marked).0, 200);
    assert_eq!(proxy.post("content-type: application/x-ndjson\r\n", b"{\"iu\":\"\xff\xfe jane@example.com\"}\n").0, 200);
    let records = proxy.records(3);
    assert_eq!(records[1]["m"], "[EMAIL] [US_SSN]");
    assert_eq!(records[2]["iu"], "\u{fffd}\u{fffd} [EMAIL]");
}

#[test]
fn half_of_a_password_is_no_open_door() {
    let made = folder();
    for (options, found) in [
        ("user: x", "`sources.in.user`: found one of `user` and `password` without the other"),
        ("password: { env: NOPE }", "`sources.in.password`: found one of `user` and `password` without the other"),
        ("tokens: []", "`sources.in.tokens`: found an empty list"),
        ("user: '', password: { env: NOPE }", "`sources.in.user`: found a name that cannot be sent"),
    ] {
        let config = format!(
            "region: eu-west-1\nsources:\n  in: {{ type: http, listen: \"127.0.0.1:1\", {options} }}\nsinks: {{ out: {{ type: stdout }} }}\nroutes: [{{ to: [out] }}]\n"
        );
        let config = crate::support::single::file(&made, "hushlog.yaml", config);
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_hushlog")).arg("check").arg("-c").arg(config).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && said.contains(&format!("line 3: {found}")), "{said}");
    }
}
