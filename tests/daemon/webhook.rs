//! A small HTTP server that keeps the documents it is sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::wait;

type Documents = Arc<Mutex<Vec<(Value, Instant)>>>;

/// See the module.
pub struct Webhook {
    address: SocketAddr,
    documents: Documents,
}

impl Webhook {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let documents = Documents::default();
        let kept = documents.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                if let Some(document) = read(connection) {
                    kept.lock().unwrap().push((document, Instant::now()));
                }
            }
        });
        Self { address, documents }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many it was sent.
    pub fn count(&self) -> usize {
        self.documents.lock().unwrap().len()
    }

    /// Waits until it was sent so many, and gives the last of them with the moment it came.
    pub fn wait_for(&self, many: usize) -> (Value, Instant) {
        wait::until(Duration::from_secs(60), "an alert", || {
            self.documents.lock().unwrap().get(many - 1).cloned()
        })
    }
}

fn read(connection: TcpStream) -> Option<Value> {
    let mut reader = BufReader::new(connection);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 2 {
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    reader.get_mut().write_all(answer).ok()?;
    serde_json::from_slice(&body).ok()
}
