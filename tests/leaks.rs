//! Canaries in every place of a record and its metadata, searched in everything that a run leaves behind.
//!
//! The real program runs with all its sources and sinks: stores of which one refuses everything and one
//! is down, a buffer plain or encrypted, audit log, metrics, its own log at `debug`, the commands that look
//! into its files. With the preset `standard` no canary is anywhere, in any encoding (invariants I1, I2, I4).
//! The same run under a rule file that asks more certainty of findings than there is masks nothing and has each
//! of them in each store: the search sees every place, and a program that did not mask would be caught there.
//! Even then nothing but records holds one.

mod places;
mod protocols;
mod run;
mod search;

use crate::sinks::aws::Moto;
use places::{CARRIED, NOWHERE};
use run::{Setup, run};
use search::Searcher;
use std::collections::{BTreeMap, BTreeSet};

/// The canaries of all places.
struct Canaries {
    names: Vec<&'static str>,
    searcher: Searcher,
}

impl Canaries {
    fn new() -> Self {
        let names: Vec<_> = CARRIED.iter().map(|(name, _)| *name).chain(NOWHERE).collect();
        let searcher = Searcher::new(&names.iter().flat_map(|name| places::words(name)).collect::<Vec<_>>());
        Self { names, searcher }
    }

    /// Places whose canary, or a half of it, stands in the bytes.
    fn of(&self, bytes: &[u8]) -> BTreeSet<&'static str> {
        self.searcher.find(bytes).iter().map(|word| self.names[word / 2]).collect()
    }

    fn found<'n>(&self, artefacts: impl IntoIterator<Item = (&'n str, &'n Vec<u8>)>) -> BTreeMap<&'n str, BTreeSet<&'static str>> {
        artefacts.into_iter().map(|(name, bytes)| (name, self.of(bytes))).filter(|(_, places)| !places.is_empty()).collect()
    }
}

fn names(map: &BTreeMap<String, Vec<u8>>) -> impl Iterator<Item = (&str, &Vec<u8>)> {
    map.iter().map(|(name, bytes)| (name.as_str(), bytes))
}

/// Runs the scenario with and without masks at the same time, and searches what both left.
fn check(encrypted: bool, moto: Option<&Moto>) {
    let [masked, open] = std::thread::scope(|scope| {
        [true, false].map(|masks| scope.spawn(move || run(Setup { masks, encrypted, moto }))).map(|run| run.join().unwrap())
    });
    let canaries = Canaries::new();
    let nothing = BTreeMap::new();
    let stores = masked.stores.iter().map(|(name, bytes)| (*name, bytes));
    assert_eq!(canaries.found(stores.chain(names(&masked.other)).chain(names(&masked.silent))), nothing, "a canary got through");
    let carried: BTreeSet<_> = CARRIED.iter().map(|(name, _)| *name).collect();
    for (store, bytes) in &open.stores {
        let found = canaries.of(bytes);
        assert_eq!(carried.difference(&found).collect::<Vec<_>>(), [&""; 0], "{store}: the search does not see these places");
        assert_eq!(found.difference(&carried).collect::<Vec<_>>(), [&""; 0], "{store}: holds what is in no record");
    }
    assert_eq!(open.stores.len(), if moto.is_some() { 9 } else { 7 });
    assert_eq!(canaries.found(names(&open.silent)), nothing, "what is no record holds a part of one");
    let kinds = [
        "answers",
        "/metrics",
        "/readyz",
        "stderr",
        "audit.jsonl",
        "buffer/cursors",
        "buffer/checkpoints",
        "hushlog dlq list",
        "hushlog audit verify",
    ];
    for kind in kinds {
        assert!(masked.silent.keys().any(|name| name.starts_with(kind)), "no {kind} among {:?}", masked.silent.keys());
    }
}

#[test]
fn no_canary_is_left_anywhere_by_a_run_with_a_plain_buffer() {
    let moto = Moto::start();
    check(false, moto.as_ref());
}

#[test]
fn no_canary_is_left_anywhere_by_a_run_with_an_encrypted_buffer() {
    check(true, None);
}

#[test]
fn each_canary_is_one_of_its_own() {
    let names: Vec<_> = CARRIED.iter().map(|(name, _)| *name).chain(NOWHERE).collect();
    let words: BTreeSet<_> = names.iter().flat_map(|name| places::words(name)).collect();
    assert!(CARRIED.len() >= 24 && words.len() == 2 * names.len());
}
