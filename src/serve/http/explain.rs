//! `/explain/TERM`: what a word of HAProxy's logs means, as a page.
//!
//! Enters: a word, as it stands in the path. Leaves: HTML. Must not know: any log.
//!
//! Alerts lead here, so it is open to whoever reaches the server: it is the same page everywhere.

use std::fmt::Write;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::report::escape;
use crate::words::cause::{Cause, Kind, Severity};
use crate::words::explanation::Explanation;
use crate::words::lookup::{explain, near, vocabulary};

/// Metrics that alerts are raised on: what each means, and what to do.
const OWN: [(&str, &str, &[&str]); 3] = [
    (
        "hapline_dropped_total",
        "Datagrams that the kernel dropped because they came faster than hapline took them. What they said is in no \
         count, and an incident may have gone unseen.",
        &[
            "a larger receive buffer: sysctl -w net.core.rmem_max=33554432",
            "whether other processes take all of the processor",
            "TCP instead of UDP, with which a sender waits",
        ],
    ),
    (
        "hapline_lines_total",
        "Lines that hapline took in, by what they were. `unparsed` ones look like HAProxy's and were not understood; \
         `truncated` ones were cut on their way.",
        &[
            "whether hapline was given the configuration with the log-format in use (--config)",
            "`len` of the line `log` in haproxy.cfg, and the largest message of loggers on the way",
            "GET /api/v1/coverage",
        ],
    ),
    (
        "hapline_ready",
        "What hapline needs to do its work: `listeners` are bound, `ingest` is not behind, the `view` is fresh, the \
         `store` can be written.",
        &[
            "GET /readyz, which says what it found",
            "the log of the service: journalctl -u hapline",
            "for the store: room on its disk, and who may write there",
        ],
    ),
];

/// Characters of a word; none is as long.
const LONGEST: usize = 120;

/// `/explain/{term}`
pub async fn term(Path(term): Path<String>) -> Response {
    if term.chars().count() > LONGEST {
        return (StatusCode::NOT_FOUND, Html(unknown("this", &[]))).into_response();
    }
    if let Some((word, meaning, look_at)) = OWN.iter().find(|(word, ..)| *word == term) {
        return Html(own(word, meaning, look_at)).into_response();
    }
    match explain(&term) {
        Some(found) => Html(told(&found)).into_response(),
        None => (StatusCode::NOT_FOUND, Html(unknown(&term, &near(&term)))).into_response(),
    }
}

/// `/explain`
pub async fn index() -> Html<String> {
    let codes = |words: Vec<&str>| links(words.iter().copied());
    let mut all: Vec<&str> = vocabulary().collect();
    all.sort_unstable();
    all.dedup();
    let body = format!(
        "<h1>Words of HAProxy's logs</h1>\n<h2>Kinds of incidents</h2>\n<p>{}</p>\n<h2>Causes</h2>\n<p>{}</p>\n\
         <h2>Severities</h2>\n<p>{}</p>\n<h2>All words</h2>\n<p>{}</p>\n",
        codes(Kind::ALL.map(Kind::as_str).to_vec()),
        codes(Cause::ALL.map(Cause::as_str).to_vec()),
        codes(Severity::ALL.map(Severity::as_str).to_vec()),
        links(all),
    );
    Html(page("Words of HAProxy's logs", &body))
}

fn own(word: &str, meaning: &str, look_at: &[&str]) -> String {
    let looks: Vec<String> = look_at.iter().map(|text| html(text)).collect();
    let mut body = format!(
        "<h1>{}</h1>\n<p><em>metric of hapline</em></p>\n<p>{}</p>\n<dl>\n",
        html(word),
        html(meaning)
    );
    row(&mut body, "look at", &looks.join("</dd>\n<dd>"));
    body.push_str("</dl>\n");
    page(word, &body)
}

fn told(found: &Explanation) -> String {
    let mut body = format!(
        "<h1>{}</h1>\n<p><em>{}</em></p>\n<p>{}</p>\n<dl>\n",
        html(&found.word),
        html(found.sort),
        html(&found.meaning)
    );
    if let Some(who) = found.who {
        row(&mut body, "who", &html(who.as_str()));
    }
    for (label, text) in &found.facts {
        row(&mut body, label, &html(text));
    }
    row(
        &mut body,
        "keywords",
        &links(found.keywords.iter().copied()),
    );
    let looks: Vec<String> = found.look_at.iter().map(|text| html(text)).collect();
    row(&mut body, "look at", &looks.join("</dd>\n<dd>"));
    row(&mut body, "see also", &links(found.see.iter().copied()));
    row(&mut body, "source", &html(found.source));
    for belief in &found.beliefs {
        row(&mut body, "it is said", &html(belief.claim));
        row(&mut body, "but", &html(belief.truth));
        row(&mut body, "source", &html(belief.source));
    }
    body.push_str("</dl>\n");
    page(&found.word, &body)
}

fn unknown(term: &str, near: &[&str]) -> String {
    let mut body = format!(
        "<h1>{} is no known word of HAProxy's logs</h1>\n",
        html(term)
    );
    if !near.is_empty() {
        body.push_str(&format!(
            "<p>Did you mean {}?</p>\n",
            links(near.iter().copied())
        ));
    }
    page("Unknown word", &body)
}

/// A label and what belongs to it; nothing where there is nothing.
fn row(body: &mut String, label: &str, text: &str) {
    if !text.is_empty() {
        body.push_str(&format!("<dt>{}</dt>\n<dd>{text}</dd>\n", html(label)));
    }
}

fn links<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let links = words
        .into_iter()
        .map(|word| format!("<a href=\"/explain/{}\">{}</a>", in_path(word), html(word)));
    links.collect::<Vec<_>>().join(", ")
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{} · hapline</title>\n</head>\n\
         <body>\n{body}<p><a href=\"/explain\">all words</a></p>\n</body>\n</html>\n",
        html(title)
    )
}

/// As text, or within an attribute's quotes.
fn html(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 16);
    for character in escape::terminal(text).chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            other => shown.push(other),
        }
    }
    shown
}

/// As one part of a path.
fn in_path(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                shown.push(char::from(byte));
            }
            other => {
                // Writing to a string does not fail.
                let _ = write!(shown, "%{other:02X}");
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_asked_for_stays_text() {
        let shown = html("<script>alert('\"&\u{202e}\n')</script>");
        assert_eq!(
            shown,
            r"&lt;script&gt;alert(&#39;&quot;&amp;\u{202e}\n&#39;)&lt;/script&gt;"
        );
        assert_eq!(
            in_path("timeout server/<a b>"),
            "timeout%20server%2F%3Ca%20b%3E"
        );
    }

    #[test]
    fn every_word_has_a_page_that_says_what_it_means() {
        for word in vocabulary() {
            let found = explain(word).unwrap();
            let page = told(&found);
            assert!(page.contains(&html(&found.meaning)), "{word}");
            assert!(page.contains("<dt>source</dt>"), "{word}");
        }
    }
}
