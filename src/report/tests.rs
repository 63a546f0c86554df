//! The faces on the fixtures: how they look, and that no text gets out of hand in them.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::document::Document;
use super::feed::Notice;
use super::text::Style;
use super::{feed, fixture, json, markdown, slack, text};

fn terminal(doc: &Document, width: usize, colour: bool) -> String {
    let mut out = Vec::new();
    let style = Style {
        width,
        colour,
        ascii: false,
    };
    text::write(doc, style, &mut out).expect("a Vec takes all");
    String::from_utf8(out).expect("the page is text")
}

fn ascii(doc: &Document, width: usize) -> String {
    let mut out = Vec::new();
    let style = Style {
        width,
        ascii: true,
        ..Style::default()
    };
    text::write(doc, style, &mut out).expect("a Vec takes all");
    String::from_utf8(out).expect("the page is text")
}

fn message(doc: &Document) -> String {
    let mut out = Vec::new();
    slack::write(doc, &mut out).expect("a Vec takes all");
    String::from_utf8(out).expect("a message is text")
}

fn review(doc: &Document) -> String {
    let mut out = Vec::new();
    markdown::write(doc, &mut out).expect("a Vec takes all");
    String::from_utf8(out).expect("Markdown is text")
}

fn line(notice: &Notice, width: usize, colour: bool) -> String {
    let mut out = Vec::new();
    let style = Style {
        width,
        colour,
        ascii: false,
    };
    feed::write_text(notice, style, &mut out).expect("a Vec takes all");
    String::from_utf8(out).expect("a notice is text")
}

fn feed_of(notices: &[Notice], colour: bool) -> String {
    notices
        .iter()
        .map(|notice| line(notice, 120, colour))
        .collect()
}

#[test]
fn an_outage() {
    let doc = fixture::outage();
    assert_snapshot!("outage_80", terminal(&doc, 80, false));
    assert_snapshot!("outage_120", terminal(&doc, 120, false));
    assert_snapshot!("outage_200", terminal(&doc, 200, false));
    assert_snapshot!(
        "outage_120_colour",
        terminal(&doc, 120, true).replace('\x1b', "^[")
    );
    assert_snapshot!("outage_markdown", review(&doc));
    assert_snapshot!("outage_slack", message(&doc));
    assert_snapshot!("outage_ascii_80", ascii(&doc, 80));
}

#[test]
fn slow_answers() {
    assert_snapshot!("latency_80", terminal(&fixture::latency(), 80, false));
    assert_snapshot!("latency_120", terminal(&fixture::latency(), 120, false));
}

#[test]
fn planned_work_takes_one_line() {
    let page = terminal(&fixture::planned(), 80, false);
    assert_snapshot!("planned_80", page);
}

#[test]
fn an_outage_without_end_over_midnight() {
    assert_snapshot!(
        "never_ending_80",
        terminal(&fixture::never_ending(), 80, false)
    );
    assert_snapshot!(
        "never_ending_120",
        terminal(&fixture::never_ending(), 120, false)
    );
}

#[test]
fn nothing_found_is_not_nothing_read() {
    assert_snapshot!("quiet_80", terminal(&fixture::quiet(), 80, false));
    assert_snapshot!("no_haproxy_80", terminal(&fixture::no_haproxy(), 80, false));
    assert_snapshot!("empty_80", terminal(&fixture::empty(), 80, false));
    assert_snapshot!("no_haproxy_markdown", review(&fixture::no_haproxy()));
}

#[test]
fn what_is_too_long_is_cut_short_and_says_so() {
    let page = terminal(&fixture::flapping(), 100, false);
    assert_snapshot!("flapping_100", page);
    assert!(page.starts_with("haproxy.log and 4 more · "));
    assert!(page.contains("and 3 more servers"));
    assert!(page.contains("… 14 more …"));
}

#[test]
fn names_that_attack() {
    let doc = fixture::hostile("\x1b[2J\r\n|`x` <b>\u{202e}@x");
    assert_snapshot!("hostile_80", terminal(&doc, 80, false));
    assert_snapshot!("hostile_markdown", review(&doc));
    assert_snapshot!("hostile_slack", message(&doc));
}

#[test]
fn a_feed() {
    assert_snapshot!("feed", feed_of(&fixture::notices(), false));
    assert_snapshot!(
        "feed_colour",
        feed_of(&fixture::notices(), true).replace('\x1b', "^[")
    );
}

#[test]
fn outages_come_before_what_was_planned() {
    let mut doc = fixture::outage();
    doc.incidents.rotate_left(1);
    let order: Vec<&str> = text::in_order(&doc.incidents)
        .iter()
        .map(|i| i.id.as_str())
        .collect();
    assert_eq!(order, ["i-7f3a90", "i-0c11d2"]);
}

#[test]
fn json_is_the_document() {
    let mut out = Vec::new();
    json::write(&fixture::outage(), &mut out).expect("a Vec takes all");
    assert!(out.ends_with(b"\n}\n"));
    let value: serde_json::Value = serde_json::from_slice(&out).expect("it is JSON");
    assert_eq!(
        value,
        serde_json::to_value(fixture::outage()).expect("it is JSON")
    );
    assert_eq!(value["schema"], "hapline.report/1");
    assert_eq!(
        value["incidents"][0]["runbook"]["steps"][2]["command"],
        serde_json::Value::Null
    );
}

#[test]
fn what_was_written_is_read_as_it_was() {
    for doc in [
        fixture::outage(),
        fixture::empty(),
        fixture::hostile("\x1b[2J"),
    ] {
        let mut out = Vec::new();
        json::write(&doc, &mut out).expect("a Vec takes all");
        let read: Document = serde_json::from_slice(&out).expect("it is a document");
        // Words of closed lists are as short as those.
        assert_eq!(read, doc);
    }
}

#[test]
fn a_notice_is_one_line_of_json() {
    let mut out = Vec::new();
    feed::write_json(&fixture::hostile_notice("a\nb"), &mut out).expect("a Vec takes all");
    let text = String::from_utf8(out).expect("JSON is text");
    assert_eq!(text.matches('\n').count(), 1);
    let value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(value["schema"], "hapline.notice/1");
    assert_eq!(value["transition"], "worsened");
    assert_eq!(value["text"], "a\nb");
}

/// Any text, often of what attacks are made of.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "([\x1b\x07\r\n\t |`\\\\*_<>#@\u{9b}\u{202e}\u{2066}\u{200b}\u{2028}a日]|\\[31m|www\\.){0,60}",
    ]
}

/// `text` without the sequences that our own colours are made of.
fn without_colours(text: &str) -> String {
    let plain = [
        "\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m",
    ];
    plain
        .iter()
        .fold(text.to_owned(), |text, sequence| text.replace(sequence, ""))
}

/// Nothing is left to escape, but for the ends of lines.
fn is_harmless(text: &str) -> bool {
    text.split('\n')
        .all(|line| super::escape::terminal(line) == line)
}

/// Cells of a row of a table: bars that no backslash takes away.
fn cells(row: &str) -> usize {
    row.replace("\\\\", "")
        .replace("\\|", "")
        .matches('|')
        .count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_terminal_page_is_harmless_and_keeps_its_width(text in hostile(), width in 40_usize..200) {
        let page = terminal(&fixture::hostile(&text), width, false);
        prop_assert!(is_harmless(&page));
        let columns = super::text::page::escaped_width;
        let command = super::escape::terminal(&text).trim_end().to_owned();
        let is_wide = |line: &&str| columns(line) > width && !line.ends_with(&command);
        prop_assert_eq!(page.lines().find(is_wide), None);
    }

    #[test]
    fn in_ascii_it_is_as_wide_and_nothing_else(text in hostile(), width in 40_usize..200) {
        let doc = fixture::hostile(&text);
        let (drawn, ascii) = (terminal(&doc, width, false), ascii(&doc, width));
        prop_assert!(ascii.is_ascii());
        prop_assert!(is_harmless(&ascii));
        // Where a command cannot be shown, a sentence stands in its place.
        if text.is_ascii() {
            prop_assert_eq!(drawn.lines().count(), ascii.lines().count());
        }
    }

    #[test]
    fn a_message_is_harmless_and_short(text in hostile()) {
        let message = message(&fixture::hostile(&text));
        prop_assert!(is_harmless(&message));
        prop_assert!(!message.contains(['<', '>']));
        prop_assert!(message.chars().count() < 8_000, "{}", message.len());
        // Commands are code, in which nobody is called; only lines of our own have bold.
        for line in message.lines().filter(|line| !line.starts_with("Look first: ")) {
            prop_assert!(!line.contains(['`', '@']), "{}", line);
            prop_assert!(line.matches('*').count() % 2 == 0, "{}", line);
        }
    }

    #[test]
    fn colours_add_nothing_but_colours(text in hostile()) {
        let doc = fixture::hostile(&text);
        prop_assert_eq!(without_colours(&terminal(&doc, 100, true)), terminal(&doc, 100, false));
    }

    #[test]
    fn a_notice_is_one_harmless_line(text in hostile(), width in 0_usize..200) {
        let notice = fixture::hostile_notice(&text);
        let plain = line(&notice, width, false);
        prop_assert!(is_harmless(&plain));
        prop_assert_eq!((plain.matches('\n').count(), plain.ends_with('\n')), (1, true));
        prop_assert_eq!(without_colours(&line(&notice, width, true)), plain);
    }

    #[test]
    fn json_is_harmless_and_keeps_every_text(text in hostile()) {
        let (doc, notice) = (fixture::hostile(&text), fixture::hostile_notice(&text));
        let (mut object, mut line) = (Vec::new(), Vec::new());
        json::write(&doc, &mut object)?;
        feed::write_json(&notice, &mut line)?;
        prop_assert!(is_harmless(&String::from_utf8_lossy(&object)));
        prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&object)?, serde_json::to_value(doc)?);
        prop_assert_eq!(serde_json::from_slice::<serde_json::Value>(&line)?, serde_json::to_value(notice)?);
        prop_assert!(is_harmless(&String::from_utf8_lossy(&line)));
        prop_assert_eq!(line.iter().filter(|&&byte| byte == b'\n').count(), 1);
    }

    #[test]
    fn markdown_keeps_its_shape(text in hostile()) {
        // A text that is empty leaves out rows; any other takes the place of any other.
        prop_assume!(!super::escape::markdown(&text).is_empty());
        let (tame, wild) = (review(&fixture::hostile("x")), review(&fixture::hostile(&text)));
        prop_assert!(is_harmless(&wild));
        prop_assert_eq!(tame.lines().count(), wild.lines().count());
        for (tame, wild) in tame.lines().zip(wild.lines()).filter(|(tame, _)| tame.starts_with('|')) {
            prop_assert_eq!(cells(tame), cells(wild), "{}", wild);
        }
    }
}
