//! A reload is planned.

use std::thread::sleep;
use std::time::Duration;

use super::hapline::{Hapline, split};
use super::proxy::Site;

#[test]
fn a_reload_is_a_planned_restart_and_never_an_outage() {
    let (hapline, address) = Hapline::serve("json");
    let Some(mut site) = Site::start(Some(address)) else {
        return;
    };
    let load = site.load();
    load.wait(40, 200);
    site.reload();
    let (_, opened) = hapline.wait(Duration::from_secs(10), "the restart", |notice| {
        notice["transition"] == "opened"
    });
    assert_eq!(opened["incident"]["kind"], "restart");
    sleep(Duration::from_millis(6500));
    load.stop();
    site.tee.settled();
    let (notices, report) = split(&hapline.stop("TERM"));
    for notice in &notices {
        assert_eq!(notice["incident"]["severity"], "planned", "{notice}");
    }
    let incidents = report["incidents"].as_array().unwrap();
    assert_eq!(incidents.len(), 1, "{incidents:?}");
    assert_eq!(incidents[0]["kind"], "restart");
    assert_eq!(incidents[0]["cause"]["code"], "reload");
    assert_eq!(incidents[0]["severity"], "planned");
    assert_eq!(incidents[0]["failed_requests"], 0);
}
