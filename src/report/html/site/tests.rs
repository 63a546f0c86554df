//! What the pages hold, and that no text of a log becomes markup.

use super::*;
use crate::report::document::{Live, LiveBackend, LiveRequests, LiveServer};
use crate::report::fixture;

fn live(name: &str) -> Live {
    let requests = LiveRequests {
        requests: 1_200,
        failed: 300,
        share: Some(0.25),
    };
    let server = |server: &str, state| LiveServer {
        server: server.to_owned(),
        state,
        requests,
        sessions: None,
    };
    Live {
        time: Some("2026-03-14T10:10:00.000+01:00".to_owned()),
        chart: fixture::outage().chart.expect("a chart"),
        seconds: 300,
        backends: vec![LiveBackend {
            backend: name.to_owned(),
            requests,
            out: 1,
            servers: vec![server(name, Some("DOWN")), server("app2", None)],
        }],
        servers_omitted: 3,
    }
}

/// Every page of a document.
fn pages(doc: &Document) -> Vec<String> {
    let name = doc.figures.backends[0].backend.as_str();
    let mut pages = vec![
        home(doc, &live(name)),
        days(doc),
        advice(doc, None),
        coverage(doc),
    ];
    pages.extend(doc.incidents.iter().filter_map(|of| incident(doc, &of.id)));
    pages
}

#[test]
fn what_is_open_stands_first_and_servers_say_how_they_are() {
    let mut doc = fixture::outage();
    doc.incidents[0].end = None;
    let page = home(&doc, &live("be_app"));
    let at = |text: &str| {
        page.find(text)
            .unwrap_or_else(|| panic!("no {text}: {page}"))
    };
    assert!(at("<h1 id=\"headline\">be_app had no server</h1>") < at("id=\"hour\""));
    assert!(at("href=\"/incidents/i-7f3a90\"") < at("id=\"hour\""));
    assert!(at("id=\"grid\"") < at("href=\"/incidents/i-0c11d2\""));
    for text in [
        "1,200 requests, 25.00 % failed · 1 of 2 out",
        "class=\"server down failing\"",
        "class=\"server unsaid failing\"",
        "and 3 more servers",
        "as of 10:10:00",
    ] {
        at(text);
    }
    doc.incidents.clear();
    assert!(home(&doc, &live("be_app")).contains("Nothing is wrong"));
}

#[test]
fn an_incident_has_a_page_of_its_own_and_days_lead_there() {
    let doc = fixture::outage();
    let page = incident(&doc, "i-7f3a90").expect("a page");
    for text in ["be_app had no server", "systemctl restart app", "<figure"] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("data-live"), "it is over");
    assert_eq!(incident(&doc, "i-none"), None);
    let days = days(&doc);
    for text in [
        "2026-03-14",
        "2 incidents, 9,120 failed requests",
        "/incidents/i-0c11d2",
    ] {
        assert!(days.contains(text), "{text}: {days}");
    }
}

#[test]
fn text_of_a_log_is_text_on_every_page() {
    let shape = |text: &str| -> Vec<usize> {
        let pages = pages(&fixture::hostile(text));
        pages.iter().map(|page| page.matches('<').count()).collect()
    };
    let tame = shape("plain");
    for attack in [
        "<script>alert(1)</script>",
        "'\"--></title></style><svg onload=alert(1)>",
        "\u{1b}[31m\u{202e}\u{200b}",
    ] {
        assert_eq!(shape(attack), tame, "{attack}");
    }
    for page in pages(&fixture::hostile("\u{1b}]0;x\u{7}\u{202e}\u{2066}")) {
        let is_harmful = |char: char| {
            (char != '\n' && char.is_control())
                || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert_eq!(page.chars().find(|char| is_harmful(*char)), None);
    }
}

#[test]
fn no_page_holds_script_or_style_of_its_own() {
    for page in pages(&fixture::outage()) {
        for inline in [
            "<style",
            " style=",
            " onclick",
            "<script>",
            "=\"javascript:",
            "src=\"http",
            "href=\"http",
        ] {
            assert!(!page.contains(inline), "{inline}");
        }
    }
}
