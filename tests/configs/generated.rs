//! Generated changes, also nonsense: what is made is what was asked, and `patch` and HAProxy take it.

use hapline::config::Config;
use hapline::config::edit::{Change, Scope};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::changes::may_touch;
use super::facts::{differences, facts};
use super::files;
use super::tools::{apply, has_patch};

const NAMES: [&str; 8] = [
    "app", "web", "tcp", "stats", "plain", "ws", "insert", "nobody",
];
const SERVERS: [&str; 5] = ["a", "b", "web1", "one1", "z"];
const KEYWORDS: [&str; 21] = [
    "timeout queue",
    "timeout server",
    "timeout connect",
    "maxconn",
    "retries",
    "option redispatch",
    "fullconn",
    "balance",
    "inter",
    "fall",
    "check",
    "weight",
    "observe",
    "option httpchk",
    "no option redispatch",
    "no-check",
    "http-check send uri",
    "description",
    "server",
    "no such",
    "",
];
const VALUES: [&str; 14] = [
    "",
    "5s",
    "100",
    "0",
    "10",
    "leastconn",
    "layer4",
    "a b",
    "'quoted words'",
    "\"$HOME\"",
    "x # y",
    "x\ny",
    "\\",
    "\u{1f4a5} \u{7}",
];

fn scopes() -> impl Strategy<Value = Scope> {
    (0..7_u8, select(&NAMES[..]), select(&SERVERS[..])).prop_map(|(kind, name, server)| {
        let name = name.to_owned();
        match kind {
            0 => Scope::Global,
            1 => Scope::Frontend(name),
            2 => Scope::Backend(name),
            3 => Scope::DefaultsOfFrontend(name),
            4 => Scope::DefaultsOfBackend(name),
            5 => Scope::ServersOf(name),
            _ => Scope::Server {
                backend: name,
                server: server.to_owned(),
            },
        }
    })
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let one = (scopes(), select(&KEYWORDS[..]), select(&VALUES[..])).prop_map(
        |(scope, keyword, value)| Change {
            scope,
            keyword: keyword.to_owned(),
            value: value.to_owned(),
        },
    );
    prop::collection::vec(one, 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn generated_changes_change_what_was_asked(file in any::<Index>(), changes in changes()) {
        let files = files("tests/configs");
        let path = &files[file.index(files.len())];
        let Ok(config) = Config::parse("haproxy.cfg", &std::fs::read(path).unwrap()) else {
            return Ok(());
        };
        let patch = config.patch(&changes);
        let made = |number: usize| patch.refused.iter().all(|(refused, _)| *refused != number);
        let made: Vec<&Change> = (0..changes.len()).filter(|number| made(*number)).map(|number| &changes[number]).collect();
        for fact in differences(&facts(&config), &facts(&patch.config)) {
            // A check of another kind takes the place of the one before.
            let is_check = fact.contains("|option ") && made.iter().any(|change| change.keyword == "option httpchk");
            prop_assert!(is_check || made.iter().any(|change| may_touch(change, &fact)), "{}: {:?}", fact, made);
        }
        let again = patch.config.patch(&made.iter().map(|change| (*change).clone()).collect::<Vec<_>>());
        if made.len() == 1 {
            prop_assert!(again.files.is_empty(), "{:?}", made);
        }
        if !patch.files.is_empty() && has_patch() {
            let folder = tempfile::tempdir().unwrap();
            let copy = folder.path().join("haproxy.cfg");
            std::fs::copy(path, &copy).unwrap();
            apply(folder.path(), &patch.diff());
            prop_assert!(std::fs::read(&copy).unwrap() == patch.config.syntax().print());
        }
    }
}
