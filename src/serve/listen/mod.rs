//! Listeners: sockets and pipes that log lines are sent to.
//!
//! Enters: [`Settings`]. Leaves: listeners that are [bound](Bound), and once they [begin](Bound::begin), the lines that
//! come, as [`Arrival`]s, and counts of what came and what was lost. Must not know: what a line says.
//!
//! A datagram socket has a thread that waits in the system and takes many datagrams at once; connections are tasks of the
//! runtime. Each waits while the daemon has no room: a sender over TCP is slowed down then, and of datagrams the kernel drops
//! what its buffer does not hold, and that is counted.

mod allow;
mod batch;
mod connection;
mod datagrams;
mod error;
mod frames;
mod hand;
mod handed;
mod host;
mod limits;
mod settings;
mod stdin;
mod tcp;
mod tls;
mod udp;
mod unix;

#[cfg(test)]
mod tests;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use nix::sys::socket::{SockaddrIn, SockaddrIn6};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

pub use allow::network;
pub use error::CannotListen;
pub use limits::Limits;
pub use settings::Settings;
pub use tls::{BadPem, Certificates};

use self::allow::Allowed;
use self::hand::Hand;
use self::handed::Handed;
use self::tcp::Tcp;
use self::tls::Files;
use self::udp::Udp;
use self::unix::Unix;
use super::arrival::{Arrival, Intake};

/// Connections that wait to be accepted.
const BACKLOG: i32 = 1_024;

/// A listener that is bound.
#[derive(Debug)]
pub struct Bound {
    name: String,
    intake: Arc<Intake>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Udp { udp: Udp, asked: usize },
    Tcp(Tcp),
    Unix(Unix),
    Stdin,
}

/// Binds all that is asked for, and takes over what systemd has bound. A listener's number is its place in the list.
///
/// # Errors
/// When one of them cannot be bound; none is then.
pub fn bind(settings: &Settings) -> Result<Vec<Bound>, CannotListen> {
    let handed = handed::all().map_err(CannotListen::Handed)?;
    Binding::new(settings)?.bind(handed)
}

/// What all listeners have in common.
struct Binding<'a> {
    settings: &'a Settings,
    allowed: Allowed,
    limits: Arc<Limits>,
    certificates: Option<Arc<Certificates>>,
    bound: Vec<Bound>,
}

impl<'a> Binding<'a> {
    fn new(settings: &'a Settings) -> Result<Self, CannotListen> {
        let certificates = settings.certificate.as_ref().map(|certificate| {
            Certificates::read(Files {
                certificate: certificate.clone(),
                key: settings.key.as_ref().unwrap_or(certificate).clone(),
                client_ca: settings.client_ca.clone(),
            })
        });
        Ok(Self {
            settings,
            allowed: Allowed::new(&settings.allow),
            limits: Arc::new(Limits::new(settings)),
            certificates: certificates.transpose()?.map(Arc::new),
            bound: Vec::new(),
        })
    }

    fn bind(mut self, handed: Vec<Handed>) -> Result<Vec<Bound>, CannotListen> {
        for socket in handed {
            self.adopt(socket)?;
        }
        let settings = self.settings;
        for address in &settings.udp {
            self.at("udp", *address, |binding| {
                let (sockets, buffer) = (settings.sockets.max(1).into(), settings.buffer);
                let udp = Udp::bind(*address, sockets, buffer, &binding.allowed)?;
                Ok((udp.address, binding.udp(udp)))
            })?;
        }
        for address in &settings.tcp {
            self.at("tcp", *address, |binding| {
                binding.tcp(connections(*address)?, None)
            })?;
        }
        for address in &settings.tls {
            let certificates = Some(self.certificates()?);
            self.at("tls", *address, |binding| {
                binding.tcp(connections(*address)?, certificates)
            })?;
        }
        for path in &settings.unix {
            self.unix(path)?;
        }
        if settings.stdin {
            self.add(stdin::NAME.to_owned(), Kind::Stdin);
        }
        Ok(self.bound)
    }

    fn certificates(&self) -> Result<Arc<Certificates>, CannotListen> {
        self.certificates.clone().ok_or(CannotListen::NoCertificate)
    }

    fn add(&mut self, name: String, kind: Kind) {
        let intake = Arc::default();
        self.bound.push(Bound { name, intake, kind });
    }

    /// Binds an address, unless systemd has.
    fn at(
        &mut self,
        protocol: &'static str,
        address: SocketAddr,
        bind: impl FnOnce(&Self) -> io::Result<(SocketAddr, Kind)>,
    ) -> Result<(), CannotListen> {
        let name = format!("{protocol}:{address}");
        if address.port() != 0 && self.bound.iter().any(|bound| bound.name == name) {
            return Ok(());
        }
        let (address, kind) = bind(self).map_err(|error| CannotListen::Address {
            protocol,
            address,
            error,
        })?;
        self.add(format!("{protocol}:{address}"), kind);
        Ok(())
    }

    fn udp(&self, udp: Udp) -> Kind {
        let asked = self.settings.buffer;
        Kind::Udp { udp, asked }
    }

    fn tcp(
        &self,
        socket: Socket,
        certificates: Option<Arc<Certificates>>,
    ) -> io::Result<(SocketAddr, Kind)> {
        let listener = TcpListener::from(socket);
        let tcp = Tcp {
            allowed: self.allowed.clone(),
            limits: self.limits.clone(),
            certificates,
            listener,
        };
        Ok((tcp.listener.local_addr()?, Kind::Tcp(tcp)))
    }

    fn unix(&mut self, path: &Path) -> Result<(), CannotListen> {
        let name = format!("unix:{}", path.display());
        if self.bound.iter().any(|bound| bound.name == name) {
            return Ok(());
        }
        let unix = Unix::bind(path).map_err(|error| CannotListen::Path {
            path: path.to_owned(),
            error,
        })?;
        self.add(name, Kind::Unix(unix));
        Ok(())
    }

    fn adopt(&mut self, handed: Handed) -> Result<(), CannotListen> {
        let (protocol, certificates) = match &handed {
            Handed::Tcp { is_tls: true, .. } => ("tls", Some(self.certificates()?)),
            Handed::Tcp { .. } => ("tcp", None),
            Handed::Udp(_) => ("udp", None),
            Handed::Unix(_) => ("unix", None),
        };
        let taken = || -> io::Result<(String, Kind)> {
            Ok(match handed {
                Handed::Udp(socket) => {
                    let udp =
                        Udp::adopt(socket, self.settings.buffer, &self.allowed)?.counted_from_now();
                    (udp.address.to_string(), self.udp(udp))
                }
                Handed::Tcp { socket, .. } => {
                    let (address, kind) = self.tcp(socket, certificates)?;
                    (address.to_string(), kind)
                }
                Handed::Unix(socket) => {
                    let address = socket.local_addr()?;
                    let path = address.as_pathname().unwrap_or(Path::new(""));
                    (path.display().to_string(), Kind::Unix(Unix::adopt(socket)?))
                }
            })
        };
        let (place, kind) = taken().map_err(CannotListen::Handed)?;
        self.add(format!("{protocol}:{place}"), kind);
        Ok(())
    }
}

/// A socket for connections. What a process before left in the kernel (TIME_WAIT) does not keep the port.
fn connections(address: SocketAddr) -> io::Result<Socket> {
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket)
}

impl Bound {
    /// What it is called in reports and metrics: `udp:127.0.0.1:5514`, `unix:/run/hapline.sock`, `stdin`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it counts.
    pub fn intake(&self) -> Arc<Intake> {
        self.intake.clone()
    }

    /// Certificates that can be read again, of a TLS listener.
    pub fn certificates(&self) -> Option<Arc<Certificates>> {
        match &self.kind {
            Kind::Tcp(tcp) => tcp.certificates.clone(),
            _ => None,
        }
    }

    /// Limits that can be changed, of a listener for connections.
    pub fn limits(&self) -> Option<Arc<Limits>> {
        match &self.kind {
            Kind::Tcp(tcp) => Some(tcp.limits.clone()),
            _ => None,
        }
    }

    /// What to say of it at the start: less receive buffer than was asked for.
    pub fn remark(&self) -> Option<String> {
        match &self.kind {
            Kind::Udp { udp, asked } if udp.granted < *asked => Some(format!(
                "the kernel granted {} KiB of {} KiB receive buffer to {}; a burst may be lost, and is counted \
                 (sysctl -w net.core.rmem_max={asked} grants all)",
                udp.granted / 1024,
                asked / 1024,
                self.name,
            )),
            _ => None,
        }
    }

    /// Hands over what comes, by the listener's number, until `stop`; then what had come before, and lets go of `sender`.
    /// Must be called within a runtime that has timers and sockets.
    ///
    /// # Errors
    /// When a thread cannot be made, or the runtime does not take the socket.
    pub fn begin(
        self,
        listener: usize,
        sender: Sender<Arrival>,
        stop: CancellationToken,
    ) -> io::Result<()> {
        let thread = |name: &str| std::thread::Builder::new().name(name.to_owned());
        let intake = self.intake;
        let hand = Hand::new(sender.clone(), listener, &self.name, intake.clone());
        match self.kind {
            Kind::Udp { udp, .. } => {
                for socket in udp.sockets {
                    let (hand, stop, is_v6) = (hand.clone(), stop.clone(), udp.address.is_ipv6());
                    thread("udp").spawn(move || match is_v6 {
                        true => socket.receive::<SockaddrIn6>(hand, &stop),
                        false => socket.receive::<SockaddrIn>(hand, &stop),
                    })?;
                }
            }
            Kind::Unix(Unix { datagrams, file }) => {
                thread("unix").spawn(move || {
                    // Before the last sender is gone, as that may end the process.
                    let for_removal = (file, hand.clone());
                    datagrams.receive::<()>(hand, &stop);
                    drop(for_removal.0);
                })?;
            }
            Kind::Tcp(tcp) => tcp.begin(hand, stop)?,
            Kind::Stdin => stdin::begin(sender, listener, intake, stop),
        }
        Ok(())
    }
}
