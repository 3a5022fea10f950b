//! Records as NDJSON to files on this machine.
//!
//! A request counts as taken when its lines are synced. What a failed write left behind is cut off
//! again, so that a line is there whole or not at all. A file that is large enough is set aside as
//! `PATH.1`, older ones move on to `PATH.2` and so on, and the oldest are deleted.

use super::care::{self, Care, Transport};
use super::template::{Store, Template};
use super::{Builder, Kind, Limits, Request, SendError, Sink, encode};
use crate::config::fields::Fields;
use crate::config::{Component, Problems};
use crate::record::{Origin, Record};
use crate::task::Task;
use std::collections::HashMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(super) const KIND: Kind = Kind {
    name: "file",
    summary: "NDJSON to files on this machine",
    example: "{ type: file, path: \"/var/log/out/{source}.ndjson\" }",
    leaves: false,
    build,
};

/// Files that are open at once.
const OPEN: usize = 64;

const PATH: Store = Store {
    keeps: |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'),
    escape: '%',
    most: 4000,
    // A name has at most 255 bytes, and rotation adds its number and end.
    most_of_part: 240,
    own: &[],
};

#[derive(Clone, Copy)]
struct Rotation {
    max_size: u64,
    keep: u64,
    is_packed: bool,
}

struct Options {
    path: Template,
    rotation: Rotation,
}

fn build(fields: &mut Fields<'_>, _: &Component, problems: &mut Problems) -> Option<Box<dyn Builder>> {
    let path = fields.take("path").and_then(|at| {
        let template = Template::read(&at, problems, &PATH)?;
        let text: String = template.texts().collect::<Vec<_>>().join("x");
        if text.split('/').any(|part| part == "..") || text.ends_with('/') && at.text(problems, "").is_some_and(|path| path.ends_with('/'))
        {
            at.wrong_as(problems, "another text", "the path of a file without `..`, such as `/var/log/out/{source}.ndjson`");
            return None;
        }
        Some(template)
    });
    let max_size = fields.take("max_size").and_then(|at| at.bytes(problems)).unwrap_or(100 << 20);
    let keep = fields.take("keep").and_then(|at| at.number(problems, 1, 9999)).unwrap_or(10);
    let is_packed = fields.take("compression").and_then(|at| at.choice(problems, &[("none", false), ("zstd", true)])).unwrap_or(false);
    Some(Box::new(Options { path: path?, rotation: Rotation { max_size, keep, is_packed } }))
}

impl Builder for Options {
    fn open(self: Box<Self>) -> Task<'static, io::Result<Arc<dyn Sink>>> {
        Box::pin(async move { Ok(Arc::new(Files { files: Mutex::default(), options: *self }) as Arc<dyn Sink>) })
    }

    fn care(&self) -> Care {
        Care {
            transport: Transport::Local,
            at_rest: "none",
            retention: format!("{} files set aside", self.rotation.keep),
            not_enforceable: vec![care::AT_REST, "retention in time", "who copies the files"],
        }
    }

    fn places(&self) -> Vec<(&'static str, &str, bool)> {
        self.path.names().map(|(name, says)| ("path", name, says)).collect()
    }
}

/// An open file and its length.
struct Open {
    file: File,
    length: u64,
}

/// None while it is not open.
type Shared = Arc<Mutex<Option<Open>>>;

struct Files {
    files: Mutex<HashMap<String, Shared>>,
    options: Options,
}

impl Sink for Files {
    fn limits(&self) -> Limits {
        Limits { bytes: 1 << 20, records: usize::MAX, requests: 4, linger: Duration::ZERO }
    }

    fn cost(&self, origin: &Origin, record: &Record<'_>) -> usize {
        encode::cost(origin, record)
    }

    fn partition(&self, origin: &Origin) -> String {
        self.options.path.render(origin, &PATH)
    }

    fn in_order(&self) -> bool {
        true
    }

    fn send<'s>(&'s self, request: &'s Request) -> Task<'s, Result<(), SendError>> {
        Box::pin(async move {
            let mut lines = Vec::with_capacity(request.bytes);
            encode::lines(request, &mut lines);
            let (open, path, rotation) = (self.file(&request.partition), PathBuf::from(&request.partition), self.options.rotation);
            let work = tokio::task::spawn_blocking(move || {
                let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
                append(&mut open, &path, rotation, &lines)
            });
            let written = work.await.unwrap_or_else(|_| Err(io::ErrorKind::Other.into()));
            written.map_err(|error| SendError::retry(reason(error.kind())))
        })
    }
}

impl Files {
    fn file(&self, path: &str) -> Shared {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if files.len() >= OPEN && !files.contains_key(path) {
            // Those in use stay open for whoever uses them.
            files.retain(|_, file| Arc::strong_count(file) > 1);
        }
        Arc::clone(files.entry(path.to_owned()).or_default())
    }
}

fn reason(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full",
        io::ErrorKind::PermissionDenied => "the file may not be written",
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only",
        _ => "the file cannot be written",
    }
}

/// Writes lines and syncs them. After a failure the file is as long as before.
fn append(open: &mut Option<Open>, path: &Path, rotation: Rotation, lines: &[u8]) -> io::Result<()> {
    let current = match open.take() {
        Some(current) if is_there(&current.file, path) => current,
        _ => start(path)?,
    };
    let mut current = if current.length > 0 && current.length + lines.len() as u64 > rotation.max_size {
        drop(current);
        rotate(path, rotation)?;
        start(path)?
    } else {
        current
    };
    match current.file.write_all(lines).and_then(|()| current.file.sync_data()) {
        Ok(()) => {
            current.length += lines.len() as u64;
            *open = Some(current);
            Ok(())
        }
        Err(error) => {
            // Not kept open: whether this worked is seen when it is opened anew.
            let _ = current.file.set_len(current.length);
            Err(error)
        }
    }
}

/// Whether the name still leads to the open file: somebody else may have moved it.
fn is_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |data: io::Result<std::fs::Metadata>| data.ok().map(|data| (data.dev(), data.ino()));
    let open = id(file.metadata());
    open.is_some() && open == id(std::fs::metadata(path))
}

/// Opens or makes a file. A line without an end, left by a crash, gets one.
fn start(path: &Path) -> io::Result<Open> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    let mut length = file.metadata()?.len();
    if length == 0 {
        // The name has to be there after a crash, too.
        File::open(folder)?.sync_all()?;
    } else {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
            length += 1;
        }
    }
    Ok(Open { file, length })
}

/// Name of a file that was set aside.
fn aside(path: &Path, number: u64, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}{end}"));
    PathBuf::from(name)
}

/// Sets a file aside. The file itself goes last, so that a crash at any point loses nothing.
fn rotate(path: &Path, rotation: Rotation) -> io::Result<()> {
    let ends = ["", ".zst"];
    for number in (1..=rotation.keep).rev() {
        for end in ends {
            let from = aside(path, number, end);
            let moved =
                if number == rotation.keep { std::fs::remove_file(&from) } else { std::fs::rename(&from, aside(path, number + 1, end)) };
            match moved {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    if rotation.is_packed {
        let part = aside(path, 1, ".zst.part");
        let out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
        let mut packer = zstd::stream::write::Encoder::new(out, 3)?;
        packer.include_checksum(true)?;
        io::copy(&mut File::open(path)?, &mut packer)?;
        packer.finish()?.sync_all()?;
        std::fs::rename(&part, aside(path, 1, ".zst"))?;
        std::fs::remove_file(path)?;
    } else {
        std::fs::rename(path, aside(path, 1, ""))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const ROTATION: Rotation = Rotation { max_size: 10, keep: 2, is_packed: false };

    fn write(path: &Path, rotation: Rotation, lines: &[&str]) {
        let mut open = None;
        lines.iter().for_each(|line| append(&mut open, path, rotation, line.as_bytes()).unwrap());
    }

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn folders_and_files_are_made_for_their_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/app.ndjson");
        write(&path, ROTATION, &["{}\n"]);
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }

    #[test]
    fn files_rotate_by_size_and_the_oldest_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.ndjson");
        write(&path, ROTATION, &["1234567\n", "2234567\n", "3234567\n", "4\n", "5234567\n"]);
        let read = |end: &str| std::fs::read_to_string(folder.path().join(format!("app.ndjson{end}"))).unwrap();
        assert_eq!((read(""), read(".1"), read(".2")), ("5234567\n".into(), "3234567\n4\n".into(), "2234567\n".into()));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn what_is_set_aside_can_be_packed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.ndjson");
        write(&path, Rotation { is_packed: true, ..ROTATION }, &["1234567\n", "2234567\n", "3234567\n", "4234567\n"]);
        let packed = folder.path().join("app.ndjson.1.zst");
        assert_eq!(zstd::stream::decode_all(File::open(&packed).unwrap()).unwrap(), b"3234567\n");
        assert_eq!((mode(&packed), std::fs::read_dir(folder.path()).unwrap().count()), (0o600, 3));
    }

    #[test]
    fn a_line_that_a_crash_cut_ends_before_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.ndjson");
        std::fs::write(&path, "{\"a\":1}\n{\"a").unwrap();
        write(&path, Rotation { max_size: 1000, ..ROTATION }, &["{\"b\":1}\n"]);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"a\":1}\n{\"a\n{\"b\":1}\n");
    }

    #[test]
    fn a_file_that_somebody_moved_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.ndjson");
        let mut open = None;
        append(&mut open, &path, ROTATION, b"1\n").unwrap();
        std::fs::rename(&path, folder.path().join("moved")).unwrap();
        append(&mut open, &path, ROTATION, b"2\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "2\n");
    }

    #[test]
    fn a_write_that_fails_leaves_no_part_of_a_line() {
        // Nothing can be written to this device, and its length cannot be set.
        let full = File::options().append(true).read(true).open("/dev/full").unwrap();
        let mut open = Some(Open { file: full, length: 0 });
        let error = append(&mut open, Path::new("/dev/full"), ROTATION, b"1\n").unwrap_err();
        assert_eq!(reason(error.kind()), "the disk is full");
        assert!(open.is_none());
    }
}
