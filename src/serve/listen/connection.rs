//! One connection.
//!
//! Enters: a stream of bytes, plain or decrypted. Leaves: whole lines, as many at a time as had come. Must not know: who may
//! connect.
//!
//! While the daemon has no room, nothing is read, and the sender waits. A connection without traffic holds next to nothing;
//! one that begins a message and does not end it is closed.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::bytes::BytesMut;
use tokio_util::codec::Decoder;
use tokio_util::sync::CancellationToken;

use super::frames::{Frames, Piece};
use super::hand::Hand;

/// Bytes of room for the first messages.
const LEAST: usize = 1 << 10;

/// Bytes of room for a sender that fills less.
const MOST: usize = 1 << 18;

/// A silence after which room is given back.
const QUIET: Duration = Duration::from_secs(2);

/// Time for a message to end once it has begun.
const UNFINISHED: Duration = Duration::from_secs(60);

/// Bytes that are still read once the daemon is to stop: a sender that does not pause must not keep it.
const LAST: usize = 8 << 20;

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The sender closed it, or the daemon stopped.
    Closed,
    /// It did not say anything for too long.
    Idle,
    /// A message was begun and not ended.
    Unfinished,
}

/// What is read of one.
pub struct Connection<S> {
    stream: S,
    frames: Frames,
    buffer: BytesMut,
    room: usize,
    hand: Hand,
    /// A silence after which it is closed; `None` for never.
    idle: Option<Duration>,
    /// Nobody takes lines any more.
    is_over: bool,
}

impl<S: AsyncRead + Unpin> Connection<S> {
    /// One with a sender.
    pub fn new(stream: S, sender: IpAddr, hand: Hand, idle: Option<Duration>) -> Self {
        Self {
            stream,
            frames: Frames::of(sender),
            buffer: BytesMut::new(),
            room: LEAST,
            hand,
            idle,
            is_over: false,
        }
    }

    /// Reads it to its end, or until `stop`; then what had come before.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn read(mut self, stop: &CancellationToken) -> io::Result<End> {
        // When the last whole message came.
        let mut last = Instant::now();
        let end = loop {
            let deadline = self.deadline(last);
            let read = tokio::select! {
                biased;
                read = self.fill(deadline) => read,
                () = stop.cancelled() => break self.last().await,
            };
            match read {
                Ok(None) if self.buffer.is_empty() => break Ok(End::Idle),
                Ok(None) => break Ok(End::Unfinished),
                Ok(Some(0)) => break Ok(End::Closed),
                Ok(Some(_)) => {}
                Err(error) => break Err(error),
            }
            let came = self.take().await?;
            if self.is_over {
                return Ok(End::Closed);
            }
            if came || self.buffer.is_empty() {
                last = Instant::now();
            }
            if stop.is_cancelled() {
                break self.last().await;
            }
        };
        while let Some(piece) = self.frames.decode_eof(&mut self.buffer)? {
            self.give(piece).await;
        }
        end
    }

    fn deadline(&self, last: Instant) -> Option<Instant> {
        match (self.buffer.is_empty(), self.idle) {
            (true, idle) => idle.map(|idle| last + idle),
            (false, idle) => Some(last + idle.map_or(UNFINISHED, |idle| idle.min(UNFINISHED))),
        }
    }

    /// Reads what is there, and tells how much; `None` when nothing came in time. It may be dropped without a loss.
    async fn fill(&mut self, deadline: Option<Instant>) -> io::Result<Option<usize>> {
        if self.room > LEAST && self.buffer.is_empty() {
            if let Ok(read) = timeout(QUIET, self.fill_now()).await {
                return read.map(Some);
            }
            self.buffer = BytesMut::new();
            self.room = LEAST;
        }
        match deadline {
            None => self.fill_now().await.map(Some),
            Some(deadline) => timeout_at(deadline, self.fill_now()).await.ok().transpose(),
        }
    }

    async fn fill_now(&mut self) -> io::Result<usize> {
        self.buffer
            .reserve(self.room.saturating_sub(self.buffer.len()).max(LEAST));
        let read = match self.stream.read_buf(&mut self.buffer).await {
            // TLS without its farewell: what came is whole up to here.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            read => read?,
        };
        self.hand.intake().bytes.add(read as u64);
        if self.buffer.len() == self.buffer.capacity() {
            self.room = (self.room * 4).min(MOST);
        }
        Ok(read)
    }

    /// Gives the messages that are whole to the daemon. Whether there were any.
    async fn take(&mut self) -> io::Result<bool> {
        let mut came = false;
        while let Some(piece) = self.frames.decode(&mut self.buffer)? {
            came |= piece.count + piece.empty > 0;
            self.give(piece).await;
        }
        Ok(came)
    }

    async fn give(&mut self, piece: Piece) {
        let intake = self.hand.intake();
        intake.received.add(piece.count + piece.empty);
        intake.lines.add(piece.count);
        intake.empty.add(piece.empty);
        intake.cut.add(piece.cut);
        if !piece.lines.is_empty() {
            self.is_over |= !self.hand.over_soon(piece.lines).await;
        }
    }

    /// Takes what had come before now.
    async fn last(&mut self) -> io::Result<End> {
        let mut left = LAST;
        while left > 0 {
            // What is there is there at once.
            match timeout(Duration::ZERO, self.fill_now()).await {
                Ok(Ok(read)) if read > 0 => left = left.saturating_sub(read),
                Ok(Err(error)) => return Err(error),
                _ => break,
            }
            self.take().await?;
        }
        Ok(End::Closed)
    }
}
