//! What clients do, and what a HAProxy that is right says of it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A request and its ending.
pub struct Request {
    pub name: &'static str,
    /// Up to the end of the headers.
    pub bytes: Vec<u8>,
    /// The client leaves after this.
    pub leaves: Option<Duration>,
    pub status: i16,
    /// Empty where no backend was chosen, so that the frontend stands there.
    pub backend: &'static str,
    pub server: &'static str,
    pub term: &'static [u8; 4],
}

/// What a client saw, and when.
pub struct Seen {
    pub port: u16,
    /// ms since 1970.
    pub began: i64,
    pub start: Instant,
    pub answer: Vec<u8>,
}

/// Text that asks to be mistaken for the end of a field, and bytes that are escaped in some places and not in others.
pub const ODD: &str =
    r#"Mozilla/5.0 "q" {a|b} \ ] é ","st":200,"term":"----"} #22 - - ---- 1/1/1/1/0"#;

impl Request {
    /// The request line as it was sent; `None` where it is none.
    pub fn line(&self) -> Option<&[u8]> {
        let headers = self.bytes.windows(4).any(|bytes| bytes == b"\r\n\r\n");
        let end = self.bytes.windows(2).position(|bytes| bytes == b"\r\n")?;
        let line = &self.bytes[..end];
        (headers && line.ends_with(b"HTTP/1.1")).then_some(line)
    }

    /// Whether its server answered with headers.
    pub fn is_answered(&self) -> bool {
        matches!(
            self.name,
            "answered" | "odd" | "posted" | "missing" | "half"
        )
    }

    /// Sends it and waits for the ending.
    pub fn send(&self, proxy: SocketAddr) -> Seen {
        let (start, began) = (Instant::now(), SystemTime::now());
        let mut connection = TcpStream::connect(proxy).unwrap();
        connection
            .set_read_timeout(Some(Duration::from_secs(5)))
            .unwrap();
        connection.write_all(&self.bytes).unwrap();
        let port = connection.local_addr().unwrap().port();
        let mut answer = Vec::new();
        match self.leaves {
            Some(leaves) => std::thread::sleep(leaves),
            None => drop(connection.read_to_end(&mut answer)),
        }
        drop(connection);
        Seen {
            port,
            began: began.duration_since(UNIX_EPOCH).unwrap().as_millis() as i64,
            start,
            answer,
        }
    }
}

/// All of them.
pub fn requests() -> Vec<Request> {
    let row = |name, line: &str, status, place: (&'static str, &'static str), term| {
        Request {
        name,
        bytes: format!(
            "{line}\r\nHost: shop.example\r\nUser-Agent: {}\r\nCookie: a=b; SID=of client\r\nConnection: close\r\n\r\n",
            if name == "odd" { ODD } else { "curl/8 x" }
        )
        .into_bytes(),
        leaves: None,
        status,
        backend: place.0,
        server: place.1,
        term,
    }
    };
    let app = ("be_app", "web1");
    let mut requests = vec![
        row("answered", "GET /ok?n=1 HTTP/1.1", 200, app, b"----"),
        row(
            "odd",
            r#"GET /o"d'd{|}\[x]~é?q="é" HTTP/1.1"#,
            200,
            app,
            b"----",
        ),
        row("posted", "POST /ok HTTP/1.1", 200, app, b"----"),
        row("missing", "GET /missing HTTP/1.1", 404, app, b"----"),
        row(
            "denied",
            "GET /deny HTTP/1.1",
            403,
            ("", "<NOSRV>"),
            b"PR--",
        ),
        row(
            "redirected",
            "GET /redirect HTTP/1.1",
            302,
            ("", "<NOSRV>"),
            b"LR--",
        ),
        row(
            "no server",
            "GET /none HTTP/1.1",
            503,
            ("be_none", "<NOSRV>"),
            b"SC--",
        ),
        row(
            "refused",
            "GET /refused HTTP/1.1",
            503,
            ("be_refused", "no1"),
            b"SC--",
        ),
        row("dropped", "GET /drop HTTP/1.1", 502, app, b"SH--"),
        row("half", "GET /half HTTP/1.1", 200, app, b"SD--"),
        row("slow", "GET /slow HTTP/1.1", 504, app, b"sH--"),
        Request {
            leaves: Some(Duration::from_millis(100)),
            ..row("left", "GET /slow HTTP/1.1", 400, app, b"CH--")
        },
    ];
    for (name, bytes, status, term) in [
        (
            "unfinished",
            &b"GET /ok HTTP/1.1\r\nHost: a\r\n"[..],
            408,
            b"cR--",
        ),
        ("no request", b"nonsense\x01 {\"\r\n\r\n", 400, b"PR--"),
    ] {
        let bytes = bytes.to_vec();
        requests.push(Request {
            bytes,
            ..row(name, "", status, ("", "<NOSRV>"), term)
        });
    }
    requests
}
