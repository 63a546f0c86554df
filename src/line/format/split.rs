//! Whether the fields of a format can be told apart on a line, and how.
//!
//! Enters: [`Piece`]s. Leaves: [`Segment`]s, or the two fields that cannot be told apart.
//! Must not know: what the fields mean.

use super::draft::{Draft, Part, Piece};
use super::error::Problem;
use super::matching::{Field, Segment, Step};
use super::shape::Shape;

/// What stands behind a field.
struct Next<'p> {
    /// As it is shown.
    shown: String,
    /// A byte may stand there that the field may hold too.
    clashes: bool,
    /// The field that it is; none for text that HAProxy prints itself.
    field: Option<&'p Draft>,
}

/// Cuts a format into segments at each text that does not tell its end.
pub(super) fn segments(pieces: &[Piece]) -> Result<Vec<Segment>, (usize, Problem)> {
    let pieces = with_ports(pieces);
    let (mut segments, mut segment) = (Vec::new(), Segment::default());
    let mut open_text = None;
    for (at, piece) in pieces.iter().enumerate() {
        let label = pieces[..at]
            .iter()
            .filter(|piece| piece.field().is_some())
            .count();
        let ends_itself = ends_itself(&pieces, at)?;
        match &piece.part {
            Part::Literal(text) => segment.steps.push(Step::Literal(text.as_bytes().into())),
            Part::Blank => segment.steps.push(Step::Blank),
            Part::Field(draft) => {
                if draft.shape.is_text() {
                    part_texts(&pieces, open_text, at, ends_itself)?;
                }
                let field = Field {
                    shape: draft.shape,
                    slot: draft.slot,
                    label,
                };
                if ends_itself {
                    segment.steps.push(Step::Field(field));
                } else {
                    segment.text = Some(field);
                    segments.push(std::mem::take(&mut segment));
                    open_text = Some(at);
                }
            }
        }
    }
    segments.push(segment);
    finish(&mut segments);
    Ok(segments)
}

/// The end of a line needs no blank, and no captures.
fn finish(segments: &mut [Segment]) {
    let last = segments.len().saturating_sub(1);
    for (at, segment) in segments.iter_mut().enumerate() {
        let can_be_absent = |step: &&Step| match step {
            Step::Literal(_) => false,
            Step::Blank => true,
            Step::Field(field) => field.shape.may_be_absent(),
        };
        let absent = segment.steps.iter().rev().take_while(can_be_absent).count();
        segment.optional = segment.steps.len() - if at == last { absent } else { 0 };
    }
}

/// An address with `:` and a port behind it ends before its last colon.
fn with_ports(pieces: &[Piece]) -> Vec<Piece> {
    let mut pieces = pieces.to_vec();
    for at in 0..pieces.len() {
        let is_colon = matches!(pieces.get(at + 1), Some(Piece { part: Part::Literal(text), .. }) if text == ":");
        let shape = |at: usize| {
            pieces
                .get(at)
                .and_then(Piece::field)
                .map(|draft| draft.shape)
        };
        let has_port = is_colon && matches!(shape(at + 2), Some(Shape::Number | Shape::Hex));
        if has_port
            && shape(at) == Some(Shape::Ip)
            && let Some(Piece {
                part: Part::Field(draft),
                ..
            }) = pieces.get_mut(at)
        {
            draft.shape = Shape::IpBeforePort;
        }
    }
    pieces
}

/// Whether the field at this place tells its own end; an error when nothing does.
fn ends_itself(pieces: &[Piece], at: usize) -> Result<bool, (usize, Problem)> {
    let Some(draft) = pieces[at].field() else {
        return Ok(true);
    };
    let shape = match at.checked_sub(2).and_then(|before| pieces[before].field()) {
        // The address runs on over its port.
        Some(before) if before.shape == Shape::IpBeforePort => Shape::Ip,
        _ => draft.shape,
    };
    if draft.shape == Shape::IpBeforePort {
        return Ok(true);
    }
    let Some(next) = next(pieces, at, shape) else {
        return Ok(!holds_blanks(shape));
    };
    if !next.clashes {
        return Ok(true);
    }
    if next.field.is_none() && draft.shape.is_text() {
        return Ok(false);
    }
    let second = next.field.or_else(|| after(pieces, at));
    Err((pieces[at].at, ambiguous(draft, second, &next.shown)))
}

/// What may follow a field directly; `None` at the end of the line.
fn next<'p>(pieces: &'p [Piece], at: usize, shape: Shape) -> Option<Next<'p>> {
    let following = pieces.get(at + 1)?;
    Some(match &following.part {
        Part::Blank => Next {
            shown: " ".to_owned(),
            clashes: shape.may_hold(b' ')
                || shape == Shape::QuotedList && begins_with_quote(pieces, at + 2),
            field: None,
        },
        Part::Literal(text) => Next {
            shown: text.clone(),
            clashes: text.bytes().next().is_some_and(|byte| shape.may_hold(byte)),
            field: None,
        },
        Part::Field(next) => {
            let both = |byte: u8| shape.may_hold(byte) && next.shape.may_begin(byte);
            let through = || {
                let behind = self::next(pieces, at + 1, shape);
                next.shape.may_be_absent() && behind.is_some_and(|next| next.clashes)
            };
            // Only a field that begins as this one cannot go on ends it.
            Next {
                shown: next.written.clone(),
                clashes: (0..=255).any(both) || through(),
                field: Some(next),
            }
        }
    })
}

/// The first field behind this one.
fn after(pieces: &[Piece], at: usize) -> Option<&Draft> {
    pieces.get(at + 1..)?.iter().find_map(Piece::field)
}

/// A list takes every quoted text that follows it.
fn begins_with_quote(pieces: &[Piece], at: usize) -> bool {
    match pieces.get(at).map(|piece| &piece.part) {
        Some(Part::Literal(text)) => text.starts_with('"'),
        Some(Part::Field(draft)) => draft.shape.may_begin(b'"'),
        Some(Part::Blank) | None => false,
    }
}

fn holds_blanks(shape: Shape) -> bool {
    matches!(shape, Shape::Line | Shape::Raw | Shape::Escaped)
}

/// A text that does not tell its end, and the next text: one byte between them parts nothing if the second may hold it,
/// or tells its end no more than the first.
/// A vertical bar is taken for what its writer meant it to be.
fn part_texts(
    pieces: &[Piece],
    open: Option<usize>,
    at: usize,
    ends_itself: bool,
) -> Result<(), (usize, Problem)> {
    let (Some(open), Some(second)) = (open, pieces[at].field()) else {
        return Ok(());
    };
    let between = match pieces.get(open + 1..at) {
        Some(
            [
                Piece {
                    part: Part::Blank, ..
                },
            ],
        ) => b' ',
        Some(
            [
                Piece {
                    part: Part::Literal(text),
                    ..
                },
            ],
        ) => match text.as_bytes() {
            [byte] if *byte != b'|' => *byte,
            _ => return Ok(()),
        },
        _ => return Ok(()),
    };
    match pieces[open].field() {
        Some(first) if !ends_itself || second.shape.may_hold(between) => {
            Err((pieces[open].at, ambiguous(first, Some(second), "")))
        }
        _ => Ok(()),
    }
}

/// Both fields as they could be read: texts between quotes, an address before its port, names around a slash.
fn ambiguous(first: &Draft, second: Option<&Draft>, shown: &str) -> Problem {
    let escaped = |text: &str| text.escape_debug().to_string();
    let quoted = |draft: &Draft| match draft.shape.is_text() {
        true => format!("\"{}\"", escaped(&draft.written)),
        false => escaped(&draft.written),
    };
    let between = match (first.shape, second.map(|draft| draft.shape)) {
        (Shape::Ip, Some(Shape::Number)) => ":",
        (Shape::Name | Shape::Transport, Some(Shape::Name)) => "/",
        (Shape::QuotedList, _) => " | ",
        _ => " ",
    };
    let second_quoted = second.map_or_else(|| escaped(shown), quoted);
    Problem::Ambiguous {
        first: escaped(&first.written),
        second: second.map_or_else(|| escaped(shown), |draft| escaped(&draft.written)),
        instead: format!("{}{between}{second_quoted}", quoted(first)),
    }
}
