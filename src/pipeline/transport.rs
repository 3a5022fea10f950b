//! Records travel encrypted beyond this machine, where a preset asks for it.

use super::Built;
use crate::config::{Config, Problems};
use crate::sinks::{self, Builder};
use crate::sources::{self, Source};

/// Presets that forbid plaintext beyond this machine (45 CFR 164.312(e)(1); GDPR, Article 32; PCI DSS 4.2.1; TSC CC6.7).
const COMPLIANCE: [&str; 4] = ["hipaa", "gdpr", "pci", "soc2"];

/// Adds sources and sinks that would send or take records without TLS.
pub(super) fn check(
    config: &Config,
    sources: &[Built<sources::Kind, dyn Source>],
    sinks: &[Built<sinks::Kind, dyn Builder>],
    problems: &mut Problems,
) {
    let Some(preset) = preset(config) else { return };
    let open_sources = sources.iter().map(|(_, built)| built.as_ref().is_some_and(|(_, source)| source.plaintext().is_some()));
    for (component, _) in config.server.sources.iter().zip(open_sources).filter(|(_, open)| *open) {
        let found = "an address beyond this machine, without TLS";
        problems.add(component.problem_at("listen", found, format!("`tls`, or a loopback address, under the preset `{preset}`")));
    }
    let beyond = |builder: &dyn Builder| builder.plaintext().is_some_and(|host| !is_loopback(&host));
    let open_sinks = sinks.iter().map(|(_, built)| built.as_ref().is_some_and(|(_, sink)| beyond(sink.as_ref())));
    for (component, _) in config.server.sinks.iter().zip(open_sinks).filter(|(_, open)| *open) {
        let key = if component.has("endpoint") { "endpoint" } else { "url" };
        problems.add(component.problem_at(key, "a host beyond this machine, without TLS", format!("`https`, under the preset `{preset}`")));
    }
}

/// The preset that forbids plaintext, if one does.
pub(super) fn preset(config: &Config) -> Option<&str> {
    let names = config.policy.presets.iter().flat_map(|list| list.split(',')).map(str::trim);
    names.into_iter().find(|name| COMPLIANCE.contains(name))
}

/// Whether a host is this machine. A name that has to be looked up is not, whatever it is today.
pub(super) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}
