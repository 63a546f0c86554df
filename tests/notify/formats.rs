//! What each kind of target is sent, to the letter.

use std::fmt::Write;
use std::time::Duration;

use hapline::report::feed::{self, Transition};
use serde_json::Value;

use super::fixture::{NOW, notice, notifier, over, target, worse};
use super::server::{Request, Server};

/// What a target is sent of an incident that opens, gets worse and is over, a minute apart.
fn sent(server: &Server, kind: &str, rest: &str) -> Vec<Request> {
    let mut notifier = notifier(&target(kind, rest), None);
    notifier.notice(&notice("i-7f3a90", Transition::Opened), NOW);
    notifier.notice(&worse("i-7f3a90"), NOW + 10_000);
    notifier.notice(&over("i-7f3a90"), NOW + 371_000);
    let requests = server.wait(3);
    notifier.stop(Duration::from_secs(10));
    requests
}

/// Path, what says who asks, and body.
fn shown(requests: &[Request]) -> String {
    let mut shown = String::new();
    for request in requests {
        let bearer = request.headers.get("authorization");
        let kind = &request.headers["content-type"];
        let body: Value = request.json();
        let _ = writeln!(shown, "{} {kind} {bearer:?}\n{body:#}\n", request.line);
    }
    shown
}

fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    (folder, path)
}

#[test]
fn a_webhook_gets_the_notice_itself() {
    let server = Server::start();
    let (_folder, token) = file("s3cr3t-s3cr3t\n");
    let url = format!("http://{}/hook", server.address);
    let requests = sent(
        &server,
        "webhook",
        &format!("url = \"{url}\"\ntoken_file = \"{token}\""),
    );
    let notices = [
        notice("i-7f3a90", Transition::Opened),
        worse("i-7f3a90"),
        over("i-7f3a90"),
    ];
    for (request, notice) in requests.iter().zip(notices) {
        assert_eq!(request.line, "POST /hook HTTP/1.1");
        assert_eq!(request.headers["authorization"], "Bearer s3cr3t-s3cr3t");
        assert_eq!(request.headers["content-type"], "application/json");
        let mut line = Vec::new();
        feed::write_json(&notice, &mut line).unwrap();
        assert_eq!(format!("{}\n", request.body).as_bytes(), line);
    }
}

#[test]
fn slack() {
    let server = Server::start();
    let (_folder, url) = file(&format!("http://{}/services/T0/B0/x", server.address));
    let requests = sent(&server, "slack", &format!("url_file = \"{url}\""));
    insta::assert_snapshot!(shown(&requests));
}

#[test]
fn alertmanager() {
    let server = Server::start();
    let url = format!("url = \"http://{}/am/\"", server.address);
    let requests = sent(&server, "alertmanager", &url);
    insta::assert_snapshot!(shown(&requests));
}

#[test]
fn pagerduty() {
    let server = Server::start();
    let (_folder, key) = file("s3cr3t-s3cr3t");
    let url = format!("http://{}/v2/enqueue", server.address);
    let requests = sent(
        &server,
        "pagerduty",
        &format!("url = \"{url}\"\ntoken_file = \"{key}\""),
    );
    insta::assert_snapshot!(shown(&requests));
}

#[test]
fn a_command_gets_the_notice_and_short_variables() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let script = format!(
        "{{ env | grep ^HAPLINE_ | sort; cat; echo; }} >> {}",
        out.display()
    );
    let text = target(
        "command",
        &format!("command = [\"sh\", \"-c\", {script:?}]"),
    );
    let mut notifier = notifier(&text, None);
    notifier.notice(&notice("i-7f3a90", Transition::Opened), NOW);
    notifier.notice(&over("i-7f3a90"), NOW + 371_000);
    notifier.stop(Duration::from_secs(20));
    let told = std::fs::read_to_string(out).unwrap();
    let variables = told.lines().filter(|line| line.starts_with("HAPLINE_"));
    insta::assert_snapshot!(variables.collect::<Vec<_>>().join("\n"));
    let documents = told
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let said: Vec<_> = documents
        .map(|document| document["transition"].clone())
        .collect();
    assert_eq!(said, ["opened", "closed"]);
}

/// Names, headlines and ids are an attacker's over UDP.
#[test]
fn a_hostile_text_means_nothing_in_any_format() {
    const HOSTILE: &str = "<!channel> @all [x](http://evil) \x1b[2J\u{202e}\"}],\n$(reboot) `id`";
    for kind in ["webhook", "slack", "alertmanager", "pagerduty"] {
        let server = Server::start();
        let (_folder, url) = file(&format!("http://{}/", server.address));
        let (_folder, key) = file("key");
        let rest = format!("url_file = \"{url}\"\ntoken_file = \"{key}\"");
        let mut notifier = notifier(&target(kind, &rest), None);
        let own = || HOSTILE.to_owned();
        let mut news = notice(HOSTILE, Transition::Opened);
        news.text = Some(own());
        news.incident.start = own();
        news.incident.headline = own();
        news.incident.backend = Some(own());
        news.incident.servers = vec![own()];
        news.incident.frontends = vec![own()];
        notifier.notice(&news, NOW);
        let requests = server.wait(1);
        let body = &requests[0].body;
        let value = requests[0].json();
        assert!(!body.contains(['\x1b', '\u{202e}', '\n']), "{kind}: {body}");
        if kind == "slack" {
            assert!(
                !body.contains(['<', '@']) && !body.contains("://evil"),
                "{body}"
            );
        }
        let link =
            "https://hapline.example.net/incidents/%3C%21channel%3E%20%40all%20%5Bx%5D%28http";
        let told = match kind {
            "slack" => &value["attachments"][0]["title_link"],
            "alertmanager" => &value[0]["generatorURL"],
            "pagerduty" => &value["client_url"],
            _ => continue,
        };
        assert!(told.as_str().unwrap().starts_with(link), "{told}");
    }
}

/// A severity or a kind that changes is another label, so the alert of before ends with the same request.
#[test]
fn alertmanager_hears_again_and_of_changed_labels() {
    let server = Server::start();
    let url = format!("url = \"http://{}\"\nrepeat = \"1m\"", server.address);
    let mut notifier = notifier(&target("alertmanager", &url), None);
    let mut slow = notice("i-7f3a90", Transition::Opened);
    slow.incident.severity = hapline::words::cause::Severity::Degraded;
    notifier.notice(&slow, NOW);
    notifier.tick(NOW + 59_000);
    notifier.tick(NOW + 60_000);
    notifier.tick(NOW + 61_000);
    server.wait(2);
    notifier.notice(&worse("i-7f3a90"), NOW + 62_000);
    let requests = server.wait(3);
    let told: Vec<_> = requests
        .iter()
        .map(|request| {
            let alerts = request.json();
            let alerts = alerts.as_array().unwrap().iter();
            let told = alerts
                .map(|alert| format!("{} until {}", alert["labels"]["severity"], alert["endsAt"]));
            told.collect::<Vec<_>>().join(", ")
        })
        .collect();
    assert_eq!(
        told,
        [
            "\"warning\" until \"2026-03-14T08:16:06Z\"",
            "\"warning\" until \"2026-03-14T08:17:06Z\"",
            "\"warning\" until \"2026-03-14T08:13:08Z\", \"critical\" until \"2026-03-14T08:17:08Z\"",
        ]
    );
}
