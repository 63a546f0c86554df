//! Reads what `show info` answers (HAProxy management guide 9.3).
//!
//! Enters: lines of `Name: value`. Leaves: what the process says of itself. Must not know: how it was asked for.

use super::stat::short;

/// The process that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// `Version`.
    pub version: String,
    /// `node`: the host name, unless the configuration names another.
    pub node: Option<String>,
    /// `Uptime_sec`: s since it began.
    pub uptime: Option<u64>,
    /// `CurrConns`: connections of clients that are open now.
    pub connections: Option<u64>,
    /// `Maxconn`: the most of them.
    pub limit: Option<u64>,
}

/// The process; `None` where this is not what HAProxy says.
pub(super) fn process(answer: &str) -> Option<Process> {
    let value = |name: &str| {
        let mut lines = answer.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        value.map(str::trim).filter(|value| !value.is_empty())
    };
    let number = |name: &str| value(name)?.parse().ok();
    Some(Process {
        version: short(value("Version")?),
        node: value("node").map(short),
        uptime: number("Uptime_sec"),
        connections: number("CurrConns"),
        limit: number("Maxconn").filter(|limit| *limit > 0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_says_what_it_is() {
        let answer = "Name: HAProxy\nVersion: 2.6.12-1+deb12u3\nUptime: 0d 0h01m04s\nUptime_sec: 64\nMaxconn: 2000\n\
                      CurrConns: 12\nnode: lb1\n\n";
        let process = process(answer).unwrap();
        assert_eq!(process.version, "2.6.12-1+deb12u3");
        assert_eq!(process.node.as_deref(), Some("lb1"));
        assert_eq!(
            (process.uptime, process.connections, process.limit),
            (Some(64), Some(12), Some(2000))
        );
    }

    #[test]
    fn what_is_no_process() {
        for answer in ["", "Permission denied\n", "# pxname,svname,\n"] {
            assert_eq!(process(answer), None, "{answer:?}");
        }
    }
}
