//! What is in force for a proxy.

use super::super::{LogFormatKind, Origin, ProxyKind, Timeout};
use super::{DATABASE, WEB, backend, config, ms, proxy, text};

#[test]
fn proxies_and_their_kinds() {
    let config = config(WEB);
    let names: Vec<_> = config
        .proxies()
        .map(|proxy| (proxy.kind, proxy.name.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            (ProxyKind::Frontend, "fe_www"),
            (ProxyKind::Backend, "be_app"),
            (ProxyKind::Backend, "be_static"),
            (ProxyKind::Backend, "be_api"),
            (ProxyKind::Listen, "stats"),
        ]
    );
    assert!(config.backend("fe_www").is_none());
    assert!(config.frontend("be_app").is_none());
    assert!(config.frontend("stats").is_some() && config.backend("stats").is_some());
    assert!(config.proxy("nobody").is_none());
    assert!(config.notes().is_empty());
}

#[test]
fn a_shared_name_means_the_backend_first() {
    let config = config(
        "backend app\n server s 1.1.1.1:80\nfrontend app\n bind :80\n default_backend app\n",
    );
    assert_eq!(proxy(&config, "app").kind, ProxyKind::Backend);
    assert_eq!(
        config.frontend("app").map(|proxy| proxy.kind),
        Some(ProxyKind::Frontend)
    );
}

#[test]
fn timeouts_own_inherited_and_stood_in_for() {
    let config = config(WEB);
    let inherited = |ms| Some((ms, Origin::Defaults(None)));
    let api = proxy(&config, "be_api");
    assert_eq!(
        ms(api.timeout(Timeout::Server)),
        Some((120_000, Origin::Own))
    );
    assert_eq!(ms(api.timeout(Timeout::Connect)), inherited(5000));
    assert_eq!(ms(api.timeout(Timeout::Queue)), inherited(15_000));
    assert_eq!(
        ms(api.timeout(Timeout::Tunnel)),
        Some((3_600_000, Origin::Own))
    );
    assert_eq!(ms(api.timeout(Timeout::Tarpit)), None);
    let tarpit = ms(api.effective_timeout(Timeout::Tarpit));
    assert_eq!(tarpit, Some((5000, Origin::Fallback(Timeout::Connect))));
    assert_eq!(ms(api.effective_timeout(Timeout::Check)), None);
    let setting = api.timeout(Timeout::Server).expect("set");
    assert_eq!(
        (setting.text.as_str(), &WEB[setting.at.span.clone()]),
        ("2m", "2m")
    );
    let line = WEB.lines().nth(setting.at.line - 1).expect("a line");
    assert_eq!(line[setting.at.column - 1..].to_owned(), "2m");
}

#[test]
fn a_timeout_of_the_other_side_is_ignored() {
    let config = config(WEB);
    let (front, back) = (proxy(&config, "fe_www"), proxy(&config, "be_app"));
    assert_eq!(front.timeout(Timeout::Server), None);
    assert_eq!(front.effective_timeout(Timeout::Queue), None);
    assert_eq!(back.timeout(Timeout::Client), None);
    assert!(front.timeout(Timeout::Client).is_some() && back.timeout(Timeout::Server).is_some());
    for timeout in Timeout::ALL {
        let text = format!("listen l\n {} 7s\n", timeout.keyword());
        let config = super::config(&text);
        assert_eq!(
            ms(proxy(&config, "l").timeout(timeout)),
            Some((7000, Origin::Own)),
            "{timeout:?}"
        );
    }
}

#[test]
fn fallbacks_follow_the_manual() {
    for (lines, timeout, wanted) in [
        (
            "timeout connect 4s",
            Timeout::Queue,
            Some((4000, Origin::Fallback(Timeout::Connect))),
        ),
        (
            "timeout connect 4s\n timeout queue 1s",
            Timeout::Queue,
            Some((1000, Origin::Own)),
        ),
        (
            "timeout connect 4s\n timeout queue 0",
            Timeout::Queue,
            Some((4000, Origin::Fallback(Timeout::Connect))),
        ),
        (
            "timeout client 9s",
            Timeout::HttpRequest,
            Some((9000, Origin::Fallback(Timeout::Client))),
        ),
        (
            "timeout client 9s",
            Timeout::HttpKeepAlive,
            Some((9000, Origin::Fallback(Timeout::Client))),
        ),
        (
            "timeout client 9s\n timeout http-request 3s",
            Timeout::HttpKeepAlive,
            Some((3000, Origin::Fallback(Timeout::HttpRequest))),
        ),
        ("timeout server 9s", Timeout::Tunnel, None),
        ("timeout server 0", Timeout::Server, None),
        ("timeout connect 4s", Timeout::Check, None),
        (
            "timeout check 2s",
            Timeout::Check,
            Some((2000, Origin::Own)),
        ),
        (
            "timeout client 9s\n timeout http-request \"$T\"",
            Timeout::HttpKeepAlive,
            None,
        ),
    ] {
        let config = config(&format!("listen l\n {lines}\n"));
        assert_eq!(
            ms(proxy(&config, "l").effective_timeout(timeout)),
            wanted,
            "{lines}"
        );
    }
}

#[test]
fn named_defaults_inherit_from_each_other() {
    let config = config(DATABASE);
    let from = |name: &str| Origin::Defaults(Some(name.to_owned()));
    let replication = proxy(&config, "replication");
    assert_eq!(
        ms(replication.timeout(Timeout::Client)),
        Some((28_800_000, from("tcp-long")))
    );
    assert_eq!(
        ms(replication.timeout(Timeout::Connect)),
        Some((1500, from("base")))
    );
    assert_eq!(
        ms(replication.timeout(Timeout::ServerFin)),
        Some((30_000, from("tcp-long")))
    );
    let mysql = proxy(&config, "mysql");
    assert_eq!(
        ms(mysql.timeout(Timeout::Client)),
        Some((60_000, from("tcp-short")))
    );
    assert_eq!(ms(mysql.timeout(Timeout::ClientFin)), None);
    assert!(mysql.mode_tcp() && !mysql.mode_http());
    assert_eq!(mysql.log_format_kind(), LogFormatKind::Tcplog);
    assert!(mysql.log_health_checks());
    assert_eq!(replication.option("clitcpka"), Some(true));
    assert_eq!(mysql.option("clitcpka"), None);
}

#[test]
fn a_proxy_takes_the_last_defaults_before_it() {
    let config = config(
        "backend zero\ndefaults\n retries 1\nbackend one\ndefaults x\n timeout server 1s\nbackend two\n\
         defaults from x\n retries 4\nbackend three\nbackend four from x\n",
    );
    let seen = |name| {
        let proxy = proxy(&config, name);
        (
            proxy.retries(),
            ms(proxy.timeout(Timeout::Server)).map(|(ms, _)| ms),
        )
    };
    assert_eq!(seen("zero"), (3, None));
    assert_eq!(seen("one"), (1, None));
    assert_eq!(seen("two"), (3, Some(1000)));
    assert_eq!(seen("three"), (4, Some(1000)));
    assert_eq!(seen("four"), (3, Some(1000)));
    let three = proxy(&config, "three");
    assert_eq!(
        three.retries_setting().map(|setting| &setting.from),
        Some(&Origin::Defaults(None))
    );
}

#[test]
fn the_last_line_wins() {
    let config = backend(
        "timeout server 1s\ntimeout server 2s\nretries 5\nretries 6\nbalance first\nbalance leastconn",
    );
    let proxy = proxy(&config, "b");
    assert_eq!(
        ms(proxy.timeout(Timeout::Server)),
        Some((2000, Origin::Own))
    );
    assert_eq!(proxy.retries(), 6);
    assert_eq!(text(proxy.balance()), Some(("leastconn", "leastconn")));
}

#[test]
fn options_can_be_turned_off_and_forgotten() {
    let config = config(
        "defaults\n option redispatch 1\n option abortonclose\n option logasap\n\
         backend b\n no option redispatch\n default option abortonclose\n",
    );
    let proxy = proxy(&config, "b");
    assert_eq!(proxy.option("redispatch"), Some(false));
    assert_eq!(proxy.option("abortonclose"), None);
    assert_eq!(proxy.option("dontlognull"), None);
    assert!(
        proxy.logasap() && !proxy.abortonclose() && !proxy.dontlognull() && !proxy.dontlog_normal()
    );
    let logasap = proxy.option_setting("logasap").expect("set");
    assert_eq!(
        (logasap.at.line, &logasap.from),
        (4, &Origin::Defaults(None))
    );
}

#[test]
fn log_formats() {
    for (lines, wanted) in [
        ("mode http", LogFormatKind::None),
        ("option httplog", LogFormatKind::Httplog),
        ("option httplog clf", LogFormatKind::Clf),
        ("option tcplog\n option httpslog", LogFormatKind::Httpslog),
        (
            "option httplog\n log-format %ci\\ %ST",
            LogFormatKind::Custom("%ci %ST".to_owned()),
        ),
        ("log-format \"%ci $X\"", LogFormatKind::Unknown),
        (
            "log-format \"%ci $X\"\n option tcplog",
            LogFormatKind::Tcplog,
        ),
    ] {
        let config = config(&format!("defaults\n {lines}\nfrontend f\nbackend b\n"));
        assert_eq!(proxy(&config, "f").log_format_kind(), wanted, "{lines}");
        assert_eq!(
            proxy(&config, "b").log_format_kind(),
            LogFormatKind::None,
            "{lines}"
        );
    }
}

#[test]
fn first_words_of_balance_and_cookie() {
    let config = config(WEB);
    assert_eq!(
        text(proxy(&config, "be_api").balance()),
        Some(("uri", "uri depth 3"))
    );
    let alone = super::config("defaults\n balance \"$B\"\nbackend b\n balance\n");
    let alone = proxy(&alone, "b");
    assert_eq!(text(alone.balance()), Some(("roundrobin", "balance")));
    assert_eq!(alone.unknown().count(), 0);
    let cookie = proxy(&config, "be_app").cookie();
    assert_eq!(text(cookie), Some(("SRV", "SRV insert indirect nocache")));
    let maxconn = proxy(&config, "fe_www")
        .maxconn()
        .map(|setting| setting.value);
    assert_eq!(
        (maxconn, proxy(&config, "be_app").maxconn()),
        (Some(10_000), None)
    );
}

#[test]
fn frontends_of_a_backend() {
    let config = config(
        "defaults\n default_backend app\nfrontend one\n use_backend api if { path /api }\nfrontend two\n default_backend api\n\
         listen api2\n use_backend app if TRUE\nbackend app\nbackend api\n",
    );
    let names = |backend: &str| {
        let frontends = config.frontends_of(backend);
        frontends
            .map(|proxy| proxy.name.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(names("app"), ["one", "api2"]);
    assert_eq!(names("api"), ["one", "two"]);
    assert_eq!(names("api2"), ["api2"]);
    assert!(names("nobody").is_empty());
}
