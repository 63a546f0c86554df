//! One request over HTTP.
//!
//! Enters: the body of a request. Leaves: whether it was taken, and if not, whether to try again. Must not know: what it
//! says. Neither the address nor the token is in what it says of a failure.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{HeaderMap, StatusCode};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use super::format::pagerduty;
use super::outbox::Outcome;
use super::secret::Secret;
use crate::report::escape;

/// The longest that a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read.
const ANSWER: u64 = 1024;
/// Characters of it that are told.
const TOLD: usize = 120;

/// Where requests go.
#[derive(Debug)]
pub(super) struct Post {
    agent: Agent,
    url: Secret,
    access: Access,
}

/// How the target knows who asks.
#[derive(Debug)]
pub(super) enum Access {
    Open,
    /// `Authorization: Bearer …`.
    Bearer(Secret),
    /// PagerDuty's, within the body.
    RoutingKey(Secret),
}

impl Post {
    /// One attempt may take `limit`; with `roots`, only those certificates are trusted.
    pub(super) fn new(url: Secret, access: Access, limit: Duration, roots: RootCerts) -> Self {
        let tls = TlsConfig::builder().root_certs(roots).build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // One that the target has closed meanwhile would cost an attempt.
            .max_idle_connections(0)
            .timeout_global(Some(limit))
            .timeout_connect(Some(limit.min(CONNECT)))
            .tls_config(tls)
            .user_agent(concat!("hapline/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            agent: config.new_agent(),
            url,
            access,
        }
    }

    /// Sends a body.
    pub(super) fn send(&self, body: &str) -> Outcome {
        let request = self.agent.post(self.url.reveal());
        let request = request.header("content-type", "application/json");
        let answer = match &self.access {
            Access::Open => request.send(body),
            Access::Bearer(token) => {
                let bearer = format!("Bearer {}", token.reveal());
                request.header("authorization", bearer).send(body)
            }
            Access::RoutingKey(key) => request.send(pagerduty::with_key(body, key.reveal())),
        };
        let mut answer = match answer {
            Ok(answer) => answer,
            Err(error) => return self.failed(&error),
        };
        let status = answer.status();
        if status.is_success() {
            return Outcome::Done;
        }
        let mut text = Vec::new();
        // What could be read of the reason is told; there may be none.
        let _ = answer
            .body_mut()
            .as_reader()
            .take(ANSWER)
            .read_to_end(&mut text);
        let text = String::from_utf8_lossy(&text);
        let why = self.harmless(&format!("it answered {status}: {}", text.trim()));
        let is_passing = status.is_server_error()
            || matches!(
                status,
                StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
            );
        match is_passing {
            true => Outcome::Later(why, retry_after(answer.headers(), now())),
            false => Outcome::Never(why),
        }
    }

    fn failed(&self, error: &ureq::Error) -> Outcome {
        let why = self.harmless(&error.to_string());
        match error {
            ureq::Error::BadUri(_) | ureq::Error::Http(_) => Outcome::Never(why),
            _ => Outcome::Later(why, None),
        }
    }

    /// What others said, without secrets and fit for a terminal.
    fn harmless(&self, text: &str) -> String {
        let mut shown = self.url.hide(text);
        if let Access::Bearer(secret) | Access::RoutingKey(secret) = &self.access {
            shown = secret.hide(&shown);
        }
        let begun: String = shown.chars().take(TOLD).collect();
        escape::terminal(&begun).into_owned()
    }
}

/// The only certificates to trust, out of a PEM file.
///
/// # Errors
/// When it cannot be read, or has none.
pub(super) fn roots(path: &Path) -> std::io::Result<RootCerts> {
    let pem = std::fs::read(path)?;
    let certificates = parse_pem(&pem).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    });
    let certificates: Vec<_> = certificates.collect();
    match certificates.is_empty() {
        true => Err(std::io::Error::other("there is no certificate in it")),
        false => Ok(RootCerts::new_with_certs(&certificates)),
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Milliseconds until a target wants to be asked again: it gives seconds, or a date.
fn retry_after(headers: &HeaderMap, now: i64) -> Option<i64> {
    let text = headers.get("retry-after")?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(i64::from(seconds) * 1000);
    }
    let at = jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(text)
        .ok()?;
    Some(at.as_millisecond().saturating_sub(now).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_says_when_to_come_again_in_seconds_or_by_date() {
        for (text, ms) in [
            ("120", Some(120_000)),
            (" 0 ", Some(0)),
            ("Thu, 01 Jan 1970 00:01:00 GMT", Some(50_000)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", text.parse().unwrap());
            assert_eq!(retry_after(&headers, 10_000), ms, "{text}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), 0), None);
    }
}
