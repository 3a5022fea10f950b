//! Which records go where, and what becomes of them there, for `hushlog check`.
//!
//! One row for each source, region of its records, and sink that its routes name, also where the sink
//! gets nothing; the audit log is a source of its own.

use super::Build;
use super::auditor::AUDIT;
use crate::residency::Region;
use crate::route::Ground;
use crate::sinks::Care;

/// Records of one source and region, and one sink.
#[derive(Clone, Debug)]
pub struct Route {
    /// The source.
    pub source: String,
    /// Region that the records belong to.
    pub region: &'static Region,
    /// The sink.
    pub sink: String,
    /// Where the sink lies; where this instance runs for one that stays on the machine.
    pub sink_region: &'static Region,
    /// Whether the records go there.
    pub allowed: bool,
    /// Why they do, or do not.
    pub basis: String,
    /// How they wait here.
    pub buffer: &'static str,
    /// What becomes of them there.
    pub care: Care,
}

impl Build {
    /// Every route, in the order of the configuration.
    pub fn routes(&self) -> Vec<Route> {
        let mut rows = Vec::new();
        for (at, (source, _)) in self.sources.iter().enumerate() {
            for region in self.router.regions(at) {
                let grounds = self.router.grounds(at, region);
                rows.extend(grounds.into_iter().filter_map(|(sink, ground)| self.row(source, region, sink, ground)));
            }
        }
        let audit = self.config.server.audit.as_ref().and_then(|audit| audit.to.as_deref());
        let to = audit.and_then(|name| self.sinks.iter().position(|(known, _)| known == name));
        let home = self.config.region.as_deref().and_then(Region::find);
        rows.extend(to.zip(home).and_then(|(sink, home)| self.row(AUDIT, home, sink, Ground::Zone)));
        rows
    }

    fn row(&self, source: &str, region: &'static Region, sink: usize, ground: Ground<'_>) -> Option<Route> {
        let (name, builder) = self.sinks.get(sink)?;
        let buffer = &self.config.server.buffer;
        Some(Route {
            source: source.to_owned(),
            region,
            sink: name.clone(),
            sink_region: self.router.region_of(sink)?,
            allowed: ground != Ground::Never,
            basis: match ground {
                Ground::Zone => "same zone".to_owned(),
                Ground::Basis(basis) => basis.to_owned(),
                Ground::Never => "never sent: another zone".to_owned(),
            },
            buffer: match (&buffer.dir, &buffer.key) {
                (None, _) => "memory",
                (Some(_), Some(_)) => "AES-256-GCM",
                (Some(_), None) => "not encrypted",
            },
            care: builder.care(),
        })
    }
}
