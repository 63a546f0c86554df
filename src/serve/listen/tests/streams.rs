//! TCP.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::*;
use crate::source::LONGEST_LINE;

fn tcp() -> Settings {
    Settings {
        tcp: loopback(),
        ..Settings::default()
    }
}

fn connect(site: &Site) -> TcpStream {
    TcpStream::connect(site.address()).unwrap()
}

#[test]
fn both_framings_come_over_one_port() {
    let mut site = Site::of(&tcp());
    let text = "<134>Feb  6 12:14:14 haproxy[7]: a";
    let mut stream = connect(&site);
    write!(stream, "{text}\n{} {text}{text}\n", text.len()).unwrap();
    write!(stream, "\n<134>last").unwrap();
    drop(stream);
    site.wait(|site| site.count() == 4 && site.intake().open.get() == 0);
    let named = "<134>Feb  6 12:14:14 127.0.0.1 haproxy[7]: a\n";
    assert_eq!(site.text(), format!("{}<134>last\n", named.repeat(3)));
    let intake = site.intake();
    let counts = [
        &intake.received,
        &intake.lines,
        &intake.empty,
        &intake.connections,
        &intake.failed,
    ];
    assert_eq!(counts.map(Count::get), [5, 4, 1, 1, 0]);
}

#[test]
fn connections_share_a_stream_of_whole_lines_and_nothing_is_lost() {
    const LINES: u64 = 2_000;
    const SENDERS: u64 = 8;
    // A daemon with little room: its senders must wait.
    let mut site = Site::holding(&tcp(), 1);
    let threads: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let mut stream = connect(&site);
            std::thread::spawn(move || {
                let text = log(LINES).replace("lb1", &format!("lb{sender}"));
                for piece in text.as_bytes().chunks(1_001) {
                    stream.write_all(piece).unwrap();
                }
            })
        })
        .collect();
    site.wait(|site| site.count() == LINES * SENDERS);
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    let whole = log(LINES);
    for sender in 0..SENDERS {
        let host = format!(" lb{sender} ");
        let own: String = site
            .text()
            .lines()
            .filter(|line| line.contains(&host))
            .map(|line| format!("{line}\n"))
            .collect();
        assert_eq!(own, whole.replace(" lb1 ", &host));
    }
}

#[test]
fn a_line_that_is_too_long_is_cut_and_the_connection_goes_on() {
    let mut site = Site::of(&tcp());
    let mut stream = connect(&site);
    let long = "x".repeat(1_000_000);
    write!(stream, "<134>{long}\n<134>b\n1000005 <134>{long}6 <134>c").unwrap();
    site.wait(|site| site.count() == 4);
    let lengths: Vec<usize> = site.text().lines().map(str::len).collect();
    assert_eq!(lengths, [LONGEST_LINE + 1, 6, LONGEST_LINE + 1, 6]);
    assert_eq!(site.intake().cut.get(), 2);
}

#[test]
fn too_many_and_strangers_are_refused() {
    let settings = Settings {
        connections: 2,
        allow: vec!["127.0.0.1/32".parse().unwrap()],
        ..tcp()
    };
    let mut site = Site::of(&settings);
    let first = connect(&site);
    let _second = connect(&site);
    site.wait(|site| site.intake().open.get() == 2);
    let mut third = connect(&site);
    assert_eq!(third.read(&mut [0]).unwrap(), 0);
    drop(first);
    site.wait(|site| site.intake().open.get() == 1);
    let from = SocketAddr::from(([127, 0, 0, 2], 0));
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&from.into()).unwrap();
    socket.connect(&site.address().into()).unwrap();
    assert_eq!(TcpStream::from(socket).read(&mut [0]).unwrap(), 0);
    assert_eq!(site.intake().refused.get(), 2);
    let mut fourth = connect(&site);
    fourth.write_all(b"<134>a\n").unwrap();
    site.wait(|site| site.count() == 1);
}

#[test]
fn who_says_nothing_is_closed_after_a_while() {
    let settings = Settings { idle: 1, ..tcp() };
    let mut site = Site::of(&settings);
    let (mut silent, mut slow) = (connect(&site), connect(&site));
    slow.write_all(b"<134>a\n<134>begun").unwrap();
    site.wait(|site| site.intake().connections.get() == 2 && site.intake().open.get() == 0);
    assert_eq!(silent.read(&mut [0]).unwrap(), 0);
    assert_eq!(slow.read(&mut [0]).unwrap(), 0);
    assert_eq!(site.intake().failed.get(), 1);
    site.wait(|site| site.text() == "<134>a\n<134>begun\n");
}

#[test]
fn what_had_come_before_the_end_is_taken() {
    for _ in 0..5 {
        let mut site = Site::of(&tcp());
        let mut streams: Vec<TcpStream> = (0..4).map(|_| connect(&site)).collect();
        site.wait(|site| site.intake().open.get() == 4);
        for stream in &mut streams {
            stream.write_all(log(100).as_bytes()).unwrap();
        }
        site.stop();
        assert_eq!(site.count(), 400);
    }
}
