//! Who wrote lines.
//!
//! Enters: envelopes, and the numbers of their headers. Leaves: for each header what follows from it: the process, and
//! the second that its stamp told last. Must not know: what was written.
//!
//! Several processes may write into one log by turns: one look tells all that is known of the one that wrote a line.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::dial::Told;
use super::names::Names;
use super::pulse::Process;
use super::ways::Ways;
use crate::envelope::Envelope;

/// As many headers as [`Readings`](crate::record::Readings) knows at a time.
const WRITERS: usize = 8;

/// Who wrote the lines with the last headers, by their numbers.
#[derive(Debug, Default)]
pub struct Writers([Writer; WRITERS]);

/// Who wrote lines with one header.
#[derive(Debug, Clone, Copy, Default)]
pub struct Writer {
    /// The number of its header; 0 says nothing.
    header: u64,
    /// The process, by the numbers of its names.
    pub process: Process,
    /// Its [number](Ways::process).
    pub number: u32,
    /// A hash of it, which is the same whatever numbers names have.
    pub hash: u64,
    /// The second of the last line that was looked for here, and its number in the block.
    pub told: Option<(Told, u32)>,
}

impl Writers {
    /// Who wrote a line with a header of this number.
    #[inline]
    pub fn of(
        &mut self,
        envelope: &Envelope,
        header: u64,
        (names, ways): (&mut Names, &mut Ways),
    ) -> &mut Writer {
        let writer = &mut self.0[header as usize % WRITERS];
        if header == 0 || header != writer.header {
            writer.meet(envelope, header, names, ways);
        }
        writer
    }

    /// Who wrote the line that was [asked for](Writers::of) last.
    #[inline]
    pub fn again(&mut self, header: u64) -> &mut Writer {
        &mut self.0[header as usize % WRITERS]
    }

    /// Seconds go by other numbers in another block.
    pub fn begin_block(&mut self) {
        self.0.iter_mut().for_each(|writer| writer.told = None);
    }
}

impl Writer {
    #[inline(never)]
    fn meet(&mut self, envelope: &Envelope, header: u64, names: &mut Names, ways: &mut Ways) {
        self.header = header;
        self.process = Process {
            host: names.id(envelope.host),
            tag: names.id(envelope.tag),
            pid: envelope.pid.unwrap_or(0),
        };
        self.number = ways.process(self.process);
        self.hash = hash(envelope);
    }
}

/// A hash of who wrote a line.
pub fn hash(envelope: &Envelope) -> u64 {
    FixedState::default().hash_one((envelope.host, envelope.tag, envelope.pid))
}
