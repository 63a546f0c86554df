//! Health-check codes and the texts that stand for them on a line (HAProxy: `check.c`, `check_statuses`).

/// The code of a check's result, as the stats page names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckCode {
    /// `UNK`: Unknown
    Unknown,
    /// `INI`: Initializing
    Initializing,
    /// `CHECKED`: No status change
    Checked,
    /// `HANA`: Health analyze (`observe`)
    HealthAnalyze,
    /// `SOCKERR`: Socket error
    SocketError,
    /// `L4OK`: Layer4 check passed
    L4Ok,
    /// `L4TOUT`: Layer4 timeout
    L4Timeout,
    /// `L4CON`: Layer4 connection problem
    L4Connection,
    /// `L6OK`: Layer6 check passed
    L6Ok,
    /// `L6TOUT`: Layer6 timeout
    L6Timeout,
    /// `L6RSP`: Layer6 invalid response
    L6Response,
    /// `L7TOUT`: Layer7 timeout
    L7Timeout,
    /// `L7RSP`: Layer7 invalid response
    L7Response,
    /// `L7OK`: Layer7 check passed
    L7Ok,
    /// `L7OKC`: Layer7 check conditionally passed
    L7OkConditional,
    /// `L7STS`: Layer7 wrong status
    L7Status,
    /// `PROCERR`: External check error
    ProcError,
    /// `PROCTOUT`: External check timeout
    ProcTimeout,
    /// `PROCOK`: External check passed
    ProcOk,
}

/// Every code with its short name and the text on the line.
pub const CHECK_CODES: [(CheckCode, &str, &str); 19] = [
    (CheckCode::Unknown, "UNK", "Unknown"),
    (CheckCode::Initializing, "INI", "Initializing"),
    (CheckCode::Checked, "CHECKED", "No status change"),
    (CheckCode::HealthAnalyze, "HANA", "Health analyze"),
    (CheckCode::SocketError, "SOCKERR", "Socket error"),
    (CheckCode::L4Ok, "L4OK", "Layer4 check passed"),
    (CheckCode::L4Timeout, "L4TOUT", "Layer4 timeout"),
    (
        CheckCode::L4Connection,
        "L4CON",
        "Layer4 connection problem",
    ),
    (CheckCode::L6Ok, "L6OK", "Layer6 check passed"),
    (CheckCode::L6Timeout, "L6TOUT", "Layer6 timeout"),
    (CheckCode::L6Response, "L6RSP", "Layer6 invalid response"),
    (CheckCode::L7Timeout, "L7TOUT", "Layer7 timeout"),
    (CheckCode::L7Response, "L7RSP", "Layer7 invalid response"),
    (CheckCode::L7Ok, "L7OK", "Layer7 check passed"),
    (
        CheckCode::L7OkConditional,
        "L7OKC",
        "Layer7 check conditionally passed",
    ),
    (CheckCode::L7Status, "L7STS", "Layer7 wrong status"),
    (CheckCode::ProcError, "PROCERR", "External check error"),
    (CheckCode::ProcTimeout, "PROCTOUT", "External check timeout"),
    (CheckCode::ProcOk, "PROCOK", "External check passed"),
];

impl CheckCode {
    /// The code whose text stands on a line after `reason: `.
    pub fn from_text(text: &[u8]) -> Option<Self> {
        CHECK_CODES
            .iter()
            .find(|(_, _, known)| known.as_bytes() == text)
            .map(|(code, _, _)| *code)
    }

    /// The short name of the stats page, such as `L4CON`.
    pub fn name(self) -> &'static str {
        CHECK_CODES
            .iter()
            .find(|(code, _, _)| *code == self)
            .map_or("UNK", |(_, name, _)| name)
    }
}
