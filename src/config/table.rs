//! What single-valued keywords take, what holds where they are not set, and where HAProxy's manual says so.
//!
//! Must not know: any particular configuration.

/// Whose keyword it is: the same word may mean different things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The section `global`.
    Global,
    /// `defaults`, `frontend`, `backend` and `listen`.
    Proxy,
    /// A `server`, `server-template` or `default-server` line.
    Server,
    /// A `bind` line.
    Bind,
    /// The section `resolvers`.
    Resolvers,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A time, in ms where it has no unit.
    Time,
    /// A whole number.
    Number,
    /// Any other text.
    Text,
}

/// What is known of a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The keyword, such as `timeout queue`.
    pub keyword: &'static str,
    /// How its value is written.
    pub form: Form,
    /// What holds where it is not set: a value as it could be written, or in words.
    pub unset: &'static str,
}

impl Level {
    /// The chapter of HAProxy's configuration manual that describes these keywords.
    pub fn manual(self) -> &'static str {
        match self {
            Self::Global => "3",
            Self::Proxy => "4.2",
            Self::Server => "5.2",
            Self::Bind => "5.1",
            Self::Resolvers => "5.3.2",
        }
    }

    /// What is known of a keyword; `None`: it has no bearing here, or stands for itself.
    pub fn entry(self, keyword: &str) -> Option<&'static Entry> {
        self.entries().iter().find(|entry| entry.keyword == keyword)
    }

    /// All keywords of the level that are known by more than their name.
    pub fn entries(self) -> &'static [Entry] {
        match self {
            Self::Global => GLOBAL,
            Self::Proxy => PROXY,
            Self::Server => SERVER,
            Self::Bind => BIND,
            Self::Resolvers => RESOLVERS,
        }
    }
}

const fn time(keyword: &'static str, unset: &'static str) -> Entry {
    let form = Form::Time;
    Entry {
        keyword,
        form,
        unset,
    }
}

const fn number(keyword: &'static str, unset: &'static str) -> Entry {
    let form = Form::Number;
    Entry {
        keyword,
        form,
        unset,
    }
}

const fn text(keyword: &'static str, unset: &'static str) -> Entry {
    let form = Form::Text;
    Entry {
        keyword,
        form,
        unset,
    }
}

const GLOBAL: &[Entry] = &[
    number(
        "maxconn",
        "computed from the limit of file descriptors (`ulimit -n`)",
    ),
    number("ulimit-n", "computed from maxconn"),
    number("fd-hard-limit", "the system's hard limit"),
    number("maxconnrate", "no limit"),
    number("maxsessrate", "no limit"),
    number("maxsslrate", "no limit"),
    number("maxsslconn", "no limit of its own"),
    number("maxpipes", "a quarter of maxconn"),
    number("maxcomprate", "no limit"),
    number("spread-checks", "0"),
    time("max-spread-checks", "no limit"),
    number("nbthread", "as many as the process may use processors"),
    number("thread-groups", "1"),
    number("nbproc", "1"),
    time(
        "hard-stop-after",
        "no limit: an old process stays until its last session ends",
    ),
    time("grace", "0"),
    time("close-spread-time", "no spreading"),
    number("tune.bufsize", "16384"),
    number("tune.maxrewrite", "1024"),
    number("tune.http.maxhdr", "101"),
    number("tune.http.logurilen", "1024"),
    number("tune.http.cookielen", "63"),
    number("tune.maxaccept", "4"),
    number("tune.h2.max-concurrent-streams", "100"),
    number("tune.h2.initial-window-size", "65535"),
    text("tune.idle-pool.shared", "on"),
    number("tune.pool-high-fd-ratio", "25"),
    number("tune.pool-low-fd-ratio", "20"),
    number("tune.ssl.cachesize", "20000"),
    number("tune.rcvbuf.client", "the system's choice"),
    number("tune.rcvbuf.server", "the system's choice"),
    number("tune.sndbuf.client", "the system's choice"),
    number("tune.sndbuf.server", "the system's choice"),
    time("stats timeout", "10s"),
    number("stats maxconn", "10"),
];

const PROXY: &[Entry] = &[
    time("timeout connect", "no limit"),
    time("timeout client", "no limit"),
    time("timeout server", "no limit"),
    time("timeout queue", "timeout connect"),
    time("timeout http-request", "timeout client"),
    time(
        "timeout http-keep-alive",
        "timeout http-request, else timeout client",
    ),
    time("timeout tunnel", "timeout client and timeout server"),
    time("timeout client-fin", "timeout client"),
    time("timeout client-hs", "timeout client"),
    time("timeout server-fin", "timeout server"),
    time("timeout check", "inter, for the whole check"),
    time("timeout tarpit", "timeout connect"),
    number("maxconn", "the maxconn of global"),
    number(
        "fullconn",
        "10% of the maxconn of all frontends that may lead here",
    ),
    number("backlog", "maxconn"),
    number("rate-limit sessions", "no limit"),
    number("retries", "3"),
    text("retry-on", "conn-failure"),
    text("mode", "tcp"),
    text("balance", "roundrobin"),
    text("http-reuse", "safe"),
    text("hash-type", "map-based"),
    number("hash-balance-factor", "0"),
    number("max-keep-alive-queue", "-1: no limit"),
    text("load-server-state-from-file", "none"),
    number("clitcpka-cnt", "the system's choice"),
    time("clitcpka-idle", "the system's choice"),
    time("clitcpka-intvl", "the system's choice"),
    number("srvtcpka-cnt", "the system's choice"),
    time("srvtcpka-idle", "the system's choice"),
    time("srvtcpka-intvl", "the system's choice"),
    text(
        "option redispatch",
        "off: the last retry goes to the same server",
    ),
    text(
        "option abortonclose",
        "off; since 3.3 on where mode is http",
    ),
    text(
        "option allbackups",
        "off: only the first backup server is used",
    ),
    text("option persist", "off: a server that is down is not asked"),
    text("option httpchk", "a check only connects"),
];

const SERVER: &[Entry] = &[
    time("inter", "2s"),
    time("fastinter", "inter"),
    time("downinter", "inter"),
    number("rise", "2"),
    number("fall", "3"),
    number("port", "the port of the server"),
    number("maxconn", "0: no limit"),
    number("minconn", "maxconn"),
    number("maxqueue", "0: no limit"),
    number("weight", "1"),
    number("error-limit", "10"),
    text("on-error", "fastinter"),
    time("slowstart", "0"),
    number("agent-port", "there is no agent check without it"),
    time("agent-inter", "2s"),
    text("agent-addr", "the address of the server"),
    text("init-addr", "last,libc"),
    text(
        "verify",
        "required, unless ssl-server-verify of global says none",
    ),
    number("max-reuse", "-1: no limit"),
    number("pool-max-conn", "-1: no limit"),
    number("pool-low-conn", "0"),
    time("pool-purge-delay", "5s"),
    time("tcp-ut", "the system's choice"),
    number("id", "counted by HAProxy"),
];

const BIND: &[Entry] = &[
    number("maxconn", "the maxconn of the frontend"),
    number("backlog", "the backlog of the frontend"),
    number("nice", "0"),
    number("id", "counted by HAProxy"),
    time("tcp-ut", "the system's choice"),
];

const RESOLVERS: &[Entry] = &[
    number("accepted_payload_size", "512"),
    number("resolve_retries", "3"),
    time("timeout resolve", "1s"),
    time("timeout retry", "1s"),
    time("hold nx", "30s"),
    time("hold obsolete", "0"),
    time("hold other", "30s"),
    time("hold refused", "30s"),
    time("hold timeout", "30s"),
    time("hold valid", "10s"),
];
