//! A server that does what the path says.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// What it answers with, where it answers.
pub const NOTE: &str = r#"n{o}t|e "q" #1"#;

/// Starts it; it ends with the process.
pub fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            std::thread::spawn(|| serve(connection));
        }
    });
    address
}

fn serve(mut connection: TcpStream) {
    connection
        .set_read_timeout(Some(Duration::from_secs(3)))
        .unwrap();
    let mut request: Vec<u8> = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        match connection.read(&mut buffer) {
            Ok(length) if length > 0 => request.extend(&buffer[..length]),
            _ => return,
        }
    }
    let is = |route: &str| {
        request
            .windows(route.len())
            .any(|bytes| bytes == route.as_bytes())
    };
    let head = |status: &str, length: usize| {
        format!(
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nX-Note: {NOTE}\r\n\
             Set-Cookie: SID=from server; path=/\r\nConnection: close\r\n\r\n"
        )
    };
    let answer = if is(" /drop") {
        return;
    } else if is(" /slow") {
        let _ = connection.read(&mut buffer);
        return;
    } else if is(" /half") {
        head("200 OK", 100) + "ten bytes!"
    } else if is(" /missing") {
        head("404 Not Found", 3) + "no\n"
    } else {
        head("200 OK", 1000) + &"x".repeat(1000)
    };
    let _ = connection.write_all(answer.as_bytes());
}
