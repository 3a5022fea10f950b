//! The proxy as a process, senders and stores around it. All of them speak HTTP over real sockets.

use std::collections::BTreeSet;
use std::collections::VecDeque;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Far beyond what anything takes; reached only when a test fails.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// Waits until something holds.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let from = Instant::now();
    while !holds() {
        assert!(from.elapsed() < DEADLINE, "waited too long: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A port that is free now, and that no other test of this process was given.
pub(crate) fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        if GIVEN.lock().unwrap().insert(port) {
            return port;
        }
    }
}

/// Whether somebody listens at the port, by TCP or UDP; nobody is connected to for it.
fn is_bound(port: u16) -> bool {
    let local = format!(":{port:04X}");
    let holds = |table: &str, state: &str| {
        let sockets = fs::read_to_string(table).unwrap();
        sockets
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .any(|socket| socket[1].ends_with(&local) && socket[3] == state)
    };
    holds("/proc/net/tcp", "0A") || holds("/proc/net/udp", "07")
}

/// The program with a configuration, in a folder of its own.
pub(crate) struct Proxy {
    child: Option<Child>,
    pub(crate) folder: Arc<TempDir>,
    pub(crate) port: u16,
}

impl Proxy {
    /// Starts it. In the configuration `PORT` stands for a free port and `DIR` for the folder.
    pub(crate) fn start(config: &str) -> Self {
        let folder = Arc::new(TempDir::new().unwrap());
        let port = free_port();
        Self::write(&folder, port, config);
        let mut proxy = Self { child: None, folder, port };
        proxy.restart();
        proxy
    }

    fn write(folder: &TempDir, port: u16, config: &str) {
        let text = config.replace("PORT", &port.to_string()).replace("DIR", &folder.path().display().to_string());
        fs::write(folder.path().join("hushlog.yaml"), text).unwrap();
    }

    /// Another configuration; it counts from the next start or reload on.
    pub(crate) fn reconfigure(&self, config: &str) {
        Self::write(&self.folder, self.port, config);
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Starts it again and waits until it listens, at each place that its configuration names.
    pub(crate) fn restart(&mut self) {
        let log = fs::File::options().append(true).create(true).open(self.path("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_hushlog"));
        command.args(["run", "-c"]).arg(self.path("hushlog.yaml")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let mut child = command.spawn().unwrap();
        let config = fs::read_to_string(self.path("hushlog.yaml")).unwrap();
        let ports = config.split("listen: \"127.0.0.1:").skip(1).filter_map(|text| text.split('"').next()?.parse().ok());
        let ports: Vec<u16> = ports.collect();
        until("the program listens", || {
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "the program ended: {}", self.log());
            TcpStream::connect(("127.0.0.1", self.port)).is_ok() && ports.iter().all(|port| is_bound(*port))
        });
        self.child = Some(child);
    }

    /// What it said so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// The most anonymous memory that it had, in KiB: without the pages of the program's own file.
    pub(crate) fn anonymous(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let of = |name: &str| -> u64 {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        of("VmHWM") - of("RssFile")
    }

    pub(crate) fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([&format!("-{name}"), &self.id().to_string()]).status().unwrap().success());
    }

    /// Ends it without a word (SIGKILL).
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Asks it to end, and waits for it.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        self.signal("TERM");
        self.child.take().unwrap().wait().unwrap().code()
    }

    /// Sends a body; the status of the answer.
    pub(crate) fn post(&self, content_type: &str, body: &[u8]) -> io::Result<u16> {
        Sender::connect(self.port)?.post(content_type, &[], body)
    }

    /// Sends lines of NDJSON, which have to be taken.
    pub(crate) fn send(&self, lines: &str) {
        assert_eq!(self.post("application/x-ndjson", lines.as_bytes()).unwrap(), 200, "{}", self.log());
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A connection that stays open.
pub(crate) struct Sender(TcpStream);

impl Sender {
    pub(crate) fn connect(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(DEADLINE))?;
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }

    pub(crate) fn post(&mut self, content_type: &str, headers: &[&str], body: &[u8]) -> io::Result<u16> {
        self.ask("/", content_type, headers, body).map(|(status, _)| status)
    }

    /// The same at another path; the status and the body of the answer.
    pub(crate) fn ask(&mut self, path: &str, content_type: &str, headers: &[&str], body: &[u8]) -> io::Result<(u16, Vec<u8>)> {
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: test\r\nContent-Type: {content_type}\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        self.0.write_all(&[head.as_bytes(), body].concat())?;
        let (head, body) = read_message(&mut self.0)?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        Ok((status, body))
    }
}

/// How a store answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Status(u16),
    /// No answer.
    Hang,
    /// The connection is closed after the request was read.
    Cut,
}

/// A store that keeps what it answers with 200.
#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Answers to come; afterwards 200.
    answers: VecDeque<Answer>,
    always: Option<Answer>,
    lines: Vec<String>,
    /// Everything that was ever received, heads too, taken or not.
    seen: Vec<u8>,
    requests: usize,
}

impl Store {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let store = Self { port: listener.local_addr().unwrap().port(), state: Arc::default() };
        let own = store.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = own.clone();
                thread::spawn(move || own.serve(stream));
            }
        });
        store
    }

    /// Answers to the next requests.
    pub(crate) fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        self.state.lock().unwrap().answers.extend(answers);
    }

    /// The answer to all requests from now on; none for 200.
    pub(crate) fn always(&self, answer: Option<Answer>) {
        self.state.lock().unwrap().always = answer;
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.state.lock().unwrap().lines.clone()
    }

    pub(crate) fn len(&self) -> usize {
        self.state.lock().unwrap().lines.len()
    }

    pub(crate) fn requests(&self) -> usize {
        self.state.lock().unwrap().requests
    }

    pub(crate) fn seen(&self) -> Vec<u8> {
        self.state.lock().unwrap().seen.clone()
    }

    fn serve(&self, mut stream: TcpStream) {
        while let Ok((head, body)) = read_message(&mut stream) {
            let answer = {
                let mut state = self.state.lock().unwrap();
                state.requests += 1;
                state.seen.extend_from_slice(head.as_bytes());
                state.seen.extend_from_slice(&body);
                let answer = state.answers.pop_front().or(state.always).unwrap_or(Answer::Status(200));
                if answer == Answer::Status(200) {
                    state.lines.extend(String::from_utf8_lossy(&body).lines().map(str::to_owned));
                }
                answer
            };
            match answer {
                Answer::Status(status) => {
                    let text = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
                    if stream.write_all(text.as_bytes()).is_err() {
                        return;
                    }
                }
                Answer::Hang => thread::sleep(DEADLINE),
                Answer::Cut => return,
            }
        }
    }
}

/// Reads the head and the body of a message.
pub(crate) fn read_message(stream: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut held = Vec::new();
    let mut block = [0; 16 * 1024];
    let head = loop {
        if let Some(at) = held.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        let read = stream.read(&mut block)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        held.extend_from_slice(&block[..read]);
    };
    let text = String::from_utf8_lossy(&held[..head]).into_owned();
    let length = text.to_ascii_lowercase().lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    let mut body = held.split_off(head + 4);
    while body.len() < length {
        let read = stream.read(&mut block)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        body.extend_from_slice(&block[..read]);
    }
    Ok((text, body))
}

/// Whether a file or a folder holds some bytes.
pub(crate) fn holds(path: &Path, needle: &[u8]) -> bool {
    if path.is_dir() {
        return fs::read_dir(path).unwrap().flatten().any(|entry| holds(&entry.path(), needle));
    }
    fs::read(path).is_ok_and(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
}
