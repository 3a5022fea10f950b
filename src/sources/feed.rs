//! Lines that the program has scrubbed itself, such as the output of a command that it runs.
//!
//! Whoever writes to a [`Feed`] has somebody else waiting for it: where the buffer may drop, it never
//! waits, and what was dropped is counted. A feed of a file waits, and says when all of it is safe.

use super::{Address, Context, Intake, IntakeError, Kind, Source, now};
use crate::buffer::{AppendError, Receipt};
use crate::record::{Batch, Clean, CleanBuf, Report};
use crate::route::Plan;
use crate::task::{Stop, Task};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

/// Longest record, in bytes.
const MAX_LINE: usize = 1 << 20;
/// Name of the metadata that says which output a line was written to.
const STREAM: &str = "stream";
/// Name of the metadata that says which file a line stands in.
const FILE: &str = "file";
/// Most bytes of a file that are on their way to the sinks.
const WINDOW: usize = 16 << 20;

/// Not in the list of kinds: no configuration can ask for it.
pub(crate) const KIND: Kind =
    Kind { name: "feed", summary: "lines of the program itself", example: "", provides: &[STREAM], tags: &[], build: |_, _| None };

/// The same for files that are read once: their paths decide about regions, as those of the source `file`.
pub(crate) const FILES: Kind =
    Kind { name: "files", summary: "files that are read once", example: "", provides: &[FILE], tags: &[], build: |_, _| None };

/// The source in the pipeline: it hands over its way in when it is opened.
pub(crate) struct Outside(oneshot::Sender<Feeds>);

/// Makes feeds.
pub struct Feeds {
    intake: Intake,
    stop: Stop,
    /// Says that nothing waits for room any more.
    hurry: Arc<watch::Sender<bool>>,
    dropped: Arc<AtomicU64>,
}

/// One stream of lines.
pub struct Feed {
    intake: Intake,
    stop: Stop,
    hurry: Stop,
    /// Without it the signal would count as given.
    _hurry: Arc<watch::Sender<bool>>,
    plan: Arc<Plan>,
    address: Address,
    text: CleanBuf,
    /// What was found in the stream and is counted.
    counted: Report,
    runtime: Handle,
    dropped: Arc<AtomicU64>,
    /// What was handed over and is not known to be safe, with its bytes; of files.
    under_way: Option<VecDeque<(usize, Receipt)>>,
    failed: Option<AppendError>,
}

impl Outside {
    pub(crate) fn new() -> (Self, oneshot::Receiver<Feeds>) {
        let (sender, receiver) = oneshot::channel();
        (Self(sender), receiver)
    }
}

impl Source for Outside {
    fn open(self: Box<Self>, context: Context) -> Task<'static, io::Result<Task<'static, ()>>> {
        Box::pin(async move {
            let Context { intake, stop, .. } = context;
            let mut ended = stop.clone();
            let _ = self.0.send(Feeds { intake, stop, hurry: Arc::new(Stop::new().0), dropped: Arc::default() });
            Ok(Box::pin(async move { ended.wait().await }) as Task<'static, ()>)
        })
    }
}

impl Feeds {
    /// A feed of its own for a stream. To be called within the runtime.
    ///
    /// # Errors
    /// If its region is not known.
    pub fn stream(&self, name: &str) -> Result<Feed, IntakeError> {
        self.feed(STREAM, name)
    }

    /// A feed for a file, which waits until the sinks have what it says. To be called within the runtime.
    ///
    /// # Errors
    /// If its region is not known.
    pub fn file(&self, path: &str) -> Result<Feed, IntakeError> {
        Ok(Feed { under_way: Some(VecDeque::new()), ..self.feed(FILE, path)? })
    }

    fn feed(&self, metadata: &'static str, value: &str) -> Result<Feed, IntakeError> {
        let plan = self.intake.plan();
        let address = self.intake.address(&plan, &[(metadata, value)])?;
        Ok(Feed {
            intake: self.intake.clone(),
            stop: self.stop.clone(),
            hurry: Stop::of(&self.hurry),
            _hurry: Arc::clone(&self.hurry),
            plan,
            address,
            text: CleanBuf::default(),
            counted: Report::default(),
            runtime: Handle::current(),
            dropped: Arc::clone(&self.dropped),
            under_way: None,
            failed: None,
        })
    }

    /// After so long nothing waits for room in the buffer any more: it is dropped and counted. To be called within the
    /// runtime.
    pub fn hurry(&self, after: Duration) {
        let hurry = Arc::clone(&self.hurry);
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            hurry.send_replace(true);
        });
    }

    /// Records that the buffer did not take.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

impl Feed {
    /// Adds text.
    pub fn push(&mut self, clean: Clean<'_>) {
        self.text.push(clean);
    }

    /// Counts what was found in the stream so far; of a stream that nobody counts elsewhere.
    pub fn scanned(&mut self, report: &Report) {
        self.intake.meter().scanned(&report.since(&self.counted), self.address.sinks.bits());
        self.counted.clone_from(report);
    }

    /// Hands over the lines that are complete. Not to be called by a task of the runtime.
    pub fn send(&mut self) {
        let whole = memchr::memrchr(b'\n', self.text.as_bytes()).map_or(0, |end| end + 1);
        let length = self.text.as_bytes().len();
        self.hand_over(if length - whole >= MAX_LINE { length } else { whole });
    }

    /// Hands over everything.
    pub fn end(mut self) {
        self.hand_over(self.text.as_bytes().len());
    }

    /// Hands over everything, and waits until it is safe.
    ///
    /// # Errors
    /// If some of it never will be.
    pub fn finish(mut self) -> Result<(), AppendError> {
        self.hand_over(self.text.as_bytes().len());
        self.wait(0);
        self.failed.map_or(Ok(()), Err)
    }

    /// Why something that was handed over never will be safe.
    pub fn failed(&self) -> Option<AppendError> {
        self.failed
    }

    /// Waits until no more than some bytes are on their way.
    fn wait(&mut self, most: usize) {
        let Some(under_way) = &mut self.under_way else { return };
        let mut bytes: usize = under_way.iter().map(|(bytes, _)| *bytes).sum();
        while bytes > most
            && let Some((size, receipt)) = under_way.pop_front()
        {
            bytes -= size;
            self.failed = self.runtime.block_on(receipt.safe()).err().or(self.failed);
        }
    }

    fn hand_over(&mut self, length: usize) {
        if length == 0 {
            return;
        }
        let rest = self.text.split_off(length);
        let lines = std::mem::replace(&mut self.text, rest);
        let batch = Batch::of_lines(Arc::clone(&self.address.origin), lines, now()).cut(MAX_LINE);
        let records = batch.len() as u64;
        let (intake, plan, sinks) = (&self.intake, &self.plan, self.address.sinks);
        let (stop, hurry) = (&mut self.stop, &mut self.hurry);
        let taken = self.runtime.block_on(async {
            tokio::select! {
                taken = intake.submit(plan, batch, sinks) => taken,
                () = stop.wait() => Err(AppendError::Closed.into()),
                () = hurry.wait() => Err(AppendError::Full.into()),
            }
        });
        match (taken, &mut self.under_way) {
            (Ok(receipt), Some(under_way)) => {
                under_way.push_back((length, receipt));
                self.wait(WINDOW);
            }
            (Ok(_), None) => {}
            (Err(error), _) => {
                self.dropped.fetch_add(records, Ordering::Relaxed);
                self.failed = Some(if let IntakeError::Buffer(error) = error { error } else { AppendError::Closed });
            }
        }
    }
}
