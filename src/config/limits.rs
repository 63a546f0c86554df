//! How many a proxy takes at a time, and what it does when a server fails a request (HAProxy manual 4.2).
//!
//! Enters: the keywords in force. Leaves: answers, HAProxy's defaults included. Must not know: servers' lines.

use super::proxy::Proxy;
use super::{Config, Value};

/// Whether requests of clients that left are kept from servers: HAProxy's default changed in 3.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AbortOnClose {
    /// In versions up to 3.2.
    pub before_3_3: bool,
    /// In versions since 3.3.
    pub since_3_3: bool,
}

/// When a request that cannot reach its server is given to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redispatch {
    /// Never: without `option redispatch`.
    Never,
    /// On the last retry, or so many before it.
    BeforeLast(u32),
    /// On every n-th retry.
    Every(u32),
}

impl Proxy {
    /// `option abortonclose`, for both kinds of versions, since a configuration does not name its own.
    pub fn abort_on_close(&self) -> AbortOnClose {
        let written = self.option("abortonclose");
        AbortOnClose {
            before_3_3: written == Some(true),
            since_3_3: written.unwrap_or(self.is_backend() && self.mode_http()),
        }
    }

    /// `option redispatch [<interval>]`
    pub fn redispatch(&self) -> Redispatch {
        if self.option("redispatch") != Some(true) {
            return Redispatch::Never;
        }
        let value = self
            .body()
            .value("option redispatch")
            .map(|setting| &setting.value);
        let interval = match value {
            Some(Value::Text(text)) => text.parse::<i64>().unwrap_or(-1),
            _ => -1,
        };
        let count = u32::try_from(interval.unsigned_abs()).unwrap_or(u32::MAX);
        match interval {
            0 => Redispatch::Never,
            1.. => Redispatch::Every(count),
            _ => Redispatch::BeforeLast(count - 1),
        }
    }

    /// `retry-on`: failures after which a request is tried again; HAProxy's default where it is not set.
    pub fn retry_on(&self) -> &str {
        self.body().text("retry-on").unwrap_or("conn-failure")
    }

    /// Connections that failed are tried again: `retry-on` names them, which is HAProxy's default.
    pub fn retries_connections(&self) -> bool {
        let mut conditions = self.retry_on().split_whitespace();
        conditions.any(|condition| matches!(condition, "conn-failure" | "all-retryable-errors"))
    }

    /// `retry-on` also asks for retries of requests that a server had got, and may have worked on.
    pub fn retries_answers(&self) -> bool {
        let mut conditions = self.retry_on().split_whitespace();
        conditions.any(|condition| !matches!(condition, "conn-failure" | "0rtt-rejected" | "none"))
    }

    /// `option allbackups`: all backup servers take part, not only the first.
    pub fn allbackups(&self) -> bool {
        self.option("allbackups") == Some(true)
    }

    /// `option persist`: a cookie leads to its server even when that is down.
    pub fn persists_to_down_servers(&self) -> bool {
        self.option("persist") == Some(true)
    }

    /// `http-reuse`: `never`, `safe` (the default), `aggressive` or `always`.
    pub fn http_reuse(&self) -> &str {
        self.body().text("http-reuse").unwrap_or("safe")
    }

    /// `fullconn` as written: sessions at which servers with `minconn` reach their `maxconn`.
    pub fn fullconn(&self) -> Option<u32> {
        self.body().number("fullconn").filter(|_| self.is_backend())
    }

    /// `rate-limit sessions`: sessions that are accepted in a second; `None`: no limit.
    pub fn rate_limit(&self) -> Option<u32> {
        let limit = self.body().number("rate-limit sessions")?;
        (limit > 0 && self.is_frontend()).then_some(limit)
    }

    /// `backlog`: connections that may wait to be accepted; `None`: as many as `maxconn`.
    pub fn backlog(&self) -> Option<u32> {
        self.body().number("backlog").filter(|_| self.is_frontend())
    }
}

impl Config {
    /// Concurrent connections that a proxy accepts: its `maxconn`, else that of `global`. `None` for a backend, where
    /// HAProxy computes it, and where it is not known.
    pub fn effective_maxconn(&self, proxy: &Proxy) -> Option<u32> {
        if !proxy.is_frontend() || proxy.is_unknown("maxconn") {
            return None;
        }
        let own = proxy.maxconn().map(|setting| setting.value);
        own.filter(|limit| *limit > 0).or(self.global().maxconn())
    }

    /// `fullconn` in force: as written, else a tenth, rounded up, of the `maxconn` of all frontends that may lead there.
    /// `None` where one of those is not known, and for a frontend.
    pub fn effective_fullconn(&self, proxy: &Proxy) -> Option<u32> {
        if !proxy.is_backend() || proxy.body().value("fullconn").is_some() {
            return proxy.fullconn();
        }
        let mut sum = 0_u32;
        for frontend in self
            .proxies()
            .filter(|other| other.may_lead_to(&proxy.name))
        {
            sum = sum.saturating_add(self.effective_maxconn(frontend)?);
        }
        Some(sum.div_ceil(10))
    }
}
