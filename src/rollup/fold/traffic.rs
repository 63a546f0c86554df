//! One line of traffic into its block.
//!
//! Enters: a traffic record. Leaves: it is counted by its second, its place and its end, and kept as an example where it
//! did not end well. Must not know: other kinds of lines.

use super::{Before, Folding};
use crate::envelope::Said;
use crate::line::{FieldSet, Mode, Reading, Traffic};
use crate::record::Record;
use crate::rollup::block::Request;
use crate::rollup::cell::{Outcome, Place};
use crate::rollup::dial::Written;
use crate::rollup::fingerprint;
use crate::rollup::hash;
use crate::rollup::inferred;
use crate::rollup::names::Id;
use crate::rollup::pulse::Process;
use crate::rollup::victims::{Victims, identity};
use crate::rollup::ways::{Like, Second, Way};
use crate::source::Position;
use crate::words::termination::{NOT_LOGGED, Symptom};

impl Folding<'_> {
    /// Counts a line; `figures` are [those](fingerprint::figures) of its traffic.
    #[inline]
    pub(super) fn traffic(&mut self, position: Position, record: &Record, figures: u64) {
        let Reading::Traffic(traffic) = &record.reading else {
            return;
        };
        let (envelope, offset) = (&record.envelope, position.offset);
        let writer = self.before.writers.again(record.header);
        let (process, number) = (writer.process, writer.number);
        let told = writer.told.as_ref();
        let read =
            told.and_then(|(told, moment)| Some((told.read(traffic, envelope.stamp)?, *moment)));
        let (written, moment) = match read {
            Some(read) => read,
            None => self.date(traffic, record, offset),
        };
        let mut times = 1;
        let mut like = None;
        match envelope.said {
            // What CONNECT asked for ends otherwise than its status says.
            Said::Once if is_connect(traffic) => {}
            Said::Once => like = Like::of(traffic, record.route, number),
            Said::Times(said) => times = u64::from(said),
            Said::LastAgain(_) => {}
        }
        // Made where it is needed: what most lines need of it stays in registers.
        let request = || Request {
            traffic,
            written,
            offset,
            figures,
            times,
        };
        let second = Second {
            block: self.block.number,
            moment,
        };
        match like.as_ref().and_then(|like| self.ways.find(like)) {
            Some(mut again) => {
                if *again.second != second {
                    self.block.follow(&mut again, process, second);
                }
                // Only good ends are kept there.
                self.block.count(*again.spot, &request(), Symptom::Fine);
                if is_drawn(figures) {
                    let place = again.way.place;
                    self.good(traffic, place, moment);
                }
            }
            None => self.count(request(), second, process, like, (position, record)),
        }
    }

    /// Counts a request of which none like it is known.
    #[inline(never)]
    fn count(
        &mut self,
        request: Request,
        second: Second,
        process: Process,
        like: Option<Like>,
        (position, record): (Position, &Record),
    ) {
        let traffic = request.traffic;
        let frontend = self.names.id(traffic.frontend);
        let (place, server, outcome) = match traffic.mode {
            Mode::Handshake => self.handshake(frontend, process),
            Mode::Http | Mode::Tcp => self.request(traffic, process),
        };
        let server = fingerprint::server(server);
        let number = self.block.places.number(place, || server);
        let spot = self
            .block
            .spot(number, outcome, second.moment, process, frontend);
        self.block.count(spot, &request, outcome.symptom);
        if outcome.is_telling() {
            let tally = &mut self.block.cells.at(spot.cell).tally;
            tally.witness(hurt_at(outcome, &request), position, record.text);
            let minute = *self.block.moments.at(second.moment);
            let key = (minute, place.backend, outcome.symptom);
            self.example(traffic, key, request.offset);
            return;
        }
        if is_drawn(request.figures) {
            self.good(traffic, place, second.moment);
        }
        if let Some(like) = like {
            let way = Way {
                place,
                server,
                frontend,
                outcome,
            };
            self.ways.keep(like, way, second, spot);
        }
    }

    /// When a request happened, and the number of its second; the next line of its writer is most likely of that second.
    #[inline(never)]
    fn date(&mut self, traffic: &Traffic, record: &Record, offset: u64) -> (Written, u32) {
        let (envelope, zone) = (&record.envelope, &self.lens.zone);
        let Before { dial, writers } = &mut *self.before;
        let (clock, written) = dial.read(traffic, envelope.stamp, zone, offset);
        let (moment, _) = self.block.moment(clock);
        let told = dial.told(traffic, envelope.stamp);
        let writer = writers.again(record.header);
        writer.told = told.map(|told| (told, moment));
        (written, moment)
    }

    fn request<'a>(
        &mut self,
        traffic: &Traffic<'a>,
        process: Process,
    ) -> (Place, &'a [u8], Outcome) {
        let place = Place {
            host: process.host,
            tag: process.tag,
            backend: self.names.id(traffic.backend),
            server: self.names.id(traffic.server),
            tcp: traffic.mode == Mode::Tcp,
            at_frontend: inferred::is_at_frontend(traffic),
        };
        let (symptom, tunnel) = (inferred::symptom(traffic), is_tunnel(traffic));
        let outcome = Outcome::new(traffic.term, traffic.status, symptom, tunnel);
        (place, traffic.server, outcome)
    }

    /// A connection that failed before there was a request. It is not timed, and no request.
    fn handshake(&mut self, frontend: Id, process: Process) -> (Place, &'static [u8], Outcome) {
        const NO_SERVER: &[u8] = b"<NOSRV>";
        let place = Place {
            host: process.host,
            tag: process.tag,
            backend: frontend,
            server: self.names.id(NO_SERVER),
            tcp: false,
            at_frontend: true,
        };
        let outcome = Outcome::new(NOT_LOGGED, 0, Symptom::Handshake, false);
        (place, NO_SERVER, outcome)
    }

    /// Keeps what a request that was well asked for, among some of its minute and backend.
    #[cold]
    fn good(&mut self, traffic: &Traffic, place: Place, moment: u32) {
        // Without dates, many lines are alike, and would be drawn together.
        if traffic.mode == Mode::Http && traffic.fields.has(FieldSet::ACCEPTED) {
            let key = (*self.block.moments.at(moment), place.backend, None);
            let well = self.block.victims.row(key, Victims::default);
            well.draw(traffic, identity(traffic));
        }
    }

    /// Keeps it as an example, by minute, backend and symptom.
    fn example(&mut self, traffic: &Traffic, key: (u32, Id, Symptom), offset: u64) {
        let (minute, backend, symptom) = key;
        let key = (minute, backend, Some(symptom));
        let victims = self.block.victims.row(key, Victims::default);
        // Without dates, many are alike: where they stand keeps them apart.
        let identity = match traffic.fields.has(FieldSet::ACCEPTED) {
            true => identity(traffic),
            false => hash::combine(identity(traffic), offset),
        };
        victims.add(traffic, identity);
    }
}

/// A server switched protocols, or let CONNECT through.
fn is_tunnel(traffic: &Traffic) -> bool {
    let is_through = (200..300).contains(&traffic.status);
    traffic.mode == Mode::Http && (traffic.status == 101 || is_through && is_connect(traffic))
}

#[inline]
fn is_connect(traffic: &Traffic) -> bool {
    traffic.request.starts_with(b"CONNECT ")
}

/// One request of some, by what HAProxy measured of it.
#[inline]
fn is_drawn(figures: u64) -> bool {
    figures >> (u64::BITS - ONE_OF) == 0
}

/// Requests that were well are drawn from one of two to the power of this.
const ONE_OF: u32 = 6;

/// When a request was hurt; ms. One whose transfer was cut or killed was well until then.
fn hurt_at(outcome: Outcome, request: &Request) -> i64 {
    match [outcome.term[0], outcome.term[1]] {
        [b'S', b'D' | b'L'] | [b'D' | b'K', _] => request.written.end,
        _ => request.written.onset,
    }
}
