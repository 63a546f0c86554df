//! Reads messages of a HAProxy whose log-formats are known.
//!
//! Enters: the formats of a configuration once, then messages. Leaves: a [`Reading`] for each.
//! Must not know: files, offsets, or what a failure is.

use super::format::{Format, FormatError, builtin, cbor};
use super::quick::{self, Ordinary};
use super::written;
use super::{Before, Reading, Traffic, built_in, clf, read_with};
use crate::config::Config;
use std::borrow::Cow;

/// A reader with the user's own formats: those given by hand, then those of the configuration in its order.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    formats: Vec<Format>,
    /// How many of them were given by hand; these are asked before the built-in ones.
    given: usize,
}

/// What a traffic line was written by.
#[derive(Debug, Clone, Copy)]
pub enum Layout<'f> {
    /// `option httplog`, `option tcplog`, or what is written of a failed handshake.
    BuiltIn,
    /// `option httplog clf` or `option tcplog clf`.
    Clf(&'f Format),
    /// A format of the user's own.
    Own(&'f Format),
}

impl Reader {
    /// A reader that knows these formats besides the built-in ones.
    pub fn new(formats: Vec<Format>) -> Reader {
        Reader { formats, given: 0 }
    }

    /// A reader for each `log-format` and `error-log-format` of a configuration, and for those of its `log-profile`
    /// sections, in the order of the file and each once. What is wrong with those that cannot be read stands beside it,
    /// and what is wrong with its `log-format-sd`.
    pub fn from_config(config: &Config) -> (Reader, Vec<FormatError>) {
        let mut formats: Vec<Format> = Vec::new();
        let mut refused: Vec<FormatError> = Vec::new();
        for written in written::written(config) {
            match written.and_then(|written| written.compile()) {
                Ok(format) => formats.extend(format),
                Err(error) => refused.push(error),
            }
        }
        (Reader::new(formats), refused)
    }

    /// The same with formats that are asked first: by hand one says that lines are written so, even where the built-in
    /// formats would fit.
    pub fn after(self, mut formats: Vec<Format>) -> Reader {
        let given = formats.len();
        for format in self.formats {
            if is_new(&formats, format.text()) {
                formats.push(format);
            }
        }
        Reader { formats, given }
    }

    /// The same with the formats of another one behind its own: lines of those may still be on their way.
    pub fn before(mut self, other: &Self) -> Reader {
        for format in &other.formats {
            if is_new(&self.formats, format.text()) {
                self.formats.push(format.clone());
            }
        }
        self
    }

    /// The formats it knows, built-in ones left out.
    pub fn formats(&self) -> &[Format] {
        &self.formats
    }

    /// The message to read: what a `+cbor` format wrote is decoded, everything else is left as it is.
    pub fn decoded<'a>(&self, message: &'a [u8]) -> Cow<'a, [u8]> {
        let decoded = || cbor::to_json(message.trim_ascii());
        match self.decodes().then(decoded) {
            Some(Some(json)) => Cow::Owned(json),
            _ => Cow::Borrowed(message),
        }
    }

    /// Reads one message as [`super::read`] does. Formats given by hand come first, where a whole line fits; CLF and the
    /// user's formats come between HAProxy's own and its other messages: of these the first that a whole line fits
    /// decides, else the first that a cut one fits.
    pub fn read<'a>(&self, message: &'a [u8], from_haproxy: bool) -> Reading<'a> {
        self.read_next(message, from_haproxy, &mut Before::default())
    }

    /// The same for one line after the other.
    pub fn read_next<'a>(
        &self,
        message: &'a [u8],
        from_haproxy: bool,
        before: &mut Before,
    ) -> Reading<'a> {
        if let Some((_, traffic)) = self.by_hand(message) {
            return Reading::Traffic(traffic);
        }
        read_with(message, from_haproxy, before, |message| {
            self.custom(message).map(|(_, traffic)| traffic)
        })
    }

    /// Reads a message that is an ordinary line of HAProxy's own, whose first word has no bracket, into `traffic`, whatever
    /// that held. `None` says nothing of a message and leaves that half read.
    #[inline]
    pub(crate) fn ordinary<'a>(
        &self,
        message: &'a [u8],
        before: &mut Before,
        traffic: &mut Traffic<'a>,
    ) -> Option<Ordinary> {
        match self.asks_first() {
            true => None,
            false => quick::read(message, before, traffic),
        }
    }

    /// The same for a text that goes on behind the line.
    #[inline]
    pub(crate) fn ordinary_ahead<'a>(
        &self,
        text: &'a [u8],
        before: &mut Before,
        traffic: &mut Traffic<'a>,
    ) -> Option<Ordinary> {
        match self.asks_first() {
            true => None,
            false => quick::read_ahead(text, before, traffic),
        }
    }

    /// Whether some formats come before HAProxy's own: what they write may look like anything.
    #[inline]
    fn asks_first(&self) -> bool {
        !self.formats.is_empty() && (self.given > 0 || self.decodes())
    }

    /// Reads a message that is an ordinary line of the format that is asked first, for one that begins like no built-in
    /// line unless that was given by hand, into `traffic`. `None` says nothing of a message and leaves that half read.
    pub(crate) fn ordinary_own<'a>(
        &self,
        message: &'a [u8],
        before: &mut Before,
        traffic: &mut Traffic<'a>,
    ) -> Option<()> {
        let first = self.formats.first()?;
        if message.first()?.is_ascii_whitespace()
            || (self.given == 0 && (built_in::begins(message) || clf::begins(message)))
        {
            return None;
        }
        first.read_ordinary(message, &mut before.dates, traffic)
    }

    /// Whether messages may have to be decoded.
    pub(crate) fn decodes(&self) -> bool {
        self.formats.iter().any(Format::is_cbor)
    }

    /// What wrote a message that [`Reader::read`] reads as traffic.
    pub fn layout(&self, message: &[u8]) -> Layout<'_> {
        if let Some((format, _)) = self.by_hand(message) {
            return Layout::Own(format);
        }
        let message = message.trim_ascii_start();
        match built_in::line(message) {
            Some(line) if line.problem.is_none() => match line.rest {
                [] => Layout::BuiltIn,
                _ => self.longer(message),
            },
            _ => self
                .custom(message)
                .map_or(Layout::BuiltIn, |(layout, _)| layout),
        }
    }

    /// What wrote a line that goes on where a built-in format ends: a format of the user's knows what follows.
    fn longer(&self, message: &[u8]) -> Layout<'_> {
        let own = self.formats.iter().find(|format| {
            let read = format.read(message);
            !builtin::is(format.text()) && read.is_some_and(|read| !read.traffic.truncated)
        });
        own.map_or(Layout::BuiltIn, Layout::Own)
    }

    /// Whether one of the user's formats reads the whole of a message.
    pub fn knows(&self, message: &[u8]) -> bool {
        let written = self.written_by(message.trim_ascii_start());
        written.is_some_and(|(_, traffic)| !traffic.truncated)
    }

    fn by_hand<'a>(&self, message: &'a [u8]) -> Option<(&Format, Traffic<'a>)> {
        let given = self.formats.get(..self.given)?;
        given.iter().find_map(|format| {
            let traffic = format.read(message.trim_ascii_start())?.traffic;
            (!traffic.truncated).then_some((format, traffic))
        })
    }

    fn custom<'a>(&self, message: &'a [u8]) -> Option<(Layout<'_>, Traffic<'a>)> {
        if let Some((format, traffic)) = clf::read(message) {
            return Some((Layout::Clf(format), traffic));
        }
        let (format, traffic) = self.written_by(message)?;
        Some((Layout::Own(format), traffic))
    }

    /// The first format that a whole line fits, else the first that a cut one fits.
    fn written_by<'a>(&self, message: &'a [u8]) -> Option<(&Format, Traffic<'a>)> {
        let mut cut = None;
        for format in &self.formats {
            match format.read(message) {
                Some(read) if read.traffic.truncated => cut = cut.or(Some((format, read.traffic))),
                Some(read) => return Some((format, read.traffic)),
                None => {}
            }
        }
        cut
    }
}

fn is_new(formats: &[Format], text: &str) -> bool {
    formats.iter().all(|format| format.text() != text)
}
