//! Reads from connections that carry streams of messages, for `syslog` and `fluent`.
//!
//! A connection has no buffer of its own: what was read is copied out of one that its thread has. So many that wait
//! take no memory, and one that sends much is read in large parts once that memory is counted for it.

use crate::record::Raw;
use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::pin::Pin;
use std::task::{Poll, ready};
use tokio::io::{AsyncRead, ReadBuf};

/// Bytes of a read: nobody counts them.
pub(super) const SMALL: usize = 2 * 1024;
/// Bytes of a read from a connection that has filled the one before.
pub(super) const LARGE: usize = 64 * 1024;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; LARGE]);
}

/// What came, at most so many bytes; nothing at the end. Loses nothing when it is dropped.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin), most: usize) -> io::Result<Raw> {
    poll_fn(|context| {
        BUFFER.with_borrow_mut(|buffer| {
            let length = buffer.len().min(most);
            let mut part = ReadBuf::new(buffer.get_mut(..length).unwrap_or_default());
            ready!(Pin::new(&mut *stream).poll_read(context, &mut part))?;
            Poll::Ready(Ok(Raw::new(part.filled().to_vec())))
        })
    })
    .await
}

/// Removes the socket that an earlier run left behind, if nobody answers on it. What is no socket stays, and the bind fails.
pub(super) fn make_way(path: &Path, connect: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    if is_socket && connect(path).is_err() { std::fs::remove_file(path) } else { Ok(()) }
}
