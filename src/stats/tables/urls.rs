//! Requests by URL, as the `-u` family of `halog` has them. Memory grows with the URLs that are distinct.

use memchr::{memchr, memchr3};

use super::Count;
use super::servers::{join, measure};
use crate::line::{FieldSet, Mode, escapes};
use crate::rollup::Merge;
use crate::stats::keyed::Keyed;
use crate::stats::line::Line;
use crate::stats::places::Places;
use crate::stats::question::Question;
use crate::stats::sheet::{Cell, Heading, Rows};

pub const HEADINGS: [Heading; 9] = [
    Heading::figure("requests", "requests of mode http"),
    Heading::figure("errors", "those of which a timer is -1"),
    Heading::figure("time", "sum of Tr, or of Ta where there is no Tr; ms"),
    Heading::figure("time_avg", "its mean; ms"),
    Heading::figure("ok_time", "sum of Tr; ms"),
    Heading::figure("ok_time_avg", "its mean over requests without error; ms"),
    Heading::figure("bytes_avg", "mean bytes to the client"),
    Heading::figure("bytes", "bytes to clients"),
    Heading::name(
        "url",
        "URL up to ? or ;, without --query; what came where there is none",
    ),
];

#[derive(Debug)]
pub struct Urls {
    keeps_query: bool,
    urls: Keyed<Asked>,
}

/// What was asked for at one URL.
#[derive(Debug, Default)]
struct Asked {
    requests: u64,
    errors: u64,
    time: u64,
    ok: (u64, u64),
    bytes: u64,
}

impl Urls {
    pub fn new(question: &Question) -> Self {
        Self {
            keeps_query: question.keeps_query,
            urls: Keyed::new(&question.hasher),
        }
    }
}

impl Count for Urls {
    #[inline]
    fn add(&mut self, line: &Line) {
        let traffic = line.traffic;
        if traffic.mode != Mode::Http || !line.has(FieldSet::REQUEST) {
            return;
        }
        let asked = self.urls.of(url(traffic.request, self.keeps_query));
        let (timers, times) = (&traffic.timers, line.times);
        asked.requests += times;
        asked.errors += if line.is_complete() { 0 } else { times };
        let time = match timers.response {
            ..0 => timers.total,
            response => response,
        };
        asked.time += time.max(0).unsigned_abs() * times;
        measure(&mut asked.ok, timers.response, times);
        asked.bytes = asked
            .bytes
            .saturating_add(traffic.bytes.saturating_mul(times));
    }

    fn merge(&mut self, other: Self, _: &[u32]) {
        self.urls.merge(other.urls);
    }

    fn rows(self, _: &Places, _: &Question) -> Box<dyn Rows> {
        Box::new(self)
    }
}

/// The URL of a request line, or of what stands in its place.
#[inline]
fn url(request: &[u8], keeps_query: bool) -> &[u8] {
    let rest = match memchr(b' ', request) {
        Some(blank) => &request[blank + 1..],
        None => request,
    };
    let end = match keeps_query {
        true => memchr(b' ', rest),
        false => memchr3(b' ', b'?', b';', rest),
    };
    &rest[..end.unwrap_or(rest.len())]
}

impl Merge for Asked {
    fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.errors += other.errors;
        self.time += other.time;
        join(&mut self.ok, other.ok);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

impl Rows for Urls {
    fn count(&self) -> usize {
        self.urls.count()
    }

    fn show(&self, row: usize, look: &mut dyn FnMut(&[Cell])) {
        let (url, asked) = self.urls.nth(row);
        let cells: [Cell; HEADINGS.len()] = [
            Cell::count(asked.requests),
            Cell::count(asked.errors),
            Cell::count(asked.time),
            Cell::Mean(asked.time, asked.requests),
            Cell::count(asked.ok.0),
            Cell::Mean(asked.ok.0, asked.requests - asked.errors),
            Cell::Mean(asked.bytes, asked.requests),
            Cell::count(asked.bytes),
            Cell::Text(escapes::hashes(url)),
        ];
        look(&cells);
    }
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn a_url_ends_where_its_parameters_begin() {
        for (request, without, with) in [
            ("GET /a?b=c HTTP/1.1", "/a", "/a?b=c"),
            ("GET /a;s=1?b=c HTTP/1.1", "/a", "/a;s=1?b=c"),
            (
                "GET https://a.example/b HTTP/2.0",
                "https://a.example/b",
                "https://a.example/b",
            ),
            ("GET /", "/", "/"),
            ("OPTIONS * HTTP/1.1", "*", "*"),
            ("<BADREQ>", "<BADREQ>", "<BADREQ>"),
            ("/only?uri", "/only", "/only?uri"),
            ("", "", ""),
        ] {
            let [found, kept] = [false, true].map(|keeps| url(request.as_bytes(), keeps));
            assert_eq!(
                (found, kept),
                (without.as_bytes(), with.as_bytes()),
                "{request}"
            );
        }
    }
}
