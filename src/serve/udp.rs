//! Syslog datagrams.
//!
//! Enters: an address to listen on. Leaves: what datagrams hold, as lines, and how many the kernel had to drop.
//! Must not know: what is in them.
//!
//! HAProxy ends a datagram with a newline, other senders do not, and some end it with NUL; here each becomes a
//! whole line. What waits in the socket is taken in one go, so that a burst costs few wake-ups.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::Notify;
use tokio::sync::mpsc::Sender;

use super::Wake;
use super::drops::Drops;

/// The largest datagram there is.
const LARGEST: usize = 65_536;

/// Bytes of receive buffer that are asked for: a quarter of a second at 100,000 lines a second.
const BUFFER: usize = 8 << 20;

/// Bytes handed over at a time.
const PIECE: usize = 1 << 16;

/// Time between two looks at what the kernel dropped.
const DROPS: Duration = Duration::from_secs(1);

/// A socket that is bound.
#[derive(Debug)]
pub struct Listener {
    socket: UdpSocket,
    bound: SocketAddr,
    granted: usize,
}

/// An address that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on udp {address}: {error}")]
pub struct CannotListen {
    address: SocketAddr,
    error: io::Error,
}

impl CannotListen {
    /// What to try.
    pub fn hint(&self) -> String {
        let port = self.address.port();
        match self.error.kind() {
            io::ErrorKind::AddrInUse => format!(
                "`ss -lunp 'sport = :{port}'` shows what listens there; --udp takes another address"
            ),
            io::ErrorKind::PermissionDenied => {
                "ports below 1024 need CAP_NET_BIND_SERVICE; --udp takes another address".to_owned()
            }
            io::ErrorKind::AddrNotAvailable => {
                "`ip address` lists the addresses of this machine".to_owned()
            }
            _ => "--udp takes another address".to_owned(),
        }
    }
}

impl Listener {
    /// Binds an address; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address is in use, not this machine's, or not allowed.
    pub fn bind(address: SocketAddr) -> Result<Self, CannotListen> {
        Self::open(address).map_err(|error| CannotListen { address, error })
    }

    fn open(address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::DGRAM,
            Some(Protocol::UDP),
        )?;
        // A kernel that grants less says so below; one that refuses leaves its default.
        let _ = socket.set_recv_buffer_size(BUFFER);
        let granted = socket.recv_buffer_size()?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        let socket = UdpSocket::from(socket);
        Ok(Self {
            bound: socket.local_addr()?,
            socket,
            granted,
        })
    }

    /// The address, with the port that was bound.
    pub fn address(&self) -> SocketAddr {
        self.bound
    }

    /// Bytes of receive buffer, when they are fewer than was asked for. Linux doubles what it grants, to have room
    /// for its own records (socket(7)); here it is halved again.
    pub fn short_of_buffer(&self) -> Option<(usize, usize)> {
        let granted = if cfg!(target_os = "linux") {
            self.granted / 2
        } else {
            self.granted
        };
        (granted < BUFFER).then_some((granted, BUFFER))
    }

    /// Hands over what comes, until `stop`; then what had come before. Dropping `sender` tells that this was all.
    pub(super) async fn receive(self, sender: Sender<Wake>, stop: Arc<Notify>) {
        let drops = Drops::of(&self.socket, self.bound.is_ipv6());
        let done = match tokio::net::UdpSocket::from_std(self.socket) {
            Ok(socket) => pump(&socket, drops, &sender, &stop).await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            // Nobody is left to tell when the receiver is gone.
            let _ = sender.send(Wake::Failed(error)).await;
        }
    }
}

type Sent = Result<(), tokio::sync::mpsc::error::SendError<Wake>>;

async fn pump(
    socket: &tokio::net::UdpSocket,
    mut drops: Drops,
    sender: &Sender<Wake>,
    stop: &Notify,
) -> io::Result<()> {
    let mut buffer = vec![0; LARGEST];
    let mut look = tokio::time::interval(DROPS);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let sent = tokio::select! {
            biased;
            () = stop.notified() => break,
            _ = look.tick() => tell_drops(&mut drops, sender).await,
            ready = socket.readable() => {
                ready?;
                let lines = waiting(socket, &mut buffer)?;
                sender.send(Wake::Bytes(lines)).await
            }
        };
        if sent.is_err() {
            return Ok(());
        }
    }
    // No more than can have waited: a sender that does not pause must not keep the process.
    let mut left = BUFFER;
    while left > 0 {
        let lines = waiting(socket, &mut buffer)?;
        left = left.saturating_sub(lines.len());
        if lines.is_empty() || sender.send(Wake::Bytes(lines)).await.is_err() {
            break;
        }
    }
    // Nobody is left to tell when the receiver is gone.
    let _ = tell_drops(&mut drops, sender).await;
    Ok(())
}

async fn tell_drops(drops: &mut Drops, sender: &Sender<Wake>) -> Sent {
    match drops.more() {
        Some(dropped) => sender.send(Wake::Dropped(dropped)).await,
        None => Ok(()),
    }
}

/// The datagrams that wait in the socket, up to about [`PIECE`] bytes of them, as lines.
fn waiting(socket: &tokio::net::UdpSocket, buffer: &mut [u8]) -> io::Result<Vec<u8>> {
    let mut lines = Vec::new();
    while lines.len() < PIECE {
        match socket.try_recv(buffer) {
            Ok(length) => add_line(&mut lines, &buffer[..length]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(lines)
}

/// A datagram as a whole line; one without text is none.
fn add_line(lines: &mut Vec<u8>, datagram: &[u8]) {
    let end = datagram
        .iter()
        .rposition(|byte| !matches!(byte, b'\n' | b'\r' | 0))
        .map_or(0, |last| last + 1);
    if end > 0 {
        lines.extend_from_slice(&datagram[..end]);
        lines.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(datagrams: &[&[u8]]) -> Vec<u8> {
        let mut lines = Vec::new();
        for datagram in datagrams {
            add_line(&mut lines, datagram);
        }
        lines
    }

    #[test]
    fn each_datagram_becomes_a_whole_line() {
        assert_eq!(lines(&[b"<134>a\n", b"<134>b"]), b"<134>a\n<134>b\n");
        assert_eq!(
            lines(&[b"<134>a\0", b"<134>b\n\0", b"c\r\n"]),
            b"<134>a\n<134>b\nc\n"
        );
    }

    #[test]
    fn a_datagram_without_text_is_no_line() {
        assert_eq!(lines(&[b"", b"\n", b"\0", b"x"]), b"x\n");
    }

    #[test]
    fn a_port_in_use_is_named_with_the_way_to_find_its_owner() {
        let first = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let problem = Listener::bind(first.address()).unwrap_err();
        assert!(
            problem
                .to_string()
                .starts_with(&format!("cannot listen on udp {}: ", first.address()))
        );
        assert!(
            problem
                .hint()
                .contains(&format!("sport = :{}", first.address().port()))
        );
    }
}
