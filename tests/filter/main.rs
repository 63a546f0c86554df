//! Which lines an expression means.

mod errors;
mod expressions;
mod halog;
#[path = "../needed/mod.rs"]
mod needed;
mod story;

use hapline::filter::Filter;
use hapline::line::Reader;
use hapline::record::{self, Record};
use hapline::time::zone::Zone;

fn zone(name: &str) -> Zone {
    Zone::named(name).expect("a zone")
}

/// A filter for a log of Paris.
fn filter(text: &str) -> Filter {
    Filter::compile(text, &zone("Europe/Paris")).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn read<T>(line: &str, look: impl FnOnce(Record) -> T) -> T {
    record::read(line.as_bytes(), &Reader::default(), look)
}

/// What an expression says of a line.
fn truth(text: &str, line: &str) -> Option<bool> {
    read(line, |record| filter(text).truth(&record))
}

/// A good request, with captures and a cookie.
const GOOD: &str = "Feb  6 12:14:14 lb1 haproxy[7]: 10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www~ api/s1 10/0/30/1069/1109 200 2750 SID=a - ---- 8/7/6/3/0 0/0 {shop.example.org|Mozilla/5.0 (X11)} {} \"GET /index.html HTTP/1.1\"";
/// A request that found no server, over IPv6.
const FAILED: &str = "Feb  6 12:14:15 lb2 haproxy[7]: 2001:db8::7:33317 [06/Feb/2026:12:14:15.001] www web/<NOSRV> 0/-1/-1/-1/5 503 217 - - SC-- 8/7/6/0/0 0/4 \"GET / HTTP/1.1\"";
/// A session of `mode tcp`.
const SESSION: &str = "Feb  6 12:14:16 lb1 haproxy[7]: 10.0.1.2:33313 [06/Feb/2026:12:14:16.443] fnt bck/srv1 0/1/+2 120 -- 3/3/3/1/0 0/0";
/// A server goes down.
const DOWN: &str = "Feb  6 12:14:17 lb1 haproxy[7]: Server api/s1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.";
