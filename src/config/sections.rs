//! Sections of the file, and which `defaults` each is built on (HAProxy manual 2.1 and 4).
//!
//! Enters: lines. Leaves: the proxies with what they inherit, and notes. Must not know: what keywords mean.

use super::body::Body;
use super::environment::Environment;
use super::error::{ConfigError, Problem, shown};
use super::file::File;
use super::keywords::Keywords;
use super::logging::{LogTarget, Logging};
use super::preprocess::{self, Seen};
use super::proxy::{Proxy, ProxyKind};
use super::reader::{Reader, place_of};
use super::section::{Global, Section};
use super::setting::{Origin, Place, Setting};
use super::syntax::{Line, Piece, Syntax, Word};
use super::table::Level;

/// The words that begin a section, of all versions from 1.5 to 3.x.
const SECTIONS: &[&str] = &[
    "global",
    "defaults",
    "frontend",
    "backend",
    "listen",
    "acme",
    "cache",
    "crt-store",
    "fcgi-app",
    "healthcheck",
    "http-errors",
    "log-forward",
    "log-profile",
    "mailers",
    "namespace_list",
    "peers",
    "program",
    "resolvers",
    "ring",
    "traces",
    "userlist",
];

impl Word {
    /// Whether a line that it begins opens a section.
    pub fn opens_section(&self) -> bool {
        SECTIONS.iter().any(|section| self.is(section))
    }
}

/// Whether any line of `text` begins a section.
pub(super) fn has_section(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n').any(|line| {
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x0b || *byte == b'#';
        let line = line.trim_ascii_start();
        let word = line.split(is_end).next().unwrap_or_default();
        SECTIONS.iter().any(|section| section.as_bytes() == word)
    })
}

/// What all sections say.
#[derive(Debug, Clone, Default)]
pub(super) struct Read {
    pub(super) proxies: Vec<Proxy>,
    pub(super) global: Global,
    pub(super) others: Vec<Section>,
    /// The `log` lines of `global`.
    pub(super) log: Vec<Setting<LogTarget>>,
}

/// Reads all sections, in the order of the files; a section sees only what stands before it.
pub(super) fn read(
    files: &[File],
    environment: &Environment,
    reader: &mut Reader<'_>,
) -> Result<Read, ConfigError> {
    let mut sections = Sections::default();
    for seen in preprocess::seen(files, environment, reader)? {
        let Seen::Line(words) = &seen else {
            sections.close();
            continue;
        };
        let words: Vec<&Word> = words.iter().collect();
        if words.first().is_some_and(|first| first.opens_section()) {
            sections.close();
            sections.open(&words, reader)?;
        } else {
            sections.line(&words, reader)?;
        }
    }
    sections.close();
    for file in files {
        note_missing_end(file.syntax(), reader);
    }
    let mut read = sections.read;
    read.log = sections.logging.targets;
    Ok(read)
}

/// HAProxy refuses a file whose last line has no end, since it may have been cut.
fn note_missing_end(syntax: &Syntax, reader: &mut Reader<'_>) {
    let last = syntax.lines().last();
    let is_complete = last.is_none_or(|line| matches!(line.pieces.last(), Some(Piece::LineEnd(_))));
    let words: Vec<&Word> = last.into_iter().flat_map(Line::words).collect();
    if !is_complete && !words.is_empty() {
        let text = "the last line has no line end: the file may have been cut here, and HAProxy refuses it";
        reader.note(&place_of(&words), text.to_owned());
    }
}

/// What was read so far.
#[derive(Default)]
struct Sections {
    read: Read,
    defaults: Vec<Defaults>,
    /// Of `global`.
    logging: Logging,
    current: Current,
}

/// A `defaults` section.
struct Defaults {
    name: Option<String>,
    /// The line that begins it.
    at: Place,
    keywords: Keywords,
}

impl Defaults {
    fn inherited(&self) -> Keywords {
        self.keywords.inherited(&self.at)
    }
}

/// The section at hand.
#[derive(Default)]
enum Current {
    /// Before the first.
    #[default]
    Nothing,
    /// Any other section.
    Other(Section),
    /// `global`
    Global,
    /// `defaults`
    Defaults(Defaults),
    /// A proxy whose section still goes on.
    Proxy(Proxy),
}

impl Sections {
    fn open(&mut self, words: &[&Word], reader: &mut Reader<'_>) -> Result<(), ConfigError> {
        let kind = match words.first() {
            Some(word) if word.is("frontend") => ProxyKind::Frontend,
            Some(word) if word.is("backend") => ProxyKind::Backend,
            Some(word) if word.is("listen") => ProxyKind::Listen,
            Some(word) if word.is("defaults") => return self.open_defaults(words, reader),
            Some(word) if word.is("global") => {
                reader.from = Origin::Own;
                self.current = Current::Global;
                return Ok(());
            }
            _ => {
                reader.from = Origin::Own;
                let text = |word: Option<&&Word>| word.map(|word| word.text()).unwrap_or_default();
                self.current = Current::Other(Section {
                    kind: text(words.first()),
                    name: text(words.get(1)),
                    at: place_of(words),
                    body: Body::default(),
                });
                return Ok(());
            }
        };
        let at = place_of(words);
        let keyword = words.first().map(|word| word.text()).unwrap_or_default();
        let name = reader.argument(&keyword, &at, words.get(1), "a name")?;
        let parent = match words.get(2..) {
            Some([from, parent, ..]) if from.is("from") => self.named(parent, reader)?,
            _ => self.defaults.last(),
        };
        let keywords = parent.map(Defaults::inherited).unwrap_or_default();
        reader.from = Origin::Own;
        self.current = Current::Proxy(Proxy::new(kind, name.text(), at, keywords));
        Ok(())
    }

    /// `defaults`, `defaults NAME`, `defaults from PARENT`, `defaults NAME from PARENT`.
    fn open_defaults(
        &mut self,
        words: &[&Word],
        reader: &mut Reader<'_>,
    ) -> Result<(), ConfigError> {
        let (name, parent) = match words.get(1..).unwrap_or_default() {
            [from, parent] if from.is("from") => (None, Some(*parent)),
            [name, from, parent, ..] if from.is("from") => (Some(name.text()), Some(*parent)),
            [name, ..] => (Some(name.text()), None),
            [] => (None, None),
        };
        let parent = match parent {
            Some(parent) => self.named(parent, reader)?,
            None => None,
        };
        let keywords = parent.map(Defaults::inherited).unwrap_or_default();
        reader.from = Origin::Defaults(name.clone());
        let at = place_of(words);
        self.current = Current::Defaults(Defaults { name, at, keywords });
        Ok(())
    }

    /// The last `defaults` of this name; none when the name depends on the environment.
    fn named(
        &self,
        name: &Word,
        reader: &mut Reader<'_>,
    ) -> Result<Option<&Defaults>, ConfigError> {
        if name.is_unexpanded() {
            let text = "what this section inherits depends on the environment and is not known";
            reader.note(&name.at, text.to_owned());
            return Ok(None);
        }
        let wanted = name.text();
        let mut found = self.defaults.iter().rev();
        match found.find(|defaults| defaults.name.as_ref() == Some(&wanted)) {
            Some(defaults) => Ok(Some(defaults)),
            None => {
                let name_shown = shown(&name.value);
                Err(reader.error(&name.at, Problem::NoDefaults { name: name_shown }))
            }
        }
    }

    fn line(&mut self, words: &[&Word], reader: &mut Reader<'_>) -> Result<(), ConfigError> {
        match &mut self.current {
            Current::Defaults(defaults) => defaults.keywords.read(words, reader),
            Current::Proxy(proxy) => proxy.read(words, reader),
            Current::Other(section) => {
                let level = (section.kind == "resolvers").then_some(Level::Resolvers);
                section.body.read(level, words, reader)
            }
            Current::Global => {
                match words {
                    [log, arguments @ ..] if log.is("log") => {
                        self.logging.log(log, arguments, reader)
                    }
                    [no, log, ..] if no.is("no") && log.is("log") => self.logging.no_log(),
                    _ => {}
                }
                let body = &mut self.read.global.body;
                body.read(Some(Level::Global), words, reader)
            }
            Current::Nothing => {
                let text = "this line stands before the first section and is not read";
                reader.note(&place_of(words), text.to_owned());
                Ok(())
            }
        }
    }

    fn close(&mut self) {
        match std::mem::take(&mut self.current) {
            Current::Defaults(defaults) => self.defaults.push(defaults),
            Current::Proxy(proxy) => self.read.proxies.push(proxy),
            Current::Other(section) => self.read.others.push(section),
            Current::Global | Current::Nothing => {}
        }
    }
}
