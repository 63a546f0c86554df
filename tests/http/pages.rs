//! Pages for people.

use std::io::Write;

use hapline::serve::http::Settings;

use crate::served::{RECORDING, recording, serve, serve_recording, settings, view};

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[test]
fn every_page_is_answered_and_may_load_nothing_from_elsewhere() {
    let served = serve_recording();
    let incidents = served.get("/api/v1/incidents").json();
    let id = incidents["incidents"][0]["id"].as_str().unwrap().to_owned();
    let headline = incidents["incidents"][0]["headline"]
        .as_str()
        .unwrap()
        .to_owned();
    for (path, text) in [
        ("/", "Backends and servers"),
        ("/days", headline.as_str()),
        ("/advice", "Advice"),
        ("/coverage", "udp:127.0.0.1:5514"),
        (&format!("/incidents/{id}"), headline.as_str()),
    ] {
        let reply = served.get(path);
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, "text/html; charset=utf-8"),
            "{path}"
        );
        assert_eq!(reply.header("content-security-policy"), POLICY, "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert!(reply.body.contains(text), "{path}: {}", reply.body);
        let tag = format!("If-None-Match: {}\r\n", reply.header("etag"));
        assert_eq!(served.get_with(path, &tag).status, 304, "{path}");
    }
    for (path, kind) in [
        ("/style.css", "text/css; charset=utf-8"),
        ("/page.js", "text/javascript; charset=utf-8"),
        ("/live.js", "text/javascript; charset=utf-8"),
    ] {
        let reply = served.get(path);
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, kind),
            "{path}"
        );
        assert!(
            reply
                .header("content-security-policy")
                .starts_with("default-src 'none'; base-uri")
        );
    }
    let gone = served.get("/incidents/00000000");
    assert_eq!(gone.status, 404);
    assert!(gone.body.contains("There is no such incident"));
}

#[test]
fn advice_has_the_lines_that_change() {
    let (log, config, _) = recording("check_timeout_makes_servers_flap");
    let served = serve(view(&log, Some(config)), &settings());
    let page = served.get("/advice").body;
    let line = "class=\"add\">+    timeout check 1200ms<";
    assert!(page.contains(line), "{page}");
    let served = serve(view(&log, None), &settings());
    assert!(!served.get("/advice").body.contains("class=\"add\""));
}

#[test]
fn a_browser_logs_in_with_the_token_as_its_password() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "0123456789abcdef").unwrap();
    let settings = Settings {
        token_file: Some(file.path().to_owned()),
        ..settings()
    };
    let (log, config, _) = recording(RECORDING);
    let served = serve(view(&log, Some(config)), &settings);
    let page = "Accept: text/html,*/*;q=0.8\r\n";
    for path in hapline::serve::http::pages() {
        let path = path.replace("{id}", "00000000");
        let asked = served.get_with(&path, page);
        assert_eq!(asked.status, 401, "{path}");
        let challenge = asked.header("www-authenticate");
        assert_eq!(
            challenge, "Basic realm=\"hapline\", charset=\"UTF-8\"",
            "{path}"
        );
        assert!(!asked.body.contains("app"), "{path}");
        assert_eq!(
            served.get(&path).header("www-authenticate"),
            "Bearer realm=\"hapline\""
        );
    }
    // printf hapline:0123456789abcdef | base64
    for (said, status) in [
        ("aGFwbGluZTowMTIzNDU2Nzg5YWJjZGVm", 200),
        ("OjAxMjM0NTY3ODlhYmNkZWY=", 200),
        ("aGFwbGluZTowMTIzNDU2Nzg5YWJjZGVn", 401),
        ("MDEyMzQ1Njc4OWFiY2RlZg==", 401),
        ("aGFwbGluZTo=", 401),
    ] {
        let headers = format!("{page}Authorization: Basic {said}\r\n");
        assert_eq!(served.get_with("/", &headers).status, status, "{said}");
        assert_eq!(
            served.get_with("/api/v1/report", &headers).status,
            status,
            "{said}"
        );
    }
}
