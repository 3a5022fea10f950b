//! Which files there are: patterns, and the names that rotation gives.
//!
//! A file that was rotated may no longer match the pattern. It is known by its name without what
//! rotation added: `app.log.1`, `app.log-20260301`, `app-20260301.log` and `app.1.log` were `app.log`.

use super::mark::Identity;
use std::collections::{BTreeSet, HashSet};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file that matches a pattern, or that did before it was rotated.
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// The same without the ending of a compressor.
    pub(super) plain: PathBuf,
    pub(super) identity: Identity,
    pub(super) size: u64,
    pub(super) modified: SystemTime,
    /// Whether a pattern names it as it is.
    pub(super) is_direct: bool,
    /// The name that it had before it was rotated, if it looks like that.
    pub(super) base: Option<PathBuf>,
    /// Whether its name says that it is compressed.
    pub(super) is_packed: bool,
}

/// Files and folders that are there, and are not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Unread {
    /// What the system does not let the program look at.
    pub(super) unreadable: u64,
    /// Names that are no UTF-8.
    pub(super) unnamed: u64,
    /// Files that hold no text.
    pub(super) content: u64,
}

/// What to look for.
#[derive(Clone)]
pub(super) struct Paths {
    pub(super) include: Vec<glob::Pattern>,
    pub(super) exclude: Vec<glob::Pattern>,
    pub(super) follow: bool,
}

const OPTIONS: glob::MatchOptions =
    glob::MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

impl Paths {
    /// All files there are, those that were written to first before the others, and what is left out of them.
    pub(super) fn list(&self) -> (Vec<Found>, Unread) {
        let (mut folders, mut closed) = (BTreeSet::new(), BTreeSet::new());
        for pattern in &self.include {
            let Some((mut folder, _)) = pattern.as_str().rsplit_once('/') else { continue };
            loop {
                for path in glob::glob_with(if folder.is_empty() { "/" } else { folder }, OPTIONS).into_iter().flatten() {
                    match path {
                        Ok(path) => folders.insert(path),
                        Err(error) => is_closed(error.error()) && closed.insert(error.path().to_owned()),
                    };
                }
                // `**` stands for no folder as well, which the list of folders below it leaves out.
                let Some(above) = folder.strip_suffix("/**") else { break };
                folder = above;
            }
        }
        let mut seen = HashSet::new();
        let (mut found, mut unread) = (Vec::new(), Unread::default());
        for folder in folders {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    if is_closed(&error) {
                        closed.insert(folder);
                    }
                    continue;
                }
            };
            for entry in entries.flatten() {
                let path = entry.path();
                if path.to_str().is_none() {
                    // As far as it can be read it would be looked at.
                    let like = PathBuf::from(path.to_string_lossy().into_owned());
                    unread.unnamed += u64::from(self.includes(&like) && !self.excludes(&like) && self.metadata(&path).is_some());
                    continue;
                }
                found.extend(self.judge(path));
            }
        }
        unread.unreadable = closed.len() as u64;
        found.sort_by(|left, right| (!left.is_direct, left.modified, &left.path).cmp(&(!right.is_direct, right.modified, &right.path)));
        // Two names of one file are one file.
        found.retain(|file| seen.insert(file.identity));
        (found, unread)
    }

    fn judge(&self, path: PathBuf) -> Option<Found> {
        let name = path.file_name()?.to_str()?;
        let is_direct = self.includes(&path);
        let (plain, is_packed) = unpacked(name);
        let whole = path.with_file_name(plain);
        let base = base_names(plain).into_iter().map(|base| path.with_file_name(base)).find(|base| self.includes(base));
        let base = base.or_else(|| Some(path.with_file_name(plain)).filter(|plain| is_packed && self.includes(plain)));
        if (!is_direct && base.is_none()) || self.excludes(&path) {
            return None;
        }
        let metadata = self.metadata(&path)?;
        Some(Found {
            identity: Identity::of(&metadata),
            size: metadata.len(),
            modified: metadata.modified().ok()?,
            is_direct,
            base,
            is_packed,
            path,
            plain: whole,
        })
    }

    fn metadata(&self, path: &Path) -> Option<Metadata> {
        let metadata = if self.follow { fs::metadata(path) } else { fs::symlink_metadata(path) };
        metadata.ok().filter(Metadata::is_file)
    }

    fn includes(&self, path: &Path) -> bool {
        self.include.iter().any(|pattern| pattern.matches_path_with(path, OPTIONS))
    }

    fn excludes(&self, path: &Path) -> bool {
        self.exclude.iter().any(|pattern| pattern.matches_path_with(path, OPTIONS))
    }
}

/// Whether something is there and may not be looked at; what went away meanwhile, and what is no folder, is not.
pub(super) fn is_closed(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidInput, NotADirectory, NotFound};
    !matches!(error.kind(), NotFound | NotADirectory | InvalidInput)
}

/// A name without the ending of a compressor.
fn unpacked(name: &str) -> (&str, bool) {
    let plain = [".gz", ".zst", ".bz2", ".xz", ".lz4", ".zip", ".Z"].iter().find_map(|ending| name.strip_suffix(ending));
    (plain.unwrap_or(name), plain.is_some())
}

/// Names that a rotated file may have had.
fn base_names(name: &str) -> Vec<String> {
    // What rotation adds: a number, a date, a time.
    let added = |text: &str| {
        text.starts_with(|letter: char| letter.is_ascii_digit())
            && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'T' | b'Z' | b'+'))
    };
    let separators = || name.char_indices().filter(|(at, letter)| *at > 0 && matches!(letter, '.' | '-' | '_')).map(|(at, _)| at);
    let mut names = Vec::new();
    for at in separators() {
        let Some((stem, rest)) = name.split_at_checked(at) else { continue };
        let rest = rest.get(1..).unwrap_or_default();
        if added(rest) {
            names.push(stem.to_owned());
        } else if let Some((between, ending)) = rest.rsplit_once('.').filter(|(between, _)| added(between)) {
            let _ = between;
            names.push(format!("{stem}.{ending}"));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_rotated_files() {
        for (name, base) in [
            ("app.log.1", "app.log"),
            ("app.log-20260301", "app.log"),
            ("app.log.2026-03-01T10:15:00Z", "app.log"),
            ("app-20260301.log", "app.log"),
            ("app.1.log", "app.log"),
            ("0.log.20260301-101500", "0.log"),
        ] {
            assert!(base_names(name).iter().any(|known| known == base), "{name}: {:?}", base_names(name));
        }
        for name in ["app.log", "app.log.bak", "app.log.lock", "1.log", "app"] {
            assert_eq!(base_names(name), [""; 0], "{name}");
        }
        assert_eq!(unpacked("app.log.2.gz"), ("app.log.2", true));
    }

    #[test]
    fn patterns_and_rotated_names_are_found_once() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.log", "a.log.1", "b.txt", "a.log.2.gz", "no.log", "a.log.old"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        fs::hard_link(folder.path().join("a.log"), folder.path().join("again.log")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("b.txt"), folder.path().join("link.log")).unwrap();
        let pattern = |text: &str| glob::Pattern::new(&format!("{}/{text}", folder.path().display())).unwrap();
        let mut paths = Paths { include: vec![pattern("*.log")], exclude: vec![pattern("no.*")], follow: false };
        let names = |paths: &Paths| {
            let mut names: Vec<_> = paths
                .list()
                .0
                .iter()
                .map(|found| (found.path.file_name().unwrap().to_str().unwrap().to_owned(), found.is_direct))
                .collect();
            names.sort();
            names
        };
        let expected = [("a.log", true), ("a.log.1", false), ("a.log.2.gz", false)].map(|(name, direct)| (name.to_owned(), direct));
        assert_eq!(names(&paths), expected);
        paths.follow = true;
        assert!(names(&paths).contains(&("link.log".to_owned(), true)));
    }

    #[test]
    fn two_stars_stand_for_no_folder_too() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("one/two")).unwrap();
        for name in ["a.log", "one/b.log", "one/two/c.log"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        for (pattern, wanted) in [("**/*.log", 3), ("**/**/*.log", 3), ("one/**/*.log", 2), ("**/two/*.log", 1)] {
            let include = vec![glob::Pattern::new(&format!("{}/{pattern}", folder.path().display())).unwrap()];
            assert_eq!(Paths { include, exclude: Vec::new(), follow: false }.list().0.len(), wanted, "{pattern}");
        }
    }

    #[test]
    fn names_that_are_no_text_are_counted() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        for name in [b"a.log".as_slice(), b"\xff\xfe.log", b"\xff.txt"] {
            fs::write(folder.path().join(std::ffi::OsStr::from_bytes(name)), "x").unwrap();
        }
        let include = vec![glob::Pattern::new(&format!("{}/*.log", folder.path().display())).unwrap()];
        let (found, unread) = Paths { include, exclude: Vec::new(), follow: false }.list();
        assert_eq!((found.len(), unread), (1, Unread { unnamed: 1, ..Unread::default() }));
        let error = |kind| is_closed(&io::Error::from(kind));
        assert!(error(io::ErrorKind::PermissionDenied) && !error(io::ErrorKind::NotFound));
    }
}
