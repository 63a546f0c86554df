//! Turns words into settings, and says where a word is wrong.
//!
//! Enters: words of a section. Leaves: a [`Read`] value, notes, or a [`ConfigError`] with the word's place.
//! Must not know: which keywords there are.

use std::collections::BTreeMap;

use super::error::{ConfigError, Problem, shown};
use super::file::File;
use super::setting::{Note, Origin, Place, Setting, Unknown};
use super::syntax::Word;
use super::value::{self, Amount, Refused};

/// Servers that all `server-template` lines of a configuration may make, so that a typing error cannot fill the memory.
const TEMPLATE_SERVERS: u32 = 20_000;

/// A word that was read as a value.
#[derive(Debug)]
pub(super) enum Read<T> {
    Known(Setting<T>),
    Unknown(Unknown),
}

/// Values in force that depend on the environment, by keyword.
pub(super) type Unknowns = BTreeMap<String, Unknown>;

impl<T> Read<T> {
    /// Puts the value in force: it replaces what was written before for the same keyword.
    pub(super) fn put(self, keyword: &str, slot: &mut Option<Setting<T>>, unknowns: &mut Unknowns) {
        match self {
            Self::Known(setting) => {
                *slot = Some(setting);
                unknowns.remove(keyword);
            }
            Self::Unknown(unknown) => {
                *slot = None;
                unknowns.insert(keyword.to_owned(), unknown);
            }
        }
    }
}

/// Reads the words of all files; `from` is the section at hand.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    files: &'a [File],
    template_servers_left: u32,
    /// Who the settings belong to.
    pub(super) from: Origin,
    /// What was noticed.
    pub(super) notes: Vec<Note>,
}

impl<'a> Reader<'a> {
    /// A reader for these files.
    pub(super) fn new(files: &'a [File]) -> Self {
        Self {
            files,
            template_servers_left: TEMPLATE_SERVERS,
            from: Origin::Own,
            notes: Vec::new(),
        }
    }

    /// An error at a place.
    pub(super) fn error(&self, at: &Place, problem: Problem) -> ConfigError {
        ConfigError::At {
            file: self
                .files
                .get(at.file)
                .map(File::name)
                .unwrap_or_default()
                .to_owned(),
            line: at.line,
            column: at.column,
            problem,
        }
    }

    /// A note at a place.
    pub(super) fn note(&mut self, at: &Place, text: String) {
        let at = at.clone();
        self.notes.push(Note { at, text });
    }

    /// The word after `keyword`, which must be there.
    pub(super) fn argument<'w>(
        &self,
        keyword: &str,
        at: &Place,
        word: Option<&&'w Word>,
        expected: &'static str,
    ) -> Result<&'w Word, ConfigError> {
        word.copied().ok_or_else(|| {
            let keyword = keyword.to_owned();
            self.error(at, Problem::Missing { keyword, expected })
        })
    }

    /// A time in ms.
    pub(super) fn time(&mut self, keyword: &str, word: &Word) -> Result<Read<u64>, ConfigError> {
        self.amount(keyword, word, value::time, Problem::time)
    }

    /// A whole number.
    pub(super) fn number(&mut self, keyword: &str, word: &Word) -> Result<Read<u32>, ConfigError> {
        self.amount(
            keyword,
            word,
            value::number,
            |refused, keyword, text| match refused {
                Refused::Malformed => Problem::Number { keyword, text },
                Refused::TooLarge => Problem::NumberTooLarge { keyword, text },
            },
        )
    }

    /// A word taken as it is.
    pub(super) fn word(&self, keyword: &str, word: &Word) -> Read<String> {
        self.known(keyword, &[word], |_| word.text())
    }

    /// A value made of all `words`, known if none of them depends on the environment.
    pub(super) fn known<T>(
        &self,
        keyword: &str,
        words: &[&Word],
        make: impl FnOnce(&[&Word]) -> T,
    ) -> Read<T> {
        if words.iter().any(|word| word.is_unexpanded()) {
            return Read::Unknown(self.unknown(keyword, words));
        }
        Read::Known(self.setting(words, make(words)))
    }

    /// A setting written as `words`.
    pub(super) fn setting<T>(&self, words: &[&Word], value: T) -> Setting<T> {
        let at = place_of(words);
        Setting {
            value,
            text: self.written(&at),
            at,
            from: self.from.clone(),
        }
    }

    /// What is written for `keyword` and cannot be known.
    pub(super) fn unknown(&self, keyword: &str, words: &[&Word]) -> Unknown {
        let at = place_of(words);
        Unknown {
            keyword: keyword.to_owned(),
            text: self.written(&at),
            at,
            from: self.from.clone(),
        }
    }

    /// Takes the servers of a template off the budget of the whole configuration.
    pub(super) fn claim_servers(&mut self, count: u32, at: &Place) -> Result<(), ConfigError> {
        match self.template_servers_left.checked_sub(count) {
            Some(left) => {
                self.template_servers_left = left;
                Ok(())
            }
            None => Err(self.error(at, Problem::TooManyServers)),
        }
    }

    fn amount<T>(
        &mut self,
        keyword: &str,
        word: &Word,
        read: fn(&[u8]) -> Result<Amount<T>, Refused>,
        problem: fn(Refused, String, String) -> Problem,
    ) -> Result<Read<T>, ConfigError> {
        if word.is_unexpanded() {
            return Ok(Read::Unknown(self.unknown(keyword, &[word])));
        }
        let Amount { value, has_rest } = read(&word.value).map_err(|refused| {
            self.error(
                &word.at,
                problem(refused, keyword.to_owned(), shown(&word.value)),
            )
        })?;
        if has_rest {
            let text = shown(&word.value);
            self.note(
                &word.at,
                format!("`{keyword} {text}`: HAProxy ignores the end of `{text}`"),
            );
        }
        Ok(Read::Known(self.setting(&[word], value)))
    }

    fn written(&self, at: &Place) -> String {
        let text = self.files.get(at.file).map(|file| file.syntax().text());
        let bytes = text
            .and_then(|text| text.get(at.span.clone()))
            .unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    }
}

/// From the first word to the end of the last.
pub(super) fn place_of(words: &[&Word]) -> Place {
    match (words.first(), words.last()) {
        (Some(first), Some(last)) => Place {
            span: first.at.span.start..last.at.span.end,
            ..first.at.clone()
        },
        _ => Place {
            file: 0,
            line: 1,
            column: 1,
            span: 0..0,
        },
    }
}
