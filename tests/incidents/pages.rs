//! How the report of each recording looks on a terminal of 80 and of 120 columns.

use hapline::report::document::Document;
use hapline::report::slack;
use hapline::report::text::{self, Style};

use super::recordings::{folders, named, read, report};

/// Slack shows less of a message that is longer.
const MESSAGE: usize = 4_000;

fn page(document: &Document, width: usize, ascii: bool) -> String {
    let style = Style {
        width,
        colour: false,
        ascii,
    };
    let mut out = Vec::new();
    text::write(document, style, &mut out).expect("a Vec takes all");
    String::from_utf8(out).expect("a page is text")
}

/// The recordings with their names.
fn documents() -> impl Iterator<Item = (String, Document)> {
    folders().into_iter().map(|folder| {
        let expected = read(&folder.join("expected.json"));
        let expected: serde_json::Value = serde_json::from_slice(&expected).expect("JSON");
        let zone = expected["timezone"].as_str().expect("a zone").to_owned();
        (named(&folder), report(&folder, &zone))
    })
}

/// Commands are to be pasted: they alone may be longer than the page.
fn too_wide<'a>(document: &Document, page: &'a str, width: usize) -> Vec<&'a str> {
    let incidents = document.incidents.iter();
    let steps = incidents.flat_map(|incident| &incident.runbook.steps);
    let commands: Vec<&str> = steps.filter_map(|step| step.command.as_deref()).collect();
    let is_command = |line: &str| commands.iter().any(|command| line.ends_with(command));
    page.lines()
        .filter(|line| line.chars().count() > width && !is_command(line))
        .collect()
}

#[test]
fn of_every_recording() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("pages");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| {
        for (name, document) in documents() {
            for width in [80, 120] {
                let page = page(&document, width, false);
                assert_eq!(too_wide(&document, &page, width), [""; 0], "{name}");
                insta::assert_snapshot!(format!("{name}_{width}"), page);
            }
        }
    });
}

#[test]
fn in_ascii_it_is_the_same_line_by_line() {
    for (name, document) in documents() {
        for width in [60, 80, 200] {
            let (drawn, ascii) = (page(&document, width, false), page(&document, width, true));
            assert!(ascii.is_ascii(), "{name}");
            let lengths = |page: &str| -> Vec<usize> {
                page.lines().map(|line| line.chars().count()).collect()
            };
            assert_eq!(lengths(&drawn), lengths(&ascii), "{name}");
            assert_eq!(too_wide(&document, &ascii, width), [""; 0], "{name}");
        }
    }
}

#[test]
fn a_message_is_short_and_names_what_broke() {
    for (name, document) in documents() {
        let mut out = Vec::new();
        slack::write(&document, &mut out).expect("a Vec takes all");
        let message = String::from_utf8(out).expect("a message is text");
        assert!(message.len() <= MESSAGE, "{name}: {} bytes", message.len());
        let is_table = |line: &str| line.starts_with(['|', '#']);
        assert!(!message.lines().any(is_table), "{name}: {message}");
        let told = document.incidents.iter().take(1);
        for incident in told.filter(|incident| incident.is_outage) {
            assert!(message.contains(&incident.headline), "{name}: {message}");
        }
    }
}
