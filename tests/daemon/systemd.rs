//! As a service of systemd's: sockets that are handed over, and what it is told in return. Here the test is systemd.

use std::io::Write;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::daemon::Daemon;
use super::lines;

/// Time for a message to come.
const LIMIT: Duration = Duration::from_secs(60);

/// Time within which it is to tell that it lives; µs.
const WATCHDOG: &str = "4000000";

/// Takes the sockets to be handed over where a shell has standard input and output, which puts them where systemd does
/// (sd_listen_fds(3)).
const HAND_OVER: &str =
    "exec 3<&0 4<&1 </dev/null >/dev/null; LISTEN_FDS=2 LISTEN_PID=$$ exec \"$@\"";

/// What systemd reads.
struct Notices(UnixDatagram);

impl Notices {
    fn at(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).unwrap();
        socket.set_read_timeout(Some(LIMIT)).unwrap();
        Self(socket)
    }

    fn next(&self) -> String {
        let mut message = [0; 4_096];
        let read = self.0.recv(&mut message).unwrap();
        String::from_utf8_lossy(&message[..read]).into_owned()
    }

    /// The next one that tells more than that it lives.
    fn next_state(&self) -> String {
        let mut told = std::iter::repeat_with(|| self.next());
        told.find(|message| message != "WATCHDOG=1\n").unwrap()
    }
}

#[test]
fn sockets_are_taken_over_and_systemd_is_told_how_it_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let notices = Notices::at(&path);
    let (udp, tcp) = (
        UdpSocket::bind("127.0.0.1:0").unwrap(),
        TcpListener::bind("127.0.0.1:0").unwrap(),
    );
    let (udp_at, tcp_at) = (udp.local_addr().unwrap(), tcp.local_addr().unwrap());
    // They come while nobody runs.
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    let line = lines::datagram(&lines::request(0, 200));
    sender.send_to(line.as_bytes(), udp_at).unwrap();
    let mut connection = TcpStream::connect(tcp_at).unwrap();
    writeln!(connection, "{}", lines::request(1, 200)).unwrap();
    let handing = ["sh", "-c", HAND_OVER, "sh"];
    let mut command = Daemon::command(&handing, &["--http", "127.0.0.1:0"]);
    command
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", WATCHDOG)
        .stdin(OwnedFd::from(udp.try_clone().unwrap()))
        .stdout(OwnedFd::from(tcp.try_clone().unwrap()));
    let mut daemon = Daemon::run(&mut command);

    assert_eq!(notices.next(), "READY=1\n");
    assert_eq!(daemon.address("udp:"), udp_at);
    assert_eq!(daemon.address("tcp:"), tcp_at);
    daemon.wait_for_requests(2);

    let began = Instant::now();
    let limit = Duration::from_micros(WATCHDOG.parse().unwrap());
    for nth in 1..4 {
        assert_eq!(notices.next(), "WATCHDOG=1\n");
        assert!(began.elapsed() < nth * limit, "in time");
    }

    daemon.signal(Signal::SIGHUP);
    let told = notices.next_state();
    let since = told.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").unwrap();
    assert!(since.trim_end().parse::<u64>().is_ok(), "{told}");
    assert_eq!(notices.next_state(), "READY=1\n");

    daemon.signal(Signal::SIGTERM);
    assert_eq!(notices.next_state(), "STOPPING=1\n");
    assert_eq!(daemon.wait().code(), Some(0), "{}", daemon.said());
    // systemd still has them, for the next start.
    sender.send_to(line.as_bytes(), udp_at).unwrap();
    udp.recv(&mut [0; 4_096]).unwrap();
}
