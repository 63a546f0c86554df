//! What to change.
//!
//! Enters: the advice. Leaves: groups by urgency, each piece with its change and its reason. Must not know: incidents.

use crate::report::document::{self, Direction, Document};
use crate::report::phrase;

/// See the module.
pub(super) struct Advice {
    pub(super) groups: Vec<Group>,
}

/// Pieces of one urgency.
pub(super) struct Group {
    pub(super) heading: &'static str,
    pub(super) pieces: Vec<Piece>,
}

/// A piece of advice.
pub(super) struct Piece {
    pub(super) direction: String,
    pub(super) keyword: String,
    pub(super) scope: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) why: String,
    pub(super) effect: String,
    pub(super) basis: Option<String>,
}

impl Advice {
    pub(super) fn new(doc: &Document) -> Self {
        let groups = doc.advice.chunk_by(|a, b| a.urgency == b.urgency);
        let groups = groups.map(|pieces| Group {
            heading: phrase::urgency(pieces[0].urgency),
            pieces: pieces.iter().map(Piece::of).collect(),
        });
        Self {
            groups: groups.collect(),
        }
    }
}

impl Piece {
    fn of(advice: &document::Advice) -> Self {
        let change = phrase::change(advice);
        let (from, to) = match change.split_once(" → ") {
            Some((from, to)) if advice.direction != Direction::Keep => {
                (from.to_owned(), to.to_owned())
            }
            _ => (String::new(), change),
        };
        Self {
            direction: phrase::words(advice.direction),
            keyword: advice.keyword.clone(),
            scope: advice.scope.clone(),
            from,
            to,
            why: advice.why.clone(),
            effect: advice.effect.clone(),
            basis: phrase::basis(advice),
        }
    }
}
