//! Every field of every line, beside what its client did and saw.

mod checks;
mod requests;
mod server;
mod site;

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use hapline::line::{Extra, FieldSet as F, Layout, Mode, Reader, Reading, Traffic};
use hapline::record;

use requests::requests;
use site::{Frontend, Site};

/// Of the frontends without a line of their own.
const OF_DEFAULTS: &str = "%ci %cp [%tr] %f %b %s %TR %Tw %Tc %Tr %Ta %ST %B %tsc %rc %HM %HU %HV";

/// As they stand in `haproxy.cfg`.
const HTTP: [(&str, &str); 10] = [
    ("httplog", "option httplog"),
    ("httpslog", "option httpslog"),
    ("clf", "option httplog clf"),
    (
        "quoted",
        r#"log-format '%ci:%cp [%t] "%ft" "%b/%s" %TR,%Tw,%Tc,%Tr,%Ta st=%ST by=%B %tsc %ac|%fc|%bc|%sc|%rc %sq|%bq "%CC" "%CS" %hr %hs "%r"'"#,
    ),
    (
        "json",
        r#"log-format '{"at":"%trg","client":{"ip":"%ci","port":%cp},"fe":"%f","be":"%b","srv":"%s","status":%ST,"bytes":%B,"up":%U,"term":"%tsc","ms":[%TR,%Tw,%Tc,%Tr,%Ta],"method":"%HM","uri":"%HU","ua":"%[capture.req.hdr(0)]","host":"%[capture.req.hdr(1)]","rc":%rc}'"#,
    ),
    (
        "keys",
        r#"log-format 'src=%[src]:%[src_port] fe=%f be=%b srv=%s m=%[capture.req.method] u=%[capture.req.uri] v=%[capture.req.ver] st=%ST term=%tsc ta=%Ta tr=%TR date=%Ts.%ms ua="%[capture.req.hdr(0)]" pid=%pid'"#,
    ),
    (
        "escaped",
        r#"log-format '{"ua":"%[capture.req.hdr(0),json(utf8s)]","st":%ST,"s":"%s","b":"%b","end":"%tsc","ta":%Ta,"port":%cp,"id":"%ID"}'"#,
    ),
    (
        "own",
        r#"log-format "${HAPROXY_HTTP_LOG_FMT} id=%ID port=%cp""#,
    ),
    (
        "flags",
        r#"log-format '%{+Q}o %{-Q}ci [%trl] %ft %b %s %ST %tsc %Tt ua=%{+E}[capture.req.hdr(0)] %r port=%cp'"#,
    ),
    ("inherited", ""),
];

const OTHERS: [(&str, &str); 4] = [
    ("tcp", "mode tcp\n option tcplog"),
    (
        "tcp_clf",
        r#"mode tcp
 log-format '%{+Q}o %{-Q}ci - - [%T] "TCP " 000 %B "" "" %cp %ms %ft %b %s %Th %Tw %Tc %Tt %U %ts-- %ac %fc %bc %sc %rc %sq %bq "" ""'"#,
    ),
    ("error", "option httplog"),
    (
        "error_own",
        "option httplog\n error-log-format '%ci:%cp [%t] fe=%f err=%[fc_err] why=\"%[fc_err_str]\" term=%ts'",
    ),
];

#[test]
fn every_field_of_every_line_is_what_happened() {
    let frontends = [&HTTP[..], &OTHERS[..]].concat();
    let Some(site) = Site::start(&frontends) else {
        return;
    };
    let (reader, refused) = Reader::from_config(&site.config);
    assert_eq!(refused, []);
    std::thread::scope(|scope| {
        for frontend in &site.frontends {
            let reader = &reader;
            scope.spawn(move || match frontend.name {
                "tcp" | "tcp_clf" => sessions(frontend, reader),
                "error" | "error_own" => handshake(frontend, reader),
                _ => for_each_request(frontend, reader),
            });
        }
    });
}

fn for_each_request(frontend: &Frontend, reader: &Reader) {
    for request in requests() {
        let seen = request.send(frontend.address);
        let what = format!("{} of {}", request.name, frontend.name);
        let line = frontend
            .line()
            .unwrap_or_else(|| panic!("no line for {what}"));
        let what = format!("{what}: {}", String::from_utf8_lossy(&line));
        read(&line, reader, frontend, &what, |traffic, extras| {
            checks::place(traffic, frontend, &request, &seen, &what);
            checks::times(traffic, &request, &seen, &what);
            checks::texts(traffic, frontend, &request, &what);
            checks::named(extras, frontend, &request, &seen, &what);
        });
    }
}

/// Takes a line apart as the program does.
fn read(
    line: &[u8],
    reader: &Reader,
    frontend: &Frontend,
    what: &str,
    look: impl FnOnce(&Traffic, &Extras),
) {
    record::read(line, reader, |record| {
        let Reading::Traffic(traffic) = &record.reading else {
            panic!("{:?} of {what}", record.reading);
        };
        let message = record.envelope.message.trim_ascii_start();
        let format = match reader.layout(message) {
            Layout::Own(format) => Some(format),
            Layout::BuiltIn | Layout::Clf(_) => None,
        };
        let owner = match frontend.name {
            "inherited" => "defaults formatted",
            name => name,
        };
        let extras = format.map(|format| {
            assert!(
                format.name().contains(owner),
                "{} read {what}",
                format.name()
            );
            let told = format.told(message).into_iter();
            let extra = told.filter(|told| told.part.extra);
            extra
                .filter_map(|told| Some((told.part.label.as_str(), told.value()?)))
                .collect()
        });
        assert!(!traffic.truncated && !traffic.early, "{what}");
        look(traffic, &extras.unwrap_or_default());
    });
}

type Extras<'a> = HashMap<&'a str, Extra<'a>>;

fn sessions(frontend: &Frontend, reader: &Reader) {
    for request in requests() {
        let (status, term) = match request.name {
            "answered" | "posted" | "missing" => (b"HTTP/1.1", b"----"),
            "slow" => (b"        ", b"sD--"),
            _ => continue,
        };
        let seen = request.send(frontend.address);
        let line = frontend.line().expect("a line");
        let what = format!("{} of {}: {}", request.name, frontend.name, text(&line));
        read(&line, reader, frontend, &what, |traffic, _| {
            assert_eq!(traffic.mode, Mode::Tcp, "{what}");
            assert_eq!(traffic.fields, F::TCP, "{what}");
            assert_eq!(traffic.client, b"127.0.0.1", "{what}");
            assert_eq!(traffic.frontend, frontend.name.as_bytes(), "{what}");
            assert_eq!(
                (traffic.backend, traffic.server),
                (&b"be_tcp"[..], &b"tcp1"[..]),
                "{what}"
            );
            assert_eq!(traffic.bytes, seen.answer.len() as u64, "{what}");
            assert_eq!(&traffic.term, term, "{what}");
            assert!(
                seen.answer.is_empty() || seen.answer.starts_with(status),
                "{what}"
            );
            assert!(
                traffic.timers.total <= seen.start.elapsed().as_millis() as i64 + 1,
                "{what}"
            );
        });
    }
}

/// A client without the PROXY header that is asked for.
fn handshake(frontend: &Frontend, reader: &Reader) {
    let mut connection = TcpStream::connect(frontend.address).unwrap();
    connection
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    connection
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    let port = connection.local_addr().unwrap().port();
    let _ = connection.read(&mut [0; 100]);
    let line = frontend.line().expect("a line");
    let what = format!("{}: {}", frontend.name, text(&line));
    let why = "Received something which does not look like a PROXY protocol header";
    read(&line, reader, frontend, &what, |traffic, extras| {
        assert_eq!(traffic.client, b"127.0.0.1", "{what}");
        assert_eq!(traffic.frontend, frontend.name.as_bytes(), "{what}");
        if frontend.name == "error" {
            assert_eq!(
                (traffic.mode, text(traffic.request)),
                (Mode::Handshake, why.into()),
                "{what}"
            );
        } else {
            assert_eq!(extras["why"], Extra::Text(why.as_bytes().into()), "{what}");
            assert_eq!(extras["%cp"], Extra::Number(port.into()), "{what}");
        }
    });
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
