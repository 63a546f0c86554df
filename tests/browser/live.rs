//! The pages of a daemon, as they change.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use super::access::is_as_bright_as_asked;
use super::axe::{axe, serious};
use super::driver::{Browser, ENTER, TAB};
use super::root;

/// Time in which a page shows what happened.
const LIMIT: Duration = Duration::from_secs(30);

/// A daemon that reads its standard input.
struct Daemon {
    process: Child,
    input: ChildStdin,
    url: String,
}

impl Daemon {
    fn start(log: &str) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_hapline"))
            .args(["serve", "--udp", "", "--stdin", "--http", "127.0.0.1:0"])
            .env("TZ", "UTC")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stderr.take().unwrap());
        let mut lines = said.lines().map_while(Result::ok);
        let url = lines
            .find_map(|line| {
                let (_, address) = line.split_once("http://")?;
                let end = address.find(['/', ' ', ';', ',']).unwrap_or(address.len());
                Some(format!("http://{}/", &address[..end]))
            })
            .expect("an address");
        std::thread::spawn(move || lines.for_each(drop));
        let mut input = process.stdin.take().unwrap();
        input.write_all(log.as_bytes()).unwrap();
        Self {
            process,
            input,
            url,
        }
    }

    fn page(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A sample, whole lines up to the first one with these words, and from it on.
fn cut(words: &str) -> (String, String) {
    let log = std::fs::read_to_string(root().join("samples/backend-down.log")).unwrap();
    let at = log.find(words).expect("such a line");
    let at = log[..at].rfind('\n').expect("lines before") + 1;
    (log[..at].to_owned(), log[at..].to_owned())
}

/// Waits until a script says true.
#[track_caller]
fn until(browser: &Browser, script: &str) {
    let began = Instant::now();
    while browser.run(script) != true {
        let text = browser.run("return document.body.innerText");
        assert!(began.elapsed() < LIMIT, "never {script}: {text}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn says(text: &str) -> String {
    format!("return document.body.innerText.includes({text:?})")
}

/// Nothing was asked of another host, and nothing went wrong.
#[track_caller]
fn is_clean(browser: &Browser, daemon: &Daemon) {
    assert_eq!(browser.console(), [""; 0]);
    for url in browser.requests() {
        let is_own = url.starts_with(&daemon.url) || url.starts_with("data:");
        assert!(is_own, "{url}");
    }
}

#[test]
fn an_incident_appears_and_ends_without_a_reload() {
    let Some(browser) = Browser::start(1280, 800) else {
        return;
    };
    let (calm, trouble) = cut("SC--");
    let mut daemon = Daemon::start(&calm);
    browser.open(&daemon.url);
    until(&browser, &says("Nothing is wrong"));
    until(&browser, &says("live"));
    browser.run("window.same = true");
    let (down, rest) = trouble.split_at(trouble.find(" is UP").expect("an end"));
    daemon.input.write_all(down.as_bytes()).unwrap();
    daemon.input.flush().unwrap();
    until(
        &browser,
        "return document.querySelector('#headline').textContent !== 'Nothing is wrong'",
    );
    until(&browser, "return !!document.querySelector('.server.down')");
    assert_eq!(
        browser.run("return window.same"),
        true,
        "it was not loaded again"
    );
    let link = browser.run("return document.querySelector('#open li a').getAttribute('href')");
    let link = link.as_str().expect("a link").to_owned();
    assert!(link.starts_with("/incidents/"), "{link}");

    // By keyboard to its page, which is its own.
    for _ in 0..20 {
        browser.press(TAB);
        let at = browser.run("return document.activeElement.getAttribute('href')");
        if at == link.as_str() {
            break;
        }
    }
    browser.press(ENTER);
    until(&browser, &format!("return location.pathname === {link:?}"));
    until(
        &browser,
        "return !!document.querySelector('#incident[data-live] .drawing')",
    );
    browser.run("window.same = true");
    daemon.input.write_all(rest.as_bytes()).unwrap();
    daemon.input.flush().unwrap();
    until(&browser, "return !!document.querySelector('.ending.over')");
    assert_eq!(browser.run("return window.same"), true);
    until(
        &browser,
        "return document.querySelectorAll('.copy').length > 0",
    );

    for path in ["days", "advice", "coverage", ""] {
        browser.open(&daemon.page(path));
        until(&browser, &says("live"));
        let wide = browser.run("return document.documentElement.scrollWidth - innerWidth");
        assert_eq!(wide, 0, "{path}");
    }
    is_clean(&browser, &daemon);
}

#[test]
fn it_can_be_read_without_its_script_and_on_a_phone() {
    let Some(browser) = Browser::start(400, 800) else {
        return;
    };
    let (calm, trouble) = cut("SC--");
    let daemon = Daemon::start(&(calm + &trouble));
    browser.open(&daemon.url);
    until(&browser, "return !!document.querySelector('#lately li')");
    let off = serde_json::json!({"value": true});
    browser.command("Emulation.setScriptExecutionDisabled", &off);
    for path in ["", "days", "coverage"] {
        browser.open(&daemon.page(path));
        let wide = browser.run("return document.documentElement.scrollWidth - innerWidth");
        assert_eq!(wide, 0, "{path}");
    }
    browser.open(&daemon.url);
    let text = browser.run("return document.body.innerText").to_string();
    for part in ["Nothing is wrong", "app had no server", "app1"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    is_clean(&browser, &daemon);
}

#[test]
fn it_is_for_everybody_in_light_and_dark() {
    let (Some(axe), Some(browser)) = (axe(), Browser::start(1280, 800)) else {
        return;
    };
    let (calm, trouble) = cut("SC--");
    let open = &trouble[..trouble.find(" is UP").expect("an end")];
    let daemon = Daemon::start(&(calm + open));
    browser.open(&daemon.url);
    until(&browser, "return !!document.querySelector('#open li a')");
    let link = browser.run("return document.querySelector('#open li a').getAttribute('href')");
    let incident = link
        .as_str()
        .expect("a link")
        .trim_start_matches('/')
        .to_owned();
    for path in [
        "",
        &incident,
        "days",
        "advice",
        "coverage",
        "incidents/none",
    ] {
        browser.open(&daemon.page(path));
        browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true })");
        is_as_bright_as_asked(&browser);
        for scheme in ["light", "dark"] {
            browser.prefer(scheme);
            assert_eq!(serious(&browser, &axe), [""; 0], "/{path} {scheme}");
        }
    }
}

#[test]
fn names_from_a_log_are_text() {
    let Some(browser) = Browser::start(1280, 800) else {
        return;
    };
    let (calm, trouble) = cut("SC--");
    let log = (calm + &trouble).replace("app/app1", "app/<img/src=x/onerror=alert(1)>");
    let daemon = Daemon::start(&log);
    browser.open(&daemon.url);
    until(&browser, "return !!document.querySelector('#lately li')");
    assert_eq!(browser.run("return document.images.length"), 0);
    is_clean(&browser, &daemon);
}
