//! What axe-core finds.

use serde_json::Value;

use super::driver::Browser;
use super::{BACKEND_DOWN, Page, needed, root, run};

/// The program; where it is not installed, that is said.
pub(super) fn axe() -> Option<String> {
    let axe = std::fs::read_to_string(root().join("target/axe-core/axe.min.js"));
    if axe.is_err() {
        // Where the registry cannot be reached, all else is tested all the same.
        needed::skipped("axe-core under target/", ".ci/run fetches it");
    }
    axe.ok()
}

/// Rules that the page breaks seriously, with an element each.
pub(super) fn serious(browser: &Browser, axe: &str) -> Vec<String> {
    let script = format!(
        "const done = arguments[0]; {axe};
         axe.run(document, {{resultTypes: ['violations']}}).then(
            (found) => done(found.violations), (error) => done([{{impact: 'critical', id: String(error), nodes: []}}]))"
    );
    let found = browser.run_async(&script);
    let found = found.as_array().cloned().expect("violations");
    found
        .iter()
        .filter(|it| it["impact"] == "serious" || it["impact"] == "critical")
        .map(|it| format!("{}: {}", it["id"], it["nodes"][0]["html"]))
        .collect()
}

#[test]
fn nothing_serious_in_light_and_dark() {
    let Some(axe) = axe() else {
        return;
    };
    let Some(browser) = Browser::start(1280, 800) else {
        return;
    };
    let recording = |name: &str| format!("tests/recordings/{name}/haproxy.log.gz");
    let logs: [Vec<String>; 4] = [
        BACKEND_DOWN.map(str::to_owned).to_vec(),
        vec![
            "samples/slow-server.log".into(),
            "--config".into(),
            "samples/slow-server.cfg".into(),
        ],
        vec![recording("drain_and_maintenance")],
        vec![recording("noise_of_a_healthy_site")],
    ];
    for log in logs {
        let arguments: Vec<&str> = log.iter().map(String::as_str).collect();
        browser.open(&Page::of(&arguments).url());
        browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true })");
        for scheme in ["light", "dark"] {
            browser.prefer(scheme);
            assert_eq!(serious(&browser, &axe), [""; 0], "{} {scheme}", log[0]);
        }
    }
    let advice = "tests/recordings/queue_full_before_fast_servers";
    let arguments = [
        format!("{advice}/haproxy.log.gz"),
        "--config".to_owned(),
        format!("{advice}/haproxy.cfg"),
        "--timezone".to_owned(),
        "UTC".to_owned(),
    ];
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let page = Page::from(String::from_utf8(run("advise", &arguments, "html")).expect("text"));
    browser.open(&page.url());
    for scheme in ["light", "dark"] {
        browser.prefer(scheme);
        assert_eq!(serious(&browser, &axe), [""; 0], "advice {scheme}");
    }
    assert_eq!(browser.console(), [""; 0]);
    let asked = browser.requests();
    assert!(
        asked.iter().all(|url| url.starts_with("file://")),
        "{asked:?}"
    );
    // It would say so.
    browser.run("document.body.insertAdjacentHTML('beforeend', '<img src=\"\">')");
    let found: Vec<Value> = serious(&browser, &axe)
        .into_iter()
        .map(Value::from)
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
}
