//! Retries, and how clients stay with their server.

use hapline::config::{AbortOnClose, CookieMode, Redispatch};

use super::values::{accepted, backend, config};

#[test]
fn retries_and_aborts() {
    let retries = accepted("retries");
    let app = backend(&retries, "app");
    assert_eq!((app.retries(), app.redispatch()), (2, Redispatch::Every(1)));
    assert_eq!(
        app.retry_on(),
        "conn-failure empty-response response-timeout 503"
    );
    assert!(app.allbackups() && !app.persists_to_down_servers());
    assert_eq!(app.http_reuse(), "always");

    let plain = accepted("servers");
    let plain = backend(&plain, "app");
    assert_eq!(
        (plain.retries(), plain.redispatch()),
        (3, Redispatch::Never)
    );
    assert_eq!(
        (plain.retry_on(), plain.http_reuse()),
        ("conn-failure", "safe")
    );
    for (lines, before_3_3, since_3_3) in [
        ("mode http", false, true),
        ("mode tcp", false, false),
        ("mode http\n no option abortonclose", false, false),
        ("mode tcp\n option abortonclose", true, true),
    ] {
        let text = format!("backend b\n {lines}\n");
        let found = backend(&config(&text), "b").abort_on_close();
        assert_eq!(
            found,
            AbortOnClose {
                before_3_3,
                since_3_3
            },
            "{lines}"
        );
    }
    for (value, expected) in [
        ("", Redispatch::BeforeLast(0)),
        ("-2", Redispatch::BeforeLast(1)),
        ("0", Redispatch::Never),
    ] {
        let text = format!("backend b\n option redispatch {value}\n");
        assert_eq!(backend(&config(&text), "b").redispatch(), expected);
    }
}

#[test]
fn cookies_and_rules_that_force_them() {
    let cookies = accepted("persistence");
    let modes = ["insert", "rewrite", "prefix", "dynamic"]
        .map(|name| backend(&cookies, name).persistence().unwrap().mode);
    assert_eq!(
        modes,
        [
            CookieMode::Insert,
            CookieMode::Rewrite,
            CookieMode::Prefix,
            CookieMode::Insert
        ]
    );
    let insert = backend(&cookies, "insert").persistence().unwrap();
    assert_eq!(insert.flags, ["indirect", "nocache", "httponly", "secure"]);
    assert_eq!(
        (insert.maxidle.as_deref(), insert.maxlife.as_deref()),
        (Some("30m"), Some("8h"))
    );
    let forced: Vec<&str> = backend(&cookies, "insert").force_persist().collect();
    assert_eq!(forced, ["if { src 127.0.0.1 }"]);
}
