//! UDP sockets.
//!
//! Enters: an address. Leaves: sockets that are bound to it, with as much buffer as the kernel gives. Must not know: what
//! comes.

use std::io;
use std::net::SocketAddr;

use nix::sys::socket::setsockopt;
use nix::sys::socket::sockopt::ReusePort;
use socket2::{Domain, Protocol, Socket, Type};

use super::allow::Allowed;
use super::datagrams::{Datagrams, WAIT, rest};
use crate::serve::drops::Drops;

/// Sockets that share an address; the kernel spreads senders over them.
#[derive(Debug)]
pub struct Udp {
    /// With the port that was bound.
    pub address: SocketAddr,
    /// One or more.
    pub sockets: Vec<Datagrams>,
    /// Bytes of receive buffer that each was granted.
    pub granted: usize,
}

impl Udp {
    /// Binds so many sockets; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address is in use, not this machine's, or not allowed.
    pub fn bind(
        address: SocketAddr,
        sockets: usize,
        buffer: usize,
        allowed: &Allowed,
    ) -> io::Result<Self> {
        let shared = sockets > 1;
        let first = Self::adopt(bound(address, shared)?, buffer, allowed)?;
        (1..sockets).try_fold(first, |mut udp, _| {
            let next = Self::adopt(bound(udp.address, shared)?, buffer, allowed)?;
            udp.sockets.extend(next.sockets);
            Ok(udp)
        })
    }

    /// Takes a socket that is bound.
    ///
    /// # Errors
    /// When the system refuses it.
    pub fn adopt(socket: Socket, buffer: usize, allowed: &Allowed) -> io::Result<Self> {
        let granted = granted(&socket, buffer)?;
        socket.set_nonblocking(false)?;
        socket.set_read_timeout(Some(WAIT))?;
        let address = socket.local_addr()?.as_socket();
        let address = address.ok_or_else(|| io::Error::other("is no UDP socket"))?;
        let datagrams = Datagrams {
            drops: Some(Drops::of(&socket, address.is_ipv6())),
            socket,
            allowed: allowed.clone(),
            rest: rest(granted),
        };
        Ok(Self {
            address,
            sockets: vec![datagrams],
            granted,
        })
    }

    /// The same, of a socket that others held before: what was lost then is not counted.
    pub fn counted_from_now(mut self) -> Self {
        for socket in &mut self.sockets {
            socket.drops = socket.drops.take().map(Drops::counted_from_now);
        }
        self
    }
}

fn bound(address: SocketAddr, shared: bool) -> io::Result<Socket> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    if shared {
        setsockopt(&socket, ReusePort, &true)?;
    }
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Asks for a receive buffer, by force if that is allowed, and tells what the kernel gave: it may be less, and that is said.
/// Linux doubles what it grants, to have room for its own records (socket(7)); here it is halved again.
fn granted(socket: &Socket, buffer: usize) -> io::Result<usize> {
    let is_larger = socket.recv_buffer_size()? / DOUBLED >= buffer;
    if !is_larger && !forced(socket, buffer) {
        // One that refuses leaves its default.
        let _ = socket.set_recv_buffer_size(buffer);
    }
    Ok(socket.recv_buffer_size()? / DOUBLED)
}

#[cfg(target_os = "linux")]
const DOUBLED: usize = 2;
#[cfg(not(target_os = "linux"))]
const DOUBLED: usize = 1;

#[cfg(target_os = "linux")]
fn forced(socket: &Socket, buffer: usize) -> bool {
    setsockopt(socket, nix::sys::socket::sockopt::RcvBufForce, &buffer).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn forced(_: &Socket, _: usize) -> bool {
    false
}
