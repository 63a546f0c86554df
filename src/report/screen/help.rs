//! The keys, and what the columns mean.

use super::{Item, SPAN};
use crate::report::text::page::{self, Ink, Row};

const KEYS: [(&str, &str); 15] = [
    ("Up Down, k j", "move the cursor, or scroll"),
    ("PgUp PgDn, Space", "a page up or down"),
    ("Home End, g G", "to the first, to the last"),
    ("Tab", "to the next part: incidents, backends"),
    ("Enter, Right, l", "open what the cursor is on"),
    ("Esc, Left, h", "back"),
    (
        "/",
        "show only what has a text in its name, headline or cause",
    ),
    ("p", "stand still, and go on"),
    ("s", "with servers, or backends alone"),
    ("i", "all incidents, or the open ones and the last"),
    ("o", "order of backends: trouble, rate, name"),
    ("?", "this page"),
    ("Ctrl-L", "draw all of it again"),
    ("Ctrl-Z", "back to the shell; fg goes on"),
    ("q, Ctrl-C", "quit"),
];

pub(super) fn items(width: usize) -> Vec<Item> {
    let mut items = vec![Item::heading("Keys")];
    items.extend(KEYS.iter().map(|(key, does)| {
        let row = Row::at(2).put(Ink::Strong, key).to(22);
        Item::text(row.put(Ink::Plain, does))
    }));
    let seconds = SPAN / 1000;
    let meanings = [
        format!(
            "req/s, fail, p50 and p99 are of the last {seconds} s, requests and failed of all that was read"
        ),
        "p50 and p99: time to the answer (Tr), within a sixteenth".to_owned(),
        "servers: how many are in rotation, as far as the log says; - where it does not".to_owned(),
        "<NOSRV>: requests for which no server was chosen".to_owned(),
    ];
    items.push(Item::blank());
    items.push(Item::heading("Columns"));
    for said in meanings {
        let mut indent = 2;
        for line in page::wrap(&said, width.saturating_sub(4)) {
            items.push(Item::text(Row::at(indent).put(Ink::Plain, &line)));
            indent = 4;
        }
    }
    items
}
