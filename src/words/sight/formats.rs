//! HAProxy's own formats as lists of fields (HAProxy manual 8.2), and the fields that have two names.

use super::Sight;
use super::limits;

/// A format by its name and its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// As a person asks for it.
    pub name: &'static str,
    /// Aliases of log-format, without `%`.
    pub fields: &'static [&'static str],
}

/// The formats that need no `log-format`.
pub const FORMATS: &[Format] = &[
    Format {
        name: "option httplog",
        fields: HTTP,
    },
    Format {
        name: "option httpslog",
        fields: HTTPS,
    },
    Format {
        name: "option httplog clf",
        fields: CLF,
    },
    Format {
        name: "option tcplog",
        fields: TCP,
    },
    Format {
        name: "no option",
        fields: &["ci", "cp", "fi", "fp", "f"],
    },
    Format {
        name: "error line",
        fields: &["ci", "cp", "t", "f"],
    },
];

/// `option httplog`
pub(super) const HTTP: &[&str] = &[
    "ci", "cp", "tr", "ft", "b", "s", "TR", "Tw", "Tc", "Tr", "Ta", "ST", "B", "CC", "CS", "tsc",
    "ac", "fc", "bc", "sc", "rc", "sq", "bq", "hr", "hs", "r",
];

/// `option httpslog`
pub(super) const HTTPS: &[&str] = &[
    "ci",
    "cp",
    "tr",
    "ft",
    "b",
    "s",
    "TR",
    "Tw",
    "Tc",
    "Tr",
    "Ta",
    "ST",
    "B",
    "CC",
    "CS",
    "tsc",
    "ac",
    "fc",
    "bc",
    "sc",
    "rc",
    "sq",
    "bq",
    "hr",
    "hs",
    "r",
    "fc_err",
    "ssl_fc_err,hex",
    "ssl_c_err",
    "ssl_c_ca_err",
    "ssl_fc_is_resumed",
    "ssl_fc_sni",
    "sslv",
    "sslc",
];

/// `option httplog clf`
pub(super) const CLF: &[&str] = &[
    "ci", "trg", "r", "ST", "B", "cp", "ms", "ft", "b", "s", "TR", "Tw", "Tc", "Tr", "Ta", "tsc",
    "ac", "fc", "bc", "sc", "rc", "sq", "bq", "CC", "CS", "hrl", "hsl",
];

/// `option tcplog`
pub(super) const TCP: &[&str] = &[
    "ci", "cp", "t", "ft", "b", "s", "Tw", "Tc", "Tt", "B", "ts", "ac", "fc", "bc", "sc", "rc",
    "sq", "bq",
];

/// The alias that prints the same as a sample expression (since 2.9).
pub(super) fn alias_of(expression: &str) -> Option<&'static str> {
    let alias = match expression {
        "req.timer.idle" => "Ti",
        "req.timer.hdr" => "TR",
        "req.timer.tq" => "Tq",
        "req.timer.queue" => "Tw",
        "bc.timer.connect" => "Tc",
        "res.timer.hdr" => "Tr",
        "res.timer.data" => "Td",
        "txn.timer.total" => "Ta",
        "fc.timer.total" => "Tt",
        "txn.timer.user" => "Tu",
        "fc.timer.handshake" => "Th",
        "txn.conn_retries" => "rc",
        "bc_srv_queue" => "sq",
        "bc_be_queue" => "bq",
        _ => return None,
    };
    Some(alias)
}

impl Format {
    /// What its lines show of each limit, in the order of [`limits`].
    pub fn column(&self) -> impl Iterator<Item = Sight> {
        limits().map(|row| row.sight(self.fields))
    }
}
