//! Text that clients and strangers put into a log stays text in a browser.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use super::driver::Browser;
use super::{Page, root};

/// What a browser might take for more than text.
const ATTACKS: [&str; 6] = [
    "/<script>alert(1)</script><img/src=x/onerror=alert(2)>",
    "/'\"--><svg/onload=alert(3)><iframe/src=javascript:alert(4)>",
    "/</title></style></textarea></code></pre></details><script>alert(5)</script>",
    "/\u{1b}[31m\u{1b}]0;owned\u{7}\u{202e}gpj\u{2066}\u{200b}",
    "/{{7*7}}{%raw%}&lt;script&gt;&#60;b&#62;${alert(6)}`alert(7)`",
    "/javascript:alert(8)//%3Cscript%3E#</script>",
];

/// The log of an outage in which every request asked for `url`, and names are with `name`.
fn forged(url: &[u8], name: &str) -> (TempDir, String) {
    let log = fs::read_to_string(root().join("samples/backend-down.log")).unwrap();
    let log = log
        .replace(" lb1 ", &format!(" lb{name} "))
        .replace(" shop ", &format!(" sh{name}op "))
        .replace("app/app1", &format!("app/app{name}1"))
        .replace("app/app2", &format!("app/app{name}2"));
    let mut bytes = Vec::new();
    for line in log.as_bytes().split_inclusive(|byte| *byte == b'\n') {
        match line.windows(6).position(|part| part == b"\"GET /") {
            Some(at) => {
                bytes.extend_from_slice(&line[..at + 5]);
                bytes.extend_from_slice(url);
                bytes.extend_from_slice(b" HTTP/1.1\"\n");
            }
            None => bytes.extend_from_slice(line),
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.log");
    fs::write(&path, bytes).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

/// How many elements of each name the page has, and the names of all attributes.
const SHAPE: &str = "const elements = {}; const attributes = new Set();
    for (const one of document.querySelectorAll('*')) {
        elements[one.tagName] = (elements[one.tagName] || 0) + 1;
        for (const name of one.getAttributeNames()) attributes.add(name);
    }
    return [elements, [...attributes].sort()]";

fn shape(browser: &Browser, url: &[u8], name: &str) -> (Value, String) {
    let (_folder, log) = forged(url, name);
    let page = Page::of(&[&log]);
    browser.open(&page.url());
    let shape = browser.run(SHAPE);
    assert_eq!(browser.console(), [""; 0]);
    assert_eq!(browser.requests(), [page.url()]);
    (shape, page.html)
}

#[test]
fn no_text_of_a_log_becomes_an_element() {
    let Some(browser) = Browser::start(1280, 800) else {
        return;
    };
    let (tame, _) = shape(&browser, b"/plain", "x");
    for attack in ATTACKS {
        let url = [attack.as_bytes(), b"\xff\xfe"].concat();
        let (wild, html) = shape(&browser, &url, "x");
        assert_eq!(wild, tame, "{attack}");
        let is_harmful = |char: char| {
            (char != '\n' && char.is_control())
                || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}')
        };
        assert_eq!(
            html.chars().find(|char| is_harmful(*char)),
            None,
            "{attack}"
        );
    }
    // Neither name would get into a command.
    let (tame, _) = shape(&browser, b"/plain", "(img)");
    let (wild, _) = shape(&browser, b"/plain", "<img>");
    assert_eq!(wild, tame, "names");
    // What was asked for can be read.
    let (_folder, log) = forged(ATTACKS[0].as_bytes(), "x");
    browser.open(&Page::of(&[&log]).url());
    let text = browser.run("return document.body.textContent").to_string();
    assert!(text.contains("<script>alert(1)</script><img/src=x/onerror=alert(2)>"));
}

#[test]
fn ten_thousand_characters_of_a_url_stretch_no_page() {
    let Some(browser) = Browser::start(1280, 800) else {
        return;
    };
    let url = format!("/{}", "a".repeat(10_000));
    let (_folder, log) = forged(url.as_bytes(), "x");
    let page = Page::of(&[&log]);
    assert!(page.html.len() < 500_000, "{} bytes", page.html.len());
    browser.open(&page.url());
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true })");
    for width in [400, 1280] {
        browser.resize(width, 800);
        let wide = browser.run("return document.documentElement.scrollWidth - innerWidth");
        assert_eq!(wide, 0, "at {width}");
    }
}
