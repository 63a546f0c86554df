//! What is no incident.

use super::log::*;

const BOTH: [&str; 2] = ["app/app1", "app/app2"];

/// Five minutes of good answers, and among them, every `step` ms, one that ends like this.
#[track_caller]
fn is_ordinary(step: usize, place: &str, ending: Ending) {
    let mut log = Log::new();
    log.well(&BOTH, 0..300_000)
        .each(step, 50..300_000, place, ending);
    log.tells(&[]);
}

#[test]
fn pages_that_are_not_there() {
    is_ordinary(300, "app/app1", NOT_FOUND);
}

#[test]
fn a_scanner_that_finds_nothing() {
    let mut log = Log::new();
    log.well(&BOTH, 0..120_000)
        .each(20, 60_000..70_000, "app/app1", NOT_FOUND)
        .each(20, 60_010..70_000, "www/<NOSRV>", BAD_REQUEST);
    log.tells(&[]);
}

#[test]
fn clients_that_leave() {
    is_ordinary(500, "app/app1", LEFT_READING);
    is_ordinary(2_000, "app/app1", LEFT_WAITING);
}

#[test]
fn clients_that_connect_and_say_nothing() {
    is_ordinary(2_000, "", SLOW_CLIENT);
}

#[test]
fn the_odd_error() {
    is_ordinary(10_000, "app/app1", ERROR_500);
    is_ordinary(30_000, "app/app1", TIMED_OUT);
}

#[test]
fn a_rule_that_denies_now_and_then() {
    is_ordinary(3_000, "www/<NOSRV>", DENIED);
}

#[test]
fn one_request_a_minute() {
    let mut log = Log::new();
    log.each(60_000, 0..1_800_000, "app/app1", OK)
        .request(630_500, "app/app1", ERROR_500)
        .request(1_290_500, "app/app1", RESET);
    log.tells(&[]);
}

#[test]
fn the_failures_of_a_quiet_day_without_the_good_answers() {
    let mut log = Log::new();
    log.each(20_000, 0..600_000, "app/app1", TIMED_OUT)
        .each(30_000, 0..600_000, "app/app2", LEFT_READING)
        .only_failures();
    log.tells(&[]);
}

#[test]
fn sessions_of_clients_that_idle() {
    let mut log = Log::new();
    log.through("sql_in")
        .each(200, 0..300_000, "app/app1", tcp("0/0", 300, "--"))
        .each(2_000, 50..300_000, "app/app1", tcp("0/0", 10_000, "cD"));
    log.tells(&[]);
}

#[test]
fn sessions_moved_back_from_a_backup() {
    is_ordinary(1_000, "app/spare", OK.with_term("UD--"));
}

#[test]
fn what_haproxy_answers_on_purpose() {
    is_ordinary(300, "www/<NOSRV>", NO_SERVER.with_term("LR--"));
}
