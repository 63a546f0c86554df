//! The grammar of a log-format (HAProxy manual 8.2.6; `log.c`, `parse_logformat_string`).
//!
//! Enters: the text of a format, quotes and escapes of `haproxy.cfg` resolved. Leaves: its [`Token`]s in order, each
//! with its position. Must not know: what the fields mean, or whether they can be told apart.

use super::aliases::{self, Alias};
use super::error::Problem;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_till1, take_while, take_while1};
use nom::character::complete::{char, multispace1};
use nom::combinator::{cut, map, opt, value};
use nom::error::{ErrorKind, ParseError};
use nom::multi::separated_list0;
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// A part of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// Text that is printed as it is.
    Literal(&'t str),
    /// Any number of blanks, of which one is printed, and none behind another.
    Blank,
    /// A field.
    Item(Item<'t>),
    /// `%{flags}o`, which prints nothing and sets flags for all that follows.
    Global(Vec<(bool, Flag)>),
}

/// `%(name:type){flags}alias` or `%(name:type){flags}[expression]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item<'t> {
    pub(super) name: Option<&'t str>,
    pub(super) flags: Vec<(bool, Flag)>,
    pub(super) what: What<'t>,
}

/// What an item prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What<'t> {
    Alias(&'static Alias),
    /// `%[expression]`
    Sample(&'t str),
}

/// A flag; `+` or `-` stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    Quote,
    Hexadecimal,
    Escape,
    /// `+M` and `+bin` change nothing here: absent values are known anyway.
    Other,
    Json,
    Cbor,
}

/// Where the grammar stopped, by the bytes that were left, and why.
#[derive(Debug)]
pub(super) struct Stop {
    left: usize,
    problem: Problem,
}

impl ParseError<&str> for Stop {
    fn from_error_kind(input: &str, _: ErrorKind) -> Self {
        Stop {
            left: input.len(),
            problem: Problem::Percent,
        }
    }

    fn append(_: &str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

type Parsed<'t, T> = IResult<&'t str, T, Stop>;

/// All tokens with the byte, from 0, at which each begins; or where and why it is no format.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token<'_>)>, (usize, Problem)> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let at = text.len() - rest.len();
        let (after, token) = token(rest).map_err(|error| match error {
            nom::Err::Error(stop) | nom::Err::Failure(stop) => {
                (text.len() - stop.left, stop.problem)
            }
            nom::Err::Incomplete(_) => (at, Problem::Percent),
        })?;
        tokens.push((at, token));
        rest = after;
    }
    Ok(tokens)
}

fn token(input: &str) -> Parsed<'_, Token<'_>> {
    alt((
        value(Token::Blank, multispace1),
        value(Token::Literal("%"), tag("%%")),
        preceded(char('%'), cut(item)),
        map(
            take_till1(|c: char| c == '%' || c.is_ascii_whitespace()),
            Token::Literal,
        ),
    ))
    .parse(input)
}

fn item(input: &str) -> Parsed<'_, Token<'_>> {
    let (rest, name) = opt(name).parse(input)?;
    let (rest, flags) = opt(flags).parse(rest)?;
    let flags = flags.unwrap_or_default();
    let (rest, what) = what(rest)?;
    let name = name.flatten();
    let token = match what {
        Some(what) => Token::Item(Item { name, flags, what }),
        None => Token::Global(flags),
    };
    Ok((rest, token))
}

/// `(name:type)`; both may be missing.
fn name(input: &str) -> Parsed<'_, Option<&str>> {
    let (inside, _) = char('(').parse(input)?;
    let (rest, inside) = closed(input, inside, ')')?;
    let name = inside.split(':').next().unwrap_or(inside);
    Ok((rest, (!name.is_empty()).then_some(name)))
}

/// `{+Q,-X}`
fn flags(input: &str) -> Parsed<'_, Vec<(bool, Flag)>> {
    let (inside, _) = char('{').parse(input)?;
    let (rest, inside) = closed(input, inside, '}')?;
    let (unread, flags) = separated_list0(char(','), flag).parse(inside)?;
    if unread.is_empty() {
        return Ok((rest, flags));
    }
    let unread = unread.trim_start_matches(',');
    // `inside` ends where the bracket closes, so its own length is not what was left.
    fail(
        rest.len() + 1 + unread.len(),
        Problem::Flag(escaped(unread)),
    )
}

fn flag(input: &str) -> Parsed<'_, (bool, Flag)> {
    let (rest, sign) = opt(alt((value(true, char('+')), value(false, char('-'))))).parse(input)?;
    let (rest, word) = take_while(|c: char| c.is_ascii_alphanumeric()).parse(rest)?;
    let flag = match word {
        "Q" => Flag::Quote,
        "X" => Flag::Hexadecimal,
        "E" => Flag::Escape,
        "M" | "bin" => Flag::Other,
        "json" => Flag::Json,
        "cbor" => Flag::Cbor,
        _ => {
            return Err(nom::Err::Error(Stop::from_error_kind(
                input,
                ErrorKind::Tag,
            )));
        }
    };
    Ok((rest, (sign.unwrap_or(true), flag)))
}

/// What an item prints; nothing for `o`.
fn what(input: &str) -> Parsed<'_, Option<What<'_>>> {
    if let Some(inside) = input.strip_prefix('[') {
        let (rest, expression) = expression(input, inside)?;
        return Ok((rest, Some(What::Sample(expression))));
    }
    let is_letter = |c: char| c.is_ascii_alphanumeric();
    let (rest, word): (_, &str) = take_while1(is_letter).parse(input)?;
    match aliases::alias(word) {
        _ if word == "o" => Ok((rest, None)),
        Some(alias) => Ok((rest, Some(What::Alias(alias)))),
        None => fail(input.len(), Problem::Alias(word.to_owned())),
    }
}

/// Up to the `]` that stands in no argument list and in no quotes.
fn expression<'t>(opening: &'t str, inside: &'t str) -> Parsed<'t, &'t str> {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (at, c) in inside.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some('"') | None, '\\') => escaped = true,
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, ']') if depth == 0 => return Ok((&inside[at + 1..], &inside[..at])),
            _ => {}
        }
    }
    fail(opening.len(), Problem::Unclosed(']'))
}

/// What stands before a closing bracket, and what follows it.
fn closed<'t>(opening: &'t str, inside: &'t str, close: char) -> Parsed<'t, &'t str> {
    match inside.split_once(close) {
        Some((inside, rest)) => Ok((rest, inside)),
        None => fail(opening.len(), Problem::Unclosed(close)),
    }
}

fn escaped(text: &str) -> String {
    text.escape_debug().to_string()
}

fn fail<T>(left: usize, problem: Problem) -> Result<T, nom::Err<Stop>> {
    Err(nom::Err::Failure(Stop { left, problem }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_are_none() {
        for (text, at, problem) in [
            ("%", 1, Problem::Percent),
            ("a %", 3, Problem::Percent),
            ("%ci %!", 5, Problem::Percent),
            ("%ci %STms", 5, Problem::Alias("STms".to_owned())),
            ("%ci %[src", 5, Problem::Unclosed(']')),
            ("%ci %{+Q", 5, Problem::Unclosed('}')),
            ("%(a ci", 1, Problem::Unclosed(')')),
            ("%{+Q,+Z}r", 5, Problem::Flag("+Z".to_owned())),
            ("%{q}r", 2, Problem::Flag("q".to_owned())),
        ] {
            assert_eq!(tokens(text), Err((at, problem)), "{text}");
        }
    }

    #[test]
    fn brackets_in_arguments_and_quotes_do_not_close() {
        let text = r#"%[req.hdr(a),regsub("[a]+","]"),lower]x"#;
        let tokens = tokens(text).expect("a format");
        let expression = r#"req.hdr(a),regsub("[a]+","]"),lower"#;
        assert!(
            matches!(&tokens[0].1, Token::Item(Item { what: What::Sample(found), .. }) if *found == expression)
        );
        assert_eq!(tokens[1].1, Token::Literal("x"));
    }

    #[test]
    fn blanks_merge_and_percent_signs_stand_for_themselves() {
        let tokens = tokens("a \t b%%").expect("a format");
        let tokens: Vec<_> = tokens.into_iter().map(|(_, token)| token).collect();
        let literal = Token::Literal;
        assert_eq!(
            tokens,
            [literal("a"), Token::Blank, literal("b"), literal("%")]
        );
    }
}
