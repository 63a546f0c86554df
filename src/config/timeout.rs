//! HAProxy's timeouts, which side of a proxy each belongs to, and which stands in for it.
//!
//! Source: HAProxy manual 4.2, `timeout …`; fallbacks as in `proxy.c` and `http_ana.c`.
//! Must not know: any particular configuration.

/// A `timeout` keyword of a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timeout {
    /// `timeout connect`: a connection to a server has to succeed.
    Connect,
    /// `timeout client`: inactivity of the client.
    Client,
    /// `timeout server`: inactivity of the server.
    Server,
    /// `timeout queue`: waiting for a slot.
    Queue,
    /// `timeout http-request`: complete request headers.
    HttpRequest,
    /// `timeout http-keep-alive`: waiting for the next request.
    HttpKeepAlive,
    /// `timeout tunnel`: inactivity of both sides of a tunnel.
    Tunnel,
    /// `timeout client-fin`: inactivity of a client whose side is half closed.
    ClientFin,
    /// `timeout server-fin`: inactivity of a server whose side is half closed.
    ServerFin,
    /// `timeout check`: reading the answer to a health check, once connected.
    Check,
    /// `timeout tarpit`: how long a tarpitted request is held.
    Tarpit,
}

impl Timeout {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Connect,
        Self::Client,
        Self::Server,
        Self::Queue,
        Self::HttpRequest,
        Self::HttpKeepAlive,
        Self::Tunnel,
        Self::ClientFin,
        Self::ServerFin,
        Self::Check,
        Self::Tarpit,
    ];

    /// The words of the configuration, such as `timeout server`.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Connect => "timeout connect",
            Self::Client => "timeout client",
            Self::Server => "timeout server",
            Self::Queue => "timeout queue",
            Self::HttpRequest => "timeout http-request",
            Self::HttpKeepAlive => "timeout http-keep-alive",
            Self::Tunnel => "timeout tunnel",
            Self::ClientFin => "timeout client-fin",
            Self::ServerFin => "timeout server-fin",
            Self::Check => "timeout check",
            Self::Tarpit => "timeout tarpit",
        }
    }

    /// It has an effect where clients are accepted (`frontend`, `listen`).
    pub fn is_frontend_side(self) -> bool {
        matches!(
            self,
            Self::Client | Self::ClientFin | Self::HttpRequest | Self::HttpKeepAlive | Self::Tarpit
        )
    }

    /// It has an effect where servers are reached (`backend`, `listen`).
    pub fn is_backend_side(self) -> bool {
        !matches!(self, Self::Client | Self::ClientFin)
    }

    /// The timeouts HAProxy uses instead, in order, where this one is not set or 0.
    pub fn fallbacks(self) -> &'static [Self] {
        match self {
            Self::Queue | Self::Tarpit => &[Self::Connect],
            Self::HttpRequest => &[Self::Client],
            Self::HttpKeepAlive => &[Self::HttpRequest, Self::Client],
            _ => &[],
        }
    }

    /// The timeout that the second word of a `timeout` line names.
    pub(super) fn from_word(word: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|timeout| {
            timeout
                .keyword()
                .strip_prefix("timeout ")
                .map(str::as_bytes)
                == Some(word)
        })
    }
}
