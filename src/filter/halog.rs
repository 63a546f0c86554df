//! What people used to ask `halog` for, as expressions.
//!
//! Enters: nothing. Leaves: a table for help pages. Must not know: how expressions are read.

/// A filter of `halog`, and the expression that lets the same lines through.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its arguments, values filled in.
    pub flags: &'static str,
    /// The expression.
    pub filter: &'static str,
}

/// The table (HAProxy: `admin/halog/halog.c`). `-hdr-match` is in newer ones only.
pub const ROWS: [Row; 17] = [
    row("-e", "status<0 or status in 500..599"),
    row("-E", "not (status<0 or status in 500..599)"),
    row("-H", "has Tr"),
    row("-rt 1000", "Tr>=1s"),
    row("-RT 1000", "Tr<1s"),
    row("-Q", "srv_queue>0 or backend_queue>0"),
    row("-QS", "srv_queue>0"),
    row("-tcn SC", "term~^SC"),
    row("-TCN SC", "term!~^SC"),
    row("-hs 404", "status=404"),
    row("-hs 400:499", "status in 400..499"),
    row("-HS 200:399", "status not in 200..399"),
    row(
        "-time 1770376460:1770376520",
        "ts in @1770376460..@1770376520",
    ),
    row("-ad 1000", "accept_delay>=1s"),
    row("-ad 1000 -ac 3", "accept_delay>=1s and accept_count>=3"),
    row("-hdr-match 1:2=Mozilla", "req_caps[2]=Mozilla"),
    row("-v -rt 1000", "not Tr>=1s"),
];

const fn row(flags: &'static str, filter: &'static str) -> Row {
    Row { flags, filter }
}
