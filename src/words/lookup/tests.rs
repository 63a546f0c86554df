//! Every word of every table has an answer, and popular mistakes are corrected.
//!
//! Enters: words as people type them. Leaves: nothing. Must not know: how an explanation is shown.

use super::*;
use crate::words::folklore::Belief;
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
    for belief in beliefs().flat_map(|belief| belief.words) {
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
    let of_states = STATES
        .iter()
        .flat_map(|row| row.keywords.iter().chain(row.see));
    let of_phrases = PHRASES.iter().flat_map(|row| row.see);
    for word in of_pairs
        .chain(of_keywords)
        .chain(of_values)
        .chain(of_timers)
        .chain(of_fields)
        .chain(of_states)
        .chain(of_phrases)
    {
        explained(word);
    }
}

#[test]
fn every_timeout_says_what_it_does_not_do() {
    let timeouts: Vec<_> = keywords()
        .filter(|row| row.name.starts_with("timeout "))
        .collect();
    // Those of a proxy, the TLS handshake's, and two of name servers.
    assert_eq!(timeouts.len(), 11 + 1 + 2);
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
    assert!(truths("sC").contains("503") && explained("sC").meaning.contains("timeout connect"));
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
fn claims_about_keywords_stand_beside_them() {
    for (word, truth) in [
        ("timeout server", "a limit of silence"),
        ("timeout check", "Connecting is limited by the shorter"),
        ("timeout check", "5 ms"),
        ("timeout queue", "`timeout connect` is the limit"),
        ("timeout tunnel", "`timeout http-keep-alive`"),
        ("maxconn", "kernel's backlog"),
        ("redispatch", "nothing ties it"),
        ("retries", "not sent yet"),
        ("option httpclose", "crash, restart"),
        ("sQ--", "only servers that have room"),
        ("SC--", "Only if the line names a server"),
        ("----", "may be 500"),
        ("<NOSRV>", "no server was chosen"),
        ("503", "sQ"),
        ("DRAIN 1/3", "What runs goes on"),
        ("no check", "nobody looks"),
    ] {
        assert!(truths(word).contains(truth), "{word}: {}", truths(word));
    }
}

#[test]
fn keywords_answer_to_short_forms_old_names_and_whole_lines() {
    for (asked, keyword) in [
        ("redispatch", "option redispatch"),
        ("httpchk", "option httpchk"),
        ("abortonclose", "option abortonclose"),
        ("allbackups", "option allbackups"),
        ("persist", "option persist"),
        ("srvtimeout", "timeout server"),
        ("timeout server 30s", "timeout server"),
        ("no option redispatch", "option redispatch"),
        ("option httpchk GET /health", "option httpchk"),
        ("hold nx 30s", "hold nx"),
        ("cookie SRV insert indirect", "cookie"),
    ] {
        let found = explained(asked);
        assert_eq!((found.word.as_str(), found.sort), (keyword, "keyword"));
    }
    assert_eq!(explained("check disabled").sort, "claim");
    assert_eq!(explain("timeoutserver"), None);
    assert_eq!(explain("cookies"), None);
}

#[test]
fn server_states_come_with_their_counts() {
    for (asked, fact) in [
        ("DOWN 1/2", ("counts", "n is 1, m is 2")),
        ("2/3 UP", ("counts", "n is 2, m is 3")),
        ("MAINT (via app/web1)", ("requests", "none")),
        ("no check", ("in a log", "nothing is written")),
    ] {
        let found = explained(asked);
        assert_eq!((found.word.as_str(), found.sort), (asked, "server state"));
        assert!(
            found.facts.contains(&(fact.0, fact.1.to_owned())),
            "{asked}"
        );
    }
    // The same letters as a cookie's, behind the first two.
    assert_eq!(explained("--UP").sort, "termination state");
}

#[test]
fn keywords_say_what_a_log_shows_of_them() {
    let says = |word: &str, label: &str| -> String {
        let facts = explained(word).facts.into_iter();
        facts
            .filter_map(|(known, text)| (known == label).then_some(text))
            .collect()
    };
    assert!(says("timeout queue", "in a log").starts_with("measured (httplog"));
    assert!(says("retries", "in a log").contains("`%rc`"));
    assert!(says("timeout http-keep-alive", "in a log").starts_with("invisible in every format"));
    assert_eq!(says("timeout http-keep-alive", "to see it"), "`%Ti`");
    assert_eq!(says("fall", "to see it"), "`option log-health-checks`");
    // Nothing shows more of the pauses within an answer.
    assert_eq!(says("timeout tunnel", "to see it"), "");
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
