//! Compressed logs.
//!
//! Enters: bytes that may be compressed. Leaves: plain ones, as they come, and whether the end of them is missing. Must not
//! know: what they say, or where they come from.
//!
//! Nothing is held but the decoder's window, whatever it unpacks to.

use std::io::{self, Cursor, Read};

use serde::{Deserialize, Serialize};

use liblzma::read::XzDecoder;
use liblzma::stream::{CONCATENATED, Stream};

use super::gzip;

/// Bytes that an xz decoder may take; `xz -9` asks for a fourth of it. (Zstandard's own limit is half of it.)
const WINDOW: u64 = 1 << 28;

/// How bytes are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// gzip, any number of members (RFC 1952), zeros behind them or not.
    Gzip,
    /// Zstandard, any number of frames (RFC 8878).
    Zstd,
    /// xz, any number of streams.
    Xz,
    /// bzip2, any number of streams.
    Bzip2,
}

/// What compressed bytes begin with. `pzstd` puts a frame to be skipped first.
const MAGIC: [(&[u8], Packing); 5] = [
    (b"\x1f\x8b", Packing::Gzip),
    (b"\x28\xb5\x2f\xfd", Packing::Zstd),
    (b"\x50\x2a\x4d\x18", Packing::Zstd),
    (b"\xfd7zXZ\0", Packing::Xz),
    (b"BZh", Packing::Bzip2),
];

/// Bytes that tell how the rest is compressed.
pub const HEAD: usize = 6;

impl Packing {
    /// By the bytes at the beginning; `None` for plain ones.
    pub fn of(head: &[u8]) -> Option<Self> {
        let found = MAGIC.iter().find(|(magic, _)| head.starts_with(magic));
        let (magic, packing) = *found?;
        // Its block size follows, in 100 kB; other text may begin with three letters, too.
        let is_sized = || matches!(head.get(magic.len()), Some(b'1'..=b'9'));
        (packing != Self::Bzip2 || is_sized()).then_some(packing)
    }

    /// The program that unpacks it to standard output.
    pub fn program(self) -> &'static str {
        match self {
            Self::Gzip => "zcat",
            Self::Zstd => "zstdcat",
            Self::Xz => "xzcat",
            Self::Bzip2 => "bzcat",
        }
    }

    fn decoder<'a>(self, packed: impl Read + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
        Ok(match self {
            Self::Gzip => Box::new(gzip::Members::new(packed)),
            Self::Zstd => Box::new(zstd::stream::read::Decoder::new(packed)?),
            Self::Xz => {
                let stream = Stream::new_stream_decoder(WINDOW, CONCATENATED)?;
                Box::new(XzDecoder::new_stream(packed, stream))
            }
            Self::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(packed)),
        })
    }
}

/// Why the end of a compressed log is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flaw {
    /// It ends too soon.
    CutOff,
    /// It cannot be unpacked from some place on; in the decoder's words.
    Damaged(String),
}

impl Flaw {
    /// What an error of a decoder means; none when it is one of the system's.
    fn of(error: &io::Error) -> Option<Self> {
        match error.kind() {
            _ if error.raw_os_error().is_some() => None,
            io::ErrorKind::UnexpectedEof => Some(Self::CutOff),
            _ => Some(Self::Damaged(error.to_string())),
        }
    }
}

/// Plain bytes, unpacked on the way if they need it. Where no more can be unpacked, they end.
pub struct Unpacking<'a> {
    /// What was looked at before it was its turn.
    head: Cursor<Vec<u8>>,
    plain: Box<dyn Read + Send + 'a>,
    flaw: Option<Flaw>,
}

impl<'a> Unpacking<'a> {
    /// Finds out how a stream is compressed; waits for as many bytes as that takes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn stream(mut bytes: impl Read + Send + 'a) -> io::Result<Self> {
        let head = head(&mut bytes)?;
        let packing = Packing::of(&head);
        let whole = Cursor::new(head).chain(bytes);
        match packing {
            Some(packing) => Self::of(packing, whole),
            None => Ok(Self::plainly(Box::new(whole))),
        }
    }

    /// Of what is compressed in this way.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn of(packing: Packing, packed: impl Read + Send + 'a) -> io::Result<Self> {
        Ok(Self::plainly(packing.decoder(packed)?))
    }

    fn plainly(plain: Box<dyn Read + Send + 'a>) -> Self {
        Self {
            head: Cursor::default(),
            plain,
            flaw: None,
        }
    }

    /// The first plain bytes, which are read again after that: so many, or all there are.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn head(&mut self, length: u64) -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        self.take(length).read_to_end(&mut head)?;
        self.head = Cursor::new(head.clone());
        Ok(head)
    }

    /// Why the end is missing, if it is; known once all is read.
    pub fn flaw(&self) -> Option<&Flaw> {
        self.flaw.as_ref()
    }
}

impl Read for Unpacking<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.head.read(buffer)?;
        if read > 0 || self.flaw.is_some() {
            return Ok(read);
        }
        self.plain.read(buffer).or_else(|error| {
            if error.kind() == io::ErrorKind::Interrupted {
                return Err(error);
            }
            self.flaw = Some(Flaw::of(&error).ok_or(error)?);
            Ok(0)
        })
    }
}

/// The first bytes: as few as tell that it is not compressed, at most [`HEAD`].
fn head(bytes: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let begins = |head: &[u8]| MAGIC.iter().any(|(magic, _)| magic.starts_with(head));
    while head.len() < HEAD && begins(&head) {
        let mut next = [0; HEAD];
        match bytes.read(&mut next[..HEAD - head.len()]) {
            Ok(0) => break,
            Ok(read) => head.extend_from_slice(&next[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(head)
}
