//! What another value of a timeout would have done.
//!
//! Enters: a [`Question`], and what a review is made from. Leaves: an [`Answer`] for all minutes and for those without an
//! incident, or why there is none. Must not know: whether anybody should.

use std::fmt;

use super::force::InForce;
use super::frontends::Front;
use super::parties::Parties;
use super::piece::Scope;
use super::subject::Subject;
use super::survival::{Lowered, Raised};
use super::timeouts::half_closed::Seen;
use super::timeouts::{client, keep_alive, session};
use super::waits::{Sample, Wait, Waits};
use crate::config::{Timeout, milliseconds};
use crate::rollup::histogram::Histogram;
use crate::words::sight::sight;

/// `backend api timeout server 10s`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its proxy's name.
    pub proxy: String,
    /// Which timeout.
    pub timeout: Timeout,
    /// The value asked for, in ms.
    pub ms: u32,
}

/// What is wrong with a question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoQuestion {
    /// It has other words.
    #[error("'{0}' is no question")]
    Shape(String),
    /// No timeout of that name.
    #[error("there is no 'timeout {0}'")]
    Timeout(String),
    /// No time.
    #[error("'{0}' is no time")]
    Time(String),
}

/// What is known of another value.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The question.
    pub question: Question,
    /// Where the timeout is set; `None`: no request of such a proxy is in the log.
    pub scope: Option<Scope>,
    /// The value in force.
    pub force: InForce,
    /// What it would have done.
    pub effect: Effect,
}

/// What another value would have done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// The log has waits that the timeout limits.
    Known {
        /// In minutes without an incident.
        calm: Outcome,
        /// In all minutes.
        all: Outcome,
    },
    /// The log does not show it.
    Invisible {
        /// Why.
        why: &'static str,
        /// What to log to see it.
        to_see_it: Option<&'static str>,
        /// What the lines bound it by all the same, a sentence or two.
        bound: Option<String>,
    },
    /// No request of this proxy met the timeout.
    NoWaits,
}

/// In some minutes: what it would have cut, and what it would have let through.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Waits that ended by themselves.
    pub completed: u64,
    /// Waits that were cut.
    pub cut: u64,
    /// Of those that ended, what it would have cut.
    pub lowered: Lowered,
    /// Of those that were cut, what it would have let through.
    pub raised: Raised,
}

impl std::str::FromStr for Question {
    type Err = NoQuestion;

    fn from_str(text: &str) -> Result<Self, NoQuestion> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let ([
            "backend" | "frontend" | "listen",
            proxy,
            "timeout",
            name,
            value,
        ]
        | [proxy, "timeout", name, value]) = words[..]
        else {
            return Err(NoQuestion::Shape(text.to_owned()));
        };
        let timeout = Timeout::ALL.into_iter().find(|timeout| {
            let short = timeout.keyword().strip_prefix("timeout ");
            short == Some(name)
        });
        let ms = milliseconds(value).and_then(|ms| u32::try_from(ms).ok());
        Ok(Self {
            proxy: proxy.to_owned(),
            timeout: timeout.ok_or_else(|| NoQuestion::Timeout(name.to_owned()))?,
            ms: ms
                .filter(|ms| *ms > 0)
                .ok_or_else(|| NoQuestion::Time(value.to_owned()))?,
        })
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = super::time(u64::from(self.ms));
        write!(f, "{} {} {value}", self.proxy, self.timeout.keyword())
    }
}

/// Answers a question.
pub fn answer(question: &Question, parties: &Parties) -> Answer {
    let asked = match question.timeout {
        Timeout::Client
        | Timeout::ClientFin
        | Timeout::HttpRequest
        | Timeout::HttpKeepAlive
        | Timeout::Tarpit => front(question, parties),
        _ => back(question, parties),
    };
    let Some(asked) = asked else {
        return Answer {
            question: question.clone(),
            scope: None,
            force: InForce::find(None, question.timeout, None),
            effect: Effect::NoWaits,
        };
    };
    Answer {
        question: question.clone(),
        scope: Some(asked.scope),
        force: asked.force,
        effect: match asked.waits {
            Some((waits, _)) if waits.is_empty() => Effect::NoWaits,
            Some((waits, [calm, all])) => Effect::Known {
                calm: outcome(&waits.calm, question.ms, asked.force, (&calm.0, calm.1)),
                all: outcome(&waits.all, question.ms, asked.force, (&all.0, all.1)),
            },
            None => invisible(question.timeout, asked.bound),
        },
    }
}

/// A proxy with what one of its timeouts limits.
struct Asked {
    scope: Scope,
    force: InForce,
    /// The waits; and when clients left, and the waits' dispersion, in calm and in all minutes; `None`: they are not in the
    /// log.
    waits: Option<(Waits, [(Histogram, f64); 2])>,
    /// What is known where the waits are not in the log.
    bound: Option<String>,
}

fn back(question: &Question, parties: &Parties) -> Option<Asked> {
    let mut backends = parties.backends.iter();
    let subject = backends.find(|backend| backend.group.name[..] == *question.proxy.as_bytes())?;
    let wait = wait(question.timeout, subject);
    let waits = wait.map(|wait| (wait, subject.group.waits(wait)));
    let cut = waits.as_ref().map(|(_, waits)| &waits.all.cut);
    let cut = cut.filter(|_| question.timeout != Timeout::Connect);
    let force = InForce::find(subject.proxy, question.timeout, cut);
    let beside = |wait| {
        let [calm, all] = subject.group.patience(wait);
        let [in_calm, in_all] = subject.group.dispersion(wait);
        [(calm, in_calm), (all, in_all)]
    };
    Some(Asked {
        scope: subject.scope(),
        force,
        waits: waits.map(|(wait, waits)| (waits, beside(wait))),
        bound: (question.timeout == Timeout::ServerFin)
            .then(|| Seen::of_backend(subject).bound(question.ms)),
    })
}

fn front(question: &Question, parties: &Parties) -> Option<Asked> {
    let is_asked = |front: &&Front| front.is_called(question.proxy.as_bytes());
    let fronts = parties.fronts();
    let front = fronts.iter().find(is_asked)?;
    let waits = client::wait(question.timeout).map(|wait| front.waits(wait));
    let cut = waits.as_ref().map(|waits| &waits.all.cut);
    Some(Asked {
        scope: front.scope(),
        force: InForce::find(front.proxy, question.timeout, cut),
        waits: waits.map(|waits| (waits, [(); 2].map(|()| (Histogram::default(), 1.0)))),
        bound: match question.timeout {
            Timeout::ClientFin => Some(Seen::of_front(front).bound(question.ms)),
            Timeout::HttpKeepAlive => keep_alive::bound(front),
            _ => None,
        },
    })
}

/// The wait that a timeout of a backend limits; `None` where no line has it.
fn wait(timeout: Timeout, subject: &Subject) -> Option<Wait> {
    let limits_sessions =
        subject.tcp && session::limiting(subject.proxy, Timeout::Server) == timeout;
    match timeout {
        Timeout::Connect => Some(Wait::Connect),
        Timeout::Queue => Some(Wait::Queue),
        Timeout::Server if !subject.tcp => Some(Wait::Answer),
        Timeout::Server | Timeout::Tunnel => limits_sessions.then_some(Wait::Session),
        _ => None,
    }
}

fn invisible(timeout: Timeout, bound: Option<String>) -> Effect {
    let sight = sight(timeout.keyword(), &[]);
    Effect::Invisible {
        why: sight.map_or("no line has it", |sight| sight.by),
        to_see_it: sight.and_then(|sight| sight.to_see_it),
        bound,
    }
}

fn outcome(
    sample: &Sample,
    ms: u32,
    force: InForce,
    (patience, dispersion): (&Histogram, f64),
) -> Outcome {
    let survival = sample.survival(force.ms, dispersion);
    let patience = (patience.count() > 0).then_some(patience);
    Outcome {
        completed: sample.completed(),
        cut: sample.cut(),
        lowered: survival.lowered(ms),
        raised: survival.raised(ms, patience),
    }
}

#[cfg(test)]
mod tests {
    use super::{NoQuestion, Question};
    use crate::config::Timeout;

    #[test]
    fn questions_are_read() {
        let asked = |proxy: &str, timeout, ms| {
            Ok(Question {
                proxy: proxy.to_owned(),
                timeout,
                ms,
            })
        };
        for (text, wanted) in [
            (
                "backend api timeout server 10s",
                asked("api", Timeout::Server, 10_000),
            ),
            (
                "  api timeout  queue 500 ",
                asked("api", Timeout::Queue, 500),
            ),
            (
                "frontend www timeout http-request 1m",
                asked("www", Timeout::HttpRequest, 60_000),
            ),
            (
                "backend api server 10s",
                Err(NoQuestion::Shape("backend api server 10s".to_owned())),
            ),
            (
                "api timeout serve 10s",
                Err(NoQuestion::Timeout("serve".to_owned())),
            ),
            (
                "api timeout server 10 s",
                Err(NoQuestion::Shape("api timeout server 10 s".to_owned())),
            ),
            (
                "api timeout server 10x",
                Err(NoQuestion::Time("10x".to_owned())),
            ),
            (
                "api timeout server 0",
                Err(NoQuestion::Time("0".to_owned())),
            ),
        ] {
            assert_eq!(text.parse::<Question>(), wanted, "{text}");
        }
    }
}
