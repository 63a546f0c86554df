//! What a log shows of servers' checks, shares and persistence.

use super::How::{Bounded, Measured};
use super::{CHECK_LINES, Limit, Way};

/// A row a keyword.
pub(super) const ROWS: &[Limit] = &[
    Limit {
        keyword: "inter",
        part: "",
        value: "the time between two checks",
        met: &["L4TOUT", "L7TOUT"],
        ways: &[Way {
            needs: &[CHECK_LINES],
            how: Bounded,
            by: "the stamps of lines whose counts follow each other, where `fastinter` is not set; checks that pass as before have no line",
        }],
        otherwise: "only the last of several failed checks is on a line",
        to_see_it: Some("`option log-health-checks`"),
    },
    Limit {
        keyword: "fastinter",
        part: "",
        value: "the time between two checks on the way up or down",
        met: &[],
        ways: &[Way {
            needs: &[CHECK_LINES],
            how: Measured,
            by: "the stamps of lines whose counts follow each other (`2/3 UP`, `1/3 UP`), less `check duration`",
        }],
        otherwise: "only the last of several failed checks is on a line",
        to_see_it: Some("`option log-health-checks`"),
    },
    Limit {
        keyword: "downinter",
        part: "",
        value: "the time between two checks of a server that is DOWN",
        met: &[],
        ways: &[],
        otherwise: "a check that fails as before is on no line",
        to_see_it: None,
    },
    Limit {
        keyword: "fall",
        part: "",
        value: "failed checks in a row until DOWN",
        met: &["is DOWN"],
        ways: &[Way {
            needs: &[CHECK_LINES],
            how: Measured,
            by: "`status: n/m UP`: m is `fall`",
        }],
        otherwise: "only the last of several failed checks is on a line",
        to_see_it: Some("`option log-health-checks`"),
    },
    Limit {
        keyword: "rise",
        part: "",
        value: "passed checks in a row until UP",
        met: &["is UP"],
        ways: &[Way {
            needs: &[CHECK_LINES],
            how: Measured,
            by: "`status: n/m DOWN`: m is `rise`",
        }],
        otherwise: "only the last of several passed checks is on a line",
        to_see_it: Some("`option log-health-checks`"),
    },
    Limit {
        keyword: "slowstart",
        part: "",
        value: "the time to a server's full share",
        met: &[],
        ways: &[Way {
            needs: &["s"],
            how: Bounded,
            by: "the growing part of lines with `%s` after `is UP`; its end writes nothing",
        }],
        otherwise: "lines do not name the server, and its share is on no line",
        to_see_it: Some("`%s`"),
    },
    Limit {
        keyword: "weight",
        part: "",
        value: "a server's share",
        met: &[],
        ways: &[Way {
            needs: &["s"],
            how: Bounded,
            by: "the part of lines with `%s`; a change of weight writes nothing",
        }],
        otherwise: "lines do not name the server",
        to_see_it: Some("`%s`"),
    },
    Limit {
        keyword: "cookie",
        part: "",
        value: "whether a client came to the server its cookie names",
        met: &["DI", "II", "VI"],
        ways: &[Way {
            needs: &["tsc"],
            how: Measured,
            by: "the last two characters of `%tsc`",
        }],
        otherwise: "the state of the cookie is not on the line",
        to_see_it: Some("`%tsc`"),
    },
    Limit {
        keyword: "backup",
        part: "",
        value: "whether backup servers carry the load",
        met: &["Running on backup"],
        ways: &[
            Way {
                needs: &["s"],
                how: Measured,
                by: "`%s`, the server's name, and `Running on backup` when it begins",
            },
            Way {
                needs: &[],
                how: Bounded,
                by: "`Running on backup` when it begins; which requests they served is not on their lines",
            },
        ],
        otherwise: "",
        to_see_it: Some("`%s`"),
    },
];
