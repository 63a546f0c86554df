//! A proxy, and what is in force for it.
//!
//! Enters: the keywords of its section, laid over those of its `defaults`. Leaves: answers, each with its place.
//! Must not know: other proxies.

use super::bind::Bind;
use super::body::{Body, CHECK_OPTIONS};
use super::error::ConfigError;
use super::keywords::{HttpChk, Keywords, LogFormatKind};
use super::logging::LogTarget;
use super::reader::Reader;
use super::server::Server;
use super::setting::{Origin, Place, Setting, Unknown};
use super::syntax::Word;
use super::timeout::Timeout;

/// `retries` where none is set.
const DEFAULT_RETRIES: u32 = 3;

/// The section a proxy is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProxyKind {
    /// `frontend`: accepts clients.
    Frontend,
    /// `backend`: reaches servers.
    Backend,
    /// `listen`: both.
    Listen,
}

/// A `frontend`, `backend` or `listen` section, with what it inherits.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// How it is written.
    pub kind: ProxyKind,
    /// Its name.
    pub name: String,
    /// The line that begins it.
    pub at: Place,
    keywords: Keywords,
}

impl Proxy {
    pub(super) fn new(kind: ProxyKind, name: String, at: Place, keywords: Keywords) -> Self {
        Self {
            kind,
            name,
            at,
            keywords,
        }
    }

    /// Reads one line of its section.
    pub(super) fn read(
        &mut self,
        words: &[&Word],
        reader: &mut Reader<'_>,
    ) -> Result<(), ConfigError> {
        self.keywords.read(words, reader)
    }

    /// Everything its section says and inherits, keyword by keyword.
    pub fn body(&self) -> &Body {
        &self.keywords.body
    }

    /// Its `bind` lines in order.
    pub fn binds(&self) -> &[Bind] {
        &self.keywords.binds
    }

    /// The line that begins the `defaults` section it is built on.
    pub fn defaults(&self) -> Option<&Place> {
        self.keywords.parent.as_ref()
    }

    /// It accepts clients: `frontend` or `listen`.
    pub fn is_frontend(&self) -> bool {
        self.kind != ProxyKind::Backend
    }

    /// It reaches servers: `backend` or `listen`.
    pub fn is_backend(&self) -> bool {
        self.kind != ProxyKind::Frontend
    }

    /// `mode tcp`, which is also HAProxy's default.
    pub fn mode_tcp(&self) -> bool {
        let mode = self.keywords.mode.as_ref();
        mode.map_or(!self.is_unknown("mode"), |mode| mode.value == "tcp")
    }

    /// `mode http`
    pub fn mode_http(&self) -> bool {
        let mode = self.keywords.mode.as_ref();
        mode.is_some_and(|mode| mode.value == "http")
    }

    /// What is written for a timeout in this section, or inherited, in ms; 0 means no limit. `None` when it is not set,
    /// when HAProxy ignores it because the proxy lacks that side, or when it is unknown (see [`Proxy::unknown`]).
    pub fn timeout(&self, timeout: Timeout) -> Option<Setting<u64>> {
        let has_side = timeout.is_frontend_side() && self.is_frontend()
            || timeout.is_backend_side() && self.is_backend();
        let setting = self.keywords.timeouts.get(&timeout)?.as_ref()?;
        has_side.then(|| setting.clone())
    }

    /// The timeout that really limits, in ms: [`Proxy::timeout`], or where that is not set or 0 the first of
    /// [`Timeout::fallbacks`] that is, marked [`Origin::Fallback`]. `None`: no limit, or unknown.
    ///
    /// `timeout check` limits only the answer, once connected; the connection then has the smaller of `timeout connect`
    /// and the server's `inter`. Without it, `inter` limits a check as a whole, so `None` means [`Server::inter`].
    pub fn effective_timeout(&self, timeout: Timeout) -> Option<Setting<u64>> {
        let candidates = std::iter::once(timeout).chain(timeout.fallbacks().iter().copied());
        for candidate in candidates {
            if self.is_unknown(candidate.keyword()) {
                return None;
            }
            let setting = self.timeout(candidate).filter(|setting| setting.value > 0);
            if let Some(mut setting) = setting {
                if candidate != timeout {
                    setting.from = Origin::Fallback(candidate);
                }
                return Some(setting);
            }
        }
        None
    }

    /// Whether `option <name>` is on; `None`: neither set nor turned off by `no option`.
    pub fn option(&self, name: &str) -> Option<bool> {
        self.option_setting(name).map(|setting| setting.value)
    }

    /// The line that decides on `option <name>`: its text is the name and its arguments.
    pub fn option_setting(&self, name: &str) -> Option<&Setting<bool>> {
        self.keywords.options.get(name)
    }

    /// `option dontlog-normal`: successful traffic is not logged.
    pub fn dontlog_normal(&self) -> bool {
        self.option("dontlog-normal") == Some(true)
    }

    /// `log global` is in force.
    pub(super) fn logs_to_global(&self) -> bool {
        self.keywords.logging.is_global
    }

    /// `log` lines of its own or of its `defaults`.
    pub(super) fn own_log_targets(&self) -> &[Setting<LogTarget>] {
        &self.keywords.logging.targets
    }

    /// Rules that take some requests out of the log: `… set-log-level silent`.
    pub fn silent_rules(&self) -> &[Setting<()>] {
        &self.keywords.logging.silent
    }

    /// `log-steps` leaves out the end of requests, when all is known of them.
    pub fn logs_no_end(&self) -> bool {
        self.keywords.logging.is_without_end
    }

    /// `option log-separate-errors`: failed requests are logged as `err`, others as `info`.
    pub fn log_separate_errors(&self) -> bool {
        self.option("log-separate-errors") == Some(true)
    }

    /// `option dontlognull`: connections without data are not logged.
    pub fn dontlognull(&self) -> bool {
        self.option("dontlognull") == Some(true)
    }

    /// `option log-health-checks`: every result of a check that changes something is logged.
    pub fn log_health_checks(&self) -> bool {
        self.option("log-health-checks") == Some(true)
    }

    /// `option logasap`: traffic is logged before it ends.
    pub fn logasap(&self) -> bool {
        self.option("logasap") == Some(true)
    }

    /// `option abortonclose` is written: requests of clients that left are not sent to a server.
    pub fn abortonclose(&self) -> bool {
        self.option("abortonclose") == Some(true)
    }

    /// Connection attempts after the first: as written, else HAProxy's default of 3, also when what is written is
    /// unknown (see [`Proxy::unknown`]).
    pub fn retries(&self) -> u32 {
        self.retries_setting()
            .map_or(DEFAULT_RETRIES, |setting| setting.value)
    }

    /// `retries` as written or inherited.
    pub fn retries_setting(&self) -> Option<&Setting<u32>> {
        self.of_backend(&self.keywords.retries)
    }

    /// `maxconn`: concurrent connections that are accepted. `None` also for a backend, which has no such limit.
    pub fn maxconn(&self) -> Option<&Setting<u32>> {
        self.keywords
            .maxconn
            .as_ref()
            .filter(|_| self.is_frontend())
    }

    /// `balance`: the algorithm; the text has its arguments too.
    pub fn balance(&self) -> Option<&Setting<String>> {
        self.of_backend(&self.keywords.balance)
    }

    /// `cookie`: the cookie's name; the text has its options too.
    pub fn cookie(&self) -> Option<&Setting<String>> {
        self.of_backend(&self.keywords.cookie)
    }

    /// How traffic lines look; `None` for a backend, which writes none.
    pub fn log_format_kind(&self) -> LogFormatKind {
        match &self.keywords.log_format {
            _ if !self.is_frontend() => LogFormatKind::None,
            Some(setting) => setting.value.clone(),
            None if self.is_unknown("log-format") => LogFormatKind::Unknown,
            None => LogFormatKind::None,
        }
    }

    /// `option httpchk`, unless a later option chose another kind of check.
    pub fn httpchk(&self) -> Option<&Setting<HttpChk>> {
        self.of_backend(&self.keywords.httpchk)
    }

    /// No option says what checks ask for: they open a connection and close it (HAProxy manual 5.2, `check`).
    pub fn check_only_connects(&self) -> bool {
        let asks = |option: &&str| self.option(option) == Some(true);
        self.httpchk().is_none() && !CHECK_OPTIONS.iter().any(asks)
    }

    /// The arguments of the `http-check` lines in force, as written, in order.
    pub fn http_check(&self) -> &[Setting<String>] {
        &self.keywords.http_check
    }

    /// `default_backend`
    pub fn default_backend(&self) -> Option<&Setting<String>> {
        self.keywords
            .default_backend
            .as_ref()
            .filter(|_| self.is_frontend())
    }

    /// The names in `use_backend` lines, in order; a name that is computed for each request is as written.
    pub fn use_backends(&self) -> &[Setting<String>] {
        &self.keywords.use_backends
    }

    /// Requests that it accepts may go to this backend, or end in itself under this name. A backend whose name is
    /// computed for each request may be any.
    pub fn may_lead_to(&self, backend: &str) -> bool {
        let mut named = self.use_backends().iter().chain(self.default_backend());
        self.is_frontend()
            && (self.name == backend
                || named.any(|name| name.value == backend || name.value.contains('%')))
    }

    /// Its servers in order, those of templates included.
    pub fn servers(&self) -> &[Server] {
        &self.keywords.servers
    }

    /// Values in force that depend on environment variables; those of servers are in [`Server::unknown`].
    pub fn unknown(&self) -> impl Iterator<Item = &Unknown> {
        self.keywords.unknowns.values()
    }

    /// A setting that has no effect without servers.
    fn of_backend<'a, T>(&self, slot: &'a Option<Setting<T>>) -> Option<&'a Setting<T>> {
        slot.as_ref().filter(|_| self.is_backend())
    }

    pub(super) fn is_unknown(&self, keyword: &str) -> bool {
        self.keywords.unknowns.contains_key(keyword)
    }
}
