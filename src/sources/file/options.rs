//! Options of sources that read files.

use super::multiline::Multiline;
use super::paths::Paths;
use super::records::Form;
use crate::config::Problems;
use crate::config::fields::{At, Fields};
use std::path::PathBuf;
use std::time::Duration;

/// Options of sources that read files.
#[derive(Clone)]
pub(in crate::sources) struct Options {
    pub(super) paths: Paths,
    /// Whether files that are there at the first start are read from their end.
    pub(super) from_end: bool,
    pub(super) poll: Duration,
    pub(super) max_line: usize,
    pub(super) rotate_wait: Duration,
    pub(super) form: Form,
    pub(in crate::sources) checkpoints: Option<PathBuf>,
}

/// Longest record, in bytes.
const MAX_LINE: u64 = 1 << 20;
const POLL: Duration = Duration::from_millis(250);
/// How long a rotated file has to be quiet until it counts as ended.
const ROTATE_WAIT: Duration = Duration::from_secs(5);
const PATTERN: &str = "an absolute path, such as `/var/log/app/*.log`";

impl Options {
    /// The options of `file`.
    pub(super) fn read(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Self> {
        let include = fields.take("include").map(|include| patterns(&include, problems));
        let multiline = Multiline::read(fields, problems);
        // Everything is read, so that all that is wrong is said at once.
        let options = Self::common(fields, problems, include.clone().unwrap_or_default(), true);
        include.map(|_| Self { form: multiline.map_or(Form::Lines, Form::Joined), ..options })
    }

    /// The options of `kubernetes`: the files below a folder.
    pub(in crate::sources) fn pods(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Self> {
        const FOLDER: &str = "a folder with its whole path, such as `/var/log/pods`";
        let path = fields.take("path").map_or(Some("/var/log/pods"), |path| {
            let text = path.text(problems, FOLDER)?;
            if !text.starts_with('/') {
                path.wrong_as(problems, "another path", FOLDER);
            }
            Some(text)
        });
        let is_given = path.is_some();
        let path = path.unwrap_or_default();
        let pattern = format!("{}/*/*/*.log", glob::Pattern::escape(path.trim_end_matches('/')));
        let include = glob::Pattern::new(&pattern).into_iter().collect();
        let options = Self::common(fields, problems, include, false);
        is_given.then(|| Self { form: Form::Pods, ..options })
    }

    fn common(fields: &mut Fields<'_>, problems: &mut Problems, include: Vec<glob::Pattern>, follow: bool) -> Self {
        let exclude = fields.take("exclude").map(|at| patterns(&at, problems)).unwrap_or_default();
        let from_end = fields.take("from").and_then(|at| at.choice(problems, &[("beginning", false), ("end", true)]));
        let follow = fields.take("follow_links").and_then(|at| at.truth(problems)).unwrap_or(follow);
        let poll = fields.take("poll").and_then(|at| at.duration_within(problems, "10ms", "1h")).unwrap_or(POLL);
        let wait = fields.take("rotate_wait").and_then(|at| at.duration_within(problems, "100ms", "1d")).unwrap_or(ROTATE_WAIT);
        let max_line = fields.take("max_line").and_then(|at| at.bytes_within(problems, "1KiB", "16MiB"));
        let checkpoints = fields.take("checkpoints").and_then(|at| at.text(problems, "a folder")).map(PathBuf::from);
        Self {
            paths: Paths { include, exclude, follow },
            from_end: from_end.unwrap_or(false),
            poll,
            max_line: max_line.unwrap_or(MAX_LINE) as usize,
            rotate_wait: wait,
            form: Form::Lines,
            checkpoints,
        }
    }
}

fn patterns(at: &At<'_>, problems: &mut Problems) -> Vec<glob::Pattern> {
    let mut patterns = Vec::new();
    for item in at.list() {
        let Some(text) = item.text(problems, PATTERN) else { continue };
        match glob::Pattern::new(text) {
            Ok(pattern) if text.starts_with('/') && !text.ends_with('/') => patterns.push(pattern),
            _ => item.wrong_as(problems, "another pattern", PATTERN),
        }
    }
    patterns
}
