//! A format between its grammar and its steps: flags applied, one place for each value.
//!
//! Enters: tokens. Leaves: [`Piece`]s whose fields each fill a place of their own.
//! Must not know: how fields are told apart on a line.

use super::aliases::{self, Alias};
use super::error::Problem;
use super::extra::Escapes;
use super::grammar::{Flag, Item, Token, What};
use super::shape::Shape;
use super::slot::{Date, Slot};

/// A part of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Literal(String),
    Blank,
    Field(Draft),
}

/// A part and the byte, from 0, at which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) at: usize,
    pub(super) part: Part,
}

impl Piece {
    /// The field it is, if it is one.
    pub(super) fn field(&self) -> Option<&Draft> {
        match &self.part {
            Part::Field(draft) => Some(draft),
            Part::Literal(_) | Part::Blank => None,
        }
    }
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    /// As written, without flags.
    pub(super) written: String,
    /// The name it was given.
    pub(super) name: Option<String>,
    pub(super) shape: Shape,
    pub(super) escapes: Escapes,
    pub(super) slot: Slot,
    pub(super) rank: u8,
    pub(super) http: bool,
}

/// How a whole line is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Text,
    Json,
    Cbor,
}

/// Flags in force.
#[derive(Debug, Clone, Copy, Default)]
struct Flags {
    quote: bool,
    hexadecimal: bool,
    escape: bool,
    json: bool,
    cbor: bool,
}

impl Flags {
    fn with(mut self, flags: &[(bool, Flag)]) -> Self {
        for (on, flag) in flags {
            match flag {
                Flag::Quote => self.quote = *on,
                Flag::Hexadecimal => self.hexadecimal = *on,
                Flag::Escape => self.escape = *on,
                Flag::Json => self.json = *on,
                Flag::Cbor => self.cbor = *on,
                Flag::Other => {}
            }
        }
        self
    }
}

/// Applies the flags; `%o` goes.
pub(super) fn pieces(
    tokens: Vec<(usize, Token)>,
) -> Result<(Vec<Piece>, Encoding), (usize, Problem)> {
    let mut pieces = Pieces(Vec::new());
    let (mut global, mut encoding) = (Flags::default(), Encoding::Text);
    for (at, token) in tokens {
        match token {
            Token::Literal(text) => pieces.literal(at, text),
            Token::Blank => pieces.blank(at),
            Token::Global(flags) => {
                global = global.with(&flags);
                encoding = match (global.cbor, global.json) {
                    (true, _) => Encoding::Cbor,
                    (false, true) => Encoding::Json,
                    (false, false) => encoding,
                };
            }
            Token::Item(item) => pieces.item(at, &item, global, encoding)?,
        }
    }
    Ok((pieces.0, encoding))
}

struct Pieces(Vec<Piece>);

impl Pieces {
    fn literal(&mut self, at: usize, text: &str) {
        match self.0.last_mut() {
            Some(Piece {
                part: Part::Literal(before),
                ..
            }) => before.push_str(text),
            _ => self.0.push(Piece {
                at,
                part: Part::Literal(text.to_owned()),
            }),
        }
    }

    fn blank(&mut self, at: usize) {
        let blank_before = matches!(
            self.0.last(),
            None | Some(Piece {
                part: Part::Blank,
                ..
            })
        );
        if !blank_before {
            self.0.push(Piece {
                at,
                part: Part::Blank,
            });
        }
    }

    fn item(
        &mut self,
        at: usize,
        item: &Item,
        global: Flags,
        encoding: Encoding,
    ) -> Result<(), (usize, Problem)> {
        let flags = global.with(&item.flags);
        let mut draft = draft(item);
        draft.hexadecimal(flags);
        draft.escapes.backslash = flags.escape || flags.json || encoding != Encoding::Text;
        if encoding != Encoding::Text {
            self.0.push(Piece {
                at,
                part: Part::Field(draft),
            });
            return Ok(());
        }
        if flags.cbor {
            return Err((at, Problem::Cbor));
        }
        if flags.json {
            draft.shape = Shape::Json;
            self.0.push(Piece {
                at,
                part: Part::Field(draft),
            });
            return Ok(());
        }
        if flags.escape && draft.shape == Shape::Raw {
            draft.shape = Shape::Escaped;
        }
        self.field(at, draft, flags.quote);
        Ok(())
    }

    /// HAProxy puts quotes around text and samples only, and none where captures are absent.
    fn field(&mut self, at: usize, mut draft: Draft, quote: bool) {
        let is_sample = draft.written.starts_with("%[");
        let is_list = draft.slot == Slot::Captures && draft.shape == Shape::Line;
        match draft.shape {
            Shape::Braces if quote => draft.shape = Shape::QuotedBraces,
            Shape::Line if quote && is_list => draft.shape = Shape::QuotedList,
            Shape::Number
            | Shape::Hex
            | Shape::Date24
            | Shape::Date26
            | Shape::State2
            | Shape::State4
                if !is_sample => {}
            _ if quote => {
                self.literal(at, "\"");
                self.0.push(Piece {
                    at,
                    part: Part::Field(draft),
                });
                self.literal(at, "\"");
                return;
            }
            _ => {}
        }
        self.0.push(Piece {
            at,
            part: Part::Field(draft),
        });
    }
}

impl Draft {
    fn new(written: String, name: Option<String>, alias: &Alias) -> Self {
        Draft {
            written,
            name,
            shape: alias.shape,
            escapes: Escapes::default(),
            slot: alias.slot,
            rank: alias.rank,
            http: alias.http,
        }
    }

    /// `+X` prints addresses, ports, the epoch and the counters of HAProxy's own in hexadecimal.
    fn hexadecimal(&mut self, flags: Flags) {
        const NUMBERS: [&str; 9] = [
            "%Ts", "%ms", "%rt", "%lc", "%pid", "%cp", "%fp", "%bp", "%sp",
        ];
        if !flags.hexadecimal || !NUMBERS.contains(&self.written.as_str()) {
            return;
        }
        self.shape = Shape::Hex;
        self.slot = match self.slot {
            Slot::Accepted(Date::Epoch) => Slot::Accepted(Date::HexEpoch),
            // Two digits of a millisecond's three: of no use.
            _ => Slot::Extra,
        };
    }
}

fn draft(item: &Item) -> Draft {
    let name = item.name.map(str::to_owned);
    match item.what {
        What::Alias(alias) => {
            let mut draft = Draft::new(format!("%{}", alias.text), name, alias);
            draft.escapes.hash = draft.shape.is_escaped();
            draft
        }
        What::Sample(text) => match aliases::sample(text) {
            Some(sample) => Draft::new(format!("%[{text}]"), name, sample),
            None => Draft {
                written: format!("%[{text}]"),
                name,
                shape: Shape::Raw,
                escapes: Escapes::default(),
                slot: Slot::Extra,
                rank: 0,
                http: false,
            },
        },
    }
}

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
