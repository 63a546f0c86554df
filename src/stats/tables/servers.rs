//! Requests by server, as `halog -srv` has them.

use super::Count;
use super::classes::{self, Classes};
use crate::line::FieldSet;
use crate::rollup::Merge;
use crate::stats::line::Line;
use crate::stats::places::Places;
use crate::stats::question::Question;
use crate::stats::sheet::{Cell, Heading, Rows};

pub const HEADINGS: [Heading; 18] = {
    let [one, two, three, four, five, other] = classes::HEADINGS;
    [
        Heading::name("backend", "backend"),
        Heading::name("server", "server; <NOSRV> where none was chosen"),
        Heading::figure("requests", "requests of mode http"),
        Heading::figure("sessions", "sessions of mode tcp"),
        one,
        two,
        three,
        four,
        five,
        other,
        Heading::figure("ok", "requests and sessions of which no timer is -1"),
        Heading::figure("ok_pct", "their share; percent"),
        Heading::figure("Tc_avg", "mean time to connect, where it was; ms"),
        Heading::figure(
            "Tr_avg",
            "mean time to the response headers, where they came; ms",
        ),
        Heading::figure("retries", "connections that were tried again"),
        Heading::figure(
            "redispatched",
            "requests and sessions that came here from another server",
        ),
        Heading::figure("bytes", "bytes to clients"),
        Heading::figure("bytes_avg", "their mean"),
    ]
};

#[derive(Debug, Default)]
pub struct Servers(Vec<Server>);

#[derive(Debug, Clone, Default)]
struct Server {
    classes: Classes,
    sessions: u64,
    ok: u64,
    connect: (u64, u64),
    response: (u64, u64),
    retries: u64,
    redispatched: u64,
    bytes: u64,
}

impl Count for Servers {
    #[inline]
    fn add(&mut self, line: &Line) {
        let traffic = line.traffic;
        if line.is_request() {
            let server = self.of(line.place);
            server.classes.add(traffic.status, line.times);
            server.add(line);
        } else if line.has(FieldSet::SERVER) {
            let server = self.of(line.place);
            server.sessions += line.times;
            server.add(line);
        }
    }

    fn merge(&mut self, other: Self, servers: &[u32]) {
        for (theirs, place) in other.0.into_iter().zip(servers) {
            self.of(*place).merge(theirs);
        }
    }

    fn rows(self, places: &Places, _: &Question) -> Box<dyn Rows> {
        let rows = (0..)
            .zip(self.0)
            .filter(|(_, server)| server.requests() > 0);
        let named = rows.map(|(nth, server)| {
            let place = places.place(nth);
            let backend = places.backend_name(place.backend).to_vec();
            (backend, place.server.clone(), server)
        });
        Box::new(Named(named.collect()))
    }
}

impl Servers {
    #[inline]
    fn of(&mut self, place: u32) -> &mut Server {
        let place = place as usize;
        if place >= self.0.len() {
            self.0.resize(place + 1, Server::default());
        }
        &mut self.0[place]
    }
}

impl Server {
    #[inline]
    fn add(&mut self, line: &Line) {
        let (traffic, times) = (line.traffic, line.times);
        self.ok += if line.is_complete() { times } else { 0 };
        measure(&mut self.connect, traffic.timers.connect, times);
        measure(&mut self.response, traffic.timers.response, times);
        self.retries += u64::from(traffic.retries) * times;
        self.redispatched += if traffic.redispatched { times } else { 0 };
        self.bytes = self
            .bytes
            .saturating_add(traffic.bytes.saturating_mul(times));
    }

    /// Sessions, too.
    fn requests(&self) -> u64 {
        self.classes.sum() + self.sessions
    }
}

/// Adds a time in ms to a sum and the number of its parts; below 0 it is none.
#[inline]
pub fn measure(sum: &mut (u64, u64), ms: i64, times: u64) {
    if ms >= 0 {
        sum.0 += ms.unsigned_abs() * times;
        sum.1 += times;
    }
}

/// Adds one sum to another.
pub fn join(mine: &mut (u64, u64), theirs: (u64, u64)) {
    mine.0 += theirs.0;
    mine.1 += theirs.1;
}

impl Merge for Server {
    fn merge(&mut self, other: Self) {
        self.classes.merge(other.classes);
        self.sessions += other.sessions;
        self.ok += other.ok;
        join(&mut self.connect, other.connect);
        join(&mut self.response, other.response);
        self.retries += other.retries;
        self.redispatched += other.redispatched;
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

struct Named(Vec<(Vec<u8>, Vec<u8>, Server)>);

impl Rows for Named {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn show(&self, row: usize, look: &mut dyn FnMut(&[Cell])) {
        let (backend, server, counted) = &self.0[row];
        let [class1, class2, class3, class4, class5, other] = counted.classes.cells();
        let all = counted.requests();
        let cells: [Cell; HEADINGS.len()] = [
            Cell::Text(backend.into()),
            Cell::Text(server.into()),
            Cell::count(counted.classes.sum()),
            Cell::count(counted.sessions),
            class1,
            class2,
            class3,
            class4,
            class5,
            other,
            Cell::count(counted.ok),
            Cell::Share(counted.ok, all),
            Cell::Mean(counted.connect.0, counted.connect.1),
            Cell::Mean(counted.response.0, counted.response.1),
            Cell::count(counted.retries),
            Cell::count(counted.redispatched),
            Cell::count(counted.bytes),
            Cell::Mean(counted.bytes, all),
        ];
        look(&cells);
    }
}
