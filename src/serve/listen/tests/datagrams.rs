//! UDP and unix datagrams.

use std::net::UdpSocket;
use std::os::unix::net::UnixDatagram;

use super::*;
use crate::source::LONGEST_LINE;

fn udp() -> Settings {
    Settings {
        udp: loopback(),
        ..Settings::default()
    }
}

fn sender(site: &Site) -> UdpSocket {
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    sender.connect(site.address()).unwrap();
    sender
}

#[test]
fn a_datagram_is_a_line() {
    let mut site = Site::of(&udp());
    let sender = sender(&site);
    let largest = [&b"<134>"[..], &[b'x'; 65_507 - 5]].concat();
    let sent: [&[u8]; 7] = [
        b"<134>Feb  6 12:14:14 haproxy[7]: a\n",
        b"<134>Feb  6 12:14:14 lb1 haproxy[7]: b\n<134>Feb  6 12:14:14 lb1 haproxy[7]: forged\n",
        b"",
        b"\n",
        b"\0\r\n",
        b"plain\0",
        &largest,
    ];
    for datagram in sent {
        sender.send(datagram).unwrap();
    }
    site.wait(|site| site.intake().received.get() == 7);
    site.stop();
    let lines: Vec<&str> = site.text().lines().collect();
    assert_eq!(
        lines[..3],
        [
            "<134>Feb  6 12:14:14 127.0.0.1 haproxy[7]: a",
            "<134>Feb  6 12:14:14 lb1 haproxy[7]: b <134>Feb  6 12:14:14 lb1 haproxy[7]: forged",
            "plain",
        ]
    );
    assert_eq!(lines[3].len(), 65_507);
    let intake = site.intake();
    let counts = [&intake.lines, &intake.empty, &intake.cut, &intake.dropped];
    assert_eq!(counts.map(Count::get), [4, 3, 0, 0]);
    let bytes: usize = sent.iter().map(|datagram| datagram.len()).sum();
    assert_eq!(intake.bytes.get(), bytes as u64);
}

#[test]
fn what_was_received_and_what_was_dropped_is_what_was_sent() {
    let settings = Settings {
        buffer: 64 << 10,
        sockets: 2,
        ..udp()
    };
    // A daemon that takes nothing for a while.
    let mut site = Site::holding(&settings, 1);
    let senders: Vec<UdpSocket> = (0..8).map(|_| sender(&site)).collect();
    const SENT: u64 = 20_000;
    for number in 0..SENT {
        let sender = &senders[number as usize % senders.len()];
        sender.send(&[b'x'; 300]).unwrap();
    }
    site.stop();
    let intake = site.intake();
    assert!(intake.dropped.get() > 0);
    assert_eq!(intake.received.get() + intake.dropped.get(), SENT);
    assert_eq!(intake.lines.get(), intake.received.get());
    assert_eq!(site.count(), intake.lines.get());
}

#[test]
fn who_is_not_allowed_is_refused_and_counted() {
    let settings = Settings {
        allow: vec!["127.0.0.2/32".parse().unwrap()],
        ..udp()
    };
    let mut site = Site::of(&settings);
    for (from, text) in [
        ("127.0.0.1:0", "no"),
        ("127.0.0.2:0", "yes"),
        ("127.0.0.3:0", "no"),
    ] {
        let sender = UdpSocket::bind(from).unwrap();
        sender.send_to(text.as_bytes(), site.address()).unwrap();
    }
    site.wait(|site| site.intake().received.get() == 3);
    site.stop();
    assert_eq!(site.text(), "yes\n");
    assert_eq!(site.intake().refused.get(), 2);
}

#[test]
fn an_address_in_use_is_named_with_the_way_to_find_its_owner() {
    let site = Site::of(&udp());
    let again = Settings {
        udp: vec![site.address()],
        ..Settings::default()
    };
    let problem = bind(&again).unwrap_err();
    let expected = format!("cannot listen on udp {}: ", site.address());
    assert!(problem.to_string().starts_with(&expected), "{problem}");
    let expected = format!("`ss -lunp 'sport = :{}'`", site.address().port());
    assert!(problem.hint().contains(&expected), "{}", problem.hint());
}

#[test]
fn little_buffer_is_said() {
    let settings = Settings {
        buffer: 1 << 40,
        ..udp()
    };
    let bound = bind(&settings).unwrap();
    let remark = bound[0].remark().unwrap();
    assert!(
        remark.contains("KiB receive buffer to udp:127.0.0.1:"),
        "{remark}"
    );
}

#[test]
fn a_unix_socket_takes_datagrams_and_is_removed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hapline.sock");
    let settings = Settings {
        unix: vec![path.clone()],
        ..Settings::default()
    };
    let mut site = Site::of(&settings);
    assert_eq!(site.names, [format!("unix:{}", path.display())]);
    let sender = UnixDatagram::unbound().unwrap();
    sender.connect(&path).unwrap();
    sender
        .send(b"<134>Feb  6 12:14:14 haproxy[7]: a\n")
        .unwrap();
    sender.send(&vec![b'x'; LONGEST_LINE + 1_000]).unwrap();
    // It waits while nothing is taken.
    let sending = std::thread::spawn(move || {
        for _ in 0..1_000 {
            sender.send(b"b").unwrap();
        }
    });
    site.wait(|site| site.count() == 1_002);
    sending.join().unwrap();
    let lines: Vec<&str> = site.text().lines().collect();
    // A sender on this machine needs no name.
    assert_eq!(lines[0], "<134>Feb  6 12:14:14 haproxy[7]: a");
    assert_eq!(lines[1].len(), LONGEST_LINE + 1);
    assert_eq!(site.intake().cut.get(), 1);
    site.stop();
    assert!(!path.exists());
}

#[test]
fn a_socket_of_somebody_else_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hapline.sock");
    let _other = UnixDatagram::bind(&path).unwrap();
    let settings = Settings {
        unix: vec![path.clone()],
        ..Settings::default()
    };
    let problem = bind(&settings).unwrap_err();
    assert!(problem.to_string().contains("in use"), "{problem}");
    assert!(problem.hint().contains("ss -lxp"), "{}", problem.hint());
    assert!(path.exists());
}
