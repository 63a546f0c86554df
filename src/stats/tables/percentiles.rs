//! Every timer by percentiles, as `halog -pct` has some of them.

use super::Count;
use crate::line::{FieldSet, Mode, Timers};
use crate::rollup::Merge;
use crate::stats::line::Line;
use crate::stats::places::Places;
use crate::stats::question::Question;
use crate::stats::sheet::{Cell, Heading, Rows};
use crate::stats::spread::{Spread, rank};

pub const HEADINGS: [Heading; 10] = [
    Heading::name(
        "of",
        "http, tcp: requests and sessions of which no timer is -1; http_cut, tcp_cut: the others",
    ),
    Heading::name("percent", "percentile: so many took no longer"),
    Heading::figure(
        "requests",
        "requests or sessions that are so many percent of them",
    ),
    Heading::figure("TR", "time to receive the request; ms"),
    Heading::figure("Tw", "time in queues; ms"),
    Heading::figure("Tc", "time to connect, retries included; ms"),
    Heading::figure("Tr", "time to the response headers; ms"),
    Heading::figure(
        "Td",
        "time to transfer data: the total without the others; ms",
    ),
    Heading::figure("Ta", "total of a request; ms"),
    Heading::figure("Tt", "total of a session; ms"),
];

/// What `of` says, in its order.
const POPULATIONS: [&str; 4] = ["http", "http_cut", "tcp", "tcp_cut"];

#[derive(Debug, Default)]
pub struct Percentiles(Box<[Population; POPULATIONS.len()]>);

/// The timers of some requests.
#[derive(Debug, Default)]
struct Population {
    count: u64,
    request: Spread,
    queue: Spread,
    connect: Spread,
    response: Spread,
    data: Spread,
    total: Spread,
}

impl Count for Percentiles {
    #[inline]
    fn add(&mut self, line: &Line) {
        let first = match line.traffic.mode {
            Mode::Http => 0,
            Mode::Tcp => 2,
            Mode::Handshake => return,
        };
        let is_cut = !line.is_complete();
        self.0[first + usize::from(is_cut)].add(line);
    }

    fn merge(&mut self, other: Self, _: &[u32]) {
        for (mine, theirs) in self.0.iter_mut().zip(*other.0) {
            mine.merge(theirs);
        }
    }

    fn rows(self, _: &Places, question: &Question) -> Box<dyn Rows> {
        let named = POPULATIONS.into_iter().zip(self.0.iter());
        let there = named.filter(|(_, population)| population.count > 0);
        let rows = there.flat_map(|(of, population)| {
            let percentiles = question.permille.iter();
            percentiles.map(move |permille| population.row(of, *permille))
        });
        Box::new(Ranked(rows.collect()))
    }
}

impl Population {
    #[inline]
    fn add(&mut self, line: &Line) {
        let Timers {
            request,
            queue,
            connect,
            response,
            total,
        } = line.traffic.timers;
        let times = line.times;
        self.count += times;
        self.request.add(request, times);
        self.queue.add(queue, times);
        self.connect.add(connect, times);
        self.response.add(response, times);
        if line.has(FieldSet::TOTAL_TIME) {
            let before: i64 = [request, queue, connect, response]
                .into_iter()
                .map(|ms| ms.max(0))
                .sum();
            self.data.add((total - before).max(0), times);
            self.total.add(total, times);
        }
    }

    fn row(&self, of: &'static str, permille: u16) -> Row {
        let Self {
            request,
            queue,
            connect,
            response,
            data,
            total,
            ..
        } = self;
        let timers = [request, queue, connect, response, data, total];
        Row {
            of,
            permille,
            count: rank(self.count, permille),
            timers: timers.map(|timer| timer.at(permille)),
        }
    }
}

impl Merge for Population {
    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.request.merge(other.request);
        self.queue.merge(other.queue);
        self.connect.merge(other.connect);
        self.response.merge(other.response);
        self.data.merge(other.data);
        self.total.merge(other.total);
    }
}

#[derive(Debug)]
struct Row {
    of: &'static str,
    permille: u16,
    count: u64,
    /// In the order of the columns, the last one for both totals.
    timers: [Option<u64>; 6],
}

struct Ranked(Vec<Row>);

impl Rows for Ranked {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn show(&self, row: usize, look: &mut dyn FnMut(&[Cell])) {
        let row = &self.0[row];
        let [request, queue, connect, response, data, total] =
            row.timers.map(|ms| ms.map_or(Cell::Missing, Cell::count));
        let is_http = row.of.starts_with("http");
        let (of_request, of_session) = match is_http {
            true => (total, Cell::Missing),
            false => (Cell::Missing, total),
        };
        let cells: [Cell; HEADINGS.len()] = [
            Cell::Code(row.of.into()),
            Cell::Tenths(row.permille.into()),
            Cell::count(row.count),
            request,
            queue,
            connect,
            response,
            data,
            of_request,
            of_session,
        ];
        look(&cells);
    }
}
