//! A small HTTP server that can be stopped and started again on its port.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";

/// See the module.
pub struct Backend {
    address: SocketAddr,
    running: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

impl Backend {
    /// One that serves, on a free port.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut backend = Self {
            address: listener.local_addr().unwrap(),
            running: None,
        };
        backend.serve(listener);
        backend
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Connections are refused from now on.
    pub fn stop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            stop.store(true, Ordering::SeqCst);
            // Wakes the thread; it closes the socket.
            let _ = TcpStream::connect(self.address);
            thread.join().unwrap();
        }
    }

    /// Serves again.
    pub fn restart(&mut self) {
        self.serve(TcpListener::bind(self.address).unwrap());
    }

    fn serve(&mut self, listener: TcpListener) {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            for connection in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                if let Ok(connection) = connection {
                    std::thread::spawn(|| answer(connection));
                }
            }
        });
        self.running = Some((stop, thread));
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A check connects and says nothing; that is no request.
fn answer(mut connection: TcpStream) {
    let _ = connection.set_read_timeout(Some(Duration::from_secs(1)));
    let mut request = [0; 1024];
    if connection.read(&mut request).is_ok_and(|length| length > 0) {
        let _ = connection.write_all(ANSWER);
    }
}
