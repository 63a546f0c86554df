//! The grammar of an expression.
//!
//! Enters: text. Leaves: an [`Expr`] whose parts know their places, or where and why it is none.
//! Must not know: which fields there are, or what values mean.
//!
//! ```text
//! any      = all { "or" all }                   all    = one { "and" one }
//! one      = "not" one | "(" any ")" | "has" path | path [ relation ]
//! relation = ("=" "!=" "<" "<=" ">" ">=") value | ("~" "!~") pattern | ["not"] "in" value { "," value }
//! path     = name { "[" number "]" | "." name }
//! ```

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{char, multispace0, u32};
use nom::combinator::{self, map, opt, recognize};
use nom::error::{ErrorKind, ParseError};
use nom::multi::many0;
use nom::sequence::{pair, preceded};
use nom::{IResult, Parser};

use super::error::{FilterError, Problem};
use super::syntax::{Comparison, Expr, KEYWORDS, Path, Place, Relation, Step, Word};
use super::value::{self, Bare};

/// Brackets and `not` inside one another: more than anyone reads.
const DEEPEST: usize = 64;

/// Bytes of an expression.
const LONGEST: usize = 16 * 1024;

/// Where the grammar stopped, by the bytes that were left before and behind the place, and why.
#[derive(Debug)]
struct Stop {
    left: usize,
    behind: usize,
    problem: Problem,
}

impl ParseError<&str> for Stop {
    fn from_error_kind(input: &str, _: ErrorKind) -> Self {
        Stop {
            left: input.len(),
            behind: input.len(),
            problem: Problem::Field,
        }
    }

    fn append(_: &str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

type Parsed<'t, T> = IResult<&'t str, T, Stop>;

/// Reads a whole expression.
pub(super) fn parse(text: &str) -> Result<Expr, FilterError> {
    let error = |place, problem| FilterError {
        text: text.to_owned(),
        place,
        problem,
    };
    if text.len() > LONGEST {
        let problem = Problem::TooMuch("an expression has at most 16 KiB");
        return Err(error(0..0, problem));
    }
    let grammar = Grammar { length: text.len() };
    match grammar.any(text.trim_start(), 0) {
        Ok(("", expr)) => Ok(expr),
        Ok((rest, _)) => {
            let (problem, length) = match rest.starts_with(')') {
                true => (Problem::Unopened, 1),
                false => (Problem::Joint, word_length(rest)),
            };
            let at = text.len() - rest.len();
            Err(error(at..at + length, problem))
        }
        Err(nom::Err::Error(stop) | nom::Err::Failure(stop)) => {
            let place = text.len() - stop.left..text.len() - stop.behind;
            Err(error(place, stop.problem))
        }
        Err(nom::Err::Incomplete(_)) => Err(error(text.len()..text.len(), Problem::Field)),
    }
}

/// Knows the length of the whole text, and so the place of what is left of it.
#[derive(Clone, Copy)]
struct Grammar {
    length: usize,
}

impl Grammar {
    fn any(self, input: &str, depth: usize) -> Parsed<'_, Expr> {
        if depth > DEEPEST {
            let problem = Problem::TooMuch("brackets and `not` stand at most 64 deep");
            return fail(input, input, problem);
        }
        let all = |input| {
            let one = |input| self.one(input, depth);
            joined(one, "and", Expr::And, input)
        };
        joined(all, "or", Expr::Or, input)
    }

    fn one<'t>(self, input: &'t str, depth: usize) -> Parsed<'t, Expr> {
        if let Ok((rest, ())) = keyword("not", input) {
            if depth >= DEEPEST {
                return self.any(rest, depth + 1);
            }
            let (rest, one) = self.one(rest, depth + 1)?;
            return Ok((rest, Expr::Not(Box::new(one))));
        }
        if let Some(inside) = input.strip_prefix('(') {
            let (rest, inside) = self.any(inside.trim_start(), depth + 1)?;
            return match rest.strip_prefix(')') {
                Some(rest) => Ok((rest.trim_start(), inside)),
                None if rest.is_empty() => fail(input, &input[1..], Problem::Unclosed("bracket")),
                None => fail(rest, &rest[word_length(rest)..], Problem::Joint),
            };
        }
        if let Ok((rest, ())) = keyword("has", input) {
            let (rest, path) = self.path(rest)?;
            return Ok((rest.trim_start(), Expr::Test(path, Relation::Has)));
        }
        let (rest, path) = self.path(input)?;
        let (rest, relation) = self.relation(rest.trim_start())?;
        Ok((rest.trim_start(), Expr::Test(path, relation)))
    }

    fn path<'t>(self, input: &'t str) -> Parsed<'t, Path> {
        let (rest, name) = name(input)?;
        if KEYWORDS.contains(&name) {
            return fail(input, rest, Problem::Field);
        }
        let (rest, steps) = many0(step).parse(rest)?;
        let path = Path {
            place: self.place(input, rest),
            name: name.to_owned(),
            steps,
        };
        Ok((rest, path))
    }

    fn relation<'t>(self, input: &'t str) -> Parsed<'t, Relation> {
        if let Ok((rest, negated)) = alt((
            combinator::value(false, char::<_, Stop>('~')),
            combinator::value(true, tag("!~")),
        ))
        .parse(input)
        {
            let (rest, pattern) = self.word(rest.trim_start(), Bare::Pattern)?;
            return Ok((rest, Relation::Match { negated, pattern }));
        }
        if let Some((rest, comparison)) = comparison(input) {
            if rest.starts_with(['=', '>', '~']) {
                let wrong = &input[..input.len() - rest.len() + 1];
                return fail(input, &rest[1..], Problem::Operator(wrong.to_owned()));
            }
            let (rest, word) = self.word(rest.trim_start(), Bare::Value)?;
            return Ok((rest, Relation::Compare(comparison, word)));
        }
        let not = opt(|input| keyword("not", input));
        let is = |input| keyword("in", input);
        if let Ok((rest, (not, ()))) = pair(not, is).parse(input) {
            let (rest, items) = self.items(rest)?;
            let negated = not.is_some();
            return Ok((rest, Relation::In { negated, items }));
        }
        let signs: &str = &input[..input.len() - input.trim_start_matches(is_sign).len()];
        match signs.is_empty() {
            true => Ok((input, Relation::Set)),
            false => {
                let problem = Problem::Operator(signs.to_owned());
                fail(input, &input[signs.len()..], problem)
            }
        }
    }

    /// One value or more, with commas between them.
    fn items<'t>(self, input: &'t str) -> Parsed<'t, Vec<Word>> {
        let (mut rest, first) = self.word(input, Bare::Value)?;
        let mut items = vec![first];
        while let Some(after) = rest.trim_start().strip_prefix(',') {
            let (after, item) = self.word(after.trim_start(), Bare::Value)?;
            items.push(item);
            rest = after;
        }
        Ok((rest, items))
    }

    fn word<'t>(self, input: &'t str, bare: Bare) -> Parsed<'t, Word> {
        let quote = input.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (rest, text) = match quote {
            Some(quote) => match value::quoted(input, quote) {
                Some(quoted) => quoted,
                None => return fail(input, &input[1..], Problem::Unclosed("quote")),
            },
            None => {
                let length = bare.length(input);
                (&input[length..], input[..length].to_owned())
            }
        };
        let is_missing = quote.is_none() && (text.is_empty() || KEYWORDS.contains(&text.as_str()));
        if is_missing {
            return fail(input, rest, Problem::Value);
        }
        let place = self.place(input, rest);
        let quoted = quote.is_some();
        Ok((
            rest,
            Word {
                place,
                text,
                quoted,
            },
        ))
    }

    fn place(self, from: &str, to: &str) -> Place {
        self.length - from.len()..self.length - to.len()
    }
}

/// One or more of something, with a word between them.
fn joined<'t>(
    one: impl Fn(&'t str) -> Parsed<'t, Expr>,
    word: &'static str,
    join: impl Fn(Vec<Expr>) -> Expr,
    input: &'t str,
) -> Parsed<'t, Expr> {
    let (mut rest, first) = one(input)?;
    let mut all = vec![first];
    while let Ok((after, ())) = keyword(word, rest) {
        let (after, next) = one(after)?;
        all.push(next);
        rest = after;
    }
    let expr = if all.len() == 1 {
        all.swap_remove(0)
    } else {
        join(all)
    };
    Ok((rest, expr))
}

/// A word of the language, and the blanks behind it.
fn keyword<'t>(word: &'static str, input: &'t str) -> Parsed<'t, ()> {
    let (rest, found) = name(input)?;
    if found != word {
        let stop = Stop::from_error_kind(input, ErrorKind::Tag);
        return Err(nom::Err::Error(stop));
    }
    combinator::value((), multispace0).parse(rest)
}

/// A name of a field: letters, digits and `_`.
fn name(input: &str) -> Parsed<'_, &str> {
    recognize(pair(
        take_while1(|c: char| c.is_ascii_alphabetic() || c == '_'),
        take_while(|c: char| c.is_ascii_alphanumeric() || c == '_'),
    ))
    .parse(input)
}

fn step(input: &str) -> Parsed<'_, Step> {
    if let Some(inside) = input.strip_prefix('[') {
        return match u32::<_, Stop>(inside) {
            Ok((rest, nth @ 1..)) if rest.starts_with(']') => {
                Ok((&rest[1..], Step::Nth(nth as usize)))
            }
            _ => {
                let end = input.find(']').unwrap_or(input.len());
                fail(input, &input[end..], Problem::Element)
            }
        };
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let member = preceded(char('.'), take_while1(is_part));
    map(member, |name: &str| Step::Member(name.to_owned())).parse(input)
}

fn comparison(input: &str) -> Option<(&str, Comparison)> {
    let begins = |one: &Comparison| Some((input.strip_prefix(one.as_str())?, *one));
    Comparison::ALL.iter().find_map(begins)
}

fn is_sign(c: char) -> bool {
    matches!(c, '!' | '=' | '<' | '>' | '~' | '&' | '|' | '*' | '%')
}

/// Bytes of the word that a text begins with.
fn word_length(text: &str) -> usize {
    text.find(char::is_whitespace).unwrap_or(text.len())
}

fn fail<T>(from: &str, to: &str, problem: Problem) -> Result<T, nom::Err<Stop>> {
    Err(nom::Err::Failure(Stop {
        left: from.len(),
        behind: to.len(),
        problem,
    }))
}
