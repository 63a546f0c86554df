//! What is asked of a server over HTTP: `/`, or what its health check asks.
//!
//! Enters: `option httpchk` and `http-check send` as written. Leaves: an [`Ask`]. Must not know: where it is asked.

use super::endpoint::Ask;
use crate::config::syntax::Syntax;
use crate::config::{HttpChk, Server, Setting};

/// What a check asks. One that names no version and no host asks in HTTP/1.0, without `Host`.
pub fn of_check(
    asked: &Setting<HttpChk>,
    rules: &[Setting<String>],
    server: Option<&Server>,
) -> Ask {
    let mut ask = Ask {
        tls: server.is_some_and(Server::is_checked_over_tls),
        method: Some(asked.value.method.clone()),
        path: asked.value.uri.clone(),
        is_bare: true,
        host: None,
    };
    said_by_httpchk(&asked.text, &mut ask);
    for rule in rules {
        said_by_send(&rule.value, &mut ask);
    }
    ask.is_bare &= ask.host.is_none();
    ask
}

/// `GET /`, over TLS where the server is spoken to so.
pub fn plain(server: Option<&Server>) -> Ask {
    Ask {
        tls: server.is_some_and(|server| server.ssl),
        path: "/".to_owned(),
        ..Ask::default()
    }
}

/// Headers that stand behind the version, as was usual before `http-check send`.
fn said_by_httpchk(written: &str, ask: &mut Ask) {
    for word in words(written) {
        let (first, headers) = word.split_once("\r\n").unwrap_or((word.as_str(), ""));
        if first == "HTTP/1.1" {
            ask.is_bare = false;
        }
        let mut headers = headers.split("\r\n").filter_map(|row| row.split_once(':'));
        if let Some((_, host)) = headers.find(|(name, _)| name.eq_ignore_ascii_case("host")) {
            ask.host = Some(host.trim().to_owned());
        }
    }
}

/// `http-check send [meth M] [uri U] [ver V] [hdr NAME VALUE]…`
fn said_by_send(rule: &str, ask: &mut Ask) {
    let words = words(rule);
    if words.first().is_none_or(|word| word != "send") {
        return;
    }
    for triple in words.windows(3) {
        match [&triple[0], &triple[1], &triple[2]].map(String::as_str) {
            ["hdr", name, value] if name.eq_ignore_ascii_case("host") => {
                ask.host = Some(value.to_owned());
            }
            _ => {}
        }
    }
    for pair in words.windows(2) {
        match [&pair[0], &pair[1]].map(String::as_str) {
            ["meth", method] => ask.method = Some(method.to_owned()),
            ["uri", uri] => uri.clone_into(&mut ask.path),
            ["ver", "HTTP/1.1"] => ask.is_bare = false,
            _ => {}
        }
    }
}

/// The words of a line of the configuration.
fn words(written: &str) -> Vec<String> {
    let Ok(syntax) = Syntax::parse(written.as_bytes()) else {
        return Vec::new();
    };
    let lines = syntax.lines().iter();
    lines
        .flat_map(|line| line.words())
        .map(|word| word.text())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn asked(lines: &str) -> Ask {
        let text = format!("backend b\n{lines}\n server s 10.0.0.1:80 check\n");
        let config = Config::parse("haproxy.cfg", text.as_bytes()).unwrap();
        let proxy = config.backend("b").unwrap();
        of_check(
            proxy.httpchk().unwrap(),
            proxy.http_check(),
            proxy.servers().first(),
        )
    }

    #[test]
    fn checks_ask_what_they_are_told_to() {
        for (lines, method, path, host, is_bare) in [
            (" option httpchk", "OPTIONS", "/", None, true),
            (" option httpchk HEAD /up", "HEAD", "/up", None, true),
            (
                r" option httpchk GET /up HTTP/1.1\r\nHost:\ shop.example",
                "GET",
                "/up",
                Some("shop.example"),
                false,
            ),
            (
                " option httpchk\n http-check send meth GET uri \"/a b\" ver HTTP/1.1 hdr Host shop",
                "GET",
                "/a b",
                Some("shop"),
                false,
            ),
            (
                " option httpchk GET /up\n http-check send hdr X-Probe 1",
                "GET",
                "/up",
                None,
                true,
            ),
        ] {
            let expected = Ask {
                tls: false,
                method: Some(method.to_owned()),
                path: path.to_owned(),
                is_bare,
                host: host.map(str::to_owned),
            };
            assert_eq!(asked(lines), expected, "{lines}");
        }
    }
}
