//! A running HAProxy, asked through its `stats socket`.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use super::hapline::{Hapline, split};
use super::proxy::Site;

/// What hapline reports on a log, with HAProxy asked.
fn told(site: &Site, log: &Path) -> Value {
    let socket = site.socket();
    let arguments = [
        "report",
        log.to_str().unwrap(),
        "--format",
        "json",
        "--stats-socket",
        socket.to_str().unwrap(),
    ];
    let hapline = Hapline::start(&arguments, std::process::Stdio::null());
    split(&[hapline.finish().concat()]).1
}

#[test]
fn it_says_whether_what_the_log_left_open_is_over() {
    let Some(mut site) = Site::start(None) else {
        return;
    };
    site.servers[1].stop();
    site.tee.wait("Server be_app/app2 is DOWN");
    site.tee.settled();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("haproxy.log");
    std::fs::copy(site.log(), &log).unwrap();
    let down = told(&site, &log);
    let incident = &down["incidents"][0];
    assert_eq!(incident["end"], Value::Null);
    assert_eq!(incident["now"]["over"], false);
    assert_eq!(incident["now"]["servers"][0]["name"], "app2");
    assert_eq!(incident["now"]["servers"][0]["state"], "DOWN");
    assert_eq!(
        (&down["now"]["up"], &down["now"]["out_of_service"]),
        (&1.into(), &1.into())
    );

    // The log of that moment, told when the server is back.
    site.servers[1].restart();
    site.tee.wait("Server be_app/app2 is UP");
    let up = told(&site, &log);
    assert_eq!(up["incidents"][0]["now"]["servers"][0]["state"], "UP");
    assert_eq!(up["incidents"][0]["id"], incident["id"]);
    assert_eq!(up["incidents"][0]["end"], Value::Null);
    assert_eq!(up["incidents"][0]["now"]["over"], true);
    assert_eq!(up["now"]["over"], true);
    assert_eq!(up["now"]["out_of_service"], 0);
}

/// A daemon to which no line comes: HAProxy itself says that its servers are down, and that they are back.
#[test]
fn a_daemon_that_begins_in_an_outage_is_told_of_it() {
    let Some(mut site) = Site::start(None) else {
        return;
    };
    site.servers.iter_mut().for_each(|server| server.stop());
    site.tee.wait("backend be_app has no server available!");
    let socket = site.socket();
    let arguments = [
        "serve",
        "--udp",
        "127.0.0.1:0",
        "--format",
        "json",
        "--stats-socket",
        socket.to_str().unwrap(),
    ];
    let hapline = Hapline::start(&arguments, Stdio::null());
    let (_, opened) = hapline.wait(Duration::from_secs(10), "an outage", |notice| {
        notice["incident"]["kind"] == "backend_down"
    });
    let incident = &opened["incident"];
    assert_eq!(incident["backend"], "be_app");
    assert_eq!(incident["servers"], serde_json::json!(["app1", "app2"]));
    assert_eq!(incident["cause"]["code"], "service_not_listening");
    let evidence = incident["cause"]["evidence"].to_string();
    assert!(evidence.contains("stats-socket"), "{evidence}");

    site.servers.iter_mut().for_each(|server| server.restart());
    site.tee.wait("Server be_app/app1 is UP");
    site.tee.wait("Server be_app/app2 is UP");
    let (_, closed) = hapline.wait_for(Duration::from_secs(30), "closed");
    assert_eq!(closed["incident"]["id"], incident["id"]);
    let (_, report) = split(&hapline.stop("TERM"));
    assert_eq!(report["incidents"].as_array().unwrap().len(), 1);
    let process = &report["now"]["process"];
    assert!(process["version"].is_string() && process["limit"].is_u64());
}
