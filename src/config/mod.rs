//! `haproxy.cfg`, read losslessly: every value knows where it stands.
//!
//! Enters: the text of a configuration. Leaves: a [`Config`] to ask what is in force for a proxy.
//! Must not know: logs.
//!
//! Conditions (`.if`) are not evaluated and environment variables are not expanded: all branches are read, and a value
//! that depends on a variable is unknown. Both are said, by [`Config::notes`] and [`Proxy::unknown`].

mod error;
mod keywords;
mod logging;
mod proxy;
mod reader;
mod runtime;
mod sections;
mod server;
mod server_line;
mod setting;
pub mod syntax;
mod timeout;
mod value;
pub mod variables;

use std::path::Path;

pub use error::{ConfigError, Problem};
pub use keywords::{HttpChk, LogFormatKind};
pub use logging::{LogTarget, Sample};
pub use proxy::{Proxy, ProxyKind};
pub use runtime::StatsSocket;
pub use server::{Check, Server};
pub use setting::{Note, Origin, Place, Setting, Unknown};
pub use timeout::Timeout;

use reader::Reader;
use syntax::Syntax;

/// A configuration file.
#[derive(Debug, Clone)]
pub struct Config {
    name: String,
    syntax: Syntax,
    proxies: Vec<Proxy>,
    log: Vec<Setting<LogTarget>>,
    notes: Vec<Note>,
}

impl Config {
    /// Reads the text of a configuration; `name` stands in errors. Keywords this version does not know are kept and
    /// passed over. Fails on what HAProxy would refuse too (quoting, times, numbers, `from`), on bytes that are no text
    /// and on a file without any section.
    pub fn parse(name: &str, text: &[u8]) -> Result<Self, ConfigError> {
        let at = |line, column, problem| ConfigError::At {
            file: name.to_owned(),
            line,
            column,
            problem,
        };
        if let Some(offset) = memchr::memchr(0, text) {
            let before = text.get(..offset).unwrap_or_default();
            let line = memchr::memchr_iter(b'\n', before).count() + 1;
            let line_start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
            return Err(at(line, offset - line_start + 1, Problem::NotText));
        }
        if !sections::has_section(text) {
            return Err(at(1, 1, Problem::NoSection));
        }
        let syntax =
            Syntax::parse(text).map_err(|error| at(error.line, error.column, error.problem))?;
        let mut reader = Reader::new(name, text);
        let (proxies, log) = sections::read(&syntax, &mut reader)?;
        let notes = reader.notes;
        Ok(Self {
            name: name.to_owned(),
            syntax,
            proxies,
            log,
            notes,
        })
    }

    /// Reads a file; errors as for [`Config::parse`], or the system's.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        match std::fs::read(path) {
            Ok(text) => Self::parse(&name, &text),
            Err(source) => Err(ConfigError::Unreadable { file: name, source }),
        }
    }

    /// The name given when it was read.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file as lines and words; [`Syntax::text`] has the bytes that every [`Place`] points into.
    pub fn syntax(&self) -> &Syntax {
        &self.syntax
    }

    /// What its reader should know: conditions, values whose end HAProxy ignores, lines that were not read.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// All `frontend`, `backend` and `listen` sections in the order of the file.
    pub fn proxies(&self) -> impl Iterator<Item = &Proxy> {
        self.proxies.iter()
    }

    /// The proxy of this name; the one with servers when a frontend and a backend share it.
    pub fn proxy(&self, name: &str) -> Option<&Proxy> {
        self.backend(name).or_else(|| self.frontend(name))
    }

    /// The `frontend` or `listen` of this name; the last one, when branches of an `.if` each have one.
    pub fn frontend(&self, name: &str) -> Option<&Proxy> {
        self.last(|proxy| proxy.is_frontend() && proxy.name == name)
    }

    /// The `backend` or `listen` of this name; the last one, when branches of an `.if` each have one.
    pub fn backend(&self, name: &str) -> Option<&Proxy> {
        self.last(|proxy| proxy.is_backend() && proxy.name == name)
    }

    /// The proxies whose clients can reach this backend: those that name it in `use_backend` or `default_backend`, and
    /// the `listen` of that name itself. A name that is computed for each request names no backend here.
    pub fn frontends_of(&self, backend: &str) -> impl Iterator<Item = &Proxy> {
        self.proxies.iter().filter(move |proxy| {
            let is_itself = proxy.kind == ProxyKind::Listen && proxy.name == backend;
            let mut named = proxy.use_backends().iter().chain(proxy.default_backend());
            proxy.is_frontend() && (is_itself || named.any(|name| name.value == backend))
        })
    }

    /// The `log` lines that a proxy's traffic goes by; none: it is not logged.
    pub fn log_targets<'a>(
        &'a self,
        proxy: &'a Proxy,
    ) -> impl Iterator<Item = &'a Setting<LogTarget>> {
        let global = self.log.iter().filter(|_| proxy.logs_to_global());
        global.chain(proxy.own_log_targets())
    }

    fn last(&self, is_wanted: impl Fn(&Proxy) -> bool) -> Option<&Proxy> {
        self.proxies.iter().rev().find(|proxy| is_wanted(proxy))
    }
}

#[cfg(test)]
mod tests;
