//! A server that keeps what it is sent, and answers as it is told.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    pub line: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
    pub at: Instant,
}

impl Request {
    /// Its body.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Server {
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Answers 200.
    pub fn start() -> Self {
        Self::answering(&[])
    }

    /// Answers these, status and headers, and 200 from then on.
    pub fn answering(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            requests: Arc::default(),
        };
        let kept = server.clone();
        let answers: Vec<String> = answers.iter().map(|&answer| answer.to_owned()).collect();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                kept.serve(&mut BufReader::new(stream), &answers);
            }
        });
        server
    }

    /// Reads one request and answers it; a client that goes away is no failure.
    pub fn serve<S: Read + Write>(&self, stream: &mut BufReader<S>, answers: &[String]) {
        let Some(request) = read(stream) else {
            return;
        };
        let mut requests = self.requests.lock().unwrap();
        let answer = answers.get(requests.len());
        requests.push(request);
        drop(requests);
        let head = answer.map_or("200 OK", String::as_str);
        let text = "said by s3cr3t-s3cr3t";
        let length = text.len();
        let _ = write!(
            stream.get_mut(),
            "HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{text}"
        );
        let _ = stream.get_mut().flush();
    }

    /// Keeps nothing yet.
    pub fn bare(address: SocketAddr) -> Self {
        Self {
            address,
            requests: Arc::default(),
        }
    }

    /// What it was sent, once that is so many.
    pub fn wait(&self, many: usize) -> Vec<Request> {
        let began = Instant::now();
        loop {
            let requests = self.so_far();
            if requests.len() >= many {
                assert_eq!(requests.len(), many, "{requests:#?}");
                return requests;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "{requests:#?}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// What it was sent.
    pub fn so_far(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn read<S: Read>(stream: &mut BufReader<S>) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).ok()?;
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(Request {
        line: line.trim_end().to_owned(),
        headers,
        body: String::from_utf8(body).ok()?,
        at: Instant::now(),
    })
}
