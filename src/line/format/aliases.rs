//! The words of a log-format (HAProxy manual 8.2.6), kept as data.
//!
//! Enters: nothing. Leaves: for each alias its name, how its text looks and where it goes.
//! Must not know: a particular format or line.

use super::shape::Shape;
use super::slot::{Date, Slot};

/// One `%alias`, or a sample expression that says the same.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Alias {
    /// Behind the `%`, or between the brackets.
    pub(super) text: &'static str,
    /// HAProxy's name for it.
    pub(super) name: &'static str,
    /// What its text looks like.
    pub(super) shape: Shape,
    /// Where its value goes; of two that go to one place the lower `rank` has it.
    pub(super) slot: Slot,
    /// 0 is best.
    pub(super) rank: u8,
    /// Only HTTP has it.
    pub(super) http: bool,
}

/// The alias of this text, legacy spellings (until 2.5) included.
pub(super) fn alias(text: &str) -> Option<&'static Alias> {
    let legacy = LEGACY.iter().find(|(old, _)| *old == text);
    let text = legacy.map_or(text, |(_, new)| new);
    ALIASES.iter().find(|alias| alias.text == text)
}

/// The sample expression of this text, where HAProxy alone decides what it prints; others may print anything.
pub(super) fn sample(text: &str) -> Option<&'static Alias> {
    SAMPLES.iter().find(|sample| sample.text == text)
}

const LEGACY: [(&str, &str); 11] = [
    ("Bi", "bi"),
    ("Bp", "bp"),
    ("Ci", "ci"),
    ("Cp", "cp"),
    ("Fi", "fi"),
    ("Fp", "fp"),
    ("Si", "si"),
    ("Sp", "sp"),
    ("cc", "CC"),
    ("cs", "CS"),
    ("st", "ST"),
];

/// A row of the tables; the last column is `http` where only HTTP has it.
macro_rules! rows {
    ($($text:literal $name:literal $shape:ident $slot:expr, $rank:literal $($http:ident)?;)+) => {
        &[$(Alias {
            text: $text,
            name: $name,
            shape: Shape::$shape,
            slot: $slot,
            rank: $rank,
            http: rows!(@ $($http)?),
        }),+]
    };
    (@ http) => { true };
    (@) => { false };
}

const ALIASES: &[Alias] = rows! {
    "B"    "bytes_read"        Number  Slot::Bytes, 0;
    "CC"   "captured_request_cookie" Raw Slot::Cookie(0), 0 http;
    "CS"   "captured_response_cookie" Raw Slot::Cookie(1), 0 http;
    "H"    "hostname"          Word    Slot::Extra, 0;
    "HM"   "HTTP method"       Method  Slot::Extra, 0 http;
    "HP"   "HTTP path"         Path    Slot::Request, 2 http;
    "HPO"  "HTTP path only"    Path    Slot::Request, 3 http;
    "HQ"   "HTTP query string" Query   Slot::Extra, 0 http;
    "HU"   "HTTP request URI"  Word    Slot::Request, 1 http;
    "HV"   "HTTP version"      Version Slot::Extra, 0 http;
    "ID"   "unique-id"         Token     Slot::Extra, 0;
    "OG"   "log origin"        Ident   Slot::Extra, 0;
    "ST"   "status_code"       Number  Slot::Status, 0;
    "T"    "accept date UTC"   Date26  Slot::Accepted(Date::Offset), 5;
    "Ta"   "active time"       Number  Slot::Timer(4), 0 http;
    "Tc"   "Tc"                Number  Slot::Timer(2), 0;
    "Td"   "Td"                Number  Slot::Extra, 0;
    "Th"   "Th"                Number  Slot::Extra, 0;
    "Ti"   "idle time"         Number  Slot::Extra, 0 http;
    "Tl"   "accept date local" Date26  Slot::Accepted(Date::Offset), 4;
    "Tq"   "Tq"                Number  Slot::Timer(0), 1 http;
    "TR"   "request time"      Number  Slot::Timer(0), 0 http;
    "Tr"   "Tr"                Number  Slot::Timer(3), 0 http;
    "Ts"   "accept epoch"      Number  Slot::Accepted(Date::Epoch), 6;
    "Tt"   "Tt"                Number  Slot::Timer(4), 1;
    "Tu"   "Tu"                Number  Slot::Timer(4), 2;
    "Tw"   "Tw"                Number  Slot::Timer(1), 0;
    "U"    "bytes_uploaded"    Number  Slot::Extra, 0;
    "ac"   "actconn"           Number  Slot::Connections(0), 0;
    "b"    "backend_name"      Name    Slot::Backend, 0;
    "bc"   "beconn"            Number  Slot::Connections(2), 0;
    "bi"   "backend source ip" Ip      Slot::Extra, 0;
    "bp"   "backend source port" Number Slot::Extra, 0;
    "bq"   "backend_queue"     Number  Slot::BackendQueue, 0;
    "ci"   "client_ip"         Ip      Slot::Client, 0;
    "cp"   "client_port"       Number  Slot::Extra, 0;
    "f"    "frontend_name"     Name    Slot::Frontend, 1;
    "fc"   "feconn"            Number  Slot::Connections(1), 0;
    "fi"   "frontend_ip"       Ip      Slot::Extra, 0;
    "fp"   "frontend_port"     Number  Slot::Extra, 0;
    "ft"   "frontend_name_transport" Transport Slot::Transport, 0;
    "hr"   "captured_request_headers"  Braces Slot::Captures, 0;
    "hrl"  "captured_request_headers CLF"  Line Slot::Captures, 1;
    "hs"   "captured_response_headers" Braces Slot::Captures, 0;
    "hsl"  "captured_response_headers CLF" Line Slot::Captures, 1;
    "lc"   "frontend log counter" Number Slot::Extra, 0;
    "ms"   "accept date milliseconds" Number Slot::Milliseconds, 0;
    "pid"  "PID"               Number  Slot::Extra, 0;
    "r"    "http_request"      Line    Slot::Request, 0 http;
    "rc"   "retries"           Number  Slot::Retries, 0;
    "rt"   "request_counter"   Number  Slot::Extra, 0;
    "s"    "server_name"       Name    Slot::Server, 0;
    "sc"   "srv_conn"          Number  Slot::Connections(3), 0;
    "si"   "server_IP"         Ip      Slot::Extra, 0;
    "sp"   "server_port"       Number  Slot::Extra, 0;
    "sq"   "srv_queue"         Number  Slot::SrvQueue, 0;
    "sslc" "ssl_ciphers"       Ident   Slot::Extra, 0;
    "sslv" "ssl_version"       Ident   Slot::Extra, 0;
    "t"    "date_time"         Date24  Slot::Accepted(Date::Wall), 3;
    "tr"   "request date"      Date24  Slot::Accepted(Date::Wall), 0 http;
    "trg"  "request date UTC"  Date26  Slot::Accepted(Date::Request), 2 http;
    "trl"  "request date local" Date26 Slot::Accepted(Date::Request), 1 http;
    "ts"   "termination_state" State2  Slot::Term, 1;
    "tsc"  "termination_state with cookie" State4 Slot::Term, 0;
};

const SAMPLES: &[Alias] = rows! {
    "src"                "client_ip"    Ip     Slot::Client, 1;
    "src_port"           "client_port"  Number Slot::Extra, 0;
    "dst"                "frontend_ip"  Ip     Slot::Extra, 0;
    "dst_port"           "frontend_port" Number Slot::Extra, 0;
    "status"             "status_code"  Number Slot::Status, 2;
    "txn.status"         "status_code"  Number Slot::Status, 1;
    "method"             "HTTP method"  Method Slot::Extra, 0 http;
    "capture.req.method" "HTTP method" Method Slot::Extra, 0 http;
    "capture.req.uri"    "HTTP request URI" Token Slot::Request, 1 http;
    "capture.req.ver"    "HTTP version" Version Slot::Extra, 0 http;
    "req.ver"            "HTTP version" Version Slot::Extra, 0 http;
    "url"                "HTTP request URI" Token Slot::Request, 4 http;
    "pathq"              "HTTP request URI" Token Slot::Request, 4 http;
    "path"               "HTTP path"    Token  Slot::Request, 5 http;
    "query"              "HTTP query string" Token Slot::Extra, 0 http;
    "unique-id"          "unique-id"    Token  Slot::Extra, 0;
    "uuid"               "random id"    Ident  Slot::Extra, 0;
    "date"               "date of logging" Number Slot::Extra, 0;
    "bytes_in"           "bytes_uploaded" Number Slot::Extra, 0;
    "bytes_out"          "bytes_read"   Number Slot::Extra, 0;
    "req.timer.hdr"      "request time" Number Slot::Timer(0), 2 http;
    "req.timer.tq"       "Tq"           Number Slot::Timer(0), 3 http;
    "req.timer.idle"     "idle time"    Number Slot::Extra, 0 http;
    "req.timer.queue"    "Tw"           Number Slot::Timer(1), 1;
    "bc.timer.connect"   "Tc"           Number Slot::Timer(2), 1;
    "res.timer.hdr"      "Tr"           Number Slot::Timer(3), 1 http;
    "res.timer.data"     "Td"           Number Slot::Extra, 0;
    "txn.timer.total"    "active time"  Number Slot::Timer(4), 3 http;
    "fc.timer.total"     "Tt"           Number Slot::Timer(4), 4;
    "txn.timer.user"     "Tu"           Number Slot::Timer(4), 5;
    "fc.timer.handshake" "Th"           Number Slot::Extra, 0;
    "txn.sess_term_state" "termination_state" State2 Slot::Term, 2;
    "fc_err"             "frontend connection error" Number Slot::Extra, 0;
    "bc_err"             "backend connection error" Number Slot::Extra, 0;
    "ssl_fc_err,hex"     "frontend TLS error" Hex Slot::Extra, 0;
    "ssl_bc_err,hex"     "backend TLS error" Hex Slot::Extra, 0;
    "ssl_c_err"          "client certificate error" Number Slot::Extra, 0;
    "ssl_c_ca_err"       "client CA error" Number Slot::Extra, 0;
    "ssl_fc"             "TLS used by the client" Number Slot::Extra, 0;
    "ssl_c_used"         "client certificate used" Number Slot::Extra, 0;
    "ssl_c_verify"       "client certificate error" Number Slot::Extra, 0;
    "ssl_fc_is_resumed"  "TLS session resumed" Number Slot::Extra, 0;
    "ssl_bc_is_resumed"  "TLS session resumed" Number Slot::Extra, 0;
    "ssl_fc_protocol"    "ssl_version"  Ident  Slot::Extra, 0;
    "ssl_fc_cipher"      "ssl_ciphers"  Ident  Slot::Extra, 0;
    "ssl_bc_protocol"    "ssl_version"  Ident  Slot::Extra, 0;
    "ssl_bc_cipher"      "ssl_ciphers"  Ident  Slot::Extra, 0;
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legacy_spellings_mean_the_new_ones() {
        for (old, new) in LEGACY {
            assert_eq!(alias(old), alias(new), "{old}");
            assert!(alias(new).is_some(), "{new}");
        }
    }

    #[test]
    fn no_alias_stands_twice() {
        for table in [ALIASES, SAMPLES] {
            for (at, row) in table.iter().enumerate() {
                assert!(
                    table[..at].iter().all(|other| other.text != row.text),
                    "{}",
                    row.text
                );
            }
        }
    }
}
