//! Requests by client, as `halog -ic` has them. Memory grows with the clients that are distinct.

use super::Count;
use super::servers::{join, measure};
use crate::line::{FieldSet, Mode};
use crate::rollup::Merge;
use crate::stats::keyed::Keyed;
use crate::stats::line::Line;
use crate::stats::places::Places;
use crate::stats::question::Question;
use crate::stats::sheet::{Cell, Heading, Rows};

pub const HEADINGS: [Heading; 12] = [
    Heading::figure("requests", "requests of mode http"),
    Heading::figure("sessions", "sessions of mode tcp"),
    Heading::figure(
        "handshakes",
        "connections that failed before there was a request",
    ),
    Heading::figure("errors", "requests and sessions of which a timer is -1"),
    Heading::figure("no_request", "requests that never came whole: TR is -1"),
    Heading::figure("time", "sum of TR, or of Ta where there is no TR; ms"),
    Heading::figure("time_avg", "its mean; ms"),
    Heading::figure("ok_time", "sum of TR; ms"),
    Heading::figure("ok_time_avg", "its mean over requests that came whole; ms"),
    Heading::figure("bytes_avg", "mean bytes to the client"),
    Heading::figure("bytes", "bytes to the client"),
    Heading::name("client", "its address"),
];

#[derive(Debug)]
pub struct Clients(Keyed<Asked>);

/// What one client asked for.
#[derive(Debug, Default)]
struct Asked {
    requests: u64,
    sessions: u64,
    handshakes: u64,
    errors: u64,
    no_request: u64,
    time: u64,
    ok: (u64, u64),
    bytes: u64,
}

impl Clients {
    pub fn new(question: &Question) -> Self {
        Self(Keyed::new(&question.hasher))
    }
}

impl Count for Clients {
    #[inline]
    fn add(&mut self, line: &Line) {
        if !line.has(FieldSet::CLIENT) {
            return;
        }
        let (traffic, times) = (line.traffic, line.times);
        let asked = self.0.of(traffic.client);
        match traffic.mode {
            Mode::Handshake => return asked.handshakes += times,
            Mode::Tcp => asked.sessions += times,
            Mode::Http => {
                asked.requests += times;
                let timers = &traffic.timers;
                let time = match timers.request {
                    ..0 => timers.total,
                    request => request,
                };
                asked.time += time.max(0).unsigned_abs() * times;
                measure(&mut asked.ok, timers.request, times);
                let is_lost = timers.request < 0 && line.has(FieldSet::REQUEST_TIME);
                asked.no_request += if is_lost { times } else { 0 };
            }
        }
        asked.errors += if line.is_complete() { 0 } else { times };
        asked.bytes = asked
            .bytes
            .saturating_add(traffic.bytes.saturating_mul(times));
    }

    fn merge(&mut self, other: Self, _: &[u32]) {
        self.0.merge(other.0);
    }

    fn rows(self, _: &Places, _: &Question) -> Box<dyn Rows> {
        Box::new(self)
    }
}

impl Merge for Asked {
    fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.sessions += other.sessions;
        self.handshakes += other.handshakes;
        self.errors += other.errors;
        self.no_request += other.no_request;
        self.time += other.time;
        join(&mut self.ok, other.ok);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

impl Rows for Clients {
    fn count(&self) -> usize {
        self.0.count()
    }

    fn show(&self, row: usize, look: &mut dyn FnMut(&[Cell])) {
        let (client, asked) = self.0.nth(row);
        let (time, whole) = asked.ok;
        let cells: [Cell; HEADINGS.len()] = [
            Cell::count(asked.requests),
            Cell::count(asked.sessions),
            Cell::count(asked.handshakes),
            Cell::count(asked.errors),
            Cell::count(asked.no_request),
            Cell::count(asked.time),
            Cell::Mean(asked.time, asked.requests),
            Cell::count(time),
            Cell::Mean(time, whole),
            Cell::Mean(asked.bytes, asked.requests + asked.sessions),
            Cell::count(asked.bytes),
            Cell::Text(client.into()),
        ];
        look(&cells);
    }
}
