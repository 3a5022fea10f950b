//! The one test binary; each module is one topic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests stop at the first surprise")]

mod allow;
mod architecture;
mod carriers;
mod cli;
mod containment;
mod docs;
mod documents;
mod features;
mod fields;
mod known;
mod masks;
mod messages;
mod national;
mod operations;
mod packs;
mod patterns;
mod policies;
mod properties;
mod prose;
mod raw_stays_closed;
mod recall;
mod regressions;
mod site;
mod views;
mod watch;
