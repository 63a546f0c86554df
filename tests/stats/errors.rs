//! What cannot be answered is refused, and what can be asked is said.

use super::stats;

/// Standard error of a run that ends with exit code 2, and prints nothing else.
fn refused(arguments: &[&str]) -> String {
    let run = stats(arguments).assert().code(2).stdout("");
    String::from_utf8(run.get_output().stderr.clone()).unwrap()
}

#[test]
fn a_wrong_question_says_what_can_be_asked() {
    const LOG: &str = "samples/reload.log";
    for (arguments, said) in [
        (
            &["server", LOG][..],
            "[possible values: servers, status, terms, cookies, percentiles, urls, clients, headers, queues, hours]",
        ),
        (
            &["status", LOG, "--sort", "sesions"],
            "hapline: status has no column sesions\n\
             hint: did you mean sessions? columns: status, requests, sessions, share\n",
        ),
        (
            &["status", LOG, "--by", "hour", "--sort", "backend"],
            "hint: columns: hour, status, requests, sessions, share\n",
        ),
        (
            &["servers", LOG, "--by", "backend"],
            "hapline: servers has a row for each server of each backend already\nhint: leave out this --by\n",
        ),
        (
            &["hours", LOG, "--by", "hour"],
            "hapline: hours has a row for each hour already\n",
        ),
        (
            &["terms", LOG, "--query"],
            "hapline: --query says nothing of terms\nhint: it is for hapline stats urls\n",
        ),
        (
            &["terms", LOG, "--capture", "1:1"],
            "hapline: --capture says nothing of terms\nhint: it is for hapline stats headers\n",
        ),
        (
            &["headers", LOG, "--capture", "0:1"],
            "a capture is BLOCK:FIELD, both from 1",
        ),
        (
            &["percentiles", LOG, "--percent", "99.95"],
            "a percentile is 0.1 to 100, with at most one decimal",
        ),
        (&["percentiles", LOG, "--percent", "0"], "a percentile is"),
        (&["percentiles", LOG, "--percent", "101"], "a percentile is"),
        (
            &["servers", "missing.log"],
            "hapline: missing.log: no such file",
        ),
        (
            &["servers", "-", LOG],
            "hapline: stdin cannot be read together with others\n",
        ),
        (&["servers", LOG, "--filter", "statsu=1"], "did you mean"),
    ] {
        let error = refused(arguments);
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}
