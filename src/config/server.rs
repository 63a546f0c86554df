//! A server and its settings (HAProxy manual 5.2).
//!
//! Enters: settings that were merged. Leaves: answers, HAProxy's defaults included.
//! Must not know: the proxy it belongs to.

use super::body::{Value, Values};
use super::setting::{Place, Setting, Unknown};

/// `inter` where none is set, in ms.
const DEFAULT_INTER: u64 = 2000;
/// `rise` where none is set.
const DEFAULT_RISE: u32 = 2;
/// `fall` where none is set.
const DEFAULT_FALL: u32 = 3;

/// `error-limit` where none is set.
const DEFAULT_ERROR_LIMIT: u32 = 10;

/// A server, as it stands in `server` or as one of those that `server-template` makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name.
    pub name: String,
    /// Its address as written, port included.
    pub address: String,
    /// From `server` to the last word of the line.
    pub at: Place,
    /// `backup`: used when no other server is left.
    pub backup: bool,
    /// `disabled`: starts in maintenance.
    pub disabled: bool,
    /// `ssl`: traffic goes over TLS; so do checks, unless `port` or `addr` send them elsewhere.
    pub ssl: bool,
    /// `check-ssl`: checks go over TLS wherever they go.
    pub check_ssl: bool,
    /// Health checks; `None`: without `check`, or after `no-check`.
    pub check: Option<Check>,
    /// `maxconn`: concurrent requests; `None` or 0: no limit.
    pub maxconn: Option<Setting<u32>>,
    /// `maxqueue`: requests that may wait for this server; `None` or 0: no limit.
    pub maxqueue: Option<Setting<u32>>,
    /// `minconn`: lower end of a dynamic `maxconn`.
    pub minconn: Option<Setting<u32>>,
    /// `weight`, 0 to 256; HAProxy's default is 1.
    pub weight: Option<Setting<u32>>,
    /// `cookie`: the value that leads to this server.
    pub cookie: Option<Setting<String>>,
    /// `track`: `[proxy/]server` whose state this one takes over.
    pub track: Option<Setting<String>>,
    /// `observe`: `layer4` or `layer7`.
    pub observe: Option<Setting<String>>,
    /// `on-error`: `fastinter` (the default), `fail-check`, `sudden-death` or `mark-down`.
    pub on_error: Option<Setting<String>>,
    /// `on-marked-down`: `shutdown-sessions`.
    pub on_marked_down: Option<Setting<String>>,
    /// `slowstart` in ms.
    pub slowstart: Option<Setting<u64>>,
    /// All settings in force, those without a field here too; `no-check` is `check` turned off.
    pub values: Values,
    /// Settings in force that depend on the environment; the field of such a setting is `None`. The keyword `server`
    /// stands for a variable in the place of a keyword, which may set anything.
    pub unknown: Vec<Unknown>,
}

/// How a server is checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check {
    /// `inter` in ms: between two checks of a server that is up.
    pub inter: Option<Setting<u64>>,
    /// `fastinter` in ms: while the state is in transition; `inter` where not set.
    pub fastinter: Option<Setting<u64>>,
    /// `downinter` in ms: of a server that is down; `inter` where not set.
    pub downinter: Option<Setting<u64>>,
    /// `rise`: checks that must pass before it is up.
    pub rise: Option<Setting<u32>>,
    /// `fall`: checks that must fail before it is down.
    pub fall: Option<Setting<u32>>,
    /// `port` of the checks; the server's own where not set.
    pub port: Option<Setting<u32>>,
    /// `addr` of the checks; the server's own where not set.
    pub addr: Option<Setting<String>>,
}

impl Server {
    /// Milliseconds between two checks of a server that is up, HAProxy's default of 2000 included; `None` when it is
    /// not checked or the value is unknown.
    pub fn inter(&self) -> Option<u64> {
        self.check_value("inter", |check| check.inter.as_ref(), DEFAULT_INTER)
    }

    /// Checks that must pass, HAProxy's default of 2 included; `None` as for [`Server::inter`].
    pub fn rise(&self) -> Option<u32> {
        self.check_value("rise", |check| check.rise.as_ref(), DEFAULT_RISE)
    }

    /// Checks that must fail, HAProxy's default of 3 included; `None` as for [`Server::inter`].
    pub fn fall(&self) -> Option<u32> {
        self.check_value("fall", |check| check.fall.as_ref(), DEFAULT_FALL)
    }

    /// What is in force for a setting such as `alpn`, `resolvers` or `init-addr`.
    pub fn value(&self, keyword: &str) -> Option<&Value> {
        self.values.get(keyword).map(|setting| &setting.value)
    }

    /// A setting without a value is there and not turned off: `send-proxy`, `ssl`, `agent-check`, …
    pub fn is_on(&self, keyword: &str) -> bool {
        self.value(keyword)
            .is_some_and(|value| *value != Value::Flag(false))
    }

    /// Milliseconds between two checks while the state is in transition: `fastinter`, else [`Server::inter`].
    pub fn fastinter(&self) -> Option<u64> {
        let inter = self.inter()?;
        self.check_value("fastinter", |check| check.fastinter.as_ref(), inter)
    }

    /// Milliseconds between two checks of a server that is down: `downinter`, else [`Server::inter`].
    pub fn downinter(&self) -> Option<u64> {
        let inter = self.inter()?;
        self.check_value("downinter", |check| check.downinter.as_ref(), inter)
    }

    /// Errors of traffic in a row after which `observe` does what `on-error` says; 10 where `error-limit` is not set.
    /// `None` without `observe`.
    pub fn error_limit(&self) -> Option<u32> {
        self.observe.as_ref()?;
        match self.value("error-limit") {
            Some(value) => value.number(),
            None => Some(DEFAULT_ERROR_LIMIT),
        }
    }

    /// Milliseconds between two questions to the server's agent; 2000 where `agent-inter` is not set. `None` without
    /// `agent-check`.
    pub fn agent_inter(&self) -> Option<u64> {
        match self.value("agent-inter") {
            _ if !self.is_on("agent-check") => None,
            Some(value) => value.time(),
            None => Some(DEFAULT_INTER),
        }
    }

    /// `init-addr`: where its address comes from at the start; HAProxy's default where it is not set.
    pub fn init_addr(&self) -> &str {
        self.value("init-addr")
            .and_then(Value::text)
            .unwrap_or("last,libc")
    }

    /// Checks begin with the PROXY protocol: those of a server with `check-send-proxy`, and those that go where its
    /// traffic with `send-proxy` goes.
    pub fn is_checked_with_proxy(&self) -> bool {
        let kinds = [
            "send-proxy",
            "send-proxy-v2",
            "send-proxy-v2-ssl",
            "send-proxy-v2-ssl-cn",
        ];
        let sends = kinds.into_iter().any(|kind| self.is_on(kind));
        self.is_on("check-send-proxy") || sends && !self.is_checked_elsewhere()
    }

    /// Checks go to another `port` or `addr` than traffic.
    fn is_checked_elsewhere(&self) -> bool {
        let check = self.check.as_ref();
        check.is_some_and(|check| check.port.is_some() || check.addr.is_some())
    }

    /// Its checks connect to where its requests go; `None` where it has none, or that cannot be known.
    pub fn is_checked_itself(&self) -> Option<bool> {
        let decides = |keyword: &str| matches!(keyword, "server" | "check" | "port" | "addr");
        let mut unknown = self.unknown.iter();
        if unknown.any(|unknown| decides(&unknown.keyword)) {
            return None;
        }
        let check = self.check.as_ref()?;
        let (host, port) = self.address.rsplit_once(':').unwrap_or((&self.address, ""));
        let addr = check.addr.as_ref().is_none_or(|addr| addr.value == host);
        let own = check.port.as_ref();
        Some(addr && own.is_none_or(|own| own.value.to_string() == port))
    }

    /// Checks go over TLS: those of a server with `check-ssl`, and those that go where TLS traffic goes.
    pub fn is_checked_over_tls(&self) -> bool {
        self.check_ssl || self.ssl && !self.is_checked_elsewhere()
    }

    fn check_value<T: Copy>(
        &self,
        keyword: &str,
        field: fn(&Check) -> Option<&Setting<T>>,
        default: T,
    ) -> Option<T> {
        let check = self.check.as_ref()?;
        let is_unknown = |keyword| {
            self.unknown
                .iter()
                .any(|unknown| unknown.keyword == keyword)
        };
        match field(check) {
            Some(setting) => Some(setting.value),
            None if is_unknown(keyword) || is_unknown("server") => None,
            None => Some(default),
        }
    }
}
