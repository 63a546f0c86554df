//! Who may ask.

use std::io::Write;

use hapline::serve::http::{Server, Settings};

use crate::served::{serve, serve_recording, settings, view};

#[test]
fn without_a_token_nobody_is_answered_from_afar() {
    let settings = Settings {
        address: ([192, 0, 2, 1], 9110).into(),
        ..Settings::default()
    };
    let error = Server::bind(&settings).unwrap_err();
    assert_eq!(
        (error.to_string(), error.hint()),
        (
            "HTTP on 192.0.2.1:9110 would answer anyone who reaches it, and no token is set".to_owned(),
            "listen on 127.0.0.1:9110, or name a file that holds a token (openssl rand -hex 32), or set \
             HAPLINE_HTTP_TOKEN"
                .to_owned()
        )
    );
}

#[test]
fn a_token_is_asked_for_wherever_the_log_is_told() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "0123456789abcdef0123").unwrap();
    let settings = Settings {
        token_file: Some(file.path().to_owned()),
        ..settings()
    };
    let served = serve(view(b"", None), &settings);
    for path in hapline::serve::http::paths() {
        let path = path.replace("{id}", "x").replace("{*term}", "SC");
        let is_open = path == "/healthz" || path == "/readyz" || path.starts_with("/explain");
        for headers in [
            "",
            "Authorization: Bearer 0123456789abcdef0124\r\n",
            "Authorization: Basic eDp5\r\n",
        ] {
            let reply = served.get_with(&path, headers);
            assert_eq!(reply.status == 401, !is_open, "{path} {headers}");
            if !is_open {
                assert_eq!(reply.header("www-authenticate"), "Bearer realm=\"hapline\"");
                assert_eq!(reply.json()["status"], 401);
            }
        }
    }
    for scheme in ["Bearer", "bearer"] {
        let reply = served.get_with(
            "/api/v1/report",
            &format!("Authorization: {scheme} 0123456789abcdef0123\r\n"),
        );
        assert_eq!(reply.status, 200, "{scheme}");
    }
    let hidden = served.get_with("/nothing/there", "");
    assert_eq!(hidden.status, 401, "what is there is not told, either");
    let tricked = served.get_with("/explain/../metrics", "");
    assert_ne!(tricked.status, 200);
}

#[test]
fn another_host_is_not_answered_on_loopback() {
    let settings = Settings {
        hosts: vec!["hapline.internal".to_owned()],
        ..settings()
    };
    let served = serve(view(b"", None), &settings);
    for (request, status) in [
        ("GET /metrics HTTP/1.1\r\nHost: localhost", 200),
        ("GET /metrics HTTP/1.1\r\nHost: LOCALHOST:9110", 200),
        ("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:1", 200),
        ("GET /metrics HTTP/1.1\r\nHost: [::1]:9110", 200),
        ("GET /metrics HTTP/1.1\r\nHost: Hapline.internal", 200),
        ("GET /metrics HTTP/1.0", 200),
        ("GET /metrics HTTP/1.1\r\nHost: rebound.example", 421),
        ("GET /metrics HTTP/1.1\r\nHost: 192.0.2.1", 421),
        (
            "GET /metrics HTTP/1.1\r\nHost: localhost.rebound.example",
            421,
        ),
        (
            "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1@rebound.example",
            421,
        ),
        ("GET /metrics HTTP/1.1\r\nHost: ", 421),
        (
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: rebound.example",
            421,
        ),
        (
            "GET http://rebound.example/metrics HTTP/1.1\r\nHost: localhost",
            421,
        ),
        ("GET /healthz HTTP/1.1\r\nHost: rebound.example", 421),
    ] {
        let reply = served.send(&format!("{request}\r\nConnection: close\r\n\r\n"));
        assert_eq!(reply.status, status, "{request}");
    }
}

#[test]
fn browsers_are_told_what_not_to_do() {
    let served = serve_recording();
    for path in [
        "/metrics",
        "/api/v1/report",
        "/explain/SC",
        "/nothing",
        "/api/v1/incidents?limit=0",
        "/healthz",
    ] {
        let reply = served.get_with(path, "Origin: https://site.example\r\n");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("cross-origin-resource-policy", "same-origin"),
            (
                "content-security-policy",
                "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ),
            ("access-control-allow-origin", ""),
        ] {
            assert_eq!(reply.header(name), value, "{path} {name}");
        }
    }
}
