//! HAProxy with two servers, a second log target and a client.

use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::backend::Backend;
use super::client::Client;
use super::needed;
use super::tee::Tee;
use super::wait;

/// See the module. The servers are `app1` and `app2` of `be_app`.
pub struct Site {
    program: PathBuf,
    folder: TempDir,
    address: SocketAddr,
    process: Child,
    pub tee: Tee,
    pub servers: [Backend; 2],
}

impl Site {
    /// Starts it; HAProxy logs to `target`, too. `None` where HAProxy is not installed.
    pub fn start(target: Option<SocketAddr>) -> Option<Self> {
        Self::logging("option httplog", target)
    }

    /// The same, with another line that says how requests are logged.
    pub fn logging(logging: &str, target: Option<SocketAddr>) -> Option<Self> {
        let program = installed()?;
        let folder = tempfile::tempdir().unwrap();
        let tee = Tee::start(&folder.path().join("haproxy.log"));
        let servers = [Backend::start(), Backend::start()];
        let address = free_address();
        let targets: Vec<SocketAddr> = target.into_iter().chain([tee.address()]).collect();
        let socket = folder.path().join("admin.sock");
        let config = configuration(address, logging, &targets, &servers, &socket);
        std::fs::write(folder.path().join("haproxy.cfg"), config).unwrap();
        let process = run(&program, folder.path(), &[], &[]);
        let site = Self {
            program,
            folder,
            address,
            process,
            tee,
            servers,
        };
        wait_for_service(address);
        Some(site)
    }

    /// What rsyslog would have written.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("haproxy.log")
    }

    /// Its `stats socket`.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("admin.sock")
    }

    /// Its configuration.
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("haproxy.cfg")
    }

    /// Starts requests.
    pub fn load(&self) -> Client {
        Client::start(self.address)
    }

    /// Replaces the process by a new one, as `systemctl reload haproxy` does.
    pub fn reload(&mut self) {
        let old = self.process.id().to_string();
        let new = run(&self.program, self.folder.path(), &["-sf", &old], &[]);
        let mut old = std::mem::replace(&mut self.process, new);
        wait::until(Duration::from_secs(10), "the old process to end", || {
            old.try_wait().unwrap()
        });
    }
}

/// Returns once something listens there.
pub fn wait_for_service(address: SocketAddr) {
    wait::until(Duration::from_secs(10), "HAProxy to listen", || {
        TcpStream::connect(address).ok()
    });
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// HAProxy; where there is none, that is said and tests are skipped.
pub fn installed() -> Option<PathBuf> {
    needed::program("haproxy", "haproxy")
}

/// Where nobody listens.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// Runs HAProxy on the `haproxy.cfg` of a folder.
pub fn run(program: &Path, folder: &Path, more: &[&str], variables: &[(&str, &str)]) -> Child {
    Command::new(program)
        .arg("-db")
        .arg("-f")
        .arg(folder.join("haproxy.cfg"))
        .args(more)
        .env("TZ", "UTC")
        .envs(variables.iter().copied())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn configuration(
    address: SocketAddr,
    logging: &str,
    targets: &[SocketAddr],
    servers: &[Backend],
    socket: &Path,
) -> String {
    let mut config = format!("global\n    stats socket {} level user\n", socket.display());
    for target in targets {
        writeln!(config, "    log {target} local0").unwrap();
    }
    writeln!(
        config,
        "defaults
    mode http
    log global
    {logging}
    option dontlognull
    option redispatch
    retries 1
    timeout connect 500ms
    timeout client 5s
    timeout server 5s
    default-server check inter 200ms fall 2 rise 2
frontend fe_www
    bind {address}
    default_backend be_app
backend be_app
    balance roundrobin"
    )
    .unwrap();
    for (number, server) in (1..).zip(servers) {
        writeln!(config, "    server app{number} {}", server.address()).unwrap();
    }
    config
}
