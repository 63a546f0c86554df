//! `hapline explain`: words of the log.

use super::{hapline, printed, refused};

#[test]
fn a_termination_state() {
    insta::assert_snapshot!(printed(hapline().args(["explain", "sH--"])));
}

#[test]
fn every_sort_of_word_is_known() {
    for (words, sort) in [
        (&["sH--"][..], "termination state"),
        (&["----"], "termination state"),
        (&["Tr"], "timer"),
        (&["L7STS"], "check"),
        (&["timeout", "server"], "keyword"),
        (&["timeout server"], "keyword"),
        (&["redispatch"], "keyword"),
        (&["timeout", "server", "30s"], "keyword"),
        (&["DOWN", "1/2"], "server state"),
        (&["MAINT (resolution)"], "server state"),
        (&["DNS NX status"], "phrase of a message"),
    ] {
        let page = printed(hapline().arg("explain").args(words));
        let title = page.lines().next().unwrap();
        assert!(title.contains(sort), "{title}");
    }
}

#[test]
fn an_unknown_word_is_answered_with_what_is_known() {
    insta::assert_snapshot!(refused(hapline().args(["explain", "bananas"])), @r"
    hapline: `bananas` is no known word of HAProxy's logs
    hint: it knows termination states (sH--), timers (Tr), check codes (L7STS) and keywords (timeout server)
    ");
    insta::assert_snapshot!(refused(hapline().args(["explain", "sh--"])), @r"
    hapline: `sh--` is no known word of HAProxy's logs
    hint: did you mean sH, SH?
    ");
}

#[test]
fn recipes_that_circulate_are_corrected() {
    for (words, truth) in [
        ("enable server", "stays DOWN until they pass"),
        (
            "set server be_app/app1 state ready",
            "only ends maintenance and drain",
        ),
        (
            "server app1 10.0.0.1:80 check disabled",
            "in maintenance from the start",
        ),
        (
            "set server be_app/app1 health healthy",
            "There is no such word",
        ),
        (
            "set server be_app/app1 health up",
            "only until its checks have failed",
        ),
        (
            "set server be_app/app1 weight 50%",
            "of the default of 1 it is 0",
        ),
    ] {
        let page = printed(hapline().args(["explain", words]));
        let said = page.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(truth), "{words}: {page}");
    }
}

#[test]
fn a_keyword_says_what_a_log_shows_of_it() {
    let page = printed(hapline().args(["explain", "timeout http-keep-alive"]));
    assert!(
        page.contains("in a log   invisible in every format"),
        "{page}"
    );
    assert!(page.contains("to see it  `%Ti`"), "{page}");
}
