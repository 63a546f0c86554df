//! `http-reuse`: requests that were sent on a connection which its server was just closing.
//!
//! Enters: a backend with its section. Leaves: at most one piece. Must not know: timeouts.
//!
//! Only where a client's first request may go over a connection that idled (`aggressive`, `always`) is this an error on a
//! line: `SH` with a `Tc` of 0, at once. With `safe`, HAProxy's default, such a request gets a connection of its own; and
//! where a later one meets a closed connection, HAProxy closes the client's without a line, and the client repeats the
//! request (`http_ana.c`).

use super::piece::{Direction, Piece, Samples};
use super::subject::{EVIDENCE, Subject};
use super::waits::Wait;
use crate::config::Proxy;
use crate::rollup::histogram::Histogram;
use crate::rollup::timers::{Ending, Timer};
use crate::rollup::{Merge, Name};
use crate::words::numbers::count;

/// Confidence, and where only [some](SOME) failed so.
const CONFIDENCE: f64 = 0.65;
const FEW: f64 = 0.5;

/// Requests that must have failed so, and from how many on that can hardly be anything else.
const SOME: u64 = 5;
const MANY: u64 = 10;

/// The largest share of all requests that may fail so: a race is lost seldom.
const RARE: f64 = 0.02;

/// The share of them that must have had no connection to make.
const NEARLY_ALL: f64 = 0.9;

/// Seconds that some server must have lost its first two requests apart: a restart closes its connections as well, all at
/// once.
const APART: i64 = 10;

/// The piece; `None` where such requests are repeated already.
pub fn piece(subject: &Subject) -> Option<Piece> {
    let proxy = subject.proxy?;
    let reuse = proxy.body().text("http-reuse")?;
    if !matches!(reuse, "aggressive" | "always") || is_repeated(proxy) {
        return None;
    }
    let answers = subject.group.waits(Wait::Answer);
    let [rests, connects] =
        [Timer::Rest, Timer::Connect].map(|timer| subject.group.of_those(timer, was_closed));
    let sum = |servers: &[(_, [Histogram; 2])]| {
        let mut sum = <[Histogram; 2]>::default();
        for (_, [calm, all]) in servers {
            sum[0].merge(calm.clone());
            sum[1].merge(all.clone());
        }
        sum
    };
    let ([calm, rest], [_, connect]) = (sum(&rests), sum(&connects));
    let closed = rest.count();
    let completed = answers.all.completed();
    let is_explained = calm.count() < MANY && subject.other_fault().is_some();
    let is_race = closed >= SOME
        && closed as f64 <= RARE * completed as f64
        && is_at_once(&rest, &answers.all.completed)
        && is_reused(&connect)
        && is_spread(&rests, closed)
        && (closed >= MANY || is_now_and_then(subject, &rests));
    (is_race && !is_explained && !subject.lacks_good_ones).then(|| Piece {
        current: Some(reuse.to_owned()),
        current_from: Some("config"),
        suggested: Some("safe".to_owned()),
        effect: "A client's first request no longer goes over a connection that idled, and what happens to its later ones the client repeats itself. To keep it, let servers keep idle connections for longer than HAProxy does (`pool-purge-delay`), or repeat such requests (`retry-on conn-failure empty-response`): those that must not run twice, too, unless `http-request disable-l7-retry` leaves them out."
            .to_owned(),
        samples: Samples { completed, censored: closed },
        evidence: subject.group.lines(|_, term| term == *b"SH").take(EVIDENCE).cloned().collect(),
        ..Piece::new(
            "http-reuse",
            subject.scope(),
            Direction::Set,
            if closed < MANY { FEW } else { CONFIDENCE },
            format!(
                "{closed} of {} requests failed at once on connections that were there already (SH, `Tc` 0), on all servers alike: servers close idle ones just as they are used again.",
                count(completed + closed),
                closed = count(closed)
            ),
        )
    })
}

/// The server closed the connection before it answered.
fn was_closed(ending: Ending) -> bool {
    ending.term == *b"SH" && !ending.tcp
}

/// What is sent and not answered is sent again.
fn is_repeated(proxy: &Proxy) -> bool {
    let causes = proxy.body().text("retry-on").unwrap_or_default();
    let mut causes = causes.split_whitespace();
    causes.any(|cause| matches!(cause, "empty-response" | "all-retryable-errors"))
}

/// They failed sooner than servers answer.
fn is_at_once(rest: &Histogram, answers: &Histogram) -> bool {
    let (slowest, median) = (rest.quantile(0.9), answers.quantile(0.5));
    let both = slowest.zip(median);
    both.is_some_and(|((_, slowest), (median, _))| slowest <= median.max(1))
}

/// They made no connection.
fn is_reused(connect: &Histogram) -> bool {
    let (made, _) = connect.above(0);
    (connect.count() - made) as f64 >= NEARLY_ALL * connect.count() as f64
}

/// No single server is sick.
fn is_spread<T>(servers: &[(T, [Histogram; 2])], closed: u64) -> bool {
    let most = servers.iter().map(|(_, [_, all])| all.count()).max();
    servers.len() < 2 || most.unwrap_or(0) as f64 <= NEARLY_ALL * closed as f64
}

/// Some server lost its first two at different times.
fn is_now_and_then<T>(subject: &Subject, servers: &[(&Name, T)]) -> bool {
    let apart = |own: &Name| {
        let lines = subject
            .group
            .lines(|server, term| server == own && term == *b"SH");
        let seconds: Vec<i64> = lines.map(|line| line.second).collect();
        matches!(seconds[..], [first, .., last] if last - first >= APART)
    };
    servers.iter().any(|(server, _)| apart(server))
}
