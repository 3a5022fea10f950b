//! Syslog from clients that others wrote: `logger` of util-linux, and Python's own handler.

use crate::support::proxy::{Proxy, Store, free_port, until};
use std::io::Write;
use std::net::{TcpStream, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::process::Command;

struct Syslog {
    proxy: Proxy,
    store: Store,
    tcp: u16,
    udp: u16,
}

impl Syslog {
    fn start(options: &str) -> Self {
        let (store, tcp, udp) = (Store::start(), free_port(), free_port());
        let folder = tempfile::tempdir().unwrap().keep();
        let proxy = Proxy::start(&format!(
            "region: eu-west-1\nsources:\n  http: {{ type: http, listen: \"127.0.0.1:PORT\" }}\n\
             \x20 tcp: {{ type: syslog, listen: \"127.0.0.1:{tcp}\"{options} }}\n\
             \x20 udp: {{ type: syslog, mode: udp, listen: \"127.0.0.1:{udp}\" }}\n\
             \x20 unix: {{ type: syslog, mode: unix, path: \"{}/log.sock\" }}\n\
             sinks: {{ out: {{ type: http, region: eu-west-1, url: \"http://127.0.0.1:{}/\" }} }}\nroutes: [{{ to: [out] }}]\n",
            folder.display(),
            store.port
        ));
        std::fs::write(proxy.path("socket"), folder.join("log.sock").to_str().unwrap()).unwrap();
        Self { proxy, store, tcp, udp }
    }

    fn socket(&self) -> String {
        std::fs::read_to_string(self.proxy.path("socket")).unwrap()
    }

    fn logger(&self, options: &[&str], text: &str) {
        let outcome = Command::new("logger").args(options).args(["--", text]).output().expect("the program logger of util-linux");
        assert!(outcome.status.success(), "{outcome:?}");
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.tcp)).unwrap()
    }

    /// Records that the store has when there are so many.
    #[track_caller]
    fn records(&self, count: usize) -> Vec<serde_json::Value> {
        until("the records arrived", || self.store.len() >= count);
        let mut records: Vec<serde_json::Value> = self.store.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        records.sort_by_key(|record| record["message"].to_string());
        records
    }
}

#[test]
fn loggers_of_every_kind_are_read_and_scrubbed() {
    let syslog = Syslog::start("");
    let (tcp, udp, socket) = (syslog.tcp.to_string(), syslog.udp.to_string(), syslog.socket());
    let data = ["--sd-id", "run@32473", "--sd-param", "contact=\"jane@example.com\"", "--sd-param", "epoch=\"3\""];
    let remote = ["-n", "127.0.0.1", "-p", "local3.warning", "-t", "trainer", "-i"];
    let with = |more: &[&'static str]| [&remote[..], more].concat();
    syslog.logger(&[&with(&["-T", "--rfc5424", "--octet-count", "-P"])[..], &[&tcp], &data].concat(), "1 ssn=123-45-6789\nsecond line");
    syslog.logger(&[&with(&["-T", "--rfc5424", "-P"])[..], &[&tcp]].concat(), "2 ssn=123-45-6789");
    syslog.logger(&[&with(&["-T", "--rfc3164", "-P"])[..], &[&tcp]].concat(), "3 ssn=123-45-6789");
    syslog.logger(&[&with(&["-d", "--rfc5424", "-P"])[..], &[&udp]].concat(), "4 ssn=123-45-6789");
    syslog.logger(&[&with(&["-d", "--rfc3164", "-P"])[..], &[&udp]].concat(), "5 ssn=123-45-6789");
    syslog.logger(&["-p", "local3.warning", "-t", "trainer", "-i", "-u", &socket], "6 ssn=123-45-6789");
    let records = syslog.records(6);
    for (record, number) in records.iter().zip(1..) {
        let text = record["message"].as_str().unwrap();
        assert!(text.starts_with(&format!("{number} ssn=[US_SSN]")), "{record}");
        assert_eq!((&record["facility"], &record["severity"]), (&"local3".into(), &"warning".into()), "{record}");
        assert_eq!((&record["appname"], &record["residency.region"]), (&"trainer".into(), &"eu-west-1".into()), "{record}");
        assert!(record["procid"].is_string(), "{record}");
    }
    assert_eq!(records[0]["message"], "1 ssn=[US_SSN]\nsecond line");
    assert_eq!(records[0]["structured_data"]["run@32473"]["contact"], "[EMAIL]");
    assert_eq!(records[0]["structured_data"]["run@32473"]["epoch"], "3");
    assert!(!String::from_utf8(syslog.store.seen()).unwrap().contains("123-45-6789"));
}

#[test]
fn the_handler_of_python_is_read() {
    let syslog = Syslog::start("");
    let program = format!(
        "import logging, logging.handlers, socket\n\
         for at, (address, kind) in enumerate([(('127.0.0.1', {}), socket.SOCK_STREAM), (('127.0.0.1', {}), socket.SOCK_DGRAM), ('{}', None)]):\n\
         \x20   log = logging.getLogger(str(at)); handler = logging.handlers.SysLogHandler(address, socktype=kind)\n\
         \x20   handler.setFormatter(logging.Formatter('trainer: %(message)s')); log.addHandler(handler)\n\
         \x20   log.error('mail jane%d@example.com sent %d', at, at); handler.close()\n",
        syslog.tcp,
        syslog.udp,
        syslog.socket()
    );
    let outcome = Command::new("python3").args(["-c", &program]).output().unwrap();
    assert!(outcome.status.success(), "{outcome:?}");
    for (record, number) in syslog.records(3).iter().zip(0..) {
        assert_eq!(record["message"], format!("mail [EMAIL] sent {number}"), "{record}");
        assert_eq!((&record["appname"], &record["severity"]), (&"trainer".into(), &"err".into()));
    }
}

#[test]
fn streams_in_any_form_are_complete_and_in_order() {
    let syslog = Syslog::start(", max_message: 4KiB");
    let mut stream = syslog.connect();
    let mut text = String::new();
    for number in 0..5_000 {
        let message = format!("<13>Mar  1 12:00:00 gpu-7 app: line {number:05}");
        text += &if number % 3 == 0 { format!("{} {message}", message.len()) } else { format!("{message}\n") };
    }
    for part in text.as_bytes().chunks(777) {
        stream.write_all(part).unwrap();
    }
    drop(stream);
    // The end of a connection ends its last message.
    syslog.connect().write_all(b"<13>app: no end").unwrap();
    // One that counts wrongly is ended; what came before is kept.
    syslog.connect().write_all(b"14 <13>app: order99999 <13>never").unwrap();
    let records = syslog.records(5_002);
    assert_eq!(records.len(), 5_002);
    let messages: Vec<&str> = records.iter().map(|record| record["message"].as_str().unwrap()).collect();
    assert_eq!(messages[..5_000], (0..5_000).map(|number| format!("line {number:05}")).collect::<Vec<_>>());
    assert_eq!(messages[5_000..], ["no end", "order"]);
    let order: Vec<String> = syslog.store.lines().iter().filter(|line| line.contains("line 0")).cloned().collect();
    assert!(
        order.is_sorted_by_key(|line| line.split("line ").nth(1).unwrap().chars().take(5).collect::<String>()),
        "records changed their order"
    );
}

#[test]
fn what_is_no_syslog_is_kept_as_text_and_hurts_nobody() {
    let syslog = Syslog::start("");
    syslog.connect().write_all(b"GET / HTTP/1.1\n\0\xff\xfe\n<>\n").unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    for datagram in [&b""[..], b"plain ssn=123-45-6789", b"<13>1 cut [", b"\n\n"] {
        udp.send_to(datagram, ("127.0.0.1", syslog.udp)).unwrap();
    }
    until("the socket is there", || std::path::Path::new(&syslog.socket()).exists());
    UnixDatagram::unbound().unwrap().send_to(b"<13>app: last", syslog.socket()).unwrap();
    let records = syslog.records(6);
    let messages: Vec<&str> = records.iter().map(|record| record["message"].as_str().unwrap()).collect();
    for wanted in ["GET / HTTP/1.1", "\u{fffd}\u{fffd}", "<>", "plain ssn=[US_SSN]", "1 cut [", "last"] {
        assert!(messages.contains(&wanted), "{wanted}: {messages:?}");
    }
}

#[test]
fn a_nul_ends_a_message_and_cuts_no_value() {
    let syslog = Syslog::start("");
    let mut open = syslog.connect();
    // Nothing comes behind the last one, and the connection stays open.
    open.write_all(b"<13>app: 1 one\0<13>app: 2 ssn=123-45\0-6789 and\0more\0<13>app: 3 three\0").unwrap();
    let records = syslog.records(3);
    let messages: Vec<&str> = records.iter().map(|record| record["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["1 one", "2 ssn=[US_SSN] and\0more", "3 three"]);
    open.write_all(b"<13>app: 4 four\n").unwrap();
    assert_eq!(syslog.records(4)[3]["message"], "4 four");
    let mut text = Vec::new();
    for number in 0..5_000 {
        text.extend(format!("<13>app: line {number:05}\0").bytes());
    }
    let mut stream = syslog.connect();
    for part in text.chunks(777) {
        stream.write_all(part).unwrap();
    }
    drop(stream);
    let records = syslog.records(5_004);
    let lines: Vec<&str> = records[4..].iter().map(|record| record["message"].as_str().unwrap()).collect();
    assert_eq!(lines, (0..5_000).map(|number| format!("line {number:05}")).collect::<Vec<_>>());
}
