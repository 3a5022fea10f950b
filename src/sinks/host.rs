//! What the name of a host says about where it lies, held against the region that a sink declares.
//!
//! A name proves nothing, but one that names another region is wrong for sure. Addresses of AWS and of Google
//! name theirs always, save for global ones, which may lie anywhere: those are refused, too. Those of
//! Datadog name a site, which lies in a region.

use crate::config::Problems;
use crate::config::fields::At;
use crate::residency::Region;
use hyper::Uri;

/// End of Google's own names.
const GOOGLE: &str = ".googleapis.com";
/// Ends of AWS's own names.
const AWS: [&str; 3] = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"];

/// Sites and the regions where they lie (Datadog documentation, "Getting started with sites"). Those in a cloud that
/// has regions of several names, or near to each other, have a name of each.
pub(super) const SITES: [(&str, &[&str]); 9] = [
    ("datadoghq.com", &["us-east-1"]),
    ("us3.datadoghq.com", &["westus2"]),
    ("us5.datadoghq.com", &["us-central1"]),
    ("datadoghq.eu", &["eu-central-1", "europe-west3"]),
    ("uk1.datadoghq.com", &["eu-west-2", "europe-west2", "uksouth"]),
    ("ap1.datadoghq.com", &["ap-northeast-1"]),
    ("ap2.datadoghq.com", &["ap-southeast-2"]),
    ("ddog-gov.com", &["us-gov-west-1"]),
    ("us2.ddog-gov.com", &["us-gov-west-1", "us-gov-east-1"]),
];

/// Adds a problem if the host of a URL names another region than the declared one.
pub(super) fn check(at: &At<'_>, url: &Uri, declared: Option<&str>, problems: &mut Problems) {
    if let (Some(host), Some(declared)) = (url.host(), declared)
        && let Some(found) = wrong(host, declared)
    {
        at.wrong_as(problems, found, "a host in the region that the sink's `region` names");
    }
}

/// What is wrong with a host in a declared region.
pub(crate) fn wrong(host: &str, declared: &str) -> Option<&'static str> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if let Some(regions) = site(&host) {
        return (!regions.contains(&declared)).then_some(if regions.is_empty() {
            "a host of Datadog that names no site that is known"
        } else {
            "a host of a site that lies in another region"
        });
    }
    let is_google = host.ends_with(GOOGLE);
    let named: Vec<&str> =
        host.split('.').filter_map(|label| region(label).or_else(|| is_google.then(|| located(label)).flatten())).collect();
    if named.iter().any(|name| *name != declared) {
        return Some("a host that names another region");
    }
    match named.as_slice() {
        [] if AWS.iter().any(|end| host.ends_with(end)) => Some("a host of AWS that names no region"),
        [] if is_google => Some("a host of Google that names no region"),
        _ => None,
    }
}

/// Where the site of a host of Datadog lies; nowhere if the site is not known.
fn site(host: &str) -> Option<&'static [&'static str]> {
    let lies = |site: &str| host == site || host.strip_suffix(site).is_some_and(|rest| rest.ends_with('.'));
    let found = SITES.iter().filter(|(site, _)| lies(site)).max_by_key(|(site, _)| site.len())?;
    // `us9.datadoghq.com` would be a site of its own, and no host of the first one.
    let of_site = host.strip_suffix(found.0).unwrap_or_default().trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let is_other = of_site.len() > 2
        && of_site.starts_with(|letter: char| letter.is_ascii_lowercase())
        && of_site.trim_end_matches(|letter: char| letter.is_ascii_digit()).len() == 2;
    Some(if is_other { &[] } else { found.1 })
}

/// The region that a part of a name of Google begins with, as in `europe-west3-logging`.
fn located(label: &str) -> Option<&'static str> {
    label.match_indices('-').filter_map(|(at, _)| Region::find(label.get(..at)?)).next_back().map(|region| region.name)
}

/// The region that a part of a name is, also in the old form `s3-eu-west-1`.
fn region(label: &str) -> Option<&'static str> {
    Region::find(label).or_else(|| Region::find(label.strip_prefix("s3-")?)).map(|region| region.name)
}

#[cfg(test)]
mod tests {
    use super::wrong;

    #[test]
    fn names_of_hosts_are_held_against_the_region() {
        for (url, right) in [
            ("https://logs.eu-west-1.amazonaws.com", true),
            ("https://vpce-0a1b-logs.eu-west-1.vpce.amazonaws.com", true),
            ("https://s3-eu-west-1.amazonaws.com", true),
            ("https://logs.example", true),
            ("http://127.0.0.1:5000", true),
            ("https://logs.us-east-1.amazonaws.com", false),
            ("https://LOGS.US-EAST-1.amazonaws.com.", false),
            ("https://s3-us-west-2.amazonaws.com", false),
            ("https://s3.amazonaws.com", false),
            ("https://b.s3-accelerate.amazonaws.com", false),
            ("https://in.uksouth.example/x", false),
            ("https://europe-west2.example/x", false),
        ] {
            let url: hyper::Uri = url.parse().unwrap();
            assert_eq!(wrong(url.host().unwrap(), "eu-west-1").is_none(), right, "{url}");
        }
    }

    #[test]
    fn sites_of_datadog_and_hosts_of_google_are_held_against_the_region() {
        for (host, region, right) in [
            ("http-intake.logs.datadoghq.com", "us-east-1", true),
            ("http-intake.logs.datadoghq.com", "eu-central-1", false),
            ("http-intake.logs.datadoghq.eu", "eu-central-1", true),
            ("HTTP-INTAKE.LOGS.DATADOGHQ.EU.", "us-east-1", false),
            ("http-intake.logs.us3.datadoghq.com", "westus2", true),
            ("http-intake.logs.us3.datadoghq.com", "us-east-1", false),
            ("http-intake.logs.us5.datadoghq.com", "us-central1", true),
            ("http-intake.logs.ap1.datadoghq.com", "ap-northeast-1", true),
            ("http-intake.logs.ap2.datadoghq.com", "ap-northeast-1", false),
            ("http-intake.logs.us9.datadoghq.com", "us-east-1", false),
            ("datadoghq.example", "eu-west-1", true),
            ("notdatadoghq.eu", "eu-west-1", true),
            ("storage.googleapis.com", "europe-west3", false),
            ("logging.googleapis.com", "europe-west3", false),
            ("storage.europe-west3.rep.googleapis.com", "europe-west3", true),
            ("storage.us-central1.rep.googleapis.com", "europe-west3", false),
            ("europe-west3-logging.googleapis.com", "europe-west3", true),
            ("us-central1-logging.googleapis.com", "europe-west3", false),
        ] {
            assert_eq!(wrong(host, region).is_none(), right, "{host} {region}");
        }
    }
}
