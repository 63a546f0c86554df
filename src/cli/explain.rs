//! `hapline explain WORD…`: what a word of HAProxy's logs means, as plain text.
//!
//! Enters: the arguments. Leaves: text of at most 80 columns, without colour.
//! Must not know: any log or configuration; nothing is read.

use std::io::{self, Write};

use crate::words::folklore::Belief;
use crate::words::lookup::{Explanation, explain, near};

/// Columns of the page.
const WIDTH: usize = 80;
/// Column at which the text behind a label starts.
const INDENT: usize = 13;

/// Why a word was not explained.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The word is in none of the tables.
    #[error("`{}` is no known word of HAProxy's logs", word.escape_debug())]
    Unknown {
        /// The arguments, joined by spaces.
        word: String,
        /// Known words that resemble it, best first.
        near: Vec<&'static str>,
    },
    /// The text could not be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}

impl ExplainError {
    /// What may have been meant; `None` when nothing resembles it.
    pub fn hint(&self) -> Option<String> {
        match self {
            ExplainError::Unknown { near, .. } if !near.is_empty() => {
                Some(format!("did you mean {}?", near.join(", ")))
            }
            ExplainError::Unknown { .. } | ExplainError::Write(_) => None,
        }
    }
}

/// Explains the words, joined by spaces: `timeout server` may come as one argument or as two.
pub fn run(words: &[String], out: &mut dyn Write) -> Result<(), ExplainError> {
    let word = words.join(" ");
    let Some(found) = explain(&word) else {
        let near = near(&word);
        return Err(ExplainError::Unknown { word, near });
    };
    Ok(render(&found, out)?)
}

fn render(found: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} ({})", found.word, found.sort)?;
    writeln!(out)?;
    for line in wrapped(&found.meaning, WIDTH - 2) {
        writeln!(out, "  {line}")?;
    }
    writeln!(out)?;
    if let Some(who) = found.who {
        row(out, "who", who.as_str())?;
    }
    for (label, text) in &found.facts {
        row(out, label, text)?;
    }
    row(out, "keywords", &found.keywords.join(", "))?;
    list(out, "look at", found.look_at)?;
    row(out, "see also", &found.see.join(", "))?;
    row(out, "source", found.source)?;
    for belief in &found.beliefs {
        correct(belief, out)?;
    }
    Ok(())
}

/// A wrong belief stands apart, below the facts.
fn correct(belief: &Belief, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    row(out, "it is said", &format!("\"{}\"", belief.claim))?;
    row(out, "but", belief.truth)?;
    row(out, "source", belief.source)
}

/// A label and its items, each behind a dash.
fn list(out: &mut dyn Write, label: &str, items: &[&str]) -> io::Result<()> {
    for (position, item) in items.iter().enumerate() {
        let label = if position == 0 { label } else { "" };
        for (number, line) in wrapped(item, WIDTH - INDENT - 2).iter().enumerate() {
            let (label, dash) = if number == 0 {
                (label, "- ")
            } else {
                ("", "  ")
            };
            writeln!(out, "  {label:<width$}{dash}{line}", width = INDENT - 2)?;
        }
    }
    Ok(())
}

/// A label and its text; nothing when there is no text.
fn row(out: &mut dyn Write, label: &str, text: &str) -> io::Result<()> {
    for (number, line) in wrapped(text, WIDTH - INDENT).iter().enumerate() {
        let label = if number == 0 { label } else { "" };
        writeln!(out, "  {label:<width$}{line}", width = INDENT - 2)?;
    }
    Ok(())
}

/// Breaks `text` between words into lines of at most `width` characters; a longer word has a line of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::lookup::vocabulary;
    use proptest::prelude::*;

    fn page(word: &str) -> String {
        let words: Vec<String> = word.split(' ').map(str::to_owned).collect();
        let mut out = Vec::new();
        run(&words, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn refusal(word: &str) -> ExplainError {
        run(&[word.to_owned()], &mut Vec::new()).unwrap_err()
    }

    #[test]
    fn pages_of_the_words_most_often_misread() {
        insta::assert_snapshot!("server_timeout", page("sH--"));
        insta::assert_snapshot!("server_timeout_in_request", page("sR"));
        insta::assert_snapshot!("client_timeout_in_request", page("cR"));
        insta::assert_snapshot!("single_character", page("C"));
        insta::assert_snapshot!("wrong_status", page("L7STS"));
        insta::assert_snapshot!("connect_time", page("Tc"));
        insta::assert_snapshot!("timeout_server", page("timeout server"));
    }

    #[test]
    fn one_argument_or_two_is_the_same() {
        let mut out = Vec::new();
        run(&["timeout server".to_owned()], &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), page("timeout server"));
    }

    #[test]
    fn every_page_fits_the_width_and_names_its_source() {
        for word in vocabulary() {
            let page = page(word);
            assert!(page.contains("\n  source     "), "{word}");
            for line in page.lines() {
                assert!(line.chars().count() <= WIDTH, "{word}: {line}");
                assert_eq!(line, line.trim_end(), "{word}");
            }
        }
    }

    #[test]
    fn near_misses_are_hinted_at() {
        let error = refusal("sh--");
        assert_eq!(
            error.to_string(),
            "`sh--` is no known word of HAProxy's logs"
        );
        assert_eq!(error.hint().unwrap(), "did you mean sH, SH?");
        assert_eq!(refusal("bananas").hint(), None);
    }

    #[test]
    fn a_hostile_word_reaches_no_terminal() {
        assert_eq!(
            refusal("\u{1b}[2Jx").to_string(),
            "`\\u{1b}[2Jx` is no known word of HAProxy's logs"
        );
    }

    #[test]
    fn no_word_is_an_unknown_word() {
        assert!(matches!(
            run(&[], &mut Vec::new()),
            Err(ExplainError::Unknown { .. })
        ));
    }

    proptest! {
        #[test]
        fn wrapping_keeps_every_word_in_order(text in "[a-z ]{0,200}", width in 1usize..40) {
            let lines = wrapped(&text, width);
            let words: Vec<_> = text.split_whitespace().collect();
            prop_assert_eq!(lines.join(" "), words.join(" "));
            for line in lines {
                prop_assert!(line.len() <= width || !line.contains(' '));
            }
        }
    }
}
