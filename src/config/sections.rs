//! Sections of the file, and which `defaults` each is built on (HAProxy manual 2.1 and 4).
//!
//! Enters: lines. Leaves: the proxies with what they inherit, and notes. Must not know: what keywords mean.

use super::error::{ConfigError, Problem, shown};
use super::keywords::Keywords;
use super::logging::{LogTarget, Logging};
use super::proxy::{Proxy, ProxyKind};
use super::reader::{Reader, place_of};
use super::setting::{Origin, Setting};
use super::syntax::{Line, Piece, Syntax, Word};

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

/// The proxies, and the `log` lines of `global`.
pub(super) type Read = (Vec<Proxy>, Vec<Setting<LogTarget>>);

/// Reads all sections, in the order of the file; a section sees only what stands before it.
pub(super) fn read(syntax: &Syntax, reader: &mut Reader<'_>) -> Result<Read, ConfigError> {
    let mut sections = Sections::default();
    for line in syntax.lines() {
        let words: Vec<&Word> = line.words().collect();
        let Some(first) = words.first() else {
            continue;
        };
        if line.is_preprocessor() {
            note_condition(first, reader);
        } else if first.opens_section() {
            sections.close();
            sections.open(&words, reader)?;
        } else {
            sections.line(&words, reader)?;
        }
    }
    sections.close();
    note_missing_end(syntax, reader);
    Ok((sections.proxies, sections.global.targets))
}

fn note_condition(word: &Word, reader: &mut Reader<'_>) {
    if word.is(".if") {
        let text = "conditions are not evaluated: all branches of this `.if` are read as if they were in force";
        reader.note(&word.at, text.to_owned());
    }
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
    proxies: Vec<Proxy>,
    defaults: Vec<(Option<String>, Keywords)>,
    global: Logging,
    current: Current,
}

/// The section at hand.
#[derive(Default)]
enum Current {
    /// Before the first.
    #[default]
    Nothing,
    /// One that is kept and not looked into.
    Opaque,
    /// `global`, of which only the logging is read.
    Global,
    /// `defaults`, with its name.
    Defaults(Option<String>, Keywords),
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
                self.current = Current::Opaque;
                return Ok(());
            }
        };
        let at = place_of(words);
        let keyword = words.first().map(|word| word.text()).unwrap_or_default();
        let name = reader.argument(&keyword, &at, words.get(1), "a name")?;
        let parent = match words.get(2..) {
            Some([from, parent, ..]) if from.is("from") => self.named(parent, reader)?,
            _ => self.defaults.last().map(|(_, keywords)| keywords),
        };
        let keywords = parent.map(Keywords::inherited).unwrap_or_default();
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
        let keywords = parent.map(Keywords::inherited).unwrap_or_default();
        reader.from = Origin::Defaults(name.clone());
        self.current = Current::Defaults(name, keywords);
        Ok(())
    }

    /// The last `defaults` of this name; none when the name depends on the environment.
    fn named(
        &self,
        name: &Word,
        reader: &mut Reader<'_>,
    ) -> Result<Option<&Keywords>, ConfigError> {
        if name.is_unexpanded() {
            let text = "what this section inherits depends on the environment and is not known";
            reader.note(&name.at, text.to_owned());
            return Ok(None);
        }
        let wanted = name.text();
        let mut found = self.defaults.iter().rev();
        match found.find(|(name, _)| name.as_ref() == Some(&wanted)) {
            Some((_, keywords)) => Ok(Some(keywords)),
            None => {
                let name_shown = shown(&name.value);
                Err(reader.error(&name.at, Problem::NoDefaults { name: name_shown }))
            }
        }
    }

    fn line(&mut self, words: &[&Word], reader: &mut Reader<'_>) -> Result<(), ConfigError> {
        match &mut self.current {
            Current::Defaults(_, keywords) => keywords.read(words, reader),
            Current::Proxy(proxy) => proxy.read(words, reader),
            Current::Opaque => Ok(()),
            Current::Global => {
                match words {
                    [log, arguments @ ..] if log.is("log") => {
                        self.global.log(log, arguments, reader)
                    }
                    [no, log, ..] if no.is("no") && log.is("log") => self.global.no_log(),
                    _ => {}
                }
                Ok(())
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
            Current::Defaults(name, keywords) => self.defaults.push((name, keywords)),
            Current::Proxy(proxy) => self.proxies.push(proxy),
            Current::Opaque | Current::Global | Current::Nothing => {}
        }
    }
}
