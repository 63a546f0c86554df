//! Where a line stands, for a reader who knows what was read.
//!
//! Enters: the sources of a document, and evidence. Leaves: places as short as they can be. Must not know: where they are shown.

use super::place_in_source;
use crate::report::document::{Document, Evidence};

/// What a reader knows of the sources; by default nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::report) struct Sources<'a> {
    /// The only one, whose path is known from the head.
    only: Option<&'a str>,
}

impl<'a> Sources<'a> {
    /// Whoever has read the head of a document.
    pub(in crate::report) fn of(doc: &'a Document) -> Self {
        match doc.sources.as_slice() {
            [only] => Self {
                only: Some(&only.name),
            },
            _ => Self::default(),
        }
    }

    /// `haproxy.log:40211`, with its folder where there are several sources.
    pub(in crate::report) fn place(&self, evidence: &Evidence) -> String {
        let source = match self.is_only(evidence) {
            true => file(&evidence.source),
            false => &evidence.source,
        };
        format!("{source}{}", place_in_source(evidence))
    }

    /// Places of a list, in order: a source is named where it is not the one of the place before, and the only one never.
    pub(in crate::report) fn places<'e>(
        self,
    ) -> impl FnMut(Option<&'e Evidence>) -> String + use<'a, 'e> {
        let mut before = None;
        move |evidence| {
            let Some(evidence) = evidence else {
                return String::new();
            };
            let is_same = before.replace(&evidence.source) == Some(&evidence.source);
            match is_same || self.is_only(evidence) {
                true => place_in_source(evidence),
                false => self.place(evidence),
            }
        }
    }

    fn is_only(&self, evidence: &Evidence) -> bool {
        self.only == Some(evidence.source.as_str())
    }
}

/// The path without its folders.
fn file(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(source: &str) -> Evidence {
        Evidence {
            source: source.to_owned(),
            host: None,
            line: Some(7),
            offset: 0,
            time: None,
            text: String::new(),
        }
    }

    #[test]
    fn the_only_source_is_its_file_and_several_are_whole() {
        let known = Sources {
            only: Some("logs/a.log"),
        };
        assert_eq!(known.place(&line("logs/a.log")), "a.log:7");
        assert_eq!(known.place(&line("logs/b.log")), "logs/b.log:7");
        assert_eq!(
            Sources::default().place(&line("logs/a.log")),
            "logs/a.log:7"
        );
    }

    #[test]
    fn a_list_names_a_source_where_it_changes() {
        let [a, b] = ["a.log", "b.log"].map(line);
        let told = |known: Sources| {
            let places = known.places();
            [&a, &a, &b].map(Some).map(places)
        };
        assert_eq!(told(Sources::default()), ["a.log:7", ":7", "b.log:7"]);
        let known = Sources {
            only: Some("a.log"),
        };
        assert_eq!(told(known), [":7", ":7", "b.log:7"]);
    }
}
