//! `hapline.what-if/1`: what other values of timeouts would have done.
//!
//! Enters: [`Answer`]s and the window they speak of. Leaves: a document for JSON, and its sentences, which the other faces
//! print. Must not know: how an answer is found. Text that came from a log is raw here.

use serde::Serialize;

use super::document::Window;
use super::numbers::{count, portion};
use crate::advice::what_if::{Answer, Effect, Outcome};
use crate::advice::{self, Basis, Doubt, Interval, Saving};

/// The value of [`Document::schema`].
pub const SCHEMA: &str = "hapline.what-if/1";

/// What `hapline advise --what-if` says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The span of log time this document speaks of.
    pub window: Window,
    /// In the order of the questions.
    pub answers: Vec<Told>,
}

/// One answer. Times are ms.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// `timeout server`.
    pub timeout: &'static str,
    /// The proxy's section; null: the log has no request of such a proxy.
    pub scope: Option<String>,
    /// The value asked for, in ms.
    pub ms: u32,
    /// The value in force, in ms; null: none, or unknown.
    pub current_ms: Option<u64>,
    /// `config`, `default`, `inferred` or `not set`.
    pub current_from: Option<&'static str>,
    /// In minutes without an incident; null: the log does not show it.
    pub calm: Option<Part>,
    /// In all minutes.
    pub all: Option<Part>,
    /// The question and its answer, in sentences.
    pub said: Vec<String>,
}

/// What would have become of the requests of some minutes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Part {
    /// Waits that ended by themselves.
    pub completed: u64,
    /// Those of them that it would have cut: at least, at most.
    pub lost: (u64, u64),
    /// Slot-seconds it would have freed: at least, at most.
    pub freed_s: (f64, f64),
    /// Waits that were cut.
    pub cut: u64,
    /// Those of them that were cut earlier than this.
    pub reached: u64,
    /// The share of these that it would have let through: the 90 % interval and its middle, 0 to 1; null: unknown.
    pub saved: Option<(f64, f64, f64)>,
    /// Nearly none of them would have ended; the share that does at most.
    pub never: Option<f64>,
    /// Slot-seconds that they would have held longer: at least, at most.
    pub held_s: (f64, f64),
}

impl Document {
    /// Of answers.
    pub fn new(answers: &[Answer], window: Window) -> Self {
        Self {
            schema: SCHEMA,
            window,
            answers: answers.iter().map(Told::of).collect(),
        }
    }
}

impl Told {
    fn of(answer: &Answer) -> Self {
        let (calm, all) = match &answer.effect {
            Effect::Known { calm, all } => (Some(Part::of(calm)), Some(Part::of(all))),
            Effect::Invisible { .. } | Effect::NoWaits => (None, None),
        };
        Self {
            timeout: answer.question.timeout.keyword(),
            scope: answer.scope.as_ref().map(ToString::to_string),
            ms: answer.question.ms,
            current_ms: answer.force.ms,
            current_from: match answer.force.from {
                Basis::Unlimited => Some("not set"),
                from => from.as_str(),
            },
            calm,
            all,
            said: said(answer),
        }
    }
}

impl Part {
    fn of(outcome: &Outcome) -> Self {
        let raised = outcome.raised;
        let (saved, never) = match raised.outcome {
            Saving::Saves(saved) => {
                let Interval { low, middle, high } = saved.share;
                (Some((low, middle, high)), None)
            }
            Saving::Never { at_most } => (None, Some(at_most)),
            Saving::CannotTell(_) => (None, None),
        };
        Self {
            completed: outcome.completed,
            lost: outcome.lowered.lost,
            freed_s: outcome.lowered.freed_s,
            cut: outcome.cut,
            reached: raised.reached,
            saved,
            never,
            held_s: (raised.held_s.low, raised.held_s.high),
        }
    }
}

/// The question, then its answer.
fn said(answer: &Answer) -> Vec<String> {
    let value = advice::time(u64::from(answer.question.ms));
    let scope = match &answer.scope {
        Some(scope) => scope.to_string(),
        None => answer.question.proxy.clone(),
    };
    let present = match (answer.force.ms, answer.force.from.as_str()) {
        (Some(ms), Some(from)) => format!(" instead of {} ({from})", advice::time(ms)),
        _ => String::new(),
    };
    let question = format!(
        "{scope}: {} {value}{present}",
        answer.question.timeout.keyword()
    );
    let mut said = vec![question];
    match &answer.effect {
        Effect::NoWaits => {
            said.push("The log has no request that could have met it.".to_owned());
        }
        Effect::Invisible {
            why,
            to_see_it,
            bound,
        } => {
            let log = to_see_it.map_or(String::new(), |what| format!(" To see it: {what}."));
            said.push(format!("The log shows no wait that it limits: {why}.{log}"));
            said.extend(bound.clone());
        }
        Effect::Known { calm, all } => {
            said.extend(sentences(all).map(|text| format!("In all minutes, {text}")));
            if calm != all && calm.completed + calm.cut > 0 {
                said.extend(sentences(calm).map(|text| format!("Without incidents, {text}")));
            }
        }
    }
    said
}

/// What becomes of those that ended, and of those that were cut.
fn sentences(outcome: &Outcome) -> impl Iterator<Item = String> {
    let (least, most) = outcome.lowered.lost;
    let lost = match (least, most) {
        (0, 0) => "none".to_owned(),
        (least, most) if least == most => count(least),
        (least, most) => format!("{} to {}", count(least), count(most)),
    };
    let ended = format!(
        "{lost} of the {} requests that ended would have been cut{}.",
        count(outcome.completed),
        freed(outcome)
    );
    let reached = outcome.raised.reached;
    let cut = (reached > 0).then(|| {
        format!(
            "of {} that were cut earlier, {}.",
            count(reached),
            saved(outcome)
        )
    });
    std::iter::once(ended).chain(cut)
}

fn freed(outcome: &Outcome) -> String {
    let (least, most) = outcome.lowered.freed_s;
    match most >= 1.0 {
        true => format!(
            ", and {} to {} slot-seconds freed",
            count(least.round() as u64),
            count(most.round() as u64)
        ),
        false => String::new(),
    }
}

fn saved(outcome: &Outcome) -> String {
    let held = outcome.raised.held_s;
    let price = format!(
        "; together they would have held their slots for {} to {} s longer",
        count(held.low.round() as u64),
        count(held.high.round() as u64)
    );
    match outcome.raised.outcome {
        Saving::Saves(saved) => {
            let Interval { low, middle, high } = saved.share;
            let by = match saved.is_observed {
                true => "waits as long are in the log",
                false => "by a model of the slowest waits",
            };
            format!(
                "{:.0} to {:.0} % would have ended in time (about {:.0} %; {by}){price}",
                low * 100.0,
                high * 100.0,
                middle * 100.0
            )
        }
        Saving::Never { at_most } => format!(
            "hardly any would have ended in time, at most {}: requests end soon or not at all{price}",
            portion(at_most)
        ),
        Saving::CannotTell(doubt) => format!(
            "nobody can tell how many would have ended in time: {}",
            why(doubt)
        ),
    }
}

/// Why waits do not tell.
fn why(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::TooFewCompleted => "too few requests ran to their end, or too few of them slowly",
        Doubt::TooFewCut => "too few were cut",
        Doubt::TooWide => "the waits leave nearly every share possible",
        Doubt::Fades => "they end ever more seldom towards the limit, as where some never do",
        Doubt::NoFit => "the slowest waits follow no tail that could be carried on",
    }
}
