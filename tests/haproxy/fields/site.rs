//! HAProxy with a frontend for each way to log, and a log target for each of them.

use std::fmt::Write as _;
use std::net::{SocketAddr, UdpSocket};
use std::process::Child;
use std::time::Duration;

use hapline::config::Config;
use hapline::line::format::builtin;
use tempfile::TempDir;

use super::super::proxy::{free_address, installed, run, wait_for_service};
use super::server;

/// See the module.
pub struct Site {
    _folder: TempDir,
    process: Child,
    pub config: Config,
    pub frontends: Vec<Frontend>,
}

/// A frontend and what it logs.
pub struct Frontend {
    pub name: &'static str,
    pub address: SocketAddr,
    log: UdpSocket,
}

impl Frontend {
    /// The next line that it logs; `None` when it logs none.
    pub fn line(&self) -> Option<Vec<u8>> {
        let mut buffer = vec![0; 65_536];
        let length = self.log.recv(&mut buffer).ok()?;
        buffer.truncate(length);
        Some(buffer)
    }
}

impl Site {
    /// Starts it; `None` where HAProxy is not installed.
    pub fn start(frontends: &[(&'static str, &str)]) -> Option<Self> {
        let program = installed()?;
        let folder = tempfile::tempdir().unwrap();
        let open = |(name, _): &(&'static str, &str)| {
            let log = UdpSocket::bind("127.0.0.1:0").unwrap();
            log.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            let address = free_address();
            Frontend { name, address, log }
        };
        let opened: Vec<Frontend> = frontends.iter().map(open).collect();
        let text = configuration(frontends, &opened);
        std::fs::write(folder.path().join("haproxy.cfg"), &text).unwrap();
        // HAProxy before 2.8 has no such variable of its own.
        let own = [("HAPROXY_HTTP_LOG_FMT", builtin::HTTP)];
        let process = run(&program, folder.path(), &[], &own);
        let site = Self {
            _folder: folder,
            process,
            config: Config::parse("haproxy.cfg", text.as_bytes()).unwrap(),
            frontends: opened,
        };
        wait_for_service(site.frontends[0].address);
        Some(site)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const DEFAULTS: &str = "    mode http
    retries 0
    option dontlognull
    option accept-invalid-http-request
    option abortonclose
    timeout connect 1s
    timeout client 2s
    timeout server 300ms
    timeout http-request 300ms
    unique-id-format %{+X}o\\ %ci:%cp_%fi:%fp_%Ts_%rt
";

const RULES: &str = "    capture request header User-Agent len 200
    capture request header Host len 40
    capture response header X-Note len 40
    capture cookie SID len 40
    http-request deny if { path_beg /deny }
    http-request redirect location /x if { path_beg /redirect }
    use_backend be_none if { path_beg /none }
    use_backend be_refused if { path_beg /refused }
";

fn configuration(frontends: &[(&'static str, &str)], opened: &[Frontend]) -> String {
    let mut config = format!(
        "global\n    nbthread 1\ndefaults plain\n{DEFAULTS}defaults formatted from plain\n    log-format '{}'\n",
        super::OF_DEFAULTS
    );
    for ((name, logging), frontend) in frontends.iter().zip(opened) {
        let parent = if logging.is_empty() {
            "formatted"
        } else {
            "plain"
        };
        let proxied = if name.starts_with("error") {
            " accept-proxy"
        } else {
            ""
        };
        let is_tcp = logging.contains("mode tcp");
        let log = frontend.log.local_addr().unwrap();
        writeln!(
            config,
            "frontend {name} from {parent}\n    log {log} len 4096 local0\n    bind {}{proxied}\n{logging}\n{}    default_backend {}",
            frontend.address,
            if is_tcp { "" } else { RULES },
            if is_tcp { "be_tcp" } else { "be_app" },
        )
        .unwrap();
    }
    let (server, nobody) = (server::start(), free_address());
    writeln!(
        config,
        "backend be_app from plain\n    server web1 {server}\nbackend be_none from plain\n\
         backend be_refused from plain\n    server no1 {nobody}\n\
         backend be_tcp from plain\n    mode tcp\n    server tcp1 {server}"
    )
    .unwrap();
    config
}
