//! Connections of a TCP or TLS listener.
//!
//! Enters: an address, and who may connect. Leaves: a task for each connection, but no more of them than are allowed.
//! Must not know: what comes in them.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::allow::Allowed;
use super::connection::{Connection, End};
use super::hand::Hand;
use super::limits::Limits;
use super::tls::Certificates;

/// Time for a TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Time to wait when a connection cannot be accepted, for example for want of descriptors.
const RETRY: Duration = Duration::from_millis(100);

/// A silence after which the kernel asks whether the other side is still there.
const KEEPALIVE: Duration = Duration::from_secs(120);

/// A listener that is bound.
#[derive(Debug)]
pub struct Tcp {
    /// The socket.
    pub listener: TcpListener,
    /// Who may connect.
    pub allowed: Allowed,
    /// How many may, and for how long they may be silent.
    pub limits: Arc<Limits>,
    /// For TLS.
    pub certificates: Option<Arc<Certificates>>,
}

impl Tcp {
    /// Accepts connections until `stop`. Must be called within a runtime.
    ///
    /// # Errors
    /// When the runtime does not take the socket.
    pub fn begin(self, hand: Hand, stop: CancellationToken) -> io::Result<()> {
        self.listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(self.listener.try_clone()?)?;
        tokio::spawn(async move { self.accept(&listener, hand, &stop).await });
        Ok(())
    }

    async fn accept(
        &self,
        listener: &tokio::net::TcpListener,
        mut hand: Hand,
        stop: &CancellationToken,
    ) {
        loop {
            let accepted = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => self.welcome(stream, peer, &hand, stop),
                // Whoever hung up again is no problem of this machine.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    hand.complain(&format!("cannot accept a connection: {error}"));
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    fn welcome(&self, stream: TcpStream, peer: SocketAddr, hand: &Hand, stop: &CancellationToken) {
        let intake = hand.intake();
        if !self.allowed.contains(peer.ip()) || intake.open.get() >= self.limits.most() {
            return intake.refused.add(1);
        }
        // What died without a word is found out; where the kernel refuses, it is closed when it has been idle.
        let _ = SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE));
        intake.connections.add(1);
        intake.open.add(1);
        let one = One {
            hand: hand.clone(),
            idle: self.limits.idle(),
            certificates: self.certificates.clone(),
        };
        let stop = stop.clone();
        tokio::spawn(async move {
            one.serve(stream, peer, &stop).await;
            one.hand.intake().open.less(1);
        });
    }
}

/// What a connection's task needs.
struct One {
    hand: Hand,
    idle: Option<Duration>,
    certificates: Option<Arc<Certificates>>,
}

impl One {
    async fn serve(&self, stream: TcpStream, peer: SocketAddr, stop: &CancellationToken) {
        let new = |hand: &Hand| hand.clone();
        let end = match &self.certificates {
            None => {
                let connection = Connection::new(stream, peer.ip(), new(&self.hand), self.idle);
                connection.read(stop).await
            }
            Some(certificates) => {
                let handshake = timeout(HANDSHAKE, certificates.acceptor().accept(stream));
                let stream = tokio::select! {
                    biased;
                    stream = handshake => stream,
                    () = stop.cancelled() => return,
                };
                let Ok(Ok(stream)) = stream else {
                    return self.hand.intake().handshakes.add(1);
                };
                let connection = Connection::new(stream, peer.ip(), new(&self.hand), self.idle);
                connection.read(stop).await
            }
        };
        if !matches!(end, Ok(End::Closed | End::Idle)) {
            self.hand.intake().failed.add(1);
        }
    }
}
