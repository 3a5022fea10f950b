//! Pipes from the command, through the engine, to the real outputs.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::mpsc::{self, Receiver};
use std::thread::Scope;
use std::time::{Duration, Instant};

use hushlog::{Clean, Engine, Report};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::pipe::{PipeFlags, fcntl_setpipe_size, pipe_with};
use rustix::stdio::{dup2_stderr, dup2_stdout};

use super::tty::Terminal;

/// Bytes that a pipe holds, if the system allows as many: fewer wake-ups for a command that writes much.
const PIPE: usize = 1 << 20;

/// The outputs that hushlog was started with. Closed in the command.
pub(super) struct Real {
    pub(super) out: OwnedFd,
    pub(super) err: OwnedFd,
}

impl Real {
    pub(super) fn take() -> io::Result<Self> {
        let keep = |fd: BorrowedFd<'_>| fcntl_dupfd_cloexec(fd, 3);
        Ok(Self { out: keep(rustix::stdio::stdout())?, err: keep(rustix::stdio::stderr())? })
    }

    /// Makes them hushlog's own again, for what it has to say at the end.
    pub(super) fn restore(&self) {
        let _ = dup2_stdout(&self.out);
        let _ = dup2_stderr(&self.err);
    }
}

/// Where the command writes.
pub(super) struct Ends {
    pub(super) out: OwnedFd,
    pub(super) err: OwnedFd,
}

impl Ends {
    /// Puts them in place of hushlog's own outputs, so that nobody finds the real ones there.
    pub(super) fn replace_own(&self) -> io::Result<()> {
        dup2_stdout(&self.out)?;
        dup2_stderr(&self.err)?;
        Ok(())
    }

    /// Lets go of them, so that the pipes end when the command's processes have.
    pub(super) fn release(self) {
        if let Ok(null) = File::options().write(true).open("/dev/null") {
            let _ = dup2_stdout(&null);
            let _ = dup2_stderr(&null);
        }
    }
}

/// Which real output a pipe goes to.
#[derive(Clone, Copy)]
enum Target {
    Out,
    Err,
}

impl Target {
    fn name(self) -> &'static str {
        match self {
            Self::Out => "stdout",
            Self::Err => "stderr",
        }
    }
}

/// Takes what is scrubbed beside the real output.
pub(super) trait Also: Send {
    fn push(&mut self, clean: Clean<'_>);
    /// What was pushed is all for now. `report` says what was found since the output began.
    fn send(&mut self, report: &Report);
    /// Nothing more comes.
    fn end(self: Box<Self>, report: &Report);
}

/// Gives what takes the text of an output, by its name.
pub(super) type Beside<'b> = dyn Fn(&'static str) -> Option<Box<dyn Also>> + 'b;

/// Ends of pipes that are read.
pub(super) struct Readers(Vec<(OwnedFd, Target)>);

impl Readers {
    pub(super) fn of_pipes(merge: bool) -> io::Result<(Self, Ends)> {
        let (read, out) = pipe()?;
        let mut readers = vec![(read, Target::Out)];
        let err = if merge {
            out.try_clone()?
        } else {
            let (read, err) = pipe()?;
            readers.push((read, Target::Err));
            err
        };
        Ok((Self(readers), Ends { out, err }))
    }

    pub(super) fn of_terminal(terminal: &Terminal, slave: OwnedFd) -> io::Result<(Self, Ends)> {
        let ends = Ends { out: slave.try_clone()?, err: slave };
        Ok((Self(vec![(terminal.master.try_clone()?, Target::Out)]), ends))
    }

    /// Reads each in a thread of its own. What is scrubbed is given to `also` besides, which is made for each.
    pub(super) fn start<'s>(self, scope: &'s Scope<'s, '_>, engine: &'s Engine, real: &'s Real, also: Option<&Beside<'_>>) -> Running {
        let (stop, stopped) = (pipe(), mpsc::channel());
        let (done, ended) = stopped;
        let Ok((watched, stop)) = stop else { return Running { stop: None, ended, open: 0 } };
        let open = self.0.len();
        for (from, target) in self.0 {
            let (done, watched) = (done.clone(), watched.try_clone());
            let also = also.and_then(|also| also(target.name()));
            scope.spawn(move || {
                let to = match target {
                    Target::Out => &real.out,
                    Target::Err => &real.err,
                };
                if let (Ok(to), Ok(notices), Ok(watched)) = (to.try_clone(), real.err.try_clone(), watched) {
                    let to = Outputs { real: File::from(to), also, written: Ok(()) };
                    // What cannot be written any more ends the pipe: the command is told so by the system.
                    let _ = copy(engine, &File::from(from), to, watched.as_fd(), &File::from(notices));
                }
                let _ = done.send(());
            });
        }
        Running { stop: Some(stop), ended, open }
    }
}

/// Threads that read.
pub(super) struct Running {
    /// Closed to say that it is time to end.
    stop: Option<OwnedFd>,
    ended: Receiver<()>,
    open: usize,
}

impl Running {
    /// Waits for the end of the pipes, at most for a time; then what is there is all.
    pub(super) fn finish(mut self, drain: Duration) {
        let deadline = Instant::now() + drain;
        while self.open > 0 && self.ended.recv_timeout(deadline.saturating_duration_since(Instant::now())).is_ok() {
            self.open -= 1;
        }
        drop(self.stop.take());
    }
}

fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
    let _ = fcntl_setpipe_size(&write, PIPE);
    Ok((read, write))
}

/// Where scrubbed text goes.
struct Outputs {
    real: File,
    also: Option<Box<dyn Also>>,
    written: io::Result<()>,
}

impl Outputs {
    fn write(&mut self, clean: Clean<'_>) {
        if self.written.is_ok() {
            self.written = self.real.write_all(clean.as_bytes());
        }
        if let Some(also) = &mut self.also {
            also.push(clean);
        }
    }
}

/// A pipe that ends when it is time to: what is there then is all.
struct Pipe<'p> {
    from: &'p File,
    stop: BorrowedFd<'p>,
    stopped: bool,
}

impl Read for Pipe<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.stopped {
            return Ok(0);
        }
        let (readable, stopped) = wait(self.from, self.stop)?;
        self.stopped = stopped;
        if !readable && stopped {
            return Ok(0);
        }
        match self.from.read(room) {
            // The last process closed the terminal.
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => Ok(0),
            read => read,
        }
    }
}

/// Passes on what is text, opened as `scrub` opens its input. Anything else is withheld to its end, which is said.
fn copy(engine: &Engine, from: &File, mut to: Outputs, stop: BorrowedFd<'_>, notices: &File) -> io::Result<()> {
    let mut stream = engine.stream();
    let pipe = || Pipe { from, stop, stopped: false };
    let outcome = hushlog::decode::open(pipe()).and_then(|mut text| {
        loop {
            if stream.read_from(&mut text)? == 0 {
                return Ok(());
            }
            stream.drain(&mut |clean| to.write(clean));
            if let Some(also) = &mut to.also {
                also.send(&stream.report());
            }
            if to.written.is_err() {
                return Ok(());
            }
        }
    });
    std::mem::replace(&mut to.written, Ok(()))?;
    if let Err(error) = outcome {
        // Of an error of the content the text is static.
        let Some(problem) = error.get_ref().and_then(|inner| inner.downcast_ref::<hushlog::decode::DecodeError>()) else {
            return Err(error);
        };
        let mut notices = notices;
        let _ = writeln!(notices, "hushlog: an output of the command is withheld: {problem}");
        // Read to its end, or the command would be told that nobody listens.
        io::copy(&mut pipe(), &mut io::sink())?;
    }
    stream.finish(&mut |clean| to.write(clean));
    if let Some(also) = to.also {
        also.end(&stream.report());
    }
    to.written
}

/// Waits until there is something to read, or it is time to end.
fn wait(from: &File, stop: BorrowedFd<'_>) -> io::Result<(bool, bool)> {
    let mut fds = [PollFd::new(from, PollFlags::IN), PollFd::from_borrowed_fd(stop, PollFlags::IN)];
    loop {
        match poll(&mut fds, None) {
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => {
                let [readable, stopped] = fds.each_ref().map(|fd| !fd.revents().is_empty());
                return Ok((readable, stopped));
            }
        }
    }
}
