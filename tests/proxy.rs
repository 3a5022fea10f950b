//! The proxy from HTTP to HTTP: what comes in, what goes out, and what is acknowledged.

mod delivery;
mod intake;
mod links;
mod open;
mod reload;
mod residency;
