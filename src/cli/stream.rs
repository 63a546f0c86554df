//! Standard input and named pipes, read to their end.
//!
//! Enters: a path that names one. Leaves: an engine that has read it. Must not know: what will be printed.
//!
//! A thread of its own waits for bytes and unpacks them, so that they are folded meanwhile, and so that a pipe in which
//! nothing comes can be left.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use super::failure::Failure;
use crate::engine::{Engine, read_piped};
use crate::source::page::Room;
use crate::source::unpack::Flaw;
use crate::source::{Caveat, Observer, Unpacking, Windows};

/// Bytes that a pipe is to hold: as many as Linux lets anyone have.
#[cfg(target_os = "linux")]
const PIPE: usize = 1 << 20;

/// Pieces that wait to be folded.
const WAITING: usize = 4;

/// Time after which the observer is asked whether to go on, where nothing comes.
const LOOK: Duration = Duration::from_millis(50);

/// Standard input, or a named pipe such as the shell makes of `<(ssh lb1 cat haproxy.log)`.
pub(super) fn is_stream(path: &Path) -> bool {
    path == Path::new("-")
        || std::fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_fifo())
}

/// Opens standard input, or a named pipe.
///
/// # Errors
/// When it cannot be read.
pub(super) fn open_stream(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if path == Path::new("-") {
        let stdin = io::stdin().lock();
        widen(&stdin);
        return Ok(Box::new(stdin));
    }
    let opened = File::open(path);
    let opened = opened.map_err(|error| unreadable(&path.display().to_string(), &error))?;
    widen(&opened);
    Ok(Box::new(opened))
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

/// What comes of a stream.
enum Came {
    /// Some bytes.
    Bytes(Room),
    /// This was all; why the end is missing, if it is.
    End(Option<Flaw>),
    /// It cannot be read.
    Failed(Failure),
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
    let mut stream = Stream::begin(path);
    let name = stream.name.clone();
    let more = |windows: &mut Windows| stream.more(windows, observer);
    read_piped(&mut engine, &name, latest, threads, more)?;
    stream
        .missing
        .into_iter()
        .for_each(|caveat| engine.caveat(caveat));
    Ok(engine)
}

/// A stream that is being read.
pub(super) struct Stream {
    name: String,
    pieces: Receiver<Came>,
    rooms: Sender<Room>,
    /// Bytes that came.
    read: u64,
    /// What of it was not read; known in the end.
    pub(super) missing: Option<Caveat>,
}

impl Stream {
    /// Begins to read one.
    pub(super) fn begin(path: &Path) -> Self {
        let (pieces, rooms) = begin(path);
        Self {
            name: name_of(path),
            pieces,
            rooms,
            read: 0,
            missing: None,
        }
    }

    /// Waits for bytes, feeds them, and tells whether to ask for more.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn more(
        &mut self,
        windows: &mut Windows,
        observer: &dyn Observer,
    ) -> Result<bool, Failure> {
        let came = self.pieces.recv_timeout(LOOK);
        // Ctrl-C ends whoever writes to the pipe, too: then its end is not the log's.
        if observer.is_stopped() {
            let (names, read) = (vec![self.name.clone()], self.read);
            let of = None;
            self.missing = Some(Caveat::Interrupted { names, read, of });
            windows.drop_unfinished();
            return Ok(false);
        }
        match came {
            Ok(Came::Bytes(room)) => {
                let bytes = room.held();
                windows.feed(bytes);
                self.read += bytes.len() as u64;
                observer.read(bytes.len() as u64);
                // Who has ended needs no room.
                let _ = self.rooms.send(room);
                Ok(true)
            }
            Ok(Came::End(flaw)) => {
                let name = self.name.clone();
                self.missing = flaw.map(|flaw| Caveat::EndMissing { name, flaw });
                Ok(false)
            }
            Ok(Came::Failed(failure)) => Err(failure),
            Err(RecvTimeoutError::Timeout) => Ok(true),
            Err(RecvTimeoutError::Disconnected) => {
                let gone = io::Error::other("its reader is gone");
                Err(unreadable(&self.name, &gone))
            }
        }
    }
}

/// Begins to read: gives what comes, and takes rooms back. The thread ends with the stream or with the process.
fn begin(path: &Path) -> (Receiver<Came>, Sender<Room>) {
    let (sender, pieces) = sync_channel(WAITING);
    let (rooms, used) = channel();
    let path = path.to_owned();
    thread::spawn(move || {
        let last = pass_on(&path, &sender, &used).map_or_else(Came::Failed, Came::End);
        // Where nobody waits any more, nobody needs to know.
        let _ = sender.send(last);
    });
    (pieces, rooms)
}

/// Passes all of it on, unpacked, until it ends or nobody takes it any more; tells why its end is missing.
fn pass_on(
    path: &Path,
    sender: &SyncSender<Came>,
    used: &Receiver<Room>,
) -> Result<Option<Flaw>, Failure> {
    let name = name_of(path);
    let failed = |error| unreadable(&name, &error);
    let mut plain = Unpacking::stream(open_stream(path)?).map_err(failed)?;
    loop {
        let mut room = used
            .try_recv()
            .map_or_else(|_| Room::default(), Room::emptied);
        let filled = room.read(&mut plain).map_err(failed)?;
        if filled == 0 || sender.send(Came::Bytes(room)).is_err() {
            return Ok(plain.flaw());
        }
    }
}

pub(super) fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::new(
        format!("{name}: cannot be read: {error}"),
        "name a log file, or pipe one in: cat FILE | hapline … -",
    )
}
