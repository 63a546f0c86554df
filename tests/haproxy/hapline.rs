//! The program as a child process: its lines with the moment each came.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::wait;

type Lines = Arc<Mutex<Vec<(Instant, String)>>>;

/// See the module.
pub struct Hapline {
    process: Child,
    out: Lines,
    err: Lines,
    readers: Vec<JoinHandle<()>>,
}

impl Hapline {
    /// Starts it.
    pub fn start(arguments: &[&str], input: Stdio) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_hapline"))
            .args(arguments)
            .env("TZ", "UTC")
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (out, err) = (Lines::default(), Lines::default());
        let readers = vec![
            keep(process.stdout.take().unwrap(), out.clone()),
            keep(process.stderr.take().unwrap(), err.clone()),
        ];
        Self {
            process,
            out,
            err,
            readers,
        }
    }

    /// Starts `hapline serve` on a free port, and gives its address.
    pub fn serve(format: &str) -> (Self, SocketAddr) {
        let serve = ["serve", "--udp", "127.0.0.1:0", "--format", format];
        let hapline = Self::start(&serve, Stdio::null());
        let address = wait::until(Duration::from_secs(10), "the address", || {
            let err = hapline.err.lock().unwrap();
            let (_, line) = err.iter().find(|(_, line)| line.contains("on udp:"))?;
            let (_, rest) = line.split_once("on udp:")?;
            rest.split(';').next()?.parse().ok()
        });
        (hapline, address)
    }

    /// Waits for a notice, and gives it with the moment it came.
    pub fn wait(
        &self,
        limit: Duration,
        what: &str,
        is_it: impl Fn(&Value) -> bool,
    ) -> (Instant, Value) {
        wait::until(limit, what, || {
            let out = self.out.lock().unwrap();
            out.iter().find_map(|(at, line)| {
                let notice: Value = serde_json::from_str(line).unwrap();
                is_it(&notice).then_some((*at, notice))
            })
        })
    }

    /// Waits for a notice of this transition in `be_app`.
    pub fn wait_for(&self, limit: Duration, transition: &str) -> (Instant, Value) {
        self.wait(limit, transition, |notice| {
            notice["transition"] == transition && notice["incident"]["backend"] == "be_app"
        })
    }

    /// Sends a signal, and waits for the end: it must be a good one. Gives all lines.
    pub fn stop(self, signal: &str) -> Vec<String> {
        let command = format!("kill -{signal} {}", self.process.id());
        let sent = Command::new("sh").args(["-c", &command]).status().unwrap();
        assert!(sent.success());
        self.finish()
    }

    /// Waits for the end: it must be a good one. Gives all lines.
    pub fn finish(mut self) -> Vec<String> {
        let status = wait::until(Duration::from_secs(20), "the end", || {
            self.process.try_wait().unwrap()
        });
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        assert_eq!(status.code(), Some(0), "{:?}", self.err.lock().unwrap());
        let out = self.out.lock().unwrap();
        out.iter().map(|(_, line)| line.clone()).collect()
    }

    /// The process, to write into.
    pub fn process(&mut self) -> &mut Child {
        &mut self.process
    }
}

impl Drop for Hapline {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Takes the report off the end; what stands before it are notices.
pub fn split(lines: &[String]) -> (Vec<Value>, Value) {
    let mut values: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let report = values.pop().unwrap();
    assert_eq!(report["schema"], "hapline.report/1");
    for notice in &values {
        assert_eq!(notice["schema"], "hapline.notice/1");
    }
    (values, report)
}

fn keep(pipe: impl Read + Send + 'static, lines: Lines) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines() {
            lines.lock().unwrap().push((Instant::now(), line.unwrap()));
        }
    })
}
