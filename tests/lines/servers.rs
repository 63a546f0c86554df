//! What HAProxy says of a server's state.

use super::reading;
use hapline::line::event::{CheckEvent, CheckResult};
use hapline::line::{Event, Problem, Reading, ServerChange, ServerEvent, Why};
use hapline::words::checks::CheckCode;

const NO_RESULT: CheckResult = CheckResult {
    code: None,
    text: b"",
    status: None,
    info: None,
    duration: None,
};

/// `Server app/web1 is DOWN.`
const DOWN: ServerEvent = ServerEvent {
    backend: b"app",
    server: b"web1",
    backup: false,
    change: ServerChange::Down,
    why: Why::Unsaid,
    via: None,
    active: None,
    backups: None,
    on_backup: false,
};

/// The same with `. 0 active and 0 backup servers left.`
const LAST_DOWN: ServerEvent = ServerEvent {
    active: Some(0),
    backups: Some(0),
    ..DOWN
};

const L4_TIMEOUT: CheckResult = CheckResult {
    code: Some(CheckCode::L4Timeout),
    text: b"Layer4 timeout",
    duration: Some(2_001),
    ..NO_RESULT
};

#[track_caller]
fn event(line: &str, expected: Event) {
    assert_eq!(reading(line.as_bytes()), Reading::Event(expected), "{line}");
}

#[track_caller]
fn server(line: &str, expected: ServerEvent) {
    event(line, Event::Server(expected));
}
#[test]
fn e60_server_down() {
    server(
        "Server app/web1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active and 0 backup servers left. 12 sessions active, 3 requeued, 0 remaining in queue.",
        ServerEvent {
            why: Why::Check(L4_TIMEOUT),
            active: Some(1),
            ..LAST_DOWN
        },
    );
}

#[test]
fn e61_backup_server_down() {
    let result = CheckResult {
        code: Some(CheckCode::L7Status),
        text: b"Layer7 wrong status",
        status: Some(503),
        info: Some(b"Service Unavailable"),
        duration: Some(3),
    };
    server(
        "Backup Server app/bck1 is DOWN, reason: Layer7 wrong status, code: 503, info: \"Service Unavailable\", check duration: 3ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
        ServerEvent {
            server: b"bck1",
            backup: true,
            why: Why::Check(result),
            ..LAST_DOWN
        },
    );
}

#[test]
fn e62_server_up() {
    let result = CheckResult {
        code: Some(CheckCode::L7Ok),
        text: b"Layer7 check passed",
        status: Some(200),
        info: None,
        duration: Some(5),
    };
    server(
        "Server app/web2 is UP, reason: Layer7 check passed, code: 200, check duration: 5ms. 1 active and 1 backup servers online. 0 sessions requeued, 0 total in queue.",
        ServerEvent {
            server: b"web2",
            change: ServerChange::Up,
            why: Why::Check(result),
            active: Some(1),
            backups: Some(1),
            ..DOWN
        },
    );
}

#[test]
fn e63_running_on_backup() {
    let result = CheckResult {
        code: Some(CheckCode::L4Connection),
        text: b"Layer4 connection problem",
        info: Some(b"ECONNREFUSED returned by OS (Connection refused)"),
        duration: Some(0),
        ..NO_RESULT
    };
    server(
        "Server app/web1 is DOWN, reason: Layer4 connection problem, info: \"ECONNREFUSED returned by OS (Connection refused)\", check duration: 0ms. 0 active and 1 backup servers left. Running on backup. 4 sessions active, 0 requeued, 0 remaining in queue.",
        ServerEvent {
            why: Why::Check(result),
            backups: Some(1),
            on_backup: true,
            ..LAST_DOWN
        },
    );
}

#[test]
fn e64_tracking() {
    server(
        "Server app/web1 is DOWN via other/chk1. 0 active and 0 backup servers left. 4 sessions active, 2 requeued, 1 remaining in queue.",
        ServerEvent {
            via: Some((b"other", b"chk1")),
            ..LAST_DOWN
        },
    );
    server(
        "Server app/web1 is DOWN, reason: Layer4 timeout, check duration: 2001ms via other/chk1. 0 active and 0 backup servers left.",
        ServerEvent {
            why: Why::Check(L4_TIMEOUT),
            via: Some((b"other", b"chk1")),
            ..LAST_DOWN
        },
    );
}

#[test]
fn e65_full_stop_within_info() {
    let result = CheckResult {
        code: Some(CheckCode::L7Response),
        text: b"Layer7 invalid response",
        info: Some(b"TCPCHK did not match content 'say #22hi#22. ok' at step 2"),
        duration: Some(9),
        ..NO_RESULT
    };
    server(
        "Server app/web1 is DOWN, reason: Layer7 invalid response, info: \"TCPCHK did not match content 'say #22hi#22. ok' at step 2\", check duration: 9ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
        ServerEvent {
            why: Why::Check(result),
            ..LAST_DOWN
        },
    );
}

#[test]
fn e66_observe() {
    let result = CheckResult {
        code: Some(CheckCode::HealthAnalyze),
        text: b"Health analyze",
        info: Some(b"Detected 10 consecutive errors, last one was: L4 unsuccessful connection"),
        ..NO_RESULT
    };
    server(
        "Server app/web1 is DOWN, reason: Health analyze, info: \"Detected 10 consecutive errors, last one was: L4 unsuccessful connection\". 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
        ServerEvent {
            why: Why::Check(result),
            ..LAST_DOWN
        },
    );
}

#[test]
fn e67_changed_from_cli() {
    let cli = ServerEvent {
        why: Why::Said(b"changed from CLI"),
        active: Some(1),
        ..LAST_DOWN
    };
    let text = "Server app/web1 is DOWN, changed from CLI. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.";
    server(text, cli.clone());
    server(&format!("[WARNING] 123/145023 (1234) : {text}"), cli);
}

/// Leaves rotation on purpose, or because its name no longer resolves.
const MAINTENANCE: ServerEvent = ServerEvent {
    change: ServerChange::Maintenance,
    ..DOWN
};

#[test]
fn e68_maintenance() {
    server(
        "Server app/web1 is going DOWN for maintenance. 1 active and 0 backup servers left. 2 sessions active, 0 requeued, 0 remaining in queue.",
        ServerEvent {
            active: Some(1),
            backups: Some(0),
            ..MAINTENANCE
        },
    );
    server("Server app/web1 is DOWN for maintenance.", MAINTENANCE);
}

#[test]
fn e69_maintenance_by_dns() {
    server(
        "Server app/web1 was DOWN and now enters maintenance (DNS timeout status).",
        ServerEvent {
            why: Why::Said(b"DNS timeout status"),
            ..MAINTENANCE
        },
    );
    server(
        "Server app/web1 is going DOWN for maintenance (No IP for server ). 0 active and 0 backup servers left.",
        ServerEvent {
            why: Why::Said(b"No IP for server"),
            active: Some(0),
            backups: Some(0),
            ..MAINTENANCE
        },
    );
}

#[test]
fn e70_back_from_maintenance_and_drain() {
    let cases = [
        (
            "('app.example.org') is UP/READY (resolves again)",
            ServerChange::ReadyUp,
            "resolves again",
        ),
        (
            "is UP/READY (leaving forced maintenance)",
            ServerChange::ReadyUp,
            "leaving forced maintenance",
        ),
        (
            "is DOWN/READY (leaving forced maintenance)",
            ServerChange::ReadyDown,
            "leaving forced maintenance",
        ),
        (
            "is UP/DRAIN (leaving maintenance)",
            ServerChange::ReadyDrain,
            "leaving maintenance",
        ),
        (
            "is DOWN/DRAIN (leaving maintenance)",
            ServerChange::ReadyDrain,
            "leaving maintenance",
        ),
        (
            "is UP (leaving forced drain)",
            ServerChange::ReadyUp,
            "leaving forced drain",
        ),
        (
            "is DOWN (leaving drain)",
            ServerChange::ReadyDown,
            "leaving drain",
        ),
    ];
    for (text, change, cause) in cases {
        let expected = ServerEvent {
            change,
            why: Why::Said(cause.as_bytes()),
            ..DOWN
        };
        server(&format!("Server app/web1 {text}."), expected);
    }
    server(
        "Server app/web1 is UP (leaving drain) via other/chk1.",
        ServerEvent {
            change: ServerChange::ReadyUp,
            why: Why::Said(b"leaving drain"),
            via: Some((b"other", b"chk1")),
            ..DOWN
        },
    );
}

#[test]
fn e71_drain_and_stopping() {
    server(
        "Server app/web1 enters drain state. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.",
        ServerEvent {
            change: ServerChange::Drain,
            active: Some(2),
            backups: Some(0),
            ..DOWN
        },
    );
    server(
        "Server app/web1 is stopping.",
        ServerEvent {
            change: ServerChange::Stopping,
            ..DOWN
        },
    );
}

#[test]
fn nothing_changed() {
    let unchanged = ServerEvent {
        change: ServerChange::Unchanged,
        ..DOWN
    };
    for text in [
        "is leaving forced maintenance but remains in maintenance",
        "('app.example.org') resolves again but remains in maintenance",
        "remains in forced maintenance",
        "remains in forced drain mode",
        "remains in drain mode",
        "is leaving forced drain but remains in drain mode",
        "administratively READY thanks to valid DNS answer",
    ] {
        server(&format!("Server app/web1 {text}."), unchanged.clone());
    }
    server(
        "Server app/web1 is leaving forced maintenance but remains in maintenance via other/chk1.",
        ServerEvent {
            via: Some((b"other", b"chk1")),
            ..unchanged
        },
    );
}

#[test]
fn forms_that_circulate() {
    let refused = CheckResult {
        code: Some(CheckCode::L4Connection),
        text: b"Layer4 connection problem",
        ..NO_RESULT
    };
    server(
        "Server web_servers/web1 is DOWN, reason: Layer4 connection problem.",
        ServerEvent {
            backend: b"web_servers",
            why: Why::Check(refused),
            ..DOWN
        },
    );
    server(
        "Server mybackend/server1 is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", check duration: 0ms. 0 active and 0 backup servers online. 0 sessions queued, 0 total.",
        ServerEvent {
            backend: b"mybackend",
            server: b"server1",
            why: Why::Check(CheckResult {
                info: Some(b"Connection refused"),
                duration: Some(0),
                ..refused
            }),
            ..LAST_DOWN
        },
    );
    server(
        "Server mybackend/server2 is DOWN, reason: Layer7 wrong status, code: 503, info: \"Service Unavailable\", check duration: 15ms.",
        ServerEvent {
            backend: b"mybackend",
            server: b"server2",
            why: Why::Check(CheckResult {
                code: Some(CheckCode::L7Status),
                text: b"Layer7 wrong status",
                status: Some(503),
                info: Some(b"Service Unavailable"),
                duration: Some(15),
            }),
            ..DOWN
        },
    );
    event(
        "Health check for server mybackend/server1 failed, reason: Layer4 timeout, check duration: 2000ms",
        Event::Check(CheckEvent {
            backend: b"mybackend",
            server: b"server1",
            result: CheckResult {
                duration: Some(2_000),
                ..L4_TIMEOUT
            },
            agent: false,
            passed: false,
            status: None,
        }),
    );
    event(
        "Server be_app/s1 reached maxconn",
        Event::ServerFull {
            backend: b"be_app",
            server: b"s1",
        },
    );
}

#[test]
fn a_tail_that_is_unknown_or_cut_keeps_the_event() {
    let unknown = |text| Why::Check(CheckResult { text, ..NO_RESULT });
    let cases = [
        ("", Why::Unsaid, None),
        (
            ", reason: Layer9 moon phase. 2 active and 1 backup servers left.",
            unknown(b"Layer9 moon phase"),
            Some(2),
        ),
        (
            ", reason: Layer9, moon, phase: new",
            unknown(b"Layer9, moon, phase: new"),
            None,
        ),
        (
            ", reason: Layer4 timeout, check duration: 2001ms, moon: full. 2 active and 1 backup servers left.",
            Why::Check(L4_TIMEOUT),
            Some(2),
        ),
        (", reason: Layer4 ti", unknown(b"Layer4 ti"), None),
        (", changed from", Why::Said(b"changed from"), None),
        (". 1 active and", Why::Unsaid, None),
    ];
    for (tail, why, active) in cases {
        let expected = ServerEvent {
            why,
            active,
            backups: active.map(|_| 1),
            ..DOWN
        };
        server(&format!("Server app/web1 is DOWN{tail}"), expected);
    }
    let cut = CheckResult {
        info: Some(b"TCPCHK did"),
        duration: None,
        ..L4_TIMEOUT
    };
    server(
        "Server app/web1 is DOWN, reason: Layer4 timeout, info: \"TCPCHK did",
        ServerEvent {
            why: Why::Check(cut),
            ..DOWN
        },
    );
}

#[test]
fn names_and_words_must_be_whole() {
    for line in [
        "Server app/web1 is UPSIDE down",
        "Server app/web 1 is DOWN",
        "Server app is DOWN",
        "Server app/we",
        "Server 'app/web1' is DOWN",
        "The Server app/web1 is DOWN",
        "x backend app has no server available!",
        "x app/web1 changed its IP from 10.0.0.1 to 10.0.0.9",
    ] {
        let unknown = Reading::Unparsed(Problem::UnknownMessage);
        assert_eq!(reading(line.as_bytes()), unknown, "{line}");
    }
}

#[test]
fn a_custom_log_tag_is_no_obstacle_and_another_program_is_foreign() {
    let tagged = |tag: &str, message: &str| format!("Feb  6 12:14:14 lb1 {tag}[7]: {message}");
    server(&tagged("edge", "Server app/web1 is DOWN."), DOWN);
    for (tag, message) in [
        ("sshd", "Server listening on 0.0.0.0 port 22."),
        ("systemd", "Reloading HAProxy Load Balancer..."),
        ("CRON", "(root) CMD (/usr/local/bin/haproxy-reload)"),
    ] {
        let line = tagged(tag, message);
        assert_eq!(reading(line.as_bytes()), Reading::Foreign, "{line}");
    }
}
