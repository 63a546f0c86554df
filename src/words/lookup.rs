//! Finds the explanation of a word of HAProxy's.
//!
//! Enters: a word, as a person types it. Leaves: an [`Explanation`], or near misses.
//! Must not know: how an explanation is shown.

mod state;

use super::cause::{Cause, Kind, Severity};
use super::checks::{CHECK_CODES, CheckCode};
pub use super::explanation::Explanation;
use super::fields::{FIELDS, field_named};
use super::folklore::{self, beliefs};
use super::keywords::{Keyword, keyword, keyword_meant, keyword_of_line, keywords};
pub use super::near::near;
use super::phrases::{PHRASES, phrase_named};
use super::sight;
use super::states::{STATES, counts_in, state_named};
use super::termination::pairs;
use super::timers::{TIMERS, timer};
use super::values::{VALUES, value_named};

/// Explains a word: a termination state of four, two or one characters, a timer, a check code or its text, a status
/// or special value, a field, a keyword (its arguments do not count), a server's state, a phrase of a message, or a code
/// of a report. Upper and lower case are different words.
pub fn explain(word: &str) -> Option<Explanation> {
    let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
    let found = of_timer(&word)
        .or_else(|| of_check(&word))
        .or_else(|| of_value(&word))
        .or_else(|| of_field(&word))
        .or_else(|| keyword_meant(&word).map(of_keyword))
        .or_else(|| of_server_state(&word))
        .or_else(|| of_phrase(&word))
        .or_else(|| of_report_code(&word))
        .or_else(|| state::explain(&word))
        .or_else(|| of_belief(&word, |own| own == word))
        .or_else(|| keyword_of_line(&word).map(of_keyword))
        // A claim of several words may stand within a whole command.
        .or_else(|| of_belief(&word, |own| own.contains(' ') && word.contains(own)))?;
    Some(with_beliefs(found))
}

/// Every word with a row of its own.
pub fn vocabulary() -> impl Iterator<Item = &'static str> {
    let timers = TIMERS.iter().map(|row| row.name);
    let checks = CHECK_CODES
        .iter()
        .flat_map(|(_, name, text)| [*name, *text]);
    let values = VALUES.iter().map(|row| row.word);
    let fields = FIELDS.iter().map(|row| row.name);
    let states = pairs().filter(|row| !row.no_server).map(|row| row.chars);
    let beliefs = beliefs().flat_map(|row| row.words.first().copied());
    timers
        .chain(states)
        .chain(checks)
        .chain(values)
        .chain(fields)
        .chain(keywords().map(|row| row.name))
        .chain(STATES.iter().map(|row| row.word))
        .chain(PHRASES.iter().map(|row| row.text))
        .chain(Kind::ALL.map(Kind::as_str))
        .chain(Cause::ALL.map(Cause::as_str))
        .chain(Severity::ALL.map(Severity::as_str))
        .chain(beliefs)
}

fn with_beliefs(mut found: Explanation) -> Explanation {
    for belief in folklore::about(&found.word) {
        if !found.beliefs.contains(&belief) {
            found.beliefs.push(belief);
        }
    }
    found
}

fn of_timer(word: &str) -> Option<Explanation> {
    let row = timer(word)?;
    let mut found = Explanation::new(row.name, "timer", row.meaning)
        .fact("from", row.from)
        .fact("to", row.to)
        .fact("mode", row.mode)
        .fact("-1 when", row.absent)
        .fact("relation", row.relation)
        .fact("if large", row.large);
    found.keywords = row.keywords;
    found.source = "HAProxy manual 8.4";
    Some(found)
}

fn of_check(word: &str) -> Option<Explanation> {
    let bare = word.strip_prefix("HCHK_STATUS_").unwrap_or(word);
    let (code, name, text) = CHECK_CODES
        .iter()
        .find(|(_, name, text)| *name == bare || *text == bare)?;
    let row = CheckCode::explained(*code)?;
    let mut found = Explanation::new(name, "health check", row.meaning)
        .fact("on a line", format!("reason: {text}"))
        .fact("result", row.verdict.as_str())
        .fact("proof", row.proof);
    found.look_at = row.causes;
    found.source = "HAProxy manual 5.2; check.c";
    if bare != word {
        found.beliefs.extend(folklore::about("HCHK"));
    }
    Some(found)
}

fn of_value(word: &str) -> Option<Explanation> {
    let row = value_named(word)?;
    let mut found = Explanation::new(row.word, "value", row.meaning);
    found.look_at = row.look_at;
    found.see = row.see;
    found.source = "HAProxy manual 8.2.3, 1.3";
    Some(found)
}

fn of_field(word: &str) -> Option<Explanation> {
    let row = field_named(word)?;
    let mut found = Explanation::new(row.name, "field", row.meaning)
        .fact("log-format", row.alias)
        .fact("watch for", row.watch);
    found.keywords = row.keywords;
    found.source = "HAProxy manual 8.2.3";
    // `retries` names a field and the keyword that limits it.
    if let Some(keyword) = keyword(row.name) {
        found = found
            .fact("keyword", keyword.meaning)
            .fact("value", keyword.unset)
            .fact("beware", keyword.does_not);
        for (label, text) in sight::facts(row.name) {
            found = found.fact(label, text);
        }
    }
    Some(found)
}

fn of_keyword(row: &Keyword) -> Explanation {
    let mut found = Explanation::new(row.name, "keyword", row.meaning)
        .fact("value", row.unset)
        .fact("beware", row.does_not)
        .fact("shows as", row.shows_as.join(", "));
    for (label, text) in sight::facts(row.name) {
        found = found.fact(label, text);
    }
    found.see = row.fallback;
    found.source = row.source;
    found
}

fn of_server_state(word: &str) -> Option<Explanation> {
    let row = state_named(word)?;
    let counts = counts_in(word).map(|(n, m)| format!("n is {n}, m is {m}"));
    let mut found = Explanation::new(word, "server state", row.meaning)
        .fact("counts", counts.unwrap_or_default())
        .fact("requests", row.traffic)
        .fact("in a log", row.in_a_log)
        .fact("ends with", row.ends);
    found.keywords = row.keywords;
    found.see = row.see;
    found.beliefs = folklore::about(row.word.trim_end_matches(" n/m")).collect();
    found.source = "HAProxy management guide 9.1; stats-proxy.c, server.c";
    Some(found)
}

fn of_phrase(word: &str) -> Option<Explanation> {
    let row = phrase_named(word)?;
    let mut found = Explanation::new(row.text, "phrase of a message", row.meaning);
    found.see = row.see;
    found.source = "server.c, check.c, proxy.c";
    Some(found)
}

fn of_report_code(word: &str) -> Option<Explanation> {
    let kinds = Kind::ALL.map(|code| (code.as_str(), code.text(), "kind of incident"));
    let causes = Cause::ALL.map(|code| (code.as_str(), code.text(), "cause"));
    let severities = Severity::ALL.map(|code| (code.as_str(), code.text(), "severity"));
    let (code, text, sort) = kinds
        .into_iter()
        .chain(causes)
        .chain(severities)
        .find(|(code, _, _)| *code == word)?;
    let mut found = Explanation::new(code, sort, text);
    found.source = "hapline's reports";
    Some(found)
}

fn of_belief(word: &str, is_own: impl Fn(&str) -> bool) -> Option<Explanation> {
    let belief = beliefs().find(|belief| belief.words.first().copied().is_some_and(&is_own))?;
    let mut found = Explanation::new(word, "claim", "this circulates, and is not so");
    found.beliefs = vec![belief];
    found.source = belief.source;
    Some(found)
}

#[cfg(test)]
mod tests;
