//! The fold itself: one line into its block.
//!
//! Enters: a piece of whole lines of one source. Leaves: a [`Rollup`] of it.
//! Must not know: the pieces before and after it.

use memchr::memchr;

use super::Rollup;
use super::block::{Block, Class, Fingerprint, Kind, Occurrence, PrintKey, Process};
use super::cell::{Outcome, Place, Witness};
use super::clock::{Clock, Written};
use super::hash;
use super::inferred;
use super::lens::Lens;
use super::merge::Merge;
use super::timers::{self, Ending, TimerKey, Wait};
use super::victims::identity;
use crate::envelope::Envelope;
use crate::line::{Event, FieldSet, Mode, Problem, Reading, Traffic};
use crate::record::{self, Record};
use crate::rollup::names::Names;
use crate::source::LONGEST_LINE;
use crate::source::Position;
use crate::source::{BlockId, SourceId};
use crate::words::termination::Symptom;

/// Some whole lines of a source.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// The source.
    pub source: SourceId,
    /// Offset of the first byte.
    pub offset: u64,
    /// The lines, each with its newline; the last may lack one.
    pub bytes: &'a [u8],
}

impl Rollup {
    /// Folds a piece in. Of a line that is too long, only the first [`LONGEST_LINE`] bytes are read.
    pub fn add(&mut self, piece: Piece, lens: &Lens) {
        let grid = lens.grid;
        let (mut rest, mut offset) = (piece.bytes, piece.offset);
        while !rest.is_empty() {
            let id = BlockId {
                source: piece.source,
                block: grid.block(offset),
            };
            let end = grid.start(id.block + 1);
            let block = self.blocks.entry(id).or_default();
            let part = offset;
            let mut nth = 0;
            while !rest.is_empty() && offset < end {
                let length = memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
                let (line, after) = rest.split_at(length);
                let position = Position {
                    source: piece.source,
                    offset,
                    part,
                    nth,
                };
                Folding {
                    block,
                    names: &mut self.names,
                    lens,
                    position,
                }
                .line(&line[..line.len().min(LONGEST_LINE)]);
                nth += 1;
                offset += length as u64;
                rest = after;
            }
            *block.parts.entry(part).or_default() += nth;
        }
    }
}

struct Folding<'a> {
    block: &'a mut Block,
    names: &'a mut Names,
    lens: &'a Lens,
    position: Position,
}

impl Folding<'_> {
    fn line(mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        record::read(line, &self.lens.reader, |record| {
            if let Some(filter) = &self.lens.filter
                && !filter.keeps(&record)
            {
                return self.leave_out(&record);
            }
            let (envelope, text) = (record.envelope, record.text);
            match record.reading {
                Reading::Traffic(mut traffic) => {
                    inferred::complete(&mut traffic);
                    self.traffic(&traffic, &envelope, text);
                }
                Reading::Event(event) => self.event(&event, &envelope, text),
                Reading::Foreign | Reading::Unparsed(Problem::Empty) => {
                    self.block.counts.other += 1;
                }
                Reading::Unparsed(Problem::Truncated) => self.block.counts.truncated += 1,
                Reading::Unparsed(_) => self.block.counts.unparsed += 1,
            }
        });
    }

    /// A line that does not count still tells when those around it were written, and which processes were there.
    fn leave_out(&mut self, record: &Record) {
        self.block.counts.filtered += 1;
        let (envelope, offset) = (&record.envelope, self.position.offset);
        match &record.reading {
            Reading::Traffic(traffic) => {
                let clock = Written::of(traffic, envelope.stamp, &self.lens.zone, offset).clock;
                let process = self.process(envelope);
                self.block.pulse(clock, process, 0, offset);
            }
            Reading::Event(_) => {
                let clock = Clock::of_stamp(envelope.stamp);
                self.block.dated.push((offset, clock));
            }
            Reading::Unparsed(_) | Reading::Foreign => {}
        }
    }

    fn traffic(&mut self, traffic: &Traffic, envelope: &Envelope, line: &[u8]) {
        if traffic.truncated {
            self.block.counts.truncated += 1;
        } else {
            self.block.counts.traffic += 1;
        }
        let written = Written::of(
            traffic,
            envelope.stamp,
            &self.lens.zone,
            self.position.offset,
        );
        let process = self.process(envelope);
        self.block
            .pulse(written.clock, process, 1, self.position.offset);
        if traffic.mode == Mode::Handshake {
            self.print(traffic, written.clock, process, Kind::Handshake);
            return;
        }
        let place = self.place(traffic, process);
        let outcome = outcome(traffic);
        let minute = written.clock.minute();
        self.print(traffic, minute, process, Kind::of(outcome.symptom));
        self.tally(traffic, written, place, outcome, line);
        self.distribute(traffic, minute, place, outcome);
        if outcome.symptom != Symptom::Fine {
            self.example(traffic, minute, place, outcome.symptom);
        }
    }

    fn tally(
        &mut self,
        traffic: &Traffic,
        written: Written,
        place: Place,
        outcome: Outcome,
        line: &[u8],
    ) {
        let tally = self
            .block
            .cells
            .entry((written.clock, place, outcome))
            .or_default();
        let fine = outcome.symptom == Symptom::Fine;
        tally.add(traffic, written, fine);
        if !fine && tally.wants_witness(written.onset, self.position) {
            let text = line[..line.len().min(Witness::MAX)].into();
            let witness = Witness {
                onset: written.onset,
                position: self.position,
                text,
            };
            tally.witness = Some(Box::new(witness));
        }
    }

    fn distribute(&mut self, traffic: &Traffic, minute: Clock, place: Place, outcome: Outcome) {
        let failed = outcome.symptom.is_failure();
        let ending = Ending {
            term: [outcome.term[0], outcome.term[1]],
            failed,
            tcp: place.tcp,
        };
        let key = TimerKey {
            backend: place.backend,
            server: place.server,
            ending,
        };
        let waits = self.block.timers.entry((minute, key)).or_default();
        waits.extend(timers::measured(traffic).map(|(timer, ms)| Wait::of(timer, ms)));
    }

    /// Takes the record's fingerprint.
    fn print(&mut self, traffic: &Traffic, clock: Clock, process: Process, kind: Kind) {
        let key = PrintKey {
            minute: clock.minute(),
            host: process.host,
            tag: process.tag,
            kind,
        };
        let print = self.block.prints.entry(key).or_default();
        print.merge(Fingerprint {
            n: 1,
            truncated: u64::from(traffic.truncated),
            sum: identity(traffic),
        });
    }

    /// Keeps it as an example.
    fn example(&mut self, traffic: &Traffic, minute: Clock, place: Place, symptom: Symptom) {
        let key = (minute, place.backend, symptom);
        let victims = self.block.victims.entry(key).or_default();
        // Without dates, many are alike: where they stand keeps them apart.
        let identity = match traffic.fields.has(FieldSet::ACCEPTED) {
            true => identity(traffic),
            false => hash::combine(identity(traffic), self.position.offset),
        };
        victims.add(traffic, identity);
    }

    fn event(&mut self, event: &Event, envelope: &Envelope, line: &[u8]) {
        let class = match event {
            Event::Server(_) | Event::ServerFull { .. } | Event::Address { .. } => Class::State,
            Event::Check(_) => Class::HealthCheck,
            Event::NoServer { .. } | Event::Proxy { .. } | Event::Process(_) => Class::Process,
        };
        self.block.counts.count(class);
        let clock = Clock::of_stamp(envelope.stamp);
        let process = self.process(envelope);
        let message_at = envelope.message.as_ptr() as usize - line.as_ptr() as usize;
        let text = &line[..line.len().min(Occurrence::MAX)];
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

    fn process(&mut self, envelope: &Envelope) -> Process {
        Process {
            host: self.names.id(envelope.host),
            tag: self.names.id(envelope.tag),
            pid: envelope.pid.unwrap_or(0),
        }
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

fn outcome(traffic: &Traffic) -> Outcome {
    Outcome {
        term: traffic.term,
        status: traffic.status,
        symptom: inferred::symptom(traffic),
    }
}
