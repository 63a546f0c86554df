//! The thread of a datagram socket.
//!
//! Enters: a socket, and who may send. Leaves: each datagram as a line, many at a time, and how many the kernel dropped.
//! Must not know: addresses to bind, what a line says.
//!
//! Waking up costs more than a datagram does. So where the socket holds many, its thread rests for a moment once it has
//! emptied it, and takes what came meanwhile at once.

use std::net::IpAddr;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::socket::{SockaddrIn, SockaddrIn6, SockaddrLike};
use socket2::Socket;
use tokio_util::sync::CancellationToken;

use super::allow::Allowed;
use super::batch::{BATCH, Batch, Datagram};
use super::hand::Hand;
use super::host::{Senders, push_line, trimmed};
use crate::serve::drops::Drops;

/// How long a thread waits for a datagram before it looks whether it is to stop.
pub const WAIT: Duration = Duration::from_millis(200);

/// Bytes of lines handed over at a time.
const PIECE: usize = 1 << 17;

/// Time between two looks at what the kernel dropped.
const DROPS: Duration = Duration::from_secs(1);

/// The longest rest.
const REST: Duration = Duration::from_millis(1);

/// Bytes that a datagram of a usual length takes of a socket's buffer, with the kernel's own records.
const DATAGRAM: u64 = 1_200;

/// Datagrams a second that a quarter of the buffer must hold for as long as a rest takes.
const FASTEST: u64 = 500_000;

/// How long to rest with so many bytes of buffer; none where it would not be worth it.
pub fn rest(buffer: usize) -> Duration {
    let datagrams = buffer as u64 / 4 / DATAGRAM;
    let rest = Duration::from_micros(datagrams * 1_000_000 / FASTEST);
    match rest.min(REST) {
        short if short < REST / 4 => Duration::ZERO,
        rest => rest,
    }
}

/// Who sent a datagram, as its socket's family writes it.
pub trait Peer: SockaddrLike + Copy {
    /// Its address; none where there is no such thing.
    fn address(&self) -> Option<IpAddr>;
}

impl Peer for () {
    fn address(&self) -> Option<IpAddr> {
        None
    }
}

impl Peer for SockaddrIn {
    fn address(&self) -> Option<IpAddr> {
        Some(self.ip().into())
    }
}

impl Peer for SockaddrIn6 {
    fn address(&self) -> Option<IpAddr> {
        Some(self.ip().to_canonical())
    }
}

/// A socket, and what belongs to it.
#[derive(Debug)]
pub struct Datagrams {
    /// Bound, and waits no longer than [`WAIT`].
    pub socket: Socket,
    /// What the kernel dropped of it; none is known of a unix socket.
    pub drops: Option<Drops>,
    /// Who may send.
    pub allowed: Allowed,
    /// See [`rest`].
    pub rest: Duration,
}

impl Datagrams {
    /// Hands over what comes, until `stop`; then what had come before.
    pub fn receive<P: Peer>(mut self, mut hand: Hand, stop: &CancellationToken) {
        let mut taker = Taker::new(self.allowed.clone());
        let mut batch = Batch::<P>::new();
        let mut looked = Instant::now();
        while !stop.is_cancelled() {
            let came = batch.receive(&self.socket, true, |datagram| taker.take(&datagram));
            let is_emptied = match came {
                Ok(count) => count < BATCH,
                Err(Errno::EAGAIN | Errno::EINTR) => true,
                Err(error) => {
                    hand.complain(&format!("cannot read a datagram: {}", error.desc()));
                    thread::sleep(WAIT);
                    true
                }
            };
            let is_full = taker.lines.len() >= PIECE;
            if (is_emptied || is_full) && !taker.hand_over(&mut hand) {
                return;
            }
            if looked.elapsed() >= DROPS {
                self.look(&hand);
                looked = Instant::now();
            }
            if is_emptied && came.is_ok() && !self.rest.is_zero() {
                thread::sleep(self.rest);
            }
        }
        self.empty(batch, taker, &mut hand);
        self.look(&hand);
    }

    /// Takes what the socket holds, but no more than it can hold: a sender that does not pause must not keep the process.
    fn empty<P: Peer>(&self, mut batch: Batch<P>, mut taker: Taker, hand: &mut Hand) {
        let mut left = self.socket.recv_buffer_size().unwrap_or_default();
        while left > 0 {
            let before = left;
            let came = batch.receive(&self.socket, false, |datagram| {
                left = left.saturating_sub(datagram.bytes.len().max(1));
                taker.take(&datagram);
            });
            if came.is_err() || left == before || !taker.hand_over(hand) {
                break;
            }
        }
    }

    fn look(&mut self, hand: &Hand) {
        if let Some(drops) = &mut self.drops {
            hand.intake().dropped.add(drops.since_last());
        }
    }
}

/// Makes lines of datagrams.
struct Taker {
    allowed: Allowed,
    senders: Senders,
    lines: Vec<u8>,
    counts: Counts,
}

/// Counted since lines were handed over last.
#[derive(Default)]
struct Counts {
    received: u64,
    bytes: u64,
    lines: u64,
    empty: u64,
    cut: u64,
    refused: u64,
}

impl Taker {
    fn new(allowed: Allowed) -> Self {
        Self {
            allowed,
            senders: Senders::default(),
            lines: Vec::new(),
            counts: Counts::default(),
        }
    }

    fn take<P: Peer>(&mut self, datagram: &Datagram<P>) {
        let sender = datagram.sender.as_ref().and_then(Peer::address);
        self.counts.received += 1;
        self.counts.bytes += datagram.bytes.len() as u64;
        if sender.is_some_and(|address| !self.allowed.contains(address)) {
            self.counts.refused += 1;
            return;
        }
        let message = trimmed(datagram.bytes);
        if message.is_empty() {
            self.counts.empty += 1;
            return;
        }
        self.counts.lines += 1;
        self.counts.cut += u64::from(datagram.is_cut);
        match sender {
            Some(address) => self.senders.of(address).add_line(message, &mut self.lines),
            None => push_line(message, &mut self.lines),
        }
    }

    /// Whether somebody still takes lines.
    fn hand_over(&mut self, hand: &mut Hand) -> bool {
        let counts = std::mem::take(&mut self.counts);
        let intake = hand.intake();
        intake.received.add(counts.received);
        intake.bytes.add(counts.bytes);
        intake.lines.add(counts.lines);
        intake.empty.add(counts.empty);
        intake.cut.add(counts.cut);
        intake.refused.add(counts.refused);
        if self.lines.is_empty() {
            return true;
        }
        // As much room as was needed this time.
        let room = Vec::with_capacity(self.lines.len().next_power_of_two());
        hand.over(std::mem::replace(&mut self.lines, room))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_socket_that_holds_many_is_left_alone_for_a_moment() {
        assert_eq!(rest(212_992), Duration::ZERO);
        assert_eq!(rest(8 << 20), REST);
        assert!(rest(1 << 20) > Duration::ZERO);
    }
}
