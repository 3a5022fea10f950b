//! Whether a bucket is what the configuration says: its region, its versioning, its lock.
//!
//! An answer that says otherwise refuses the start. No answer at all does not: the records wait, and
//! the bucket is asked again before the first object.

use super::super::SendError;
use super::super::aws;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types::{BucketVersioningStatus, ObjectLockEnabled};

/// What a bucket is.
#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    /// What the configuration says.
    Right,
    /// Not what it says.
    Wrong(&'static str),
    /// There was no answer.
    Unknown(&'static str),
}

const ELSEWHERE: &str = "the bucket lies in another region than the configuration says";

/// Asks the store about a bucket.
pub(crate) async fn bucket(client: &Client, bucket: &str, region: &str, is_locked: bool) -> Verdict {
    match client.head_bucket().bucket(bucket).send().await {
        Ok(answer) if answer.bucket_region().is_some_and(|found| found != region) => return Verdict::Wrong(ELSEWHERE),
        Ok(_) => {}
        Err(error) => {
            let found = error.raw_response().and_then(|answer| answer.headers().get("x-amz-bucket-region"));
            if found.is_some_and(|found| found != region) {
                return Verdict::Wrong(ELSEWHERE);
            }
            return failed(&error, ABSENT, "the credentials may not ask for the bucket (s3:ListBucket)");
        }
    }
    if !is_locked {
        return Verdict::Right;
    }
    let is_locked = match client.get_object_lock_configuration().bucket(bucket).send().await {
        Ok(answer) => answer.object_lock_configuration().and_then(|lock| lock.object_lock_enabled()) == Some(&ObjectLockEnabled::Enabled),
        Err(error) => match failed(&error, UNLOCKED, "the credentials may not ask for the lock (s3:GetBucketObjectLockConfiguration)") {
            Verdict::Wrong(UNLOCKED) => false,
            other => return other,
        },
    };
    match client.get_bucket_versioning().bucket(bucket).send().await {
        Ok(answer) if answer.status() != Some(&BucketVersioningStatus::Enabled) => {
            Verdict::Wrong("the bucket has no versioning, which `object_lock` needs")
        }
        _ if !is_locked => Verdict::Wrong(UNLOCKED),
        Ok(_) => Verdict::Right,
        // A lock cannot be without versioning: an answer in an unknown form takes nothing back.
        Err(error) if error.raw_response().is_some_and(|answer| answer.status().is_success()) => Verdict::Right,
        Err(error) => failed(&error, ABSENT, "the credentials may not ask for the versioning (s3:GetBucketVersioning)"),
    }
}

const ABSENT: &str = "the bucket does not exist";
const UNLOCKED: &str = "the bucket has no Object Lock, which `object_lock` asks for";

fn failed<E: ProvideErrorMetadata>(error: &SdkError<E>, absent: &'static str, forbidden: &'static str) -> Verdict {
    match (error.raw_response().map(|answer| answer.status().as_u16()), error.code()) {
        (Some(404), _) => Verdict::Wrong(absent),
        (Some(301), _) => Verdict::Wrong(ELSEWHERE),
        (Some(403), _) => Verdict::Wrong(forbidden),
        _ => match aws::failure(error, SendError::retry("the store does not answer the question")) {
            SendError::Retry { reason, .. } => Verdict::Unknown(reason),
            _ => Verdict::Unknown("the store does not answer the question"),
        },
    }
}
