//! Servers, their checks, and what of them is unknown.

use super::super::{Origin, Timeout};
use super::{DATABASE, DYNAMIC, WEB, backend, config, ms, proxy, server, text, value};

#[test]
fn http_checks() {
    let config = config(WEB);
    let check = |name| {
        let check = &proxy(&config, name).httpchk()?.value;
        Some((check.method.as_str(), check.uri.as_str()))
    };
    assert_eq!(check("be_app"), Some(("GET", "/healthz")));
    assert_eq!(check("be_static"), Some(("OPTIONS", "/")));
    assert_eq!(check("be_api"), None);
    let rules = proxy(&config, "be_static").http_check();
    assert_eq!(rules.len(), 2);
    assert_eq!(rules[1].value, "expect rstatus '^(2|3)[0-9][0-9]$'");

    let inherited = super::config(
        "defaults\n option httpchk /a\n http-check expect status 200\n http-check disable-on-404\n\
         backend one\nbackend two\n http-check expect status 204\n option httpchk HEAD /b HTTP/1.0\n\
         backend three\n option tcp-check\nbackend four\n option httpchk \"$URI\"\n",
    );
    let uri = |name| {
        proxy(&inherited, name)
            .httpchk()
            .map(|check| check.value.uri.as_str())
    };
    assert_eq!(
        (uri("one"), uri("two"), uri("three"), uri("four")),
        (Some("/a"), Some("/b"), None, None)
    );
    assert_eq!(proxy(&inherited, "one").http_check().len(), 2);
    assert_eq!(
        proxy(&inherited, "two").http_check()[0].value,
        "expect status 204"
    );
    let unknown: Vec<_> = proxy(&inherited, "four").unknown().collect();
    assert_eq!(unknown[0].keyword, "option httpchk");
}

#[test]
fn servers_take_their_own_then_the_proxys_then_the_defaults() {
    let config = config(WEB);
    let st1 = server(&config, "be_static", "st1").clone();
    let check = st1.check.as_ref().expect("checked");
    assert_eq!(
        (value(&check.inter), value(&check.fastinter)),
        (Some(1000), Some(500))
    );
    assert_eq!(
        check.inter.as_ref().map(|inter| &inter.from),
        Some(&Origin::Own)
    );
    assert_eq!(
        check.fall.as_ref().map(|fall| &fall.from),
        Some(&Origin::Defaults(None))
    );
    assert_eq!(value(&st1.slowstart), Some(20_000));
    assert_eq!(st1.address, "10.0.1.1:80");
    assert_eq!(
        &WEB[st1.at.span.clone()],
        "server st1 10.0.1.1:80 check inter 1s fastinter 500ms"
    );
    assert!(server(&config, "be_static", "st2").disabled);

    let api1 = server(&config, "be_api", "api1");
    assert_eq!(
        (value(&api1.maxconn), value(&api1.maxqueue)),
        (Some(50), Some(100))
    );
    assert_eq!(text(api1.observe.as_ref()), Some(("layer7", "layer7")));
    assert_eq!(
        text(api1.on_error.as_ref()),
        Some(("mark-down", "mark-down"))
    );
    let api2 = server(&config, "be_api", "api2");
    assert_eq!(
        (api2.check.is_none(), value(&api2.weight)),
        (true, Some(10))
    );
    assert_eq!(
        text(api2.track.as_ref()),
        Some(("be_app/app2", "be_app/app2"))
    );
    let spare = server(&config, "be_app", "spare");
    assert!(spare.backup && spare.check.is_none());
    assert_eq!(
        text(server(&config, "be_app", "app1").cookie.as_ref()),
        Some(("app1", "app1"))
    );

    let db2 = super::config(DATABASE);
    let db2 = server(&db2, "mysql", "db2");
    let check = db2.check.as_ref().expect("checked");
    assert_eq!(
        (value(&check.port), db2.rise(), db2.fall(), db2.inter()),
        (Some(9200), Some(4), Some(2), Some(3000))
    );
    assert_eq!(
        text(db2.on_marked_down.as_ref()).map(|(value, _)| value),
        Some("shutdown-sessions")
    );
}

#[test]
fn a_default_server_counts_for_the_servers_after_it() {
    let config = backend(
        "server a 1.1.1.1:80\ndefault-server check inter 5s ssl maxconn 9\nserver b 1.1.1.1:80\n\
         default-server no-check fall 7\nserver c 1.1.1.1:80 check check-ssl no-ssl maxconn 3 minconn 1",
    );
    let seen = |name| {
        let server = server(&config, "b", name);
        (
            server.inter(),
            server.fall(),
            server.ssl,
            server.check_ssl,
            value(&server.maxconn),
        )
    };
    assert_eq!(seen("a"), (None, None, false, false, None));
    assert_eq!(seen("b"), (Some(5000), Some(3), true, false, Some(9)));
    assert_eq!(seen("c"), (Some(5000), Some(7), false, true, Some(3)));
}

#[test]
fn values_of_other_settings_are_no_settings() {
    let config = backend(
        "server s 1.1.1.1:80 resolvers check source 10.0.0.1 interface backup sni ssl verify none future x inter 4s check",
    );
    let server = server(&config, "b", "s");
    assert!(!server.backup && !server.ssl && server.unknown.is_empty());
    assert_eq!((server.inter(), server.rise()), (Some(4000), Some(2)));
}

#[test]
fn templates_make_their_servers() {
    for (range, wanted) in [
        ("3", vec!["w1", "w2", "w3"]),
        ("2-3", vec!["w2", "w3"]),
        ("4-4", vec!["w4"]),
    ] {
        let config = backend(&format!(
            "server-template w {range} web.local:80 check inter 1s"
        ));
        let servers = proxy(&config, "b").servers();
        let names: Vec<_> = servers.iter().map(|server| server.name.as_str()).collect();
        assert_eq!(names, wanted);
        assert!(
            servers
                .iter()
                .all(|server| server.address == "web.local:80" && server.inter() == Some(1000))
        );
    }
}

#[test]
fn what_depends_on_the_environment_is_unknown() {
    let config = config(DYNAMIC);
    let web = proxy(&config, "be_web");
    assert_eq!(ms(web.timeout(Timeout::Server)), None);
    assert_eq!(ms(web.effective_timeout(Timeout::Server)), None);
    let unknown: Vec<_> = web
        .unknown()
        .map(|unknown| (unknown.keyword.as_str(), unknown.text.as_str()))
        .collect();
    assert_eq!(
        unknown,
        [
            ("timeout client", "\"${CLIENT_TIMEOUT-25s}\""),
            ("timeout server", "\"${SERVER_TIMEOUT-25s}\""),
        ]
    );
    let names: Vec<_> = web
        .servers()
        .iter()
        .map(|server| server.name.as_str())
        .collect();
    assert_eq!(names, ["web2", "web3", "web4", "web5"]);
    let server = &web.servers()[0];
    assert_eq!(
        (value(&server.maxconn), server.unknown[0].keyword.as_str()),
        (None, "maxconn")
    );
    assert_eq!(server.inter(), Some(5000));

    let config = backend(
        "timeout server \"$T\"\ntimeout server 5s\nserver s 1.1.1.1:80 check \"${MORE[*]}\" fall 4",
    );
    let proxy = proxy(&config, "b");
    assert_eq!(
        ms(proxy.timeout(Timeout::Server)),
        Some((5000, Origin::Own))
    );
    assert_eq!(proxy.unknown().count(), 0);
    let server = &proxy.servers()[0];
    assert_eq!(
        (server.inter(), server.fall(), server.unknown.len()),
        (None, Some(4), 1)
    );
}
