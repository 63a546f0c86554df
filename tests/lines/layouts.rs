//! Log-formats that people use, and lines of them.

use super::formats::NOTHING;
use super::traffic::SIXTH;
use hapline::line::{Clock, Extra, FieldSet, Format, Mode, Timers, Traffic};

pub(super) const SECOND: i64 = SIXTH - SIXTH % 1_000;
pub(super) const HOUR: i64 = 3_600_000;

/// A request as most of the lines below have it; each case takes over what its format has.
pub(super) const WEB: Traffic = Traffic {
    mode: Mode::Http,
    client: b"10.0.1.2",
    accepted: SIXTH,
    frontend: b"www",
    tls: true,
    backend: b"app",
    server: b"web1",
    timers: Timers {
        request: 10,
        queue: 0,
        connect: 30,
        response: 69,
        total: 109,
    },
    status: 503,
    bytes: 2_750,
    term: *b"sH--",
    connections: [5, 4, 3, 2],
    retries: 1,
    redispatched: true,
    srv_queue: 6,
    backend_queue: 7,
    request: b"GET /index.html HTTP/1.1",
    fields: FieldSet::HTTP,
    ..NOTHING
};

const PLACE: FieldSet = FieldSet::NONE;

/// What a line says beyond its traffic, in the order of the format.
pub(super) fn extras_of<'f, 'a>(format: &'f Format, line: &'a [u8]) -> Vec<(&'f str, Extra<'a>)> {
    let told = format.told(line).into_iter();
    let extra = told.filter(|told| told.part.extra);
    extra
        .filter_map(|told| Some((told.part.label.as_str(), told.value()?)))
        .collect()
}

#[track_caller]
pub(super) fn reads(text: &str, line: &str, expected: Traffic, extras: &[(&str, &str)]) {
    let format = Format::compile("test", text).unwrap_or_else(|error| panic!("{error}"));
    let read = format.read(line.as_bytes()).map(|read| read.traffic);
    assert_eq!(read, Some(expected), "{text}");
    let found: Vec<(String, String)> = extras_of(&format, line.as_bytes())
        .into_iter()
        .map(|(name, value)| {
            let text = match value {
                Extra::Number(number) => number.to_string(),
                Extra::Bool(value) => value.to_string(),
                Extra::Text(text) => String::from_utf8_lossy(&text).into_owned(),
            };
            (name.to_owned(), text)
        })
        .collect();
    for (name, text) in extras {
        let pair = ((*name).to_owned(), (*text).to_owned());
        assert!(found.contains(&pair), "{name} in {found:?}");
    }
}

/// `WEB` with nothing but these fields.
pub(super) fn only(fields: &[FieldSet]) -> Traffic<'static> {
    let fields = fields.iter().fold(PLACE, |all, one| all | *one);
    let pick = |field, has, not| if fields.has(field) { has } else { not };
    let (web, nothing) = (WEB, NOTHING);
    Traffic {
        mode: Mode::Http,
        client: if fields.has(FieldSet::CLIENT) {
            web.client
        } else {
            nothing.client
        },
        accepted: pick(FieldSet::ACCEPTED, web.accepted, 0),
        frontend: if fields.has(FieldSet::FRONTEND) {
            web.frontend
        } else {
            b""
        },
        tls: fields.has(FieldSet::TLS),
        backend: if fields.has(FieldSet::BACKEND) {
            web.backend
        } else {
            b""
        },
        server: if fields.has(FieldSet::SERVER) {
            web.server
        } else {
            b""
        },
        timers: Timers {
            request: pick(FieldSet::REQUEST_TIME, 10, -1),
            queue: pick(FieldSet::QUEUE_TIME, 0, -1),
            connect: pick(FieldSet::CONNECT_TIME, 30, -1),
            response: pick(FieldSet::RESPONSE_TIME, 69, -1),
            total: pick(FieldSet::TOTAL_TIME, 109, 0),
        },
        status: if fields.has(FieldSet::STATUS) { 503 } else { 0 },
        bytes: if fields.has(FieldSet::BYTES) {
            2_750
        } else {
            0
        },
        term: if fields.has(FieldSet::TERM) {
            web.term
        } else {
            *b"----"
        },
        connections: [
            pick(FieldSet::PROCESS_CONNECTIONS, 5, 0) as u32,
            pick(FieldSet::FRONTEND_CONNECTIONS, 4, 0) as u32,
            pick(FieldSet::BACKEND_CONNECTIONS, 3, 0) as u32,
            pick(FieldSet::SERVER_CONNECTIONS, 2, 0) as u32,
        ],
        retries: pick(FieldSet::RETRIES, 1, 0) as u32,
        redispatched: fields.has(FieldSet::RETRIES),
        srv_queue: pick(FieldSet::SRV_QUEUE, 6, 0) as u32,
        backend_queue: pick(FieldSet::BACKEND_QUEUE, 7, 0) as u32,
        request: if fields.has(FieldSet::REQUEST) {
            web.request
        } else {
            b""
        },
        fields,
        ..NOTHING
    }
}

const TIMES: [FieldSet; 5] = [
    FieldSet::REQUEST_TIME,
    FieldSet::QUEUE_TIME,
    FieldSet::CONNECT_TIME,
    FieldSet::RESPONSE_TIME,
    FieldSet::TOTAL_TIME,
];

fn times_and(more: &[FieldSet]) -> Traffic<'static> {
    only(&[&TIMES[..], more].concat())
}

use FieldSet as F;

#[test]
fn the_manuals_httplog_with_tls_behind_it() {
    reads(
        "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r %sslv %sslc",
        r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www~ app/web1 10/0/30/69/109 503 2750 - - sH-- 5/4/3/2/+1 6/7 "GET /index.html HTTP/1.1" TLSv1.3 TLS_AES_256_GCM_SHA384"#,
        WEB,
        &[
            ("%sslv", "TLSv1.3"),
            ("%sslc", "TLS_AES_256_GCM_SHA384"),
            ("%cp", "33317"),
        ],
    );
}

#[test]
fn kubernetes_ingress() {
    reads(
        r#"%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs "%HM %[var(txn.base)] %HV""#,
        r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www~ app/web1 10/0/30/69/109 503 2750 - - sH-- 5/4/3/2/+1 6/7 "GET example.org/a b HTTP/1.1""#,
        only(&[F::HTTP.without(F::REQUEST)]),
        &[
            ("%HM", "GET"),
            ("%[var(txn.base)]", "example.org/a b"),
            ("%HV", "HTTP/1.1"),
        ],
    );
}

#[test]
fn a_json_template() {
    reads(
        r#"{"time":"%t","client":"%ci","port":%cp,"frontend":"%ft","backend":"%b","server":"%s","status":%ST,"bytes":%B,"term":"%tsc","request":"%r","ua":"%[capture.req.hdr(0)]","host":"%[capture.req.hdr(1)]","total":%Ta}"#,
        r#"{"time":"06/Feb/2026:12:14:14.655","client":"10.0.1.2","port":33317,"frontend":"www~","backend":"app","server":"web1","status":503,"bytes":2750,"term":"sH--","request":"GET /index.html HTTP/1.1","ua":"Mozilla/5.0 ("x", y)","host":"a.example","total":109}"#,
        only(&[
            F::ACCEPTED,
            F::CLIENT,
            F::FRONTEND,
            F::TLS,
            F::BACKEND,
            F::SERVER,
            F::STATUS,
            F::BYTES,
            F::TERM,
            F::PERSISTENCE,
            F::REQUEST,
            F::TOTAL_TIME,
        ]),
        &[
            ("ua", r#"Mozilla/5.0 ("x", y)"#),
            ("host", "a.example"),
            ("port", "33317"),
        ],
    );
}

#[test]
fn a_json_template_with_method_and_uri_apart() {
    let line = r#"{"ts":1770380054,"ms":655,"method":"GET","uri":"/index.html","status":503,"timers":{"tr":10,"tw":0,"tc":30,"ts":69,"ta":109}}"#;
    reads(
        r#"{"ts":%Ts,"ms":%ms,"method":"%HM","uri":"%HU","status":%ST,"timers":{"tr":%TR,"tw":%Tw,"tc":%Tc,"ts":%Tr,"ta":%Ta}}"#,
        line,
        Traffic {
            clock: Clock::Utc,
            request: b"/index.html",
            ..times_and(&[F::ACCEPTED, F::REQUEST, F::STATUS])
        },
        &[("method", "GET")],
    );
}

#[test]
fn method_path_and_status() {
    reads(
        r#""%HM %HP" %ST %Ta"#,
        r#""GET /index.html" 503 109"#,
        Traffic {
            request: b"GET /index.html",
            ..only(&[F::REQUEST, F::STATUS, F::TOTAL_TIME])
        },
        &[],
    );
    reads(
        "%ST %HM %HP%HQ %HV",
        "503 GET /index.html?a=b HTTP/1.1",
        Traffic {
            request: b"GET /index.html?a=b HTTP/1.1",
            ..only(&[F::REQUEST, F::STATUS])
        },
        &[],
    );
    reads(
        "%ST %HM %HP%HQ %HV",
        "503 GET /index.html HTTP/1.1",
        only(&[F::REQUEST, F::STATUS]),
        &[],
    );
    reads(
        "%ST %HM %HP %HQ %HV",
        "503 <BADREQ> <BADREQ>  <BADREQ>",
        Traffic {
            request: b"<BADREQ>",
            ..only(&[F::REQUEST, F::STATUS])
        },
        &[],
    );
}

#[test]
fn keys_and_values() {
    reads(
        "src=%ci:%cp dst=%fi:%fp fe=%f be=%b srv=%s st=%ST term=%tsc tr=%TR tw=%Tw tc=%Tc tresp=%Tr ta=%Ta",
        "src=10.0.1.2:33317 dst=2001:db8::1:443 fe=www be=app srv=web1 st=503 term=sH-- tr=10 tw=0 tc=30 tresp=69 ta=109",
        times_and(&[
            F::CLIENT,
            F::FRONTEND,
            F::BACKEND,
            F::SERVER,
            F::STATUS,
            F::TERM,
            F::PERSISTENCE,
        ]),
        &[("dst", "2001:db8::1"), ("%fp", "443")],
    );
}

#[test]
fn comma_separated() {
    reads(
        "%ci,%cp,%tr,%f,%b,%s,%ST,%B,%tsc,%HM,%HU",
        "10.0.1.2,33317,06/Feb/2026:12:14:14.655,www,app,web1,503,2750,sH--,GET,/a,b",
        Traffic {
            request: b"/a,b",
            ..only(&[
                F::CLIENT,
                F::ACCEPTED,
                F::FRONTEND,
                F::BACKEND,
                F::SERVER,
                F::STATUS,
                F::BYTES,
                F::TERM,
                F::PERSISTENCE,
                F::REQUEST,
            ])
        },
        &[("%HM", "GET")],
    );
}

#[test]
fn an_access_log_as_of_apache() {
    reads(
        r#"%ci - - [%T] "%HM %HU %HV" %ST %B "%[capture.req.hdr(0)]" "%[capture.req.hdr(1)]" %b %s %Ta"#,
        r#"10.0.1.2 - - [06/Feb/2026:11:14:14 +0000] "GET /index.html HTTP/1.1" 503 2750 "-" "curl/8.0 x" app web1 109"#,
        Traffic {
            accepted: SECOND - HOUR,
            clock: Clock::Utc,
            ..only(&[
                F::CLIENT,
                F::ACCEPTED,
                F::REQUEST,
                F::STATUS,
                F::BYTES,
                F::BACKEND,
                F::SERVER,
                F::TOTAL_TIME,
            ])
        },
        &[("%[capture.req.hdr(1)]", "curl/8.0 x")],
    );
}

#[test]
fn tcplog_with_sni_behind_it() {
    reads(
        "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq %[ssl_fc_sni]",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www~ app/web1 0/30/109 2750 sH 5/4/3/2/+1 6/7 a b/c",
        Traffic {
            mode: Mode::Tcp,
            fields: F::TCP,
            ..only(&[F::TCP])
        },
        &[("%[ssl_fc_sni]", "a b/c")],
    );
}

#[test]
fn a_unique_id_and_offset_dates() {
    reads(
        "%ID [%trl] %ci:%cp %b/%s %ST",
        "7F000001:8296_7F00001E:1F90_4F7B0A69_0003:790A [06/Feb/2026:12:14:14 +0130] 10.0.1.2:33317 app/web1 503",
        Traffic {
            accepted: SECOND - HOUR * 3 / 2,
            clock: Clock::Utc,
            ..only(&[F::ACCEPTED, F::CLIENT, F::BACKEND, F::SERVER, F::STATUS])
        },
        &[("%ID", "7F000001:8296_7F00001E:1F90_4F7B0A69_0003:790A")],
    );
    reads(
        "%{+X}o %ci:%cp_%fi:%fp_%Ts_%rt:%pid %{-X}ST",
        "0A000102:8296_7F00001E:1F90_6985DA56_0003:790A 503",
        Traffic {
            client: b"0A000102",
            accepted: 0x6985_DA56 * 1_000,
            clock: Clock::Utc,
            ..only(&[F::ACCEPTED, F::CLIENT, F::STATUS])
        },
        &[("%rt", "0003")],
    );
}

#[test]
fn legacy_spellings() {
    reads(
        "%Ci:%Cp [%t] %b/%s %st %cc %cs %tsc",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] app/web1 503 SID=John Smith - sH--",
        Traffic {
            cookies: [b"SID=John Smith", b"-"],
            ..only(&[
                F::CLIENT,
                F::ACCEPTED,
                F::BACKEND,
                F::SERVER,
                F::STATUS,
                F::REQUEST_COOKIE,
                F::RESPONSE_COOKIE,
                F::TERM,
                F::PERSISTENCE,
            ])
        },
        &[],
    );
}

#[test]
fn a_value_that_was_not_logged_is_no_value() {
    reads(
        "%[txn.status] %b %[res.timer.hdr]",
        "- app 69",
        only(&[F::BACKEND, F::RESPONSE_TIME]),
        &[],
    );
}

#[test]
fn a_cut_request_is_what_is_left_of_it() {
    reads(
        r#"%ci [%tr] %ST %tsc %{+Q}r %Ta"#,
        r#"10.0.1.2 [06/Feb/2026:12:14:14.655] 503 sH-- "GET /in"#,
        Traffic {
            request: b"GET /in",
            truncated: true,
            ..only(&[
                F::CLIENT,
                F::ACCEPTED,
                F::STATUS,
                F::TERM,
                F::PERSISTENCE,
                F::REQUEST,
            ])
        },
        &[],
    );
}

#[test]
fn the_manuals_format_with_client_certificates() {
    let text = "%ci:%cp [%t] %ft %b/%s %ST %B %tsc %hr %hs {%[ssl_c_verify],%{+Q}[ssl_c_s_dn],%{+Q}[ssl_c_i_dn]} %{+Q}r";
    let certificate = r#"{0,"/C=FR/CN=a "b"","/C=FR, X"}"#;
    for (captures, blocks) in [
        ("", ""),
        ("{1wt.eu} ", "{1wt.eu}"),
        ("{a|b} {} ", "{a|b} {}"),
    ] {
        let line = format!(
            r#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www~ app/web1 503 2750 sH-- {captures}{certificate} "GET /index.html HTTP/1.1""#
        );
        let fields = only(&[
            F::CLIENT,
            F::ACCEPTED,
            F::FRONTEND,
            F::TLS,
            F::BACKEND,
            F::SERVER,
            F::STATUS,
            F::BYTES,
            F::TERM,
            F::PERSISTENCE,
            F::CAPTURES,
            F::REQUEST,
        ]);
        let expected = Traffic {
            captures: blocks.as_bytes(),
            ..fields
        };
        reads(
            text,
            &line,
            expected,
            &[
                ("%[ssl_c_s_dn]", r#"/C=FR/CN=a "b""#),
                ("%[ssl_c_verify]", "0"),
            ],
        );
    }
}

#[test]
fn samples_that_say_what_aliases_say() {
    reads(
        "%[src]:%[src_port] %[capture.req.method] %[capture.req.uri] %[capture.req.ver] %{+Q}[txn.status] %[txn.sess_term_state] %[unique-id] %[req.hdr(host)]",
        r#"10.0.1.2:33317 GET /index.html HTTP/1.1 "503" sH a"b c d"#,
        only(&[F::CLIENT, F::REQUEST, F::STATUS, F::TERM]),
        &[("%[unique-id]", "a\"b"), ("%[req.hdr(host)]", "c d")],
    );
}

#[test]
fn samples_of_a_request_that_was_none() {
    reads(
        "m=%[capture.req.method] v=%[capture.req.ver] s=%[ssl_fc_protocol] p=%[src_port] st=%ST",
        "m=- v=- s=- p=33317 st=503",
        only(&[F::STATUS]),
        &[("p", "33317")],
    );
}

#[test]
fn a_list_of_captures_ends_before_what_has_no_quote() {
    reads(
        "%{+Q}hrl %ST",
        "\"a b\" \"\" 503",
        Traffic {
            captures: b"\"a b\" \"\"",
            ..only(&[F::CAPTURES, F::STATUS])
        },
        &[],
    );
}

#[test]
fn structured_data_with_escapes() {
    reads(
        r#"%{+E,+Q}o %{-E,-Q}ST [x ua=%[req.hdr(ua)] host=%[req.hdr(host)]] %s"#,
        r#"503 [x ua="a\" host=\"\]" host="h"] "web1""#,
        only(&[F::STATUS, F::SERVER]),
        &[("ua", r#"a" host="]"#), ("host", "h")],
    );
}
