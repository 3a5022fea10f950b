//! Files that grow: followed through rotation, read on after a restart.
//!
//! One thread reads all files of a source in turn, so that a busy one does not hold up the others;
//! when the buffer takes no more, it waits. Another task waits until records are safe and remembers
//! how far each file was read. See docs/sources-files.md.

mod about;
mod carry;
mod checkpoint;
mod commit;
mod holes;
mod live;
mod mark;
mod multiline;
mod options;
mod paths;
mod reader;
mod records;
mod tail;
mod watch;

use super::{Context, Kind, Source};
use crate::config::Problems;
use crate::config::fields::Fields;
use crate::task::Task;
use checkpoint::Checkpoints;
use commit::Store;
use reader::Reader;
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::mpsc;

pub(super) use about::{About, Describe, Told};
pub(super) use options::Options;

pub(super) const KIND: Kind = Kind {
    name: "file",
    summary: "files that grow, through rotation",
    example: "{ type: file, include: [\"/var/log/app/*.log\"] }",
    provides: &["file"],
    tags: &[],
    build,
};

/// Batches whose records are not safe yet; the buffer bounds their bytes.
const UNSAFE: usize = 4_096;

/// A source that reads files.
pub(super) struct Files {
    pub(super) options: Options,
    pub(super) describe: Arc<dyn Describe>,
}

fn build(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Box<dyn Source>> {
    let options = Options::read(fields, problems)?;
    let describe = |path: &Path| vec![("file", path.to_string_lossy().into_owned())];
    Some(Box::new(Files { options, describe: Arc::new(describe) }))
}

impl Source for Files {
    fn open(self: Box<Self>, context: Context) -> Task<'static, io::Result<Task<'static, ()>>> {
        Box::pin(async move {
            let missing = || io::Error::new(io::ErrorKind::InvalidInput, "no folder for checkpoints");
            let folder = self.options.checkpoints.clone().or_else(|| context.folder.as_ref().map(|folder| folder.join("checkpoints")));
            let checkpoints = Checkpoints::open(&folder.ok_or_else(missing)?, context.intake.name(), super::now())?;
            more_files();
            let store = Store::new(context.intake.meter(), checkpoints);
            let (sender, receiver) = mpsc::channel(UNSAFE);
            let reader = Reader::new(*self, context.intake, context.stop.clone(), store.clone(), sender);
            Ok(Box::pin(async move {
                let committer = tokio::spawn(commit::commit(store, receiver, context.stop));
                let runtime = tokio::runtime::Handle::current();
                if tokio::task::spawn_blocking(move || reader.run(&runtime)).await.is_err() {
                    tracing::error!("the reader of a source of files ended by a panic");
                }
                let _ = committer.await;
            }) as Task<'static, ()>)
        })
    }

    fn needs_folder(&self) -> bool {
        self.options.checkpoints.is_none()
    }
}

/// Each file is held open, so that it can be read to its end when it is rotated away.
fn more_files() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        // If the system refuses, fewer files are read at once, and each that cannot be opened is tried again.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    }
}
