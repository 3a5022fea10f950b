//! The one test binary; each module is one topic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests stop at the first surprise")]

mod allow;
mod architecture;
mod boundaries;
#[cfg(feature = "server")]
mod buffer;
mod carriers;
mod cli;
#[cfg(feature = "server")]
mod clients;
#[cfg(feature = "server")]
mod cloudwatch;
#[cfg(feature = "server")]
mod cluster;
mod containment;
#[cfg(feature = "server")]
mod datadog;
mod docs;
mod documents;
mod features;
mod fields;
#[cfg(feature = "server")]
mod files;
#[cfg(feature = "server")]
mod fluent;
#[cfg(feature = "server")]
mod hec;
#[cfg(feature = "server")]
mod hostile;
#[cfg(feature = "server")]
mod injector;
mod keys;
mod known;
#[cfg(all(feature = "server", feature = "aws"))]
mod leaks;
#[cfg(feature = "server")]
mod listener;
mod masks;
mod messages;
mod national;
mod operations;
#[cfg(feature = "server")]
mod otlp;
mod packs;
mod patterns;
mod persons;
mod policies;
mod properties;
mod prose;
#[cfg(feature = "server")]
mod proxy;
mod recall;
mod regressions;
#[cfg(feature = "server")]
mod replay;
mod sinks;
mod site;
#[cfg(feature = "server")]
mod support;
#[cfg(feature = "server")]
mod syslog;
#[cfg(feature = "server")]
mod tls;
mod views;
mod watch;
