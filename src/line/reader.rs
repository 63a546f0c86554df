//! Reads messages of a HAProxy whose log-formats are known.
//!
//! Enters: the formats of a configuration once, then messages. Leaves: a [`Reading`] for each.
//! Must not know: files, offsets, or what a failure is.

use super::format::{Format, FormatError, cbor};
use super::{Reading, Traffic, built_in, clf, read_with};
use crate::config::Config;
use crate::config::syntax::Word;
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

    /// A reader for each `log-format` and `error-log-format` of the sections that can have one (`defaults`, `frontend`,
    /// `listen`), in the order of the file and each once. Formats that depend on environment variables are left out.
    /// What is wrong with those that cannot be read stands beside it.
    pub fn from_config(config: &Config) -> (Reader, Vec<FormatError>) {
        let mut formats: Vec<Format> = Vec::new();
        let mut refused: Vec<FormatError> = Vec::new();
        let mut section = String::new();
        for line in config.syntax().lines() {
            let words: Vec<&Word> = line.words().collect();
            let Some((keyword, arguments)) = words.split_first() else {
                continue;
            };
            let argument = arguments.first().map(|word| word.text());
            match keyword.text().as_str() {
                "defaults" | "frontend" | "listen" => {
                    section = format!("{} {}", keyword.text(), argument.unwrap_or_default());
                }
                "log-format" | "error-log-format" if !section.is_empty() => {
                    let known = arguments.first().filter(|word| !word.unexpanded);
                    let text = known.map(|word| word.text());
                    let Some(text) = text.filter(|text| is_new(&formats, text)) else {
                        continue;
                    };
                    let name = format!("{}, line {}", section.trim_end(), keyword.at.line);
                    match Format::compile(&name, &text) {
                        Ok(format) => formats.push(format),
                        Err(error) => refused.push(error),
                    }
                }
                _ => {}
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

    /// Reads one message as [`super::read`] does. Formats given by hand come first, where a whole line fits; CLF and the
    /// user's formats come between HAProxy's own and its other messages: of these the first that a whole line fits
    /// decides, else the first that a cut one fits.
    pub fn read<'a>(&self, message: &'a [u8], from_haproxy: bool) -> Reading<'a> {
        if let Some((_, traffic)) = self.by_hand(message) {
            return Reading::Traffic(traffic);
        }
        read_with(message, from_haproxy, |message| {
            self.custom(message).map(|(_, traffic)| traffic)
        })
    }

    /// What wrote a message that [`Reader::read`] reads as traffic.
    pub fn layout(&self, message: &[u8]) -> Layout<'_> {
        if let Some((format, _)) = self.by_hand(message) {
            return Layout::Own(format);
        }
        let message = message.trim_ascii_start();
        match built_in::read(message) {
            Some(Ok(_)) => Layout::BuiltIn,
            _ => self
                .custom(message)
                .map_or(Layout::BuiltIn, |(layout, _)| layout),
        }
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
        let mut cut = None;
        for format in &self.formats {
            match format.read(message) {
                Some(read) if read.traffic.truncated => {
                    cut = cut.or(Some((Layout::Own(format), read.traffic)));
                }
                Some(read) => return Some((Layout::Own(format), read.traffic)),
                None => {}
            }
        }
        cut
    }
}

fn is_new(formats: &[Format], text: &str) -> bool {
    formats.iter().all(|format| format.text() != text)
}
