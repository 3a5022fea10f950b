//! Bodies of requests: read as they come, within memory that all requests of a listener share.
//!
//! A body costs what it takes in memory, packed or open, until its request is answered. A sender that is
//! slow is ended when others need the memory, or when it falls below a rate.

use super::listener::{Answer, answer};
use super::seats::{Mark, Phase, Seats};
use crate::decode::body::{self, BodyError, Encoding};
use crate::decode::otlp;
use crate::record::Raw;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONTENT_ENCODING, HeaderValue};
use hyper::{HeaderMap, Request, StatusCode};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Time in which the next part of a body has to be there, and the first part of a slow one.
const BODY_TIME: Duration = Duration::from_secs(30);
/// Bytes a second that a body has to come with after that.
const RATE: usize = 32 * 1024;
/// Memory that all bodies of a listener may take beside one of the largest.
const MORE: usize = 2 << 20;
/// Bytes of a body that are not counted: each connection has room for them.
const FREE: usize = 4 * 1024;
/// Bytes that are counted as one.
const UNIT: usize = 1024;
/// Bytes that a further call of a connection takes for its headers.
const HEADERS: usize = 12 * 1024;
/// Requests that may wait for memory at once.
const CROWD: usize = 64;
/// Memory for the work on all bodies of a listener, in units. What takes more is worked on alone.
const WORK: usize = 16 * 1024;
/// How often it is tried to get memory, once a second.
const TRIES: usize = 5;
/// Bytes of an open body from which on it is opened beside the other tasks.
const INLINE: usize = 256 * 1024;

/// A request, its body still to be read.
pub(super) struct Incomer {
    pub(super) request: Request<Incoming>,
    max_body: usize,
    grant: Arc<Grant>,
}

/// Memory that the bodies of one listener may take.
pub(super) struct Budget {
    permits: Arc<Semaphore>,
    most: usize,
    seats: Arc<Seats>,
    /// Large bodies are opened one after the other: the allocator keeps memory for each thread that did.
    opening: Semaphore,
    /// Requests that may wait for memory at once: what came for them is held meanwhile.
    crowd: Semaphore,
    /// Memory for what bodies become: records that are scrubbed, and wait for room in the buffer.
    work: Arc<Semaphore>,
}

/// What the body of one request takes.
pub(super) struct Grant {
    budget: Arc<Budget>,
    mark: Arc<Mark>,
    permit: Mutex<Option<OwnedSemaphorePermit>>,
    cost: Cost,
}

/// How the body of a request is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cost {
    /// Of a stream: without its first bytes, and with the patience that a sender needs to whom nothing can be told.
    Stream,
    /// Without its first bytes.
    Alone,
    /// Whole, and with its headers: the connection has other calls.
    Further,
}

/// A body as it came.
pub(super) struct Packed {
    raw: Raw,
    encoding: Encoding,
    max_body: usize,
    grant: Arc<Grant>,
}

impl Budget {
    pub(super) fn new(max_body: usize, seats: Arc<Seats>) -> Arc<Self> {
        let most = max_body.saturating_add(MORE).div_ceil(UNIT).min(u32::MAX as usize);
        Arc::new(Self {
            permits: Arc::new(Semaphore::new(most)),
            most,
            seats,
            opening: Semaphore::new(1),
            crowd: Semaphore::new(CROWD),
            work: Arc::new(Semaphore::new(WORK)),
        })
    }

    /// What a request takes: nothing yet.
    pub(super) fn grant(self: &Arc<Self>, mark: Arc<Mark>) -> Arc<Grant> {
        self.with(mark, Cost::Alone)
    }

    /// What a connection that carries messages takes.
    pub(super) fn stream(self: &Arc<Self>, mark: Arc<Mark>) -> Arc<Grant> {
        self.with(mark, Cost::Stream)
    }

    /// What a call of gRPC takes, which is more at once if its connection has others.
    pub(super) async fn call(self: &Arc<Self>, mark: Arc<Mark>, is_only: bool) -> Result<Arc<Grant>, Answer> {
        let grant = self.with(mark, if is_only { Cost::Alone } else { Cost::Further });
        grant.hold(0, false).await?;
        Ok(grant)
    }

    fn with(self: &Arc<Self>, mark: Arc<Mark>, cost: Cost) -> Arc<Grant> {
        Arc::new(Grant { budget: Arc::clone(self), mark, permit: Mutex::default(), cost })
    }
}

impl Grant {
    /// Has at least, or exactly, so many bytes counted for this request.
    pub(super) async fn hold(&self, bytes: usize, shrink: bool) -> Result<(), Answer> {
        const BUSY: &str = "too much is being received at once";
        let more = self.more(bytes, shrink);
        if more == 0 || self.take_now(more) {
            return Ok(());
        }
        let _place = match self.cost {
            Cost::Stream => None,
            Cost::Alone | Cost::Further => {
                Some(self.budget.crowd.try_acquire().map_err(|_| answer(StatusCode::SERVICE_UNAVAILABLE, BUSY))?)
            }
        };
        for _ in 0..TRIES {
            let permits = Arc::clone(&self.budget.permits);
            if let Ok(Ok(permit)) = tokio::time::timeout(Duration::from_secs(1), permits.acquire_many_owned(more)).await {
                self.add(permit);
                return Ok(());
            }
            self.budget.seats.end_slow_body();
        }
        Err(answer(StatusCode::SERVICE_UNAVAILABLE, BUSY))
    }

    /// The same if there is memory now.
    pub(super) fn try_hold(&self, bytes: usize) -> bool {
        let more = self.more(bytes, true);
        more == 0 || self.take_now(more)
    }

    /// Has memory counted for the work on a body that is complete. Nobody who has it waits for memory of bodies.
    pub(super) async fn work(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Answer> {
        let wanted = u32::try_from(bytes.div_ceil(UNIT).clamp(1, WORK)).unwrap_or(u32::MAX);
        let work = Arc::clone(&self.budget.work).acquire_many_owned(wanted);
        match tokio::time::timeout(Duration::from_secs(TRIES as u64), work).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(answer(StatusCode::SERVICE_UNAVAILABLE, "too much waits to be taken")),
        }
    }

    /// Nothing of the body is there any more.
    pub(super) fn release(&self) {
        self.more(0, true);
    }

    /// What is to be counted beside what is.
    fn more(&self, bytes: usize, shrink: bool) -> u32 {
        let counted = match self.cost {
            Cost::Stream | Cost::Alone => bytes.saturating_sub(FREE),
            Cost::Further => bytes.saturating_add(HEADERS),
        };
        let wanted = counted.div_ceil(UNIT).min(self.budget.most);
        self.mark.hold(bytes);
        {
            let mut own = self.permit.lock().unwrap_or_else(PoisonError::into_inner);
            let held = own.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
            if shrink && wanted < held {
                drop(own.as_mut().and_then(|own| own.split(held - wanted)));
            }
            u32::try_from(wanted.saturating_sub(held)).unwrap_or(u32::MAX)
        }
    }

    fn take_now(&self, more: u32) -> bool {
        let permit = Arc::clone(&self.budget.permits).try_acquire_many_owned(more);
        permit.map(|permit| self.add(permit)).is_ok()
    }

    fn add(&self, permit: OwnedSemaphorePermit) {
        let mut own = self.permit.lock().unwrap_or_else(PoisonError::into_inner);
        match own.as_mut() {
            Some(own) => own.merge(permit),
            None => *own = Some(permit),
        }
    }
}

impl Incomer {
    pub(super) fn new(request: Request<Incoming>, max_body: usize, grant: Arc<Grant>) -> Self {
        grant.mark.set(Phase::Reading);
        Self { request, max_body, grant }
    }

    /// What the request takes.
    pub(super) fn grant(&self) -> Arc<Grant> {
        Arc::clone(&self.grant)
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// Reads the body and opens its encoding.
    pub(super) async fn body(self) -> Result<Raw, Answer> {
        self.packed(|_| ()).await?.open().await
    }

    /// Reads the body; `seen` is shown its parts as they come, for a digest.
    pub(super) async fn packed(self, mut seen: impl FnMut(&[u8])) -> Result<Packed, Answer> {
        let Self { request, max_body, grant } = self;
        let encoding = Encoding::of(request.headers().get(CONTENT_ENCODING).map(HeaderValue::as_bytes).unwrap_or_default())
            .ok_or_else(|| answer(StatusCode::UNSUPPORTED_MEDIA_TYPE, "allowed encodings: gzip, zstd, deflate, identity"))?;
        let mut body = request.into_body();
        let announced = body.size_hint().exact().map(|length| usize::try_from(length).unwrap_or(usize::MAX));
        if announced.is_some_and(|announced| announced > max_body) {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        let begin = Instant::now();
        loop {
            let slow = begin + BODY_TIME + Duration::from_secs((bytes.len() / RATE) as u64);
            let deadline = slow.min(Instant::now() + BODY_TIME);
            let frame = tokio::time::timeout_at(deadline, body.frame())
                .await
                .map_err(|_| answer(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time"))?;
            let Some(frame) = frame else { break };
            let frame = frame.map_err(|_| answer(StatusCode::BAD_REQUEST, "the body ended too early"))?;
            let part = frame.data_ref().map(Bytes::as_ref).unwrap_or_default();
            let length = bytes.len() + part.len();
            if length > max_body {
                return Err(too_large());
            }
            if length > bytes.capacity() {
                // Memory follows what has come, not what was announced.
                let room = length.max(2 * bytes.capacity()).max(FREE).min(announced.unwrap_or(max_body).max(length));
                grant.hold(room, false).await?;
                bytes.reserve_exact(room - bytes.len());
            }
            bytes.extend_from_slice(part);
            seen(part);
        }
        grant.mark.set(Phase::Answering);
        Ok(Packed { raw: Raw::new(bytes), encoding, max_body, grant })
    }
}

impl Packed {
    /// Takes the message of a call of gRPC out of its frame, and opens its encoding.
    pub(super) async fn message(mut self, encoding: Encoding) -> Result<Raw, Answer> {
        let compressed = otlp::unframe(&mut self.raw).map_err(|_| answer(StatusCode::BAD_REQUEST, "the call has not one message"))?;
        self.encoding = if compressed { encoding } else { Encoding::Identity };
        self.open().await
    }

    /// Opens the encoding.
    pub(super) async fn open(self) -> Result<Raw, Answer> {
        let Self { raw, encoding, max_body, grant } = self;
        if encoding == Encoding::Identity {
            return Ok(raw);
        }
        // What text becomes usually. What becomes more is measured first, and opened with memory for just that.
        let usual = raw.len().saturating_mul(16).saturating_add(64 * 1024).min(max_body);
        grant.hold(raw.len() + usual, false).await?;
        let raw = Arc::new(raw);
        let mut opened = grant.apart(usual, &raw, move |raw| body::unpack(raw, encoding, usual, body::LEAST)).await?;
        if matches!(opened, Err(BodyError::TooLarge)) && usual < max_body {
            // Whoever waits for more holds no more than what came: several could wait for each other.
            grant.hold(raw.len(), true).await?;
            let length = grant.apart(max_body, &raw, move |raw| body::measure(raw, encoding, max_body)).await?.map_err(refused)?;
            grant.hold(raw.len() + length, false).await?;
            opened = grant.apart(length, &raw, move |raw| body::unpack(raw, encoding, length, length + 1)).await?;
        }
        let opened = opened.map_err(refused)?;
        grant.hold(opened.len(), true).await?;
        Ok(opened)
    }
}

impl Grant {
    /// Does work on a body that may become so large: beside the other tasks when that takes a while.
    async fn apart<T: Send + 'static>(
        &self,
        size: usize,
        raw: &Arc<Raw>,
        work: impl FnOnce(&Raw) -> T + Send + 'static,
    ) -> Result<T, Answer> {
        if size <= INLINE {
            return Ok(work(raw));
        }
        let _turn = self.budget.opening.acquire().await;
        let raw = Arc::clone(raw);
        let work = tokio::task::spawn_blocking(move || work(&raw));
        work.await.map_err(|_| answer(StatusCode::INTERNAL_SERVER_ERROR, "the body was not opened"))
    }
}

fn refused(error: BodyError) -> Answer {
    match error {
        BodyError::TooLarge => too_large(),
        BodyError::Damaged => answer(StatusCode::BAD_REQUEST, "the body does not decompress"),
    }
}

fn too_large() -> Answer {
    answer(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than `max_body` allows")
}
