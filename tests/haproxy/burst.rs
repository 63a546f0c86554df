//! Datagrams faster than anyone can take them, and a port that is taken.

use std::net::UdpSocket;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use super::hapline::{Hapline, split};

/// What is lost is counted: the kernel's count and ours make up all that was sent.
#[test]
fn of_a_burst_every_datagram_is_read_or_counted_as_lost() {
    const SENT: u64 = 100_000;
    let (hapline, address) = Hapline::serve("json");
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    for number in 0..SENT {
        let line = format!(
            "<134>Mar 14 09:12:01 haproxy[7]: 10.0.0.9:{} [14/Mar/2026:09:12:01.001] fe be/s1 0/0/1/2/3 200 99 \
             - - ---- 1/1/0/0/0 0/0 \"GET /{number} HTTP/1.1\"\n",
            1024 + number % 60_000
        );
        sender.send_to(line.as_bytes(), address).unwrap();
    }
    sleep(Duration::from_millis(500));
    let (notices, report) = split(&hapline.stop("TERM"));
    let coverage = &report["coverage"];
    let (lines, dropped) = (coverage["lines"].as_u64(), coverage["dropped"].as_u64());
    assert_eq!(lines.unwrap() + dropped.unwrap(), SENT, "{coverage}");
    assert_eq!(coverage["lines"], coverage["traffic"]);
    assert!(notices.is_empty());
}

#[test]
fn a_port_in_use_is_an_error_with_a_hint() {
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_hapline"))
        .args(["serve", "--udp", &address])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with(&format!("hapline: cannot listen on udp {address}: ")));
    assert!(said.contains("\nhint: "), "{said}");
}
