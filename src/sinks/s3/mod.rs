//! Records as objects of NDJSON in Amazon S3, or in a store that speaks its protocol.
//!
//! One request is one object. Its key is made from the origin and the times of its records and a
//! hash over their places, so that a request that is sent again writes the same object again. Before
//! the first object the bucket has to be what the configuration says ([`check`]).

pub(crate) mod check;
mod object;

use super::aws::{self, Place};
use super::care::{self, Care};
use super::template::{Store, Template};
use super::{Builder, Kind, Limits, Request, SendError, Sink, encode};
use crate::config::fields::{At, Fields};
use crate::config::{Component, Problems};
use crate::record::{Origin, Record};
use crate::task::Task;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{ChecksumAlgorithm, ObjectLockMode, ServerSideEncryption};
use check::Verdict;
use object::{Compression, Salt};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

pub(super) const KIND: Kind = Kind {
    name: "s3",
    summary: "objects of NDJSON to Amazon S3",
    example: "{ type: s3, region: eu-west-1, bucket: logs-eu, sse: { kms_key: alias/logs } }",
    leaves: true,
    build,
};

/// Bytes of an object before it is compressed.
const OBJECT: u64 = 8 << 20;
/// Most bytes of an object in one request, by the store's own limit.
const MOST: u64 = 5 << 30;

const KEY: Store = Store {
    keeps: |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'),
    escape: '%',
    most: 1024,
    most_of_part: 255,
    own: &[("date", 10), ("hour", 2), ("time", 20), ("id", object::ID)],
};

/// How objects are encrypted in the store.
enum Encryption {
    /// As the bucket says.
    Bucket,
    Aes256,
    Kms(String),
}

/// For how long no version of an object can be deleted.
#[derive(Clone)]
struct Lock {
    mode: ObjectLockMode,
    retain: Duration,
}

struct Options {
    name: String,
    place: Place,
    bucket: String,
    key: Template,
    encryption: Encryption,
    lock: Option<Lock>,
    compression: Compression,
    limits: Limits,
}

fn build(fields: &mut Fields<'_>, component: &Component, problems: &mut Problems) -> Option<Box<dyn Builder>> {
    let place = Place::read(fields, component, problems);
    let bucket = fields.take("bucket").and_then(|at| {
        const FORM: &str = "the name of a bucket: 3 to 63 small letters, digits, `.` and `-`";
        let bucket = at.text(problems, FORM)?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
        let ends = bucket.starts_with(['.', '-']) || bucket.ends_with(['.', '-']) || bucket.contains("..");
        if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(plain) || ends {
            at.wrong_as(problems, "another text", FORM);
            return None;
        }
        Some(bucket.to_owned())
    });
    let compression = fields.take("compression").and_then(|at| at.choice(problems, &Compression::CHOICES)).unwrap_or(Compression::Zstd);
    let key = match fields.take("key") {
        Some(at) => key(&at, problems),
        None => {
            let end = compression.end();
            Template::parse(&format!("{{source}}/region={{region}}/dt={{date}}/hour={{hour}}/{{time}}-{{id}}.ndjson{end}"), &KEY).ok()
        }
    };
    let encryption = fields.take("sse").map_or(Some(Encryption::Bucket), |at| encryption(&at, component, problems));
    let lock = fields.take("object_lock").map(|at| lock(&at, problems));
    let bytes = fields.take("max_batch").and_then(|at| {
        let bytes = at.bytes(problems)?;
        if bytes > MOST {
            at.wrong_as(problems, "another value", "at most 5GiB, the store's limit for one request");
        }
        Some(bytes)
    });
    let linger = fields.take("linger").and_then(|at| at.duration(problems)).unwrap_or(Duration::from_secs(1));
    let requests = fields.take("concurrency").and_then(|at| at.number(problems, 1, 64)).unwrap_or(2);
    let limits = Limits {
        bytes: usize::try_from(bytes.unwrap_or(OBJECT)).unwrap_or(usize::MAX),
        records: usize::MAX,
        requests: usize::try_from(requests).unwrap_or(1),
        linger,
    };
    let lock = match lock {
        Some(lock) => Some(lock?),
        None => None,
    };
    let name = component.name.clone();
    Some(Box::new(Options { name, place: place?, bucket: bucket?, key: key?, encryption: encryption?, lock, compression, limits }))
}

fn key(at: &At<'_>, problems: &mut Problems) -> Option<Template> {
    let template = Template::read(at, problems, &KEY)?;
    let text: String = template.texts().collect::<Vec<_>>().join("x");
    let step = text.split('/').any(|part| matches!(part, "." | ".."));
    let starts = template.texts().next().is_some_and(|first| at.text(problems, "").is_some_and(|whole| whole.starts_with(first)))
        && text.starts_with('/');
    if step || starts || text.contains("//") || !template.has("id") {
        at.wrong_as(problems, "another text", "a key with `{id}` that does not begin with `/` and has no `..` and no `//`");
        return None;
    }
    Some(template)
}

fn encryption(at: &At<'_>, component: &Component, problems: &mut Problems) -> Option<Encryption> {
    const FORM: &str = "`aes256` or `{ kms_key: KEY }`";
    if at.node.what() != "a map" {
        return at.choice(problems, &[("aes256", ())]).map(|()| Encryption::Aes256);
    }
    let mut fields = at.map(problems, FORM)?;
    let key = fields.take("kms_key").and_then(|key| {
        let name = key.text(problems, "a key, such as `alias/logs`")?;
        aws::key_lies_here(&key, name, component, problems);
        Some(name)
    });
    fields.finish(problems);
    if key.is_none() {
        at.wrong_as(problems, "a map without `kms_key`", FORM);
    }
    key.map(|key| Encryption::Kms(key.to_owned()))
}

fn lock(at: &At<'_>, problems: &mut Problems) -> Option<Lock> {
    const FORM: &str = "`{ mode: governance, retain: 30d }`";
    let mut fields = at.map(problems, FORM)?;
    let modes = [("governance", false), ("compliance", true)];
    let strict = fields.take("mode").and_then(|mode| mode.choice(problems, &modes));
    let retain = fields.take("retain").and_then(|retain| retain.duration(problems));
    fields.finish(problems);
    let (Some(strict), Some(retain)) = (strict, retain) else {
        at.wrong_as(problems, "a map without `mode` or `retain`", FORM);
        return None;
    };
    Some(Lock { mode: if strict { ObjectLockMode::Compliance } else { ObjectLockMode::Governance }, retain })
}

impl Builder for Options {
    fn open(self: Box<Self>) -> Task<'static, io::Result<Arc<dyn Sink>>> {
        Box::pin(async move {
            let config = aws_sdk_s3::config::Builder::from(&self.place.open().await?);
            // A store of one's own rarely has a host name for each bucket.
            let config = config.force_path_style(self.place.endpoint.is_some()).disable_multi_region_access_points(true).build();
            let (client, salt) = (Client::from_conf(config), Salt::new()?);
            Ok(Arc::new(S3 { client, salt, is_right: AtomicBool::new(false), options: *self }) as Arc<dyn Sink>)
        })
    }

    fn ready(&self) -> io::Result<()> {
        self.place.ready()
    }

    fn plaintext(&self) -> Option<String> {
        self.place.plaintext()
    }

    fn care(&self) -> Care {
        let is_own = self.place.endpoint.is_some();
        let at_rest = match self.encryption {
            Encryption::Kms(_) => "SSE-KMS",
            Encryption::Aes256 => "SSE-S3",
            Encryption::Bucket => "as the bucket says",
        };
        let unlocked = match &self.lock {
            None => Some("retention, and who deletes objects"),
            Some(lock) if lock.mode == ObjectLockMode::Governance => Some("deletion by who may bypass the lock"),
            Some(_) => None,
        };
        let unknown = (is_own && matches!(self.encryption, Encryption::Bucket)).then_some(care::AT_REST);
        let copies = Some("where replication rules copy objects");
        let mode = |lock: &Lock| if lock.mode == ObjectLockMode::Governance { "governance" } else { "compliance" };
        let days = |lock: &Lock| lock.retain.as_secs() / (24 * 3600);
        Care {
            transport: self.place.transport(),
            at_rest,
            retention: self
                .lock
                .as_ref()
                .map_or_else(|| "as the bucket says".to_owned(), |lock| format!("locked {}d ({})", days(lock), mode(lock))),
            not_enforceable: [unlocked, copies, unknown].into_iter().flatten().chain(self.place.not_enforceable()).collect(),
        }
    }

    fn places(&self) -> Vec<(&'static str, &str, bool)> {
        self.key.names().map(|(name, says)| ("key", name, says)).collect()
    }
}

struct S3 {
    client: Client,
    salt: Salt,
    /// Whether the bucket was seen to be what the configuration says.
    is_right: AtomicBool,
    options: Options,
}

impl Sink for S3 {
    fn limits(&self) -> Limits {
        self.options.limits
    }

    fn cost(&self, origin: &Origin, record: &Record<'_>) -> usize {
        encode::cost(origin, record)
    }

    fn partition(&self, origin: &Origin) -> String {
        self.options.key.render(origin, &KEY)
    }

    fn send<'s>(&'s self, request: &'s Request) -> Task<'s, Result<(), SendError>> {
        Box::pin(async move {
            if !self.is_right.load(Ordering::Relaxed) {
                match self.verdict().await {
                    Verdict::Right => self.is_right.store(true, Ordering::Relaxed),
                    Verdict::Unknown(reason) | Verdict::Wrong(reason) => return Err(SendError::retry(reason)),
                }
            }
            let key = object::key(request, &self.options.name, &self.salt);
            let body = object::pack(request, self.options.compression).await?;
            self.put(key, body).await
        })
    }

    fn check(&self) -> Task<'_, Result<(), String>> {
        Box::pin(async move {
            match self.verdict().await {
                Verdict::Right => self.is_right.store(true, Ordering::Relaxed),
                Verdict::Unknown(reason) => {
                    tracing::warn!(sink = %self.options.name, reason, "the bucket cannot be checked yet; nothing is sent before");
                }
                Verdict::Wrong(reason) => return Err(reason.to_owned()),
            }
            Ok(())
        })
    }
}

impl S3 {
    async fn verdict(&self) -> Verdict {
        check::bucket(&self.client, &self.options.bucket, &self.options.place.region, self.options.lock.is_some()).await
    }

    async fn put(&self, key: String, body: Vec<u8>) -> Result<(), SendError> {
        let options = &self.options;
        let mut put = self.client.put_object().bucket(&options.bucket).key(key).body(ByteStream::from(body));
        put = put.checksum_algorithm(ChecksumAlgorithm::Sha256).content_type(options.compression.content_type());
        put = put.metadata("residency-region", options.place.region.as_str());
        put = match &options.encryption {
            Encryption::Bucket => put,
            Encryption::Aes256 => put.server_side_encryption(ServerSideEncryption::Aes256),
            Encryption::Kms(key) => put.server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id(key),
        };
        if let Some(lock) = &options.lock {
            let until = SystemTime::now().checked_add(lock.retain).ok_or(SendError::Refused { reason: "the lock ends too late" })?;
            put = put.object_lock_mode(lock.mode.clone()).object_lock_retain_until_date(DateTime::from(until));
        }
        let Err(error) = put.send().await else { return Ok(()) };
        Err(match error.code() {
            Some("KeyTooLongError" | "InvalidURI") => SendError::Refused { reason: "the store does not take the key" },
            // A good object is never wrong in itself: bucket, key or lock are, and somebody can set them right.
            _ => aws::failure(&error, SendError::retry("the bucket does not take the object")),
        })
    }
}
