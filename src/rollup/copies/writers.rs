//! Who wrote lines, as a number.
//!
//! Enters: envelopes, and the numbers of their headers. Leaves: a hash for each process. Must not know: what it wrote.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::envelope::Envelope;

/// As many headers as [`Readings`](crate::record::Readings) knows at a time.
const WRITERS: usize = 8;

/// Who wrote the lines with the last headers, by their numbers.
#[derive(Debug, Clone, Default)]
pub struct Writers([Writer; WRITERS]);

/// Who wrote a line before: most often who writes one of the next, and then its hash is known.
#[derive(Debug, Clone, Default)]
struct Writer {
    /// The number of its header; 0 says nothing.
    header: u64,
    host: Vec<u8>,
    tag: Vec<u8>,
    pid: Option<u32>,
    hash: u64,
}

impl Writers {
    /// The hash of who wrote a line with a header of this number.
    #[inline]
    pub fn hash(&mut self, envelope: &Envelope, header: u64) -> u64 {
        let writer = &mut self.0[header as usize % WRITERS];
        if header == 0 || header != writer.header {
            writer.look(envelope, header);
        }
        writer.hash
    }

    /// Headers are counted anew.
    pub fn count_anew(&mut self) {
        for writer in &mut self.0 {
            writer.header = 0;
        }
    }
}

impl Writer {
    #[inline(never)]
    fn look(&mut self, envelope: &Envelope, header: u64) {
        let is_same =
            self.pid == envelope.pid && self.tag == envelope.tag && self.host == envelope.host;
        self.header = header;
        if !is_same || self.hash == 0 {
            *self = Self {
                header,
                host: envelope.host.to_vec(),
                tag: envelope.tag.to_vec(),
                pid: envelope.pid,
                hash: FixedState::default().hash_one((envelope.host, envelope.tag, envelope.pid)),
            };
        }
    }
}
