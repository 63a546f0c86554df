//! Finds the explanation of a word of HAProxy's.
//!
//! Enters: a word, as a person types it. Leaves: an [`Explanation`], or near misses.
//! Must not know: how an explanation is shown.

mod state;

use super::cause::{Cause, Kind, Severity};
use super::checks::{CHECK_CODES, CheckCode};
pub use super::explanation::Explanation;
use super::fields::{FIELDS, field_named};
use super::folklore::{self, BELIEFS};
use super::keywords::{keyword, keywords};
pub use super::near::near;
use super::termination::pairs;
use super::timers::{TIMERS, timer};
use super::values::{VALUES, value_named};

/// Explains a word: a termination state of four, two or one characters, a timer, a check code or its text, a status
/// or special value, a field, a keyword, or a code of a report. Upper and lower case are different words.
pub fn explain(word: &str) -> Option<Explanation> {
    let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
    let found = of_timer(&word)
        .or_else(|| of_check(&word))
        .or_else(|| of_value(&word))
        .or_else(|| of_field(&word))
        .or_else(|| of_keyword(&word))
        .or_else(|| of_report_code(&word))
        .or_else(|| state::explain(&word))
        .or_else(|| of_belief(&word))?;
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
    let beliefs = BELIEFS.iter().flat_map(|row| row.words.first().copied());
    timers
        .chain(states)
        .chain(checks)
        .chain(values)
        .chain(fields)
        .chain(keywords().map(|row| row.name))
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
    }
    Some(found)
}

fn of_keyword(word: &str) -> Option<Explanation> {
    let row = keyword(word)?;
    let mut found = Explanation::new(row.name, "keyword", row.meaning)
        .fact("value", row.unset)
        .fact("beware", row.does_not)
        .fact("shows as", row.shows_as.join(", "));
    found.see = row.fallback;
    found.source = row.source;
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

fn of_belief(word: &str) -> Option<Explanation> {
    let belief = BELIEFS.iter().find(|belief| {
        // A claim of several words may stand within a whole command.
        let own = |own: &&str| word == *own || (own.contains(' ') && word.contains(*own));
        belief.words.first().is_some_and(own)
    })?;
    let mut found = Explanation::new(word, "claim", "this circulates, and is not so");
    found.beliefs = vec![belief];
    found.source = belief.source;
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::folklore::Belief;
    use super::*;
    use proptest::prelude::*;

    fn explained(word: &str) -> Explanation {
        explain(word).unwrap_or_else(|| panic!("`{word}` is not explained"))
    }

    fn truths(word: &str) -> String {
        let beliefs: Vec<&Belief> = explained(word).beliefs;
        beliefs.iter().map(|belief| belief.truth).collect()
    }

    #[test]
    fn every_word_of_every_table_explains_to_something() {
        for word in vocabulary() {
            let found = explained(word);
            assert!(
                !found.meaning.is_empty() && !found.source.is_empty(),
                "{word}"
            );
        }
        for belief in BELIEFS.iter().flat_map(|belief| belief.words) {
            assert!(
                explain(belief).is_some() || *belief == "HCHK_STATUS",
                "{belief}"
            );
        }
    }

    #[test]
    fn words_that_tables_refer_to_explain_too() {
        let of_pairs = pairs()
            .flat_map(|row| row.keywords)
            .chain(pairs().flat_map(|row| row.absent));
        let of_keywords = keywords().flat_map(|row| row.shows_as);
        let of_values = VALUES.iter().flat_map(|row| row.see);
        let of_timers = TIMERS.iter().flat_map(|row| row.keywords);
        let of_fields = FIELDS.iter().flat_map(|row| row.keywords);
        for word in of_pairs
            .chain(of_keywords)
            .chain(of_values)
            .chain(of_timers)
            .chain(of_fields)
        {
            explained(word);
        }
    }

    #[test]
    fn every_timeout_says_what_it_does_not_do() {
        let timeouts: Vec<_> = keywords()
            .filter(|row| row.name.starts_with("timeout "))
            .collect();
        assert_eq!(timeouts.len(), 11);
        for row in timeouts {
            let found = explained(row.name);
            assert!(
                found.facts.iter().any(|(label, _)| *label == "beware"),
                "{}",
                row.name
            );
        }
    }

    #[test]
    fn popular_mistakes_are_corrected() {
        let says = truths("sR");
        assert!(says.contains("HAProxy does not set sR"));
        assert!(says.contains("Do not change `timeout server`"));
        assert!(!explained("sR").keywords.contains(&"timeout server"));
        assert_eq!(truths("sR--"), says);

        assert!(truths("cR").contains("`timeout http-request` governs it"));
        assert_eq!(
            explained("cR").keywords.first(),
            Some(&"timeout http-request")
        );

        assert!(truths("C").contains("A connect timeout is sC"));
        assert!(
            truths("sC").contains("503") && explained("sC").meaning.contains("timeout connect")
        );
        assert!(truths("sH").contains("what to fix"));
        assert!(truths("timeout server").contains("what to fix"));
        assert!(truths("499").contains("never logs 499"));
        assert!(truths("enable server").contains("stays DOWN"));
        assert!(truths("set server web/s1 health healthy").contains("no such word"));
        assert!(truths("set server web/s1 health up").contains("only until"));
        assert!(truths("check disabled").contains("maintenance"));
        assert!(truths("HCHK_STATUS_L4CON").contains("never printed"));
        assert!(truths("504").contains("sH"));
    }

    #[test]
    fn timers_and_fields_answer_to_their_alias() {
        assert_eq!(explained("%Tc"), explained("Tc"));
        assert_eq!(explained("%sq"), explained("srv_queue"));
    }

    #[test]
    fn checks_answer_to_code_and_text() {
        assert_eq!(explained("L7STS"), explained("Layer7 wrong status"));
        assert_eq!(explained("Layer7   wrong\tstatus").word, "L7STS");
    }

    #[test]
    fn a_field_that_is_a_keyword_too_says_both() {
        let found = explained("retries");
        assert!(found.meaning.contains("beyond the first"));
        assert!(found.facts.contains(&("value", "3".to_owned())));
    }

    #[test]
    fn other_words_are_not_guessed() {
        for word in [
            "",
            " ",
            "sh--",
            "SH-",
            "sH---",
            "l7sts",
            "timeout",
            "é",
            "sé",
            "\u{1b}[31m",
            "2xx",
        ] {
            assert_eq!(explain(word), None, "{word:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(word in "\\PC{0,12}|[-LcCsSPRIDKUQHTNVEO]{1,5}") {
            if let Some(found) = explain(&word) {
                prop_assert!(!found.meaning.is_empty());
            }
            near(&word);
        }
    }
}
