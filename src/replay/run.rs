//! The run itself: a queue of files, threads that empty it, the journal, the manifest.
//!
//! Nothing depends on which thread takes which file: an output depends on its input and the engine, its name
//! on the list of inputs, and the manifest has the order of the list.

use super::ReplayError;
use super::entry::{Entry, Status, Totals};
use super::file::{self, Shared};
use super::inputs::{self, Input, bytes};
use super::journal::{self, Journal, Planned};
use super::manifest::{self, About, First};
use super::meters::Meters;
use super::names::Names;
use super::target::Target;
use crate::audit::chain::hex;
use crate::audit::{Head, SealKey};
use crate::decode::fingerprint::digest;
use crate::engine::Engine;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

/// What is to be done.
pub struct Plan<'p> {
    /// Scans and masks.
    pub engine: &'p Engine,
    /// What is read.
    pub inputs: Vec<Input>,
    /// Where the outputs go.
    pub out: Target,
    /// File of the manifest.
    pub manifest: PathBuf,
    /// What the manifest says of the engine.
    pub about: About,
    /// Threads.
    pub jobs: usize,
    /// Whether names stay as they are.
    pub keep_names: bool,
    /// Whether to begin anew and to write over what is there.
    pub force: bool,
    /// Key of digests; beside the manifest by default.
    pub digest_key: Option<PathBuf>,
    /// Key that signs the manifest.
    pub sign_key: Option<PathBuf>,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// Every input, in the order given. Empty if an earlier run had done everything.
    pub entries: Vec<Entry>,
    /// All together.
    pub totals: Totals,
    /// Last line of the manifest, to be kept elsewhere.
    pub head: Option<Head>,
    /// Inputs that an earlier run had done.
    pub resumed: u64,
}

/// The day that a run which was begun here judges ages on.
pub fn day_of(manifest: &Path) -> Option<String> {
    let begun = journal::planned(&manifest::beside(manifest, "journal")).map(|planned| planned.as_of);
    begun.or_else(|| manifest::first(manifest).map(|first| first.about.as_of))
}

/// Replays, or goes on with a replay that was killed.
///
/// # Errors
/// If it cannot begin, or an output cannot be written. Inputs that fail are in the outcome.
pub fn run(plan: &Plan<'_>, meters: &Meters) -> Result<Outcome, ReplayError> {
    if plan.inputs.is_empty() {
        return Err(ReplayError::Empty);
    }
    plan.out.make().map_err(|source| ReplayError::own(plan.out.address().unwrap_or(Path::new("sinks")), source))?;
    if let Some(folder) = plan.manifest.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|source| ReplayError::own(folder, source))?;
    }
    let place = inputs::whole(&plan.manifest);
    let digest_key = manifest::digest_key(plan.digest_key.as_deref(), &place).map_err(ReplayError::DigestKey)?;
    let sign_key = plan.sign_key.as_deref().map(|path| SealKey::of_file(path, &place)).transpose().map_err(ReplayError::SignKey)?;
    let own = ["", ".journal", ".new", ".pub", ".digest-key", ".digest-key.new"];
    let own = own.iter().map(|ending| format!("{}{ending}", place.file_name().unwrap_or_default().to_string_lossy())).collect();
    let mut names = Names::new(plan.engine, plan.keep_names, own);
    let names: Vec<String> = plan.inputs.iter().map(|input| names.give(input)).collect();
    let first = First {
        manifest: 1,
        about: plan.about.clone(),
        plan: fingerprint(plan, &digest_key),
        inputs: plan.inputs.len() as u64,
        signed_by: sign_key.as_ref().map(|key| key.id().to_owned()),
    };

    let mut journal = Journal::open(&manifest::beside(&place, "journal"))?;
    match begin(plan, &mut journal, &first, &place, &names) {
        Ok(None) => {}
        Ok(Some(outcome)) => return journal.remove().map(|()| outcome),
        Err(error) => {
            // A journal that says nothing is not left behind.
            return if journal.planned.is_none() { journal.remove().and(Err(error)) } else { Err(error) };
        }
    }
    let total = plan.inputs.iter().map(|input| input.size).sum();
    let shared = Shared { engine: plan.engine, out: &plan.out, digest_key: &digest_key, meters, jobs: plan.jobs, total };
    let (entries, resumed) = work(plan, &shared, &names, &mut journal)?;
    let mut totals = Totals::default();
    entries.iter().for_each(|entry| totals.add(entry));
    plan.out.settle(&names)?;
    let head = manifest::write(&place, &first, &entries, &totals, sign_key.as_ref())?;
    plan.out.copy(&[place.clone(), manifest::beside(&place, "pub")])?;
    journal.remove()?;
    Ok(Outcome { entries, totals, head: Some(head), resumed })
}

/// Goes on with what the journal says, or begins anew. Gives the outcome if there is nothing to do.
fn begin(plan: &Plan<'_>, journal: &mut Journal, first: &First, place: &Path, names: &[String]) -> Result<Option<Outcome>, ReplayError> {
    let planned = Planned { journal: 1, plan: first.plan.clone(), as_of: first.about.as_of.clone(), inputs: first.inputs };
    if !plan.force {
        if let Some(begun) = &journal.planned {
            return if *begun == planned { Ok(None) } else { Err(ReplayError::OtherPlan) };
        }
        if place.symlink_metadata().is_ok() {
            let same = manifest::first(place).is_some_and(|there| there.plan == first.plan);
            let totals = manifest::totals(place).filter(|_| same).ok_or(ReplayError::Finished)?;
            return Ok(Some(Outcome { entries: Vec::new(), resumed: totals.inputs, totals, head: None }));
        }
        // What is left out at once is not written.
        let written = plan.inputs.iter().zip(names).filter(|(input, _)| input.odd.is_none()).map(|(_, name)| name.as_str());
        let own = place.file_name().and_then(|name| name.to_str()).filter(|_| plan.out.as_folder().is_none());
        let there = plan
            .out
            .taken(written.chain(own))
            .map_err(|source| ReplayError::own(plan.out.address().unwrap_or(Path::new("sinks")), source))?;
        if let Some(name) = there.first() {
            return Err(ReplayError::Exists { count: there.len(), first: (*name).to_owned() });
        }
    }
    journal.begin(planned)?;
    Ok(None)
}

/// A keyed digest of everything that decides what the outputs and the manifest will be.
fn fingerprint(plan: &Plan<'_>, key: &[u8]) -> String {
    let about = &plan.about;
    let mut text = format!("{} {} {} {} {}", about.version, about.rules, about.config, about.as_of, plan.keep_names).into_bytes();
    for input in &plan.inputs {
        let name = bytes(&input.relative);
        let time = input.modified.and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default().as_nanos();
        let (odd, version) = (input.odd.unwrap_or_default(), input.version());
        text.extend_from_slice(format!("\n{} {} {time} {odd}{version} ", name.len(), input.size).as_bytes());
        text.extend_from_slice(name);
    }
    hex(&digest(key, &text))
}

/// What the threads share beside the files.
struct Results<'j> {
    entries: Vec<Option<Entry>>,
    journal: &'j mut Journal,
    resumed: u64,
    failed: Option<ReplayError>,
}

fn work(plan: &Plan<'_>, shared: &Shared<'_>, names: &[String], journal: &mut Journal) -> Result<(Vec<Entry>, u64), ReplayError> {
    let meters = shared.meters;
    Meters::add(&meters.files, plan.inputs.len() as u64);
    Meters::add(&meters.bytes, plan.inputs.iter().map(|input| input.size).sum());
    let journaled: BTreeMap<u64, Entry> = journal.entries.drain(..).map(|entry| (entry.input, entry)).collect();
    // The largest first, so that no thread is left alone with one in the end.
    let mut queue: Vec<usize> = (0..plan.inputs.len()).collect();
    queue.sort_by_key(|at| std::cmp::Reverse(plan.inputs.get(*at).map_or(0, |input| input.size)));
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let results = Mutex::new(Results { entries: vec![None; plan.inputs.len()], journal, resumed: 0, failed: None });
    let job = || {
        while !stop.load(Ordering::Relaxed) {
            let at = queue.get(next.fetch_add(1, Ordering::Relaxed)).copied();
            let Some((at, input, name)) = at.and_then(|at| Some((at, plan.inputs.get(at)?, names.get(at)?))) else { return };
            let number = at as u64 + 1;
            let known = journaled.get(&number).filter(|entry| entry.name == *name && holds(shared.out, entry));
            let outcome = match known {
                Some(entry) => {
                    Meters::add(&meters.read, input.size);
                    Meters::add(&meters.skipped, input.size);
                    Ok(entry.clone())
                }
                None => file::replay(shared, input, number, name),
            };
            let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
            let noted = outcome.and_then(|entry| {
                if known.is_none() {
                    results.journal.add(&entry)?;
                } else {
                    results.resumed += 1;
                }
                Ok(entry)
            });
            match noted {
                Ok(entry) => {
                    Meters::add(&meters.done, 1);
                    if let Some(place) = results.entries.get_mut(at) {
                        *place = Some(entry);
                    }
                }
                Err(error) => {
                    stop.store(true, Ordering::Relaxed);
                    results.failed.get_or_insert(error);
                    return;
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..plan.jobs.min(plan.inputs.len()) {
            scope.spawn(job);
        }
        job();
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    match results.failed {
        Some(error) => Err(error),
        None => Ok((results.entries.into_iter().flatten().collect(), results.resumed)),
    }
}

/// Whether what the journal says of an input still stands.
fn holds(out: &Target, entry: &Entry) -> bool {
    match (&entry.output, entry.status) {
        // Perhaps it can be read by now.
        (_, Status::Unread) => false,
        (None, _) => true,
        (Some(output), _) => out.written(&entry.name).as_ref() == Some(output),
    }
}
