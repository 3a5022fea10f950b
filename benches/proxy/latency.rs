//! What the proxy adds to the way of a single event, at 100 requests a second on one connection.
//!
//! Four ways take turns, half a second each, so that what else the machine does meets all of them: straight to
//! the store, through the proxy with records in memory, with a folder, and an fdatasync of 4 KiB alone.

use super::{Proxy, free_port};
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_millis(10);

/// When the store had the event with this number.
type Arrivals = Arc<Mutex<Vec<Option<Instant>>>>;

/// Times of one way, in milliseconds.
#[derive(Default)]
struct Times {
    answer: Vec<f64>,
    arrival: Vec<f64>,
}

/// Prints the table. Each way gets so much time.
pub(super) fn print(time: Duration) {
    let (arrivals, folder) = (Arrivals::default(), tempfile::tempdir().expect("a folder for the buffer"));
    let store = store(Arc::clone(&arrivals));
    let proxies = [Proxy::start(free_port(), store, None), Proxy::start(free_port(), store, Some(folder.path()))];
    let mut ways = [store, proxies[0].port, proxies[1].port].map(Way::open);
    let rounds = (time.as_millis() / 500).max(1);
    let turn = (time / u32::try_from(rounds).expect("not that long")).as_millis() / EVERY.as_millis();
    let mut synced = Vec::new();
    // The first round warms up.
    for round in 0..=rounds {
        for way in &mut ways {
            way.send(turn, &arrivals, round > 0);
        }
        synced.extend(sync(folder.path(), turn));
    }
    println!("{:34} {:>9} {:>9} {:>12} {:>12}", "100 requests/s, milliseconds", "p50", "p99", "added p50", "added p99");
    let [direct, memory, disk] = ways.map(|way| way.times);
    let base = [percentile(&direct.answer, 50), percentile(&direct.answer, 99)];
    let row = |name: &str, times: &[f64], base: Option<[f64; 2]>| {
        let (half, most) = (percentile(times, 50), percentile(times, 99));
        let added = base.map_or_else(String::new, |base| format!("{:>12.3} {:>12.3}", half - base[0], most - base[1]));
        println!("{name:34} {half:>9.3} {most:>9.3} {added}");
    };
    row("direct: answer of the store", &direct.answer, None);
    row("memory: answer, the store has it", &memory.answer, Some(base));
    row("disk: answer, it is synced", &disk.answer, Some(base));
    let base = [percentile(&direct.arrival, 50), percentile(&direct.arrival, 99)];
    row("direct: arrival", &direct.arrival, None);
    row("memory: arrival", &memory.arrival, Some(base));
    row("disk: arrival", &disk.arrival, Some(base));
    row("fdatasync of 4 KiB alone", &synced, None);
    println!("aim: added p50 1 ms; added p99 3 ms, with a disk 3 ms and fdatasync's own p99: {:.3} ms", 3.0 + percentile(&synced, 99));
}

fn percentile(times: &[f64], percent: usize) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable_by(f64::total_cmp);
    times[(times.len() * percent).div_ceil(100).clamp(1, times.len()) - 1]
}

/// Somewhere to send to.
struct Way {
    stream: TcpStream,
    times: Times,
}

impl Way {
    fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        Self { stream, times: Times::default() }
    }

    /// Sends events at their times, each after the answer to the one before.
    fn send(&mut self, events: u128, arrivals: &Arrivals, counts: bool) {
        let start = Instant::now();
        for event in 0..events {
            if let Some(early) = (start + EVERY * u32::try_from(event).expect("few")).checked_duration_since(Instant::now()) {
                thread::sleep(early);
            }
            let number = {
                let mut arrivals = arrivals.lock().expect("nobody panicked");
                arrivals.push(None);
                arrivals.len() - 1
            };
            let body = format!(
                "{{\"n\":{number},\"level\":\"info\",\"mail\":\"jane.sample@example.com\",\"msg\":\"{}\"}}\n",
                "epoch done ".repeat(17)
            );
            let head =
                format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n", body.len());
            let mut answer = [0; 1024];
            let from = Instant::now();
            self.stream.write_all([head, body].concat().as_bytes()).expect("a request is written");
            let read = self.stream.read(&mut answer).expect("an answer");
            let answered = from.elapsed();
            assert!(answer[..read].starts_with(b"HTTP/1.1 200"), "the event is taken");
            let arrived = loop {
                if let Some(arrived) = arrivals.lock().expect("nobody panicked")[number] {
                    break arrived.duration_since(from);
                }
                assert!(from.elapsed() < Duration::from_secs(20), "the event arrives");
                thread::sleep(Duration::from_micros(200));
            };
            if counts {
                self.times.answer.push(answered.as_secs_f64() * 1e3);
                self.times.arrival.push(arrived.as_secs_f64() * 1e3);
            }
        }
    }
}

/// Times of writes that are synced, at the same pace.
fn sync(folder: &Path, count: u128) -> Vec<f64> {
    let file = File::create(folder.join("probe")).expect("a file");
    let once = |number: u128| {
        thread::sleep(EVERY);
        let from = Instant::now();
        file.write_all_at(&[7; 4096], u64::try_from(number).expect("few") * 4096).expect("written");
        file.sync_data().expect("synced");
        from.elapsed().as_secs_f64() * 1e3
    };
    (0..count).map(once).collect()
}

/// A store that remembers when each event came.
fn store(arrivals: Arrivals) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let arrivals = Arc::clone(&arrivals);
            thread::spawn(move || take(stream, &arrivals));
        }
    });
    port
}

fn take(mut stream: TcpStream, arrivals: &Arrivals) {
    let _ = stream.set_nodelay(true);
    let (mut held, mut filled) = (vec![0; 64 * 1024], 0);
    loop {
        let Ok(read) = stream.read(&mut held[filled..]) else { return };
        if read == 0 {
            return;
        }
        filled += read;
        let Some(head) = held[..filled].windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&held[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok()).unwrap_or(0);
        if filled < head + 4 + length {
            continue;
        }
        let came = Instant::now();
        for line in String::from_utf8_lossy(&held[head + 4..filled]).lines() {
            let number = line.strip_prefix("{\"n\":").and_then(|rest| rest.split(',').next()?.parse::<usize>().ok());
            let mut arrivals = arrivals.lock().expect("nobody panicked");
            let first = arrivals.get_mut(number.expect("an event of this bench")).expect("it was sent");
            first.get_or_insert(came);
        }
        filled = 0;
        if stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").is_err() {
            return;
        }
    }
}
