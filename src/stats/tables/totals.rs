//! All requests of a part in one row: with parts of an hour, a log hour by hour.

use super::Count;
use super::classes::{self, Classes};
use crate::line::Mode;
use crate::rollup::Merge;
use crate::stats::line::Line;
use crate::stats::places::Places;
use crate::stats::question::Question;
use crate::stats::sheet::{Cell, Heading, Rows};
use crate::stats::spread::Spread;

pub const HEADINGS: [Heading; 17] = {
    let [one, two, three, four, five, other] = classes::HEADINGS;
    [
        Heading::figure("requests", "requests of mode http"),
        Heading::figure("sessions", "sessions of mode tcp"),
        Heading::figure(
            "handshakes",
            "connections that failed before there was a request",
        ),
        one,
        two,
        three,
        four,
        five,
        other,
        Heading::figure("ok", "requests and sessions of which no timer is -1"),
        Heading::figure("ok_pct", "their share; percent"),
        Heading::figure("bytes", "bytes to clients"),
        Heading::figure(
            "Tr_p50",
            "half of the requests had their response headers no later; ms",
        ),
        Heading::figure("Tr_p99", "99 percent had; ms"),
        Heading::figure("Ta_p99", "99 percent of the requests took no longer; ms"),
        Heading::figure("Tt_p99", "99 percent of the sessions took no longer; ms"),
        Heading::figure("Ta_max", "longest request; ms"),
    ]
};

#[derive(Debug, Default)]
pub struct Totals {
    classes: Classes,
    sessions: u64,
    handshakes: u64,
    ok: u64,
    bytes: u64,
    response: Spread,
    requests: Spread,
    lasted: Spread,
}

impl Count for Totals {
    #[inline]
    fn add(&mut self, line: &Line) {
        let (traffic, times) = (line.traffic, line.times);
        match traffic.mode {
            Mode::Handshake => return self.handshakes += times,
            Mode::Http => {
                self.classes.add(traffic.status, times);
                self.response.add(traffic.timers.response, times);
                self.requests.add(traffic.timers.total, times);
            }
            Mode::Tcp => {
                self.sessions += times;
                self.lasted.add(traffic.timers.total, times);
            }
        }
        self.ok += if line.is_complete() { times } else { 0 };
        self.bytes = self
            .bytes
            .saturating_add(traffic.bytes.saturating_mul(times));
    }

    fn merge(&mut self, other: Self, _: &[u32]) {
        self.classes.merge(other.classes);
        self.sessions += other.sessions;
        self.handshakes += other.handshakes;
        self.ok += other.ok;
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.response.merge(other.response);
        self.requests.merge(other.requests);
        self.lasted.merge(other.lasted);
    }

    fn rows(self, _: &Places, _: &Question) -> Box<dyn Rows> {
        Box::new(self)
    }
}

impl Rows for Totals {
    fn count(&self) -> usize {
        1
    }

    fn show(&self, _: usize, look: &mut dyn FnMut(&[Cell])) {
        let [class1, class2, class3, class4, class5, other] = self.classes.cells();
        let at = |spread: &Spread, permille| spread.at(permille).map_or(Cell::Missing, Cell::count);
        let cells: [Cell; HEADINGS.len()] = [
            Cell::count(self.classes.sum()),
            Cell::count(self.sessions),
            Cell::count(self.handshakes),
            class1,
            class2,
            class3,
            class4,
            class5,
            other,
            Cell::count(self.ok),
            Cell::Share(self.ok, self.classes.sum() + self.sessions),
            Cell::count(self.bytes),
            at(&self.response, 500),
            at(&self.response, 990),
            at(&self.requests, 990),
            at(&self.lasted, 990),
            at(&self.requests, 1000),
        ];
        look(&cells);
    }
}
