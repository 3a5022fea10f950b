//! Amazon S3 and what speaks its protocol, as a store of a replay.
//!
//! Where it sends to, and how it signs, is as with the sink `s3`. Here nobody else tries again: what may
//! pass is asked again with growing pauses, a body that is cut is read on from its next byte, and an object
//! that changed meanwhile is refused. A part of a large object is sent while the next one fills, so that
//! memory is bounded whatever the size; an upload that is not kept is taken back.

use super::store::{Listed, Store, StoreOptions, Upload};
use crate::sinks::SendError;
use crate::sinks::aws::{self, Place};
use crate::sinks::s3::check::{self, Verdict};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use bytes::{Buf, Bytes};
use std::future::Future;
use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// How often something is asked for before it has failed.
const ATTEMPTS: u32 = 9;
/// First and longest pause between two attempts.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(20));
/// Longest wait for an answer, and for the next bytes of one.
const WAIT: Duration = Duration::from_secs(60);
/// Bytes of a part. It grows, because an object has at most 10,000 of them.
const PART: usize = 8 << 20;
/// Parts after which it grows by as much again.
const GROWS: usize = 500;

/// A connection to a store.
#[derive(Clone)]
pub(super) struct Client {
    runtime: Arc<Runtime>,
    client: aws_sdk_s3::Client,
    region: String,
}

impl Client {
    pub(super) fn open(options: &StoreOptions) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let (client, region) = runtime.block_on(async {
            let region = match &options.region {
                Some(region) => region.clone(),
                None => {
                    let chain = aws_config::default_provider::region::DefaultRegionChain::builder().build();
                    let region = chain.region().await.ok_or_else(|| io::Error::other("its region is not known: give `--s3-region`"))?;
                    region.as_ref().to_owned()
                }
            };
            let endpoint = options.endpoint.as_deref();
            let place = Place::of(region.clone(), endpoint, options.ca.clone(), WAIT)
                .ok_or_else(|| io::Error::other("the endpoint is no `http://` or `https://` address of a host alone"))?;
            let config = aws_sdk_s3::config::Builder::from(&place.open().await?);
            let config = config.force_path_style(endpoint.is_some()).disable_multi_region_access_points(true).build();
            Ok::<_, io::Error>((aws_sdk_s3::Client::from_conf(config), region))
        })?;
        Ok(Self { runtime: Arc::new(runtime), client, region })
    }

    /// A bucket, if it is there and lies in the region.
    pub(super) fn bucket(&self, name: &str) -> io::Result<Bucket> {
        let bucket = Bucket { at: self.clone(), name: name.to_owned() };
        let mut pause = PAUSES.0;
        for _ in 0..ATTEMPTS {
            match self.runtime.block_on(check::bucket(&self.client, name, &self.region, false)) {
                Verdict::Right => return Ok(bucket),
                Verdict::Wrong(reason) => return Err(io::Error::other(reason)),
                Verdict::Unknown(_) => std::thread::sleep(pause),
            }
            pause = (2 * pause).min(PAUSES.1);
        }
        Err(io::Error::other("the store does not answer"))
    }
}

/// A bucket.
#[derive(Clone)]
pub(super) struct Bucket {
    at: Client,
    name: String,
}

/// Asks until there is an answer that will not change.
async fn again<T, E, F>(ask: impl Fn() -> F) -> io::Result<T>
where
    E: ProvideErrorMetadata,
    F: Future<Output = Result<T, SdkError<E>>>,
{
    let mut attempt = 0;
    loop {
        let error = match ask().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        match error.raw_response().map(|answer| answer.status().as_u16()) {
            Some(404) => return Err(io::Error::new(ErrorKind::NotFound, "it is not there")),
            Some(401 | 403) => return Err(io::Error::new(ErrorKind::PermissionDenied, "the credentials may not do this")),
            Some(412) => return Err(io::Error::new(ErrorKind::InvalidData, "it was changed meanwhile")),
            _ => {}
        }
        attempt += 1;
        match aws::failure(&error, SendError::Refused { reason: "the store does not take the request" }) {
            SendError::Retry { after, .. } if attempt < ATTEMPTS => pause(attempt, after).await,
            SendError::Retry { reason, .. } => return Err(io::Error::new(ErrorKind::ConnectionAborted, reason)),
            SendError::Refused { reason } => return Err(io::Error::new(ErrorKind::InvalidInput, reason)),
            _ => return Err(io::Error::other("the store does not take it")),
        }
    }
}

/// Waits longer each time, and not as long as others who wait.
async fn pause(attempt: u32, after: Option<Duration>) {
    let mut chance = [0];
    let _ = getrandom::fill(&mut chance);
    let longest = PAUSES.0.saturating_mul(1 << attempt.min(10)).min(PAUSES.1);
    let [chance] = chance;
    tokio::time::sleep(after.map_or(longest.mul_f64(0.5 + f64::from(chance) / 512.0), |after| after.min(WAIT))).await;
}

impl Store for Bucket {
    fn list(&self, prefix: &str, take: &mut dyn FnMut(Listed)) -> io::Result<()> {
        let mut token: Option<String> = None;
        loop {
            let ask = || {
                let list = self.at.client.list_objects_v2().bucket(&self.name).prefix(prefix);
                list.set_continuation_token(token.clone()).send()
            };
            let page = self.at.runtime.block_on(again(ask))?;
            for object in page.contents() {
                let modified = object.last_modified().and_then(|time| SystemTime::try_from(*time).ok());
                let size = object.size().and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
                let version = object.e_tag().unwrap_or_default().to_owned();
                take(Listed { key: object.key().unwrap_or_default().to_owned(), size, modified, version });
            }
            if !page.is_truncated().unwrap_or(false) {
                return Ok(());
            }
            token =
                Some(page.next_continuation_token().ok_or_else(|| io::Error::other("the list of the store ends too early"))?.to_owned());
        }
    }

    fn find(&self, key: &str) -> io::Result<Option<Listed>> {
        let ask = || self.at.client.head_object().bucket(&self.name).key(key).send();
        match self.at.runtime.block_on(again(ask)) {
            Ok(found) => {
                let size = found.content_length().and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
                let version = found.e_tag().unwrap_or_default().to_owned();
                Ok(Some(Listed { key: key.to_owned(), size, modified: None, version }))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn open(&self, object: &Listed) -> Box<dyn Read + Send> {
        Box::new(Body {
            bucket: self.clone(),
            key: object.key.clone(),
            version: object.version.clone(),
            size: object.size,
            at: 0,
            stream: None,
            is_whole: true,
            chunk: Bytes::new(),
            failures: 0,
        })
    }

    fn create(&self, key: &str) -> Box<dyn Upload> {
        let parts = Vec::new();
        Box::new(Parts { bucket: self.clone(), key: key.to_owned(), buffer: Vec::new(), upload: None, parts, under_way: None, size: 0 })
    }
}

/// An object that is read.
struct Body {
    bucket: Bucket,
    key: String,
    version: String,
    size: u64,
    at: u64,
    stream: Option<ByteStream>,
    /// Whether the stream began with the first byte: then its end says whether the checksum fits.
    is_whole: bool,
    chunk: Bytes,
    failures: u32,
}

impl Body {
    /// The next bytes; none at the end.
    async fn more(&mut self) -> io::Result<Bytes> {
        while self.at < self.size {
            let Some(stream) = &mut self.stream else {
                self.stream = Some(self.ask().await?);
                continue;
            };
            match tokio::time::timeout(WAIT, stream.next()).await {
                Ok(Some(Ok(mut chunk))) => {
                    chunk.truncate(usize::try_from(self.size - self.at).unwrap_or(usize::MAX));
                    if !chunk.is_empty() {
                        self.failures = 0;
                        self.at += chunk.len() as u64;
                        return Ok(chunk);
                    }
                }
                // It was cut, or nothing comes any more.
                _ => {
                    self.stream = None;
                    self.failures += 1;
                    if self.failures >= ATTEMPTS {
                        return Err(io::Error::new(ErrorKind::ConnectionAborted, "the connection is cut again and again"));
                    }
                    pause(self.failures, None).await;
                }
            }
        }
        if let Some(mut stream) = self.stream.take().filter(|_| self.is_whole)
            && let Ok(Some(Err(_))) = tokio::time::timeout(WAIT, stream.next()).await
        {
            return Err(io::Error::new(ErrorKind::InvalidData, "the checksum of the object does not fit"));
        }
        Ok(Bytes::new())
    }

    async fn ask(&mut self) -> io::Result<ByteStream> {
        self.is_whole = self.at == 0;
        let range = (!self.is_whole).then(|| format!("bytes={}-", self.at));
        let match_ = (!self.version.is_empty()).then(|| self.version.clone());
        let ask = || {
            let get = self.bucket.at.client.get_object().bucket(&self.bucket.name).key(&self.key);
            get.set_range(range.clone()).set_if_match(match_.clone()).send()
        };
        Ok(again(ask).await?.body)
    }
}

impl Read for Body {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.chunk.is_empty() {
            let runtime = Arc::clone(&self.bucket.at.runtime);
            self.chunk = runtime.block_on(self.more())?;
        }
        let length = room.len().min(self.chunk.len());
        if let Some(room) = room.get_mut(..length) {
            self.chunk.copy_to_slice(room);
        }
        Ok(length)
    }
}

/// An object that is written.
struct Parts {
    bucket: Bucket,
    key: String,
    buffer: Vec<u8>,
    /// Identifier of the upload, once there is more than one part.
    upload: Option<String>,
    parts: Vec<CompletedPart>,
    under_way: Option<JoinHandle<io::Result<CompletedPart>>>,
    size: u64,
}

impl Parts {
    /// Waits for the part that is under way, and sends what is held.
    fn part(&mut self) -> io::Result<()> {
        let runtime = Arc::clone(&self.bucket.at.runtime);
        runtime.block_on(async {
            self.arrived().await?;
            let upload = match &self.upload {
                Some(upload) => upload.clone(),
                None => self.begin().await?,
            };
            let number = i32::try_from(self.parts.len() + 1).unwrap_or(i32::MAX);
            let (bucket, key, body) = (self.bucket.clone(), self.key.clone(), Bytes::from(std::mem::take(&mut self.buffer)));
            self.under_way = Some(tokio::spawn(async move {
                let ask = || {
                    let part = bucket.at.client.upload_part().bucket(&bucket.name).key(&key).upload_id(&upload).part_number(number);
                    part.checksum_algorithm(ChecksumAlgorithm::Sha256).body(ByteStream::from(body.clone())).send()
                };
                let taken = again(ask).await?;
                let part = CompletedPart::builder().part_number(number);
                Ok(part.set_e_tag(taken.e_tag).set_checksum_sha256(taken.checksum_sha256).build())
            }));
            Ok(())
        })
    }

    async fn arrived(&mut self) -> io::Result<()> {
        if let Some(part) = self.under_way.take() {
            self.parts.push(part.await.map_err(io::Error::other)??);
        }
        Ok(())
    }

    /// Begins an upload of several parts, and takes back one that a kill left behind.
    async fn begin(&mut self) -> io::Result<String> {
        let client = &self.bucket.at.client;
        let old = client.list_multipart_uploads().bucket(&self.bucket.name).prefix(&self.key).send().await;
        for upload in old.iter().flat_map(|old| old.uploads()).filter(|upload| upload.key() == Some(&self.key)) {
            if let Some(id) = upload.upload_id() {
                let _ = client.abort_multipart_upload().bucket(&self.bucket.name).key(&self.key).upload_id(id).send().await;
            }
        }
        let ask = || {
            let begin = client.create_multipart_upload().bucket(&self.bucket.name).key(&self.key);
            begin.checksum_algorithm(ChecksumAlgorithm::Sha256).send()
        };
        let id = again(ask).await?.upload_id.ok_or_else(|| io::Error::other("the store gives the upload no identifier"))?;
        self.upload = Some(id.clone());
        Ok(id)
    }

    /// Puts the parts together.
    async fn complete(&mut self, upload: &str) -> io::Result<()> {
        self.arrived().await?;
        let whole = CompletedMultipartUpload::builder().set_parts(Some(self.parts.clone())).build();
        let ask = || {
            let complete = self.bucket.at.client.complete_multipart_upload().bucket(&self.bucket.name).key(&self.key);
            complete.upload_id(upload).multipart_upload(whole.clone()).send()
        };
        again(ask).await.map(|_| ())
    }
}

impl Upload for Parts {
    fn keep(mut self: Box<Self>) -> io::Result<()> {
        let bucket = self.bucket.clone();
        let Some(upload) = self.upload.clone() else {
            let body = Bytes::from(std::mem::take(&mut self.buffer));
            let ask = || {
                let put = bucket.at.client.put_object().bucket(&bucket.name).key(&self.key);
                put.checksum_algorithm(ChecksumAlgorithm::Sha256).body(ByteStream::from(body.clone())).send()
            };
            return bucket.at.runtime.block_on(again(ask)).map(|_| ());
        };
        if !self.buffer.is_empty() {
            self.part()?;
        }
        let outcome = bucket.at.runtime.block_on(self.complete(&upload));
        let outcome = match outcome {
            // An answer that was lost: the upload is gone, and the object is there.
            Err(error) if error.kind() == ErrorKind::NotFound => match bucket.find(&self.key)? {
                Some(found) if found.size == self.size => Ok(()),
                _ => Err(error),
            },
            outcome => outcome,
        };
        if outcome.is_ok() {
            self.upload = None;
        }
        outcome
    }
}

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = PART * (1 + self.parts.len() / GROWS);
        let length = bytes.len().min(part - self.buffer.len().min(part));
        self.buffer.extend_from_slice(bytes.get(..length).unwrap_or_default());
        self.size += length as u64;
        if self.buffer.len() >= part {
            self.part()?;
        }
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        let Some(upload) = self.upload.take() else { return };
        let at = &self.bucket.at;
        at.runtime.block_on(async {
            if let Some(part) = self.under_way.take() {
                part.abort();
                let _ = part.await;
            }
            let _ = at.client.abort_multipart_upload().bucket(&self.bucket.name).key(&self.key).upload_id(upload).send().await;
        });
    }
}
