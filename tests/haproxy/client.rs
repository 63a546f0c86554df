//! A little load: one request after another, in bounded number.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::wait;

/// Time between two requests.
const PAUSE: Duration = Duration::from_millis(15);

/// Requests after which it stops by itself.
const MOST: usize = 3_000;

/// See the module.
pub struct Client {
    stop: Arc<AtomicBool>,
    statuses: Arc<Mutex<Vec<u16>>>,
    thread: Option<JoinHandle<()>>,
}

impl Client {
    pub fn start(proxy: SocketAddr) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let statuses = Arc::new(Mutex::new(Vec::new()));
        let (stopped, answers) = (stop.clone(), statuses.clone());
        let thread = std::thread::spawn(move || {
            for _ in 0..MOST {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let status = get(proxy);
                answers.lock().unwrap().push(status);
                std::thread::sleep(PAUSE);
            }
        });
        Self {
            stop,
            statuses,
            thread: Some(thread),
        }
    }

    /// Returns once so many answers had this status: what a busy machine needs more time for than an idle one.
    pub fn wait(&self, count: usize, status: u16) {
        let what = format!("{count} answers of {status}");
        wait::until(Duration::from_secs(60), &what, || {
            let statuses = self.statuses.lock().unwrap();
            let seen = statuses.iter().filter(|seen| **seen == status).count();
            (seen >= count).then_some(())
        });
    }

    /// Stops, and gives the status of every answer; 0 stands for none.
    pub fn stop(mut self) -> Vec<u16> {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap();
        std::mem::take(&mut self.statuses.lock().unwrap())
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
