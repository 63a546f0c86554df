//! A week with hundreds of incidents.

use std::fmt::Write;

use super::driver::Browser;
use super::{Page, document};

/// Incidents of the week.
const INCIDENTS: usize = 300;
/// Seconds from one to the next.
const APART: usize = 2_000;
/// Backends that take turns.
const BACKENDS: usize = 20;

/// `Nov  9 00:00:00` and `09/Nov/2026:00:00:00.000` of a second of the week.
fn stamps(second: usize) -> (String, String) {
    let (day, hour, minute) = (9 + second / 86_400, second / 3_600 % 24, second / 60 % 60);
    let time = format!("{hour:02}:{minute:02}:{:02}", second % 60);
    (
        format!("Nov {day:2} {time}"),
        format!("{day:02}/Nov/2026:{time}.000"),
    )
}

/// A line for each second and what happens in it, in order.
struct Week {
    lines: Vec<(usize, String)>,
}

impl Week {
    fn says(&mut self, second: usize, text: &str) {
        let (head, _) = stamps(second);
        self.lines
            .push((second, format!("{head} lb1 haproxy[7]: {text}")));
    }

    fn request(&mut self, second: usize, backend: usize, is_served: bool) {
        let (_, accepted) = stamps(second);
        let end = match is_served {
            true => format!("b{backend}/s1 0/0/1/12/13 200 512 - - ----"),
            false => format!("b{backend}/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC--"),
        };
        let text = format!(
            "10.0.{backend}.{}:4000 [{accepted}] www {end} 9/9/4/2/0 0/0 \"GET /page HTTP/1.1\"",
            second % 200
        );
        self.says(second, &text);
    }

    fn outage(&mut self, begin: usize, backend: usize) {
        let down = "reason: Layer4 connection problem, info: \"Connection refused\", check duration: 0ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue";
        self.says(begin, &format!("Server b{backend}/s1 is DOWN, {down}."));
        self.says(
            begin,
            &format!("backend b{backend} has no server available!"),
        );
        for second in begin..begin + 60 {
            self.request(second, backend, false);
        }
        let up = "reason: Layer4 check passed, check duration: 0ms. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue";
        self.says(begin + 60, &format!("Server b{backend}/s1 is UP, {up}."));
        self.request(begin + 61, backend, true);
    }

    fn log(mut self) -> String {
        self.lines.sort_by_key(|(second, _)| *second);
        let mut log = String::new();
        for (_, line) in &self.lines {
            writeln!(log, "{line}").expect("a String takes all");
        }
        log
    }
}

#[test]
fn three_hundred_incidents_are_small_and_there_at_once() {
    let Some(browser) = Browser::start(1280, 800) else {
        return;
    };
    let mut week = Week { lines: Vec::new() };
    for second in (0..INCIDENTS * APART).step_by(12) {
        week.request(second, second / 12 % BACKENDS, true);
    }
    for nth in 0..INCIDENTS {
        week.outage(nth * APART + 1_000, nth % BACKENDS);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("haproxy.log");
    std::fs::write(&path, week.log()).expect("a log");
    let path = path.to_str().expect("a path");

    let document = document(&[path, "--timezone", "UTC"]);
    let told = document["incidents"].as_array().map_or(0, Vec::len);
    assert!(told >= INCIDENTS, "{told} incidents");
    let page = Page::of(&[path]);
    assert!(page.html.len() < 2_700_000, "{} bytes", page.html.len());
    browser.open(&page.url());
    let taken = browser.run(
        "const [load] = performance.getEntriesByType('navigation'); return load.loadEventEnd - load.startTime",
    );
    assert!(taken.as_f64().is_some_and(|ms| ms < 2_000.0), "{taken} ms");
    assert_eq!(
        browser.run("return document.querySelectorAll('.incident').length"),
        told
    );
    // Each drawing as numbers, and what is to be done once for all that say the same.
    let counted = browser.run(
        "const of = (selector) => [...document.querySelectorAll('.incident')].filter((one) => one.querySelector(selector)).length;
         return [of('.data.short table'), of('.runbook ol'), of('.runbook a[href^=\\'#i\\']')]",
    );
    assert_eq!(counted[0], told);
    assert_eq!(counted[1], BACKENDS);
    assert_eq!(counted[2], told - BACKENDS);
    assert_eq!(browser.console(), [""; 0]);
    let top = browser
        .run("return document.querySelector('.overview .drawing').getBoundingClientRect().top");
    assert!(
        top.as_f64().is_some_and(|top| top < 620.0),
        "the timeline begins at {top}"
    );
}
