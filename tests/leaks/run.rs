//! One run of the program with every source, every sink that is there, and everything that it leaves behind.
//!
//! One sink refuses all records, so that there are dead letters; one cannot be reached, so that records
//! wait in the buffer to the end.

use super::places::{self, Sent};
use super::protocols;
use super::search::Searcher;
use crate::sinks::aws::Moto;
use crate::support::proxy::{Answer, DEADLINE, Store, until};
use hushlog::buffer::{Key, probe};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

const KEY: [u8; 32] = [7; 32];

/// What is left of a run, by name.
#[derive(Default)]
pub(super) struct Left {
    /// Everything that holds every record.
    pub(super) stores: BTreeMap<&'static str, Vec<u8>>,
    /// What else records are in.
    pub(super) other: BTreeMap<String, Vec<u8>>,
    /// Where nothing of a record belongs: logs, pages, answers, audit log, checkpoints, what commands print.
    pub(super) silent: BTreeMap<String, Vec<u8>>,
}

/// How the program runs.
#[derive(Clone, Copy)]
pub(super) struct Setup<'m> {
    pub(super) masks: bool,
    pub(super) encrypted: bool,
    pub(super) moto: Option<&'m Moto>,
}

struct Run<'m> {
    setup: Setup<'m>,
    /// What the program writes.
    folder: TempDir,
    /// What it reads: this is not searched.
    inputs: TempDir,
    /// Of the sources `app`, `closed`, `events` and `signed`, of health and metrics, and of the other protocols.
    ports: [u16; 12],
    zipped: Store,
    refusing: Store,
    child: Child,
    input: Option<ChildStdin>,
    silent: BTreeMap<String, Vec<u8>>,
    /// What moto showed so far: looking at objects deletes those that are not locked.
    cloud: BTreeMap<&'static str, Vec<u8>>,
}

/// Runs the program until every mark arrived in every store, stops it, and gathers what it left.
pub(super) fn run(setup: Setup<'_>) -> Left {
    let marks = Searcher::new(&places::marked().iter().map(|name| places::mark(name)).collect::<Vec<_>>());
    let all: BTreeSet<usize> = (0..places::marked().len()).collect();
    let mut run = Run::start(setup);
    run.send();
    for cloud in [false, true] {
        let mut seen: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        let from = Instant::now();
        loop {
            let stores = if cloud { run.look().clone() } else { run.local() };
            for (name, bytes) in stores {
                let seen = seen.entry(name).or_default();
                if *seen != all {
                    seen.extend(marks.find(&bytes));
                }
            }
            if seen.values().all(|seen| *seen == all) {
                break;
            }
            let missing: Vec<_> = seen
                .iter()
                .map(|(store, seen)| (store, all.difference(seen).map(|at| places::marked()[*at]).collect::<Vec<_>>()))
                .collect();
            assert!(from.elapsed() < DEADLINE, "not everything arrived: {missing:?}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    run.end()
}

impl<'m> Run<'m> {
    fn start(setup: Setup<'m>) -> Self {
        let (folder, inputs) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let ports: [u16; 12] = std::array::from_fn(|_| own_port());
        let (zipped, refusing) = (Store::start(), Store::start());
        refusing.always(Some(Answer::Status(400)));
        for (name, text) in
            [("password", b"a-password-of-this-test".as_slice()), ("key", &KEY), ("nothing.toml", places::NOTHING.as_bytes())]
        {
            fs::write(inputs.path().join(name), text).unwrap();
            fs::set_permissions(inputs.path().join(name), fs::Permissions::from_mode(0o400)).unwrap();
        }
        let time = Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%S.%NZ"]).output().unwrap().stdout;
        for (name, content) in places::files(String::from_utf8(time).unwrap().trim()) {
            let path = inputs.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let config = config(setup, &ports, [zipped.port, refusing.port]);
        let config = config.replace("DIR", &folder.path().display().to_string()).replace("IN", &inputs.path().display().to_string());
        fs::write(inputs.path().join("hushlog.yaml"), config).unwrap();
        let output = |name: &str| File::create(folder.path().join(name)).unwrap();
        let mut command = program();
        command
            .args(["run", "--log-level", "debug", "--log-format", "json", "--drain-ms", "300", "-c"])
            .arg(inputs.path().join("hushlog.yaml"));
        command.env("AWS_ACCESS_KEY_ID", "testing").env("AWS_SECRET_ACCESS_KEY", "testing").env("AWS_EC2_METADATA_DISABLED", "true");
        if let Some(moto) = setup.moto {
            moto.look(&["make", setup.cloud(), "eu-west-1", "open"]);
        }
        let mut child = command.stdin(Stdio::piped()).stdout(output("stdout")).stderr(output("stderr")).spawn().unwrap();
        until("the program listens", || {
            assert!(child.try_wait().unwrap().is_none(), "{}", fs::read_to_string(folder.path().join("stderr")).unwrap());
            ports.iter().all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok())
        });
        let input = child.stdin.take();
        Self { setup, folder, inputs, ports, zipped, refusing, child, input, silent: BTreeMap::new(), cloud: BTreeMap::new() }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("stderr")).unwrap()
    }

    /// Sends everything.
    fn send(&mut self) {
        let [app, closed, events, signed, _, _, splunk, datadog, otlp, grpc, syslog, fluent] = self.ports;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        self.input.as_mut().unwrap().write_all(&places::input()).unwrap();
        for (port, requests, wanted) in [
            (app, places::requests(), vec![200; 24]),
            (events, vec![places::events(now)], vec![200]),
            (app, places::strange_requests(), vec![200, 200, 200, 200, 200, 405, 400, 415, 415, 400]),
            (closed, places::strangers(), vec![401, 401]),
            (events, places::strange_events(), vec![400, 400, 400]),
            (signed, vec![places::unsigned()], vec![400]),
            (splunk, protocols::splunk(), vec![200, 200]),
            (splunk, protocols::strange_splunk(), vec![403, 400, 400, 400, 404]),
            (datadog, protocols::datadog(), vec![202]),
            (datadog, protocols::strange_datadog(), vec![403, 403]),
            (otlp, protocols::otlp(), vec![200]),
            (otlp, protocols::strange_otlp(), vec![404, 200, 400]),
        ] {
            let mut statuses: Vec<u16> = Vec::new();
            for sent in &requests {
                let answer = post(port, sent);
                statuses.push(answer.split(' ').nth(1).unwrap().parse().unwrap());
                self.silent.entry("answers".to_owned()).or_default().extend(answer.into_bytes());
            }
            assert_eq!(statuses, wanted, "{port}: {}", self.log());
        }
        let (status, message, answer) = crate::otlp::call_blocking(grpc, None, crate::otlp::EXPORT, protocols::call());
        assert_eq!(status, "0", "{message}");
        TcpStream::connect(("127.0.0.1", syslog)).unwrap().write_all(&protocols::syslog()).unwrap();
        let mut told = [answer, message.into_bytes()].concat();
        for message in [vec![protocols::fluent()], protocols::strange_fluent()].concat() {
            let mut stream = TcpStream::connect(("127.0.0.1", fluent)).unwrap();
            stream.set_read_timeout(Some(DEADLINE)).unwrap();
            stream.write_all(&message).unwrap();
            // Of a message that is not whole nothing more comes: the proxy need not wait for it.
            stream.shutdown(Shutdown::Write).unwrap();
            let mut ack = [0; 8];
            let read = stream.read(&mut ack).unwrap_or(0);
            told.extend_from_slice(&ack[..read]);
        }
        assert!(told.ends_with(b"\x81\xa3ack\xa2id"), "one message is acknowledged");
        self.silent.entry("answers".to_owned()).or_default().extend(told);
    }

    /// What the stores on this machine hold, and the buffer.
    fn local(&self) -> BTreeMap<&'static str, Vec<u8>> {
        let all = |folder: &str| files(&self.folder.path().join(folder)).into_iter().flat_map(|(_, bytes)| bytes).collect::<Vec<u8>>();
        let segments = |folder: &str| {
            let files = files(&self.folder.path().join(folder));
            files
                .iter()
                .filter(|(name, _)| name.ends_with(".seg") && !name.contains('/'))
                .flat_map(|(_, bytes)| self.opened(bytes))
                .collect::<Vec<u8>>()
        };
        BTreeMap::from([
            ("standard output", fs::read(self.folder.path().join("stdout")).unwrap()),
            ("files", all("out")),
            ("packed files", all("packed")),
            ("HTTP, gzip", self.zipped.seen()),
            ("HTTP, zstd, refused", self.refusing.seen()),
            ("dead letters", segments("buffer/dlq/refusing")),
            ("buffer", segments("buffer")),
        ])
    }

    /// Text of the records in a segment, with their attributes.
    fn opened(&self, segment: &[u8]) -> Vec<u8> {
        let key = self.setup.encrypted.then(|| Key::parse(&KEY).unwrap());
        let mut text = Vec::new();
        for (_, batch) in probe(segment, key.as_ref()).map(|(batches, _)| batches).unwrap_or_default() {
            for (name, value) in &batch.origin().attributes {
                text.extend(format!("{}={}\n", name.as_str(), value.as_str()).into_bytes());
            }
            text.extend_from_slice(batch.bodies());
            text.push(b'\n');
        }
        text
    }

    /// What moto holds.
    fn look(&mut self) -> &BTreeMap<&'static str, Vec<u8>> {
        if let Some(moto) = self.setup.moto {
            for (name, arguments) in [("CloudWatch", ["logs", self.setup.cloud()]), ("S3", ["s3", self.setup.cloud()])] {
                let text = moto.try_look(&arguments).map(|shown| flat(&shown)).unwrap_or_default();
                self.cloud.entry(name).or_default().extend(text);
            }
        }
        &self.cloud
    }

    /// Stops the program and gathers what there is.
    fn end(mut self) -> Left {
        self.pages();
        let config = self.inputs.path().join("hushlog.yaml");
        let good = fs::read_to_string(&config).unwrap();
        let canary = places::value("value of the configuration");
        let broken = good.replace("standard", &canary).replace("50ms", &canary).replace("64KiB", &canary).replace("eu-west-1", &canary);
        fs::write(&config, broken).unwrap();
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-HUP", &id]).status().unwrap().success());
        until("the configuration is refused", || self.log().contains("the configuration is not used"));
        self.command(&["check", "-c"], &config, 2);
        fs::write(&config, good).unwrap();
        self.command(&["check", "-c"], &config, 0);
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{}", self.log());
        self.pages_of_commands();
        let (mut left, encrypted) = (Left { stores: self.local(), ..Left::default() }, self.setup.encrypted);
        left.stores.append(&mut self.cloud);
        for (name, bytes) in files(self.folder.path()) {
            let is_segment = name.ends_with(".seg");
            let is_record = ["out/", "packed/", "stdout"].iter().any(|start| name.starts_with(start)) || is_segment && !encrypted;
            let names =
                if is_record { left.other.entry("names of files".to_owned()) } else { left.silent.entry("names of files".to_owned()) };
            names.or_default().extend(format!("{name}\n").into_bytes());
            if is_segment {
                // What damaged or is left behind the last frame counts as well.
                assert!(probe(&bytes, encrypted.then(|| Key::parse(&KEY).unwrap()).as_ref()).is_some(), "{name}");
            }
            if is_record { &mut left.other } else { &mut left.silent }.insert(name, bytes);
        }
        left.silent.append(&mut self.silent);
        left
    }

    /// Health and metrics.
    fn pages(&mut self) {
        let [_, _, _, _, health, metrics, ..] = self.ports;
        for (port, path) in [(health, "/healthz"), (health, "/readyz"), (health, "/version"), (metrics, "/metrics")] {
            let head = format!("GET {path} HTTP/1.1\r\n");
            let answer = post(port, &Sent { head, ..Sent::default() });
            assert!(answer.starts_with("HTTP/1.1 200") || path == "/readyz", "{path}: {answer}");
            self.silent.insert(path.to_owned(), answer.into_bytes());
        }
    }

    fn pages_of_commands(&mut self) {
        let (buffer, audit, key) =
            (self.folder.path().join("buffer"), self.folder.path().join("audit.jsonl"), self.inputs.path().join("key"));
        let key = format!("--key={}", key.display());
        let mut inspect = vec!["buffer", "inspect"];
        let mut list = vec!["dlq", "list"];
        if self.setup.encrypted {
            inspect.push(&key);
            list.push(&key);
        }
        self.command(&inspect, &buffer, 0);
        self.command(&list, &buffer, 0);
        self.command(&["audit", "verify"], &audit, 0);
    }

    /// Runs a command of the program on a file or folder and keeps what it prints.
    fn command(&mut self, arguments: &[&str], path: &Path, code: i32) {
        let output = program().args(arguments).arg(path).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", String::from_utf8_lossy(&text));
        assert!(!text.is_empty(), "{arguments:?}");
        self.silent.insert(format!("hushlog {} ({code})", arguments[..2].join(" ")), text);
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Setup<'_> {
    /// Name of the bucket and of the group in moto.
    fn cloud(&self) -> &'static str {
        if self.masks { "leaks-masked" } else { "leaks-open" }
    }
}

/// A port that nobody has. Connections of this machine begin at 32768: none of theirs is taken before the program binds it.
fn own_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 10_000).unwrap();
    let ports = std::iter::repeat_with(|| 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000);
    ports.take(10_000).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_hushlog"))
}

/// The configuration. `DIR` stands for what is written, `IN` for what is read.
fn config(setup: Setup<'_>, ports: &[u16; 12], [zipped, refusing]: [u16; 2]) -> String {
    let [app, closed, events, signed, health, metrics, splunk, datadog, otlp, grpc, syslog, fluent] = ports;
    let down = own_port();
    let key = if setup.encrypted { ", key: { file: IN/key }" } else { "" };
    let rules = if setup.masks { "" } else { "rules: [IN/nothing.toml]\n" };
    let (mut cloud, mut names) = (String::new(), "out, files, packed, zipped, refusing, down".to_owned());
    if let Some(moto) = setup.moto {
        let (place, name) = (moto.place(), setup.cloud());
        cloud = format!(
            "  cw: {{ type: cloudwatch_logs, {place}, group: {name}, stream: '{{source}}-{{log_stream|none}}-{{pod|none}}' }}\n  \
               s3: {{ type: s3, {place}, bucket: {name}, linger: 100ms, key: '{{source}}/{{log_group|none}}/{{pod|none}}/{{id}}.zst' }}\n"
        );
        names += ", cw, s3";
    }
    format!(
        "preset: standard
region: eu-west-1
{rules}sources:
  app: {{ type: http, listen: '127.0.0.1:{app}' }}
  closed: {{ type: http, listen: '127.0.0.1:{closed}', user: sender, password: {{ file: IN/password }} }}
  events: {{ type: cloudwatch_logs, listen: '127.0.0.1:{events}', unknown_streams: create }}
  signed: {{ type: cloudwatch_logs, listen: '127.0.0.1:{signed}', access_keys: [{{ id: AKIDTEST, secret: {{ file: IN/password }} }}] }}
  splunk: {{ type: splunk_hec, listen: '127.0.0.1:{splunk}', tokens: [{{ file: IN/password }}] }}
  datadog: {{ type: datadog, listen: '127.0.0.1:{datadog}', api_keys: [{{ file: IN/password }}] }}
  otlp: {{ type: otlp, http: '127.0.0.1:{otlp}', grpc: '127.0.0.1:{grpc}' }}
  syslog: {{ type: syslog, listen: '127.0.0.1:{syslog}' }}
  fluent: {{ type: fluent, listen: '127.0.0.1:{fluent}' }}
  app_files: {{ type: file, include: ['IN/files/*/*.log', 'IN/files/*/*.gz', 'IN/files/*/*.xz'], poll: 50ms }}
  pods: {{ type: kubernetes, path: IN/pods, poll: 50ms }}
  input: {{ type: stdin, max_line: 64KiB }}
sinks:
  out: {{ type: stdout }}
  files: {{ type: file, path: 'DIR/out/{{source}}-{{log_stream|none}}/{{pod|none}}.ndjson' }}
  packed: {{ type: file, path: DIR/packed/all.ndjson, max_size: 1KiB, keep: 200, compression: zstd }}
  zipped: {{ type: http, region: eu-west-1, url: 'http://127.0.0.1:{zipped}/', compression: gzip }}
  refusing: {{ type: http, region: eu-west-1, url: 'http://127.0.0.1:{refusing}/', compression: zstd }}
  down: {{ type: http, region: eu-west-1, url: 'http://127.0.0.1:{down}/' }}
{cloud}routes: [{{ to: [{names}] }}]
buffer: {{ dir: DIR/buffer, max_bytes: 64MiB{key} }}
audit: {{ path: DIR/audit.jsonl, to: zipped, seal: 200ms }}
admin: {{ health: '127.0.0.1:{health}', metrics: '127.0.0.1:{metrics}' }}
"
    )
}

/// Sends a request; the whole answer.
fn post(port: u16, sent: &Sent) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.set_nodelay(true).unwrap();
    let Sent { head, body, cut } = sent;
    match cut {
        None => {
            let head = format!("{head}Host: test\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        }
        Some(cut) => {
            stream.write_all(format!("{head}Host: test\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n").as_bytes()).unwrap();
            for part in [&body[..*cut], &body[*cut..], &[]] {
                stream.write_all(&[format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat()).unwrap();
                // So that the parts come apart; together the test shows less, and nothing breaks.
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

/// All files below a folder: names seen from it, and what is in them.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(bytes) = fs::read(&path) {
                // What is renamed or removed meanwhile is seen the next time.
                found.push((path.strip_prefix(folder).unwrap().display().to_string(), bytes));
            }
        }
    }
    found
}

/// The strings of a JSON value, its keys among them.
fn flat(value: &serde_json::Value) -> Vec<u8> {
    match value {
        serde_json::Value::Object(fields) => {
            fields.iter().flat_map(|(key, value)| [key.as_bytes(), b"\n", &flat(value)].concat()).collect()
        }
        serde_json::Value::Array(items) => items.iter().flat_map(flat).collect(),
        serde_json::Value::String(text) => [text.as_bytes(), b"\n"].concat(),
        _ => Vec::new(),
    }
}
