//! The lines and words of `haproxy.cfg` (HAProxy manual 2.1 to 2.3; quoting as in HAProxy's `parse_line`).
//!
//! Enters: bytes. Leaves: a [`Syntax`], in which every byte belongs to exactly one [`Piece`]; printed, the pieces give
//! the file back. Must not know: keywords and sections.

use std::ops::Range;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_while, take_while1};
use nom::combinator::{consumed, map, opt, value};
use nom::error::{ErrorKind, ParseError};
use nom::multi::{fold_many0, fold_many1};
use nom::{IResult, Parser};

use super::error::Problem;
use super::setting::Place;

/// A whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syntax {
    text: Vec<u8>,
    lines: Vec<Line>,
}

/// A line with its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// What it consists of, in order and without gaps.
    pub pieces: Vec<Piece>,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Spaces and tabs between words; HAProxy skips them.
    Blank(Range<usize>),
    /// A word, quotes and escapes included.
    Word(Word),
    /// From `#`, or from a carriage return within the line, to the end: HAProxy stops reading there.
    Comment(Range<usize>),
    /// LF or CR LF.
    LineEnd(Range<usize>),
}

/// One word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What HAProxy makes of it: quotes and escapes resolved, environment variables left as written.
    pub value: Vec<u8>,
    /// Where it stands, quotes included.
    pub at: Place,
    /// Where in `value` environment variables stand.
    pub variables: Vec<Range<usize>>,
}

/// Where the grammar stopped, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Line from 1.
    pub line: usize,
    /// Byte of the line from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: Problem,
}

impl Syntax {
    /// A file without a byte.
    pub(super) const EMPTY: Self = Self {
        text: Vec::new(),
        lines: Vec::new(),
    };

    /// Cuts a file into lines and words. Fails on an unterminated quote or brace, on `$` between double quotes that
    /// begins no variable, and on `\x` without two hexadecimal digits: HAProxy refuses these too.
    pub fn parse(text: &[u8]) -> Result<Self, SyntaxError> {
        Self::of_file(0, text)
    }

    /// [`Syntax::parse`] for one of several files: its number stands in every [`Place`].
    pub(super) fn of_file(file: usize, text: &[u8]) -> Result<Self, SyntaxError> {
        let mut lines = Vec::new();
        let mut line = Line::default();
        let (mut rest, mut line_start) = (text, 0);
        while !rest.is_empty() {
            let start = text.len() - rest.len();
            let place = |span: Range<usize>| Place {
                file,
                line: lines.len() + 1,
                column: span.start - line_start + 1,
                span,
            };
            let (after, (bytes, token)) = piece(rest).map_err(|error| {
                let (offset, problem) = stopped(text, error);
                let Place { line, column, .. } = place(offset..offset);
                SyntaxError {
                    line,
                    column,
                    problem,
                }
            })?;
            let span = start..start + bytes.len();
            rest = after;
            line.pieces.push(match token {
                Token::Blank => Piece::Blank(span),
                Token::Comment => Piece::Comment(span),
                Token::Word(Chunk { value, variables }) => Piece::Word(Word {
                    value,
                    at: place(span),
                    variables,
                }),
                Token::LineEnd => {
                    line_start = span.end;
                    line.pieces.push(Piece::LineEnd(span));
                    lines.push(std::mem::take(&mut line));
                    continue;
                }
            });
        }
        if !line.pieces.is_empty() {
            lines.push(line);
        }
        Ok(Self {
            text: text.to_vec(),
            lines,
        })
    }

    /// The file's bytes.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The lines in order; the first is line 1.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The file again, put together from its pieces.
    pub fn print(&self) -> Vec<u8> {
        self.lines
            .iter()
            .flat_map(|line| &line.pieces)
            .flat_map(|piece| self.text.get(piece.span()).unwrap_or_default())
            .copied()
            .collect()
    }
}

impl Line {
    /// Its words in order.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Word(word) => Some(word),
            _ => None,
        })
    }

    /// `.if`, `.elif`, `.else`, `.endif`, `.notice` and their kin, and `[scope]` lines: they speak to HAProxy's
    /// reader of the file and belong to no section (HAProxy manual 2.4).
    pub fn is_preprocessor(&self) -> bool {
        let first = self.words().next().and_then(|word| word.value.first());
        matches!(first, Some(b'.' | b'['))
    }
}

impl Piece {
    /// Its bytes in the file.
    pub fn span(&self) -> Range<usize> {
        match self {
            Self::Blank(span) | Self::Comment(span) | Self::LineEnd(span) => span.clone(),
            Self::Word(word) => word.at.span.clone(),
        }
    }
}

impl Word {
    /// Its value for display and as a name: UTF-8, broken bytes replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.value).into_owned()
    }

    /// Whether it contains an environment variable, so that only the running HAProxy knows its value.
    pub fn is_unexpanded(&self) -> bool {
        !self.variables.is_empty()
    }

    /// Whether HAProxy reads it as this keyword.
    pub fn is(&self, keyword: &str) -> bool {
        self.value == keyword.as_bytes()
    }
}

/// A piece before it has a place.
#[derive(Debug, Clone)]
enum Token {
    Blank,
    Word(Chunk),
    Comment,
    LineEnd,
}

/// A word, or a part of one, with its quotes and escapes resolved.
#[derive(Debug, Clone, Default)]
struct Chunk {
    value: Vec<u8>,
    variables: Vec<Range<usize>>,
}

impl Chunk {
    fn plain(bytes: &[u8]) -> Self {
        Self {
            value: bytes.to_vec(),
            variables: Vec::new(),
        }
    }

    fn join(mut self, next: Self) -> Self {
        let start = self.value.len();
        let moved = next.variables.into_iter();
        self.variables
            .extend(moved.map(|variable| start + variable.start..start + variable.end));
        self.value.extend(next.value);
        self
    }
}

/// Where a parser stopped; `problem` is absent when it only did not apply.
struct Fault<'a> {
    at: &'a [u8],
    problem: Option<Problem>,
}

impl<'a> ParseError<&'a [u8]> for Fault<'a> {
    fn from_error_kind(at: &'a [u8], _: ErrorKind) -> Self {
        Self { at, problem: None }
    }

    fn append(_: &'a [u8], _: ErrorKind, other: Self) -> Self {
        other
    }
}

type Parsed<'a, T> = IResult<&'a [u8], T, Fault<'a>>;

fn fail<T>(at: &[u8], problem: Problem) -> Parsed<'_, T> {
    let problem = Some(problem);
    Err(nom::Err::Failure(Fault { at, problem }))
}

/// Offset and reason of a failure. The alternatives of [`piece`] cover every byte but an opening quote's missing end.
fn stopped(text: &[u8], error: nom::Err<Fault<'_>>) -> (usize, Problem) {
    match error {
        nom::Err::Error(fault) | nom::Err::Failure(fault) => (
            text.len().saturating_sub(fault.at.len()),
            fault.problem.unwrap_or(Problem::UnterminatedQuote),
        ),
        nom::Err::Incomplete(_) => (text.len(), Problem::UnterminatedQuote),
    }
}

fn piece(input: &[u8]) -> Parsed<'_, (&[u8], Token)> {
    consumed(alt((
        value(Token::Blank, take_while1(is_blank)),
        value(Token::LineEnd, alt((tag("\r\n"), tag("\n")))),
        value(Token::Comment, comment),
        map(word, Token::Word),
    )))
    .parse(input)
}

fn comment(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (rest, _) = alt((tag("#"), tag("\r"))).parse(input)?;
    let (_, body) = take_till(|byte| byte == b'\n').parse(rest)?;
    // The CR of a CR LF belongs to the line end, a CR at the end of the file does not.
    let ends_in_crlf = body.last() == Some(&b'\r') && body.len() < rest.len();
    let length = body.len() - usize::from(ends_in_crlf);
    Ok((rest.get(length..).unwrap_or_default(), body))
}

fn word(input: &[u8]) -> Parsed<'_, Chunk> {
    let outside_quotes = |input| escape(input, false);
    fold_many1(
        alt((
            map(take_while1(is_plain), Chunk::plain),
            outside_quotes,
            strong,
            weak,
        )),
        Chunk::default,
        Chunk::join,
    )
    .parse(input)
}

/// `'…'`: nothing is interpreted.
fn strong(input: &[u8]) -> Parsed<'_, Chunk> {
    let (rest, _) = tag("'").parse(input)?;
    let (rest, body) = take_while(|byte| !matches!(byte, b'\'' | b'\r' | b'\n')).parse(rest)?;
    closed(input, rest, b"'", Chunk::plain(body))
}

/// `"…"`: escapes and environment variables are interpreted.
fn weak(input: &[u8]) -> Parsed<'_, Chunk> {
    let is_literal = |byte| !matches!(byte, b'"' | b'\\' | b'$' | b'\r' | b'\n');
    let in_quotes = |input| escape(input, true);
    let (rest, _) = tag("\"").parse(input)?;
    let (rest, body) = fold_many0(
        alt((
            map(take_while1(is_literal), Chunk::plain),
            in_quotes,
            variable,
        )),
        Chunk::default,
        Chunk::join,
    )
    .parse(rest)?;
    closed(input, rest, b"\"", body)
}

fn closed<'a>(quote: &'a [u8], rest: &'a [u8], mark: &[u8], body: Chunk) -> Parsed<'a, Chunk> {
    match rest.strip_prefix(mark) {
        Some(rest) => Ok((rest, body)),
        None => fail(quote, Problem::UnterminatedQuote),
    }
}

/// A backslash and what it protects; before any other byte it stands for itself.
fn escape(input: &[u8], in_quotes: bool) -> Parsed<'_, Chunk> {
    let (rest, _) = tag("\\").parse(input)?;
    let one = |byte: u8| Ok((rest.get(1..).unwrap_or_default(), Chunk::plain(&[byte])));
    match rest.first() {
        Some(&byte @ (b' ' | b'\\' | b'#' | b'\'' | b'"')) => one(byte),
        Some(b'$') if in_quotes => one(b'$'),
        Some(b't') => one(b'\t'),
        Some(b'n') => one(b'\n'),
        Some(b'r') => one(b'\r'),
        Some(b'x') => match (hex_digit(rest, 1), hex_digit(rest, 2)) {
            (Some(high), Some(low)) => {
                let byte = (high << 4) | low;
                Ok((rest.get(3..).unwrap_or_default(), Chunk::plain(&[byte])))
            }
            _ => fail(input, Problem::Hexadecimal),
        },
        _ => Ok((rest, Chunk::plain(b"\\"))),
    }
}

fn hex_digit(bytes: &[u8], index: usize) -> Option<u8> {
    let digit = char::from(*bytes.get(index)?).to_digit(16)?;
    u8::try_from(digit).ok()
}

/// `$NAME`, `${NAME}`, `${NAME-default}`, `${NAME[*]}`, between double quotes only; kept as written.
fn variable(input: &[u8]) -> Parsed<'_, Chunk> {
    let (rest, _) = tag("$").parse(input)?;
    let (rest, brace) = opt(tag("{")).parse(rest)?;
    let begins_name = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.');
    if !rest.first().is_some_and(begins_name) {
        return fail(rest, Problem::VariableName);
    }
    let (rest, _) = opt(tag(".")).parse(rest)?;
    let (mut rest, _) = take_while(|byte: u8| byte.is_ascii_alphanumeric() || byte == b'_')(rest)?;
    if brace.is_some() {
        rest = brace_end(input, rest)?.0;
    }
    let written = input.get(..input.len() - rest.len()).unwrap_or_default();
    let mut chunk = Chunk::plain(written);
    chunk.variables.push(0..written.len());
    Ok((rest, chunk))
}

/// What may follow a name up to its `}`.
fn brace_end<'a>(variable: &'a [u8], after_name: &'a [u8]) -> Parsed<'a, ()> {
    let mut rest = after_name;
    if rest.starts_with(b"[") {
        rest = match rest.strip_prefix(b"[*]") {
            Some(rest) => rest,
            None => return fail(rest, Problem::Expansion),
        };
    }
    if rest.starts_with(b"-") {
        rest = take_till(|byte| matches!(byte, b'}' | b'\r' | b'\n'))(rest)?.0;
    }
    match rest.strip_prefix(b"}") {
        Some(rest) => Ok((rest, ())),
        None => fail(variable, Problem::UnterminatedBrace),
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0b | 0x0c)
}

fn is_plain(byte: u8) -> bool {
    !is_blank(byte) && !matches!(byte, b'\r' | b'\n' | b'#' | b'"' | b'\'' | b'\\')
}

#[cfg(test)]
mod tests;
