//! Sockets that systemd has bound already (sd_listen_fds(3)).
//!
//! Enters: the environment. Leaves: sockets, by what they are. Must not know: what listens on them.
//!
//! They are copied by way of the process's own descriptor: that a number belongs to nobody else is more than safe code can
//! know.

use std::io;

use socket2::Socket;

/// What a socket that was handed over is for.
#[derive(Debug)]
pub enum Handed {
    /// Syslog datagrams.
    Udp(Socket),
    /// Connections; for TLS if it is named so (`FileDescriptorName=tls`).
    Tcp {
        /// The socket.
        socket: Socket,
        /// The name.
        is_tls: bool,
    },
    /// A unix datagram socket.
    Unix(Socket),
}

/// All of them.
///
/// # Errors
/// When the environment or a socket is not as it must be.
#[cfg(target_os = "linux")]
pub fn all() -> io::Result<Vec<Handed>> {
    let handed = sd_notify::listen_fds_with_names()?;
    handed
        .map(|(number, name)| adopted(number, &name))
        .collect()
}

/// There is no systemd.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn all() -> io::Result<Vec<Handed>> {
    Ok(Vec::new())
}

#[cfg(target_os = "linux")]
fn adopted(number: std::os::fd::RawFd, name: &str) -> io::Result<Handed> {
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
    let process = pidfd_open(getpid(), PidfdFlags::empty())?;
    let copy = pidfd_getfd(process, number, PidfdGetfdFlags::empty())?;
    of(Socket::from(copy), name)
}

fn of(socket: Socket, name: &str) -> io::Result<Handed> {
    let is_stream = socket.r#type()? == socket2::Type::STREAM;
    let address = socket.local_addr()?;
    match (is_stream, address.is_unix(), address.as_socket()) {
        (false, true, _) => Ok(Handed::Unix(socket)),
        (false, false, Some(_)) => Ok(Handed::Udp(socket)),
        (true, false, Some(_)) => Ok(Handed::Tcp {
            socket,
            is_tls: name == "tls",
        }),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!(
                "the socket unit hands over `{name}`, which is neither for datagrams nor for connections over IP \
                 (ListenDatagram=, ListenStream=)"
            ),
        )),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::net::{TcpListener, UdpSocket};
    use std::os::fd::AsRawFd;
    use std::os::unix::net::{UnixDatagram, UnixListener};

    #[test]
    fn each_socket_is_known_by_what_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let Handed::Udp(copy) = adopted(udp.as_raw_fd(), "unknown").unwrap() else {
            panic!("not UDP");
        };
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        sender.send_to(b"m", udp.local_addr().unwrap()).unwrap();
        assert_eq!(UdpSocket::from(copy).recv(&mut [0; 9]).unwrap(), 1);

        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        for name in ["tls", "tcp"] {
            let handed = adopted(tcp.as_raw_fd(), name).unwrap();
            assert!(matches!(handed, Handed::Tcp { is_tls, .. } if is_tls == (name == "tls")));
        }
        let unix = UnixDatagram::bind(directory.path().join("datagrams")).unwrap();
        let handed = adopted(unix.as_raw_fd(), "").unwrap();
        assert!(matches!(handed, Handed::Unix(_)));

        let stream = UnixListener::bind(directory.path().join("stream")).unwrap();
        let problem = adopted(stream.as_raw_fd(), "admin").unwrap_err();
        assert!(problem.to_string().contains("`admin`"), "{problem}");
    }
}
