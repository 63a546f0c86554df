//! A connection that waits so long for a peer that does not read, and no longer.
//!
//! Enters: a connection. Leaves: the same, which fails once its peer has taken next to nothing of what waits for it for
//! some time. Must not know: what is sent.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use super::room::Place;

/// Bytes that a peer takes in that time, at least, while there are more: one that takes them singly is as slow as one that
/// takes none.
const FLOOR: usize = 64 << 10;

/// See the module.
#[derive(Debug)]
pub struct Patient {
    stream: TcpStream,
    patience: Duration,
    until: Pin<Box<Sleep>>,
    is_waiting: bool,
    /// Bytes that were taken since it waits.
    taken: usize,
    is_asked: Arc<AtomicBool>,
    place: Arc<Place>,
}

impl Patient {
    /// One that waits so long. It tells whether something came since it was last written to, and its place when all is sent.
    pub fn new(
        stream: TcpStream,
        patience: Duration,
        is_asked: Arc<AtomicBool>,
        place: Arc<Place>,
    ) -> Self {
        Self {
            is_asked,
            place,
            stream,
            patience,
            until: Box::pin(sleep(patience)),
            is_waiting: false,
            taken: 0,
        }
    }

    /// Passes on what came of writing; fails where too little came of it for too long.
    fn wait(
        &mut self,
        context: &mut Context,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = written {
            self.is_asked.store(false, Ordering::Relaxed);
            self.taken = self.taken.saturating_add(bytes);
            self.is_waiting &= self.taken < FLOOR;
        }
        if written.is_ready() {
            return written;
        }
        if !self.is_waiting {
            (self.is_waiting, self.taken) = (true, 0);
            let until = Instant::now() + self.patience;
            self.until.as_mut().reset(until);
        }
        ready!(self.until.as_mut().poll(context));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context,
        buffer: &mut ReadBuf,
    ) -> Poll<io::Result<()>> {
        let held = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > held {
            self.is_asked.store(true, Ordering::Relaxed);
        }
        read
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wait(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context,
        parts: &[IoSlice],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.wait(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<io::Result<()>> {
        // It is asked for once nothing is left to be written.
        self.is_waiting = false;
        self.place.sent();
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
