//! Listeners with real sockets, on loopback.

mod datagrams;
mod streams;
mod tls;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::sync::mpsc::{self, Receiver};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::serve::arrival::Count;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Listeners that have begun.
struct Site {
    runtime: Runtime,
    names: Vec<String>,
    intakes: Vec<Arc<Intake>>,
    certificates: Option<Arc<Certificates>>,
    arrivals: Receiver<Arrival>,
    stop: CancellationToken,
    lines: Vec<u8>,
    lacks: Vec<String>,
}

impl Site {
    fn of(settings: &Settings) -> Self {
        Self::holding(settings, 64)
    }

    /// One whose daemon takes so many pieces ahead.
    fn holding(settings: &Settings, pieces: usize) -> Self {
        let runtime = Runtime::new().unwrap();
        let (sender, arrivals) = mpsc::channel(pieces);
        let stop = CancellationToken::new();
        let mut site = Self {
            runtime,
            names: Vec::new(),
            intakes: Vec::new(),
            certificates: None,
            arrivals,
            stop,
            lines: Vec::new(),
            lacks: Vec::new(),
        };
        let entered = site.runtime.enter();
        for (number, bound) in bind(settings).unwrap().into_iter().enumerate() {
            site.names.push(bound.name().to_owned());
            site.intakes.push(bound.intake());
            site.certificates = bound.certificates();
            bound
                .begin(number, sender.clone(), site.stop.clone())
                .unwrap();
        }
        drop(entered);
        site
    }

    /// Where the only listener can be reached.
    fn address(&self) -> SocketAddr {
        let (_, address) = self.names[0].split_once(':').unwrap();
        address.parse().unwrap()
    }

    fn intake(&self) -> &Intake {
        &self.intakes[0]
    }

    /// Takes what comes until `enough`.
    fn wait(&mut self, enough: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !enough(self) {
            assert!(
                Instant::now() < deadline,
                "{:?} {:?}",
                self.intake(),
                self.lacks
            );
            match self.arrivals.try_recv() {
                Ok(arrival) => self.take(arrival),
                Err(_) => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    fn take(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Lines { bytes, .. } => {
                assert!(bytes.ends_with(b"\n"));
                self.lines.extend(bytes);
            }
            Arrival::Missing(lack) => self.lacks.push(lack.to_string()),
            other => panic!("{other:?}"),
        }
    }

    /// Stops, and takes what had come before.
    fn stop(&mut self) {
        self.stop.cancel();
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.arrivals.try_recv() {
                Ok(arrival) => self.take(arrival),
                Err(mpsc::error::TryRecvError::Disconnected) => break,
                Err(_) => std::thread::sleep(Duration::from_millis(1)),
            }
            assert!(Instant::now() < deadline, "does not stop");
        }
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.lines).unwrap()
    }

    fn count(&self) -> u64 {
        memchr::memchr_iter(b'\n', &self.lines).count() as u64
    }
}

fn loopback() -> Vec<SocketAddr> {
    vec![SocketAddr::from(([127, 0, 0, 1], 0))]
}

/// So many lines.
fn log(lines: u64) -> String {
    let line = |number| format!("<134>Feb  6 12:14:14 lb1 haproxy[7]: line {number}\n");
    (0..lines).map(line).collect()
}
