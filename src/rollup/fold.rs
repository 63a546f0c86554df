//! The fold itself: one line into its block.
//!
//! Enters: a piece of whole lines of one source. Leaves: a [`Rollup`] of it.
//! Must not know: the pieces before and after it.

use memchr::memchr;

use super::Rollup;
use super::block::{Block, CellKey, Notice, Occurrence};
use super::cell::{Outcome, Place, Tally, Witness};
use super::clock::{Clock, Dial, Written, took};
use super::copies::{Copies, Sight};
use super::counts::Class;
use super::endings::Endings;
use super::fingerprint::Fingerprint;
use super::hash;
use super::inferred;
use super::joined::Parts;
use super::lens::Lens;
use super::merge::Merge;
use super::pulse::{Most, Process, Pulse};
use super::timers::Measured;
use super::victims::{Victims, identity};
use crate::envelope::{Envelope, Said};
use crate::line::dropped;
use crate::line::{Event, FieldSet, Mode, Problem, Reading, Traffic};
use crate::record::{Readings, Record};
use crate::rollup::names::{Id, Names};
use crate::source::{BlockId, Lines, Position, SourceId};
use crate::words::termination::{NOT_LOGGED, Symptom};

/// Some whole lines of a source.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// The source.
    pub source: SourceId,
    /// The lines, and those around them that they may be joined with.
    pub lines: Lines<'a>,
}

impl Rollup {
    /// Folds a piece in, which follows the lines that `copies` was shown last. Of a line that is too long, only the
    /// first [`LONGEST_LINE`](crate::source::LONGEST_LINE) bytes are read. Lines that were cut in parts count where their
    /// first part stands.
    pub fn add(&mut self, piece: Piece, lens: &Lens, copies: &mut Copies) {
        let Lines {
            offset,
            bytes,
            before,
            after,
        } = piece.lines;
        copies.read_anew();
        let sight = Sight { offset, bytes };
        let mut parts = Parts::default();
        parts.around(offset - before.len() as u64, before);
        let mut readings = Readings::after(std::mem::take(&mut copies.lines), &lens.reader);
        let mut before = Before::default();
        let (mut rest, mut offset) = (bytes, offset);
        while !rest.is_empty() {
            let id = BlockId {
                source: piece.source,
                block: lens.grid.block(offset),
            };
            let end = lens.grid.start(id.block + 1);
            let room = || std::mem::take(&mut self.room);
            let block = self.blocks.entry(id).or_insert_with(room);
            before.moment = None;
            let part = offset;
            let mut nth = 0;
            while !rest.is_empty() && offset < end {
                let ahead = readings.ahead(rest);
                let length = match ahead {
                    Some(length) => length + 1,
                    None => memchr(b'\n', rest).map_or(rest.len(), |at| at + 1),
                };
                let (line, after) = rest.split_at(length);
                let position = Position {
                    source: piece.source,
                    offset,
                    part,
                    nth,
                };
                let whole = match ahead {
                    Some(length) => parts.go_by(&line[..length]),
                    None => parts.pass(position, line),
                };
                if let Some(line) = whole {
                    Folding {
                        block,
                        names: &mut self.names,
                        lens,
                        copies,
                        sight,
                        before: &mut before,
                        position,
                    }
                    .line(line, &mut readings);
                }
                nth += 1;
                offset += length as u64;
                rest = after;
            }
            *block.parts.entry(part).or_default() += nth;
        }
        copies.lines = readings.leave();
        parts.around(offset, after);
        for (position, line) in parts.whole() {
            self.add_counted(position, &line, lens, (copies, sight));
        }
        copies.leave(sight);
    }

    /// Folds a line in whose parts are counted.
    fn add_counted(
        &mut self,
        position: Position,
        line: &[u8],
        lens: &Lens,
        (copies, sight): (&mut Copies, Sight),
    ) {
        copies.read_anew();
        let id = BlockId {
            source: position.source,
            block: lens.grid.block(position.offset),
        };
        Folding {
            block: self.blocks.entry(id).or_default(),
            names: &mut self.names,
            lens,
            copies,
            sight,
            before: &mut Before::default(),
            position,
        }
        .line(line, &mut Readings::new(&lens.reader));
    }
}

/// What is known from the lines before.
#[derive(Default)]
struct Before {
    dial: Dial,
    /// Who wrote the lines with headers of these numbers; several processes may write into one log by turns.
    writers: [Option<(u64, Process)>; WRITERS],
    endings: Endings,
    /// A second, and what its number and that of its minute are in the block.
    moment: Option<(Clock, (u32, u32))>,
}

/// As many headers as [`Readings`] knows at a time.
const WRITERS: usize = 8;

struct Folding<'a> {
    block: &'a mut Block,
    names: &'a mut Names,
    lens: &'a Lens,
    copies: &'a mut Copies,
    sight: Sight<'a>,
    before: &'a mut Before,
    position: Position,
}

impl Folding<'_> {
    fn line<'l>(mut self, line: &'l [u8], readings: &mut Readings<'l>) {
        readings.read(line, |record| {
            if let Some(filter) = &self.lens.filter
                && !filter.keeps(record)
            {
                return self.leave_out(record);
            }
            let is_copy = self
                .copies
                .is_copy(record, self.position.offset, self.sight);
            let (text, message_at) = (record.text, record.message_at());
            if record.is_truncated() && !is_copy {
                self.block.cuts.add(&text[..message_at], &record.envelope);
            }
            let (envelope, header) = (&record.envelope, record.header);
            match &mut record.reading {
                Reading::Traffic(traffic) => {
                    self.count(traffic, is_copy);
                    if !is_copy {
                        inferred::complete(traffic);
                        self.traffic(traffic, envelope, header, text);
                    }
                }
                Reading::Event(event) => self.event(event, (envelope, header), text, message_at),
                Reading::Foreign => {
                    self.block.counts.other += 1;
                    if let Said::LastAgain(times) = envelope.said {
                        self.block.counts.unsaid += u64::from(times);
                    }
                    self.notice(envelope);
                }
                Reading::Unparsed(Problem::Empty) => self.block.counts.other += 1,
                Reading::Unparsed(Problem::Truncated) => self.block.counts.truncated += 1,
                Reading::Unparsed(_) => self.block.counts.unparsed += 1,
            }
        });
    }

    /// A line that does not count still tells when those around it were written, and which processes were there.
    fn leave_out(&mut self, record: &Record) {
        self.block.counts.filtered += 1;
        let (envelope, header) = (&record.envelope, record.header);
        let offset = self.position.offset;
        match &record.reading {
            Reading::Traffic(traffic) => {
                let zone = &self.lens.zone;
                let written = self.before.dial.read(traffic, envelope.stamp, zone, offset);
                let process = self.process(envelope, header);
                let frontend = self.names.id(traffic.frontend);
                let lines = Pulse {
                    n: 0,
                    first: offset,
                    accepted: written.end - took(traffic),
                    most: Most::default(),
                };
                let (moment, _) = self.block.moment(written.clock);
                self.block.pulse(moment, process, frontend, lines);
            }
            Reading::Event(_) => {
                let clock = Clock::of_stamp(envelope.stamp);
                self.block.dated.push((offset, clock));
            }
            Reading::Unparsed(_) | Reading::Foreign => {}
        }
    }

    fn count(&mut self, traffic: &Traffic, is_copy: bool) {
        let (cut, whole) = (u64::from(traffic.truncated), u64::from(!traffic.truncated));
        self.block.counts.truncated += cut;
        self.block.counts.traffic += whole;
        if is_copy {
            self.block.copies.truncated += cut;
            self.block.copies.traffic += whole;
        }
    }

    fn traffic(&mut self, traffic: &Traffic, envelope: &Envelope, header: u64, line: &[u8]) {
        let (zone, offset) = (&self.lens.zone, self.position.offset);
        let written = self.before.dial.read(traffic, envelope.stamp, zone, offset);
        let process = self.process(envelope, header);
        let frontend = self.names.id(traffic.frontend);
        let pulse = Pulse {
            n: 1,
            first: self.position.offset,
            accepted: written.end - took(traffic),
            most: Most {
                value: traffic.connections[1],
                lines: 1,
            },
        };
        let (moment, minute) = self.moment(written.clock);
        self.block.pulse(moment, process, frontend, pulse);
        // What was repeated counts as often; as a sample, of timers or of clients, it is one.
        let times = match envelope.said {
            Said::Times(times) => u64::from(times),
            Said::Once | Said::LastAgain(_) => 1,
        };
        let (place, server, outcome) = match traffic.mode {
            Mode::Handshake => self.handshake(frontend, process),
            Mode::Http | Mode::Tcp => {
                let place = self.place(traffic, process);
                (place, traffic.server, self.before.endings.outcome(traffic))
            }
        };
        let place = self.block.place(place, server);
        let key = CellKey {
            moment,
            place,
            outcome,
        };
        self.tally(traffic, written, key, times, line);
        if outcome.is_telling() {
            self.example(traffic, minute, place, outcome.symptom);
        }
    }

    #[inline]
    fn moment(&mut self, clock: Clock) -> (u32, u32) {
        match self.before.moment {
            Some((known, numbers)) if known == clock => numbers,
            _ => {
                let numbers = self.block.moment(clock);
                self.before.moment = Some((clock, numbers));
                numbers
            }
        }
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
        let outcome = Outcome {
            term: NOT_LOGGED,
            status: 0,
            symptom: Symptom::Handshake,
        };
        (place, NO_SERVER, outcome)
    }

    fn tally(
        &mut self,
        traffic: &Traffic,
        written: Written,
        key: CellKey,
        times: u64,
        line: &[u8],
    ) {
        let outcome = key.outcome;
        let cell = self.block.cell(key);
        cell.tally.add(traffic, written, outcome.symptom, times);
        let (timers, print) = (cell.timers, cell.print);
        if outcome.is_telling() {
            witness(&mut cell.tally, outcome, written, self.position, line);
        }
        if let Some(timers) = timers {
            self.block.measure(timers, Measured::of(traffic));
        }
        let server = *self.block.places.at(key.place);
        self.block.prints.at(print).merge(Fingerprint {
            n: 1,
            requests: times,
            truncated: u64::from(traffic.truncated),
            sum: summand(traffic, server),
        });
    }

    /// Keeps it as an example.
    fn example(&mut self, traffic: &Traffic, minute: u32, place: u32, symptom: Symptom) {
        let place = self.block.places.get(place);
        let backend = place.map_or(0, |(place, _)| place.backend);
        let key = (minute, backend, symptom);
        let victims = self.block.victims.row(key, Victims::default);
        // Without dates, many are alike: where they stand keeps them apart.
        let identity = match traffic.fields.has(FieldSet::ACCEPTED) {
            true => identity(traffic),
            false => hash::combine(identity(traffic), self.position.offset),
        };
        victims.add(traffic, identity);
    }

    fn event(
        &mut self,
        event: &Event,
        (envelope, header): (&Envelope, u64),
        line: &[u8],
        message_at: usize,
    ) {
        let class = match event {
            Event::Server(_) | Event::ServerFull { .. } | Event::Address { .. } => Class::State,
            Event::Check(_) => Class::HealthCheck,
            Event::NoServer { .. } | Event::Proxy { .. } | Event::Process(_) => Class::Process,
        };
        self.block.counts.count(class);
        let clock = Clock::of_stamp(envelope.stamp);
        let process = self.process(envelope, header);
        // What follows the message is wrapping, too.
        let end = message_at + envelope.message.len();
        let text = &line[..end.min(Occurrence::MAX)];
        self.block.events.push(Occurrence {
            position: self.position,
            clock,
            class,
            host: process.host,
            tag: process.tag,
            pid: process.pid,
            text: text.into(),
            message_at: message_at.min(text.len()),
        });
    }

    /// Keeps it if it tells that lines were dropped.
    fn notice(&mut self, envelope: &Envelope) {
        if let Some((logger, lines)) = dropped::read(envelope.message) {
            self.block.notices.push(Notice {
                offset: self.position.offset,
                clock: Clock::of_stamp(envelope.stamp),
                logger,
                lines,
                what: hash::combine(hash::bytes(envelope.host), hash::bytes(envelope.message)),
            });
        }
    }

    /// Who wrote a line with a header of this number.
    #[inline]
    fn process(&mut self, envelope: &Envelope, header: u64) -> Process {
        let nth = header as usize % WRITERS;
        if let Some((known, process)) = self.before.writers[nth]
            && known == header
            && header != 0
        {
            return process;
        }
        let process = Process {
            host: self.names.id(envelope.host),
            tag: self.names.id(envelope.tag),
            pid: envelope.pid.unwrap_or(0),
        };
        self.before.writers[nth] = Some((header, process));
        process
    }

    fn place(&mut self, traffic: &Traffic, process: Process) -> Place {
        Place {
            host: process.host,
            tag: process.tag,
            backend: self.names.id(traffic.backend),
            server: self.names.id(traffic.server),
            tcp: traffic.mode == Mode::Tcp,
            at_frontend: inferred::is_at_frontend(traffic),
        }
    }
}

/// Keeps the line if it was hurt before those that are known.
fn witness(tally: &mut Tally, outcome: Outcome, written: Written, position: Position, line: &[u8]) {
    let onset = hurt_at(outcome, written);
    if tally.wants_witness(onset, position) {
        let text = line[..line.len().min(Witness::MAX)].into();
        tally.witness = Some(Box::new(Witness {
            onset,
            position,
            text,
        }));
    }
}

/// What a line adds to its [`Fingerprint`]: a hash of its times, its status and its server, of which `server` is that of
/// the server's name. It is never kept, and is taken of each line: so it is cheaper than [`identity`], which draws samples.
fn summand(traffic: &Traffic, server: u64) -> u64 {
    let timers = &traffic.timers;
    let numbers = [
        traffic.accepted,
        timers.queue,
        timers.connect,
        timers.response,
        timers.total,
        i64::from(traffic.status),
    ];
    let numbers = numbers.into_iter().map(i64::cast_unsigned);
    hash::mix(numbers.fold(server, hash::step))
}

/// When a request was hurt; ms. One whose transfer was cut or killed was well until then.
fn hurt_at(outcome: Outcome, written: Written) -> i64 {
    match [outcome.term[0], outcome.term[1]] {
        [b'S', b'D' | b'L'] | [b'D' | b'K', _] => written.end,
        _ => written.onset,
    }
}
