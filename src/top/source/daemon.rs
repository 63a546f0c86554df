//! A daemon that runs, asked over HTTP.
//!
//! Enters: its address, and a token. Leaves: a look. Must not know: what the answers say. The token is in nothing that is said.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use ureq::Agent;
use ureq::http::StatusCode;

use super::{Seen, Update};
use crate::report::document::{self, Document};
use crate::report::grid::{self, Grid};

/// The longest that an answer may take.
const LIMIT: Duration = Duration::from_secs(30);
/// The longest that a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// Bytes of an answer, at most.
const ANSWER: u64 = 256 << 20;

/// See the module.
pub struct Daemon {
    url: String,
    token: Option<String>,
    agent: Agent,
}

impl fmt::Debug for Daemon {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let mut daemon = formatter.debug_struct("Daemon");
        daemon.field("url", &self.url).finish_non_exhaustive()
    }
}

/// An answer that was had, by its tag.
struct Had<T> {
    tag: Option<String>,
    answer: Arc<T>,
}

/// Why there is no answer: for good, or for now.
enum Refused {
    Never(String, &'static str),
    Later(String),
}

impl Daemon {
    /// One at `url`, such as `http://127.0.0.1:9099`; what stands behind the host goes before each path.
    pub fn new(url: &str, token: Option<String>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // A token is for one host.
            .max_redirects(0)
            .timeout_global(Some(LIMIT))
            .timeout_connect(Some(CONNECT))
            .user_agent(concat!("hapline/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            url: url.trim_end_matches('/').to_owned(),
            token,
            agent: config.new_agent(),
        }
    }

    pub(super) fn name(&self) -> String {
        // What stands before @ is for nobody to read.
        match self.url.split_once("://") {
            Some((scheme, rest)) => {
                let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
                format!("{scheme}://{host}")
            }
            None => self.url.clone(),
        }
    }

    /// Gives a picture each time it is asked; one that was never had, or cannot be had now, says why.
    pub(super) fn look(self) -> impl FnMut() -> Update {
        let (mut report, mut grid) = (None, None);
        move || {
            let had_both = report.is_some() && grid.is_some();
            let asked = self
                .ask::<Document>("/api/v1/report", &mut report)
                .and_then(|document| Ok((document, self.ask::<Grid>("/api/v1/grid", &mut grid)?)));
            match asked {
                Ok((document, grid)) if is_known(&document, &grid) => {
                    Update::Seen(Seen { document, grid })
                }
                Ok(_) => Update::Failed(
                    format!("{}: its report is of another version", self.name()),
                    "run the hapline that the daemon is".to_owned(),
                ),
                Err(Refused::Never(said, hint)) => Update::Failed(said, hint.to_owned()),
                Err(Refused::Later(said)) if had_both => Update::Trouble(said),
                Err(Refused::Later(said)) => Update::Failed(
                    said,
                    "is `hapline serve --http` running there? curl URL/healthz tells".to_owned(),
                ),
            }
        }
    }

    fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        had: &mut Option<Had<T>>,
    ) -> Result<Arc<T>, Refused> {
        let mut request = self.agent.get(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(tag) = had.as_ref().and_then(|had| had.tag.as_ref()) {
            request = request.header("if-none-match", tag);
        }
        let later = |error: &dyn fmt::Display| Refused::Later(format!("{}: {error}", self.name()));
        let mut answer = match request.call() {
            Ok(answer) => answer,
            Err(error @ (ureq::Error::BadUri(_) | ureq::Error::Http(_))) => {
                let said = format!("{}: {error}", self.name());
                return Err(Refused::Never(said, "give it as http://HOST:PORT"));
            }
            Err(error) => return Err(later(&error)),
        };
        match (answer.status(), had.as_ref()) {
            (StatusCode::NOT_MODIFIED, Some(had)) => return Ok(had.answer.clone()),
            (StatusCode::OK, _) => {}
            (StatusCode::UNAUTHORIZED, _) => {
                let said = format!("{} asks for a token, and for another one", self.name());
                let hint = "name its file with --http-token-file, or set HAPLINE_HTTP_TOKEN";
                return Err(Refused::Never(said, hint));
            }
            (StatusCode::NOT_FOUND, _) => {
                let said = format!("{} has no {path}", self.name());
                let hint = "it is no hapline daemon, or an older one";
                return Err(Refused::Never(said, hint));
            }
            (status, _) => return Err(later(&format!("it answered {status}"))),
        }
        let tag = answer.headers().get("etag");
        let tag = tag.and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let body = answer.body_mut().with_config().limit(ANSWER).read_to_vec();
        let body = body.map_err(|error| later(&error))?;
        let answer = serde_json::from_slice(&body).map_err(|error| later(&error))?;
        let answer = Arc::new(answer);
        *had = Some(Had {
            tag,
            answer: Arc::clone(&answer),
        });
        Ok(answer)
    }
}

fn is_known(document: &Document, grid: &Grid) -> bool {
    document.schema == document::SCHEMA && grid.schema == grid::SCHEMA
}
