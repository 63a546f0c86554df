//! A format between its grammar and its steps: flags applied.
//!
//! Enters: tokens. Leaves: [`Piece`]s, and how lines are encoded.
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
