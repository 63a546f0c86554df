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
