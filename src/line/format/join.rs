//! Fields that are one value together, and one field for each value.
//!
//! Enters: [`Piece`]s. Leaves: the same, where each place is filled by one field only.
//! Must not know: how fields are told apart on a line.

use super::draft::{Draft, Part, Piece};
use super::shape::Shape;
use super::slot::{Date, Slot};

/// Joins what is one value in several fields, and leaves each place to the best of its fields.
pub(super) fn choose(pieces: &mut Vec<Piece>) {
    join_cookies(pieces);
    join_lists(pieces);
    join_captures(pieces);
    join_request(pieces);
    for at in 0..pieces.len() {
        let Some(mine) = pieces[at].field() else {
            continue;
        };
        let beaten = pieces.iter().enumerate().any(|(other, piece)| {
            let rival = piece.field().filter(|_| other != at);
            rival.is_some_and(|rival| {
                rival.slot.rivals(mine.slot) && (rival.rank, other) < (mine.rank, at)
            })
        });
        if beaten {
            set_slot(pieces, at, Slot::Extra);
        }
    }
    let has_whole_seconds = |piece: &Piece| {
        let slot = piece.field().map(|draft| draft.slot);
        matches!(slot, Some(Slot::Accepted(Date::Offset | Date::Epoch)))
    };
    if !pieces.iter().any(has_whole_seconds)
        && let Some(at) = position(pieces, Slot::Milliseconds)
    {
        set_slot(pieces, at, Slot::Extra);
    }
}

/// `%CC %CS`: neither tells its end, and together they do (see [`crate::line`]).
fn join_cookies(pieces: &mut Vec<Piece>) {
    let Some(at) = position(pieces, Slot::Cookie(0)) else {
        return;
    };
    let is_raw = |at: usize| field_at(pieces, at).is_some_and(|draft| draft.shape == Shape::Raw);
    if is_raw(at)
        && is_raw(at + 2)
        && is_blank(pieces, at + 1)
        && slot_at(pieces, at + 2) == Some(Slot::Cookie(1))
    {
        pieces.drain(at + 1..at + 3);
        set_slot(pieces, at, Slot::Cookies);
    }
}

/// `%hrl %hsl` between quotes: the first list does not tell where the second begins.
fn join_lists(pieces: &mut Vec<Piece>) {
    let is_list =
        |at: usize| field_at(pieces, at).is_some_and(|draft| draft.shape == Shape::QuotedList);
    let found =
        (0..pieces.len()).find(|at| is_list(*at) && is_blank(pieces, at + 1) && is_list(at + 2));
    if let Some(at) = found {
        pieces.drain(at + 1..at + 3);
    }
}

/// `%hr %hs`: both are the captures.
fn join_captures(pieces: &mut [Piece]) {
    let Some(at) = position(pieces, Slot::Captures) else {
        return;
    };
    let is_braces = |at: usize| {
        let shape = field_at(pieces, at).map(|draft| draft.shape);
        matches!(shape, Some(Shape::Braces | Shape::QuotedBraces))
    };
    let both = is_braces(at) && is_blank(pieces, at + 1) && is_braces(at + 2);
    if both {
        set_slot(pieces, at + 2, Slot::MoreCaptures);
    }
}

/// `%HM %HU %HV`, `%HM %HP%HQ %HV` and the like: together they are the request, unless `%r` is there.
fn join_request(pieces: &mut [Piece]) {
    let shape = |at: usize| field_at(pieces, at).map(|draft| draft.shape);
    let has_request = pieces
        .iter()
        .filter_map(Piece::field)
        .any(|draft| (draft.slot, draft.rank) == (Slot::Request, 0));
    let method = (0..pieces.len()).find(|at| {
        shape(*at) == Some(Shape::Method)
            && is_blank(pieces, at + 1)
            && slot_at(pieces, at + 2) == Some(Slot::Request)
    });
    let Some(first) = method.filter(|_| !has_request) else {
        return;
    };
    let mut last = first + 2;
    if shape(last + 1) == Some(Shape::Query) {
        last += 1;
    }
    if is_blank(pieces, last + 1) && shape(last + 2) == Some(Shape::Version) {
        last += 2;
    }
    for at in 0..pieces.len() {
        if slot_at(pieces, at) == Some(Slot::Request) {
            set_slot(pieces, at, Slot::Extra);
        }
    }
    set_slot(pieces, first, Slot::RequestStart);
    set_slot(pieces, last, Slot::RequestEnd);
}

fn field_at(pieces: &[Piece], at: usize) -> Option<&Draft> {
    pieces.get(at)?.field()
}

fn slot_at(pieces: &[Piece], at: usize) -> Option<Slot> {
    Some(field_at(pieces, at)?.slot)
}

fn is_blank(pieces: &[Piece], at: usize) -> bool {
    matches!(
        pieces.get(at),
        Some(Piece {
            part: Part::Blank,
            ..
        })
    )
}

fn position(pieces: &[Piece], slot: Slot) -> Option<usize> {
    (0..pieces.len()).find(|at| slot_at(pieces, *at) == Some(slot))
}

fn set_slot(pieces: &mut [Piece], at: usize, slot: Slot) {
    if let Some(Piece {
        part: Part::Field(draft),
        ..
    }) = pieces.get_mut(at)
    {
        draft.slot = slot;
    }
}
