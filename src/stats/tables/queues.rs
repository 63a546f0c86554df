//! Who had to wait for a server: what `halog -Q` and `-QS` keep, by server.

use super::Count;
use super::servers::{join, measure};
use crate::line::{FieldSet, Mode};
use crate::rollup::Merge;
use crate::stats::line::Line;
use crate::stats::places::Places;
use crate::stats::question::Question;
use crate::stats::sheet::{Cell, Heading, Rows};
use crate::stats::spread::Spread;

pub const HEADINGS: [Heading; 13] = [
    Heading::name("backend", "backend"),
    Heading::name("server", "server; <NOSRV> for requests that never got one"),
    Heading::figure("requests", "requests and sessions"),
    Heading::figure("queued", "those that found others before them in a queue"),
    Heading::figure("queued_pct", "their share; percent"),
    Heading::figure(
        "srv_queued",
        "those that found others in the server's queue",
    ),
    Heading::figure("srv_queue_max", "most that one found there"),
    Heading::figure(
        "backend_queued",
        "those that found others in the backend's queue",
    ),
    Heading::figure("backend_queue_max", "most that one found there"),
    Heading::figure(
        "lost",
        "requests and sessions that ended in a queue: the second character of the state is Q",
    ),
    Heading::figure("Tw_avg", "mean time in queues of those that waited; ms"),
    Heading::figure(
        "Tw_p99",
        "99 percent of those that waited did so no longer; ms",
    ),
    Heading::figure("Tw_max", "longest wait; ms"),
];

#[derive(Debug, Default)]
pub struct Queues(Vec<Queue>);

#[derive(Debug, Clone, Default)]
struct Queue {
    requests: u64,
    queued: u64,
    /// How many found others, and how many at most.
    of_server: (u64, u32),
    of_backend: (u64, u32),
    lost: u64,
    /// Above 0.
    waited: (u64, u64),
    waits: Spread,
}

impl Count for Queues {
    #[inline]
    fn add(&mut self, line: &Line) {
        let traffic = line.traffic;
        if traffic.mode == Mode::Handshake || !line.has(FieldSet::SERVER) {
            return;
        }
        let queue = self.of(line.place);
        let times = line.times;
        queue.requests += times;
        if traffic.srv_queue > 0 || traffic.backend_queue > 0 {
            queue.queued += times;
            meet(&mut queue.of_server, traffic.srv_queue, times);
            meet(&mut queue.of_backend, traffic.backend_queue, times);
        }
        queue.lost += if traffic.term[1] == b'Q' { times } else { 0 };
        let waited = traffic.queued();
        if waited > 0 {
            measure(&mut queue.waited, waited, times);
            queue.waits.add(waited, times);
        }
    }

    fn merge(&mut self, other: Self, servers: &[u32]) {
        for (theirs, place) in other.0.into_iter().zip(servers) {
            self.of(*place).merge(theirs);
        }
    }

    fn rows(self, places: &Places, _: &Question) -> Box<dyn Rows> {
        let rows = (0..).zip(self.0).filter(|(_, queue)| queue.requests > 0);
        let named = rows.map(|(nth, queue)| {
            let place = places.place(nth);
            let backend = places.backend_name(place.backend).to_vec();
            (backend, place.server.clone(), queue)
        });
        Box::new(Named(named.collect()))
    }
}

impl Queues {
    #[inline]
    fn of(&mut self, place: u32) -> &mut Queue {
        let place = place as usize;
        if place >= self.0.len() {
            self.0.resize(place + 1, Queue::default());
        }
        &mut self.0[place]
    }
}

/// Meets so many in a queue.
fn meet((met, most): &mut (u64, u32), others: u32, times: u64) {
    if others > 0 {
        *met += times;
        *most = others.max(*most);
    }
}

impl Merge for Queue {
    fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.queued += other.queued;
        for (mine, theirs) in [
            (&mut self.of_server, other.of_server),
            (&mut self.of_backend, other.of_backend),
        ] {
            mine.0 += theirs.0;
            mine.1 = mine.1.max(theirs.1);
        }
        self.lost += other.lost;
        join(&mut self.waited, other.waited);
        self.waits.merge(other.waits);
    }
}

struct Named(Vec<(Vec<u8>, Vec<u8>, Queue)>);

impl Rows for Named {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn show(&self, row: usize, look: &mut dyn FnMut(&[Cell])) {
        let (backend, server, queue) = &self.0[row];
        let wait = |permille| queue.waits.at(permille).map_or(Cell::Missing, Cell::count);
        let cells: [Cell; HEADINGS.len()] = [
            Cell::Text(backend.into()),
            Cell::Text(server.into()),
            Cell::count(queue.requests),
            Cell::count(queue.queued),
            Cell::Share(queue.queued, queue.requests),
            Cell::count(queue.of_server.0),
            Cell::count(queue.of_server.1.into()),
            Cell::count(queue.of_backend.0),
            Cell::count(queue.of_backend.1.into()),
            Cell::count(queue.lost),
            Cell::Mean(queue.waited.0, queue.waited.1),
            wait(990),
            wait(1000),
        ];
        look(&cells);
    }
}
