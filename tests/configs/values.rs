//! Answers: what is in force, and what it falls back to.

use hapline::config::{CheckKind, Config, Hold, Level, Proxy, Server, Value};

use super::root;

pub fn accepted(name: &str) -> Config {
    Config::read(&root(&format!("tests/configs/accepted/{name}.cfg"))).unwrap()
}

pub fn config(text: &str) -> Config {
    Config::parse("c.cfg", text.as_bytes()).unwrap()
}

pub fn backend<'a>(config: &'a Config, name: &str) -> &'a Proxy {
    config.backend(name).unwrap()
}

fn server<'a>(proxy: &'a Proxy, name: &str) -> &'a Server {
    proxy
        .servers()
        .iter()
        .find(|server| server.name == name)
        .unwrap()
}

#[test]
fn global_limits() {
    let full = accepted("global");
    let global = full.global();
    assert_eq!(
        (
            global.maxconn(),
            global.ulimit_n(),
            global.maxconnrate(),
            global.maxsessrate()
        ),
        (Some(20_000), Some(65_536), Some(500), Some(400))
    );
    assert_eq!(
        (
            global.spread_checks(),
            global.nbthread(),
            global.hard_stop_after(),
            global.bufsize()
        ),
        (5, Some(2), Some(30_000), 32_768)
    );
    assert_eq!(global.body.time("stats timeout"), Some(120_000));
    assert_eq!(global.body.text("tune.idle-pool.shared"), Some("on"));
    let none = config("global\n maxconn 0\n");
    let none = none.global();
    assert_eq!(
        (
            none.maxconn(),
            none.maxconnrate(),
            none.spread_checks(),
            none.hard_stop_after(),
            none.bufsize()
        ),
        (None, None, 0, None, 16_384)
    );
    assert_eq!(accepted("several-globals").global().maxconn(), Some(200));
}

#[test]
fn kinds_of_checks() {
    for (name, kind) in [
        ("check-http", CheckKind::Http),
        ("check-tcp", CheckKind::Tcp),
        ("check-mysql", CheckKind::Mysql),
        ("check-redis", CheckKind::Redis),
        ("check-ldap", CheckKind::Ldap),
        ("check-smtp", CheckKind::Smtp),
        ("check-pgsql", CheckKind::Pgsql),
        ("check-ssl-hello", CheckKind::SslHello),
        ("check-spop", CheckKind::Spop),
        ("check-external", CheckKind::External),
        ("servers", CheckKind::Connect),
    ] {
        assert_eq!(backend(&accepted(name), "app").check_kind(), kind, "{name}");
    }
    let http = accepted("check-http");
    let request = backend(&http, "app").check_request();
    assert_eq!(request, Some(("GET".to_owned(), "/health".to_owned())));
    let old = accepted("check-http-old");
    let request = backend(&old, "app").check_request();
    assert_eq!(request, Some(("HEAD".to_owned(), "/up".to_owned())));
    let tcp = accepted("check-tcp");
    let steps: Vec<&str> = backend(&tcp, "app").tcp_check().collect();
    assert_eq!(
        (steps.len(), steps[0]),
        (8, "connect port 6379 comment open")
    );
    let inherited =
        config("defaults\n tcp-check send a\nbackend b\nbackend c\n tcp-check send b\n");
    let steps = |name| backend(&inherited, name).tcp_check().collect::<Vec<_>>();
    assert_eq!((steps("b"), steps("c")), (vec!["send a"], vec!["send b"]));
}

#[test]
fn servers_and_what_they_fall_back_to() {
    let config = accepted("servers");
    let app = backend(&config, "app");
    let [a, b, c, j] = ["a", "b", "c", "j"].map(|name| server(app, name));
    assert_eq!(
        (a.inter(), a.fastinter(), a.downinter()),
        (Some(2000), Some(500), Some(5000))
    );
    assert_eq!(
        (b.inter(), b.fastinter(), b.downinter()),
        (Some(2000), Some(2000), Some(2000))
    );
    assert_eq!((b.error_limit(), a.error_limit()), (Some(5), None));
    assert_eq!((c.agent_inter(), a.agent_inter()), (Some(5000), None));
    assert_eq!(c.value("agent-port").and_then(Value::number), Some(9001));
    assert!(j.is_checked_with_proxy() && !a.is_checked_with_proxy());
    assert_eq!(a.init_addr(), "last,libc");
    let pool = server(app, "h");
    assert_eq!(pool.value("pool-purge-delay"), Some(&Value::Time(10_000)));

    let tls = accepted("tls-servers");
    let tls = backend(&tls, "app");
    assert_eq!(
        server(tls, "a").value("alpn").and_then(Value::text),
        Some("h2,http/1.1")
    );
    assert!(server(tls, "a").is_on("ssl") && !server(tls, "c").is_on("ssl"));
    assert!(server(tls, "b").is_checked_over_tls() && server(tls, "c").is_checked_over_tls());

    let order = accepted("default-server");
    let order = backend(&order, "app");
    let of = |name| {
        (
            server(order, name).inter(),
            server(order, name).fall(),
            server(order, name).rise(),
        )
    };
    assert_eq!(of("before"), (Some(2000), Some(3), Some(2)));
    assert_eq!(of("a"), (Some(5000), Some(2), Some(2)));
    assert_eq!(of("b"), (Some(1000), Some(2), Some(4)));

    let templates = accepted("server-template");
    let names: Vec<&str> = backend(&templates, "app")
        .servers()
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["web1", "web2", "web3", "api5", "api6", "api7", "one1"]
    );
    let first = &backend(&templates, "app").servers()[0];
    assert_eq!((first.init_addr(), first.inter()), ("none", Some(2000)));
}

#[test]
fn frontends_and_what_they_accept() {
    let config = accepted("frontend-rules");
    let web = config.frontend("web").unwrap();
    assert_eq!((web.rate_limit(), web.backlog()), (Some(200), Some(1000)));
    assert_eq!(config.effective_maxconn(web), Some(5000));
    let addresses: Vec<&str> = web
        .binds()
        .iter()
        .map(|bind| bind.address.as_str())
        .collect();
    assert_eq!(
        addresses,
        [
            "*:8080",
            ":::8081",
            "127.0.0.1:8082-8084",
            "unix@/tmp/f.sock"
        ]
    );
    assert_eq!(
        config.effective_fullconn(backend(&config, "app")),
        Some(500)
    );

    let listen = accepted("listen");
    let tcp = &listen.proxy("tcp").unwrap().binds()[0];
    assert_eq!(
        (
            tcp.maxconn(),
            tcp.backlog(),
            tcp.accepts_proxy(),
            tcp.is_tls()
        ),
        (Some(50), Some(100), true, false)
    );

    let sums = self::config(
        "global\n maxconn 95\nfrontend f\n default_backend b\nfrontend g\n maxconn 6\n use_backend b if TRUE\nbackend b\n",
    );
    assert_eq!(sums.effective_fullconn(backend(&sums, "b")), Some(11));
    assert_eq!(
        sums.effective_maxconn(sums.frontend("f").unwrap()),
        Some(95)
    );
}

#[test]
fn resolvers_and_their_times() {
    let config = accepted("resolvers");
    let dns = config.resolvers("dns").unwrap();
    let holds = [
        Hold::Valid,
        Hold::Obsolete,
        Hold::Nx,
        Hold::Other,
        Hold::Refused,
        Hold::Timeout,
    ]
    .map(|hold| dns.hold(hold));
    assert_eq!(holds, [5000, 10_000, 3000, 4000, 5000, 6000]);
    assert_eq!(
        (
            dns.timeout_resolve(),
            dns.timeout_retry(),
            dns.resolve_retries()
        ),
        (2000, 500, 5)
    );
    let servers: Vec<&str> = dns.nameservers().collect();
    assert_eq!(servers, ["one 127.0.0.1:53", "two tcp@127.0.0.2:53"]);
    let bare = self::config("resolvers r\n");
    let bare = bare.resolvers("r").unwrap();
    let holds = [Hold::Valid, Hold::Obsolete, Hold::Nx].map(|hold| bare.hold(hold));
    assert_eq!(
        (holds, bare.timeout_retry(), bare.resolve_retries()),
        ([10_000, 0, 30_000], 1000, 3)
    );
}

#[test]
fn what_nobody_knows_is_kept() {
    let config = Config::read(&root("tests/configs/newer/unknown-keywords.cfg")).unwrap();
    assert_eq!(
        config.global().body.text("some.future.keyword"),
        Some("yes 5")
    );
    let app = backend(&config, "app");
    assert_eq!(app.body().text("shiny"), Some("feature on"));
    assert_eq!(app.body().text("option of-tomorrow"), Some("5"));
    assert_eq!(app.body().text("timeout of-tomorrow"), Some("5x"));
    assert_eq!(server(app, "a").inter(), Some(3000));
    let numbers = self::config("backend b\n fullconn many\n");
    let notes: Vec<&str> = numbers
        .notes()
        .iter()
        .map(|note| note.text.as_str())
        .collect();
    assert_eq!(notes, ["`fullconn many`: expected a whole number"]);
}

#[test]
fn what_holds_where_nothing_is_set_is_told() {
    let unset = |level: Level, keyword| level.entry(keyword).map(|entry| entry.unset);
    assert_eq!(
        unset(Level::Proxy, "timeout queue"),
        Some("timeout connect")
    );
    assert_eq!(unset(Level::Server, "maxconn"), Some("0: no limit"));
    assert_eq!(unset(Level::Server, "no such"), None);
    assert_eq!(Level::Resolvers.manual(), "5.3.2");
}
