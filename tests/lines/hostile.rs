//! What no line may do, whatever a client wrote into it.

use super::reading;
use hapline::envelope::peel;
use hapline::line::{Clock, Event, FieldSet, Mode, Reading, Timers, Traffic, read};
use hapline::time::civil::civil_from_days;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const STATES: [&str; 9] = [
    "----", "--VN", "SC--", "sH--", "CD--", "PR--", "LR--", "KC--", "cD--",
];

/// Text that asks to be mistaken for something else.
pub(super) const BAIT: [&str; 8] = [
    "Server app/web1 is DOWN",
    " is DOWN, reason: Layer4 timeout. 0 active and 0 backup servers left.",
    "backend app has no server available!",
    " ---- 1/1/1/1/0 0/0 {a} ",
    " - - SC-- 1/1/1/1/0 0/0 ",
    "10.0.0.1:1 [06/Feb/2026:12:14:14.655] a b/c 0/0/0/0/0 200 1 - - ---- 1/1/1/1/0 0/0 ",
    "<134>Feb  6 12:14:14 lb1 haproxy[1]: ",
    "] frt/f1: SSL handshake failure",
];

/// The parts of a generated line that a client or a server writes.
#[derive(Debug, Clone)]
pub(super) struct Words {
    pub(super) client: String,
    pub(super) cookies: [String; 2],
    pub(super) captures: String,
    pub(super) request: String,
}

/// Text as HAProxy lets it through where it escapes quotes and braces.
fn escaped() -> impl Strategy<Value = String> {
    let bait = select(&BAIT[..]).prop_map(|text| text.replace(['{', '}', '"'], "#22"));
    prop_oneof![
        Just(String::new()),
        "[ -!$-z|~#]{0,40}".prop_map(String::from),
        bait
    ]
}

fn cookie() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just("-".to_owned()),
        2 => "[A-Z]{1,4}=[!-~]{0,12}",
    ]
}

fn captures() -> impl Strategy<Value = String> {
    let block = || escaped().prop_map(|text| format!("{{{}}}", text.replace(['{', '}'], "")));
    vec(block(), 0..=2).prop_map(|blocks| blocks.join(" "))
}

pub(super) fn words() -> impl Strategy<Value = Words> {
    let client = select(vec![
        "10.0.0.1",
        "2001:db8::1",
        "::ffff:10.0.0.1",
        "unix",
        "-",
    ]);
    (client, cookie(), cookie(), captures(), escaped()).prop_map(
        |(client, request_cookie, response_cookie, captures, request)| Words {
            client: client.to_owned(),
            cookies: [request_cookie, response_cookie],
            captures,
            request: format!("GET /{request}"),
        },
    )
}

/// The parts that HAProxy writes itself, in a line that borrows from `words`.
pub(super) fn with_numbers(words: &Words, seed: [u64; 12], flags: [bool; 4]) -> Traffic<'_> {
    let timer = |at: usize| (seed[at] % 1_000_000) as i64 - 1;
    let count = |at: usize| (seed[at] >> 7) as u32;
    let state = STATES[seed[0] as usize % STATES.len()];
    Traffic {
        mode: Mode::Http,
        client: words.client.as_bytes(),
        accepted: (seed[1] % 4_000_000_000_000) as i64,
        clock: Clock::Wall,
        frontend: b"fe.x:1",
        tls: flags[0],
        backend: b"be_x-2",
        server: b"<NOSRV>",
        timers: Timers {
            request: timer(2),
            queue: timer(3),
            connect: timer(4),
            response: timer(5),
            total: timer(6).max(0),
        },
        early: flags[1],
        status: [-1, 0, 200, 404, 503][seed[7] as usize % 5],
        bytes: seed[8],
        term: state.as_bytes().try_into().expect("four characters"),
        connections: [count(8), count(9), count(10), count(11)],
        retries: count(2) % 10,
        redispatched: flags[2],
        srv_queue: count(3),
        backend_queue: count(4),
        cookies: [words.cookies[0].as_bytes(), words.cookies[1].as_bytes()],
        captures: words.captures.as_bytes(),
        request: words.request.as_bytes(),
        truncated: false,
        fields: FieldSet::HTTP,
    }
}

/// The same session without what only HTTP has.
pub(super) fn as_tcp(http: Traffic) -> Traffic {
    let [cause, phase, ..] = http.term;
    Traffic {
        mode: Mode::Tcp,
        timers: Timers {
            request: -1,
            response: -1,
            ..http.timers
        },
        status: 0,
        term: [cause, phase, b'-', b'-'],
        cookies: [b"-", b"-"],
        captures: b"",
        request: b"",
        fields: FieldSet::TCP,
        ..http
    }
}

/// Writes a line as `option httplog` and `option tcplog` do.
pub(super) fn print(traffic: &Traffic) -> String {
    let text = |bytes| std::str::from_utf8(bytes).expect("text");
    let plus = |marked| if marked { "+" } else { "" };
    let (year, month, day) = civil_from_days(traffic.accepted.div_euclid(86_400_000));
    let month = "JanFebMarAprMayJunJulAugSepOctNovDec"
        .get(usize::from(month) * 3 - 3..usize::from(month) * 3)
        .expect("a month");
    let ms = traffic.accepted.rem_euclid(86_400_000);
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    let Timers {
        request,
        queue,
        connect,
        response,
        total,
    } = traffic.timers;
    let early = plus(traffic.early);
    let http = traffic.mode == Mode::Http;
    let timers = if http {
        format!(
            "{request}/{queue}/{connect}/{response}/{early}{total} {}",
            traffic.status
        )
    } else {
        format!("{queue}/{connect}/{early}{total}")
    };
    let term = text(&traffic.term);
    let state = if http {
        format!(
            "{} {} {term}",
            text(traffic.cookies[0]),
            text(traffic.cookies[1])
        )
    } else {
        term[..2].to_owned()
    };
    let ending = match (http, traffic.captures) {
        (false, _) => String::new(),
        (true, b"") => format!(" \"{}\"", text(traffic.request)),
        (true, captures) => format!(" {} \"{}\"", text(captures), text(traffic.request)),
    };
    let [process, frontend, backend, server] = traffic.connections;
    format!(
        "{}:1 [{day:02}/{month}/{year:04}:{hour:02}:{minute:02}:{second:02}.{:03}] {}{} {}/{} {timers} {early}{} {state} \
         {process}/{frontend}/{backend}/{server}/{}{} {}/{}{ending}",
        text(traffic.client),
        ms % 1_000,
        text(traffic.frontend),
        if traffic.tls { "~" } else { "" },
        text(traffic.backend),
        text(traffic.server),
        traffic.bytes,
        plus(traffic.redispatched),
        traffic.retries,
        traffic.srv_queue,
        traffic.backend_queue,
    )
}

/// What is left of `whole` when its line is cut: every field that stands is the field that was, or its beginning.
fn is_beginning_of(cut: &Traffic, whole: &Traffic) -> bool {
    let digits = |part: u32, all: u32| all.to_string().starts_with(&part.to_string());
    let same_but_the_end = Traffic {
        backend_queue: whole.backend_queue,
        captures: whole.captures,
        request: whole.request,
        truncated: whole.truncated,
        ..cut.clone()
    };
    same_but_the_end == *whole
        && digits(cut.backend_queue, whole.backend_queue)
        && whole.captures.starts_with(cut.captures)
        && whole.request.starts_with(cut.request)
        && (cut.truncated || whole.mode == Mode::Tcp)
}

proptest! {
    #[test]
    fn any_bytes_have_a_reading(line in vec(any::<u8>(), 0..300)) {
        let _ = peel(&line);
        let _ = (read(&line, true), read(&line, false), reading(&line));
    }

    #[test]
    fn bytes_within_a_line_have_a_reading(
        words in words(), seed: [u64; 12], flags: [bool; 4], places in vec((any::<Index>(), any::<u8>()), 1..4),
    ) {
        let line = print(&with_numbers(&words, seed, flags));
        let mut line = format!("<134>Feb  6 12:14:14 lb1 haproxy[1]: {line}").into_bytes();
        for (place, byte) in places {
            let at = place.index(line.len());
            line[at] = byte;
        }
        let _ = reading(&line);
    }

    #[test]
    fn what_is_printed_reads_back(words in words(), seed: [u64; 12], flags: [bool; 4]) {
        let http = with_numbers(&words, seed, flags);
        for traffic in [as_tcp(http.clone()), http] {
            let line = print(&traffic);
            prop_assert_eq!(reading(line.as_bytes()), Reading::Traffic(traffic));
        }
    }

    #[test]
    fn more_fields_change_nothing(words in words(), seed: [u64; 12], flags: [bool; 4]) {
        let http = with_numbers(&words, seed, flags);
        let line = print(&http) + " 0/0000000000000000/0/0/1 1wt.eu/TLSv1.3/TLS_AES_256_GCM_SHA384";
        prop_assert_eq!(reading(line.as_bytes()), Reading::Traffic(http));
    }

    #[test]
    fn a_cut_line_says_nothing_new(words in words(), seed: [u64; 12], flags: [bool; 4], cut: Index) {
        let http = with_numbers(&words, seed, flags);
        for whole in [http.clone(), as_tcp(http)] {
            let line = print(&whole);
            match read(&line.as_bytes()[..cut.index(line.len())], true) {
                Reading::Traffic(cut) => prop_assert!(is_beginning_of(&cut, &whole), "{cut:?}"),
                Reading::Unparsed(_) => {}
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }

    #[test]
    fn a_client_writes_its_own_fields_only(
        place in 0..4_usize, bait in select(&BAIT[..]), before in "[ -~]{0,10}", after in "[ -~]{0,10}", tcp: bool,
    ) {
        let text = format!("{before}{bait}{after}");
        let escaped = text.replace(['{', '}', '"'], "#22");
        let (mut cookies, mut captures, mut uri, mut sni) = ("- -".to_owned(), String::new(), String::new(), "-".to_owned());
        match place {
            0 => cookies = format!("SID={text} -"),
            1 => captures = format!("{{{escaped}}}"),
            2 => uri = escaped,
            _ => sni = text,
        }
        let request = format!("GET /{uri} HTTP/1.1");
        let line = if tcp {
            format!("10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/23 6312 -- 8/7/6/3/0 0/0 {sni}")
        } else {
            let captures = if captures.is_empty() { String::new() } else { captures.clone() + " " };
            format!(
                "10.0.0.5:51000 [06/Feb/2026:12:14:14.655] www app/web2 2/0/0/21/23 200 6312 {cookies} ---- 8/7/6/3/0 0/0 \
                 {captures}\"{request}\" 0/0/0/0/0 {sni}/TLSv1.3/x"
            )
        };
        for wrapping in ["", "Feb  6 12:14:14 lb1 haproxy[1]: ", "[WARNING]  (1) : "] {
            let line = format!("{wrapping}{line}");
            let Reading::Traffic(traffic) = reading(line.as_bytes()) else {
                return Err(TestCaseError::fail(line));
            };
            prop_assert_eq!((&traffic.term, traffic.connections), (b"----", [8, 7, 6, 3]));
            if !tcp {
                prop_assert_eq!(traffic.request, request.as_bytes());
                prop_assert_eq!(traffic.captures, captures.as_bytes());
                prop_assert!(!traffic.truncated);
            }
        }
    }

    #[test]
    fn a_cut_event_is_the_same_event_or_none(cut in 0..160_usize) {
        let line = "Server app/web1 is DOWN, reason: Layer7 wrong status, code: 503, info: \"Service. Unavailable\", \
                    check duration: 3ms via x/y. 1 active and 20 backup servers left. Running on backup.";
        let Reading::Event(Event::Server(whole)) = read(line.as_bytes(), true) else {
            panic!("no event");
        };
        prop_assert_eq!((whole.active, whole.backups, whole.on_backup), (Some(1), Some(20), true));
        if let Reading::Event(event) = read(&line.as_bytes()[..cut.min(line.len())], true) {
            let Event::Server(part) = event else { panic!("{event:?}") };
            prop_assert_eq!((part.backend, part.server, part.change), (whole.backend, whole.server, whole.change));
            prop_assert!(part.active.is_none() || part.active == whole.active);
            prop_assert!(part.backups.is_none() || part.backups == whole.backups);
        }
    }
}
