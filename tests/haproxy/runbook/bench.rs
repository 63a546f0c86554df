//! A HAProxy to type commands at.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hapline::config::Config;
use tempfile::TempDir;

use crate::backend::Backend;
use crate::proxy::{free_address, installed, run, wait_for_service};
use crate::wait;

/// HAProxy with a runtime socket, and servers of each sort: `app1` and `app2` by address, `name1` by name, `tls1` over
/// TLS, and `dead1`, where nobody listens.
pub struct Bench {
    folder: TempDir,
    process: Child,
    /// `openssl s_server`; `None` without openssl.
    pub tls: Option<Child>,
    pub config: Config,
    _servers: [Backend; 3],
}

impl Bench {
    pub fn start() -> Option<Self> {
        let program = installed()?;
        let folder = tempfile::tempdir().unwrap();
        let servers = [Backend::start(), Backend::start(), Backend::start()];
        let (front, tls_at, dead) = (free_address(), free_address(), free_address());
        let tls = tls_server(folder.path(), tls_at);
        let file = folder.path().join("haproxy.cfg");
        let [app1, app2, name1] = [0, 1, 2].map(|n| servers[n].address());
        let text = format!(
            "global
    stats socket {0}/admin.sock mode 600 level admin
defaults
    mode http
    timeout connect 500ms
    timeout client 5s
    timeout server 5s
    timeout check 3s
    default-server inter 200ms fall 2 rise 2
resolvers dns
    nameserver ns1 127.0.0.1:{1}
frontend fe_www
    bind {front}
    maxconn 200
    default_backend be_app
backend be_app
    option httpchk GET /healthz
    server app1 {app1} check maxconn 10 weight 10
    server app2 {app2} check maxconn 10 weight 10
backend be_name
    server name1 localhost:{2} resolvers dns init-addr last,libc,none
    server name2 {app2}
    server name3 {app2} check disabled
backend be_tls
    server tls1 {tls_at} ssl verify none
backend be_dead
    server dead1 {dead} check
    server spare {app1} check backup
",
            folder.path().display(),
            dead.port(),
            name1.port()
        );
        std::fs::write(&file, text).unwrap();
        let process = run(&program, folder.path(), &[], &[]);
        wait_for_service(front);
        Some(Self {
            config: Config::read(&file).unwrap(),
            folder,
            process,
            tls,
            _servers: servers,
        })
    }

    /// What `sh` prints for a command, and its exit status.
    pub fn sh(&self, command: &str) -> (String, i32) {
        let output = Command::new("sh")
            .args(["-c", command])
            .env(
                "PATH",
                format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap()),
            )
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        let status = output.status.code().unwrap();
        (String::from_utf8_lossy(&said).into_owned(), status)
    }

    pub fn runtime(&self, command: &str) -> String {
        let (said, status) = self.sh(&format!("echo '{command}' | socat stdio ./admin.sock"));
        assert_eq!(status, 0, "{said}");
        said
    }

    /// `UP`, `DOWN`, `MAINT`, `DRAIN`, `no check`, ….
    pub fn status(&self, backend: &str, server: &str) -> String {
        self.status_after("", backend, server)
    }

    /// The same right after a command, before the next check.
    pub fn status_after(&self, command: &str, backend: &str, server: &str) -> String {
        let said =
            self.runtime(format!("{command};show stat {backend} 4 -1").trim_start_matches(';'));
        let row = said
            .lines()
            .find(|row| row.split(',').nth(1) == Some(server));
        row.unwrap().split(',').nth(17).unwrap().to_owned()
    }

    pub fn becomes(&self, backend: &str, server: &str, status: &str) {
        wait::until(Duration::from_secs(10), status, || {
            (self.status(backend, server) == status).then_some(())
        });
    }

    /// Names of columns in `show stat` and `show servers state`.
    pub fn columns(&self) -> Vec<String> {
        let heads = self.runtime("show stat; show servers state");
        let heads = heads.lines().filter_map(|row| row.strip_prefix("# "));
        let names = heads.flat_map(|row| row.split([',', ' ']));
        names
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// All that a command could have changed: states, weights, limits and addresses of servers and frontends.
    pub fn state(&self) -> String {
        let state = self.runtime("show servers state");
        let state = state.lines().map(|row| {
            let mut words: Vec<&str> = row.split(' ').collect();
            // Without the time since the last change, and what checks find meanwhile.
            if let Some(op_state) = words.get_mut(5) {
                *op_state = "";
            }
            let (fixed, rest) = words.split_at(words.len().min(9));
            format!("{fixed:?}{:?}\n", rest.get(8..))
        });
        let stat = self.runtime("show stat -1 7 -1");
        let limits = stat.lines().map(|row| {
            let columns: Vec<&str> = row.split(',').collect();
            let status = columns.get(17).unwrap_or(&"");
            let held = ["MAINT", "DRAIN", "NOLB"]
                .iter()
                .any(|held| status.starts_with(held));
            format!("{:?} {held}\n", [0, 1, 6, 18].map(|n| columns.get(n)))
        });
        state.chain(limits).collect()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        for process in [Some(&mut self.process), self.tls.as_mut()]
            .into_iter()
            .flatten()
        {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// `openssl s_server` with a certificate of its own; `None` without openssl.
fn tls_server(folder: &Path, address: SocketAddr) -> Option<Child> {
    let quiet = |command: &mut Command| {
        let command = command.current_dir(folder).stdin(Stdio::null());
        command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()
    };
    let request = "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost";
    let made = quiet(Command::new("openssl").args(request.split(' ')))?.wait();
    assert!(made.unwrap().success());
    let at = address.to_string();
    let serve = [
        "s_server", "-www", "-key", "key.pem", "-cert", "cert.pem", "-accept", &at,
    ];
    let server = quiet(Command::new("openssl").args(serve));
    wait_for_service(address);
    server
}
