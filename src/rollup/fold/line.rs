//! One line into its block, whatever it is.
//!
//! Enters: a line. Leaves: what it says, counted or kept. Must not know: the lines around it, but for what is known from
//! them.

use super::Folding;
use crate::envelope::{Envelope, Said};
use crate::line::dropped;
use crate::line::{Event, Problem, Reading, Traffic};
use crate::record::{Readings, Record};
use crate::rollup::clock::Clock;
use crate::rollup::copies::Line;
use crate::rollup::counts::{Class, Counts};
use crate::rollup::fingerprint::figures;
use crate::rollup::hash;
use crate::rollup::inferred;
use crate::rollup::occurrence::{Notice, Occurrence};
use crate::rollup::pulse::{Process, Pulse};
use crate::source::Position;

impl Folding<'_> {
    #[inline]
    pub(super) fn line<'l>(
        &mut self,
        position: Position,
        line: &'l [u8],
        readings: &mut Readings<'l>,
    ) {
        match readings.read_ahead(line) {
            Some(record) => self.record(position, record),
            None => readings.read(line, |record| self.record(position, record)),
        }
    }

    fn record(&mut self, position: Position, record: &mut Record) {
        if let Some(filter) = &self.lens.filter
            && !filter.keeps(record)
        {
            return self.leave_out(position.offset, record);
        }
        match &record.reading {
            Reading::Traffic(_) => self.traffic_or_copy(position, record),
            _ => self.message(position, record),
        }
    }

    #[inline]
    fn traffic_or_copy(&mut self, position: Position, record: &mut Record) {
        let Reading::Traffic(traffic) = &record.reading else {
            return;
        };
        let figures = figures(traffic);
        let (envelope, header) = (&record.envelope, record.header);
        let known = (&mut *self.names, &mut *self.ways);
        let writer = self.before.writers.of(envelope, header, known);
        let line = Line {
            figures,
            process: writer.hash,
            offset: position.offset,
        };
        let is_copy = self.copies.is_copy(&line, record, self.sight);
        self.note(traffic, is_copy);
        if is_copy {
            return;
        }
        if traffic.truncated {
            self.cut(record);
        }
        if let Reading::Traffic(traffic) = &mut record.reading {
            inferred::complete(traffic);
        }
        self.traffic(position, record, figures);
    }

    /// What is not traffic.
    #[inline(never)]
    fn message(&mut self, position: Position, record: &Record) {
        if record.is_truncated() {
            self.cut(record);
        }
        let envelope = &record.envelope;
        match &record.reading {
            Reading::Traffic(_) => {}
            Reading::Event(event) => self.event(event, position, record),
            Reading::Foreign => {
                self.block.counts.other += 1;
                if let Said::LastAgain(times) = envelope.said {
                    self.block.counts.unsaid += u64::from(times);
                }
                self.notice(position.offset, envelope);
            }
            Reading::Unparsed(Problem::Empty) => self.block.counts.other += 1,
            Reading::Unparsed(Problem::Truncated) => self.block.counts.truncated += 1,
            Reading::Unparsed(_) => self.block.counts.unparsed += 1,
        }
    }

    #[cold]
    fn cut(&mut self, record: &Record) {
        let wrapping = &record.text[..record.message_at()];
        self.block.cuts.add(wrapping, &record.envelope);
    }

    /// A line that does not count still tells when those around it were written, and which processes were there.
    fn leave_out(&mut self, offset: u64, record: &Record) {
        self.block.counts.filtered += 1;
        let (envelope, header) = (&record.envelope, record.header);
        match &record.reading {
            Reading::Traffic(traffic) => {
                let zone = &self.lens.zone;
                let (clock, written) = self.before.dial.read(traffic, envelope.stamp, zone, offset);
                let process = self.process(envelope, header);
                let frontend = self.names.id(traffic.frontend);
                let (moment, _) = self.block.moment(clock);
                let key = (moment, process, frontend);
                let pulse = self.block.pulses.row(key, Pulse::default);
                pulse.leave_out(offset, written.began);
            }
            Reading::Event(_) => {
                let clock = Clock::of_stamp(envelope.stamp);
                self.block.dated.push((offset, clock));
            }
            Reading::Unparsed(_) | Reading::Foreign => {}
        }
    }

    #[inline]
    fn note(&mut self, traffic: &Traffic, is_copy: bool) {
        let block = &mut *self.block;
        let count = |counts: &mut Counts| match traffic.truncated {
            true => counts.truncated += 1,
            false => counts.traffic += 1,
        };
        count(&mut block.counts);
        if is_copy {
            count(&mut block.copies);
        }
    }

    fn event(&mut self, event: &Event, position: Position, record: &Record) {
        let (envelope, message_at) = (&record.envelope, record.message_at());
        let class = match event {
            Event::Server(_) | Event::ServerFull { .. } | Event::Address { .. } => Class::State,
            Event::Check(_) => Class::HealthCheck,
            Event::NoServer { .. } | Event::Proxy { .. } | Event::Process(_) => Class::Process,
        };
        self.block.counts.count(class);
        let clock = Clock::of_stamp(envelope.stamp);
        let process = self.process(envelope, record.header);
        // What follows the message is wrapping, too.
        let end = message_at + envelope.message.len();
        let text = &record.text[..end.min(Occurrence::MAX)];
        self.block.events.push(Occurrence {
            position,
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
    fn notice(&mut self, offset: u64, envelope: &Envelope) {
        if let Some((logger, lines)) = dropped::read(envelope.message) {
            self.block.notices.push(Notice {
                offset,
                clock: Clock::of_stamp(envelope.stamp),
                logger,
                lines,
                what: hash::combine(hash::bytes(envelope.host), hash::bytes(envelope.message)),
            });
        }
    }

    /// Who wrote a line with a header of this number.
    fn process(&mut self, envelope: &Envelope, header: u64) -> Process {
        let writers = &mut self.before.writers;
        let known = (&mut *self.names, &mut *self.ways);
        writers.of(envelope, header, known).process
    }
}
