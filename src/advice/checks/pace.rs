//! How soon checks notice that a server is gone.
//!
//! Enters: the section's line of a server, and by what it is lost. Leaves: ms. Must not know: incidents.
//!
//! HAProxy marks a server DOWN after `fall` failed checks in a row. One begins `inter` after the one before has ended or, from the
//! first failure on, `fastinter` where that is set (HAProxy manual, 5.2; `check.c`, `process_chk_conn`): one that is refused ends at
//! once, one that nobody answers when its time is up.

use crate::advice::amount;
use crate::config::{Proxy, Server, Timeout};
use crate::words::cause::Cause;

/// See the module; times in ms.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// `inter`.
    pub inter: u64,
    /// The same after a first failure.
    pub fast: u64,
    /// `fall`.
    pub fall: u64,
    /// What a failing check takes.
    pub lasts: u64,
    /// `inter` is what it may take.
    pub is_limit: bool,
    /// Where `inter` is from.
    pub from: &'static str,
}

impl Pace {
    /// HAProxy's defaults (manual, 5.2).
    const DEFAULT: Self = Self {
        inter: 2_000,
        fast: 2_000,
        fall: 3,
        lasts: 0,
        is_limit: false,
        from: "default",
    };

    /// Of a server that is lost by this cause; `None` where it is not checked.
    pub fn of(server: &Server, cause: Cause, proxy: &Proxy) -> Option<Self> {
        let check = server.check.as_ref()?;
        let from = match check.inter {
            Some(_) => "config",
            None => "default",
        };
        let pace = Self {
            inter: server.inter()?,
            fast: check
                .fastinter
                .as_ref()
                .map_or(server.inter()?, |fast| fast.value),
            fall: u64::from(server.fall()?),
            from,
            ..Self::DEFAULT
        };
        Some(pace.against(cause, proxy))
    }

    /// Of a server of which no more is said than `check`.
    pub fn by_default(cause: Cause, proxy: &Proxy) -> Self {
        Self::DEFAULT.against(cause, proxy)
    }

    /// With what a check takes that fails by this cause.
    fn against(self, cause: Cause, proxy: &Proxy) -> Self {
        let inter = self.inter;
        let limit = proxy.timeout(Timeout::Check).map(|limit| limit.value);
        let connect = proxy.timeout(Timeout::Connect).map(|limit| limit.value);
        let lasts = match (cause, limit) {
            (Cause::SlowServer, limit) => limit.unwrap_or(inter),
            // Connecting is limited by `timeout connect` only where `timeout check` is set.
            (Cause::NetworkUnreachable, Some(_)) => connect.map_or(inter, |limit| limit.min(inter)),
            (Cause::NetworkUnreachable, None) => inter,
            _ => 0,
        };
        Self {
            lasts,
            is_limit: lasts > 0 && limit.is_none(),
            ..self
        }
    }

    /// From the fault to the mark, if it came just behind a check that passed.
    pub fn longest(self) -> u64 {
        self.inter + self.fall.saturating_sub(1) * self.fast + self.fall * self.lasts
    }

    /// In words.
    pub fn said(self) -> String {
        let apart = format!(
            "`fall {}` checks are {} apart",
            self.fall,
            amount::words(self.inter)
        );
        match self.lasts {
            0 => apart,
            lasts => format!(
                "{apart}, and each that nobody answers takes {}",
                amount::words(lasts)
            ),
        }
    }
}
