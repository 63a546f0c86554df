//! A little load: one request after another, in bounded number.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Time between two requests.
const PAUSE: Duration = Duration::from_millis(15);

/// Requests after which it stops by itself.
const MOST: usize = 3_000;

/// See the module.
pub struct Client {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Vec<u16>>>,
}

impl Client {
    pub fn start(proxy: SocketAddr) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            let mut statuses = Vec::new();
            while statuses.len() < MOST && !stopped.load(Ordering::SeqCst) {
                statuses.push(get(proxy));
                std::thread::sleep(PAUSE);
            }
            statuses
        });
        Self {
            stop,
            thread: Some(thread),
        }
    }

    /// Stops, and gives the status of every answer; 0 stands for none.
    pub fn stop(mut self) -> Vec<u16> {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
    }
}

fn get(proxy: SocketAddr) -> u16 {
    let ask = || -> std::io::Result<Vec<u8>> {
        let mut connection = TcpStream::connect(proxy)?;
        connection.set_read_timeout(Some(Duration::from_secs(10)))?;
        connection.write_all(
            b"GET /cart?id=7 HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n",
        )?;
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer)?;
        Ok(answer)
    };
    let answer = ask().unwrap_or_default();
    let status = answer
        .get(9..12)
        .and_then(|digits| str::from_utf8(digits).ok());
    status.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}
