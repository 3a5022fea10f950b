//! What the sinks that speak to AWS have in common: where they send to, how they sign, what an error means.
//!
//! The clients are made from the configuration alone. Variables such as `AWS_ENDPOINT_URL` and
//! `HTTPS_PROXY` do not move a record, redirects are not followed, and nothing is tried twice: that is
//! the driver's. Credentials come by the official chain.

use super::care::{self, Transport};
use super::{SendError, host};
use crate::config::fields::{At, Fields};
use crate::config::{Component, Problems};
use crate::residency;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::identity::IdentityCache;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::{SharedCredentialsProvider, StalledStreamProtectionConfig};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use hyper::Uri;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Where a sink sends to.
pub(crate) struct Place {
    /// Region of the sink; an endpoint lies there too.
    pub(super) region: String,
    /// Address that takes the place of the provider's own.
    pub(super) endpoint: Option<Uri>,
    ca: Option<PathBuf>,
    timeout: Duration,
}

impl Place {
    /// Reads `endpoint`, `endpoint_region`, `ca` and `timeout`.
    pub(super) fn read(fields: &mut Fields<'_>, component: &Component, problems: &mut Problems) -> Option<Self> {
        const ENDPOINT: &str = "a URL such as `https://vpce-0a1b-logs.eu-west-1.vpce.amazonaws.com`";
        const REGION: &str = "the region where `endpoint` lies";
        let before = problems.len();
        let endpoint = fields.take("endpoint");
        let region = fields.take("endpoint_region");
        match (&endpoint, &region) {
            (Some(endpoint), None) => {
                endpoint.wrong_as(problems, "an endpoint without `endpoint_region`", REGION);
            }
            (None, Some(region)) => region.wrong_as(problems, "a region without `endpoint`", "both or none"),
            _ => {}
        }
        let endpoint = endpoint.and_then(|at| {
            let url = at.text(problems, ENDPOINT)?.parse::<Uri>().ok().filter(is_endpoint);
            if url.is_none() {
                at.wrong_as(problems, "another text", format!("{ENDPOINT}, without a path, a user or a password in it"));
            }
            let url = url?;
            host::check(&at, &url, component.region.as_deref(), problems);
            Some(url)
        });
        let provider = component.region.as_deref().and_then(residency::Region::find).map(|region| region.provider);
        if endpoint.is_none() && provider.is_some_and(|provider| provider != "aws") {
            problems.add(component.problem_at("region", "a region of another provider", "a region of AWS".to_owned()));
        }
        if let Some(at) = region
            && let Some(name) = at.text(problems, REGION)
            && component.region.as_deref().is_some_and(|own| own != name)
        {
            at.wrong_as(problems, "another region than `region`", "the same: an endpoint lies where its sink lies");
        }
        let ca = fields.take("ca").and_then(|at| at.text(problems, "a PEM file of certificates")).map(PathBuf::from);
        let timeout = fields.take("timeout").and_then(|at| at.duration(problems)).unwrap_or(Duration::from_secs(30));
        // Without one there is a problem already.
        let region = component.region.clone().unwrap_or_default();
        (problems.len() == before).then_some(Self { region, endpoint, ca, timeout })
    }

    /// A place that no configuration names. Nothing if the endpoint is no address of a host.
    pub(crate) fn of(region: String, endpoint: Option<&str>, ca: Option<PathBuf>, timeout: Duration) -> Option<Self> {
        let endpoint = match endpoint {
            Some(endpoint) => Some(endpoint.parse().ok().filter(is_endpoint)?),
            None => None,
        };
        Some(Self { region, endpoint, ca, timeout })
    }

    /// The host that is sent to without TLS.
    pub(super) fn plaintext(&self) -> Option<String> {
        let endpoint = self.endpoint.as_ref().filter(|endpoint| endpoint.scheme_str() == Some("http"))?;
        endpoint.host().map(str::to_owned)
    }

    /// How records travel there.
    pub(super) fn transport(&self) -> Transport {
        Transport::of(self.plaintext().as_ref())
    }

    /// What an address of one's own leaves open.
    pub(super) fn not_enforceable(&self) -> Option<&'static str> {
        self.endpoint.is_some().then_some(care::ENDPOINT)
    }

    /// Whether what its file of certificates holds can be read.
    pub(super) fn ready(&self) -> io::Result<()> {
        self.ca.as_ref().map_or(Ok(()), |ca| std::fs::read(ca).map(drop))
    }

    /// What clients are made from.
    pub(crate) async fn open(&self) -> io::Result<SdkConfig> {
        let mut tls = TlsContext::builder();
        if let Some(ca) = &self.ca {
            tls = tls.with_trust_store(TrustStore::empty().with_pem_certificate(std::fs::read(ca)?));
        }
        let tls = tls.build().map_err(io::Error::other)?;
        // A client that is made by hand asks no variable for a proxy.
        let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(tls).build_https();
        let region = Region::new(self.region.clone());
        let provider = ProviderConfig::default().with_http_client(http.clone()).with_region(Some(region.clone()));
        let credentials = DefaultCredentialsChain::builder().region(region.clone()).configure(provider).build().await;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT.min(self.timeout))
            .read_timeout(self.timeout)
            .operation_attempt_timeout(self.timeout)
            .operation_timeout(self.timeout)
            .build();
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(region)
            .http_client(http)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .identity_cache(IdentityCache::lazy().load_timeout(self.timeout.min(Duration::from_secs(10))).build())
            .timeout_config(timeouts)
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        if let Some(endpoint) = &self.endpoint {
            config = config.endpoint_url(endpoint.to_string());
        }
        Ok(config.build())
    }
}

fn is_endpoint(url: &Uri) -> bool {
    matches!(url.scheme_str(), Some("http" | "https"))
        && url.authority().is_some_and(|authority| !authority.as_str().contains('@'))
        && matches!(url.path(), "" | "/")
        && url.query().is_none()
}

/// Adds a problem if a key is named with a region (an ARN) that is not the sink's.
pub(super) fn key_lies_here(at: &At<'_>, key: &str, component: &Component, problems: &mut Problems) {
    let Some(arn) = key.strip_prefix("arn:") else { return };
    match (arn.split(':').nth(2), component.region.as_deref()) {
        (None, _) => at.wrong_as(problems, "another text", "the ARN of a key, such as `arn:aws:kms:eu-west-1:111122223333:key/…`"),
        (Some(lies), Some(region)) if lies != region => at.wrong_as(problems, "a key of another region", "a key of the sink's region"),
        _ => {}
    }
}

/// What a failure means. `otherwise` is for an answer that says that this request is wrong.
pub(crate) fn failure<E: ProvideErrorMetadata>(error: &SdkError<E>, otherwise: SendError) -> SendError {
    let answer = error.raw_response();
    let after =
        answer.and_then(|answer| answer.headers().get("retry-after")).and_then(|after| after.trim().parse().ok()).map(Duration::from_secs);
    let retry = |reason| SendError::Retry { reason, after };
    match error {
        SdkError::TimeoutError(_) => return retry("no answer in time"),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => return retry("no connection in time"),
        SdkError::DispatchFailure(failure) if failure.is_io() => return retry("the connection failed"),
        SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) => return retry("no connection, or no credentials"),
        _ => {}
    }
    let status = answer.map_or(0, |answer| answer.status().as_u16());
    class(status, error.code().unwrap_or_default()).map_or(otherwise, |class| match class {
        Class::TooLarge => SendError::TooLarge,
        Class::Retry(reason) => retry(reason),
    })
}

#[derive(Debug, PartialEq)]
enum Class {
    Retry(&'static str),
    TooLarge,
}

/// What an answer means by its status and error code; nothing if it is about the request itself.
fn class(status: u16, code: &str) -> Option<Class> {
    const THROTTLED: [&str; 6] =
        ["Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown", "BandwidthLimitExceeded", "LimitExceeded"];
    const CREDENTIALS: [&str; 11] = [
        "AccessDenied",
        "UnrecognizedClient",
        "InvalidSignature",
        "SignatureDoesNotMatch",
        "ExpiredToken",
        "InvalidToken",
        "InvalidClientTokenId",
        "InvalidAccessKeyId",
        "MissingAuthenticationToken",
        "IncompleteSignature",
        "RequestTimeTooSkewed",
    ];
    let is = |codes: &[&str]| codes.iter().any(|known| code.starts_with(known));
    Some(match status {
        _ if is(&THROTTLED) => Class::Retry("throttled"),
        429 => Class::Retry("throttled"),
        _ if is(&CREDENTIALS) => Class::Retry("the credentials are not accepted"),
        401 | 403 => Class::Retry("the credentials are not accepted"),
        408 => Class::Retry("no answer in time"),
        413 => Class::TooLarge,
        300..=399 => Class::Retry("a redirect, which is not followed"),
        500.. => Class::Retry("an error of the server"),
        _ if is(&["ServiceUnavailable", "InternalError", "OperationAborted", "RequestTimeout"]) => Class::Retry("an error of the server"),
        _ if is(&["EntityTooLarge", "RequestEntityTooLarge"]) => Class::TooLarge,
        0..=299 => Class::Retry("an answer that cannot be read"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Class, class};

    #[test]
    fn answers_have_their_class() {
        for (status, code, wanted) in [
            (400, "ThrottlingException", Some(Class::Retry("throttled"))),
            (503, "SlowDown", Some(Class::Retry("throttled"))),
            (429, "", Some(Class::Retry("throttled"))),
            (400, "UnrecognizedClientException", Some(Class::Retry("the credentials are not accepted"))),
            (403, "", Some(Class::Retry("the credentials are not accepted"))),
            (307, "TemporaryRedirect", Some(Class::Retry("a redirect, which is not followed"))),
            (500, "", Some(Class::Retry("an error of the server"))),
            (200, "", Some(Class::Retry("an answer that cannot be read"))),
            (413, "", Some(Class::TooLarge)),
            (400, "InvalidParameterException", None),
            (404, "ResourceNotFoundException", None),
        ] {
            assert_eq!(class(status, code), wanted, "{status} {code}");
        }
    }
}
