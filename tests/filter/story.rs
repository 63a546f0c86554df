//! Which lines stay in the story: requests that are meant, and what else may explain them.

use super::{DOWN, FAILED, GOOD, SESSION, filter, read};

fn keeps(text: &str, line: &str) -> bool {
    read(line, |record| filter(text).keeps(&record))
}

#[test]
fn requests_stay_when_it_is_true() {
    assert!(keeps("status>=500", FAILED));
    assert!(!keeps("status>=500", GOOD));
    assert!(!keeps("status>=500", SESSION), "it has no status");
}

#[test]
fn what_only_requests_have_says_nothing_of_server_states() {
    for text in [
        "status>=500",
        "not status>=500",
        "has req_cookie",
        "not has req_cookie",
        "partial",
        "backend=api and client_ip in 10.0.0.0/8",
    ] {
        assert!(keeps(text, DOWN), "{text}");
    }
}

#[test]
fn a_server_state_of_another_backend_goes() {
    assert!(!keeps("backend=web", DOWN));
    assert!(!keeps("backend=web and status>=500", DOWN));
    assert!(!keeps("host=lb2", DOWN));
    assert!(keeps("backend=web or status>=500", DOWN));
}
