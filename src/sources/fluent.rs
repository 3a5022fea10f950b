//! The forward protocol of Fluentd and Fluent Bit over TCP, TLS and unix sockets.
//!
//! A message that names its chunk is acknowledged when its records are safe; without a name the protocol has no
//! answers, and records count as taken when they stand in the buffer. Messages share the memory of a listener.

use super::auth::same;
use super::body::{Budget, Grant};
use super::inbound::{self, LARGE, SMALL};
use super::listener::{Connections, Door};
use super::seats::{Phase, Seat};
use super::{Context, Intake, Kind, Source, now};
use crate::config::fields::Fields;
use crate::config::{Problems, Secret, SecretRef};
use crate::decode::fluent::{self, Framer, Greeting};
use crate::record::Raw;
use crate::task::{Stop, Task};
use crate::telemetry::Refusal;
use crate::tls::{self, Tls, TlsOptions};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::UnixListener;

pub(super) const KIND: Kind = Kind {
    name: "fluent",
    summary: "the forward protocol of Fluentd and Fluent Bit",
    example: "{ type: fluent, listen: \"127.0.0.1:24224\" }",
    // The tag is what a sender says: no ground to trust it.
    provides: &[],
    tags: &[],
    build,
};

/// Longest message, in bytes, packed and open, unless the options say otherwise.
const MAX_MESSAGE: u64 = 16 << 20;
const CONNECTIONS: u64 = 1_024;
/// How long the rest of a message may take to come, and a sender to greet or to take an answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of a greeting.
const MAX_GREETING: usize = 4 * 1024;
/// Bytes of a message that are read in the task that has them.
const INLINE: usize = 256 * 1024;
/// How long the buffer may take the last records when the program ends.
const LAST: Duration = Duration::from_secs(5);

enum From {
    Tcp { address: SocketAddr, tls: Option<TlsOptions> },
    Unix(PathBuf),
}

struct Options {
    from: From,
    key: Option<SecretRef>,
    connections: usize,
    most: usize,
}

fn build(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Box<dyn Source>> {
    const ADDRESS: &str = "an address and port, such as `127.0.0.1:24224`";
    let most = fields.take("max_message").map_or(Some(MAX_MESSAGE), |at| at.bytes_within(problems, "64KiB", "1GiB"))? as usize;
    let connections = fields.take("max_connections").map_or(Some(CONNECTIONS), |at| at.number(problems, 1, 20_000))? as usize;
    let key = fields.take("shared_key").map_or(Some(None), |at| at.secret(problems).map(Some));
    if let Some(path) = fields.take("path") {
        let path = path.text(problems, "the path of a socket, such as `/run/hushlog/fluent`")?;
        return Some(Box::new(Options { from: From::Unix(path.into()), key: key?, connections, most }));
    }
    // What was asked for and cannot be read is no listener without it.
    let tls = fields.take("tls").map_or(Some(None), |tls| TlsOptions::read(&tls, problems).map(Some));
    let listen = fields.take("listen")?;
    let address = listen.text(problems, ADDRESS)?.parse().ok();
    if address.is_none() {
        listen.wrong_as(problems, "another text", ADDRESS);
    }
    Some(Box::new(Options { from: From::Tcp { address: address?, tls: tls? }, key: key?, connections, most }))
}

impl Source for Options {
    fn open(self: Box<Self>, context: Context) -> Task<'static, io::Result<Task<'static, ()>>> {
        Box::pin(async move {
            let Context { intake, stop, .. } = context;
            let key = self.key.as_ref().map(SecretRef::load).transpose()?;
            let of = |seats, tls| Arc::new(Server { intake, tls, key, budget: Budget::new(self.most, seats), most: self.most });
            Ok(match self.from {
                From::Tcp { address, tls } => {
                    let tls = tls.map(|tls| tls.load(&[])).transpose()?;
                    let listener = Connections::bind(address, self.connections).await?;
                    serve(of(listener.seats(), tls), listener, stop)
                }
                From::Unix(path) => {
                    inbound::make_way(&path, |path| std::os::unix::net::UnixStream::connect(path).map(drop))?;
                    let listener = Connections::of(UnixListener::bind(path)?, self.connections);
                    serve(of(listener.seats(), None), listener, stop)
                }
            })
        })
    }

    fn ready(&self) -> io::Result<()> {
        self.key.as_ref().map(SecretRef::load).transpose()?;
        match &self.from {
            From::Tcp { tls: Some(tls), .. } => tls.ready(),
            From::Tcp { .. } | From::Unix(_) => Ok(()),
        }
    }

    fn plaintext(&self) -> Option<SocketAddr> {
        match &self.from {
            From::Tcp { address, tls: None } => Some(*address).filter(|address| !address.ip().to_canonical().is_loopback()),
            From::Tcp { .. } | From::Unix(_) => None,
        }
    }
}

fn serve<D>(server: Arc<Server>, listener: Connections<D>, stop: Stop) -> Task<'static, ()>
where
    D: Door + Sync + 'static,
    D::Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    Box::pin(listener.serve(stop, move |stream, seat, stop| {
        let server = Arc::clone(&server);
        async move { server.connection(stream, &seat, stop).await }
    }))
}

struct Server {
    intake: Intake,
    tls: Option<Tls>,
    key: Option<Secret>,
    budget: Arc<Budget>,
    most: usize,
}

/// Why a connection is ended.
struct Ended;

impl Server {
    async fn connection(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send, seat: &Seat, mut stop: Stop) {
        let _connected = self.intake.meter().connected();
        match &self.tls {
            None => drop(self.messages(stream, seat, stop).await),
            Some(tls) => {
                let greeted = tokio::select! {
                    greeted = tls.accept(stream) => greeted,
                    () = stop.wait() => return,
                };
                match greeted {
                    Ok(stream) => drop(Box::pin(self.messages(stream, seat, stop)).await),
                    Err(error) if tls::is_refused(&error) => self.intake.meter().refused(Refusal::Tls),
                    Err(_) => {}
                }
            }
        }
    }

    async fn messages(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin, seat: &Seat, mut stop: Stop) -> Result<(), Ended> {
        let mut size = SMALL;
        let mut framer = Framer::new(self.most);
        let grant = self.budget.stream(Arc::clone(&seat.mark));
        if let Some(key) = &self.key {
            let greeted = tokio::select! {
                greeted = tokio::time::timeout(PATIENCE, self.greet(&mut stream, key)) => greeted,
                () = stop.wait() => return Ok(()),
            };
            greeted.map_err(|_| Ended)??;
        }
        loop {
            let is_open = framer.held() > 0;
            seat.mark.set(if is_open { Phase::Reading } else { Phase::Waiting });
            let read = tokio::select! {
                read = inbound::read(&mut stream, size) => read,
                () = tokio::time::sleep(PATIENCE), if is_open => return Err(Ended),
                () = stop.wait() => return Ok(()),
            };
            let Some(part) = read.ok().filter(|part| !part.is_empty()) else { return Ok(()) };
            // Growing memory is doubled.
            grant.hold(2 * (framer.held() + part.len()), false).await.map_err(|_| Ended)?;
            framer.push(&part);
            let filled = part.len() == size;
            drop(part);
            seat.mark.set(Phase::Answering);
            while let Some(raw) = framer.message().map_err(|_| self.refuse())? {
                let answer = self.take(raw, &grant, &mut stop).await?;
                if let Some(answer) = answer {
                    let told = tokio::time::timeout(PATIENCE, stream.write_all(&answer)).await;
                    told.map_err(|_| Ended)?.map_err(|_| Ended)?;
                    stream.flush().await.map_err(|_| Ended)?;
                }
            }
            // A sender that fills what is read sends more.
            size = if filled && grant.try_hold(framer.held() + LARGE) { LARGE } else { SMALL };
            if size == SMALL {
                grant.hold(framer.held(), true).await.map_err(|_| Ended)?;
            }
        }
    }

    /// Takes the logs of a message; what the sender is told.
    async fn take(&self, raw: Raw, grant: &Grant, stop: &mut Stop) -> Result<Option<Vec<u8>>, Ended> {
        let length = raw.len();
        // Packed text becomes several times as long, and is opened within the same limit.
        grant.hold(length.saturating_mul(4).min(length.saturating_add(self.most)), false).await.map_err(|_| Ended)?;
        let message = apart(length, || fluent::message(&raw, self.most)).map_err(|_| self.refuse())?;
        drop(raw);
        let Some(message) = message else { return Ok(None) };
        let wait = message.ack().is_some();
        let outcome = tokio::select! {
            outcome = self.logs(&message, length) => outcome,
            () = async { stop.wait().await; tokio::time::sleep(LAST).await } => Err(Ended),
        };
        if outcome.is_err() && !wait {
            tracing::error!(source = self.intake.name(), "the buffer did not take a message of the forward protocol: it is lost");
        }
        // Without an answer the sender gives the chunk again.
        outcome.map(|()| message.ack().map(<[u8]>::to_vec))
    }

    async fn logs(&self, message: &fluent::Message, length: usize) -> Result<(), Ended> {
        let mut logs = message.logs();
        let mut receipts = Vec::new();
        while let Some(events) = apart(length, || logs.chunk(now())) {
            receipts.push(self.intake.events(events, &[]).await.map_err(|_| Ended)?);
        }
        if logs.is_too_large() {
            return Err(self.refuse());
        }
        if message.ack().is_some() {
            for receipt in receipts {
                receipt.safe().await.map_err(|_| Ended)?;
            }
        }
        let records = logs.refused();
        if records > 0 {
            tracing::warn!(source = self.intake.name(), records, "logs of the forward protocol were refused: they cannot be read");
        }
        Ok(())
    }

    /// Asks the sender for the key.
    async fn greet(&self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin), key: &Secret) -> Result<(), Ended> {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).map_err(|_| Ended)?;
        let greeting = Greeting::new(nonce);
        stream.write_all(&greeting.hello()).await.map_err(|_| Ended)?;
        stream.flush().await.map_err(|_| Ended)?;
        let mut framer = Framer::new(MAX_GREETING);
        let ping = loop {
            // Byte by byte: what comes behind belongs to the messages.
            let byte = stream.read_u8().await.map_err(|_| Ended)?;
            framer.push(&Raw::new(vec![byte]));
            if let Some(ping) = framer.message().map_err(|_| Ended)? {
                break ping;
            }
        };
        let (answer, known) = greeting.answer(&ping, key.reveal(), same);
        stream.write_all(&answer).await.map_err(|_| Ended)?;
        stream.flush().await.map_err(|_| Ended)?;
        if !known {
            self.intake.meter().auth_failed();
            return Err(Ended);
        }
        Ok(())
    }

    fn refuse(&self) -> Ended {
        tracing::warn!(
            source = self.intake.name(),
            "a sender gave a message that is not one of the forward protocol, or has too long a tag for its logs; its connection is ended"
        );
        Ended
    }
}

/// Does work that may take a while without holding up the other tasks of this thread.
fn apart<T>(length: usize, work: impl FnOnce() -> T) -> T {
    if length > INLINE { tokio::task::block_in_place(work) } else { work() }
}
