//! Datagrams by the batch.
//!
//! Enters: a socket. Leaves: what it holds, up to [`BATCH`] datagrams a call of the system, with their senders.
//! Must not know: what is in them.

use std::io::IoSliceMut;
use std::os::fd::AsRawFd;

use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrLike, recvmmsg};

use crate::source::LONGEST_LINE;

/// Datagrams that are taken at once.
pub const BATCH: usize = 64;

/// Bytes of one that are taken: one more than is read tells that it was too long.
const ROOM: usize = LONGEST_LINE + 1;

/// Bytes between two rooms: were they a power of two, their beginnings would share few places of a cache.
const STRIDE: usize = LONGEST_LINE + 9 * 64;

/// Room for a batch.
pub struct Batch<S> {
    room: Vec<u8>,
    headers: MultiHeaders<S>,
}

/// A datagram.
#[derive(Debug)]
pub struct Datagram<'a, S> {
    /// What it holds, as far as it is taken.
    pub bytes: &'a [u8],
    /// It held more.
    pub is_cut: bool,
    /// Who sent it.
    pub sender: Option<S>,
}

impl<S: SockaddrLike + Copy> Batch<S> {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            room: vec![0; BATCH * STRIDE],
            headers: MultiHeaders::preallocate(BATCH, None),
        }
    }

    /// Takes what is there, and tells how many there were. Where nothing is there, it waits as long as the socket is set to,
    /// unless it is not to `wait`.
    ///
    /// # Errors
    /// As the system says; `EAGAIN` when nothing came.
    pub fn receive(
        &mut self,
        socket: &impl AsRawFd,
        wait: bool,
        mut each: impl FnMut(Datagram<S>),
    ) -> nix::Result<usize> {
        let mut rooms = self.room.chunks_exact_mut(STRIDE);
        let mut slices: [[IoSliceMut; 1]; BATCH] = std::array::from_fn(|_| {
            let room = rooms.next().map(|room| &mut room[..ROOM]);
            [IoSliceMut::new(room.unwrap_or_default())]
        });
        let flags = match wait {
            true => MsgFlags::MSG_WAITFORONE,
            false => MsgFlags::MSG_DONTWAIT,
        };
        let slices = slices.iter_mut();
        let messages = recvmmsg(socket.as_raw_fd(), &mut self.headers, slices, flags, None)?;
        let mut count = 0;
        for message in messages {
            count += 1;
            each(Datagram {
                bytes: message.iovs().next().unwrap_or_default(),
                is_cut: message.flags.contains(MsgFlags::MSG_TRUNC),
                sender: message.address,
            });
        }
        Ok(count)
    }
}
