//! The page on paper.

use super::driver::Browser;
use super::{BACKEND_DOWN, Page};

/// How many pages a PDF has.
fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    text.split("/Type /Page")
        .skip(1)
        .filter(|rest| !rest.starts_with('s'))
        .count()
}

#[test]
fn it_prints_on_a_few_sheets_with_everything_unfolded() {
    let Some(browser) = Browser::start(1280, 800) else {
        return;
    };
    browser.open(&Page::of(&BACKEND_DOWN).url());
    let pdf = browser.print();
    assert!(pdf.starts_with(b"%PDF"));
    assert!((2..=6).contains(&pages(&pdf)), "{} pages", pages(&pdf));
    let media = serde_json::json!({"media": "print"});
    browser.command("Emulation.setEmulatedMedia", &media);
    let shown = browser.run("return document.body.innerText").to_string();
    for part in ["Connection refused", "nc -vz -w 3", "Coverage"] {
        assert!(shown.contains(part), "{part}");
    }
    let folded = browser.run(
        "return [...document.querySelectorAll('.evidence code')].filter((one) => !one.getBoundingClientRect().height).length",
    );
    assert_eq!(folded, 0, "lines of evidence are hidden");
    let buttons = browser.run(
        "return [...document.querySelectorAll('button')].filter((one) => one.getBoundingClientRect().height).length",
    );
    assert_eq!(buttons, 0, "paper has no buttons");
}
