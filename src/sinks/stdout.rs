//! Records as NDJSON to standard output.

use super::care::{self, Care, Transport};
use super::{Builder, Kind, Limits, Request, SendError, Sink, encode};
use crate::config::fields::Fields;
use crate::config::{Component, Problems};
use crate::record::{Origin, Record};
use crate::task::Task;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::sync::Mutex;

pub(super) const KIND: Kind =
    Kind { name: "stdout", summary: "NDJSON to standard output", example: "{ type: stdout }", leaves: false, build };

fn build(_: &mut Fields<'_>, _: &Component, _: &mut Problems) -> Option<Box<dyn Builder>> {
    Some(Box::new(Stdout { out: Mutex::new(tokio::io::stdout()) }))
}

struct Stdout {
    out: Mutex<tokio::io::Stdout>,
}

impl Builder for Stdout {
    fn open(self: Box<Self>) -> Task<'static, io::Result<Arc<dyn Sink>>> {
        Box::pin(async move { Ok(Arc::new(*self) as Arc<dyn Sink>) })
    }

    fn care(&self) -> Care {
        Care {
            transport: Transport::Local,
            at_rest: "none",
            retention: "none".to_owned(),
            not_enforceable: vec!["where the lines go from there", care::AT_REST, care::RETENTION],
        }
    }
}

impl Sink for Stdout {
    fn limits(&self) -> Limits {
        Limits { bytes: 256 * 1024, records: usize::MAX, requests: 1, linger: Duration::ZERO }
    }

    fn cost(&self, origin: &Origin, record: &Record<'_>) -> usize {
        encode::cost(origin, record)
    }

    fn send<'s>(&'s self, request: &'s Request) -> Task<'s, Result<(), SendError>> {
        Box::pin(async move {
            let mut lines = Vec::with_capacity(request.bytes);
            encode::lines(request, &mut lines);
            let mut out = self.out.lock().await;
            out.write_all(&lines).await.map_err(|_| SendError::retry("standard output does not take records"))?;
            out.flush().await.map_err(|_| SendError::retry("standard output does not take records"))
        })
    }
}
