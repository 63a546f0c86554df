//! gzip, any number of members (RFC 1952).
//!
//! Enters: packed bytes. Leaves: plain ones. Must not know: what they are for.
//!
//! Zeros may follow a member, as tapes and block devices leave them; gzip's own program passes over them, too.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

/// Packed bytes read at a time.
const PACKED: usize = 1 << 16;

/// Unpacks one member after the other.
pub(super) struct Members<R> {
    /// None once the last one has ended.
    member: Option<GzDecoder<BufReader<R>>>,
}

impl<R: Read> Members<R> {
    pub(super) fn new(packed: R) -> Self {
        Self {
            member: Some(GzDecoder::new(BufReader::with_capacity(PACKED, packed))),
        }
    }

    /// Goes on to the next member, if there is one.
    fn next(&mut self) -> io::Result<()> {
        let Some(member) = &mut self.member else {
            return Ok(());
        };
        let is_last = is_padding(member.get_mut())?;
        let ended = self.member.take().filter(|_| !is_last);
        self.member = ended.map(|ended| GzDecoder::new(ended.into_inner()));
        Ok(())
    }
}

/// Passes over zeros; whether nothing follows them.
fn is_padding(packed: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let bytes = packed.fill_buf()?;
        if bytes.is_empty() {
            return Ok(true);
        }
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let is_next = zeros < bytes.len();
        packed.consume(zeros);
        if is_next {
            return Ok(false);
        }
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.next()?;
        }
        Ok(0)
    }
}
