//! The page of the fixtures: its shape, whatever its texts are.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{SCRIPT, STYLE, write};
use crate::report::document::Document;
use crate::report::{escape, fixture};

fn page(doc: &Document) -> String {
    let mut out = Vec::new();
    write(doc, None, &mut out).expect("a Vec takes all");
    String::from_utf8(out).expect("a page is text")
}

/// The page without its own style and script.
fn content(doc: &Document) -> String {
    page(doc).replace(STYLE, "").replace(SCRIPT, "")
}

/// How often each tag is opened or closed.
fn tags(html: &str) -> BTreeMap<String, usize> {
    let mut tags = BTreeMap::new();
    for tag in html.split('<').skip(1) {
        let name = tag.split([' ', '>', '\n']).next().unwrap_or_default();
        *tags.entry(name.to_owned()).or_default() += 1;
    }
    tags
}

#[test]
fn the_worst_comes_first_and_all_parts_are_there() {
    let html = page(&fixture::outage());
    let place = |part: &str| html.find(part).unwrap_or_else(|| panic!("no {part}"));
    let order = [
        "<h1 id=\"headline\">be_app had no server</h1>",
        "9,120 of 9,304 requests (98.02 %)",
        "class=\"drawing\"",
        "id=\"i1\"",
        "id=\"i2\"",
        "id=\"advice\"",
        "id=\"figures\"",
        "id=\"coverage\"",
        "be_static logs no successful request",
    ];
    assert!(order.map(place).is_sorted(), "{:?}", order.map(place));
    assert!(
        html.contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';")
    );
    assert!(!html.contains("http://") || html.contains("curl -v http://10.0.0.11"));
    assert!(
        !html.contains(" style=\"") && !html.contains(" onclick="),
        "the policy would forbid it"
    );
}

#[test]
fn what_goes_on_is_told_before_what_is_over() {
    let mut doc = fixture::outage();
    let mut open = doc.incidents[1].clone();
    open.severity = crate::words::cause::Severity::Degraded;
    (open.id, open.headline, open.end) = ("i-open".into(), "app9 is slow".into(), None);
    doc.incidents.push(open);
    let html = page(&doc);
    assert!(html.contains("<h1 id=\"headline\">app9 is slow</h1>"));
    assert!(html.contains("still going on"));
}

#[test]
fn calm_and_nothing_read_are_told_apart() {
    let quiet = page(&fixture::quiet());
    assert!(quiet.contains("<h1 id=\"headline\">No incident in 1,204,311 lines"));
    let other = page(&fixture::no_haproxy());
    assert!(other.contains("<h1 id=\"headline\">No HAProxy line in 5,312 lines"));
    assert!(other.contains("--config FILE"));
    assert!(page(&fixture::empty()).contains("The input is empty"));
}

#[test]
fn a_lane_says_what_the_document_says() {
    let html = page(&fixture::outage());
    assert!(html.contains("data-backend=\"be_app\" data-server=\"app1\""));
    assert!(html.contains(
        "data-state=\"DOWN\" data-from=\"2026-03-14T09:12:06.000+01:00\" data-to=\"2026-03-14T09:18:41.000+01:00\"><title>app1 DOWN for 6 m 35 s: 2026-03-14 08:12:06 UTC to 2026-03-14 08:18:41 UTC</title>"
    ));
}

/// Any text, often of what attacks are made of.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "([\"'<>&/=` \x1b\r\n\u{202e}\u{2066}\u{200b}a日-]|script|</|<!--|\\{\\{|&lt;){1,40}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn no_text_becomes_markup(text in hostile()) {
        // An empty text leaves out rows; one with marks has what one types.
        prop_assume!(!text.is_empty() && !text.contains('`') && !text.contains('→'));
        let (tame, wild) = (content(&fixture::hostile("x")), content(&fixture::hostile(&text)));
        prop_assert_eq!(tags(&tame), tags(&wild));
        prop_assert!(wild.split('\n').all(|line| escape::terminal(line) == line));
    }
}
