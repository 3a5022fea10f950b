//! What the name of a host says about where it lies, held against the region that a sink declares.
//!
//! A name proves nothing, but one that names another region is wrong for sure. Addresses of AWS name
//! theirs always, save for global ones, which may lie anywhere: those are refused, too.

use crate::config::Problems;
use crate::config::fields::At;
use crate::residency::Region;
use hyper::Uri;

/// Ends of AWS's own names.
const AWS: [&str; 3] = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"];

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
    let named: Vec<&str> = host.split('.').filter_map(region).collect();
    if named.iter().any(|name| *name != declared) {
        return Some("a host that names another region");
    }
    (named.is_empty() && AWS.iter().any(|end| host.ends_with(end))).then_some("a host of AWS that names no region")
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
}
