//! `samples/what-a-log-shows.md` says what the code says; `INSTA_UPDATE=always` writes it anew.

use std::fs;

use hapline::words::sight::{CHECK_LINES, FORMATS, How, Limit, limits};

use super::sample;

const DOCUMENT: &str = "samples/what-a-log-shows.md";

const HEAD: &str = "# What a log shows

HAProxy's log has fields, the configuration has limits. Which limits can be judged by which log?

- **measured**: the value that the keyword limits is on the line
- bounded: the line has an upper or a lower bound of it, or shows it in sum with others
- –: invisible, nothing on the line tells

The formats are `option httplog`, `option httpslog`, `option httplog clf`, `option tcplog`, HAProxy's short default without any
of these (`no option`), and the lines of connections that die before a request (`error line`). The last column is
`option httplog` with `option log-health-checks` in the backend. A `log-format` shows what its fields show: the second table
names them, and `hapline explain KEYWORD` says it for one keyword.

";

const MIDDLE: &str = "
`timeout client`, `server`, `tunnel` and those that end in `-fin` limit silence, and begin again with each byte: no field has the
pauses within an answer. `Tr` holds the upload of the request's body and its pauses, `Tc` all retries and TLS to the server.
Td = Ta - (TR + Tw + Tc + Tr), counting only those that are not -1. With `option logasap` totals are written early and bound
nothing.

";

fn name(row: &Limit) -> String {
    match row.part {
        "" => format!("`{}`", row.keyword),
        part => format!("`{}`, {part}", row.keyword),
    }
}

fn cell(how: How) -> &'static str {
    match how {
        How::Measured => "**measured**",
        How::Bounded => "bounded",
        How::Invisible => "–",
    }
}

/// A row of a table.
fn row(cells: impl IntoIterator<Item = String>) -> String {
    let cells: Vec<String> = cells.into_iter().collect();
    format!("| {} |\n", cells.join(" | "))
}

fn table(head: &[&str], rows: impl Iterator<Item = String>) -> String {
    let head = head.iter().map(|cell| (*cell).to_owned());
    let rule = head.clone().map(|_| "---".to_owned());
    [row(head), row(rule)].into_iter().chain(rows).collect()
}

/// How much each format shows.
fn how_much() -> String {
    let formats = FORMATS
        .iter()
        .map(|format| format.name.trim_start_matches("option "));
    let head: Vec<&str> = ["limit"]
        .into_iter()
        .chain(formats)
        .chain(["and checks"])
        .collect();
    let with_checks = [FORMATS[0].fields, &[CHECK_LINES]].concat();
    let rows = limits().map(|limit| {
        let formats = FORMATS.iter().map(|format| format.fields);
        let hows = formats
            .chain([&with_checks[..]])
            .map(|fields| limit.sight(fields).how);
        row([name(limit)]
            .into_iter()
            .chain(hows.map(|how| cell(how).to_owned())))
    });
    table(&head, rows)
}

/// By what, and what else to log.
fn by_what() -> String {
    let head = [
        "limit",
        "what it limits",
        "shown by, the best first",
        "when it is met",
        "to see more than `option httplog` shows",
    ];
    let rows = limits().map(|limit| {
        let met = limit
            .met
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>();
        let more = limit.sight(FORMATS[0].fields).to_see_it;
        row([
            name(limit),
            limit.value.to_owned(),
            limit.ways().collect::<Vec<_>>().join("<br>"),
            if met.is_empty() {
                "silent".to_owned()
            } else {
                met.join(", ")
            },
            more.unwrap_or("–").to_owned(),
        ])
    });
    table(&head, rows)
}

#[test]
fn the_document_says_what_the_code_says() {
    let expected = [HEAD, &how_much(), MIDDLE, &by_what()].concat();
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        fs::write(sample(DOCUMENT), &expected).unwrap();
    }
    let found = fs::read_to_string(sample(DOCUMENT)).unwrap();
    for (number, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "{DOCUMENT}:{}", number + 1);
    }
    assert_eq!(found, expected, "{DOCUMENT} ends elsewhere");
}
