//! What was acknowledged comes out, whatever happens to the store or to the program.

use super::links::{self, Link};
use crate::support::proxy::{Answer, DEADLINE, Proxy, Sender, Store, free_port, until};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

fn config(store: &Store, more: &str) -> String {
    format!(
        "region: eu-west-1\nsources: {{ app: {{ type: http, listen: \"127.0.0.1:PORT\" }} }}\nroutes: [{{ to: [out] }}]\n\
         sinks: {{ out: {{ type: http, region: eu-west-1, timeout: 500ms, url: \"http://127.0.0.1:{}/\" }} }}\n{more}\n",
        store.port
    )
}

const DISK: &str = "buffer: { dir: DIR/buffer }";

/// Numbers of the records that arrived, and how often each did.
fn numbers(store: &Store) -> HashMap<u64, usize> {
    let mut numbers = HashMap::new();
    for line in store.lines() {
        // In a body that is a text, quotes are escaped.
        let number = line.split_once("\"n\":").or_else(|| line.split_once("\"n\\\":"));
        let number = number.and_then(|(_, rest)| rest.split([',', '}']).next()?.parse().ok());
        *numbers.entry(number.unwrap_or_else(|| panic!("a line that nobody sent: {line}"))).or_default() += 1;
    }
    numbers
}

#[test]
fn a_store_that_fails_gets_everything_later() {
    for disk in ["", DISK] {
        let store = Store::start();
        let proxy = Proxy::start(&config(&store, disk));
        store.answers([Answer::Status(500), Answer::Status(429), Answer::Cut, Answer::Hang, Answer::Status(503), Answer::Status(302)]);
        let sent: String = (0..100).map(|number| format!("{{\"n\":{number}}}\n")).collect();
        proxy.send(&sent);
        until("everything arrived", || store.len() >= 100);
        assert_eq!(numbers(&store).len(), 100);
    }
}

#[test]
fn a_body_that_is_too_large_for_the_store_goes_in_halves() {
    let store = Store::start();
    let proxy = Proxy::start(&config(&store, ""));
    store.answers([Answer::Status(413), Answer::Status(413)]);
    let sent: String = (0..9).map(|number| format!("{{\"n\":{number}}}\n")).collect();
    proxy.send(&sent);
    until("everything arrived", || store.len() >= 9);
    assert_eq!(numbers(&store).len(), 9);
    assert!(numbers(&store).values().all(|times| *times == 1));
}

#[test]
fn in_memory_nothing_is_acknowledged_before_the_store_has_it() {
    let store = Store::start();
    let proxy = Proxy::start(&config(&store, ""));
    store.always(Some(Answer::Status(500)));
    let answered = Arc::new(AtomicBool::new(false));
    let (port, flag) = (proxy.port, Arc::clone(&answered));
    let sender = thread::spawn(move || {
        let status = Sender::connect(port).unwrap().post("application/x-ndjson", &[], b"{\"n\":1}\n").unwrap();
        flag.store(true, Ordering::SeqCst);
        status
    });
    until("the store was asked twice", || store.requests() >= 2);
    assert!(!answered.load(Ordering::SeqCst));
    store.always(None);
    assert_eq!(sender.join().unwrap(), 200);
    assert_eq!(numbers(&store).len(), 1);
}

#[test]
fn on_disk_records_outlive_a_kill_while_the_store_is_down() {
    let store = Store::start();
    let mut proxy = Proxy::start(&config(&store, DISK));
    store.always(Some(Answer::Status(503)));
    for number in 0..50 {
        proxy.send(&format!("{{\"n\":{number},\"mail\":\"jane@example.com\"}}\n"));
    }
    proxy.kill();
    assert!(!crate::support::proxy::holds(proxy.folder.path(), b"jane@example.com"), "raw bytes on disk");
    store.always(None);
    proxy.restart();
    until("everything arrived", || numbers(&store).len() == 50);
}

/// Kills in a run of the tests; `HUSHLOG_KILLS` asks for as many as it says.
fn kills() -> usize {
    std::env::var("HUSHLOG_KILLS").ok().and_then(|given| given.parse().ok()).unwrap_or(5)
}

/// Sends over four connections while the program is killed again and again, and looks for every record
/// that was acknowledged.
fn kill_while_sending(name: &str) {
    let (store, source) = (Store::start(), links::source(name));
    let mut proxy = Proxy::start(&config(&store, DISK).replace("type: http, listen", source.options));
    let (next, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let senders: Vec<_> = (0..4)
        .map(|_| {
            let (port, next, stop, acknowledged) = (proxy.port, Arc::clone(&next), Arc::clone(&stop), Arc::clone(&acknowledged));
            thread::spawn(move || {
                let mut link: Option<Box<dyn Link>> = None;
                while !stop.load(Ordering::Relaxed) {
                    let first = next.fetch_add(10, Ordering::Relaxed);
                    if link.is_none() {
                        link = (source.connect)(port).ok();
                    }
                    match link.as_mut().map(|link| link.send(first..first + 10)) {
                        Some(Ok(true)) => acknowledged.lock().unwrap().extend(first..first + 10),
                        Some(Ok(false)) => {}
                        _ => {
                            link = None;
                            thread::sleep(Duration::from_millis(2));
                        }
                    }
                }
            })
        })
        .collect();
    for kill in 0..kills() {
        let before = acknowledged.lock().unwrap().len();
        until("records are taken", || acknowledged.lock().unwrap().len() > before + 100);
        // At another moment each time, the store up or down.
        store.always((kill % 2 == 1).then_some(Answer::Status(503)));
        thread::sleep(Duration::from_millis(7 * (kill as u64 % 13)));
        proxy.kill();
        proxy.restart();
    }
    stop.store(true, Ordering::Relaxed);
    senders.into_iter().for_each(|sender| sender.join().unwrap());
    store.always(None);
    let acknowledged = acknowledged.lock().unwrap().clone();
    // As long as more records arrive, some are only late; the driver waits 30 seconds at most.
    let (mut fewest, mut since) = (usize::MAX, Instant::now());
    loop {
        let arrived = numbers(&store);
        let missing: Vec<_> = acknowledged.iter().filter(|number| !arrived.contains_key(number)).collect();
        if missing.is_empty() {
            break;
        }
        if missing.len() < fewest {
            (fewest, since) = (missing.len(), Instant::now());
        }
        assert!(since.elapsed() < DEADLINE, "{} of {} missing: {missing:?}\n{}", missing.len(), acknowledged.len(), proxy.log());
        thread::sleep(Duration::from_millis(100));
    }
    let doubled = numbers(&store).values().filter(|times| **times > 1).count();
    println!("{name}: {} kills: {} acknowledged, 0 missing, {doubled} arrived more than once", kills(), acknowledged.len());
}

#[test]
fn no_acknowledged_record_is_lost_by_kills() {
    kill_while_sending("http");
}

#[test]
fn no_acknowledged_event_of_cloudwatch_is_lost_by_kills() {
    kill_while_sending("cloudwatch_logs");
}

#[test]
fn no_acknowledged_event_of_splunk_is_lost_by_kills() {
    kill_while_sending("splunk_hec");
}

#[test]
fn no_event_of_splunk_whose_id_is_true_is_lost_by_kills() {
    kill_while_sending("splunk_hec with ids");
}

#[test]
fn no_acknowledged_log_of_datadog_is_lost_by_kills() {
    kill_while_sending("datadog");
}

#[test]
fn no_acknowledged_log_of_opentelemetry_is_lost_by_kills() {
    kill_while_sending("otlp over HTTP");
}

#[test]
fn no_acknowledged_call_of_opentelemetry_is_lost_by_kills() {
    kill_while_sending("otlp over gRPC");
}

#[test]
fn no_acknowledged_chunk_of_fluent_is_lost_by_kills() {
    kill_while_sending("fluent with chunks");
}

/// A store that is down for good, a buffer in memory that is full: senders wait or are refused, and memory stays as it is.
#[test]
fn every_source_keeps_to_its_memory_while_the_store_is_down() {
    for source in &links::SOURCES {
        let store = Store::start();
        store.always(Some(Answer::Status(503)));
        let text = config(&store, "buffer: { max_bytes: 4MiB }").replace("type: http, listen", source.options);
        let proxy = Proxy::start(&text);
        let end = Instant::now() + Duration::from_millis(1_500);
        let senders: Vec<_> = (0..32_u64)
            .map(|seat| {
                let port = proxy.port;
                thread::spawn(move || {
                    while Instant::now() < end {
                        let Ok(mut link) = (source.connect)(port) else { return };
                        // Without waiting for what is not acknowledged: its sender goes, and another comes.
                        let (done, told) = std::sync::mpsc::channel();
                        thread::spawn(move || done.send(link.send(seat * 1_000..(seat + 1) * 1_000).is_ok()));
                        let _ = told.recv_timeout(Duration::from_millis(100));
                    }
                })
            })
            .collect();
        senders.into_iter().for_each(|sender| sender.join().unwrap());
        let memory = proxy.anonymous();
        println!("{}: {memory} KiB of anonymous memory with a store that is down", source.name);
        assert!(memory < 64 * 1024, "{}: {memory} KiB", source.name);
    }
}

/// Records of two sources of each kind, whose zones are apart: none leaves its own, whatever it says of itself.
#[test]
fn records_of_every_source_stay_in_their_zone() {
    for source in &links::SOURCES {
        let (eu, us, port) = (Store::start(), Store::start(), free_port());
        let proxy = Proxy::start(&format!(
            "region: eu-west-1\nsources:\n  here: {{ {0}: \"127.0.0.1:PORT\" }}\n  there: {{ {0}: \"127.0.0.1:{port}\" }}\n\
             residency: {{ default: eu-west-1, rules: [{{ when: {{ source: there }}, region: us-east-1 }}] }}\nroutes: [{{ to: [eu, us] }}]\n\
             sinks:\n  eu: {{ type: http, region: eu-central-1, url: \"http://127.0.0.1:{1}/\" }}\n  us: {{ type: http, region: us-east-2, url: \"http://127.0.0.1:{2}/\" }}\n",
            source.options, eu.port, us.port
        ));
        eu.answers([Answer::Status(500), Answer::Cut]);
        until("both listen", || (source.connect)(port).is_ok());
        for (port, numbers) in [(proxy.port, 0..20), (port, 20..40)] {
            assert!((source.connect)(port).unwrap().send(numbers).unwrap(), "{}: {}", source.name, proxy.log());
        }
        until("everything arrived", || eu.len() >= 20 && us.len() >= 20);
        let all = |store: &Store, wanted: Range<u64>| numbers(store).into_keys().all(|number| wanted.contains(&number));
        assert!(all(&eu, 0..20) && all(&us, 20..40), "{}: a record left its zone", source.name);
    }
}

/// `tests/long/disk-full.sh` makes a small file system and names it in `HUSHLOG_SMALL_DISK`.
#[test]
fn a_disk_that_is_full_takes_nothing_and_loses_nothing() {
    let Some(disk) = std::env::var_os("HUSHLOG_SMALL_DISK") else { return };
    let store = Store::start();
    store.always(Some(Answer::Status(503)));
    let folder = std::path::Path::new(&disk).join("buffer");
    let mut proxy = Proxy::start(&config(&store, &format!("buffer: {{ dir: {} }}", folder.display())));
    let pad = "x".repeat(64 * 1024);
    let (mut acknowledged, mut refused) = (Vec::new(), 0);
    let mut number = 0;
    while refused < 20 {
        let body = format!("{{\"n\":{number},\"pad\":\"{pad}\"}}\n");
        match proxy.post("application/x-ndjson", body.as_bytes()) {
            Ok(200) => acknowledged.push(number),
            _ => refused += 1,
        }
        number += 1;
    }
    assert!(acknowledged.len() > 10, "{} {}", acknowledged.len(), proxy.log());
    // Full, and killed: what was acknowledged is there, and room is made as it is sent.
    proxy.kill();
    proxy.restart();
    store.always(None);
    until("everything acknowledged arrived", || {
        let arrived = numbers(&store);
        acknowledged.iter().all(|number| arrived.contains_key(number))
    });
    until("records are taken again", || proxy.post("application/x-ndjson", b"{\"n\":9999999}\n").is_ok_and(|status| status == 200));
    until("it arrived", || numbers(&store).contains_key(&9_999_999));
    println!("full after {} records, {refused} refused: 0 acknowledged missing", acknowledged.len());
}

#[test]
fn the_end_of_the_program_sends_what_waits() {
    let store = Store::start();
    let mut proxy = Proxy::start(&config(&store, DISK));
    store.answers([Answer::Status(500), Answer::Status(500)]);
    for number in 0..20 {
        proxy.send(&format!("{{\"n\":{number}}}\n"));
    }
    assert_eq!(proxy.stop(), Some(0));
    assert_eq!(numbers(&store).len(), 20);
}
