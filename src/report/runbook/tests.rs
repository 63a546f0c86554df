//! Runbooks of every cause: what they say, and that no name in them gets out of hand.

use std::fmt::Write;
use std::process::Command;

use super::*;
use crate::advice::fixture;
use crate::report::document::{Phase, Step};
use crate::report::escape;

const CONFIG: &str = "\
global
  stats socket /run/haproxy/admin.sock mode 660 level admin
defaults
  mode http
  timeout connect 500ms
  timeout check 800ms
frontend fe_www
  maxconn 1000
  default_backend be_app
backend be_app
  option httpchk
  http-check send meth HEAD uri /healthz ver HTTP/1.1 hdr Host app.example
  http-check expect status 200
  default-server check inter 1s fall 2 rise 2
  server app1 10.0.0.11:8080 maxconn 30
  server app2 app2.internal:8080 ssl verify none check port 9000
backend be_db
  mode tcp
  server db1 [2001:db8::1]:5432
  server db2 /run/db2.sock backup
  server db3 10.0.0.3:5432 backup
";

fn config(text: &str) -> Config {
    Config::parse("haproxy.cfg", text.as_bytes()).unwrap()
}

fn incident(cause: Cause, backend: &str, servers: &[&str]) -> Incident {
    Incident {
        frontends: vec![fixture::name("fe_www")],
        load: vec![
            (fixture::name("app1"), 500, 100),
            (fixture::name("app2"), 500, 0),
        ],
        ..fixture::incident(cause, backend, servers)
    }
}

fn told(runbook: &Runbook) -> String {
    let mut page = format!("{}\n", runbook.meaning);
    for step in &runbook.steps {
        let mark = if step.changes_state { "! " } else { "" };
        writeln!(page, "  {:?}: {mark}{}", step.phase, step.why).unwrap();
        if let Some(command) = &step.command {
            writeln!(page, "    {command}").unwrap();
        }
    }
    page
}

#[test]
fn every_cause_has_one() {
    let config = config(CONFIG);
    let mut pages = String::new();
    for cause in Cause::ALL {
        let runbook = of(&incident(cause, "be_app", &["app1"]), Some(&config), None);
        let count = |phase| runbook.of(phase).count();
        assert!(runbook.meaning.ends_with('.') && runbook.impact.ends_with('.'));
        assert!((1..=4).contains(&count(Phase::Diagnose)), "{cause:?}");
        assert!(count(Phase::Mitigate) <= 3 && count(Phase::Prevent) <= 2);
        assert!(
            cause == Cause::None || count(Phase::Prevent) > 0,
            "{cause:?}"
        );
        let looks: Vec<&Step> = runbook.of(Phase::Diagnose).collect();
        assert!(looks.iter().any(|step| step.command.is_some()));
        assert!(!looks.iter().any(|step| step.changes_state));
        writeln!(pages, "{}: {}", cause.as_str(), told(&runbook)).unwrap();
    }
    insta::assert_snapshot!("every_cause", pages);
}

#[test]
fn nobody_is_drained_where_too_few_others_answered() {
    let config = config(CONFIG);
    let drained = |servers: &[&str], load: &[(&str, u64, u64)]| {
        let load = load
            .iter()
            .map(|(name, n, failed)| (fixture::name(name), *n, *failed));
        let incident = Incident {
            load: load.collect(),
            ..incident(Cause::ApplicationErrors, "be_app", servers)
        };
        let runbook = of(&incident, Some(&config), None);
        runbook.steps.iter().any(|step| step.changes_state)
    };
    assert!(drained(&["app1"], &[("app1", 90, 40), ("app2", 90, 0)]));
    // The configuration has it, and it was DOWN.
    assert!(!drained(&["app1"], &[("app1", 90, 40), ("<NOSRV>", 9, 9)]));
    assert!(!drained(&["app1"], &[("app1", 90, 40), ("app2", 9, 9)]));
    let two = &["app1", "app2"];
    assert!(!drained(
        two,
        &[("app1", 90, 40), ("app2", 90, 50), ("app3", 90, 0)]
    ));
}

#[test]
fn a_service_that_answers_most_requests_well_is_the_right_one() {
    let config = config(CONFIG);
    let acts = |failed: u64| {
        let incident = Incident {
            load: vec![(fixture::name("app1"), 500, failed)],
            ..incident(Cause::ProtocolMismatch, "be_app", &["app1"])
        };
        told(&of(&incident, Some(&config), None))
    };
    assert!(acts(100).contains("Mend what app1 answers to these requests"));
    assert!(acts(490).contains("Put the right service back on the port of app1"));
}

#[test]
fn checks_that_go_elsewhere_are_looked_at_there() {
    let config = config(CONFIG);
    let lost = Incident {
        load: vec![(fixture::name("app2"), 50, 0)],
        ..incident(Cause::ServiceNotListening, "be_app", &["app2"])
    };
    let told = |lost: &Incident| {
        let runbook = of(lost, Some(&config), None);
        commands(&runbook)[..2].join("; ")
    };
    let both = "nc -vz -w 3 app2.internal 9000; nc -vz -w 3 app2.internal 8080";
    assert_eq!(told(&lost), both);
    let failed = Incident {
        load: vec![(fixture::name("app2"), 50, 20)],
        ..lost
    };
    assert!(told(&failed).starts_with("nc -vz -w 3 app2.internal 8080; "));
}

#[test]
fn kinds_say_what_clients_feel() {
    let mut pages = String::new();
    for kind in Kind::ALL {
        let incident = Incident {
            kind,
            ..incident(Cause::Unknown, "be_app", &["app1", "app2"])
        };
        writeln!(
            pages,
            "{}: {}",
            kind.as_str(),
            of(&incident, None, None).impact
        )
        .unwrap();
    }
    insta::assert_snapshot!("impacts", pages);
}

fn commands(runbook: &Runbook) -> Vec<&str> {
    let commands = runbook.steps.iter().map(|step| step.command.as_deref());
    commands.flatten().collect()
}

#[test]
fn what_tells_the_runner_up_apart_comes_second() {
    let config = config(CONFIG);
    let mut incident = incident(Cause::ServiceNotListening, "be_app", &["app1"]);
    incident.cause.runner_up = Some((Cause::NetworkUnreachable, 0.3));
    let runbook = of(&incident, Some(&config), None);
    assert!(
        runbook
            .meaning
            .contains("cannot rule out network unreachable")
    );
    // It begins as the command on the cause itself does, and takes its place.
    assert_eq!(
        commands(&runbook)[..2],
        [
            "nc -vz -w 3 10.0.0.11 8080; ip neigh show to 10.0.0.11",
            "ss -ltnp 'sport = :8080'"
        ]
    );
    assert!(runbook.steps[0].why.starts_with("or network unreachable? "));
    incident.cause.runner_up = Some((Cause::ServerCrashMidResponse, 0.3));
    let runbook = of(&incident, Some(&config), None);
    assert_eq!(commands(&runbook)[0], "nc -vz -w 3 10.0.0.11 8080");
    let second = &runbook.steps[1].why;
    assert!(
        second.starts_with("or server crash mid response? "),
        "{second}"
    );
}

#[test]
fn addresses_are_those_of_the_configuration() {
    let config = config(CONFIG);
    let first = |cause, backend, servers: &[&str]| {
        let runbook = of(&incident(cause, backend, servers), Some(&config), None);
        commands(&runbook)[0].to_owned()
    };
    for (cause, backend, server, expected) in [
        (
            Cause::HealthEndpointWrongStatus,
            "be_app",
            "app2",
            "curl -sS -o /dev/null -w '%{http_code} after %{time_total} s\\n' -m 5 -I -H 'Host: app.example' \
             http://app2.internal:9000/healthz",
        ),
        (
            Cause::TlsMismatch,
            "be_app",
            "app2",
            "openssl s_client -brief -connect app2.internal:8080 </dev/null",
        ),
        (
            Cause::SlowServer,
            "be_db",
            "db1",
            "nc -vz -w 3 2001:db8::1 5432",
        ),
        (
            Cause::ServiceNotListening,
            "be_db",
            "db2",
            "nc -vzU /run/db2.sock",
        ),
        (
            Cause::ServiceNotListening,
            "be_db",
            "gone",
            "nc -vz -w 3 ADDRESS_OF_be_db/gone PORT",
        ),
    ] {
        assert_eq!(first(cause, backend, &[server]), expected);
    }
}

#[test]
fn a_backend_without_server_is_told_of_backups() {
    let config = config(CONFIG);
    let last = |backend| {
        let incident = Incident {
            kind: Kind::BackendDown,
            ..incident(Cause::SlowBackend, backend, &["x"])
        };
        let runbook = of(&incident, Some(&config), None);
        runbook.steps.last().unwrap().why.clone()
    };
    assert!(last("be_app").contains("errorfile 503"));
    assert!(last("be_db").contains("option allbackups"));
}

/// Every runbook that there is for an incident of these names.
fn all(backend: Option<&str>, server: &str, config: Option<&Config>) -> Vec<Step> {
    let mut steps = Vec::new();
    for cause in Cause::ALL {
        let mut incident = incident(cause, backend.unwrap_or_default(), &[server]);
        incident.backend = incident.backend.filter(|_| backend.is_some());
        incident.frontends = vec![fixture::name(server)];
        steps.extend(of(&incident, config, None).steps);
    }
    steps
}

fn sh(arguments: &[&str]) -> String {
    let output = Command::new("sh")
        .args(arguments)
        .output()
        .expect("sh runs");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The words that a shell makes of a command, which it does not run.
fn read_by_a_shell(command: &str) -> String {
    sh(&["-n", "-c", command]);
    let words = command.replace(" | ", " '|' ").replace("; ", " ';' ");
    let words = words.replace(" </dev/null", "");
    sh(&["-c", &format!("printf '%s\\n' {words}")])
}

#[test]
fn hostile_names_stay_words() {
    for attack in [
        "a'b",
        "a\"b",
        "$(touch /tmp/hapline-was-here)",
        "`id`",
        "a;b",
        "a\nid",
        "-e",
        "--help",
        "a b",
        "a|id",
        "a>/tmp/x",
        "a\\",
        "../x",
        "a\u{202e}b",
        "!!",
        "é",
    ] {
        let quoted = attack.replace('\\', "\\\\").replace('"', "\\\"");
        let text = format!(
            "global\n stats socket \"/run/{quoted}\" level admin\nbackend \"{quoted}\"\n mode http\n option httpchk GET \
             \"/{quoted}\"\n server \"{quoted}\" \"{quoted}:80\" maxconn 3 check addr \"{quoted}\"\n server b 10.0.0.1\n"
        );
        let config = Config::parse("haproxy.cfg", text.replace('$', "\\$").as_bytes()).ok();
        assert_eq!(config.is_none(), attack.contains('\n'), "{attack}");
        for config in [None, config.as_ref()] {
            for step in [all(Some(attack), attack, config), all(None, attack, config)].concat() {
                let Some(command) = step.command else {
                    continue;
                };
                assert_eq!(escape::terminal(&command), command, "one visible line");
                sh(&["-n", "-c", &command]);
                // HAProxy reads what `echo` gets, and takes `;` for the end of a command.
                if let Some(sent) = command.strip_prefix("echo ") {
                    let sent = sent.split(" | ").next().unwrap();
                    let fit = |c: char| c.is_ascii_alphanumeric() || "-_.:/ ;'%".contains(c);
                    assert!(sent.chars().all(fit), "{command}");
                    assert!(attack != "a;b" || !sent.contains("a;b"), "{command}");
                } else {
                    assert!(!read_by_a_shell(&command).is_empty());
                }
            }
        }
    }
    assert!(!std::path::Path::new("/tmp/hapline-was-here").exists());
}
