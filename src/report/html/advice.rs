//! What to change.
//!
//! Enters: the advice. Leaves: groups by urgency, each piece with its change and its reason. Must not know: incidents.

use crate::report::document::{self, Direction, Document};
use crate::report::phrase::{self, Sources};

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
    /// The keyword and where it stands; of what is no setting, only the place.
    pub(super) keyword: String,
    pub(super) place: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) why: String,
    pub(super) effect: String,
    pub(super) basis: Option<String>,
}

impl Advice {
    pub(super) fn new(doc: &Document) -> Self {
        Self::of(&doc.advice, Sources::of(doc))
    }

    /// For a reader who knows these sources.
    pub(super) fn of(advice: &[document::Advice], sources: Sources) -> Self {
        let groups = advice.chunk_by(|a, b| a.urgency == b.urgency);
        let groups = groups.map(|pieces| Group {
            heading: phrase::urgency(pieces[0].urgency),
            pieces: pieces.iter().map(|of| Piece::of(of, sources)).collect(),
        });
        Self {
            groups: groups.collect(),
        }
    }
}

impl Piece {
    fn of(advice: &document::Advice, sources: Sources) -> Self {
        let change = phrase::change(advice);
        let (from, to) = match change.split_once(" → ") {
            Some((from, to)) if advice.direction != Direction::Keep => {
                (from.to_owned(), to.to_owned())
            }
            _ => (String::new(), change),
        };
        let subject = phrase::subject(advice);
        let (keyword, place) = match subject.strip_prefix(&advice.keyword) {
            Some(place) if place.starts_with(" in ") => (advice.keyword.clone(), place.to_owned()),
            _ => (String::new(), subject),
        };
        Self {
            direction: phrase::words(advice.direction),
            keyword,
            place,
            from,
            to,
            why: advice.why.clone(),
            effect: advice.effect.clone(),
            basis: phrase::basis(advice, sources),
        }
    }
}
