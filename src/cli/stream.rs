//! Standard input and named pipes, read to their end.
//!
//! Enters: a path that names one. Leaves: an engine that has read it. Must not know: what will be printed.
//!
//! It is waited for in short turns, so that a pipe in which nothing comes can be left.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, poll};

use super::failure::Failure;
use crate::engine::{Engine, read_piped};
use crate::source::{Inflow, Observer, Unpacking, Windows};

/// Bytes that a pipe is to hold: as many as Linux lets anyone have.
#[cfg(target_os = "linux")]
const PIPE: usize = 1 << 20;

/// Time after which the observer is asked whether to go on, where nothing comes; ms.
const LOOK: u8 = 50;

/// Standard input, or a named pipe such as the shell makes of `<(ssh lb1 cat haproxy.log)`.
pub(super) fn is_stream(path: &Path) -> bool {
    path == Path::new("-")
        || std::fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_fifo())
}

/// Opens standard input, or a named pipe, for which somebody who writes to it is waited for.
///
/// # Errors
/// When it cannot be read.
pub(super) fn open_stream(path: &Path) -> Result<File, Failure> {
    open(path, 0)
}

fn open(path: &Path, flags: i32) -> Result<File, Failure> {
    let opened = if path == Path::new("-") {
        io::stdin().as_fd().try_clone_to_owned().map(File::from)
    } else {
        File::options().read(true).custom_flags(flags).open(path)
    };
    let opened = opened.map_err(|error| unreadable(&name_of(path), &error))?;
    widen(&opened);
    Ok(opened)
}

/// Asks for a pipe in which there is room for more: so whoever writes to it and who reads it wait less often for each
/// other. Where it is none, or may not be wider, it is read as it is.
#[cfg(target_os = "linux")]
fn widen(pipe: impl AsFd) {
    if rustix::pipe::fcntl_getpipe_size(&pipe).is_ok_and(|size| size < PIPE) {
        let _ = rustix::pipe::fcntl_setpipe_size(&pipe, PIPE);
    }
}

#[cfg(not(target_os = "linux"))]
fn widen(_: impl AsFd) {}

/// What a log is called where lines of it are told of.
pub(super) fn name_of(path: &Path) -> String {
    match path.to_str() {
        Some("-") => "stdin".to_owned(),
        _ => path.display().to_string(),
    }
}

/// Others were named beside a stream.
pub(super) fn not_alone(stream: &Path) -> Failure {
    Failure::new(
        format!("{} cannot be read together with others", name_of(stream)),
        "pipe all of them: cat FILE… | hapline … -",
    )
}

/// Reads a stream on so many threads (0: one for each core) until it ends or is stopped.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read(
    mut engine: Engine,
    path: &Path,
    threads: usize,
    observer: &dyn Observer,
) -> Result<Engine, Failure> {
    let latest = jiff::Timestamp::now().as_second();
    let name = name_of(path);
    let mut inflow = begin(path, observer)?;
    let more = |windows: &mut Windows| more(&mut inflow, windows, &name);
    read_piped(&mut engine, &name, latest, threads, more)?;
    inflow
        .missing()
        .into_iter()
        .for_each(|caveat| engine.caveat(caveat));
    Ok(engine)
}

/// Begins to read a stream.
///
/// # Errors
/// When it cannot be read.
pub(super) fn begin<'a>(path: &Path, observer: &'a dyn Observer) -> Result<Inflow<'a>, Failure> {
    let awaited = Awaited {
        // Without this, opening it would wait for somebody who writes to it.
        file: open(path, libc::O_NONBLOCK)?,
        observer,
    };
    let name = name_of(path);
    let text = Unpacking::stream(awaited).map_err(|error| unreadable(&name, &error))?;
    Ok(Inflow::new(&name, text, observer))
}

/// Takes in what comes of a stream with this name, and tells whether there is more.
///
/// # Errors
/// When it cannot be read.
pub(super) fn more(
    inflow: &mut Inflow,
    windows: &mut Windows,
    name: &str,
) -> Result<bool, Failure> {
    let more = inflow.more(windows);
    more.map_err(|error| unreadable(name, &error))
}

/// What may have nothing to be read for long. It ends when it ends, or when the observer says so.
struct Awaited<'a> {
    file: File,
    observer: &'a dyn Observer,
}

impl Read for Awaited<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.observer.is_stopped() {
            let mut came = [PollFd::new(self.file.as_fd(), PollFlags::POLLIN)];
            match poll(&mut came, LOOK) {
                Ok(0) | Err(Errno::EINTR) => continue,
                came => came?,
            };
            match self.file.read(buffer) {
                Err(error) if is_passing(&error) => {}
                read => {
                    let read = read?;
                    self.observer.read(read as u64);
                    return Ok(read);
                }
            }
        }
        Ok(0)
    }
}

fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, WouldBlock};
    matches!(error.kind(), Interrupted | WouldBlock)
}

pub(super) fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::new(
        format!("{name}: cannot be read: {error}"),
        "name a log file, or pipe one in: cat FILE | hapline … -",
    )
}
