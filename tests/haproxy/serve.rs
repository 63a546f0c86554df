//! `hapline serve` as HAProxy's log target.

use std::time::Duration;

use super::hapline::{Hapline, split};
use super::proxy::Site;

/// A change is told within this time of its line.
const PROMPT: Duration = Duration::from_secs(1);

/// A server that stops is told within a second, told once, and told to be over.
#[test]
fn a_server_that_stops_is_told_at_once_and_told_once() {
    let (hapline, address) = Hapline::serve("json");
    let Some(mut site) = Site::start(Some(address)) else {
        return;
    };
    let load = site.load();
    load.wait(50, 200);
    site.servers[0].stop();
    let down = site.tee.wait("Server be_app/app1 is DOWN");
    let (at, opened) = hapline.wait_for(Duration::from_secs(10), "opened");
    let lag = at.saturating_duration_since(down);
    assert!(lag < PROMPT, "told {lag:?} after its line");
    assert_eq!(opened["incident"]["cause"]["code"], "service_not_listening");

    site.servers[0].restart();
    site.tee.wait("Server be_app/app1 is UP");
    let (_, closed) = hapline.wait_for(Duration::from_secs(20), "closed");
    assert_eq!(closed["incident"]["id"], opened["incident"]["id"]);

    let statuses = load.stop();
    assert!(statuses.iter().all(|status| *status == 200));
    let datagrams = site.tee.settled();
    let (notices, report) = split(&hapline.stop("TERM"));
    let told = |transition: &str| {
        let of_it = notices
            .iter()
            .filter(|notice| notice["transition"] == transition);
        of_it.count()
    };
    assert_eq!(
        (told("opened"), told("closed"), told("reopened")),
        (1, 1, 0)
    );
    let incidents = report["incidents"].as_array().unwrap();
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0]["id"], opened["incident"]["id"]);
    assert_eq!(incidents[0]["servers"], serde_json::json!(["app1"]));
    assert_eq!(incidents[0]["failed_requests"], 0);
    assert!(incidents[0]["end"].is_string());
    assert_eq!(report["sources"][0]["name"], format!("udp:{address}"));
    assert_eq!(report["coverage"]["lines"], datagrams);
    assert_eq!(report["coverage"]["traffic"], statuses.len());
    assert_eq!(report["coverage"]["unparsed"], 0);
    assert_eq!(report["coverage"]["dropped"], 0);
}

/// Every request that found no server is counted, and no other.
#[test]
fn without_a_server_every_503_is_counted() {
    let (hapline, address) = Hapline::serve("json");
    let Some(mut site) = Site::start(Some(address)) else {
        return;
    };
    let load = site.load();
    load.wait(50, 200);
    site.servers.iter_mut().for_each(|server| server.stop());
    let down = site.tee.wait("backend be_app has no server available!");
    let (at, _) = hapline.wait(Duration::from_secs(10), "an outage", |notice| {
        notice["incident"]["severity"] == "outage" && notice["incident"]["kind"] == "backend_down"
    });
    let lag = at.saturating_duration_since(down);
    assert!(lag < PROMPT, "told {lag:?} after its line");
    load.wait(21, 503);
    site.servers.iter_mut().for_each(|server| server.restart());
    site.tee.wait("Server be_app/app1 is UP");
    site.tee.wait("Server be_app/app2 is UP");
    hapline.wait_for(Duration::from_secs(30), "closed");

    let statuses = load.stop();
    let failed = statuses.iter().filter(|status| **status == 503).count();
    assert!(failed > 20);
    let datagrams = site.tee.settled();
    let (_, report) = split(&hapline.stop("TERM"));
    let incidents = report["incidents"].as_array().unwrap();
    assert_eq!(incidents.len(), 1);
    assert_eq!(incidents[0]["kind"], "backend_down");
    assert_eq!(incidents[0]["severity"], "outage");
    assert_eq!(incidents[0]["cause"]["code"], "service_not_listening");
    assert_eq!(incidents[0]["failed_requests"], failed);
    assert_eq!(report["totals"]["failed"], failed);
    assert_eq!(report["totals"]["requests"], statuses.len());
    assert_eq!(report["coverage"]["lines"], datagrams);
}
