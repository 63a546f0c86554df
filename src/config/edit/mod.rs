//! Changes of a configuration, as a patch of its files.
//!
//! Enters: a [`Config`], and [`Change`]s: what is to be in force where. Leaves: a [`Patch`] that changes nothing else, or
//! for each change that cannot be made a [`Refusal`] that says why. Must not know: why a change is wanted.
//!
//! Changes are made one after the other, each on what the one before left; after each the files are read again, and a
//! change whose value is not in force then is refused.

mod diff;
mod draft;
mod lines;
mod proxy;
mod refusal;
mod server;

use super::body::{REPEATED, Value};
use super::setting::{Place, Setting};
use super::syntax::{Piece, Syntax};
use super::{Config, Proxy, Server};
pub use diff::{Edited, Way};
use draft::{Draft, Edit};
pub use refusal::Refusal;

/// Where a value is to be in force.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// The whole process: the section `global`.
    Global,
    /// The `frontend` or `listen` of this name: in its own section, whatever it inherits.
    Frontend(String),
    /// The `backend` or `listen` of this name: in its own section, whatever it inherits.
    Backend(String),
    /// The `defaults` that the `frontend` or `listen` of this name takes the value from, and with it all proxies that do.
    DefaultsOfFrontend(String),
    /// The `defaults` that the `backend` or `listen` of this name takes the value from, and with it all proxies that do.
    DefaultsOfBackend(String),
    /// All servers of a backend: its `default-server` above the first of them.
    ServersOf(String),
    /// One server, on its own line.
    Server {
        /// The `backend` or `listen`.
        backend: String,
        /// The server's name.
        server: String,
    },
}

/// A wanted change: a value that is to be in force.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Change {
    /// Where.
    pub scope: Scope,
    /// The keyword: `timeout queue`, `option redispatch`, `maxconn`, `inter`, `check`, …; with `no` before it where it is
    /// to be turned off (`no option abortonclose`, `no-check`); [`CHECK_URI`].
    pub keyword: String,
    /// Its value as it stands in `haproxy.cfg`, units, quotes and escapes included; empty for a keyword without one.
    pub value: String,
}

/// The keyword of a change of the URI in `http-check send … uri <uri>`.
pub const CHECK_URI: &str = "http-check send uri";

impl Change {
    /// The keyword itself, and whether it is to be on.
    fn sets(&self) -> (&str, bool) {
        let is_server = matches!(self.scope, Scope::ServersOf(_) | Scope::Server { .. });
        let no = if is_server { "no-" } else { "no " };
        match self.keyword.strip_prefix(no) {
            Some(keyword) => (keyword, false),
            None => (&self.keyword, true),
        }
    }
}

/// What changes make of the files of a configuration.
#[derive(Debug, Clone)]
pub struct Patch {
    /// The files that are changed, in order.
    pub files: Vec<Edited>,
    /// The changes that were not made: their number in the list, from 0, and why.
    pub refused: Vec<(usize, Refusal)>,
    /// The configuration as it is with the patch.
    pub config: Config,
}

impl Patch {
    /// A unified diff of all files (empty: nothing to change), for `patch` as [`Edited::way`] says. It has the bytes of
    /// the files, whatever they are.
    pub fn diff(&self) -> Vec<u8> {
        self.files.iter().flat_map(Edited::diff).collect()
    }
}

impl Config {
    /// Makes all changes that can be made; of two that set the same, the later counts.
    pub fn patch(&self, changes: &[Change]) -> Patch {
        let mut draft = Draft::of(self);
        let mut config = self.clone();
        let mut refused = Vec::new();
        for (number, change) in changes.iter().enumerate() {
            match made(&config, &draft, change) {
                Ok((with_it, new)) => (draft, config) = (with_it, new),
                Err(refusal) => refused.push((number, refusal)),
            }
        }
        Patch {
            files: draft.edited(),
            refused,
            config,
        }
    }

    /// The change that makes the HTTP checks of a backend ask for another path, all else of the request as it is.
    ///
    /// # Errors
    /// When there is no such backend or no `option httpchk`.
    pub fn change_of_check_path(&self, backend: &str, path: &str) -> Result<Change, Refusal> {
        proxy::change_of_check_path(self, backend, path)
    }
}

fn made(config: &Config, draft: &Draft, change: &Change) -> Result<(Draft, Config), Refusal> {
    must_be_words(&change.keyword)?;
    if !change.value.is_empty() {
        must_be_words(&change.value)?;
    }
    if REPEATED.split(' ').any(|keyword| keyword == change.keyword) {
        return Err(Refusal::Repeated {
            keyword: change.keyword.escape_debug().to_string(),
        });
    }
    let edit = match &change.scope {
        Scope::ServersOf(backend) => server::of_all(config, backend, change)?,
        Scope::Server { backend, server } => server::of_one(config, backend, server, change)?,
        _ => proxy::edit(config, change)?,
    };
    let draft = draft.with(&edit);
    let new = Config::parse_all(&draft.texts(), config.environment.clone())
        .map_err(|error| Refusal::Unreadable(error.to_string()))?;
    must_be_in_force(config, &new, &edit, change)?;
    let name = config.name.clone();
    Ok((draft, Config { name, ..new }))
}

/// Text that stands on one line as it is: words and blanks, without comments and environment variables.
fn must_be_words(text: &str) -> Result<(), Refusal> {
    let is_fine = |piece: &Piece| match piece {
        Piece::Word(word) => !word.is_unexpanded(),
        Piece::Blank(_) => true,
        Piece::Comment(_) | Piece::LineEnd(_) => false,
    };
    let syntax = Syntax::parse(text.as_bytes()).ok();
    let line = match syntax.as_ref().map(Syntax::lines) {
        Some([line]) => line,
        _ => return Err(Refusal::no_value(text)),
    };
    let is_trimmed = text.trim_ascii() == text && !text.contains('\0');
    match is_trimmed && line.pieces.iter().all(is_fine) {
        true => Ok(()),
        false => Err(Refusal::no_value(text)),
    }
}

fn must_be_in_force(
    old: &Config,
    new: &Config,
    edit: &Edit,
    change: &Change,
) -> Result<(), Refusal> {
    let (before, after) = (in_force(old, change), in_force(new, change));
    if before.len() == after.len() && !before.is_empty() {
        let mut pairs = before.iter().zip(&after);
        let is_same = |(before, after): (&Option<InForce>, &Option<InForce>)| match (before, after)
        {
            (Some(before), Some(after)) => {
                before.value == after.value && before.value != Value::Unknown
            }
            _ => false,
        };
        if pairs.all(is_same) {
            return Err(Refusal::AlreadySo);
        }
    }
    for setting in after {
        let setting = setting.ok_or(Refusal::NotInForce)?;
        let is_here = (setting.at.file, setting.at.line) == (edit.file, edit.new_line());
        if !is_here {
            return Err(Refusal::overridden(new, setting.at));
        }
        let (_, is_on) = change.sets();
        let is_asked = match change.value.as_str() {
            "" => setting.value == Value::Flag(is_on),
            value => is_on && setting.text == value,
        };
        if !is_asked {
            return Err(Refusal::NotInForce);
        }
    }
    Ok(())
}

/// A setting that a change is about.
struct InForce<'a> {
    value: Value,
    text: &'a str,
    at: &'a Place,
}

impl<'a> InForce<'a> {
    fn of(setting: &'a Setting<Value>) -> Self {
        Self {
            value: setting.value.clone(),
            text: &setting.text,
            at: &setting.at,
        }
    }
}

/// The settings that a change is about: one, or one for each server.
fn in_force<'a>(config: &'a Config, change: &Change) -> Vec<Option<InForce<'a>>> {
    let (keyword, _) = change.sets();
    let of_proxy = |proxy: Option<&'a Proxy>| {
        let body = proxy.map(Proxy::body);
        let setting = match keyword {
            CHECK_URI => body.and_then(proxy::check_uri),
            _ => body.and_then(|body| body.value(keyword)).map(InForce::of),
        };
        vec![setting]
    };
    let of_server = |server: &'a Server| server.values.get(keyword).map(InForce::of);
    let servers = |backend: &str| {
        let proxy = config.backend(backend);
        proxy.map(Proxy::servers).unwrap_or_default()
    };
    match &change.scope {
        Scope::Global => vec![config.global().body.value(keyword).map(InForce::of)],
        Scope::Frontend(name) | Scope::DefaultsOfFrontend(name) => of_proxy(config.frontend(name)),
        Scope::Backend(name) | Scope::DefaultsOfBackend(name) => of_proxy(config.backend(name)),
        Scope::ServersOf(backend) => servers(backend).iter().map(of_server).collect(),
        Scope::Server { backend, server } => {
            let mut servers = servers(backend).iter();
            let server = servers.find(|one| one.name == *server);
            vec![server.and_then(of_server)]
        }
    }
}

#[cfg(test)]
mod tests;
