//! Patches of small configurations, as they are printed.

use super::{Change, Scope, Way};
use crate::config::{Config, Environment};

const SHOP: &str = "\
global
\tmaxconn 2000   # of the process

defaults
    mode http
    timeout connect 1s
    timeout client  30s
    timeout server  30s   # the reports
    option  httpchk GET /up

frontend web
    bind :80
    default_backend api

backend api
    # who answers
    timeout queue 10s
    no option redispatch
    default-server inter 2s
    server a 10.0.0.1:80 check inter 3s # first
    server b 10.0.0.2:80 no-check
    server-template t 2 10.0.0.9:80

backend bare
    server c 10.0.0.3:80
";

fn change(scope: Scope, keyword: &str, value: &str) -> Change {
    let (keyword, value) = (keyword.to_owned(), value.to_owned());
    Change {
        scope,
        keyword,
        value,
    }
}

fn backend(name: &str) -> Scope {
    Scope::Backend(name.to_owned())
}

fn server(server: &str) -> Scope {
    Scope::Server {
        backend: "api".to_owned(),
        server: server.to_owned(),
    }
}

fn diff(text: &str, changes: &[Change]) -> String {
    let config = Config::parse("haproxy.cfg", text.as_bytes()).unwrap();
    let patch = config.patch(changes);
    let refused: Vec<String> = patch
        .refused
        .iter()
        .map(|(number, why)| format!("{number}: {why}\n"))
        .collect();
    format!(
        "{}{}",
        String::from_utf8(patch.diff()).unwrap(),
        refused.concat()
    )
}

#[test]
fn many_changes_are_one_diff() {
    let changes = [
        change(Scope::Global, "maxconn", "4000"),
        change(backend("api"), "timeout queue", "5s"),
        change(backend("api"), "timeout server", "1m"),
        change(backend("api"), "option redispatch", ""),
        change(server("a"), "inter", "1s"),
        change(server("a"), "fall", "2"),
        change(server("b"), "check", ""),
        change(Scope::ServersOf("bare".to_owned()), "inter", "1s"),
        change(Scope::ServersOf("bare".to_owned()), "fall", "2"),
        change(Scope::Frontend("web".to_owned()), "maxconn", "1000"),
        change(
            Scope::DefaultsOfBackend("bare".to_owned()),
            "timeout server",
            "20s",
        ),
        change(Scope::DefaultsOfFrontend("web".to_owned()), "retries", "2"),
    ];
    insta::assert_snapshot!(diff(SHOP, &changes));
}

#[test]
fn what_cannot_be_done_says_why() {
    let text = format!(
        "{SHOP}backend var\n    timeout server \"$T\"\n    .if defined(X)\n    timeout queue 1s\n    .endif\n    server s 10.0.0.1:1 inter \"$I\"\n"
    );
    let changes = [
        change(backend("nobody"), "timeout server", "1s"),
        change(backend("api"), "timeout queue", "10000"),
        change(backend("api"), "timeout queue", "5 parsecs"),
        change(backend("api"), "timeout queue", "5s # soon"),
        change(
            backend("api"),
            "timeout queue",
            "5s\n    server x 1.1.1.1:1",
        ),
        change(backend("api"), "http-request", "deny"),
        change(backend("var"), "timeout server", "1s"),
        change(backend("var"), "timeout queue", "2s"),
        change(server("t2"), "inter", "1s"),
        change(server("z"), "inter", "1s"),
        change(Scope::ServersOf("api".to_owned()), "inter", "1s"),
        change(Scope::ServersOf("web".to_owned()), "inter", "1s"),
        change(
            Scope::DefaultsOfBackend("api".to_owned()),
            "timeout queue",
            "1s",
        ),
        change(server("a"), "no-such-keyword", "1s"),
    ];
    insta::assert_snapshot!(diff(&text, &changes));
}

#[test]
fn files_keep_their_line_ends_and_their_names() {
    let crlf = "defaults\r\n\ttimeout server 1s\r\nbackend b\r\n\tserver s 10.0.0.1:1";
    let config = Config::parse("conf/my site.cfg", crlf.as_bytes()).unwrap();
    let patch = config.patch(&[
        change(backend("b"), "retries", "2"),
        change(backend("b"), "timeout server", "2s"),
    ]);
    let diff = String::from_utf8(patch.diff()).unwrap();
    insta::assert_snapshot!(diff.replace('\r', "\u{240d}"), @r"
    --- conf/my site.cfg	
    +++ conf/my site.cfg	
    @@ -1,4 +1,6 @@
     defaults␍
     	timeout server 1s␍
     backend b␍
    +	retries 2␍
    +	timeout server 2s␍
     	server s 10.0.0.1:1
    \ No newline at end of file
    ");
    for (name, way) in [
        ("a.cfg", Way::Here),
        ("/etc/a.cfg", Way::FromRoot),
        ("../a.cfg", Way::ByName),
    ] {
        let config = Config::parse(name, b"backend b\n server s 10.0.0.1:1\n").unwrap();
        let patch = config.patch(&[change(backend("b"), "retries", "2")]);
        assert_eq!(patch.files[0].way(), way);
    }
}

#[test]
fn a_last_line_without_an_end_is_told_to_patch() {
    insta::assert_snapshot!(diff("backend b", &[change(backend("b"), "retries", "2")]), @r"
    --- haproxy.cfg
    +++ haproxy.cfg
    @@ -1,1 +1,2 @@
    -backend b
    \ No newline at end of file
    +backend b
    +    retries 2
    \ No newline at end of file
    ");
}

#[test]
fn checks_ask_for_another_path() {
    for (lines, expected) in [
        ("option httpchk", Ok("/new")),
        ("option httpchk /old", Ok("/new")),
        ("option httpchk GET /old", Ok("GET /new")),
        (
            r"option httpchk  HEAD  /old HTTP/1.1\r\nHost:\ a",
            Ok(r"HEAD  /new HTTP/1.1\r\nHost:\ a"),
        ),
        (
            "option tcp-check",
            Err("`b` has no `option httpchk` to change"),
        ),
        (
            "option httpchk\n http-check send meth GET uri /old hdr A b",
            Ok("/new"),
        ),
        (
            "option httpchk GET /old\n http-check send hdr A b",
            Ok("GET /new"),
        ),
    ] {
        let text = format!("backend b\n {lines}\n server s 10.0.0.1:1 check\n");
        let config = Config::parse("c.cfg", text.as_bytes()).unwrap();
        let change = config.change_of_check_path("b", "/new");
        let value = change.as_ref().map(|change| change.value.as_str());
        assert_eq!(
            value.map_err(ToString::to_string),
            expected.map_err(str::to_owned),
            "{lines}"
        );
        if let Ok(change) = change {
            let patched = config.patch(&[change]).config;
            let (_, uri) = patched.backend("b").unwrap().check_request().unwrap();
            assert_eq!(uri, "/new");
        }
    }
}

#[test]
fn what_is_on_is_turned_off() {
    let text = "defaults\n    option abortonclose\nbackend b\n    option httpclose # why\n    server s 10.0.0.1:1 check ssl\n";
    let of_server = |keyword| {
        let scope = Scope::Server {
            backend: "b".to_owned(),
            server: "s".to_owned(),
        };
        change(scope, keyword, "")
    };
    let changes = [
        change(backend("b"), "no option abortonclose", ""),
        change(backend("b"), "no option httpclose", ""),
        change(backend("b"), "no option httpclose", ""),
        of_server("no-check"),
        of_server("no-backup"),
    ];
    insta::assert_snapshot!(diff(text, &changes), @r"
    --- haproxy.cfg
    +++ haproxy.cfg
    @@ -1,5 +1,6 @@
     defaults
         option abortonclose
     backend b
    -    option httpclose # why
    -    server s 10.0.0.1:1 check ssl
    +    no option httpclose # why
    +    no option abortonclose
    +    server s 10.0.0.1:1 no-check ssl no-backup
    2: this is so already
    ");
}

#[test]
fn of_several_the_last_is_changed() {
    let text = "backend api\n timeout queue 1s\n timeout queue 2s\n server a 10.0.0.1:1 inter 1s fall 2 inter 2s\n";
    let changes = [
        change(backend("api"), "timeout queue", "9s"),
        change(server("a"), "inter", "9s"),
    ];
    insta::assert_snapshot!(diff(text, &changes), @r"
    --- haproxy.cfg
    +++ haproxy.cfg
    @@ -1,4 +1,4 @@
     backend api
      timeout queue 1s
    - timeout queue 2s
    - server a 10.0.0.1:1 inter 1s fall 2 inter 2s
    + timeout queue 9s
    + server a 10.0.0.1:1 inter 1s fall 2 inter 9s
    ");
}

#[test]
fn every_file_has_its_own_part() {
    let files = [
        ("a.cfg", "defaults\n    timeout server 1s\n"),
        ("b.cfg", "backend b\n    server s 10.0.0.1:1\n"),
    ];
    let config = Config::parse_all(&files, Environment::Unknown).unwrap();
    let patch = config.patch(&[
        change(
            Scope::DefaultsOfBackend("b".to_owned()),
            "timeout server",
            "2s",
        ),
        change(backend("b"), "balance", "leastconn"),
    ]);
    insta::assert_snapshot!(String::from_utf8(patch.diff()).unwrap(), @r"
    --- a.cfg
    +++ a.cfg
    @@ -1,2 +1,2 @@
     defaults
    -    timeout server 1s
    +    timeout server 2s
    --- b.cfg
    +++ b.cfg
    @@ -1,2 +1,3 @@
     backend b
    +    balance leastconn
         server s 10.0.0.1:1
    ");
}

#[test]
fn a_missing_global_is_written_at_the_top() {
    let changes = [
        change(Scope::Global, "maxconn", "4000"),
        change(Scope::Global, "maxconnrate", "50"),
    ];
    insta::assert_snapshot!(diff("# mine\nbackend b\n", &changes), @r"
    --- haproxy.cfg
    +++ haproxy.cfg
    @@ -1,2 +1,6 @@
    +global
    +    maxconn 4000
    +    maxconnrate 50
    +
     # mine
     backend b
    ");
}
