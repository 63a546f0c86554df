//! Traffic lines, field by field.

use super::reading;
use hapline::line::{Clock, FieldSet, Mode, Problem, Reading, Timers, Traffic};

/// 6 February 2026, 12:14:14.655 of the wall clock.
pub(super) const SIXTH: i64 = 1_770_380_054_655;
const DAY: i64 = 86_400_000;

const fn at(hour: i64, minute: i64, ms: i64) -> i64 {
    SIXTH - SIXTH % DAY + (hour * 60 + minute) * 60_000 + ms
}

pub(super) const fn http_timers(timers: [i64; 5]) -> Timers {
    let [request, queue, connect, response, total] = timers;
    Timers {
        request,
        queue,
        connect,
        response,
        total,
    }
}

const fn tcp_timers(timers: [i64; 3]) -> Timers {
    http_timers([-1, timers[0], timers[1], -1, timers[2]])
}

/// The request most examples vary.
pub(super) const HTTP: Traffic = Traffic {
    mode: Mode::Http,
    client: b"10.0.1.2",
    accepted: SIXTH,
    clock: Clock::Wall,
    frontend: b"http-in",
    tls: false,
    backend: b"static",
    server: b"srv1",
    timers: http_timers([10, 0, 30, 69, 109]),
    early: false,
    status: 200,
    bytes: 2_750,
    term: *b"----",
    connections: [1, 1, 1, 1],
    retries: 0,
    redispatched: false,
    srv_queue: 0,
    backend_queue: 0,
    cookies: [b"-", b"-"],
    captures: b"",
    request: b"GET /index.html HTTP/1.1",
    truncated: false,
    fields: FieldSet::HTTP,
};

/// A second one, of an application behind `www`.
const APP: Traffic = Traffic {
    client: b"10.0.0.5",
    frontend: b"www",
    backend: b"app",
    server: b"web2",
    timers: http_timers([2, 0, 0, 21, 23]),
    bytes: 6_312,
    connections: [8, 7, 6, 3],
    request: b"GET /q HTTP/1.1",
    ..HTTP
};

/// A client of the outage at 12:21.
const VICTIM: Traffic = Traffic {
    client: b"203.0.113.4",
    accepted: at(12, 21, 0),
    frontend: b"www",
    backend: b"app",
    server: b"web1",
    status: 503,
    bytes: 217,
    term: *b"SC--",
    connections: [210, 200, 5, 2],
    request: b"GET / HTTP/1.1",
    ..HTTP
};

pub(super) const TCP: Traffic = Traffic {
    mode: Mode::Tcp,
    accepted: at(12, 12, 51_443),
    frontend: b"fnt",
    backend: b"bck",
    timers: tcp_timers([0, 0, 5_007]),
    status: 0,
    bytes: 212,
    connections: [0; 4],
    request: b"",
    fields: FieldSet::TCP,
    ..HTTP
};

const HANDSHAKE: Traffic = Traffic {
    mode: Mode::Handshake,
    client: b"127.0.0.1",
    accepted: at(17, 35, 10_380) + 300 * DAY,
    frontend: b"frt",
    backend: b"",
    server: b"",
    timers: http_timers([-1, -1, -1, -1, 0]),
    status: 0,
    bytes: 0,
    connections: [0; 4],
    request: b"",
    fields: FieldSet::HANDSHAKE,
    ..HTTP
};

#[track_caller]
fn reads(line: &[u8], expected: Traffic) {
    assert_eq!(reading(line), Reading::Traffic(expected));
}

#[track_caller]
fn fails(line: &[u8], problem: Problem) {
    assert_eq!(reading(line), Reading::Unparsed(problem));
}

/// A table test: name, line, expectation; one named case each.
macro_rules! reads {
    ($($name:ident: $line:expr => $expected:expr;)+) => {
        $(#[test]
        fn $name() {
            reads($line, $expected);
        })+
    };
}

reads! {
    e01_both_capture_blocks:
        br#"<134>Feb  6 12:14:14 lb1 haproxy[14389]: 10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1""#
        => Traffic { captures: b"{1wt.eu} {}", ..HTTP };
    e02_no_capture_block:
        br#"<134>Feb  6 12:14:14 haproxy[14389]: 10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /index.html HTTP/1.1""#
        => HTTP;
    e13_tcplog:
        b"10.0.1.2:33313 [06/Feb/2026:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/0 0/0"
        => TCP;
    e14_tcp_idle_timeout_of_the_client:
        b"10.0.0.9:34550 [15/Oct/2026:15:24:28.312] px-tcp px-tcp/srv1 0/0/5007 0 cD 0/0/0/0/0 0/0"
        => Traffic {
            client: b"10.0.0.9", accepted: at(15, 24, 28_312) + 251 * DAY, frontend: b"px-tcp", backend: b"px-tcp",
            bytes: 0, term: *b"cD--", ..TCP
        };
    e15_tcp_connect_timeout:
        b"192.0.2.7:41000 [15/Oct/2026:15:24:28.312] mysql mysql/db2 0/-1/20004 0 sC 12/4/4/3/3 0/0"
        => Traffic {
            client: b"192.0.2.7", accepted: at(15, 24, 28_312) + 251 * DAY, frontend: b"mysql", backend: b"mysql",
            server: b"db2", timers: tcp_timers([0, -1, 20_004]), bytes: 0, term: *b"sC--",
            connections: [12, 4, 4, 3], retries: 3, ..TCP
        };
    e16_tcp_logasap:
        b"10.0.1.2:33313 [06/Feb/2026:12:12:51.443] fnt bck/srv1 0/1/+2 +120 -- 3/3/3/1/0 0/0"
        => Traffic {
            timers: tcp_timers([0, 1, 2]), early: true, bytes: 120, connections: [3, 3, 3, 1], ..TCP
        };
    tcp_with_more_fields:
        b"10.0.1.2:33313 [06/Feb/2026:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/0 4/5 38 sni"
        => Traffic { srv_queue: 4, backend_queue: 5, ..TCP };
    e17_tls_and_ipv6:
        br#"2001:db8::1:52000 [06/Feb/2026:12:14:14.655] https-in~ app/web-1 0/0/1/12/13 200 512 - - ---- 5/4/3/2/0 0/0 "GET / HTTP/1.1""#
        => Traffic {
            client: b"2001:db8::1", frontend: b"https-in", tls: true, backend: b"app", server: b"web-1",
            timers: http_timers([0, 0, 1, 12, 13]), bytes: 512, connections: [5, 4, 3, 2],
            request: b"GET / HTTP/1.1", ..HTTP
        };
    e18_ipv4_mapped_ipv6:
        br#"::ffff:10.0.0.1:5000 [06/Feb/2026:12:14:14.655] fe be/s1 0/0/1/12/13 204 98 - - ---- 5/4/3/2/0 0/0 "DELETE /x HTTP/1.1""#
        => Traffic {
            client: b"::ffff:10.0.0.1", status: 204, request: b"DELETE /x HTTP/1.1", ..FE
        };
    e19_unix_socket:
        br#"unix:1 [06/Feb/2026:12:14:14.655] fe be/s1 0/0/1/12/13 200 98 - - ---- 5/4/3/2/0 0/0 "GET /x HTTP/1.0""#
        => Traffic { client: b"unix", ..FE };
    e20_no_address:
        br#"-:- [06/Feb/2026:12:14:14.655] fe be/s1 0/0/1/12/13 200 98 - - ---- 5/4/3/2/0 0/0 "GET /x HTTP/1.0""#
        => Traffic { client: b"-", ..FE };
    internal_http_client:
        br#"-:- [06/Feb/2026:12:14:14.655] <HTTPCLIENT> -/- 0/0/1/12/13 200 98 - - ---- 5/4/3/2/0 0/0 {2.6} "GET /x HTTP/1.0""#
        => Traffic { client: b"-", frontend: b"<HTTPCLIENT>", backend: b"-", server: b"-", captures: b"{2.6}", ..FE };
    e21_cookies_and_captures:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 SID=abc SID=xyz --VU 88/70/66/31/0 0/0 {shop.example.org} {text/html} "GET /cart?id=5 HTTP/1.1""#
        => Traffic {
            cookies: [b"SID=abc", b"SID=xyz"], term: *b"--VU", connections: [88, 70, 66, 31],
            captures: b"{shop.example.org} {text/html}", request: b"GET /cart?id=5 HTTP/1.1", ..APP
        };
    e22_logasap:
        br#"127.0.0.1:34014 [09/Aug/2026:20:26:09.111] proxy-out proxy-out/cache1 0/0/0/162/+162 200 +350 - - ---- 0/0/0/0/0 0/0 {fr.adserver.example||} {|864|private||} "GET http://fr.adserver.example/ HTTP/1.0""#
        => Traffic {
            client: b"127.0.0.1", accepted: at(20, 26, 9_111) + 184 * DAY, frontend: b"proxy-out",
            backend: b"proxy-out", server: b"cache1", timers: http_timers([0, 0, 0, 162, 162]), early: true,
            bytes: 350, connections: [0; 4], captures: b"{fr.adserver.example||} {|864|private||}",
            request: b"GET http://fr.adserver.example/ HTTP/1.0", ..HTTP
        };
    e23_retries_with_redispatch:
        br#"10.0.0.8:40512 [06/Feb/2026:12:20:03.001] www app/web3 0/0/3005/11/3016 200 740 - - ---- 90/80/70/10/+3 0/0 "GET /api HTTP/1.1""#
        => Traffic {
            client: b"10.0.0.8", accepted: at(12, 20, 3_001), server: b"web3",
            timers: http_timers([0, 0, 3_005, 11, 3_016]), bytes: 740, connections: [90, 80, 70, 10], retries: 3,
            redispatched: true, request: b"GET /api HTTP/1.1", ..APP
        };
    e24_queued:
        br#"127.0.0.1:33319 [15/Oct/2026:08:31:57.149] px-http px-http/srv1 6559/1230/7/147/6870 200 243 - - ---- 324/239/239/99/0 0/9 "HEAD / HTTP/1.0""#
        => Traffic {
            client: b"127.0.0.1", accepted: at(8, 31, 57_149) + 251 * DAY, frontend: b"px-http",
            backend: b"px-http", timers: http_timers([6_559, 1_230, 7, 147, 6_870]), bytes: 243,
            connections: [324, 239, 239, 99], backend_queue: 9, request: b"HEAD / HTTP/1.0", ..HTTP
        };
    e25_no_server:
        br#"203.0.113.4:18222 [06/Feb/2026:12:21:00.000] www app/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 210/200/0/0/0 0/0 "GET / HTTP/1.1""#
        => Traffic {
            server: b"<NOSRV>", timers: http_timers([0, -1, -1, -1, 0]), connections: [210, 200, 0, 0], ..VICTIM
        };
    e26_refused_after_retries:
        br#"203.0.113.4:18222 [06/Feb/2026:12:21:01.000] www app/web1 0/0/-1/-1/3004 503 217 - - SC-- 210/200/5/2/3 0/0 "GET / HTTP/1.1""#
        => Traffic {
            accepted: at(12, 21, 1_000), timers: http_timers([0, 0, -1, -1, 3_004]), retries: 3, ..VICTIM
        };
    e27_connect_timeout:
        br#"203.0.113.4:18222 [06/Feb/2026:12:21:02.000] www app/web1 0/0/-1/-1/20002 503 217 - - sC-- 210/200/5/2/3 0/0 "GET / HTTP/1.1""#
        => Traffic {
            accepted: at(12, 21, 2_000), timers: http_timers([0, 0, -1, -1, 20_002]), term: *b"sC--", retries: 3,
            ..VICTIM
        };
    e28_server_timeout:
        br#"203.0.113.4:18223 [06/Feb/2026:12:21:03.000] www app/web1 1/0/0/-1/30001 504 198 - - sH-- 210/200/40/38/0 0/0 "POST /report HTTP/1.1""#
        => Traffic {
            accepted: at(12, 21, 3_000), timers: http_timers([1, 0, 0, -1, 30_001]), status: 504, bytes: 198,
            term: *b"sH--", connections: [210, 200, 40, 38], request: b"POST /report HTTP/1.1", ..VICTIM
        };
    e29_server_closed_before_headers:
        br#"203.0.113.4:18224 [06/Feb/2026:12:21:04.000] www app/web1 1/0/0/-1/4 502 208 - - SH-- 210/200/40/38/0 0/0 "GET /crash HTTP/1.1""#
        => Traffic {
            accepted: at(12, 21, 4_000), timers: http_timers([1, 0, 0, -1, 4]), status: 502, bytes: 208,
            term: *b"SH--", connections: [210, 200, 40, 38], request: b"GET /crash HTTP/1.1", ..VICTIM
        };
    e30_queue_timeout:
        br#"203.0.113.4:18225 [06/Feb/2026:12:21:05.000] www app/<NOSRV> 0/10001/-1/-1/10001 503 217 - - sQ-- 400/390/380/0/0 0/153 "GET / HTTP/1.1""#
        => Traffic {
            accepted: at(12, 21, 5_000), server: b"<NOSRV>", timers: http_timers([0, 10_001, -1, -1, 10_001]),
            term: *b"sQ--", connections: [400, 390, 380, 0], backend_queue: 153, ..VICTIM
        };
    e31_client_left_the_queue:
        br#"203.0.113.4:18226 [06/Feb/2026:12:21:06.000] www app/<NOSRV> 0/4210/-1/-1/4210 -1 0 - - CQ-- 400/390/380/0/0 0/87 "GET / HTTP/1.1""#
        => Traffic {
            accepted: at(12, 21, 6_000), server: b"<NOSRV>", timers: http_timers([0, 4_210, -1, -1, 4_210]),
            status: -1, bytes: 0, term: *b"CQ--", connections: [400, 390, 380, 0], backend_queue: 87, ..VICTIM
        };
    e32_request_timeout:
        br#"203.0.113.4:18227 [06/Feb/2026:12:21:07.000] www www/<NOSRV> -1/-1/-1/-1/10001 408 0 - - cR-- 400/390/0/0/0 0/0 "<BADREQ>""#
        => Traffic {
            accepted: at(12, 21, 7_000), timers: http_timers([-1, -1, -1, -1, 10_001]), status: 408, term: *b"cR--",
            ..BAD_REQUEST
        };
    e33_bad_request:
        br#"203.0.113.4:18228 [06/Feb/2026:12:21:08.000] www www/<NOSRV> -1/-1/-1/-1/0 400 0 - - PR-- 400/390/0/0/0 0/0 "<BADREQ>""#
        => BAD_REQUEST;
    e34_http2_connection_error:
        br#"203.0.113.4:18229 [06/Feb/2026:12:21:09.000] www~ www/<NOSRV> -1/-1/-1/-1/15 0 0 - - PR-- 12/9/0/0/0 0/0 "<BADREQ>""#
        => Traffic {
            accepted: at(12, 21, 9_000), tls: true, timers: http_timers([-1, -1, -1, -1, 15]), status: 0,
            connections: [12, 9, 0, 0], ..BAD_REQUEST
        };
    e35_denied:
        br#"198.51.100.3:9001 [06/Feb/2026:12:21:10.000] www www/<NOSRV> 0/-1/-1/-1/0 403 192 - - PR-- 3/3/0/0/0 0/0 "GET /wp-login.php HTTP/1.1""#
        => DENIED;
    e36_tarpit:
        br#"198.51.100.3:9002 [06/Feb/2026:12:21:11.000] www www/<NOSRV> 0/10001/-1/-1/10001 500 212 - - PT-- 3/3/0/0/0 0/0 "GET /wp-login.php HTTP/1.1""#
        => Traffic {
            accepted: at(12, 21, 11_000), timers: http_timers([0, 10_001, -1, -1, 10_001]), status: 500, bytes: 212,
            term: *b"PT--", ..DENIED
        };
    e37_stats_page:
        br#"10.1.1.1:5511 [06/Feb/2026:12:21:12.000] stats stats/<STATS> 0/0/0/0/2 200 18231 - - LR-- 2/1/0/0/0 0/0 "GET /stats HTTP/1.1""#
        => Traffic {
            client: b"10.1.1.1", accepted: at(12, 21, 12_000), frontend: b"stats", backend: b"stats",
            server: b"<STATS>", timers: http_timers([0, 0, 0, 0, 2]), bytes: 18_231, term: *b"LR--",
            connections: [2, 1, 0, 0], request: b"GET /stats HTTP/1.1", ..HTTP
        };
    e38_client_aborts_download:
        br#"198.51.100.9:20321 [06/Feb/2026:12:00:00.000] www app/web1 0/0/1/4/812345 200 6100233 - - CD-- 50/44/30/12/0 0/0 "GET /big.iso HTTP/1.1""#
        => DOWNLOAD;
    e39_server_dies_in_data:
        br#"198.51.100.9:20322 [06/Feb/2026:12:00:01.000] www app/web1 0/0/1/4/220 200 44120 - - SD-- 50/44/30/12/0 0/0 "GET /big.iso HTTP/1.1""#
        => Traffic {
            accepted: at(12, 0, 1_000), timers: http_timers([0, 0, 1, 4, 220]), bytes: 44_120, term: *b"SD--",
            ..DOWNLOAD
        };
    e40_response_blocked:
        br#"127.0.0.1:33320 [15/Oct/2026:08:32:17.925] px-http px-http/srv1 9/0/7/14/30 502 243 - - PH-- 3/2/2/0/0 0/0 "GET /cgi-bin/bug.cgi? HTTP/1.0""#
        => Traffic {
            client: b"127.0.0.1", accepted: at(8, 32, 17_925) + 251 * DAY, frontend: b"px-http",
            backend: b"px-http", timers: http_timers([9, 0, 7, 14, 30]), status: 502, bytes: 243, term: *b"PH--",
            connections: [3, 2, 2, 0], request: b"GET /cgi-bin/bug.cgi? HTTP/1.0", ..HTTP
        };
    e41_killed_by_an_operator:
        br#"198.51.100.9:20323 [06/Feb/2026:12:00:02.000] www app/web1 0/0/1/4/99213 500 44120 - - KC-- 50/44/30/12/0 0/0 "GET /stream HTTP/1.1""#
        => Traffic {
            accepted: at(12, 0, 2_000), timers: http_timers([0, 0, 1, 4, 99_213]), status: 500, bytes: 44_120,
            term: *b"KC--", request: b"GET /stream HTTP/1.1", ..DOWNLOAD
        };
    e42_httpslog:
        br#"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] https-in~ static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1" 0/0000000000000000/0/0/1 1wt.eu/TLSv1.3/TLS_AES_256_GCM_SHA384"#
        => Traffic { frontend: b"https-in", tls: true, captures: b"{1wt.eu} {}", ..HTTP };
    e43_timers_before_1_7:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 5010/0/0/21/5031 200 6312 - - ---- 8/7/6/3/0 0/0 "GET / HTTP/1.0""#
        => Traffic {
            timers: http_timers([5_010, 0, 0, 21, 5_031]), request: b"GET / HTTP/1.0", ..APP
        };
    e44_capture_with_spaces:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 - - ---- 8/7/6/3/0 0/0 {Mozilla/5.0 (X11#7C Linux)|a#22b} {} "GET /q HTTP/1.1""#
        => Traffic { captures: b"{Mozilla/5.0 (X11#7C Linux)|a#22b} {}", ..APP };
    e45_empty_captures:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 - - ---- 8/7/6/3/0 0/0 {||} {} "GET /q HTTP/1.1""#
        => Traffic { captures: b"{||} {}", ..APP };
    e46_escapes_are_kept:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 400 187 - - PR-- 8/7/6/3/0 0/0 "GET /a#22b#23c#C3#A9 HTTP/1.1""#
        => Traffic {
            status: 400, bytes: 187, term: *b"PR--", request: b"GET /a#22b#23c#C3#A9 HTTP/1.1", ..APP
        };
    e47_space_in_the_uri:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 187 - - ---- 8/7/6/3/0 0/0 "GET /a b HTTP/1.1""#
        => Traffic { bytes: 187, request: b"GET /a b HTTP/1.1", ..APP };
    e48_control_bytes:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 400 187 - - PR-- 8/7/6/3/0 0/0 "GET /a#00b#0D HTTP/1.1""#
        => Traffic { status: 400, bytes: 187, term: *b"PR--", request: b"GET /a#00b#0D HTTP/1.1", ..APP };
    e49_cookie_with_a_space:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 NAME=John Smith SID=y --VN 8/7/6/3/0 0/0 "GET /q HTTP/1.1""#
        => Traffic { cookies: [b"NAME=John Smith", b"SID=y"], term: *b"--VN", ..APP };
    response_cookie_alone:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 - SID=a b --NI 8/7/6/3/0 0/0 "GET /q HTTP/1.1""#
        => Traffic { cookies: [b"-", b"SID=a b"], term: *b"--NI", ..APP };
    cookie_with_quotes:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 SID="a{ "b" - --VN 8/7/6/3/0 0/0 {x} "GET /q HTTP/1.1""#
        => Traffic { cookies: [br#"SID="a{ "b""#, b"-"], term: *b"--VN", captures: b"{x}", ..APP };
    e50_request_cut:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 - - ---- 8/7/6/3/0 0/0 {shop} "GET /search?q=aaaaaaaaaaaa"#
        => Traffic { captures: b"{shop}", request: b"GET /search?q=aaaaaaaaaaaa", truncated: true, ..APP };
    e51_request_cut_within_an_escape:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 - - ---- 8/7/6/3/0 0/0 "GET /search?q=caf#C"#
        => Traffic { request: b"GET /search?q=caf#C", truncated: true, ..APP };
    captures_cut:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 - - ---- 8/7/6/3/0 0/0 {shop} {tex"#
        => Traffic { captures: b"{shop} {tex", request: b"", truncated: true, ..APP };
    e52_crlf:
        b"10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 \"GET /r HTTP/1.1\"\r\n"
        => Traffic { request: b"GET /r HTTP/1.1", ..HTTP };
    e55_tls_handshake:
        b"127.0.0.1:56059 [03/Dec/2026:17:35:10.380] frt/f1: SSL handshake failure (error:0A000418:SSL routines::tlsv1 alert unknown ca)"
        => Traffic {
            request: b"SSL handshake failure (error:0A000418:SSL routines::tlsv1 alert unknown ca)", ..HANDSHAKE
        };
    e56_handshake_on_a_unix_socket:
        b"unix:1 [03/Dec/2026:17:35:10.380] frt/1: Connection closed during SSL handshake"
        => Traffic { client: b"unix", request: b"Connection closed during SSL handshake", ..HANDSHAKE };
    e57_no_proxy_header:
        b"10.0.0.7:5000 [03/Dec/2026:17:35:10.380] fe/2: Received something which does not look like a PROXY protocol header"
        => Traffic {
            client: b"10.0.0.7", frontend: b"fe",
            request: b"Received something which does not look like a PROXY protocol header", ..HANDSHAKE
        };
    handshake_of_an_unknown_source:
        b"unknown [03/Dec/2026:17:35:10.380] frt/f:1: unknown connection error (code=99 flags=00000300)"
        => Traffic {
            client: b"unknown", request: b"unknown connection error (code=99 flags=00000300)", ..HANDSHAKE
        };
    e88_port_missing:
        br#"10.0.1.2 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /index.html HTTP/1.1""#
        => HTTP;
    e88_port_missing_after_ipv6:
        br#"2001:db8::1 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /index.html HTTP/1.1""#
        => Traffic { client: b"2001:db8::1", ..HTTP };
    e90_cookie_that_is_not_utf8:
        b"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 N=\xE9\xFF - --VN 8/7/6/3/0 0/0 \"GET /q HTTP/1.1\""
        => Traffic { cookies: [b"N=\xE9\xFF", b"-"], term: *b"--VN", ..APP };
    e91_nuls_at_the_end:
        b"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 - - --VN 8/7/6/3/0 0/0 \"GET /q HTTP/1.1\"\0\0"
        => Traffic { term: *b"--VN", ..APP };
    e93_forged_event_in_the_uri:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 404 187 - - ---- 8/7/6/3/0 0/0 "GET /x#0AServer#20app/web1#20is#20DOWN HTTP/1.1""#
        => Traffic {
            status: 404, bytes: 187, request: b"GET /x#0AServer#20app/web1#20is#20DOWN HTTP/1.1", ..APP
        };
    forged_state_in_a_cookie:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 SID=a - SC-- 1/1/1/1/0 0/0 "GET /fake HTTP/1.1" - --VN 8/7/6/3/0 0/0 "GET /q HTTP/1.1""#
        => Traffic {
            cookies: [br#"SID=a - SC-- 1/1/1/1/0 0/0 "GET /fake HTTP/1.1""#, b"-"], term: *b"--VN", ..APP
        };
    forged_state_in_a_uri_with_spaces:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 SID=a - --VN 8/7/6/3/0 0/0 "GET /x - SC-- 1/1/1/1/0 0/0 {a} ""#
        => Traffic {
            cookies: [b"SID=a", b"-"], term: *b"--VN", request: b"GET /x - SC-- 1/1/1/1/0 0/0 {a} ", ..APP
        };
    totals_below_zero_are_none:
        br#"10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/-5/-3 200 6312 - - ---- 8/7/6/3/0 0/0 "GET /q HTTP/1.1""#
        => Traffic { timers: http_timers([2, 0, 0, -1, 0]), ..APP };
}

const FE: Traffic = Traffic {
    frontend: b"fe",
    backend: b"be",
    server: b"s1",
    timers: http_timers([0, 0, 1, 12, 13]),
    bytes: 98,
    connections: [5, 4, 3, 2],
    request: b"GET /x HTTP/1.0",
    ..HTTP
};

const BAD_REQUEST: Traffic = Traffic {
    accepted: at(12, 21, 8_000),
    backend: b"www",
    server: b"<NOSRV>",
    timers: http_timers([-1, -1, -1, -1, 0]),
    status: 400,
    bytes: 0,
    term: *b"PR--",
    connections: [400, 390, 0, 0],
    request: b"<BADREQ>",
    ..VICTIM
};

const DENIED: Traffic = Traffic {
    client: b"198.51.100.3",
    accepted: at(12, 21, 10_000),
    timers: http_timers([0, -1, -1, -1, 0]),
    status: 403,
    bytes: 192,
    connections: [3, 3, 0, 0],
    request: b"GET /wp-login.php HTTP/1.1",
    ..BAD_REQUEST
};

const DOWNLOAD: Traffic = Traffic {
    client: b"198.51.100.9",
    accepted: at(12, 0, 0),
    timers: http_timers([0, 0, 1, 4, 812_345]),
    status: 200,
    bytes: 6_100_233,
    term: *b"CD--",
    connections: [50, 44, 30, 12],
    request: b"GET /big.iso HTTP/1.1",
    ..VICTIM
};

#[test]
fn e89_cut_within_the_fixed_fields() {
    let cuts = [
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30",
        "10.0.1.2:33317 [06/",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655]",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - --",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 SID=a SI",
        "10.0.1.2:33313 [06/Feb/2026:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/0 0",
        "127.0.0.1:56059 [03/Dec/2026:17:35:10.380] frt/f1: ",
    ];
    for line in cuts {
        fails(line.as_bytes(), Problem::Truncated);
    }
}

#[test]
fn a_field_that_is_not_what_it_must_be() {
    let lines = [
        "10.0.1.2:33317 [30/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 \"GET / HTTP/1.1\"",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655]http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 \"GET / HTTP/1.1\"",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 \"GET / HTTP/1.1\"",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/109 200 2750 - - ---- 1/1/1/1/0 0/0 \"GET / HTTP/1.1\"",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/99999999999999999999 200 2750 - - ---- 1/1/1/1/0 0/0 \"GET / HTTP/1.1\"",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 20000 2750 - - ---- 1/1/1/1/0 0/0 \"GET / HTTP/1.1\"",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 99999999999999999999 - - ---- 1/1/1/1/0 0/0 \"GET / HTTP/1.1\"",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ZZ-- 1/1/1/1/0 0/0 \"GET / HTTP/1.1\"",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/4294967296/0 0/0 \"GET / HTTP/1.1\"",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 GET / HTTP/1.1",
        "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 SID=a SID=b ---- 1/1/1/1/x 0/0 \"GET / HTTP/1.1\"",
        "127.0.0.1:56059 [03/Dec/2026:17:35:10.380] frt/f1 Connection closed",
    ];
    for line in lines {
        fails(line.as_bytes(), Problem::Malformed);
    }
}

#[test]
fn brackets_of_others_are_no_traffic() {
    for line in [
        "Feb  6 12:14:14 lb1 kernel: eth0: [12345.678901] link up",
        "Feb  6 12:14:14 lb1 nginx: 10.0.1.2 [06/Feb/2026:11:14:14 +0000] \"GET / HTTP/1.1\"",
        "Feb  6 12:14:14 lb1 sshd[1]: error: [",
    ] {
        assert_eq!(reading(line.as_bytes()), Reading::Foreign, "{line}");
    }
}
