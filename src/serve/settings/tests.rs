//! Settings from a file, the environment and flags, as a person gives them.

use serde_json::Value;

use super::*;

/// A file with everything in it.
const FULL: &str = r#"
[listen]
udp = ["127.0.0.1:5514", "[::1]:5514"]
max_connections = 500
idle = "10m"

[store]
path = "/var/lib/hapline/hapline.db"
keep = "30d"

[[notify]]
name = "pager"
type = "pagerduty"
token_file = "/run/credentials/hapline.service/pagerduty"
min_severity = "outage"
severities = { outage = "critical" }

[[notify]]
name = "hook"
type = "webhook"
url = "https://u:p@alerts.example.net/hook?key=s3cr3t"
backends = ["api*", "!api-test"]
hold_off = "0"

[[notify]]
name = "mail"
type = "command"
command = ["/usr/local/bin/mail-alert", "--password", "s3cr3t"]

[[silence]]
until = "2026-03-14T18:00:00+01:00"
targets = ["hook"]
comment = "migration"
"#;

fn file(text: &str) -> Sources {
    Sources {
        file: Some(Text {
            name: "hapline.toml".into(),
            text: text.into(),
        }),
        ..Sources::default()
    }
}

fn variable(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn flag(key: &'static str, values: &[&str]) -> Given {
    Given {
        key,
        values: values.iter().map(|&value| value.to_owned()).collect(),
    }
}

#[test]
fn without_a_word_it_listens_on_loopback() {
    let loaded = load(&Sources::default()).unwrap();
    assert_eq!(loaded.settings, Settings::default());
    assert_eq!(
        loaded.settings.listen.udp,
        ["127.0.0.1:5514".parse().unwrap()]
    );
    assert!(loaded.origins.is_empty());
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let mut sources = file("[store]\nkeep = \"1d\"\nmax_size = \"1GiB\"\n");
    sources.environment = vec![
        variable("HAPLINE_STORE_KEEP", "2d"),
        variable("HAPLINE_STORE_PATH", "/two"),
        variable("HAPLINE_HTTP_ADDRESS", ""),
    ];
    sources.flags = vec![flag("store.keep", &["3d"])];
    let loaded = load(&sources).unwrap();
    let store = &loaded.settings.store;
    assert_eq!(store.keep, Span::days(3));
    assert_eq!(store.max_size, Size::mib(1024));
    assert_eq!(store.path.as_deref(), Some("/two".as_ref()));
    assert_eq!(loaded.settings.http.address, None);
    let origin = |key: &str| loaded.origins.get(key).cloned();
    assert_eq!(origin("store.keep"), Some(Origin::Flag("keep".into())));
    let said_by = Origin::Environment("HAPLINE_STORE_PATH".into());
    assert_eq!(origin("store.path"), Some(said_by));
    let line = Origin::File("hapline.toml".into(), 3);
    assert_eq!(origin("store.max_size"), Some(line));
    assert_eq!(origin("http.address"), None);
}

#[test]
fn lists_numbers_and_switches_from_text() {
    let sources = Sources {
        environment: vec![
            variable("HAPLINE_LISTEN_UDP", ""),
            variable("HAPLINE_LISTEN_TCP", "127.0.0.1:1, 127.0.0.1:2"),
            variable("HAPLINE_LISTEN_SOCKETS", "4"),
            variable("HAPLINE_HAPROXY_LOG_FORMATS", "%ci, %f\n%b"),
        ],
        flags: vec![
            flag("follow.paths", &["/a", "/b,/c"]),
            flag("listen.stdin", &["true"]),
        ],
        ..Sources::default()
    };
    let settings = load(&sources).unwrap().settings;
    assert!(settings.listen.udp.is_empty() && settings.listen.stdin);
    assert_eq!(settings.listen.tcp.len(), 2);
    assert_eq!(settings.listen.sockets, 4);
    assert_eq!(settings.haproxy.log_formats, ["%ci, %f", "%b"]);
    assert_eq!(settings.follow.paths, ["/a", "/b", "/c"]);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let token = "type = \"pagerduty\"\ntoken_env = \"K\"";
    let cases = [
        file("[store]\nkep = \"1d\""),
        file("\n\n[stroe]\n"),
        file("[store]\n  keep = 90"),
        file("[store]\nkeep = \"90\""),
        file("[store\n"),
        file("[listen]\nudp = [\"localhost\"]"),
        file("[[notify]]\nname = \"a\"\ntype = \"pager\""),
        file("[[notify]]\nname = \"a\"\ntype = \"slack\"\nurl = \"https://hooks/x\""),
        file("[[notify]]\nname = \"a\"\ntype = \"pagerduty\""),
        file("[[notify]]\ntype = \"command\""),
        file("[[notify]]\nname = \"a\"\ntype = \"webhook\"\nurl = \"hooks\""),
        file(&format!(
            "[[notify]]\nname = \"a\"\n{token}\n[[notify]]\nname = \"a\"\n{token}"
        )),
        file(&format!(
            "[[notify]]\nname = \"a\"\n{token}\nseverities = {{ outage = \"bad\" }}"
        )),
        file(&format!(
            "[[notify]]\nname = \"a\"\n{token}\ntimeout = \"1ms\""
        )),
        file("[[silence]]\nuntil = \"tomorrow\""),
        file("[[silence]]\nuntil = \"2026-03-14T18:00:00Z\"\ntargets = [\"x\"]"),
        file("[[silence]]\nuntill = \"2026-03-14T18:00:00Z\""),
        file("[listen]\nallow = [\"10/8\"]"),
        file("[listen]\ntls = [\"127.0.0.1:6514\"]"),
        file("[haproxy]\ntimezone = \"Europe/Pariss\""),
        file("notify = 1"),
        Sources {
            environment: vec![variable("HAPLINE_STORE_KEEP", "long")],
            ..Sources::default()
        },
        Sources {
            environment: vec![variable("HAPLINE_LISTEN_SOCKETS", "0")],
            ..Sources::default()
        },
        Sources {
            flags: vec![flag("http.external_url", &["hapline.example.net"])],
            ..Sources::default()
        },
    ];
    let told = cases.iter().map(|sources| match load(sources) {
        Ok(_) => "accepted\n".to_owned(),
        Err(error) => format!("{error} | {}\n", error.hint()),
    });
    insta::assert_snapshot!(told.collect::<String>());
}

#[test]
fn a_variable_that_was_meant_to_be_one_is_doubted() {
    let sources = Sources {
        environment: [
            "HAPLINE_STORE_KEPT",
            "HAPLINE_PORT",
            "HAPLINE_SERVICE_HOST",
            FILE_VARIABLE,
            "HAPLINE_HTTP_TOKEN",
        ]
        .map(|name| variable(name, "x"))
        .into(),
        ..Sources::default()
    };
    assert_eq!(
        load(&sources).unwrap().doubts,
        ["HAPLINE_STORE_KEPT is no setting; did you mean HAPLINE_STORE_KEEP?"]
    );
}

#[test]
fn what_is_shown_has_origins_and_no_secret_and_is_a_file_again() {
    let mut sources = file(FULL);
    sources.environment = vec![variable("HAPLINE_FOLLOW_PATHS", "/var/log/haproxy.log")];
    sources.flags = vec![flag("http.address", &["127.0.0.1:9099"])];
    let loaded = load(&sources).unwrap();
    let shown = loaded.show();
    assert!(!shown.contains("s3cr3t"), "{shown}");
    insta::assert_snapshot!(shown);
    let again = load(&file(&shown)).unwrap().settings;
    assert_eq!(again.listen, loaded.settings.listen);
    assert_eq!(again.store, loaded.settings.store);
    assert_eq!(again.follow, loaded.settings.follow);
    assert_eq!(again.silence, loaded.settings.silence);
    assert_eq!(again.notify[0], loaded.settings.notify[0]);
}

#[test]
fn what_can_be_changed_while_it_runs() {
    let old = load(&file(FULL)).unwrap().settings;
    let text = FULL
        .replace("keep = \"30d\"", "keep = \"60d\"")
        .replace("\"[::1]:5514\"", "\"[::1]:5515\"")
        .replace("min_severity = \"outage\"", "min_severity = \"capacity\"");
    let new = load(&file(&text)).unwrap().settings;
    let change = |key, needs_restart| Change { key, needs_restart };
    assert_eq!(diff(&old, &old), []);
    assert_eq!(
        diff(&old, &new),
        [
            change("listen.udp", true),
            change("store.keep", false),
            change("notify", false)
        ]
    );
}

/// A proxy before the pages asks for the host by which people reach them.
#[test]
fn the_host_of_links_is_answered_to() {
    for (url, host) in [
        ("https://hapline.example.net", "hapline.example.net"),
        (
            "https://hapline.example.net:8443/of/web/",
            "hapline.example.net",
        ),
        ("http://[2001:db8::1]/", "[2001:db8::1]"),
    ] {
        let http = Http {
            address: "127.0.0.1:9099".parse().ok(),
            external_url: Some(url.to_owned()),
            ..Http::default()
        };
        assert_eq!(http.joined().unwrap().hosts, [host]);
    }
}

/// The names of keys are those of the structs.
#[test]
fn every_setting_has_its_row() {
    let settings = serde_json::to_value(Settings::default()).unwrap();
    let mut names = Vec::new();
    for (section, table) in settings.as_object().unwrap() {
        let keys = table.as_object().into_iter().flatten();
        names.extend(keys.map(|(name, _)| format!("{section}.{name}")));
    }
    let mut rows: Vec<_> = KEYS.iter().map(|key| key.name.to_owned()).collect();
    rows.sort();
    names.sort();
    assert_eq!(rows, names);
}

#[test]
fn every_key_of_a_table_has_its_row() {
    let mut settings = load(&file(FULL)).unwrap().settings;
    let target = &mut settings.notify[0];
    target.url = Some("x".into());
    target.url_file = Some("x".into());
    target.url_env = Some("x".into());
    target.token_env = Some("x".into());
    target.ca_file = Some("x".into());
    target.command = vec!["x".into()];
    target.backends = vec!["x".into()];
    target.instance = Some("x".into());
    let silence = &mut settings.silence[0];
    silence.backends = vec!["x".into()];
    let json = serde_json::to_value(&settings).unwrap();
    for (table, keys) in keys::TABLES {
        let Value::Object(one) = &json[table][0] else {
            panic!("{table} is no table");
        };
        let mut rows = keys.to_vec();
        let mut names: Vec<_> = one.keys().map(String::as_str).collect();
        rows.sort_unstable();
        names.sort_unstable();
        assert_eq!(rows, names);
    }
}

/// Flags and variables are told apart by their names.
#[test]
fn no_two_settings_share_a_flag() {
    let mut flags: Vec<_> = KEYS.iter().map(|key| key.flag).collect();
    flags.sort_unstable();
    let all = flags.len();
    flags.dedup();
    assert_eq!(flags.len(), all);
}
