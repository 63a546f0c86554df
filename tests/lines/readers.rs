//! A reader with formats, and the CLF lines that every reader knows.

use super::formats::NOTHING;
use super::hostile::{with_numbers, words};
use super::layouts::{HOUR, SECOND, WEB, extras_of, only};
use hapline::config::Config;
use hapline::line::FieldSet as F;
use hapline::line::{Clock, Event, Extra, Format, Layout, Reader, Reading, Timers, Traffic, read};
use proptest::prelude::*;

proptest! {
    #[test]
    fn what_clf_prints_reads_back(words in words(), seed: [u64; 12], flags: [bool; 4]) {
        let cookies = words.cookies.clone().map(|cookie| cookie.replace('"', "'"));
        let captures = words.captures.replace("} {", "\" \"").replace(['{', '}'], "\"");
        let traffic = Traffic {
            accepted: SECOND,
            clock: Clock::Utc,
            cookies: [cookies[0].as_bytes(), cookies[1].as_bytes()],
            captures: captures.as_bytes(),
            ..with_numbers(&words, seed, flags)
        };
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
        let plus = |marked: bool| if marked { "+" } else { "" };
        let Timers { request, queue, connect, response, total } = traffic.timers;
        let [process, frontend, backend, server] = traffic.connections;
        let line = format!(
            "{} - - [06/Feb/2026:12:14:14 +0000] \"{}\" {} {early}{} \"\" \"\" 33317 655 \"{}{}\" \"{}\" \"{}\" \
             {request} {queue} {connect} {response} {early}{total} {} {process} {frontend} {backend} {server} {}{} {} {} \
             \"{}\" \"{}\" {captures}",
            text(traffic.client), text(traffic.request), traffic.status, traffic.bytes, text(traffic.frontend),
            if traffic.tls { "~" } else { "" }, text(traffic.backend), text(traffic.server), text(&traffic.term),
            plus(traffic.redispatched), traffic.retries, traffic.srv_queue, traffic.backend_queue, cookies[0], cookies[1],
            early = plus(traffic.early),
        );
        prop_assert_eq!(Reader::default().read(line.as_bytes(), false), Reading::Traffic(traffic), "{}", line);
    }
}

const CLF_HTTP: &str = r#"10.0.1.2 - - [06/Feb/2026:11:14:14 +0000] "GET /index.html HTTP/1.1" 200 2750 "" "" 33317 655 "http-in" "static" "srv1" 10 0 30 69 109 ---- 1 1 1 1 0 0 0 "" "" "1wt.eu" """#;

#[test]
fn clf() {
    let reader = Reader::default();
    let http = Traffic {
        accepted: SECOND - HOUR,
        clock: Clock::Utc,
        frontend: b"http-in",
        tls: false,
        backend: b"static",
        server: b"srv1",
        status: 200,
        term: *b"----",
        connections: [1; 4],
        retries: 0,
        redispatched: false,
        srv_queue: 0,
        backend_queue: 0,
        cookies: [b"", b""],
        captures: br#""1wt.eu" """#,
        ..WEB
    };
    let traffic = |line: &'static str| reader.read(line.as_bytes(), true);
    assert_eq!(traffic(CLF_HTTP), Reading::Traffic(http.clone()));
    let bare = r#"10.0.1.2 - - [06/Feb/2026:11:14:14 +0000] "GET /index.html HTTP/1.1" 200 2750 "" "" 33317 655 "http-in" "static" "srv1" 10 0 30 69 109 ---- 1 1 1 1 0 0 0 "A=b" """#;
    let expected = Traffic {
        cookies: [b"A=b", b""],
        captures: b"",
        ..http.clone()
    };
    assert_eq!(traffic(bare), Reading::Traffic(expected));
    let tcp = r#"10.0.1.2 - - [06/Feb/2026:11:12:51 +0000] "TCP " 000 212 "" "" 33313 443 "fnt" "bck" "srv1" 0 0 0 5007 38 ---- 0 0 0 0 0 0 0 "" """#;
    let expected = Traffic {
        client: b"10.0.1.2",
        accepted: SECOND - HOUR - 83_000 + 443,
        clock: Clock::Utc,
        frontend: b"fnt",
        backend: b"bck",
        server: b"srv1",
        timers: Timers {
            queue: 0,
            connect: 0,
            total: 5_007,
            ..NOTHING.timers
        },
        bytes: 212,
        fields: F::TCP,
        ..NOTHING
    };
    assert_eq!(traffic(tcp), Reading::Traffic(expected));
    let cut = traffic(CLF_HTTP.strip_suffix(r#"wt.eu" """#).expect("captures"));
    let expected = Traffic {
        captures: b"\"1",
        truncated: true,
        ..http.clone()
    };
    assert_eq!(cut, Reading::Traffic(expected), "cut within a capture");
    let apache = r#"10.0.1.2 - - [06/Feb/2026:11:14:14 +0000] "GET /index.html HTTP/1.1" 200 2750 "-" "curl""#;
    assert_eq!(reader.read(apache.as_bytes(), false), Reading::Foreign);
}

#[test]
fn the_reader_of_a_configuration() {
    let config = Config::parse(
        "test",
        b"defaults\n log-format \"%ci %ST %tsc\"\nfrontend a\n bind :1\nfrontend b\n bind :2\n\
          listen c\n bind :3\n error-log-format \"%ci %ts %ST\"\n log-format '{\"st\":%ST,\"term\":\"%tsc\"}'\nfrontend d\n option httplog\n",
    )
    .expect("a configuration");
    let (reader, refused) = Reader::from_config(&config);
    assert_eq!(refused, []);
    let texts: Vec<&str> = reader.formats().iter().map(Format::text).collect();
    assert_eq!(
        texts,
        ["%ci %ST %tsc", "%ci %ts %ST", r#"{"st":%ST,"term":"%tsc"}"#]
    );
    let expected = only(&[F::STATUS, F::TERM, F::PERSISTENCE]);
    assert_eq!(
        reader.read(br#" {"st":503,"term":"sH--"}"#, false),
        Reading::Traffic(expected)
    );
    let down = b"Server app/web1 is DOWN.";
    assert!(matches!(
        reader.read(down, false),
        Reading::Event(Event::Server(_))
    ));
    let broken = Config::parse(
        "test",
        b"global\nfrontend a\n log-format %b%s\nfrontend b\n log-format %ci,%ST\n",
    )
    .expect("a configuration");
    let (reader, refused) = Reader::from_config(&broken);
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].name, "frontend a, line 3");
    assert_eq!(
        reader.formats()[0].text(),
        "%ci,%ST",
        "one that is refused spoils no other"
    );
}

#[test]
fn what_a_format_adds_goes_by_the_names_it_has_there() {
    let formats = [
        "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r %[ssl_fc_sni]",
        r#"{"st":%ST,"ua":"%[capture.req.hdr(0)]","q":"%HQ","up":%U,"id":"%ID","a":{"n":%pid},"b":{"n":%rt}}"#,
        "%{+json}o %(st)ST %(ok)[ssl_fc] %(ua)[capture.req.hdr(0)] %(up)U %(none)[var(txn.a)]",
    ];
    let compiled = formats.map(|text| Format::compile("test", text).expect("a format"));
    let reader = Reader::new(compiled.to_vec());
    let text = |text: &'static str| Extra::Text(text.as_bytes().into());
    let cases: [(&str, &[(&str, Extra)]); 3] = [
        (
            r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www app/web1 10/0/30/69/109 200 2750 - - ---- 5/4/3/2/0 0/0 "GET / HTTP/1.1" a.example"#,
            &[
                ("%cp", Extra::Number(33_317)),
                ("%[ssl_fc_sni]", text("a.example")),
            ],
        ),
        (
            r##"{"st":200,"ua":"curl "8"","q":"?a=#22#E9","up":+17,"id":"-","a":{"n":12},"b":{"n":-}}"##,
            &[
                ("ua", text("curl \"8\"")),
                ("q", Extra::Text(b"?a=\"\xe9"[..].into())),
                ("up", Extra::Number(17)),
                ("%pid", Extra::Number(12)),
            ],
        ),
        (
            r#" {"st": 200, "ok": true, "ua": "a\"\\b", "up": 17, "none": null}"#,
            &[
                ("ok", Extra::Bool(true)),
                ("ua", text("a\"\\b")),
                ("up", Extra::Number(17)),
            ],
        ),
    ];
    for (at, (line, extras)) in cases.iter().enumerate() {
        let message = line.trim_ascii_start().as_bytes();
        let Layout::Own(format) = reader.layout(message) else {
            panic!("one of its formats");
        };
        let found = extras_of(format, message);
        assert_eq!((format.text(), &found[..]), (formats[at], *extras));
    }
    let is_own = |line: &str| matches!(reader.layout(line.as_bytes()), Layout::Own(_));
    assert!(!is_own("Server app/web1 is DOWN."));
    let without_sni = cases[0].0.strip_suffix(" a.example").expect("its end");
    assert!(!is_own(without_sni), "a whole line of `option httplog`");
}

#[test]
fn a_reader_without_formats_reads_what_line_reads() {
    let reader = Reader::default();
    for line in [
        "10.0.1.2:33313 [06/Feb/2026:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/0 0/0",
        "10.0.1.2:33313 [06/Feb/2026:12:12:51.443] fnt bck/srv1 0/0",
        "127.0.0.1:56059 [03/Dec/2026:17:35:10.380] frt/f1: SSL handshake failure",
        "Server app/web1 is DOWN.",
        "Started Session 4 of user root.",
        "",
    ] {
        for from_haproxy in [true, false] {
            assert_eq!(
                reader.read(line.as_bytes(), from_haproxy),
                read(line.as_bytes(), from_haproxy),
                "{line}"
            );
        }
    }
}

/// A key that stands there twice does not stand for another one.
#[test]
fn members_must_all_be_there() {
    let format = Format::compile("test", "%{+json}o %(a)ST %(b)Tr").expect("a format");
    for (line, is_read) in [
        (r#"{"a":200,"b":1}"#, true),
        (r#"{"b":1,"a":200}"#, true),
        (r#"{"b":1,"b":1,"a":200}"#, true),
        (r#"{"a":200,"a":200}"#, false),
        (r#"{"a":200,"c":1}"#, false),
    ] {
        assert_eq!(format.read(line.as_bytes()).is_some(), is_read, "{line}");
    }
}
