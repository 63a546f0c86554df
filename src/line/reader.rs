//! Reads messages of a HAProxy whose log-formats are known.
//!
//! Enters: the formats of a configuration once, then messages. Leaves: a [`Reading`] for each.
//! Must not know: files, offsets, or what a failure is.

use super::format::{Extra, Format, FormatError, cbor};
use super::written;
use super::{Reading, Traffic, clf, read_with};
use crate::config::Config;
use std::borrow::Cow;

/// A reader with the user's own formats, in the order of the configuration.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    formats: Vec<Format>,
}

impl Reader {
    /// A reader that knows these formats besides the built-in ones.
    pub fn new(formats: Vec<Format>) -> Reader {
        Reader { formats }
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

    /// The same with formats that are asked first.
    pub fn after(self, mut formats: Vec<Format>) -> Reader {
        for format in self.formats {
            if is_new(&formats, format.text()) {
                formats.push(format);
            }
        }
        Reader::new(formats)
    }

    /// The formats it knows, built-in ones left out.
    pub fn formats(&self) -> &[Format] {
        &self.formats
    }

    /// The message to read: what a `+cbor` format wrote is decoded, everything else is left as it is.
    pub fn decoded<'a>(&self, message: &'a [u8]) -> Cow<'a, [u8]> {
        let decoded = || cbor::to_json(message.trim_ascii());
        match self.formats.iter().any(Format::is_cbor).then(decoded) {
            Some(Some(json)) => Cow::Owned(json),
            _ => Cow::Borrowed(message),
        }
    }

    /// Reads one message as [`super::read`] does. Between HAProxy's own formats and its other messages come CLF and
    /// the user's formats; of these the first that a whole line fits decides, else the first that a cut one fits.
    pub fn read<'a>(&self, message: &'a [u8], from_haproxy: bool) -> Reading<'a> {
        read_with(message, from_haproxy, |message| {
            clf::read(message).or_else(|| Some(self.written_by(message)?.1))
        })
    }

    /// The format of the user's that wrote a message, and what the message says beyond its [`Traffic`], by the names
    /// that the format has for it ([`Format::extras`]). `None` when none of them wrote it.
    ///
    /// Takes the message as [`Reader::decoded`] leaves it. Allocates: it is for lines that are shown.
    pub fn extras<'r, 'a>(
        &'r self,
        message: &'a [u8],
    ) -> Option<(&'r Format, Vec<(&'r str, Extra<'a>)>)> {
        let message = message.trim_ascii_start();
        let (format, traffic) = self.written_by(message)?;
        // A whole line of another format may look like the beginning of one of this.
        let whole = |reading| matches!(reading, Reading::Traffic(other) if !other.truncated);
        if traffic.truncated && whole(self.read(message, false)) {
            return None;
        }
        Some((format, format.extras(message)))
    }

    /// Whether one of the user's formats reads the whole of a message.
    pub fn knows(&self, message: &[u8]) -> bool {
        let written = self.written_by(message.trim_ascii_start());
        written.is_some_and(|(_, traffic)| !traffic.truncated)
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
