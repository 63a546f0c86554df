//! Ordinary lines of a format, in one pass.
//!
//! Enters: the segments of a format once, then messages. Leaves: for each message its [`Traffic`], the same that
//! [`super::matching`] reads, or `None` for a message that is no whole and ordinary line.
//! Must not know: why it is none; `matching` reads it then.
//!
//! On an ordinary line nothing is missing but captures: each number is one, and no cookie was captured.

use super::matching::{Field, Segment, Step, blank};
use super::shape::{self, Shape};
use super::slot::{self, Date, Slot};
use crate::line::{Clock, FieldSet, Mode, Traffic, state};
use crate::time::civil::LogDates;

/// A reader of a format's ordinary lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quick {
    steps: Vec<(Move, Behind)>,
    mode: Mode,
    fields: FieldSet,
}

/// What stands right behind a step, which would else be a step of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behind {
    Nothing,
    Byte(u8),
    Blank,
}

/// One step through an ordinary line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Move {
    Byte(u8),
    Literal(Box<[u8]>),
    Blank,
    Number(Slot),
    /// One byte of these at least.
    Run(Box<Class>, Slot),
    /// An address before its port.
    Address(Box<Class>, Slot),
    /// `06/Feb/2009:12:12:51.443`
    Date,
    /// So many characters.
    Term(usize),
    Braces(Slot),
    /// Text without quotes and control characters.
    Line(Slot),
    /// Cookies that were not captured.
    Only(&'static [u8], Slot),
    /// Any look whose text is taken as it is.
    Any(Shape, Slot),
}

/// For each byte, whether a field can go on with it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Class([bool; 256]);

impl Class {
    fn of(shape: Shape) -> Box<Self> {
        let mut class = [false; 256];
        for (byte, holds) in (0..=255).zip(&mut class) {
            *holds = shape.may_hold(byte);
        }
        Box::new(Class(class))
    }

    /// How many bytes a text begins with, at least one.
    #[inline(always)]
    fn run(&self, text: &[u8]) -> Option<usize> {
        let holds = |byte: &u8| self.0[usize::from(*byte)];
        let mut length = 0;
        while let Some([a, b, c, d]) = text[length..].first_chunk() {
            if !(holds(a) & holds(b) & holds(c) & holds(d)) {
                break;
            }
            length += 4;
        }
        let left = &text[length..];
        length += left
            .iter()
            .position(|byte| !holds(byte))
            .unwrap_or(left.len());
        (length > 0).then_some(length)
    }
}

impl Quick {
    /// `None` for a format that has a field whose lines are never ordinary.
    pub(super) fn new(segments: &[Segment], mode: Mode) -> Option<Quick> {
        let (mut steps, mut fields) = (Vec::<(Move, Behind)>::new(), FieldSet::NONE);
        let mut push = |step: Move| {
            fields |= step.fields();
            match (steps.last_mut(), &step) {
                (Some((_, behind @ Behind::Nothing)), Move::Byte(byte)) => {
                    *behind = Behind::Byte(*byte);
                }
                (Some((_, behind @ Behind::Nothing)), Move::Blank) => *behind = Behind::Blank,
                _ => steps.push((step, Behind::Nothing)),
            }
        };
        let mut following = segments.iter();
        for segment in segments {
            following.next();
            for step in &segment.steps {
                push(Move::of(step)?);
            }
            if let Some(text) = segment.text {
                push(absent(text, following.clone().next()?)?);
            }
        }
        Some(Quick {
            steps,
            mode,
            fields,
        })
    }

    /// Reads an ordinary line into `traffic`; `None` leaves it half read.
    pub(super) fn read<'a>(
        &self,
        message: &'a [u8],
        dates: &mut LogDates,
        traffic: &mut Traffic<'a>,
    ) -> Option<()> {
        *traffic = Traffic {
            mode: self.mode,
            fields: self.fields,
            ..Traffic::beginning(b"-", 0)
        };
        let mut line = Line {
            message,
            dates,
            traffic,
            captures: 0,
            request: 0,
        };
        let mut at = 0;
        for (step, behind) in &self.steps {
            at += line.pass(step, at)?;
            at += match behind {
                Behind::Nothing => 0,
                Behind::Byte(byte) if message.get(at) == Some(byte) => 1,
                Behind::Byte(_) => return None,
                Behind::Blank => blank(message, at)?,
            };
        }
        (at == message.len()).then_some(())
    }
}

/// What is written where no cookie was captured, as far as that is where the text of a cookie ends first: behind the
/// first place where it may end and its text fits.
fn absent(text: Field, following: &Segment) -> Option<Move> {
    let ends = match following.steps.first()? {
        Step::Blank => true,
        // In `- -` it does not begin.
        Step::Literal(literal) => !matches!(literal.first()?, b'-' | b' '),
        Step::Field(_) => false,
    };
    let absent: &[u8] = match text.slot {
        Slot::Cookie(_) => b"-",
        Slot::Cookies => b"- -",
        _ => return None,
    };
    (ends && text.shape == Shape::Raw).then_some(Move::Only(absent, text.slot))
}

impl Move {
    fn of(step: &Step) -> Option<Move> {
        let field = match step {
            Step::Blank => return Some(Move::Blank),
            Step::Literal(literal) => {
                return Some(match **literal {
                    [byte] => Move::Byte(byte),
                    _ => Move::Literal(literal.clone()),
                });
            }
            Step::Field(field) => field,
        };
        let slot = field.slot;
        let takes_text = matches!(
            slot,
            Slot::Client
                | Slot::Frontend
                | Slot::Transport
                | Slot::Backend
                | Slot::Server
                | Slot::Request
                | Slot::RequestStart
                | Slot::RequestEnd
                | Slot::Extra
        );
        Some(match field.shape {
            Shape::Number if slot.is_number() => Move::Number(slot),
            Shape::Date24 if slot == Slot::Accepted(Date::Wall) => Move::Date,
            Shape::State2 if slot == Slot::Term => Move::Term(2),
            Shape::State4 if slot == Slot::Term => Move::Term(4),
            Shape::Braces if matches!(slot, Slot::Captures | Slot::MoreCaptures) => {
                Move::Braces(slot)
            }
            Shape::QuotedList | Shape::Json => return None,
            _ if !takes_text => return None,
            Shape::IpBeforePort => Move::Address(Class::of(Shape::Ip), slot),
            Shape::Line => Move::Line(slot),
            Shape::Name | Shape::Transport | Shape::Ident | Shape::Method | Shape::Version => {
                Move::Run(Class::of(field.shape), slot)
            }
            shape => Move::Any(shape, slot),
        })
    }

    /// What it fills.
    fn fields(&self) -> FieldSet {
        match self {
            Move::Byte(_) | Move::Literal(_) | Move::Blank => FieldSet::NONE,
            Move::Date => FieldSet::ACCEPTED,
            Move::Term(2) => FieldSet::TERM,
            Move::Term(_) => FieldSet::TERM | FieldSet::PERSISTENCE,
            Move::Braces(Slot::MoreCaptures)
            | Move::Run(_, Slot::RequestStart)
            | Move::Any(_, Slot::RequestStart)
            | Move::Line(Slot::RequestStart) => FieldSet::NONE,
            Move::Number(slot)
            | Move::Run(_, slot)
            | Move::Address(_, slot)
            | Move::Braces(slot)
            | Move::Line(slot)
            | Move::Only(_, slot)
            | Move::Any(_, slot) => slot.fields(),
        }
    }
}

/// A line that is read.
struct Line<'l, 'a> {
    message: &'a [u8],
    dates: &'l mut LogDates,
    traffic: &'l mut Traffic<'a>,
    /// Where the captures or the request began.
    captures: usize,
    request: usize,
}

impl<'a> Line<'_, 'a> {
    /// How long it is that a step finds here.
    #[inline(always)]
    fn pass(&mut self, step: &Move, at: usize) -> Option<usize> {
        let rest = self.message.get(at..)?;
        // A line that ends early is not ordinary.
        let first = rest.first()?;
        Some(match step {
            Move::Byte(byte) if byte == first => 1,
            Move::Byte(_) => return None,
            Move::Literal(literal) if rest.starts_with(literal) => literal.len(),
            Move::Literal(_) => return None,
            Move::Blank => blank(self.message, at)?,
            Move::Number(slot) => {
                let number = Number::of(rest)?;
                self.number(*slot, number)?;
                number.length
            }
            Move::Run(class, slot) => {
                let length = class.run(rest)?;
                self.text(*slot, at, length)?
            }
            Move::Address(class, slot) => {
                let length = shape::before_port(rest, class.run(rest)?)?;
                self.text(*slot, at, length)?
            }
            Move::Date => {
                self.traffic.accepted = self.dates.read(rest.get(..24)?)?;
                self.traffic.clock = Clock::Wall;
                24
            }
            Move::Term(length) => self.term(rest.get(..*length)?)?,
            Move::Braces(_) if *first != b'{' => 0,
            Move::Braces(slot) => {
                let length = shape::braces(rest).filter(|length| *length > 0)?;
                self.captures(*slot, at, length)?
            }
            Move::Line(slot) => self.text(*slot, at, printed(rest))?,
            // As every line begins.
            Move::Only(text, _) if rest.starts_with(text) => text.len(),
            Move::Only(..) => return None,
            Move::Any(shape, slot) => {
                let length = shape.length(rest)?;
                self.text(*slot, at, length)?
            }
        })
    }

    #[inline(always)]
    fn text(&mut self, slot: Slot, at: usize, length: usize) -> Option<usize> {
        let end = at + length;
        let text = self.message.get(at..end)?;
        let traffic = &mut *self.traffic;
        match slot {
            Slot::Client => traffic.client = text,
            Slot::Frontend => traffic.frontend = text,
            Slot::Transport => {
                (traffic.frontend, traffic.tls) = match text {
                    [name @ .., b'~'] => (name, true),
                    _ => (text, false),
                };
            }
            Slot::Backend => traffic.backend = text,
            Slot::Server => traffic.server = text,
            Slot::Request => traffic.request = slot::request(text),
            Slot::RequestStart => self.request = at,
            Slot::RequestEnd => {
                traffic.request = slot::request(self.message.get(self.request..end)?);
            }
            _ => {}
        }
        Some(length)
    }

    #[inline(always)]
    fn term(&mut self, text: &[u8]) -> Option<usize> {
        let term = match *text {
            [cause, phase] => [cause, phase, b'-', b'-'],
            [a, b, c, d] => [a, b, c, d],
            _ => return None,
        };
        self.traffic.term = term;
        state::is_term(&term).then_some(text.len())
    }

    #[inline(always)]
    fn captures(&mut self, slot: Slot, at: usize, length: usize) -> Option<usize> {
        if slot == Slot::Captures || self.traffic.captures.is_empty() {
            self.captures = at;
        }
        self.traffic.captures = self.message.get(self.captures..at + length)?;
        Some(length)
    }

    #[inline(always)]
    fn number(&mut self, slot: Slot, number: Number) -> Option<()> {
        let traffic = &mut *self.traffic;
        let Number { value, sign, .. } = number;
        let is_marked = sign == b'+';
        if sign == b'-' && !matches!(slot, Slot::Timer(_) | Slot::Status | Slot::Extra) {
            return None;
        }
        match slot {
            Slot::Timer(nth) => {
                let ms = if sign == b'-' {
                    -1
                } else {
                    value.cast_signed()
                };
                let timers = &mut traffic.timers;
                match nth {
                    0 => timers.request = ms,
                    1 => timers.queue = ms,
                    2 => timers.connect = ms,
                    3 => timers.response = ms,
                    _ => timers.total = ms.max(0),
                }
                traffic.early |= is_marked;
            }
            Slot::Bytes => {
                traffic.bytes = value;
                traffic.early |= is_marked;
            }
            Slot::Retries => {
                traffic.retries = u32::try_from(value).ok()?;
                traffic.redispatched = is_marked;
            }
            Slot::Extra => {}
            _ if is_marked => return None,
            Slot::Status if sign == b'-' => {
                traffic.status = (value == 1 && number.length == 2).then_some(-1)?;
            }
            Slot::Status => traffic.status = i16::try_from(value).ok().filter(|it| *it <= 999)?,
            Slot::Connections(nth) => {
                *traffic.connections.get_mut(nth)? = u32::try_from(value).ok()?;
            }
            Slot::SrvQueue => traffic.srv_queue = u32::try_from(value).ok()?,
            Slot::BackendQueue => traffic.backend_queue = u32::try_from(value).ok()?,
            _ => return None,
        }
        Some(())
    }
}

/// Digits behind an optional sign.
#[derive(Clone, Copy)]
struct Number {
    value: u64,
    /// `+`, `-`, or 0.
    sign: u8,
    length: usize,
}

/// Digits of a number that always fits, as a timer too.
const SAFE: usize = 15;

impl Number {
    #[inline(always)]
    fn of(text: &[u8]) -> Option<Number> {
        let (sign, digits) = match text {
            [b'0'..=b'9', ..] => (0, text),
            [sign @ (b'+' | b'-'), digits @ ..] => (*sign, digits),
            _ => return None,
        };
        let (mut value, mut length) = (0_u64, 0);
        for byte in digits {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            length += 1;
        }
        let is_safe = (1..=SAFE).contains(&length);
        is_safe.then_some(Number {
            value,
            sign,
            length: length + usize::from(sign != 0),
        })
    }
}

/// How many bytes a text begins with that are neither quotes nor control characters.
#[inline(always)]
fn printed(text: &[u8]) -> usize {
    let is_one = |byte: &u8| byte.wrapping_sub(b' ') < 127 - b' ' && *byte != b'"';
    let (blocks, left) = text.as_chunks::<16>();
    for (nth, block) in blocks.iter().enumerate() {
        // None is left out, or the compiler would not compare all at once.
        if !block.iter().fold(true, |all, byte| all & is_one(byte)) {
            return nth * 16 + block.iter().position(|byte| !is_one(byte)).unwrap_or(16);
        }
    }
    let end = left.iter().position(|byte| !is_one(byte));
    text.len() - left.len() + end.unwrap_or(left.len())
}

#[cfg(test)]
mod tests;
