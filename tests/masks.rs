//! The masks beside labels, end to end: what they write in each carrier, and that a second
//! scrub changes nothing.

mod generalise;
mod token;
