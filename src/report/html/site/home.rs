//! The first page: open incidents, the last hour, where servers stand.
//!
//! Enters: the document, and what goes on right now. Leaves: a page. Must not know: closed incidents of other days.

use askama::Template;

use super::line::Line;
use super::{DEFINITIONS, is_open, shown, wall};
use crate::report::clock::{self, Clock};
use crate::report::document::{Document, Incident, Live, LiveBackend, LiveRequests, LiveServer};
use crate::report::grid::SessionCell;
use crate::report::html::figure::Figure;
use crate::report::html::impact;
use crate::report::html::stamp::Stamp;
use crate::report::html::svg::Told;
use crate::report::html::verdict::is_quiet;
use crate::report::numbers::{count, counted, percent};
use crate::report::phrase;
use crate::report::top;

/// Incidents that are over and named.
const OVER: usize = 8;

#[derive(Template)]
#[template(path = "report/html/site/home.html")]
struct Home {
    headline: String,
    time: Option<Stamp>,
    /// The running HAProxy.
    process: Option<String>,
    open: Vec<Line>,
    /// What the first of them costs so far, and why.
    facts: Vec<(&'static str, String)>,
    timeline: Option<Figure>,
    minutes: i64,
    backends: Vec<Backend>,
    omitted: u64,
    over: Vec<Line>,
}

/// A backend, and its servers.
struct Backend {
    name: String,
    said: String,
    is_bad: bool,
    servers: Vec<Server>,
}

/// A server.
struct Server {
    name: String,
    /// Classes: where it stands, and whether requests fail.
    class: String,
    state: &'static str,
    said: String,
}

/// See the module.
pub fn home(doc: &Document, live: &Live) -> String {
    let end = doc.window.end.as_deref();
    let clock = Clock::after(&doc.window);
    let (mut open, over): (Vec<&Incident>, Vec<&Incident>) =
        doc.incidents.iter().partition(|incident| is_open(incident));
    open.sort_by_key(|incident| (is_quiet(incident), top::rank(incident, end)));
    // Those that ended last come first.
    let mut over = over;
    over.sort_by(|a, b| b.end.cmp(&a.end));
    over.truncate(OVER);
    let all = open.iter().chain(&over);
    let told: Vec<Told> = (1..)
        .zip(all)
        .map(|(number, incident)| Told { number, incident })
        .collect();
    let line = |it: &Told| Line::new(*it, doc, &clock);
    let shown_in = |it: &&Told| is_within(it.incident, live);
    let drawn: Vec<Told> = told.iter().filter(shown_in).copied().collect();
    let time = live.time.as_deref();
    shown(&Home {
        headline: headline(&open),
        time: time.map(|time| Stamp::saying(time, format!("as of {}", clock.show(time)))),
        process: doc
            .now
            .as_ref()
            .and_then(|now| now.process.as_ref())
            .map(phrase::process),
        open: told[..open.len()].iter().map(line).collect(),
        facts: open
            .first()
            .filter(|worst| !is_quiet(worst))
            .map_or(Vec::new(), |worst| impact::in_short(worst, doc)),
        timeline: Figure::of_live(live, &drawn, &wall(doc)).filter(|_| time.is_some()),
        minutes: live.seconds / 60,
        backends: live.backends.iter().map(Backend::of).collect(),
        omitted: live.servers_omitted,
        over: told[open.len()..].iter().map(line).collect(),
    })
}

/// What is wrong, in a line.
fn headline(open: &[&Incident]) -> String {
    let bad: Vec<_> = open.iter().filter(|incident| !is_quiet(incident)).collect();
    match bad.as_slice() {
        [] => "Nothing is wrong".to_owned(),
        [one] => one.headline.clone(),
        [first, rest @ ..] => {
            format!("{}, and {} more open", first.headline, rest.len())
        }
    }
}

/// It touches the last hour.
fn is_within(incident: &Incident, live: &Live) -> bool {
    let Some(start) = clock::millis(&live.chart.start) else {
        return false;
    };
    let end = incident.end.as_deref().and_then(clock::millis);
    end.is_none_or(|end| end >= start)
}

impl Backend {
    fn of(live: &LiveBackend) -> Self {
        let out = match live.out {
            0 => String::new(),
            out => format!(
                " · {} of {} out",
                count(out),
                count(live.servers.len() as u64)
            ),
        };
        Self {
            name: live.backend.clone(),
            said: said(live.requests) + &out,
            is_bad: live.out > 0 || live.requests.failed > 0,
            servers: live.servers.iter().map(Server::of).collect(),
        }
    }
}

impl Server {
    fn of(live: &LiveServer) -> Self {
        let failing = match live.requests.failed {
            0 => "",
            _ => " failing",
        };
        let state = live.state.map_or("unsaid".to_owned(), str::to_lowercase);
        Self {
            name: live.server.clone(),
            class: state + failing,
            // Who never changed has no message, and serves.
            state: match (live.state, live.requests.requests) {
                (Some(state), _) => state,
                (None, 0) => "not known",
                (None, _) => "serves",
            },
            said: said(live.requests) + &live.sessions.map(in_session).unwrap_or_default(),
        }
    }
}

/// ` · 12 of 100 sessions, 3 queued`, as HAProxy says now.
fn in_session(of: SessionCell) -> String {
    let now = match of.limit {
        Some(limit) => format!("{} of {} sessions", count(of.now), count(limit)),
        None => counted(of.now, "session", "sessions"),
    };
    match of.queued {
        0 => format!(" · {now}"),
        queued => format!(" · {now}, {} queued", count(queued)),
    }
}

/// `1,204 requests, 0.4 % failed`
fn said(of: LiveRequests) -> String {
    let requests = counted(of.requests, "request", "requests");
    match (of.failed, of.share) {
        (0, _) => requests,
        (failed, Some(_)) => format!("{requests}, {} failed", percent(failed, of.requests)),
        (failed, None) => format!("{requests}, {} failed", count(failed)),
    }
}
