//! Names of streams, objects and files are made with metadata that sources have, and with nothing else.
//!
//! A name that no source knows would be taken for a field of the record, and what a record says of itself
//! decides nothing.

use super::Built;
use crate::config::{Config, Problems};
use crate::sinks::{self, Builder};
use crate::sources::{self, Source};

/// What is known of every record.
const ALWAYS: [&str; 3] = ["source", "region", "zone"];

/// Adds places of names that stay empty for every record.
pub(super) fn check(
    config: &Config,
    sources: &[Built<sources::Kind, dyn Source>],
    sinks: &[Built<sinks::Kind, dyn Builder>],
    problems: &mut Problems,
) {
    let tags = |kind: &'static sources::Kind| kind.provides.iter().chain(kind.tags).copied();
    let here: Vec<&str> = sources.iter().filter_map(|(_, built)| Some(built.as_ref()?.0)).flat_map(tags).collect();
    let anywhere: Vec<&str> = sources::KINDS.iter().copied().flat_map(tags).collect();
    for (component, (_, built)) in config.server.sinks.iter().zip(sinks) {
        for (option, name, says) in built.iter().flat_map(|(_, sink)| sink.places()) {
            // With a word for records without it, a name may wait for a source that is not there yet.
            let known = if says { &anywhere } else { &here };
            if !ALWAYS.contains(&name) && !known.contains(&name) {
                let allowed = ALWAYS.iter().chain(&here).map(|name| format!("`{{{name}}}`")).collect::<Vec<_>>().join(", ");
                problems.add(component.problem_at(option, "a place for what no source knows of its records", allowed));
            }
        }
    }
}
