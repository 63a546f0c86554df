//! The page for everybody: by keyboard, in the dark, on a phone and on a wide screen.

use serde_json::{Value, json};

use super::driver::{Browser, ENTER, TAB};
use super::{BACKEND_DOWN, Page};

/// What has the focus, in words.
const FOCUS: &str = "const at = document.activeElement;
    return at === document.body ? null : (at.getAttribute('aria-label') || at.textContent).trim()";

/// What Tab reaches one after the other, until it is through.
fn reached(browser: &Browser) -> Vec<String> {
    let mut reached = Vec::new();
    for _ in 0..200 {
        browser.press(TAB);
        match browser.run(FOCUS) {
            Value::String(text) => reached.push(text),
            _ => return reached,
        }
    }
    panic!("Tab never ends: {reached:?}");
}

/// Tab goes on until what has the focus begins like that.
fn go_to(browser: &Browser, begins: &str) {
    for _ in 0..200 {
        browser.press(TAB);
        if browser
            .run(FOCUS)
            .as_str()
            .is_some_and(|text| text.starts_with(begins))
        {
            return;
        }
    }
    panic!("Tab never reaches {begins}");
}

#[test]
fn a_keyboard_is_enough() {
    let Some(browser) = Browser::start(1280, 800) else {
        return;
    };
    let page = Page::of(&BACKEND_DOWN);
    browser.open(&page.url());
    let reached = reached(&browser);
    assert_eq!(reached[0], "To the report");
    for needed in [
        "Incidents",
        "All of the log",
        "Zoom to #1",
        "Copy: nc -vz",
        "6 lines of the log",
    ] {
        assert!(
            reached.iter().any(|text| text.starts_with(needed)),
            "{needed}: {reached:?}"
        );
    }

    browser.open(&page.url());
    let drawn = "return [document.querySelector('.overview').dataset.zoom,
        document.querySelector('.overview .drawing').outerHTML]";
    let whole = browser.run(drawn);
    go_to(&browser, "Zoom to #1");
    browser.press(ENTER);
    let zoomed = browser.run(drawn);
    assert_eq!(zoomed[0], "1");
    assert_ne!(zoomed[1], whole[1], "another drawing");
    let own = "return document.querySelector('#i1 .drawing').outerHTML";
    assert_eq!(zoomed[1], browser.run(own));

    go_to(&browser, "6 lines of the log");
    browser.press(ENTER);
    assert_eq!(
        browser.run("return document.querySelector('.evidence').open"),
        true
    );

    go_to(&browser, "Copy: nc -vz");
    browser.press(ENTER);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(
        browser.run("return document.activeElement.textContent"),
        "Copied"
    );
    let origin = json!({"permissions": ["clipboardReadWrite"]});
    browser.command("Browser.grantPermissions", &origin);
    let pasted =
        browser.run_async("navigator.clipboard.readText().then(arguments[0], arguments[0])");
    assert_eq!(pasted, "nc -vz -w 3 127.106.161.11 8080");
    assert_eq!(browser.console(), [""; 0]);
}

#[test]
fn the_dark_is_dark() {
    let Some(browser) = Browser::start(1280, 800) else {
        return;
    };
    browser.open(&Page::of(&BACKEND_DOWN).url());
    is_as_bright_as_asked(&browser);
}

/// The ground of the page is bright in light, and dark in the dark.
#[track_caller]
pub(super) fn is_as_bright_as_asked(browser: &Browser) {
    let ground =
        "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)";
    let brightness = |scheme: &str| {
        browser.prefer(scheme);
        let ground = browser.run(ground);
        ground
            .as_array()
            .expect("a colour")
            .iter()
            .filter_map(Value::as_u64)
            .sum::<u64>()
    };
    assert!(brightness("light") > 3 * 230);
    assert!(brightness("dark") < 3 * 40);
}

#[test]
fn no_width_is_too_narrow_or_too_wide() {
    let Some(browser) = Browser::start(400, 800) else {
        return;
    };
    let logs: [&[&str]; 3] = [
        &BACKEND_DOWN,
        &["samples/flapping.log", "--config", "samples/flapping.cfg"],
        &[
            "samples/slow-server.log",
            "--config",
            "samples/slow-server.cfg",
        ],
    ];
    for log in logs {
        let page = Page::of(log);
        browser.open(&page.url());
        for width in [320, 400, 760, 1280, 1600, 2560] {
            browser.resize(width, 800);
            let wide = browser.run("return document.documentElement.scrollWidth - innerWidth");
            assert_eq!(wide, 0, "{} at {width}", log[0]);
        }
    }
}

#[test]
fn it_can_be_read_without_its_script() {
    let Some(browser) = Browser::start(1280, 800) else {
        return;
    };
    browser.command(
        "Emulation.setScriptExecutionDisabled",
        &json!({"value": true}),
    );
    browser.open(&Page::of(&BACKEND_DOWN).url());
    let source = browser.run("return document.body.innerText").to_string();
    for part in [
        "app had no server",
        "nc -vz -w 3",
        "first refused connection",
        "Advice",
        "74.10 %",
    ] {
        assert!(source.contains(part), "{part}");
    }
    assert_eq!(
        browser.run("return document.querySelectorAll('button').length"),
        0
    );
}
