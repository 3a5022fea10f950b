//! Syslog over TCP, TLS, UDP and the socket of the machine.
//!
//! The protocol has no answers: a message counts as taken when it stands in the buffer. When that is full, a
//! stream is not read on, so that its sender waits; datagrams that the system has no room for are lost, as
//! they are with every receiver.

use super::body::Budget;
use super::inbound::{self, LARGE, SMALL};
use super::listener::Connections;
use super::sender::Sender;
use super::{Context, Intake, Kind, Source, now};
use crate::config::Problems;
use crate::config::fields::Fields;
use crate::decode::syslog::{self, Framer};
use crate::record::{Events, Raw};
use crate::sources::seats::{Phase, Seat};
use crate::task::{Stop, Task};
use crate::telemetry::Refusal;
use crate::tls::{self, Tls, TlsOptions};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncRead;
use tokio::net::{TcpStream, UdpSocket, UnixDatagram};

pub(super) const KIND: Kind = Kind {
    name: "syslog",
    summary: "RFC 5424 and 3164 over TCP, TLS, UDP and unix sockets",
    example: "{ type: syslog, listen: \"127.0.0.1:5514\", mode: tcp }",
    provides: &[],
    tags: &[],
    build,
};

/// Longest message, in bytes, unless the options say otherwise (RFC 5425, section 4.3.1 asks for at least 8192).
const MAX_MESSAGE: u64 = 64 * 1024;
const CONNECTIONS: u64 = 1_024;
/// Bytes of one batch of datagrams.
const READ: usize = 64 * 1024;
/// How long the rest of a message may take to come; then what is there is the message.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long nothing comes behind a NUL when it has ended a message.
const QUIET: Duration = Duration::from_secs(1);
/// How long the buffer may take the last records when the program ends.
const LAST: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Tcp,
    Udp,
    Unix,
}

enum From {
    Tcp { address: SocketAddr, tls: Option<TlsOptions>, connections: usize },
    Udp(SocketAddr),
    Unix(PathBuf),
}

struct Syslog {
    from: From,
    most: usize,
}

fn build(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Box<dyn Source>> {
    const ADDRESS: &str = "an address and port, such as `127.0.0.1:5514`";
    const MODES: &[(&str, Mode)] = &[("tcp", Mode::Tcp), ("udp", Mode::Udp), ("unix", Mode::Unix)];
    let mode = fields.take("mode").map_or(Some(Mode::Tcp), |at| at.choice(problems, MODES));
    let most = fields.take("max_message").and_then(|at| at.bytes_within(problems, "2KiB", "16MiB")).unwrap_or(MAX_MESSAGE) as usize;
    let Some(mode) = mode else {
        // What belongs to the mode that was meant is not unknown.
        let _ = ["path", "listen", "tls", "max_connections"].map(|key| fields.take(key));
        return None;
    };
    if mode == Mode::Unix {
        let path = fields.take("path")?.text(problems, "the path of a socket, such as `/run/hushlog/log`")?;
        return Some(Box::new(Syslog { from: From::Unix(path.into()), most }));
    }
    let address = fields.take("listen").and_then(|listen| {
        let address = listen.text(problems, ADDRESS)?.parse().ok();
        if address.is_none() {
            listen.wrong_as(problems, "another text", ADDRESS);
        }
        address
    });
    if mode == Mode::Udp {
        return Some(Box::new(Syslog { from: From::Udp(address?), most }));
    }
    // What was asked for and cannot be read is no listener without it.
    let tls = fields.take("tls").map_or(Some(None), |tls| TlsOptions::read(&tls, problems).map(Some));
    let connections = fields.take("max_connections").map_or(Some(CONNECTIONS), |at| at.number(problems, 1, 20_000))? as usize;
    Some(Box::new(Syslog { from: From::Tcp { address: address?, tls: tls?, connections }, most }))
}

impl Source for Syslog {
    fn open(self: Box<Self>, context: Context) -> Task<'static, io::Result<Task<'static, ()>>> {
        Box::pin(async move {
            let Context { intake, stop, .. } = context;
            let most = self.most;
            match self.from {
                From::Tcp { address, tls, connections } => {
                    let tls = tls.map(|tls| tls.load(&[])).transpose()?;
                    let listener = Connections::bind(address, connections).await?;
                    let budget = Budget::new(most, listener.seats());
                    let server = Arc::new(Server { intake, tls, budget, most });
                    Ok(Box::pin(listener.serve(stop, move |stream, seat, stop| {
                        let server = Arc::clone(&server);
                        async move { server.connection(stream, &seat, stop).await }
                    })) as Task<'static, ()>)
                }
                From::Udp(address) => {
                    let socket = UdpSocket::bind(address).await?;
                    Ok(Box::pin(Sender::default().scope(datagrams(Datagrams::Udp(socket), intake, stop, most))) as Task<'static, ()>)
                }
                From::Unix(path) => {
                    inbound::make_way(&path, |path| UnixDatagram::unbound()?.connect(path))?;
                    let socket = UnixDatagram::bind(&path)?;
                    Ok(Box::pin(Sender::default().scope(datagrams(Datagrams::Unix(socket), intake, stop, most))) as Task<'static, ()>)
                }
            }
        })
    }

    fn ready(&self) -> io::Result<()> {
        match &self.from {
            From::Tcp { tls: Some(tls), .. } => tls.ready(),
            _ => Ok(()),
        }
    }

    fn plaintext(&self) -> Option<SocketAddr> {
        match &self.from {
            From::Tcp { address, tls: None, .. } | From::Udp(address) => {
                Some(*address).filter(|address| !address.ip().to_canonical().is_loopback())
            }
            From::Tcp { .. } | From::Unix(_) => None,
        }
    }
}

struct Server {
    intake: Intake,
    tls: Option<Tls>,
    budget: Arc<Budget>,
    most: usize,
}

impl Server {
    async fn connection(&self, stream: TcpStream, seat: &Seat, mut stop: Stop) {
        let _connected = self.intake.meter().connected();
        match &self.tls {
            None => self.messages(stream, seat, stop).await,
            Some(tls) => {
                let greeted = tokio::select! {
                    greeted = tls.accept(stream) => greeted,
                    () = stop.wait() => return,
                };
                match greeted {
                    Ok(stream) => Box::pin(self.messages(stream, seat, stop)).await,
                    Err(error) if tls::is_refused(&error) => self.intake.meter().refused(Refusal::Tls),
                    Err(_) => {}
                }
            }
        }
    }

    async fn messages(&self, mut stream: impl AsyncRead + Unpin, seat: &Seat, mut stop: Stop) {
        let (mut framer, mut size) = (Framer::new(self.most), SMALL);
        let grant = self.budget.stream(Arc::clone(&seat.mark));
        loop {
            seat.mark.set(if framer.is_open() { Phase::Reading } else { Phase::Waiting });
            let quiet = framer.may_end();
            let read = tokio::select! {
                read = inbound::read(&mut stream, size) => read,
                () = tokio::time::sleep(if quiet { QUIET } else { PATIENCE }), if framer.is_open() => {
                    if !quiet {
                        break;
                    }
                    let mut events = Events::default();
                    framer.end(now(), &mut events);
                    seat.mark.set(Phase::Answering);
                    take(&self.intake, events, &mut stop).await;
                    // Nothing is held any more.
                    size = SMALL;
                    grant.try_hold(0);
                    continue;
                }
                () = stop.wait() => break,
            };
            let Some(part) = read.ok().filter(|part| !part.is_empty()) else { break };
            let mut events = Events::default();
            let framed = framer.push(&part, now(), &mut events);
            seat.mark.set(Phase::Answering);
            take(&self.intake, events, &mut stop).await;
            if framed.is_err() {
                tracing::warn!(source = self.intake.name(), "a sender of syslog gave a length that is not taken; its connection is ended");
                return;
            }
            // Growing memory is doubled. A sender that fills what is read sends more.
            let held = 2 * framer.held();
            size = if part.len() == size && grant.try_hold(held + LARGE) { LARGE } else { SMALL };
            if size == SMALL && grant.hold(held, true).await.is_err() {
                break;
            }
        }
        let mut events = Events::default();
        framer.finish(now(), &mut events);
        take(&self.intake, events, &mut stop).await;
    }
}

enum Datagrams {
    Udp(UdpSocket),
    Unix(UnixDatagram),
}

impl Datagrams {
    async fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Udp(socket) => socket.recv(buffer).await,
            Self::Unix(socket) => socket.recv(buffer).await,
        }
    }

    fn try_receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Udp(socket) => socket.try_recv(buffer),
            Self::Unix(socket) => socket.try_recv(buffer),
        }
    }
}

async fn datagrams(socket: Datagrams, intake: Intake, mut stop: Stop, most: usize) {
    let mut buffer = vec![0; most];
    loop {
        let first = tokio::select! {
            first = socket.receive(&mut buffer) => first,
            () = stop.wait() => break,
        };
        let Ok(mut length) = first else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        let mut events = Events::default();
        loop {
            let raw = Raw::new(buffer.get(..length).unwrap_or_default().to_vec());
            syslog::datagram(&raw, now(), &mut events);
            if events.bytes() >= READ {
                break;
            }
            match socket.try_receive(&mut buffer) {
                Ok(next) => length = next,
                Err(_) => break,
            }
        }
        take(&intake, events, &mut stop).await;
    }
}

/// Hands records over. There is nobody to tell when they are not taken: that is counted.
async fn take(intake: &Intake, events: Events, stop: &mut Stop) {
    if events.is_empty() {
        return;
    }
    let records = events.len();
    let taken = tokio::select! {
        taken = intake.events(events, &[]) => taken,
        () = async { stop.wait().await; tokio::time::sleep(LAST).await } => return,
    };
    if taken.is_err() {
        tracing::error!(source = intake.name(), records, "the buffer did not take records of syslog: they are lost");
    }
}
