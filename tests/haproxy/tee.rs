//! A second log target: knows what HAProxy wrote, and when.

use std::fs::File;
use std::io::Write;
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::wait;

type Datagrams = Arc<Mutex<Vec<(Instant, String)>>>;

/// See the module.
pub struct Tee {
    address: SocketAddr,
    datagrams: Datagrams,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Tee {
    /// One that keeps what comes, and writes it to a file as rsyslog's traditional format does.
    pub fn start(file: &Path) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket
            .set_read_timeout(Some(Duration::from_millis(50)))
            .unwrap();
        let address = socket.local_addr().unwrap();
        let (datagrams, stop) = (Datagrams::default(), Arc::new(AtomicBool::new(false)));
        let (kept, stopped) = (datagrams.clone(), stop.clone());
        let mut file = File::create(file).unwrap();
        let thread = std::thread::spawn(move || {
            let mut buffer = [0; 65_536];
            while !stopped.load(Ordering::SeqCst) {
                let Ok(length) = socket.recv(&mut buffer) else {
                    continue;
                };
                let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
                writeln!(file, "{}", traditional(&text)).unwrap();
                kept.lock().unwrap().push((Instant::now(), text));
            }
        });
        Self {
            address,
            datagrams,
            stop,
            thread: Some(thread),
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// When the first datagram came that contains `words`.
    pub fn wait(&self, words: &str) -> Instant {
        wait::until(Duration::from_secs(10), words, || {
            let datagrams = self.datagrams.lock().unwrap();
            datagrams
                .iter()
                .find(|(_, text)| text.contains(words))
                .map(|(at, _)| *at)
        })
    }

    /// How many datagrams came, once no more do.
    pub fn settled(&self) -> usize {
        let mut before = usize::MAX;
        wait::until(Duration::from_secs(10), "silence", || {
            std::thread::sleep(Duration::from_millis(300));
            let now = self.datagrams.lock().unwrap().len();
            let same = now == before;
            before = now;
            same.then_some(now)
        })
    }
}

impl Drop for Tee {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// `<134>Mar 14 09:12:01 haproxy[7]: …` becomes `Mar 14 09:12:01 lb1 haproxy[7]: …`.
fn traditional(datagram: &str) -> String {
    let line = datagram.trim_end_matches(['\n', '\0']);
    let line = line.split_once('>').map_or(line, |(_, line)| line);
    let (stamp, rest) = line.split_at(15);
    format!("{stamp} lb1{rest}")
}
