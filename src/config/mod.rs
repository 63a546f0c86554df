//! `haproxy.cfg`, read losslessly: every value knows where it stands.
//!
//! Enters: the text of a configuration. Leaves: a [`Config`] to ask what is in force for a proxy.
//! Must not know: logs.
//!
//! A configuration may be of several files. Environment variables are expanded where their value is certain: set by the
//! configuration itself, or by an [`Environment`] that was given. Conditions (`.if`) are evaluated where all they depend
//! on is. Else all branches are read, and the value is unknown; both are said, by [`Config::notes`] and
//! [`Proxy::unknown`].

mod bind;
mod body;
mod check;
mod condition;
pub mod edit;
mod environment;
mod error;
mod file;
mod keywords;
mod limits;
mod logging;
mod persistence;
mod preprocess;
mod proxy;
mod reader;
mod runtime;
mod section;
mod sections;
mod server;
mod server_line;
mod setting;
pub mod syntax;
mod table;
mod timeout;
mod value;
pub mod variables;

use std::path::{Path, PathBuf};

pub use bind::Bind;
pub use body::{Body, Value, Values};
pub use check::CheckKind;
pub use environment::Environment;
pub use error::{ConfigError, Problem};
pub use file::File;
pub use keywords::{HttpChk, LogFormatKind};
pub use limits::{AbortOnClose, Redispatch};
pub use logging::{LogTarget, Sample};
pub use persistence::{CookieMode, Persistence};
pub use proxy::{Proxy, ProxyKind};
pub use runtime::StatsSocket;
pub use section::{Global, Hold, Resolvers, Section};
pub use server::{Check, Server};
pub use setting::{Note, Origin, Place, Setting, Unknown};
pub use table::{Entry, Form, Level};
pub use timeout::Timeout;
pub use value::milliseconds;

use reader::Reader;
use syntax::{Line, Syntax};

/// A configuration: a file, or several that HAProxy reads one after the other.
#[derive(Debug, Clone)]
pub struct Config {
    name: String,
    files: Vec<File>,
    environment: Environment,
    read: sections::Read,
    notes: Vec<Note>,
}

impl Config {
    /// Reads the text of a configuration of one file; as [`Config::parse_all`] where nothing is known of the environment.
    pub fn parse(name: &str, text: &[u8]) -> Result<Self, ConfigError> {
        Self::parse_all(&[(name, text)], Environment::Unknown)
    }

    /// Reads the texts of several files in this order; their names stand in errors. A section ends where its file
    /// ends, what `defaults` set goes on. Keywords this version does not know are kept and passed over. Fails on what
    /// HAProxy would refuse too (quoting, conditions, times, numbers, `from`), on bytes that are no text and where no
    /// file has any section.
    pub fn parse_all<N: AsRef<str>, T: AsRef<[u8]>>(
        texts: &[(N, T)],
        environment: Environment,
    ) -> Result<Self, ConfigError> {
        for (name, text) in texts {
            file::must_be_text(name.as_ref(), text.as_ref())?;
        }
        if !texts
            .iter()
            .any(|(_, text)| sections::has_section(text.as_ref()))
        {
            let name = texts.first().map_or("", |(name, _)| name.as_ref());
            return Err(file::error_at(name, 1, 1, Problem::NoSection));
        }
        let numbered = texts.iter().enumerate();
        let files = numbered
            .map(|(number, (name, text))| File::parse(number, name.as_ref(), text.as_ref()))
            .collect::<Result<Vec<File>, ConfigError>>()?;
        let mut reader = Reader::new(&files);
        let read = sections::read(&files, &environment, &mut reader)?;
        let notes = reader.notes;
        Ok(Self {
            name: files.first().map(File::name).unwrap_or_default().to_owned(),
            files,
            environment,
            read,
            notes,
        })
    }

    /// Reads a file, or the files `*.cfg` of a directory; errors as for [`Config::parse_all`], or the system's.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        Self::read_all(&[path.to_owned()], Environment::Unknown)
    }

    /// Reads what HAProxy reads when each path follows a `-f`, in this order.
    pub fn read_all(paths: &[PathBuf], environment: Environment) -> Result<Self, ConfigError> {
        let config = Self::parse_all(&file::read(paths)?, environment)?;
        let name = paths.first().map(|path| path.display().to_string());
        Ok(Self {
            name: name.unwrap_or_default(),
            ..config
        })
    }

    /// What follows HAProxy's first `-f`: the name of the first file, or of the folder it was read from.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its first file as lines and words; [`Config::files`] has all.
    pub fn syntax(&self) -> &Syntax {
        static EMPTY: Syntax = Syntax::EMPTY;
        self.files.first().map_or(&EMPTY, File::syntax)
    }

    /// Its files in order.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The name of the file that a place is in.
    pub fn file_of(&self, at: &Place) -> &str {
        self.files.get(at.file).map(File::name).unwrap_or_default()
    }

    /// The lines of all files.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.files.iter().flat_map(|file| file.syntax().lines())
    }

    /// What its reader should know: conditions, values whose end HAProxy ignores, lines that were not read.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// What all its `global` sections say.
    pub fn global(&self) -> &Global {
        &self.read.global
    }

    /// The sections that are neither `global` nor `defaults` nor proxies, in order.
    pub fn sections(&self) -> &[Section] {
        &self.read.others
    }

    /// The `resolvers` section of this name.
    pub fn resolvers(&self, name: &str) -> Option<Resolvers<'_>> {
        let mut resolvers = self.sections().iter().filter_map(Resolvers::of);
        resolvers.find(|resolvers| resolvers.name() == name)
    }

    /// All `frontend`, `backend` and `listen` sections in the order of the file.
    pub fn proxies(&self) -> impl Iterator<Item = &Proxy> {
        self.read.proxies.iter()
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
        self.read.proxies.iter().filter(move |proxy| {
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
        let global = self.read.log.iter().filter(|_| proxy.logs_to_global());
        global.chain(proxy.own_log_targets())
    }

    fn last(&self, is_wanted: impl Fn(&Proxy) -> bool) -> Option<&Proxy> {
        self.read
            .proxies
            .iter()
            .rev()
            .find(|proxy| is_wanted(proxy))
    }
}

#[cfg(test)]
mod tests;
