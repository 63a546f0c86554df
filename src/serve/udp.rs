//! Syslog datagrams.
//!
//! Enters: an address to listen on. Leaves: datagrams as they come. Must not know: what is in them.

use std::io;
use std::net::SocketAddr;

use tokio::net::UdpSocket;
use tokio::sync::mpsc::Sender;

use super::Wake;

/// The largest datagram there is.
const LARGEST: usize = 65_536;

/// Listens, and hands over what comes. Returns the address that was bound.
///
/// # Errors
/// When the address cannot be bound.
pub async fn listen(address: SocketAddr, sender: Sender<Wake>) -> io::Result<SocketAddr> {
    let socket = UdpSocket::bind(address).await.map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("cannot listen on udp {address}: {error}"),
        )
    })?;
    let bound = socket.local_addr()?;
    tokio::spawn(async move {
        let mut buffer = vec![0; LARGEST];
        loop {
            let wake = match socket.recv(&mut buffer).await {
                Ok(0) => continue,
                Ok(read) => Wake::Datagram(buffer[..read].to_vec()),
                Err(error) => Wake::Failed(error),
            };
            let failed = matches!(wake, Wake::Failed(_));
            if sender.send(wake).await.is_err() || failed {
                return;
            }
        }
    });
    Ok(bound)
}
