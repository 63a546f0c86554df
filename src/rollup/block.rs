//! All that is known of one grid block of one source.
//!
//! Enters: the lines that start in it, in any number of parts. Leaves: counts, cells, events and samples that
//! merge with those of other parts. Must not know: the blocks around it.
//!
//! A block is what bounds every table here: it holds as many names as fit into [`crate::source::Grid::bytes`].

use serde::{Deserialize, Serialize};

mod hints;
mod join;

use std::collections::BTreeMap;

use super::cell::{Outcome, Place};
use super::clock::Clock;
use super::counts::Counts;
use super::cut::Cuts;
use super::dating::Stamped;
use super::dial::Written;
use super::fingerprint::{Fingerprint, Kind, PrintKey};
use super::measured::Requests;
use super::names::Id;
use super::occurrence::{Notice, Occurrence};
use super::pulse::{Process, Pulse};
use super::rows::Rows;
use super::tally::Tally;
use super::timers::Ending;
use super::victims::Victims;
use super::ways::{Again, Second, Spot};
use crate::line::Traffic;
use crate::words::termination::Symptom;

/// Requests that a [`Cell`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellKey {
    /// Number of the second.
    pub moment: u32,
    /// Number of the place.
    pub place: u32,
    /// How they ended.
    pub outcome: Outcome,
}

/// Requests of one second, place and outcome; and where else they are counted, so that it is looked up for the first of
/// them alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cell {
    /// How many, and when they were hurt.
    pub tally: Tally,
    /// Number of whose waits theirs are in [`Block::timers`]; a handshake has none.
    pub timers: Option<u32>,
    /// Number of their fingerprint in [`Block::prints`].
    pub print: u32,
    /// What the name of their server adds to it.
    server: u64,
}

/// A request to be counted.
#[derive(Debug)]
pub struct Request<'a> {
    /// What its line says.
    pub traffic: &'a Traffic<'a>,
    /// When it was.
    pub written: Written,
    /// Offset of its line.
    pub offset: u64,
    /// What its line was [measured](super::fingerprint::figures) to be.
    pub figures: u64,
    /// How often its line says that it was logged.
    pub times: u64,
}

/// See the module. Seconds, minutes and places go by the numbers of their rows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Block {
    /// Lines of each part, by the offset of its first line.
    pub parts: BTreeMap<u64, u32>,
    /// What the lines were.
    pub counts: Counts,
    /// Those of them that stood just before already.
    pub copies: Counts,
    /// Where lines that were cut end.
    pub cuts: Cuts,
    /// Seconds in which traffic was written, each with the number of its minute.
    pub moments: Rows<Clock, u32>,
    /// Their minutes.
    pub minutes: Rows<Clock, ()>,
    /// Where requests went, each with what its server's name adds to a fingerprint.
    pub places: Rows<Place, u64>,
    /// Traffic by second, place and outcome.
    pub cells: Rows<CellKey, Cell>,
    /// Traffic by second, process and frontend.
    pub pulses: Rows<(u32, Process, Id), Pulse>,
    /// Everything else that HAProxy said.
    pub events: Vec<Occurrence>,
    /// What loggers on the way dropped.
    pub notices: Vec<Notice>,
    /// Whose waits were measured, by minute and place.
    pub timers: Rows<(u32, u32, Ending), ()>,
    /// The waits of each request, by the number of whose they are.
    pub waits: Requests,
    /// Samples by minute, backend and symptom; without one, of requests that were well.
    pub victims: Rows<(u32, Id, Option<Symptom>), Victims>,
    /// What makes copies known.
    pub prints: Rows<PrintKey, Fingerprint>,
    /// Offsets and clocks of events that a filter left out.
    pub dated: Vec<(u64, Clock)>,
    /// Tells its rows from those of other blocks.
    #[serde(skip)]
    pub(super) number: u32,
}

impl Block {
    /// An empty one, with the room that this one took: new memory costs more than what is put into it.
    pub fn emptied(mut self) -> Self {
        self.moments.clear();
        self.minutes.clear();
        self.places.clear();
        self.cells.clear();
        self.pulses.clear();
        self.events.clear();
        self.notices.clear();
        self.timers.clear();
        self.waits.clear();
        self.victims.clear();
        self.prints.clear();
        self.dated.clear();
        Self {
            parts: BTreeMap::new(),
            counts: Counts::default(),
            copies: Counts::default(),
            cuts: Cuts::default(),
            ..self
        }
    }

    /// Offsets and clocks of its lines, in their order; of the traffic of a process in a second, the first line, which stands
    /// for all of them.
    pub fn clocks(&self) -> Vec<Stamped> {
        let one = |offset: u64, clock: Clock| Stamped {
            offset,
            clock,
            lines: 1,
        };
        let pulses = self.pulses.iter().filter_map(|((moment, ..), pulse)| {
            let (clock, _) = self.moments.get(*moment)?;
            Some(Stamped {
                lines: pulse.lines(),
                ..one(pulse.first, *clock)
            })
        });
        let events = self.events.iter();
        let events = events.map(|event| one(event.position.offset, event.clock));
        let notices = self.notices.iter();
        let notices = notices.map(|notice| one(notice.offset, notice.clock));
        let dated = self
            .dated
            .iter()
            .map(|(offset, clock)| one(*offset, *clock));
        let mut clocks: Vec<Stamped> = pulses.chain(events).chain(notices).chain(dated).collect();
        clocks.sort_unstable();
        clocks
    }

    /// The numbers of a second and of its minute.
    #[inline]
    pub fn moment(&mut self, clock: Clock) -> (u32, u32) {
        let minutes = &mut self.minutes;
        let minute = || minutes.number(clock.minute(), || ());
        let moment = self.moments.number(clock, minute);
        (moment, *self.moments.at(moment))
    }

    /// The number of the cell for requests that ended alike in one second and place.
    pub fn cell(&mut self, key: CellKey) -> u32 {
        let Self {
            moments,
            places,
            cells,
            timers,
            prints,
            ..
        } = self;
        cells.number(key, || {
            let minute = *moments.at(key.moment);
            let (place, server) = places.of(key.place);
            let outcome = key.outcome;
            let ending = outcome.symptom.is_request().then(|| Ending {
                term: [outcome.term[0], outcome.term[1]],
                failed: outcome.symptom.is_failure(),
                tcp: place.tcp,
                tunnel: outcome.tunnel,
            });
            let print = PrintKey {
                minute,
                host: place.host,
                tag: place.tag,
                kind: Kind::of(outcome.symptom),
            };
            Cell {
                tally: Tally::default(),
                timers: ending.map(|ending| timers.number((minute, key.place, ending), || ())),
                print: prints.number(print, Fingerprint::default),
                server: *server,
            }
        })
    }

    /// The rows that count requests that ended alike in one second and place.
    pub fn spot(
        &mut self,
        place: u32,
        outcome: Outcome,
        moment: u32,
        process: Process,
        frontend: Id,
    ) -> Spot {
        let key = CellKey {
            moment,
            place,
            outcome,
        };
        let pulse = (moment, process, frontend);
        Spot {
            place,
            cell: self.cell(key),
            pulse: self.pulses.number(pulse, Pulse::default),
        }
    }

    /// Finds the rows of a way in another second.
    pub fn follow(&mut self, again: &mut Again, process: Process, second: Second) {
        let way = again.way;
        let place = match again.second.block == second.block {
            true => again.spot.place,
            false => self.places.number(way.place, || way.server),
        };
        *again.spot = self.spot(place, way.outcome, second.moment, process, way.frontend);
        *again.second = second;
    }

    /// Counts a request that showed a symptom.
    // Inlined, as it is asked for each line and most of what it counts stands in registers.
    #[inline(always)]
    pub fn count(&mut self, spot: Spot, request: &Request, symptom: Symptom) {
        let &Request {
            traffic,
            ref written,
            ..
        } = request;
        let [process, frontend, ..] = traffic.connections;
        let pulse = self.pulses.at(spot.pulse);
        pulse.add(request.offset, written.began, [process, frontend]);
        let cell = self.cells.at(spot.cell);
        cell.tally.add(traffic, written, symptom, request.times);
        let print = self.prints.at(cell.print);
        print.add(
            request.figures,
            cell.server,
            request.times,
            traffic.truncated,
        );
        // However often it was logged, it is one sample.
        if let Some(timers) = cell.timers {
            self.waits.add(timers, traffic);
        }
    }

    /// Lines in all, as the source has them; where parts were put together, more than were counted.
    pub fn lines(&self) -> u64 {
        self.parts.values().map(|&lines| u64::from(lines)).sum()
    }
}
