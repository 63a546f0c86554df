//! Every recorded log, as a page.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::driver::Browser;
use super::{Page, document, report, root};

/// The lanes of a drawing, as the document has them.
const LANES: &str = "const lanes = (from) => [...from.querySelectorAll('.lane')].map((lane) => ({
    backend: lane.dataset.backend, server: lane.dataset.server,
    spans: [...lane.querySelectorAll('.out')].map((out) =>
        ({from: out.dataset.from, to: out.dataset.to || null, state: out.dataset.state})),
    flaps: [...lane.querySelectorAll('.flap')].map((flap) =>
        ({from: flap.dataset.from, to: flap.dataset.to || null, downs: Number(flap.dataset.downs)}))}));";

/// Folders of recordings with the arguments that read them.
fn recordings() -> Vec<(PathBuf, Vec<String>)> {
    let folders = std::fs::read_dir(root().join("tests/recordings")).expect("recordings");
    let mut folders: Vec<PathBuf> = folders
        .map(|entry| entry.expect("a folder").path())
        .collect();
    folders.sort();
    let with_arguments = |folder: PathBuf| {
        let expected = std::fs::read(folder.join("expected.json")).expect("expected.json");
        let expected: Value = serde_json::from_slice(&expected).expect("JSON");
        let path = |name: &str| folder.join(name).display().to_string();
        let zone = expected["timezone"].as_str().expect("a zone").to_owned();
        let arguments = [
            path("haproxy.log.gz"),
            "--config".into(),
            path("haproxy.cfg"),
        ];
        let arguments = [&arguments[..], &["--timezone".into(), zone]].concat();
        (folder, arguments)
    };
    folders.into_iter().map(with_arguments).collect()
}

#[test]
fn each_opens_without_a_word_and_draws_what_the_document_has() {
    let Some(browser) = Browser::start(1280, 800) else {
        return;
    };
    let recordings = recordings();
    assert!(recordings.len() >= 65, "recordings are missing");
    for (folder, arguments) in recordings {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let page = Page::from(String::from_utf8(report(&arguments, "html")).expect("text"));
        let document = document(&arguments);
        assert!(
            page.html.len() < 500_000,
            "{name}: {} bytes",
            page.html.len()
        );
        browser.open(&page.url());
        is_alone(&browser, &page.url(), &name);
        has_the_lanes(&browser, &document, &name);
        has_the_verdict_above_the_fold(&browser, &document, &name);
    }
}

fn is_alone(browser: &Browser, url: &str, name: &str) {
    assert_eq!(browser.console(), [""; 0], "{name}");
    assert_eq!(browser.requests(), [url], "{name}");
    let wide = browser.run("return document.documentElement.scrollWidth - innerWidth");
    assert_eq!(wide, 0, "{name}: wider than the window");
}

fn has_the_lanes(browser: &Browser, document: &Value, name: &str) {
    let drawn = browser.run(&format!(
        "{LANES} return [lanes(document.querySelector('.overview')),
            [...document.querySelectorAll('.incident')].map((one) => [one.dataset.id, lanes(one)])]"
    ));
    assert_eq!(
        sorted(&drawn[0]),
        sorted(&document["chart"]["lanes"]),
        "{name}"
    );
    let incidents = document["incidents"].as_array().expect("incidents");
    let told = drawn[1].as_array().expect("incidents");
    assert_eq!(told.len(), incidents.len(), "{name}");
    for incident in incidents {
        let drawn = told.iter().find(|one| one[0] == incident["id"]);
        let drawn = drawn.unwrap_or_else(|| panic!("{name}: {}", incident["id"]));
        assert_eq!(
            sorted(&drawn[1]),
            sorted(&incident["chart"]["lanes"]),
            "{name}"
        );
    }
    let bars = browser.run("return document.querySelectorAll('.overview .drawing .bar').length");
    assert_eq!(bars, incidents.len(), "{name}: bars of incidents");
}

/// Lanes in the order of their names.
fn sorted(lanes: &Value) -> Vec<Value> {
    let mut lanes = lanes.as_array().cloned().unwrap_or_default();
    lanes.sort_by_key(|lane| format!("{}/{}", lane["backend"], lane["server"]));
    lanes
}

fn has_the_verdict_above_the_fold(browser: &Browser, document: &Value, name: &str) {
    let lowest = |selector: &str| {
        let script = format!(
            "const all = [...document.querySelectorAll('{selector}')];
             return all.length ? Math.max(...all.map((one) => one.getBoundingClientRect().bottom)) : -1"
        );
        browser.run(&script).as_f64().expect("a number")
    };
    assert!((0.0..800.0).contains(&lowest("#headline")), "{name}");
    if document["incidents"]
        .as_array()
        .is_some_and(|all| all.is_empty())
    {
        return;
    }
    for selector in [
        ".state .badge",
        ".state .ending",
        ".state time",
        ".bad",
        ".verdict .outcome",
    ] {
        let lowest = lowest(selector);
        assert!(
            (0.0..800.0).contains(&lowest),
            "{name}: {selector} ends at {lowest}"
        );
    }
    let top = browser
        .run("return document.querySelector('.overview .drawing').getBoundingClientRect().top");
    assert!(
        top.as_f64().is_some_and(|top| top < 620.0),
        "{name}: the timeline begins at {top}"
    );
}

#[test]
fn the_verdict_says_what_broke_whether_it_is_over_and_how_bad_it_was() {
    let Some(browser) = Browser::start(1280, 800) else {
        return;
    };
    let said = |recording: &str| {
        let folder = Path::new("tests/recordings").join(recording);
        let path = |name: &str| folder.join(name).display().to_string();
        let (log, config) = (path("haproxy.log.gz"), path("haproxy.cfg"));
        let page = Page::of(&[&log, "--config", &config]);
        browser.open(&page.url());
        browser.run("return document.getElementById('verdict').innerText")
    };
    let over = said("every_server_refuses").to_string();
    for part in [
        "OUTAGE",
        "over",
        "had no server",
        "requests (",
        "service not listening",
    ] {
        assert!(over.contains(part), "{part} of {over}");
    }
    let open = said("one_server_never_comes_back").to_string();
    assert!(
        open.contains("still going on") && open.contains("so far"),
        "{open}"
    );
    let calm = said("noise_of_a_healthy_site").to_string();
    assert!(calm.contains("No incident in"), "{calm}");
}
