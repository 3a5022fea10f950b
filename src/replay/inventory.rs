//! Inventory: where personal data is, by kind, file, key and month, without writing an output.
//!
//! Counts findings as a replay would mask them. Names of files are scrubbed, keys are those of the catalogue,
//! and the month is that of the file's last change: no value and no byte of an input is in it.

use super::inputs::Input;
use super::meters::{Metered, Meters};
use super::names::Names;
use crate::decode::{self, TextOnly};
use crate::engine::Engine;
use crate::record::Why;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

type Kinds = BTreeMap<String, u64>;

/// What is in one input.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FileCount {
    /// Its name, scrubbed.
    pub name: String,
    /// Bytes, as it lies.
    pub size: u64,
    /// Year and month of its last change, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// Lines.
    pub records: u64,
    /// Lines with a finding.
    pub records_with_findings: u64,
    /// Findings by kind.
    pub findings: Kinds,
    /// Findings by key or column, and kind.
    pub keys: BTreeMap<String, Kinds>,
    /// Why it was not read, or not to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// What is in all inputs.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Inventory {
    /// Inputs that were not read to their ends.
    pub incomplete: u64,
    /// Lines.
    pub records: u64,
    /// Lines with a finding.
    pub records_with_findings: u64,
    /// Findings by kind.
    pub findings: Kinds,
    /// Findings by key or column, and kind.
    pub keys: BTreeMap<String, Kinds>,
    /// Findings by month of the file, and kind.
    pub months: BTreeMap<String, Kinds>,
    /// Each input, in the order given.
    pub files: Vec<FileCount>,
}

/// Looks through the inputs.
pub fn inventory(engine: &Engine, inputs: &[Input], keep_names: bool, jobs: usize, meters: &Meters) -> Inventory {
    Meters::add(&meters.files, inputs.len() as u64);
    Meters::add(&meters.bytes, inputs.iter().map(|input| input.size).sum());
    let mut names = Names::new(engine, keep_names, Vec::new());
    let names: Vec<String> = inputs.iter().map(|input| names.give(input)).collect();
    let next = AtomicUsize::new(0);
    let counts = Mutex::new(vec![FileCount::default(); inputs.len()]);
    let job = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let (Some(input), Some(name)) = (inputs.get(at), names.get(at)) else { return };
            let mut count = FileCount { name: name.clone(), size: input.size, month: month(input), ..FileCount::default() };
            let outcome = match input.odd {
                Some(odd) => Err(odd.to_owned()),
                None => look(engine, input, meters, &mut count).map_err(|error| describe(&error)),
            };
            count.problem = outcome.err();
            Meters::add(&meters.done, 1);
            if let Some(place) = counts.lock().unwrap_or_else(PoisonError::into_inner).get_mut(at) {
                *place = count;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..jobs.min(inputs.len()) {
            scope.spawn(job);
        }
        job();
    });
    sum(counts.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn sum(files: Vec<FileCount>) -> Inventory {
    let mut all = Inventory::default();
    for file in &files {
        all.incomplete += u64::from(file.problem.is_some());
        all.records += file.records;
        all.records_with_findings += file.records_with_findings;
        add(&mut all.findings, &file.findings);
        for (key, kinds) in &file.keys {
            add(all.keys.entry(key.clone()).or_default(), kinds);
        }
        if let Some(month) = file.month.as_ref().filter(|_| !file.findings.is_empty()) {
            add(all.months.entry(month.clone()).or_default(), &file.findings);
        }
    }
    all.files = files;
    all
}

fn add(to: &mut Kinds, kinds: &Kinds) {
    for (kind, count) in kinds {
        *to.entry(kind.clone()).or_default() += count;
    }
}

fn look(engine: &Engine, input: &Input, meters: &Meters, count: &mut FileCount) -> io::Result<()> {
    let metered = Metered { inner: input.open()?.take(input.size), meters };
    let mut text = TextOnly::new(decode::open(metered)?);
    let mut finder = engine.finder();
    finder.may_begin_in_key();
    let mut last = 0;
    let mut note = |found: crate::engine::Found| {
        if let Why::Key(key) = found.why {
            *count.keys.entry(key.to_owned()).or_default().entry(found.kind.clone()).or_default() += 1;
        }
        *count.findings.entry(found.kind).or_default() += 1;
        count.records_with_findings += u64::from(found.line != last);
        last = found.line;
        Meters::add(&meters.findings, 1);
    };
    let outcome = loop {
        match finder.read_from(&mut text) {
            Ok(0) => break Ok(()),
            Ok(_) => finder.drain(&mut note),
            Err(error) => break Err(error),
        }
    };
    finder.finish(&mut note);
    count.records = finder.report().lines;
    outcome
}

fn describe(error: &io::Error) -> String {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<decode::DecodeError>()) {
        Some(error) => error.to_string(),
        // The kind alone: the text of an error may name the file.
        None => format!("it cannot be read: {}", error.kind()),
    }
}

fn month(input: &Input) -> Option<String> {
    let seconds = input.modified?.duration_since(UNIX_EPOCH).ok()?.as_secs();
    let date = super::date(i64::try_from(seconds / 86_400).ok()?);
    date.get(..7).map(str::to_owned)
}
