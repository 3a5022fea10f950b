//! Key files: never one that others than its owner may read, and their bytes go into memory that is wiped.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use zeroize::Zeroizing;

use super::exit::Failure;
use super::text::printable;

/// Reads a key of at most so many bytes; of a longer one, a byte more.
pub(super) fn read(path: &Path, most: u64) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let file = printable(path.as_os_str());
    let unread = |source| Failure::KeyUnread { file: file.clone(), source };
    let reader = File::open(path).map_err(unread)?;
    // Of the file that was opened: its name may mean another one by now.
    let mode = reader.metadata().map_err(unread)?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(Failure::KeyShared { file, mode });
    }
    // Room from the start: what grows leaves copies behind.
    let mut content = Zeroizing::new(Vec::with_capacity(usize::try_from(most).unwrap_or(0) + 1));
    reader.take(most + 1).read_to_end(&mut content).map_err(unread)?;
    Ok(content)
}
