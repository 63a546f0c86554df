//! `hapline serve` as a child process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::wait;

/// Time in which it does what it is asked for.
const LIMIT: Duration = Duration::from_secs(60);

type Said = Arc<Mutex<Vec<String>>>;

/// The program; `HAPLINE` is another one, for figures of an optimised build.
fn hapline() -> String {
    let own = env!("CARGO_BIN_EXE_hapline");
    std::env::var("HAPLINE").unwrap_or_else(|_| own.to_owned())
}

/// See the module.
pub struct Daemon {
    process: Child,
    said: Said,
}

impl Daemon {
    /// Starts `hapline serve` with these arguments, and no listener but those they name.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_by(&["env"], arguments)
    }

    /// The same by a program that runs it.
    pub fn start_by(before: &[&str], arguments: &[&str]) -> Self {
        Self::run(Self::command(before, arguments).stdin(Stdio::piped()))
    }

    /// What is to be run for that.
    pub fn command(before: &[&str], arguments: &[&str]) -> Command {
        let no_listener: &[&str] = match arguments.contains(&"--udp") {
            true => &[],
            false => &["--udp", ""],
        };
        let mut command = Command::new(before[0]);
        command
            .args(&before[1..])
            .args([&*hapline(), "serve"])
            .args(no_listener)
            .args(arguments)
            .env("TZ", "UTC")
            .stdout(Stdio::null());
        command
    }

    /// The same, once it is known what else it gets.
    pub fn run(command: &mut Command) -> Self {
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let (err, said) = (process.stderr.take().unwrap(), Said::default());
        let kept = said.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(err).lines().map_while(Result::ok) {
                kept.lock().unwrap().push(line);
            }
        });
        Self { process, said }
    }

    /// What it has said so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().join("\n")
    }

    /// Waits until it has said these words, and gives the line.
    pub fn wait_for(&self, words: &str) -> String {
        wait::until(LIMIT, words, || {
            let said = self.said.lock().unwrap();
            said.iter().find(|line| line.contains(words)).cloned()
        })
    }

    /// Where it listens, as it says it: `udp:`, `tcp:`, `tls:`, `http://`.
    pub fn address(&self, before: &str) -> SocketAddr {
        let line = self.wait_for(before);
        let (_, address) = line.split_once(before).unwrap();
        let end = address.find(['/', ' ', ';', ',']);
        address[..end.unwrap_or(address.len())].parse().unwrap()
    }

    /// What a page of its HTTP server says, with its status.
    pub fn page(&self, path: &str) -> (u16, String) {
        let address = self.address("http://");
        let mut connection = TcpStream::connect(address).unwrap();
        write!(
            connection,
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), body.to_owned())
    }

    /// Lines of requests that it has counted.
    pub fn requests(&self) -> u64 {
        let (_, metrics) = self.page("/metrics");
        let of_requests = metrics.lines().filter(|series| {
            series.starts_with("hapline_lines_total{") && series.contains("kind=\"traffic\"")
        });
        let counts = of_requests.filter_map(|series| series.rsplit_once(' '));
        counts
            .map(|(_, count)| count.parse::<f64>().unwrap() as u64)
            .sum()
    }

    /// Waits until it has counted so many, and sees that no more come.
    pub fn wait_for_requests(&self, requests: u64) {
        wait::until(LIMIT, "the lines to be counted", || {
            (self.requests() >= requests).then_some(())
        });
        assert_eq!(self.requests(), requests);
    }

    /// What `/readyz` says of the store.
    pub fn readiness_of_store(&self) -> Value {
        let (_, body) = self.page("/readyz");
        let ready: Value = serde_json::from_str(&body).unwrap();
        let checks = ready["checks"].as_array().unwrap();
        let store = checks.iter().find(|check| check["name"] == "store");
        store.unwrap().clone()
    }

    /// The file system as it sees it.
    pub fn root(&self) -> PathBuf {
        format!("/proc/{}/root", self.process.id()).into()
    }

    /// Memory that is its own; kB.
    pub fn private_memory(&self) -> u64 {
        let size = self.status("RssAnon").unwrap();
        size.strip_suffix(" kB").unwrap().parse().unwrap()
    }

    /// What the kernel says of it (proc_pid_status(5)); older kernels say less.
    pub fn status(&self, of_what: &str) -> Option<String> {
        let status = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(status).unwrap();
        let mut fields = status.lines().filter_map(|line| line.split_once(':'));
        let field = fields.find(|(name, _)| *name == of_what);
        field.map(|(_, value)| value.trim().to_owned())
    }

    /// Its standard input.
    pub fn input(&mut self) -> ChildStdin {
        self.process.stdin.take().unwrap()
    }

    pub fn signal(&self, signal: Signal) {
        let process = Pid::from_raw(self.process.id().try_into().unwrap());
        kill(process, signal).unwrap();
    }

    /// Sends a signal, and waits for the end.
    pub fn end(&mut self, signal: Signal) -> ExitStatus {
        self.signal(signal);
        self.wait()
    }

    /// Waits for the end.
    pub fn wait(&mut self) -> ExitStatus {
        wait::until(LIMIT, "the end", || self.process.try_wait().unwrap())
    }

    /// It is told to end, and that is a good end.
    pub fn stop(&mut self) {
        let status = self.end(Signal::SIGTERM);
        assert_eq!(status.code(), Some(0), "{}", self.said());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
