//! Finds the log-formats of a configuration.
//!
//! Enters: a configuration. Leaves: the text of each format as HAProxy sees it, where it stands, and what it is for.
//! Must not know: what a format means.

use super::format::{Format, FormatError, Problem, builtin};
use crate::config::Config;
use crate::config::syntax::Word;
use crate::config::variables::{Variables, Why};

/// A format as it stands in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// The section and the line.
    pub(super) name: String,
    /// Environment variables expanded.
    pub(super) text: String,
    /// `log-format-sd`: it writes the structured data of RFC 5424 and not the message.
    pub(super) structured: bool,
}

impl Written {
    /// What reads its messages; nothing for structured data, which is only checked.
    pub(super) fn compile(&self) -> Result<Option<Format>, FormatError> {
        if self.structured {
            return Format::check(&self.name, &self.text).map(|()| None);
        }
        Format::compile(&self.name, &self.text).map(Some)
    }

    fn is_same(&self, other: &Written) -> bool {
        (&self.text, self.structured) == (&other.text, other.structured)
    }
}

/// `log-format`, `error-log-format` and `log-format-sd` of the sections that can have one (`defaults`, `frontend`,
/// `listen`; HAProxy lets them pass in `backend`, too), and `format` and `sd` of `log-profile` (3.1), in the order of
/// the file and each once.
pub(super) fn written(config: &Config) -> Vec<Result<Written, FormatError>> {
    let variables = Variables::of(config.lines());
    let mut section: Option<String> = None;
    let mut found: Vec<Result<Written, FormatError>> = Vec::new();
    for line in config.lines() {
        let words: Vec<&Word> = line.words().collect();
        let Some((keyword, arguments)) = words.split_first() else {
            continue;
        };
        if keyword.opens_section() {
            let has_formats = SECTIONS.iter().any(|section| keyword.is(section));
            let name = arguments.first().map(|word| word.text());
            let name = format!("{} {}", keyword.text(), name.unwrap_or_default());
            section = has_formats.then(|| name.trim_end().to_owned());
            continue;
        }
        let Some(section) = &section else { continue };
        let name = format!("{section}, line {}", keyword.at.line);
        for (word, structured) in formats(keyword, arguments) {
            let written = expanded(&name, word, structured, &variables);
            let is_known = |new: &Written| found.iter().flatten().any(|known| known.is_same(new));
            if !written.as_ref().is_ok_and(is_known) {
                found.push(written);
            }
        }
    }
    found
}

/// The sections whose formats are looked for.
const SECTIONS: [&str; 5] = ["defaults", "frontend", "backend", "listen", "log-profile"];

/// The formats on a line, and whether each is one of structured data.
fn formats<'w>(keyword: &Word, arguments: &[&'w Word]) -> Vec<(&'w Word, bool)> {
    let Some(first) = arguments.first() else {
        return Vec::new();
    };
    match keyword.value.as_slice() {
        b"log-format" | b"error-log-format" => vec![(*first, false)],
        b"log-format-sd" => vec![(*first, true)],
        b"on" => {
            let pairs = arguments.windows(2).filter_map(|pair| match *pair {
                [kind, format] if kind.is("format") => Some((format, false)),
                [kind, format] if kind.is("sd") => Some((format, true)),
                _ => None,
            });
            pairs.collect()
        }
        _ => Vec::new(),
    }
}

fn expanded(
    name: &str,
    word: &Word,
    structured: bool,
    variables: &Variables,
) -> Result<Written, FormatError> {
    let text = variables
        .expand(word, builtin::variable)
        .map_err(|unknown| FormatError {
            name: name.to_owned(),
            at: unknown.at + 1,
            problem: match unknown.why {
                Why::Unset => Problem::Variable(unknown.name),
                Why::TooLong => Problem::VariableTooLong(unknown.name),
            },
        })?;
    Ok(Written {
        name: name.to_owned(),
        text: String::from_utf8_lossy(&text).into_owned(),
        structured,
    })
}
