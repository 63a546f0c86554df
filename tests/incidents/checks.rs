//! Why a check failed tells the cause.

use super::log::*;
use hapline::words::cause::Cause::{self, *};
use hapline::words::cause::Kind::*;
use hapline::words::cause::Severity::*;

const BOTH: [&str; 2] = ["app/app1", "app/app2"];

/// app1 is out from 09:01:00 to 09:01:20 for this reason; nobody is hurt.
#[track_caller]
fn out_because(why: &str, cause: Cause) {
    let mut log = Log::calm(&BOTH);
    log.says(60_000, &down("app/app1", why, 1))
        .well(&["app/app2"], 60_000..80_000)
        .says(80_000, &up("app/app1", 2))
        .well(&BOTH, 80_000..100_000);
    log.tells(&[told(ServerDown, cause, Capacity, ["01:00.000", "01:20.020"], 0).at(&["app1"])]);
}

#[test]
fn connections_that_fail() {
    for info in [
        "Connection refused",
        "ECONNREFUSED returned by OS (Connection refused)",
        "Connection refused at initial connection step of tcp-check",
    ] {
        let why =
            format!(", reason: Layer4 connection problem, info: \"{info}\", check duration: 0ms");
        out_because(&why, ServiceNotListening);
    }
    for info in [
        "No route to host",
        "General socket error (Network is unreachable)",
        "ENETUNREACH returned by OS (Network is unreachable)",
    ] {
        let why =
            format!(", reason: Layer4 connection problem, info: \"{info}\", check duration: 12ms");
        out_because(&why, NetworkUnreachable);
    }
    for info in [
        "General socket error (Cannot assign requested address)",
        "Out of local source ports on the system",
        "Can't bind to source address",
    ] {
        let why =
            format!(", reason: Layer4 connection problem, info: \"{info}\", check duration: 0ms");
        out_because(&why, ProxyLimits);
    }
    out_because(
        ", reason: Layer4 timeout, check duration: 2001ms",
        NetworkUnreachable,
    );
}

#[test]
fn answers_that_are_not_the_expected_protocol() {
    out_because(
        ", reason: Layer6 invalid response, info: \"SSL handshake failure\", check duration: 3ms",
        TlsMismatch,
    );
    out_because(
        ", reason: Layer7 invalid response, info: \"TCPCHK got an empty response at step 2\", check duration: 1ms",
        ProtocolMismatch,
    );
}

#[test]
fn a_check_that_is_cut_while_the_service_works() {
    out_because(
        ", reason: Layer7 timeout, check duration: 1001ms",
        HealthCheckTimeoutTooShort,
    );
    out_because(
        ", reason: External check timeout, code: 0, check duration: 10002ms",
        HealthCheckTimeoutTooShort,
    );
}

#[test]
fn a_check_that_gets_the_wrong_status_while_the_service_works() {
    out_because(
        ", reason: Layer7 wrong status, code: 404, info: \"Not Found\", check duration: 2ms",
        HealthEndpointWrongStatus,
    );
    out_because(
        ", reason: Layer7 wrong status, code: 404, info: \"HTTP status check returned code <404>\", check duration: 2ms",
        HealthEndpointWrongStatus,
    );
    out_because(
        ", reason: Layer7 wrong status, code: 503, info: \"Service Unavailable\", check duration: 2ms",
        HealthEndpointWrongStatus,
    );
}

#[test]
fn errors_that_take_all_servers_out_are_one_incident() {
    let status = ", reason: Layer7 wrong status, code: 500, info: \"Internal Server Error\", check duration: 2ms";
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..64_000, "app/app1", ERROR_500)
        .each(200, 60_100..65_000, "app/app2", ERROR_500)
        .says(64_000, &down("app/app1", status, 1))
        .says(65_000, &down("app/app2", status, 0))
        .says(65_000, "backend app has no server available!")
        .each(100, 65_000..80_000, "app/<NOSRV>", NO_SERVER)
        .says(80_000, &up("app/app1", 1))
        .says(80_000, &up("app/app2", 2))
        .well(&BOTH, 80_000..300_000);
    log.tells(&[told(
        BackendDown,
        ApplicationErrors,
        Outage,
        ["01:00.000", "01:20.020"],
        20 + 25 + 150,
    )
    .at(&["app1", "app2"])]);
}

#[test]
fn errors_that_outlast_a_lost_server_are_told_after_it_and_counted_once() {
    let status = ", reason: Layer7 wrong status, code: 500, info: \"Internal Server Error\", check duration: 2ms";
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..64_000, "app/app1", ERROR_500)
        .each(200, 60_100..180_000, "app/app2", OK)
        .says(64_000, &down("app/app1", status, 1))
        .says(80_000, &up("app/app1", 2))
        .each(200, 80_000..120_000, "app/app1", ERROR_500)
        .each(200, 120_000..180_000, "app/app1", OK);
    let report = log.report();
    let failed: u64 = report
        .incidents
        .iter()
        .map(|incident| incident.failed_requests)
        .sum();
    assert_eq!(failed, report.totals.failed);
    assert_eq!(failed, 20 + 200);
}

#[test]
fn an_agent_that_says_so() {
    out_because(
        ", reason: Layer7 wrong status, code: 0, info: \"via agent : down\", check duration: 1ms",
        AdminAction,
    );
    out_because(
        ", reason: Layer7 wrong status, code: 0, info: \"via agent : stopped (deploy)\", check duration: 1ms",
        AdminAction,
    );
    out_because(
        ", reason: Layer7 wrong status, code: 0, info: \"via agent : fail\", check duration: 1ms",
        Cause::Unknown,
    );
}

#[test]
fn an_agent_is_asked_and_overruled_by_its_own_commands() {
    let why = ", reason: Layer7 wrong status, code: 0, info: \"via agent : down (load 38)\", check duration: 4ms";
    let mut log = Log::calm(&BOTH);
    log.says(60_000, &down("app/app1", why, 1))
        .well(&["app/app2"], 60_000..80_000)
        .says(80_000, &up("app/app1", 2))
        .well(&BOTH, 80_000..100_000);
    let incident = &log.report().incidents[0];
    let told = &incident.story[1];
    assert_eq!(
        told,
        "The agent of app1 took it out of rotation and said why: load 38 (possibly)."
    );
    let steps = incident.runbook.steps.iter();
    let commands: Vec<&str> = steps.filter_map(|step| step.command.as_deref()).collect();
    assert!(
        commands
            .iter()
            .any(|command| command.contains("set server app/app1 agent up; disable agent app/app1")),
        "{commands:?}"
    );
    // `ready` ends maintenance, and an agent's word is none.
    assert!(
        !commands
            .iter()
            .any(|command| command.contains("state ready")),
        "{commands:?}"
    );
}

#[test]
fn an_agents_server_is_to_be_mended_where_it_fails_or_was_slow() {
    let advised = |said: &str, ending: Ending| {
        let why = format!(
            ", reason: Layer7 wrong status, code: 0, info: \"via agent : {said}\", check duration: 4ms"
        );
        let mut log = Log::calm(&BOTH);
        log.each(100, 60_000..64_000, "app/app1", ending)
            .each(100, 60_050..84_000, "app/app2", OK)
            .says(66_000, &down("app/app1", &why, 1))
            .says(84_000, &up("app/app1", 2))
            .well(&BOTH, 84_000..120_000);
        let advice = log.report().advice.into_iter();
        let mut of_servers = advice.filter(|advice| advice.keyword == "server");
        of_servers.next().map(|advice| (advice.scope, advice.why))
    };
    let slow = advised("down (load 38)", SLOW).expect("advice on the server");
    assert_eq!(slow.0, "server app/app1");
    assert!(
        slow.1.contains("one in ten of its answers took"),
        "{}",
        slow.1
    );
    assert_eq!(advised("down (load 38)", OK), Option::None);
    assert_eq!(advised("stopped (deploy)", SLOW), Option::None);
    let failed = advised("fail", OK).expect("advice on the server");
    assert!(
        failed.1.contains("the agent says that it fails"),
        "{}",
        failed.1
    );
}

#[test]
fn an_operator_who_says_so() {
    out_because(", changed from CLI", AdminAction);
    out_because(", changed from Web interface", AdminAction);
}

#[test]
fn a_state_file_repeats_what_it_does_not_explain() {
    out_because(", changed from server-state after a reload", Cause::Unknown);
}

#[test]
fn a_check_that_gets_errors_like_everyone_else() {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..64_000, "app/app1", ERROR_500)
        .each(200, 60_100..64_000, "app/app2", OK)
        .says(64_000, &down("app/app1", ", reason: Layer7 wrong status, code: 500, info: \"Internal Server Error\", check duration: 2ms", 1))
        .well(&["app/app2"], 64_000..80_000)
        .says(80_000, &up("app/app1", 2))
        .well(&BOTH, 80_000..100_000);
    log.tells(&[told(
        ServerDown,
        ApplicationErrors,
        Degraded,
        ["01:00.000", "01:20.020"],
        20,
    )
    .at(&["app1"])]);
}

#[test]
fn observed_traffic_takes_a_server_out() {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..64_000, "app/app1", ERROR_500)
        .each(200, 60_100..64_000, "app/app2", OK)
        .says(64_000, &down("app/app1", ", reason: Health analyze, info: \"Detected 10 consecutive errors, last one was: Wrong http response\"", 1))
        .well(&["app/app2"], 64_000..80_000)
        .says(80_000, &up("app/app1", 2))
        .well(&BOTH, 80_000..100_000);
    log.tells(&[told(
        ServerDown,
        ApplicationErrors,
        Degraded,
        ["01:00.000", "01:20.020"],
        20,
    )
    .at(&["app1"])]);
}

#[test]
fn observed_connections_take_a_server_out() {
    let mut log = Log::calm(&BOTH);
    log.each(200, 60_000..64_000, "app/app1", REFUSED)
        .each(200, 60_100..64_000, "app/app2", OK)
        .says(64_000, &down("app/app1", ", reason: Health analyze, info: \"Detected 10 consecutive errors, last one was: L4 unsuccessful connection\"", 1))
        .well(&["app/app2"], 64_000..80_000)
        .says(80_000, &up("app/app1", 2))
        .well(&BOTH, 80_000..100_000);
    log.tells(&[told(
        ServerDown,
        ServiceNotListening,
        Degraded,
        ["01:00.000", "01:20.020"],
        20,
    )
    .at(&["app1"])]);
}

#[test]
fn logged_checks_hold_the_reason_and_the_first_symptom() {
    let failed = |status: &str| {
        format!(
            "Health check for server app/app1 failed, reason: Layer4 connection problem, info: \"Connection refused\", check duration: 0ms, status: {status}."
        )
    };
    let mut log = Log::calm(&BOTH);
    log.says(60_000, &failed("2/3 UP"))
        .says(62_000, &failed("1/3 UP"))
        .says(64_000, &failed("0/2 DOWN"))
        .says(64_000, &down("app/app1", "", 1))
        .well(&BOTH, 60_000..60_100)
        .well(&["app/app2"], 60_100..80_000)
        .says(78_000, "Health check for server app/app1 succeeded, reason: Layer7 check passed, code: 200, check duration: 1ms, status: 1/2 DOWN.")
        .says(80_000, "Health check for server app/app1 succeeded, reason: Layer7 check passed, code: 200, check duration: 1ms, status: 3/3 UP.")
        .says(80_000, "Server app/app1 is UP. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.")
        .well(&BOTH, 80_000..100_000);
    let found = told(
        ServerDown,
        ServiceNotListening,
        Capacity,
        ["01:00.000", "01:20.020"],
        0,
    );
    let report = log.tells(&[found.clone().at(&["app1"])]);
    assert_eq!(
        &report.incidents[0].detected_at.as_deref().unwrap()[14..23],
        "01:04.000"
    );
    let report = log.states_twice().tells(&[found.at(&["app1"])]);
    assert_eq!(report.coverage.duplicates, 7, "five checks, DOWN and UP");
}

#[test]
fn checks_that_fail_once_and_pass_again_are_no_incident() {
    let mut log = Log::calm(&BOTH);
    log.says(30_000, "Health check for server app/app1 failed, reason: Layer7 timeout, check duration: 1001ms, status: 2/3 UP.")
        .says(32_000, "Health check for server app/app1 succeeded, reason: Layer7 check passed, code: 200, check duration: 1ms, status: 3/3 UP.");
    log.tells(&[]);
}

#[test]
fn names_that_do_not_resolve() {
    for cause in [
        "DNS NX status",
        "DNS timeout status",
        "DNS refused status",
        "unspecified DNS error",
        "No IP for server ",
        "entry removed from SRV record",
    ] {
        let mut log = Log::calm(&BOTH);
        log.says(60_000, &format!("Server app/app1 is going DOWN for maintenance ({cause}). 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."))
            .well(&["app/app2"], 60_000..80_000)
            .says(80_000, "Server app/app1 ('app1.example.org') is UP/READY (resolves again).")
            .says(80_000, "Server app/app1 administratively READY thanks to valid DNS answer.")
            .well(&BOTH, 80_000..100_000);
        let report = log.tells(&[told(
            ServerDown,
            DnsFailure,
            Capacity,
            ["01:00.000", "01:20.020"],
            0,
        )
        .at(&["app1"])]);
        assert_eq!(report.coverage.duplicates, 0);
    }
}

#[test]
fn the_configuration_tells_when_the_first_check_failed() {
    let mut log = Log::calm(&BOTH);
    log.well(&["app/app2"], 60_000..80_000)
        .says(70_000, &down("app/app1", CHECK_REFUSED, 1))
        .says(80_000, &up("app/app1", 2))
        .well(&BOTH, 80_000..100_000);
    let config = |check: &str| {
        format!(
            "backend app\n    server app1 10.0.0.1:80 check {check}\n    server app2 10.0.0.2:80\n"
        )
    };
    for (check, start) in [
        ("inter 2s fall 3", "09:01:06"),
        ("inter 5s fastinter 1s fall 4", "09:01:07"),
        ("inter 2s fall 1", "09:01:10"),
    ] {
        let report = log.report_with(Some(&config(check)));
        let incident = &report.incidents[0];
        assert!(
            incident.start.contains(start),
            "{check}: {}",
            incident.start
        );
        assert!(
            incident
                .detected_at
                .as_ref()
                .is_some_and(|at| at.contains("09:01:10"))
        );
    }
    // A victim before that says more.
    log.request(65_500, "app/app1", REFUSED);
    let report = log.report_with(Some(&config("inter 2s fall 3")));
    assert!(report.incidents[0].start.contains("09:01:05.5"));
}

#[test]
fn without_a_limit_of_their_own_checks_may_take_as_long_as_they_are_apart() {
    let mut log = Log::calm(&BOTH);
    log.says(
        60_000,
        &down(
            "app/app1",
            ", reason: Layer7 timeout, check duration: 1001ms",
            1,
        ),
    )
    .well(&BOTH, 60_000..80_000)
    .says(80_000, &up("app/app1", 2))
    .well(&BOTH, 80_000..100_000);
    let advised = |timeout: &str| {
        let config = format!(
            "defaults\n mode http\n{timeout}backend app\n option httpchk\n default-server check inter 1s\n \
             server app1 192.0.2.1:80\n server app2 192.0.2.2:80\n"
        );
        let report = log.report_with(Some(&config));
        let mut advice = report.advice.into_iter();
        let piece = advice
            .find(|advice| advice.keyword == "timeout check")
            .expect("a piece");
        (
            piece.current,
            piece.current_from.unwrap(),
            piece.suggested,
            piece.why,
        )
    };
    let said = |note: &str| {
        format!(
            "1 logged check was cut at 1 s{note} while the service worked; 1 that passed took up to 2 ms."
        )
    };
    let some = |text: &str| Some(text.to_owned());
    let inter = said(" (`inter` stands in for `timeout check`)");
    assert_eq!(advised(""), (some("1s"), "default", some("4s"), inter));
    assert_eq!(
        advised(" timeout check 1s\n"),
        (some("1s"), "config", some("4s"), said(""))
    );
}
