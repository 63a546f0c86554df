//! Standard input and named pipes, read to their end.
//!
//! Enters: a path that names one. Leaves: an engine that has read it. Must not know: what will be printed.
//!
//! A thread of its own waits for bytes and unpacks them, so that they are folded meanwhile, and so that a pipe in which
//! nothing comes can be left.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use super::failure::Failure;
use crate::engine::{Engine, Stream};
use crate::source::unpack::Flaw;
use crate::source::{Caveat, Observer, Unpacking};

/// Bytes read at a time.
const PIECE: usize = 1 << 18;

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
        return Ok(Box::new(io::stdin().lock()));
    }
    let opened = File::open(path);
    let opened = opened.map_err(|error| unreadable(&path.display().to_string(), &error))?;
    Ok(Box::new(opened))
}

/// What a log is called where lines of it are told of.
pub(super) fn name_of(path: &Path) -> String {
    match path.to_str() {
        Some("-") => "stdin".to_owned(),
        _ => path.display().to_string(),
    }
}

/// What comes of a stream.
enum Came {
    /// A buffer, and how many bytes of it were read.
    Bytes(Vec<u8>, usize),
    /// This was all; why the end is missing, if it is.
    End(Option<Flaw>),
    /// It cannot be read.
    Failed(Failure),
}

/// Reads a stream until it ends or is stopped.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read(
    engine: Engine,
    path: &Path,
    observer: &dyn Observer,
) -> Result<Engine, Failure> {
    let name = name_of(path);
    let mut stream = Stream::new(engine, &name, jiff::Timestamp::now().as_second());
    let (pieces, buffers) = begin(path);
    let mut read = 0;
    loop {
        let came = pieces.recv_timeout(LOOK);
        // Ctrl-C ends whoever writes to the pipe, too: then its end is not the log's.
        if observer.is_stopped() {
            let (names, of) = (vec![name], None);
            stream.caveat(Caveat::Interrupted { names, read, of });
            stream.drop_unfinished();
            break;
        }
        match came {
            Ok(Came::Bytes(buffer, filled)) => {
                stream.feed(&buffer[..filled]);
                read += filled as u64;
                observer.read(filled as u64);
                // Who has ended needs no buffer.
                let _ = buffers.send(buffer);
            }
            Ok(Came::End(flaw)) => {
                let caveat = flaw.map(|flaw| Caveat::EndMissing { name, flaw });
                caveat.into_iter().for_each(|caveat| stream.caveat(caveat));
                break;
            }
            Ok(Came::Failed(failure)) => return Err(failure),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(unreadable(&name, &io::Error::other("its reader is gone")));
            }
        }
    }
    stream.finish();
    Ok(stream.into_engine())
}

/// Begins to read: gives what comes, and takes buffers back. The thread ends with the stream or with the process.
fn begin(path: &Path) -> (Receiver<Came>, Sender<Vec<u8>>) {
    let (sender, pieces) = sync_channel(WAITING);
    let (buffers, used) = channel();
    let path = path.to_owned();
    thread::spawn(move || {
        let last = pass_on(&path, &sender, &used).map_or_else(Came::Failed, Came::End);
        // Where nobody waits any more, nobody needs to know.
        let _ = sender.send(last);
    });
    (pieces, buffers)
}

/// Passes all of it on, unpacked, until it ends or nobody takes it any more; tells why its end is missing.
fn pass_on(
    path: &Path,
    sender: &SyncSender<Came>,
    used: &Receiver<Vec<u8>>,
) -> Result<Option<Flaw>, Failure> {
    let name = name_of(path);
    let failed = |error| unreadable(&name, &error);
    let mut plain = Unpacking::stream(open_stream(path)?).map_err(failed)?;
    loop {
        let mut buffer = used.try_recv().unwrap_or_else(|_| vec![0; PIECE]);
        let filled = loop {
            match plain.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read.map_err(failed)?,
            }
        };
        if filled == 0 || sender.send(Came::Bytes(buffer, filled)).is_err() {
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
