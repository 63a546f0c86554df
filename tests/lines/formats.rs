//! What a compiled log-format reads, whatever the format and whatever the line.

use super::hostile::{BAIT, Words, as_tcp, print, with_numbers, words};
use hapline::line::{Clock, FieldSet, Format, Mode, Reader, Reading, Timers, Traffic, read};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

const HTTPLOG: &str = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r";
const HTTPSLOG_END: &str = " %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc";
const TCPLOG: &str = "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq";

/// A line of which nothing is known.
pub(super) const NOTHING: Traffic = Traffic {
    mode: Mode::Tcp,
    client: b"-",
    accepted: 0,
    clock: Clock::Wall,
    frontend: b"",
    tls: false,
    backend: b"",
    server: b"",
    timers: Timers {
        request: -1,
        queue: -1,
        connect: -1,
        response: -1,
        total: 0,
    },
    early: false,
    status: 0,
    bytes: 0,
    term: *b"----",
    connections: [0; 4],
    retries: 0,
    redispatched: false,
    srv_queue: 0,
    backend_queue: 0,
    cookies: [b"-", b"-"],
    captures: b"",
    request: b"",
    truncated: false,
    fields: FieldSet::NONE,
};

fn format(text: &str) -> Format {
    Format::compile("test", text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// One alias of a generated format: its text, what it prints, and what of the traffic it carries over.
struct Alias {
    text: &'static str,
    print: fn(&Traffic) -> String,
    carry: for<'a> fn(&Traffic<'a>, &mut Traffic<'a>),
    fields: FieldSet,
    http: bool,
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// The line that `option httplog` writes has every field somewhere: the fields of the first blanks.
fn date(traffic: &Traffic) -> String {
    let line = print(traffic);
    let (_, dated) = line.split_once('[').expect("a date");
    dated.split(']').next().expect("a date").to_owned()
}

fn plus(marked: bool, number: impl ToString) -> String {
    format!("{}{}", if marked { "+" } else { "" }, number.to_string())
}

macro_rules! aliases {
    ($($text:literal $fields:ident $http:literal |$from:ident| $print:expr, |$to:ident| $($place:ident)+ ;)+) => {
        vec![$(Alias {
            text: $text,
            print: |$from| $print,
            carry: |$from, $to| aliases!(@ $from $to $($place)+),
            fields: FieldSet::$fields,
            http: $http,
        }),+]
    };
    (@ $from:ident $to:ident timers $timer:ident) => { $to.timers.$timer = $from.timers.$timer };
    (@ $from:ident $to:ident total) => {{ $to.timers.total = $from.timers.total; $to.early |= $from.early; }};
    (@ $from:ident $to:ident bytes) => {{ $to.bytes = $from.bytes; $to.early |= $from.early; }};
    (@ $from:ident $to:ident transport) => {{ $to.frontend = $from.frontend; $to.tls = $from.tls; $to.fields |= FieldSet::TLS; }};
    (@ $from:ident $to:ident term) => {{ $to.term = $from.term; $to.fields |= FieldSet::PERSISTENCE; }};
    (@ $from:ident $to:ident process) => { $to.connections[0] = $from.connections[0] };
    (@ $from:ident $to:ident server_connections) => { $to.connections[3] = $from.connections[3] };
    (@ $from:ident $to:ident retries) => {{ $to.retries = $from.retries; $to.redispatched = $from.redispatched; }};
    (@ $from:ident $to:ident cookie) => { $to.cookies[0] = $from.cookies[0] };
    (@ $from:ident $to:ident $place:ident) => { $to.$place = $from.$place };
}

fn aliases() -> Vec<Alias> {
    aliases! {
        "%ci" CLIENT false |t| text(t.client), |to| client;
        "%t" ACCEPTED false |t| date(t), |to| accepted;
        "%ft" FRONTEND false |t| format!("{}{}", text(t.frontend), if t.tls { "~" } else { "" }), |to| transport;
        "%b" BACKEND false |t| text(t.backend), |to| backend;
        "%s" SERVER false |t| text(t.server), |to| server;
        "%TR" REQUEST_TIME true |t| t.timers.request.to_string(), |to| timers request;
        "%Tw" QUEUE_TIME false |t| t.timers.queue.to_string(), |to| timers queue;
        "%Tc" CONNECT_TIME false |t| t.timers.connect.to_string(), |to| timers connect;
        "%Tr" RESPONSE_TIME true |t| t.timers.response.to_string(), |to| timers response;
        "%Tt" TOTAL_TIME false |t| plus(t.early, t.timers.total), |to| total;
        "%ST" STATUS true |t| t.status.to_string(), |to| status;
        "%B" BYTES false |t| plus(t.early, t.bytes), |to| bytes;
        "%tsc" TERM false |t| text(&t.term), |to| term;
        "%ac" PROCESS_CONNECTIONS false |t| t.connections[0].to_string(), |to| process;
        "%sc" SERVER_CONNECTIONS false |t| t.connections[3].to_string(), |to| server_connections;
        "%rc" RETRIES false |t| plus(t.redispatched, t.retries), |to| retries;
        "%sq" SRV_QUEUE false |t| t.srv_queue.to_string(), |to| srv_queue;
        "%bq" BACKEND_QUEUE false |t| t.backend_queue.to_string(), |to| backend_queue;
        "\"%CC\"" REQUEST_COOKIE true |t| format!("\"{}\"", text(t.cookies[0])), |to| cookie;
        "%hr" CAPTURES false |t| text(t.captures), |to| captures;
        "%{+Q}r" REQUEST true |t| format!("\"{}\"", text(t.request)), |to| request;
        "%U" NONE false |_t| "17".to_owned(), |_to| truncated;
    }
}

/// A format of some aliases in some order, with something between them, and always a state.
fn layouts() -> impl Strategy<Value = (Vec<usize>, Vec<String>)> {
    let count = aliases().len();
    let state = aliases()
        .iter()
        .position(|alias| alias.text == "%tsc")
        .expect("a row");
    let chosen = subsequence((0..count).collect::<Vec<_>>(), 1..count)
        .prop_map(move |mut chosen| {
            if !chosen.contains(&state) {
                chosen.push(state);
            }
            chosen
        })
        .prop_shuffle();
    let between = select(vec![
        " ", " | ", " ,", " [", "] ", " \u{e9}=", " key:", " %% ", "  ",
    ]);
    (chosen, vec(between.prop_map(str::to_owned), count + 1))
}

fn one_block(mut words: Words) -> Words {
    for cookie in &mut words.cookies {
        *cookie = cookie.replace('"', "'");
    }
    let end = words.captures.find('}').map_or(0, |end| end + 1);
    words.captures.truncate(end);
    words
}

fn layout(chosen: &[usize], between: &[String]) -> String {
    let aliases = aliases();
    chosen
        .iter()
        .zip(between)
        .map(|(at, between)| format!("{}{between}", aliases[*at].text))
        .collect()
}

fn line(chosen: &[usize], between: &[String], traffic: &Traffic) -> String {
    let aliases = aliases();
    let mut line = String::new();
    for (at, between) in chosen.iter().zip(between) {
        line.push_str(&(aliases[*at].print)(traffic));
        let literal = between.replace("%%", "%").replace("  ", " ");
        // Blanks merge where a field printed nothing.
        let merged = line.is_empty() || line.ends_with(' ');
        line.push_str(if merged {
            literal.strip_prefix(' ').unwrap_or(&literal)
        } else {
            &literal
        });
    }
    line
}

fn expected<'a>(chosen: &[usize], traffic: &Traffic<'a>) -> Traffic<'a> {
    let aliases = aliases();
    let mut expected = NOTHING;
    for at in chosen {
        let alias = &aliases[*at];
        (alias.carry)(traffic, &mut expected);
        expected.fields |= alias.fields;
        if alias.http {
            expected.mode = Mode::Http;
        }
    }
    expected
}

fn traffic_of<'a>(format: &Format, line: &'a str) -> Option<Traffic<'a>> {
    format.read(line.as_bytes()).map(|read| read.traffic)
}

proptest! {
    #[test]
    fn what_a_format_prints_reads_back(
        (chosen, between) in layouts(), words in words().prop_map(one_block), seed: [u64; 12], flags: [bool; 4],
    ) {
        let traffic = with_numbers(&words, seed, flags);
        let format = format(&layout(&chosen, &between));
        let line = line(&chosen, &between, &traffic);
        prop_assert_eq!(traffic_of(&format, &line), Some(expected(&chosen, &traffic)), "{} | {}", format.text(), line);
    }

    #[test]
    fn changing_one_field_changes_that_field(
        (chosen, between) in layouts(), words in words().prop_map(one_block), seeds: [[u64; 12]; 2], place: Index,
    ) {
        let (one, other) = (with_numbers(&words, seeds[0], [false; 4]), with_numbers(&words, seeds[1], [true; 4]));
        let changed = chosen[place.index(chosen.len())];
        let mut mixed = one.clone();
        (aliases()[changed].carry)(&other, &mut mixed);
        mixed.early = one.early;
        let format = format(&layout(&chosen, &between));
        let (before, after) = (line(&chosen, &between, &one), line(&chosen, &between, &mixed));
        let mut wanted = traffic_of(&format, &before).expect("read");
        (aliases()[changed].carry)(&mixed, &mut wanted);
        prop_assert_eq!(traffic_of(&format, &after), Some(wanted));
    }

    #[test]
    fn built_in_readers_and_compiled_formats_agree(
        words in words(), seed: [u64; 12], flags: [bool; 4], places in vec((any::<Index>(), any::<u8>()), 0..3),
    ) {
        let (http, tcp, https) = (format(HTTPLOG), format(TCPLOG), format(&format!("{HTTPLOG}{HTTPSLOG_END}")));
        let traffic = with_numbers(&words, seed, flags);
        let tls = " 0/0000000000000086/0/2/1 1wt.eu/TLSv1.3/TLS_AES_256_GCM_SHA384";
        for (format, line) in [
            (&http, print(&traffic)),
            (&https, print(&traffic) + tls),
            (&tcp, print(&as_tcp(traffic.clone()))),
        ] {
            let whole = format.read(line.as_bytes()).map(|read| Reading::Traffic(read.traffic));
            prop_assert_eq!(whole, Some(read(line.as_bytes(), true)), "{}", line);
            let mut line = line.into_bytes();
            for (place, byte) in &places {
                let at = place.index(line.len());
                line[at] = *byte;
            }
            if let (Reading::Traffic(ours), Some(theirs)) = (read(&line, true), format.read(&line))
                && !ours.truncated && !theirs.traffic.truncated
            {
                prop_assert_eq!(ours, theirs.traffic, "{:?}", String::from_utf8_lossy(&line));
            }
        }
    }

    #[test]
    fn built_in_readers_and_compiled_formats_agree_on_hostile_lines(
        words in words(), seed: [u64; 12], flags: [bool; 4],
        bait in select(&BAIT[..]), before in "[ -~]{0,6}", after in "[ -~]{0,6}", place in 0..2_usize, cuts: [Index; 8],
    ) {
        let mut words = words;
        words.cookies[place] = format!("SID={before}{bait}{after}");
        let traffic = with_numbers(&words, seed, flags);
        let tls = " 0/0000000000000086/0/2/1 1wt.eu/TLSv1.3/TLS_AES_256_GCM_SHA384";
        for (format, line) in [
            (format(HTTPLOG), print(&traffic)),
            (format(&format!("{HTTPLOG}{HTTPSLOG_END}")), print(&traffic) + tls),
            (format(TCPLOG), print(&as_tcp(traffic.clone()))),
        ] {
            let ends = cuts.iter().map(|cut| cut.index(line.len()));
            for end in ends.chain([line.len()]) {
                let line = &line.as_bytes()[..end];
                if let (Reading::Traffic(ours), Some(theirs)) = (read(line, true), format.read(line))
                    && !ours.truncated && !theirs.traffic.truncated
                {
                    prop_assert_eq!(ours, theirs.traffic, "{}", String::from_utf8_lossy(line));
                }
            }
        }
    }

    #[test]
    fn a_client_cannot_write_its_state(bait in select(&BAIT[..]), before in "[ -~]{0,10}", after in "[ -~]{0,10}") {
        let agent = format!("{before}{bait}{after}\",\"status\":200,\"term\":\"----\"");
        for (format, line) in [
            (
                format(r#"{"ua":"%[capture.req.hdr(0)]","status":%ST,"term":"%tsc","s":"%s"}"#),
                format!(r#"{{"ua":"{agent}","status":503,"term":"SC--","s":"web1"}}"#),
            ),
            (format("%s %tsc %ST %[capture.req.hdr(0)]"), format!("web1 SC-- 503 {agent}")),
        ] {
            let traffic = traffic_of(&format, &line).expect("read");
            prop_assert_eq!((traffic.status, &traffic.term, traffic.server), (503, b"SC--", &b"web1"[..]));
        }
    }

    #[test]
    fn any_format_and_any_bytes(text in ".{0,60}", pieces in vec(select(PIECES), 0..12), line in vec(any::<u8>(), 0..200)) {
        let _ = Format::compile("any", &text);
        let text = pieces.concat();
        if let Ok(format) = Format::compile("any", &text) {
            let _ = (format.read(&line), format.told(&line), format.read(text.as_bytes()));
            let reader = Reader::new(vec![format]);
            let _ = (reader.read(&line, true), reader.decoded(&line));
        }
    }

    #[test]
    fn a_cut_line_says_nothing_new(
        (chosen, between) in layouts(), words in words().prop_map(one_block), seed: [u64; 12], flags: [bool; 4], cut: Index,
    ) {
        let traffic = with_numbers(&words, seed, flags);
        let format = format(&layout(&chosen, &between));
        let line = line(&chosen, &between, &traffic);
        let whole = traffic_of(&format, &line).expect("read");
        let mut at = cut.index(line.len());
        while !line.is_char_boundary(at) {
            at -= 1;
        }
        if let Some(part) = traffic_of(&format, &line[..at]) {
            prop_assert!(whole.fields.has(part.fields));
            prop_assert!(!part.fields.has(FieldSet::TERM) || part.term == whole.term);
            prop_assert!(!part.fields.has(FieldSet::STATUS) || !part.truncated || part.status == whole.status);
            prop_assert!(!part.fields.has(FieldSet::TOTAL_TIME) || !part.truncated || part.timers.total == whole.timers.total);
        }
    }
}

const PIECES: &[&str] = &[
    "%ci",
    ":%cp",
    "[%t]",
    "%b",
    "/%s",
    "%tsc",
    " ",
    "\"",
    "%r",
    "%{+Q}r",
    "%[x]",
    "%CC",
    "%CS",
    "%hr",
    "%hs",
    "%hrl",
    "%{+Q}o",
    "%{+E}[y]",
    "%HM",
    "%HU",
    "%HQ",
    "%HV",
    "%ST",
    ",",
    "|",
    "%{+json}o",
    "%(n)ST",
    "%{+cbor}o",
    "%{+json}r",
    "%Ts",
    "%ms",
    "%{+X}Ts",
    "{",
    "}",
    "%%",
    "%Tq",
    "%trg",
];

#[test]
fn seconds_beyond_any_date_are_no_date() {
    for (text, line) in [
        ("%{+X}Ts %{-X}ST", "FFFFFFFFFFFFFFFF 200"),
        ("%Ts %ST", "18446744073709551615 200"),
    ] {
        assert_eq!(format(text).read(line.as_bytes()), None, "{line}");
    }
}

/// Two dashes are no cookies, whatever follows: a captured cookie begins with its name.
#[test]
fn what_follows_two_dashes_is_no_cookie() {
    let line = "10.0.0.1:1 [06/Feb/2026:12:14:14.655] www www/<NOSRV> -1/-1/-1/-1/5 400 0 - - CR-- 1/1/0/0/0 0/0 \
                \"GET / - - ---- 1/1/0/0/0 0/0 \"GET /\"";
    let Reading::Traffic(built_in) = read(line.as_bytes(), true) else {
        panic!("no traffic");
    };
    assert_eq!(
        (built_in.cookies, &built_in.term),
        ([&b"-"[..]; 2], b"CR--")
    );
    let compiled = traffic_of(&format(HTTPLOG), line);
    assert!(compiled.is_none_or(|compiled| compiled.truncated || compiled == built_in));
}

/// The tables of HAProxy's manual, 1.5 to 3.x.
#[test]
fn every_alias_of_every_version_is_known() {
    let aliases = "B CC CS H HM HP HPO HQ HU HV ID OG ST T TR Ta Tc Td Th Ti Tl Tq Tr Ts Tt Tu Tw U ac b bc bi bp bq ci \
                   cp f fc fi fp ft hr hrl hs hsl lc ms pid r rc rt s sc si sp sq sslc sslv t tr trg trl ts tsc \
                   Bi Bp Ci Cp Fi Fp Si Sp cc cs st";
    for alias in aliases.split(' ') {
        for flags in [
            "",
            "{+Q}",
            "{+Q,+E,+X,+M}",
            "{-M}",
            "(name)",
            "(name:str)",
            "(:sint){+Q}",
            "{+json}",
        ] {
            let text = format!("%rc [%{flags}{alias}] %sq");
            let compiled = Format::compile("test", &text);
            assert!(compiled.is_ok(), "{text}: {compiled:?}");
        }
    }
    for text in [
        "%{+json}o %(a)ST %(b:str)[src]",
        "%{+cbor,+bin}o %(a:sint)ST",
        "%{+bin,+cbor,+Q}o %(a)ST",
    ] {
        assert!(Format::compile("test", text).is_ok(), "{text}");
    }
}

#[test]
fn an_address_without_its_port_is_not_cut_in_two() {
    let format = format("%ci:%cp %ST");
    let client = |line| traffic_of(&format, line).map(|traffic| traffic.client);
    assert_eq!(client("2001:db8::1:52000 503"), Some(&b"2001:db8::1"[..]));
    assert_eq!(client("::1:52000 503"), Some(&b"::1"[..]));
    assert_eq!(client("unix:1 503"), Some(&b"unix"[..]));
    assert_eq!(client("2001:db8::101 503"), None);
    assert_eq!(client("10.0.0.1 503"), None);
}
