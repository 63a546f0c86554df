//! Reads what `show stat` answers (HAProxy manual, management guide 9.1).
//!
//! Enters: CSV whose first line names its columns. Leaves: servers. Must not know: how it was asked for.

use std::collections::BTreeMap;

/// A server as HAProxy sees it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// `pxname`.
    pub backend: String,
    /// `svname`.
    pub name: String,
    /// `status`: `UP`, `UP 1/3`, `DOWN`, `MAINT (via be/s1)`, `no check`, ….
    pub state: String,
    /// It gets new requests.
    pub is_up: bool,
    /// `lastchg`: since when, in s before now.
    pub since: Option<u64>,
    /// `check_desc`: what its last check got, where that is said.
    pub check: Option<String>,
    /// None where it does not say.
    pub sessions: Option<Sessions>,
}

/// Sessions of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sessions {
    /// `scur`: open now.
    pub now: u64,
    /// `smax`: the most there were since HAProxy started.
    pub most: u64,
    /// `slim`: `maxconn`; `None`: as many as come.
    pub limit: Option<u64>,
    /// `qcur`: requests that wait for this server.
    pub queued: u64,
}

/// Characters of a name or a state that are kept.
const NAME: usize = 256;

/// What `show stat` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stat {
    /// Its servers.
    pub servers: Vec<Server>,
    /// Active and backup servers that are usable, by backend.
    pub usable: BTreeMap<String, (u32, u32)>,
}

/// `type` of a backend.
const BACKEND: &str = "1";

/// `type` of a server.
const SERVER: &str = "2";

/// What it says; `None` where this is no statistics.
pub(super) fn read(answer: &str) -> Option<Stat> {
    let mut lines = answer.lines().filter(|line| !line.is_empty());
    let names: Vec<&str> = lines.next()?.strip_prefix("# ")?.split(',').collect();
    let column = |name: &str| names.iter().position(|column| *column == name);
    let columns = [
        column("pxname")?,
        column("svname")?,
        column("status")?,
        column("lastchg")?,
        column("type")?,
    ];
    let of_sessions = ["scur", "smax", "slim", "qcur"].map(column);
    let check = column("check_desc");
    let usable = ["act", "bck"].map(column);
    let mut told = Stat::default();
    for line in lines {
        let cells = cells(line);
        if let Some((backend, numbers)) = backend(&cells, columns, usable) {
            told.usable.insert(backend, numbers);
        }
        let server = row(&cells, columns, of_sessions);
        told.servers.extend(server.map(|server| {
            Server {
                check: check
                    .and_then(|at| cells.get(at))
                    .filter(|text| !text.is_empty())
                    .map(|text| short(text)),
                ..server
            }
        }));
    }
    Some(told)
}

/// The active and backup servers of a backend that are usable, if the row is a backend's.
fn backend(
    cells: &[String],
    [name, _, _, _, sort]: [usize; 5],
    usable: [Option<usize>; 2],
) -> Option<(String, (u32, u32))> {
    (cells.get(sort)? == BACKEND).then_some(())?;
    let [active, backups] = usable.map(|at| cells.get(at?)?.parse().ok());
    Some((short(cells.get(name)?), (active?, backups?)))
}

/// Sessions, from the columns there are. A limit that is not set is empty, or 0.
fn sessions([now, most, limit, queued]: [Option<u64>; 4]) -> Option<Sessions> {
    Some(Sessions {
        now: now?,
        most: most?,
        limit: limit.filter(|limit| *limit > 0),
        queued: queued?,
    })
}

/// The server of a row, if it is a server's.
fn row(cells: &[String], columns: [usize; 5], of_sessions: [Option<usize>; 4]) -> Option<Server> {
    let [backend, name, state, since, sort] = columns.map(|at| cells.get(at).map(String::as_str));
    let state = state?;
    (sort? == SERVER).then_some(())?;
    Some(Server {
        backend: short(backend?),
        name: short(name?),
        state: short(state),
        is_up: state.starts_with("UP") || state == "no check",
        since: since?.parse().ok(),
        check: None,
        sessions: sessions(of_sessions.map(|at| cells.get(at?)?.parse().ok())),
    })
}

pub(super) fn short(text: &str) -> String {
    text.chars().take(NAME).collect()
}

/// The cells of a line; one that holds a comma stands in quotes, and quotes in it are doubled.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        let cell = cells.last_mut();
        match char {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.into_iter().for_each(|cell| cell.push('"'));
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            char => cell.into_iter().for_each(|cell| cell.push(char)),
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn servers_are_found_by_the_names_of_columns() {
        let answer = "# pxname,svname,desc,status,lastchg,type,\n\
                      app,FRONTEND,,OPEN,,0,\n\
                      app,app1,\"a, \"\"b\"\"\",UP 1/3,17,2,\n\
                      app,app2,,MAINT (via app/app1),,2,\n\
                      app,BACKEND,,UP,17,1,\n\n";
        let servers = read(answer).unwrap().servers;
        let told: Vec<_> = servers
            .iter()
            .map(|server| {
                (
                    server.name.as_str(),
                    server.state.as_str(),
                    server.is_up,
                    server.since,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("app1", "UP 1/3", true, Some(17)),
                ("app2", "MAINT (via app/app1)", false, None),
            ]
        );
    }

    #[test]
    fn what_is_no_statistics() {
        for answer in [
            "",
            "\n",
            "Unknown command.\n",
            "# pxname,svname\n",
            "220 mail.example ESMTP\n",
        ] {
            assert_eq!(read(answer), None, "{answer:?}");
        }
        // A row that ends before its columns do is no server's.
        let short = "# pxname,svname,status,lastchg,type,\napp,app1,UP\n";
        assert_eq!(read(short), Some(Stat::default()));
    }

    proptest! {
        #[test]
        fn whatever_is_answered_is_read_or_refused(rows in "([#a-z0-9,\" ]|\n){0,200}") {
            let found = read(&["# pxname,svname,status,lastchg,type,\n", &rows].concat());
            prop_assert!(found.is_some_and(|found| found.servers.len() <= rows.lines().count()));
        }
    }
}
