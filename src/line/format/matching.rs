//! Takes a line apart by its format.
//!
//! Enters: segments and a message. Leaves: a filled [`Filling`], or nothing.
//! Must not know: how the format was written.
//!
//! Steps go left to right, and no step is tried twice. Only a text whose end no byte of its own tells is ended by the
//! first place where all of what follows it, up to the next such text or the end of the line, stands.

use super::json::{self, Value};
use super::shape::Shape;
use super::slot::{Filling, Slot};
use crate::line::FieldSet;

/// A field of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) shape: Shape,
    pub(super) slot: Slot,
    /// Its place in the format's parts.
    pub(super) label: usize,
}

/// One step through a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Literal(Box<[u8]>),
    /// One blank, or none behind another: HAProxy merges those around a field that prints nothing.
    Blank,
    Field(Field),
}

/// Steps of which each tells its own end, and the text behind them, which does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) steps: Vec<Step>,
    pub(super) text: Option<Field>,
    /// From this step on, a line may end.
    pub(super) optional: usize,
}

/// How far the steps of a segment led.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reached {
    /// To this byte.
    End(usize),
    /// The line ended before they did.
    Cut,
    No,
}

/// What makes the beginning of a line HAProxy's: no other program's text has it at its place.
pub(super) fn evidence() -> FieldSet {
    FieldSet::HTTP.without(
        FieldSet::CLIENT
            | FieldSet::FRONTEND
            | FieldSet::TLS
            | FieldSet::BACKEND
            | FieldSet::SERVER
            | FieldSet::STATUS
            | FieldSet::BYTES
            | FieldSet::REQUEST_COOKIE
            | FieldSet::RESPONSE_COOKIE
            | FieldSet::CAPTURES
            | FieldSet::REQUEST,
    )
}

/// Reads a message by its segments; where `open`, more may follow behind a blank.
pub(super) fn read<'a>(
    segments: &[Segment],
    open: bool,
    mut filling: Filling<'a>,
) -> Option<Filling<'a>> {
    let mut segments = segments.iter();
    let mut current = segments.next()?;
    let mut reached = steps(current, &mut filling, 0);
    while let Some(text) = current.text {
        let Reached::End(start) = reached else { break };
        current = segments.next()?;
        let last = current.text.is_none();
        reached = text_and_steps(text, current, &mut filling, start, last.then_some(open));
    }
    match reached {
        Reached::End(end) => is_end(filling.message, end, open).then_some(filling),
        Reached::Cut => {
            filling.traffic.truncated = true;
            filling.seen.has_any(evidence()).then_some(filling)
        }
        Reached::No => None,
    }
}

fn is_end(message: &[u8], at: usize, open: bool) -> bool {
    match message.get(at) {
        None => true,
        Some(b' ') => open,
        Some(_) => false,
    }
}

/// A text that what follows it ends, and that.
fn text_and_steps(
    text: Field,
    following: &Segment,
    filling: &mut Filling,
    start: usize,
    last: Option<bool>,
) -> Reached {
    let before = filling.clone();
    let mut cut = None;
    let mut from = start;
    let rest = filling.message.get(start..).unwrap_or_default();
    let limit = start + text.shape.length(rest).unwrap_or(0);
    while let Some(end) = next_end(following, filling.message, from).filter(|end| *end <= limit) {
        // What follows is looked at first, because it is seldom there.
        match (steps(following, filling, end), last) {
            (Reached::End(at), Some(open)) if !is_end(filling.message, at, open) => {}
            (Reached::End(at), _) if take(text, filling, start, end).is_some() => {
                return Reached::End(at);
            }
            // A text that seems to end where the line was cut may go on there; less of it is true in both cases.
            (Reached::Cut, _) if cut.is_none() => cut = Some(end),
            _ => {}
        }
        filling.clone_from(&before);
        from = end + 1;
    }
    // Nothing stood behind the text: it was cut itself, or just before the end.
    if cut.is_none() && limit < filling.message.len() {
        return Reached::No;
    }
    let end = cut.unwrap_or(limit);
    if take(text, filling, start, end).is_some() && cut.is_some() {
        steps(following, filling, end);
    }
    Reached::Cut
}

/// Where a text may end at the earliest: where the first of the steps behind it may begin.
fn next_end(following: &Segment, message: &[u8], from: usize) -> Option<usize> {
    let rest = message.get(from..)?;
    let found = match following.steps.first() {
        None => Some(rest.len()),
        Some(Step::Literal(literal)) => {
            memchr::memmem::find(rest, literal).or_else(|| cut_literal(rest, literal))
        }
        Some(Step::Blank | Step::Field(_)) => memchr::memchr(b' ', rest),
    };
    // A line may end where nothing must follow.
    found
        .or((following.optional == 0).then_some(rest.len()))
        .map(|end| from + end)
}

/// Where the end of a line may be the beginning of this text.
fn cut_literal(rest: &[u8], literal: &[u8]) -> Option<usize> {
    let earliest = rest.len() - rest.len().min(literal.len().saturating_sub(1));
    (earliest..rest.len()).find(|at| literal.starts_with(&rest[*at..]))
}

fn steps(segment: &Segment, filling: &mut Filling, mut at: usize) -> Reached {
    let message = filling.message;
    for (index, step) in segment.steps.iter().enumerate() {
        let rest = message.get(at..).unwrap_or_default();
        let optional = index >= segment.optional;
        if rest.is_empty() && optional {
            if let Step::Field(field) = step
                && take(*field, filling, at, at).is_none()
            {
                return Reached::No;
            }
            continue;
        }
        at += match step {
            Step::Literal(literal) if rest.starts_with(literal) => literal.len(),
            Step::Literal(literal) if literal.starts_with(rest) => return Reached::Cut,
            Step::Literal(_) => return Reached::No,
            Step::Blank => match blank(message, at) {
                Some(length) => length,
                None if rest.is_empty() => return Reached::Cut,
                None => return Reached::No,
            },
            Step::Field(field) => {
                let more = index + 1 < segment.optional || segment.text.is_some();
                match self::field(*field, filling, at, more) {
                    Reached::End(end) => end - at,
                    reached => return reached,
                }
            }
        };
    }
    Reached::End(at)
}

/// Length of the blank at this place; 0 where one stands before it or nothing does.
pub(super) fn blank(message: &[u8], at: usize) -> Option<usize> {
    if message.get(at) == Some(&b' ') {
        return Some(1);
    }
    let merged = match at.checked_sub(1) {
        Some(before) => message.get(before) == Some(&b' '),
        None => true,
    };
    (merged && at < message.len()).then_some(0)
}

/// One field; of a line that is cut within it nothing is taken but text.
fn field(field: Field, filling: &mut Filling, at: usize, more: bool) -> Reached {
    let message = filling.message;
    let rest = message.get(at..).unwrap_or_default();
    let Some(length) = field.shape.length(rest) else {
        let may_be_cut = rest.is_empty() || field.shape.may_be_cut(rest);
        return if may_be_cut {
            Reached::Cut
        } else {
            Reached::No
        };
    };
    let end = at + length;
    let is_whole = field.shape.is_whole(&rest[..length]);
    if end == message.len() && (more || !is_whole) {
        if (field.shape.is_text() || !is_whole) && length > 0 {
            let taken = take(field, filling, at, end);
            return taken.map_or(Reached::No, |()| Reached::Cut);
        }
        return Reached::Cut;
    }
    match take(field, filling, at, end) {
        Some(()) => Reached::End(end),
        None => Reached::No,
    }
}

fn take(field: Field, filling: &mut Filling, start: usize, end: usize) -> Option<()> {
    let text = filling.message.get(start..end)?;
    if field.shape == Shape::Json {
        let (value, _) = json::value(text)?;
        return filling.take_value(field, value);
    }
    filling.keep(field.label, Value::Text(text));
    filling.take_at(field.slot, start, end)
}
