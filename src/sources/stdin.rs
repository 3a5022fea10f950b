//! Lines of standard input. When it ends, and its records are safe, the program ends as well.

use super::{Context, Intake, IntakeError, Kind, Source, now};
use crate::buffer::{AppendError, Receipt};
use crate::config::Problems;
use crate::config::fields::Fields;
use crate::decode::MARK;
use crate::record::{Batch, CleanBuf, Raw, Report};
use crate::route::Plan;
use crate::task::{Stop, Task};
use std::io;
use std::sync::Arc;
use tokio::sync::mpsc;

pub(super) const KIND: Kind =
    Kind { name: "stdin", summary: "lines of standard input", example: "{ type: stdin }", provides: &[], tags: &[], build };

/// Bytes of one read, as many as a pipe holds, and how many reads may wait.
const READ: usize = 64 * 1024;
const WAITING: usize = 4;
/// Longest record, in bytes.
const MAX_LINE: usize = 1 << 20;

struct Stdin {
    max_line: usize,
}

fn build(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Box<dyn Source>> {
    let max_line = fields.take("max_line").map_or(Some(MAX_LINE as u64), |at| at.bytes_within(problems, "1KiB", "16MiB"))? as usize;
    Some(Box::new(Stdin { max_line }))
}

impl Source for Stdin {
    fn open(self: Box<Self>, context: Context) -> Task<'static, io::Result<Task<'static, ()>>> {
        Box::pin(async move {
            let (sender, reads) = mpsc::channel(WAITING);
            // A thread of its own: a read of a terminal or pipe cannot be broken off, and may not hold up the end of the program.
            std::thread::Builder::new().name("stdin".to_owned()).spawn(move || read(&sender))?;
            Ok(Box::pin(run(context.intake, context.stop, reads, self.max_line)) as Task<'static, ()>)
        })
    }
}

fn read(sender: &mpsc::Sender<Raw>) {
    let mut input = match crate::decode::open(io::stdin().lock()) {
        Ok(input) => input,
        Err(problem) => {
            // What is wrong with the content is said by a static text.
            tracing::error!(%problem, "standard input cannot be read");
            return;
        }
    };
    loop {
        let mut raw = Raw::default();
        match raw.read_from(&mut input, READ) {
            Ok(0) => return,
            Ok(_) => {
                if sender.blocking_send(raw).is_err() {
                    return;
                }
            }
            Err(error) => {
                tracing::error!(kind = %error.kind(), "standard input cannot be read");
                return;
            }
        }
    }
}

/// Takes what is read until it ends. Each plan has a stream; a new one begins where nothing is open.
async fn run(intake: Intake, mut stop: Stop, mut reads: mpsc::Receiver<Raw>, max_line: usize) {
    let (mut last, mut begins) = (Receipt::nothing(), true);
    while !stop.is_set() {
        let plan = intake.plan();
        match under(&intake, &plan, &mut stop, &mut reads, max_line, &mut last, &mut begins).await {
            Next::Plan => {}
            Next::End => break,
        }
    }
    tokio::select! {
        _ = last.safe() => {}
        () = stop.wait() => {}
    }
}

enum Next {
    Plan,
    End,
}

async fn under(
    intake: &Intake,
    plan: &Arc<Plan>,
    stop: &mut Stop,
    reads: &mut mpsc::Receiver<Raw>,
    max_line: usize,
    last: &mut Receipt,
    begins: &mut bool,
) -> Next {
    let (mut stream, mut text, mut pushed) = (plan.engine.stream(), CleanBuf::default(), 0);
    let mut counted = Report::default();
    let mut at_start = std::mem::take(begins);
    loop {
        let raw = tokio::select! {
            raw = reads.recv() => raw,
            () = stop.wait() => None,
        };
        match &raw {
            Some(raw) => {
                pushed += raw.len() as u64;
                stream.push_raw(raw, &mut |part| text.push(part));
            }
            None => stream.finish(&mut |part| text.push(part)),
        }
        let whole = memchr::memrchr(b'\n', text.as_bytes()).map_or(0, |end| end + 1);
        let whole = if raw.is_none() || text.as_bytes().len() - whole >= max_line { text.as_bytes().len() } else { whole };
        let rest = text.split_off(whole);
        let mut lines = std::mem::replace(&mut text, rest);
        if at_start && !lines.as_bytes().is_empty() {
            at_start = false;
            if lines.as_bytes().starts_with(MARK) {
                lines.forget(MARK.len());
            }
        }
        if !lines.as_bytes().is_empty() {
            let report = stream.report();
            let new = report.since(&counted);
            counted = report;
            if !submit(intake, plan, stop, (lines, &new), max_line, last).await {
                return Next::End;
            }
        }
        if raw.is_none() {
            return Next::End;
        }
        let resume = stream.resume();
        let is_closed = resume.from == pushed && resume.table.is_none() && text.as_bytes().is_empty();
        if is_closed && !Arc::ptr_eq(&intake.plan(), plan) {
            return Next::Plan;
        }
    }
}

/// Hands lines over, and counts what was found in them. Returns whether there can be more.
async fn submit(
    intake: &Intake,
    plan: &Plan,
    stop: &mut Stop,
    (lines, report): (CleanBuf, &Report),
    max_line: usize,
    last: &mut Receipt,
) -> bool {
    let Ok(address) = intake.address(plan, &[]) else {
        tracing::error!("the region of standard input is not known: its records are lost");
        return false;
    };
    intake.meter().scanned(report, address.sinks.bits());
    let batch = Batch::of_lines(address.origin, lines, now()).cut(max_line);
    let records = batch.len();
    let submitted = tokio::select! {
        submitted = intake.submit(plan, batch, address.sinks) => submitted,
        () = stop.wait() => Err(AppendError::Closed.into()),
    };
    match submitted {
        Ok(receipt) => {
            *last = receipt;
            true
        }
        Err(IntakeError::Buffer(AppendError::Closed)) => {
            tracing::warn!(records, "records of standard input were not taken before the end");
            false
        }
        // Nobody can send them again.
        Err(_) => {
            tracing::error!(records, "the buffer did not take records of standard input: they are lost");
            true
        }
    }
}
