//! Lines of generated log-formats, printed by HAProxy's own rules (`log.c`: `lf_text`, `lf_encode_string`), and what is
//! read of them, whole and cut at every byte.

use super::formats::NOTHING;
use super::layouts::extras_of;
use hapline::line::{Clock, Extra, FieldSet as F, Format, Mode, Traffic};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// What HAProxy knows of a request.
#[derive(Debug, Clone)]
struct Event {
    numbers: [u32; 16],
    marks: [bool; 3],
    server: &'static str,
    term: &'static str,
    client: &'static str,
    /// Unescaped: cookie, URI behind its slash, headers, a variable, a unique id.
    cookie: String,
    uri: String,
    headers: Vec<String>,
    variable: String,
    id: String,
}

/// An item of a format.
struct Row {
    /// Of two rows of one group, a format has one.
    group: &'static str,
    flags: &'static str,
    alias: &'static str,
    quotes: Quotes,
    http: bool,
    fields: F,
    print: fn(&Event, bool) -> String,
    carry: for<'a> fn(&Event, &'a [u8], &mut Traffic<'a>),
    extra: Option<fn(&Event) -> Extra<'static>>,
}

/// What `+Q` does.
#[derive(Clone, Copy, PartialEq)]
enum Quotes {
    /// Nothing: numbers and dates.
    None,
    /// Puts them around the text, also where it is empty; that is `-` without it.
    Text,
    /// Puts them around the text where there is one; the text is what stands there, quotes included.
    Block,
}

/// `2026-02-06 00:00:00` UTC.
const DAY: i64 = 1_770_336_000_000;

fn ms(event: &Event) -> i64 {
    i64::from(event.numbers[0] % 3_600_000)
}

fn clock(ms: i64) -> String {
    let (minute, second) = (ms / 60_000, ms / 1_000 % 60);
    format!(
        "06/Feb/2026:{:02}:{:02}:{second:02}",
        minute / 60,
        minute % 60
    )
}

fn timer(event: &Event, at: usize) -> i64 {
    i64::from(event.numbers[at] % 100_000) - 1
}

fn plus(mark: bool, number: impl ToString) -> String {
    format!("{}{}", if mark { "+" } else { "" }, number.to_string())
}

/// `lf_encode_string`: `#` and two digits, and with `+E` a backslash before what is left of its three bytes.
fn encoded(text: &str, more: &str, escape: bool) -> String {
    let one = |byte: u8| match byte {
        b'"' | b'#' | 0..32 | 127.. => format!("#{byte:02X}"),
        byte if more.as_bytes().contains(&byte) => format!("#{byte:02X}"),
        b'\\' | b']' if escape => format!("\\{}", char::from(byte)),
        byte => char::from(byte).to_string(),
    };
    text.bytes().map(one).collect()
}

/// `lf_text`.
fn copied(text: &str, escape: bool) -> String {
    let one = |c: char| match c {
        '"' | '\\' | ']' if escape => format!("\\{c}"),
        c => c.to_string(),
    };
    text.chars().map(one).collect()
}

fn seconds(event: &Event) -> i64 {
    DAY + ms(event) / 1_000 * 1_000
}

fn text(text: &str) -> Extra<'static> {
    Extra::Text(text.as_bytes().to_vec().into())
}

macro_rules! rows {
    ($($group:literal $flags:literal $alias:literal $quotes:ident $http:literal $fields:expr, $print:expr, $carry:expr, $extra:expr;)+) => {
        vec![$(Row {
            group: $group, flags: $flags, alias: $alias, quotes: Quotes::$quotes, http: $http,
            fields: $fields, print: $print, carry: $carry, extra: $extra,
        }),+]
    };
}

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    rows! {
        "client" "" "ci" Text false F::CLIENT, |e, _| e.client.to_owned(), |_, s, t| t.client = s, None;
        "date" "" "t" None false F::ACCEPTED, |e, _| format!("{}.{:03}", clock(ms(e)), ms(e) % 1_000),
            |e, _, t| t.accepted = DAY + ms(e), None;
        "date" "" "trg" None true F::ACCEPTED, |e, _| clock(ms(e)) + " +0000",
            |e, _, t| (t.accepted, t.clock) = (seconds(e), Clock::Utc), None;
        "date" "" "Tl" None false F::ACCEPTED, |e, _| clock(ms(e) + 5_400_000) + " +0130",
            |e, _, t| (t.accepted, t.clock) = (seconds(e), Clock::Utc), None;
        "date" "" "Ts" None false F::ACCEPTED, |e, _| (seconds(e) / 1_000).to_string(),
            |e, _, t| (t.accepted, t.clock) = (seconds(e), Clock::Utc), None;
        "date" "+X" "Ts" None false F::ACCEPTED, |e, _| format!("{:04X}", seconds(e) / 1_000),
            |e, _, t| (t.accepted, t.clock) = (seconds(e), Clock::Utc), None;
        "frontend" "" "f" Text false F::FRONTEND, |_, _| "fe.a:1".to_owned(), |_, s, t| t.frontend = s, None;
        "frontend" "" "ft" Text false F::FRONTEND | F::TLS, |e, _| format!("fe-b{}", if e.marks[2] { "~" } else { "" }),
            |e, _, t| (t.frontend, t.tls) = (b"fe-b", e.marks[2]), None;
        "backend" "" "b" Text false F::BACKEND, |_, _| "be_app".to_owned(), |_, s, t| t.backend = s, None;
        "server" "" "s" Text false F::SERVER, |e, _| e.server.to_owned(), |_, s, t| t.server = s, None;
        "TR" "" "TR" None true F::REQUEST_TIME, |e, _| timer(e, 1).to_string(), |e, _, t| t.timers.request = timer(e, 1), None;
        "Tw" "" "Tw" None false F::QUEUE_TIME, |e, _| timer(e, 2).to_string(), |e, _, t| t.timers.queue = timer(e, 2), None;
        "Tc" "" "Tc" None false F::CONNECT_TIME, |e, _| timer(e, 3).to_string(), |e, _, t| t.timers.connect = timer(e, 3), None;
        "Tr" "" "Tr" None true F::RESPONSE_TIME, |e, _| timer(e, 4).to_string(), |e, _, t| t.timers.response = timer(e, 4), None;
        "total" "" "Ta" None true F::TOTAL_TIME, |e, _| plus(e.marks[0], e.numbers[5]),
            |e, _, t| (t.timers.total, t.early) = (e.numbers[5].into(), t.early | e.marks[0]), None;
        "total" "" "Tu" None false F::TOTAL_TIME, |e, _| plus(e.marks[0], e.numbers[5]),
            |e, _, t| (t.timers.total, t.early) = (e.numbers[5].into(), t.early | e.marks[0]), None;
        "Td" "" "Td" None false F::NONE, |e, _| timer(e, 6).to_string(), |_, _, _| {}, Some(|e| Extra::Number(timer(e, 6)));
        "status" "" "ST" None true F::STATUS, |e, _| ["-1", "0", "200", "503"][e.numbers[7] as usize % 4].to_owned(),
            |e, _, t| t.status = [-1, 0, 200, 503][e.numbers[7] as usize % 4], None;
        "bytes" "" "B" None false F::BYTES, |e, _| plus(e.marks[0], e.numbers[8]),
            |e, _, t| (t.bytes, t.early) = (e.numbers[8].into(), t.early | e.marks[0]), None;
        "U" "" "U" None false F::NONE, |e, _| e.numbers[9].to_string(), |_, _, _| {}, Some(|e| Extra::Number(e.numbers[9].into()));
        "rc" "" "rc" None false F::RETRIES, |e, _| plus(e.marks[1], e.numbers[10]),
            |e, _, t| (t.retries, t.redispatched) = (e.numbers[10], e.marks[1]), None;
        "bq" "" "bq" None false F::BACKEND_QUEUE, |e, _| e.numbers[11].to_string(), |e, _, t| t.backend_queue = e.numbers[11], None;
        "fc" "" "fc" None false F::FRONTEND_CONNECTIONS, |e, _| e.numbers[12].to_string(), |e, _, t| t.connections[1] = e.numbers[12], None;
        "rt" "+X" "rt" None false F::NONE, |e, _| format!("{:04X}", e.numbers[13]), |_, _, _| {},
            Some(|e| text(&format!("{:04X}", e.numbers[13])));
        "term" "" "ts" None false F::TERM, |e, _| e.term[..2].to_owned(), |e, _, t| t.term[..2].copy_from_slice(&e.term.as_bytes()[..2]), None;
        "term" "" "tsc" None false F::TERM | F::PERSISTENCE, |e, _| e.term.to_owned(), |e, _, t| t.term.copy_from_slice(e.term.as_bytes()), None;
        "cookie" "" "CC" Text true F::REQUEST_COOKIE, |e, x| copied(&e.cookie, x), |_, s, t| t.cookies[0] = s, None;
        "request" "" "r" Text true F::REQUEST, |e, x| encoded(&format!("GET /{} HTTP/1.1", e.uri), "", x), |_, s, t| t.request = s, None;
        "request" "" "HU" Text true F::REQUEST, |e, x| encoded(&format!("/{}", e.uri.replace(' ', "")), "", x), |_, s, t| t.request = s, None;
        "captures" "" "hr" Block false F::CAPTURES, |e, x| match &e.headers[..] {
            [] => String::new(),
            headers => format!("{{{}}}", headers.iter().map(|h| encoded(h, "{|}", x)).collect::<Vec<_>>().join("|")),
        }, |_, s, t| t.captures = s, None;
        "variable" "" "[var(txn.a)]" Text false F::NONE, |e, x| copied(&e.variable, x), |_, _, _| {}, Some(|e| text(&e.variable));
        "id" "" "ID" Text false F::NONE, |e, x| copied(&e.id, x), |_, _, _| {}, Some(|e| text(&e.id));
    }
}

/// What stands in a format, and behind it.
#[derive(Debug, Clone)]
struct Item {
    row: usize,
    quote: bool,
    escape: bool,
    behind: &'static str,
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let all: Vec<usize> = (0..rows().len()).collect();
    let behind = select(vec![" ", " | ", " [", "] ", "  ", " key:", " %% ", ", "]);
    let chosen = subsequence(all, 2..12).prop_shuffle();
    (chosen, vec((any::<bool>(), any::<bool>(), behind), 12)).prop_map(|(chosen, more)| {
        let rows = rows();
        let mut groups = Vec::new();
        let mut items = Vec::new();
        for (row, (quote, escape, behind)) in chosen.into_iter().zip(more) {
            if !groups.contains(&rows[row].group) {
                groups.push(rows[row].group);
                items.push(Item {
                    row,
                    quote,
                    escape,
                    behind,
                });
            }
        }
        items
    })
}

fn events() -> impl Strategy<Value = Event> {
    let word = || "[a-zA-Z=;()'\\\\\\[\\]{}|#/.?&é]{0,10}";
    let places = (
        select(vec!["web1", "<NOSRV>", "<STATS>", "a.b:8080"]),
        select(vec!["----", "SC--", "sHVN", "CD--"]),
        select(vec!["10.0.0.1", "2001:db8::1", "unix"]),
    );
    let texts = (
        word(),
        word(),
        vec(word(), 0..3),
        word(),
        "[A-F0-9:_]{1,20}",
    );
    (any::<[u32; 16]>(), any::<[bool; 3]>(), places, texts).prop_map(
        |(numbers, marks, (server, term, client), (cookie, uri, headers, variable, id))| Event {
            numbers,
            marks,
            server,
            term,
            client,
            cookie,
            uri,
            headers,
            variable,
            id,
        },
    )
}

fn format_of(items: &[Item]) -> String {
    let rows = rows();
    let item = |item: &Item| {
        let row = &rows[item.row];
        let flags = [
            ("+Q", item.quote),
            ("+E", item.escape),
            (row.flags, !row.flags.is_empty()),
        ];
        let flags: Vec<&str> = flags
            .iter()
            .filter(|(_, on)| *on)
            .map(|(flag, _)| *flag)
            .collect();
        let flags = if flags.is_empty() {
            String::new()
        } else {
            format!("{{{}}}", flags.join(","))
        };
        format!("%{flags}{}{}", row.alias, item.behind)
    };
    items.iter().map(item).collect()
}

/// A line, and for each item where its text begins and ends.
fn print(items: &[Item], event: &Event) -> (String, Vec<(usize, usize)>) {
    let (rows, mut line, mut places) = (rows(), String::new(), Vec::new());
    for item in items {
        let row = &rows[item.row];
        let inner = (row.print)(event, item.escape);
        let is_absent = inner.is_empty();
        let inside = item.quote && row.quotes == Quotes::Text;
        let block = item.quote && row.quotes == Quotes::Block && !is_absent;
        line += if inside || block { "\"" } else { "" };
        let start = line.len() - usize::from(block);
        line += if is_absent && row.quotes == Quotes::Text && !item.quote {
            "-"
        } else {
            &inner
        };
        line += if block { "\"" } else { "" };
        places.push((start, line.len()));
        line += if inside { "\"" } else { "" };
        for c in item.behind.replace("%%", "%").chars() {
            // HAProxy merges blanks.
            if c != ' ' || !(line.is_empty() || line.ends_with(' ')) {
                line.push(c);
            }
        }
    }
    (line, places)
}

fn expected<'a>(
    items: &[Item],
    event: &Event,
    line: &'a str,
    places: &[(usize, usize)],
) -> Traffic<'a> {
    let rows = rows();
    let mut traffic = NOTHING;
    for (item, (start, end)) in items.iter().zip(places) {
        let row = &rows[item.row];
        (row.carry)(event, &line.as_bytes()[*start..*end], &mut traffic);
        traffic.fields |= row.fields;
        if row.http {
            traffic.mode = Mode::Http;
        }
    }
    traffic
}

/// A format, if there is one of these items.
fn compiled(items: &[Item]) -> Option<Format> {
    Format::compile("generated", &format_of(items)).ok()
}

/// Where HAProxy's text does not tell its end, nothing may stand in it that looks like what follows.
fn told_apart(items: &[Item], mut event: Event) -> Event {
    let quoted = |group: &str| {
        let rows = rows();
        items
            .iter()
            .any(|item| rows[item.row].group == group && item.quote)
    };
    if quoted("variable") {
        event.variable += " a, b";
    }
    event
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, max_global_rejects: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn what_haproxy_prints_reads_back(items in items(), event in events()) {
        let Some(format) = compiled(&items) else { return Err(TestCaseError::reject("no format")) };
        let event = told_apart(&items, event);
        let (line, places) = print(&items, &event);
        let read = format.read(line.as_bytes()).map(|read| read.traffic);
        prop_assert_eq!(read, Some(expected(&items, &event, &line, &places)), "{} | {}", format.text(), &line);
        let rows = rows();
        let mut extras = Vec::new();
        for (item, (start, end)) in items.iter().zip(&places) {
            if let Some(extra) = rows[item.row].extra.filter(|_| &line[*start..*end] != "-") {
                extras.push(extra(&event));
            }
        }
        let found = extras_of(&format, line.as_bytes()).into_iter().filter(|(name, _)| *name != "%cp");
        prop_assert_eq!(found.map(|(_, extra)| extra).collect::<Vec<_>>(), extras, "{} | {}", format.text(), &line);
    }

    #[test]
    fn a_cut_has_what_stands_before_it(mut items in items(), event in events()) {
        for item in &mut items {
            // Without quotes, nothing tells a cut request from a whole one and the text behind it.
            item.quote |= rows()[item.row].alias == "r";
        }
        let Some(format) = compiled(&items) else { return Err(TestCaseError::reject("no format")) };
        let (line, places) = print(&items, &event);
        // A text that holds what is to end it ends there as soon as the line does.
        let holds_its_end = |(item, (start, end)): (&Item, &(usize, usize))| {
            let behind = item.behind.trim();
            !behind.is_empty() && line[*start..*end].contains(behind)
        };
        if items.iter().zip(&places).any(holds_its_end) {
            return Err(TestCaseError::reject("a text that holds its end"));
        }
        let rows = rows();
        for cut in 0..line.len() {
            let Some(read) = format.read(&line.as_bytes()[..cut]) else { continue };
            let part = read.traffic;
            let what = format!("{} | {} | {part:?}", format.text(), String::from_utf8_lossy(&line.as_bytes()[..cut]));
            for (at, (item, (start, end))) in items.iter().zip(&places).enumerate() {
                let row = &rows[item.row];
                if row.fields == F::NONE || !part.fields.has_any(row.fields) {
                    continue;
                }
                // What is left of the last may be all of another value; captures may be absent.
                let may_be_absent = |item: &Item| rows[item.row].quotes == Quotes::Block;
                let is_last = items[at + 1..].iter().all(may_be_absent);
                if is_last && *end > cut {
                    continue;
                }
                let left = &line.as_bytes()[*start..(*end).min(cut).max(*start)];
                let left = if *end > cut { left.trim_ascii_end() } else { left };
                let mut again = part.clone();
                (row.carry)(&event, left, &mut again);
                let is_text = row.quotes != Quotes::None;
                let told = *end <= cut || is_text && part.truncated;
                prop_assert!(told && again == part, "{}: {}", row.alias, what);
            }
        }
    }
}
