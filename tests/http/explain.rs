//! Pages that explain, where alerts lead.

use hapline::words::cause::{Cause, Kind, Severity};

use crate::served::serve_recording;

#[test]
fn a_word_has_a_page() {
    let served = serve_recording();
    let page = served.get("/explain/sH--");
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    insta::assert_snapshot!(page.body);
    for path in [
        "/explain/timeout%20server",
        "/explain/L4TOUT",
        "/explain/Tw",
        "/explain/hapline_dropped_total",
    ] {
        assert_eq!(served.get(path).status, 200, "{path}");
    }
    let codes = Kind::ALL.map(Kind::as_str);
    let causes = Cause::ALL.map(Cause::as_str);
    let severities = Severity::ALL.map(Severity::as_str);
    for code in codes.iter().chain(&causes).chain(&severities) {
        let page = served.get(&format!("/explain/{code}"));
        assert_eq!(page.status, 200, "{code}");
    }
}

/// Every link of the index leads to a page.
#[test]
fn the_index_leads_to_pages() {
    let served = serve_recording();
    let index = served.get("/explain").body;
    let links: Vec<&str> = index
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(links.len() > 200, "{}", links.len());
    for link in links.iter().step_by(7) {
        assert_eq!(served.get(link).status, 200, "{link}");
    }
}

#[test]
fn what_is_asked_for_stays_text() {
    let served = serve_recording();
    let page = served.get("/explain/%3Cscript%3Ealert('1')%3C%2Fscript%3E%1b%e2%80%ae");
    assert_eq!(page.status, 404);
    assert!(!page.body.contains("<script"), "{}", page.body);
    assert!(
        page.body
            .contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;")
    );
    assert!(!page.body.contains(['\u{1b}', '\u{202e}']));
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    let near = served.get("/explain/sh--");
    assert_eq!(near.status, 404);
    assert!(
        near.body.contains("<a href=\"/explain/sH\">sH</a>"),
        "{}",
        near.body
    );
    let long = served.get(&format!("/explain/{}", "x".repeat(8_000)));
    assert_eq!(long.status, 404);
    assert!(long.body.len() < 1_000);
}
