//! Makes an expression ready for lines: names become fields, values become what they are compared with.
//!
//! Enters: an expression. Leaves: [`Node`]s, or what does not fit and where. Must not know: lines.

use regex::bytes::RegexBuilder;

use super::condition::{Condition, Item};
use super::error::{FilterError, Problem};
use super::literal::{self, Network};
use super::moment::{self, Dial};
use super::subject::Subject;
use super::syntax::{Comparison, Expr, Path, Place, Relation, Step, Word};
use crate::record::field::Kind;

/// Regular expressions of one filter.
const PATTERNS: usize = 64;

/// Bytes that a compiled regular expression, and its cache, may take.
const PATTERN_SIZE: usize = 1 << 20;

/// An expression that is ready for lines.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Any(Vec<Node>),
    All(Vec<Node>),
    Not(Box<Node>),
    Test(Test),
}

/// A condition on a field.
#[derive(Debug, Clone)]
pub(super) struct Test {
    pub(super) subject: Subject,
    pub(super) kind: Kind,
    pub(super) steps: Vec<Step>,
    pub(super) condition: Condition,
}

/// Compiles the tree of a text.
pub(super) fn compile(text: &str, expr: &Expr) -> Result<Node, FilterError> {
    let mut compiler = Compiler { text, patterns: 0 };
    compiler.node(expr)
}

struct Compiler<'t> {
    text: &'t str,
    patterns: usize,
}

/// A field with the comparison that it stands in.
struct Operand<'e> {
    path: &'e Path,
    kind: Kind,
    operator: &'static str,
}

impl Compiler<'_> {
    fn node(&mut self, expr: &Expr) -> Result<Node, FilterError> {
        let mut nodes = |all: &[Expr]| -> Result<Vec<Node>, FilterError> {
            all.iter().map(|one| self.node(one)).collect()
        };
        Ok(match expr {
            Expr::Or(all) => Node::Any(nodes(all)?),
            Expr::And(all) => Node::All(nodes(all)?),
            Expr::Not(one) => Node::Not(Box::new(self.node(one)?)),
            Expr::Test(path, relation) => self.test(path, relation)?,
        })
    }

    fn test(&mut self, path: &Path, relation: &Relation) -> Result<Node, FilterError> {
        let Some(subject) = Subject::named(&path.name) else {
            let near = Subject::near(&path.name);
            let name = path.name.clone();
            let at = path.place.start..path.place.start + name.len();
            return Err(self.error(&at, Problem::UnknownField { name, near }));
        };
        let has_member = path
            .steps
            .iter()
            .any(|step| matches!(step, Step::Member(_)));
        let kind = if has_member {
            Kind::Any
        } else {
            subject.kind()
        };
        let (condition, negated) = self.condition(path, kind, relation)?;
        let test = Node::Test(Test {
            subject,
            kind,
            steps: path.steps.clone(),
            condition,
        });
        Ok(if negated {
            Node::Not(Box::new(test))
        } else {
            test
        })
    }

    fn condition(
        &mut self,
        path: &Path,
        kind: Kind,
        relation: &Relation,
    ) -> Result<(Condition, bool), FilterError> {
        let operand = |operator| Operand {
            path,
            kind,
            operator,
        };
        Ok(match relation {
            Relation::Has => (Condition::Present, false),
            Relation::Set => (self.flag(path, kind)?, false),
            Relation::Match { negated, pattern } => (self.pattern(pattern)?, *negated),
            Relation::Compare(comparison, word) => {
                let operand = operand(comparison.as_str());
                let items = self.compared(&operand, *comparison, word)?;
                (Condition::Among(items), *comparison == Comparison::Unequal)
            }
            Relation::In { negated, items } => {
                let operand = operand("in");
                let mut all = Vec::new();
                for word in items {
                    all.extend(self.listed(&operand, word)?);
                }
                (Condition::Among(all), *negated)
            }
        })
    }

    /// A field alone.
    fn flag(&self, path: &Path, kind: Kind) -> Result<Condition, FilterError> {
        match kind {
            Kind::Flag | Kind::Mark | Kind::Any => Ok(Condition::Among(vec![Item::Flag(true)])),
            _ => {
                let name = path.to_string();
                Err(self.error(&path.place, Problem::NoFlag { name }))
            }
        }
    }

    fn pattern(&mut self, pattern: &Word) -> Result<Condition, FilterError> {
        self.patterns += 1;
        if self.patterns > PATTERNS {
            let problem = Problem::TooMuch("a filter has at most 64 regular expressions");
            return Err(self.error(&pattern.place, problem));
        }
        RegexBuilder::new(&pattern.text)
            .size_limit(PATTERN_SIZE)
            .dfa_size_limit(PATTERN_SIZE)
            .nest_limit(PATTERNS as u32)
            .build()
            .map(Condition::Like)
            .map_err(|error| {
                let why = match &error {
                    regex::Error::CompiledTooBig(_) => "it would take more than 1 MiB".to_owned(),
                    // The last line of a drawing says it.
                    error => error
                        .to_string()
                        .lines()
                        .last()
                        .unwrap_or_default()
                        .to_owned(),
                };
                let why = why.trim_start_matches("error: ").to_owned();
                self.error(&pattern.place, Problem::Pattern(why))
            })
    }

    /// What a field is that compares so with one value; the same for `=` and `!=`.
    fn compared(
        &self,
        operand: &Operand,
        comparison: Comparison,
        word: &Word,
    ) -> Result<Vec<Item>, FilterError> {
        let has_order = !matches!(comparison, Comparison::Equal | Comparison::Unequal);
        if !has_order {
            return self.equal(operand, word);
        }
        if is_range(operand.kind, word) {
            return Err(self.many(operand, word));
        }
        let (dial, from, to) = self.ordered(operand, word, &word.text)?;
        let (from, to) = match comparison {
            Comparison::Less => (i64::MIN, from.saturating_sub(1)),
            Comparison::AtMost => (i64::MIN, to),
            Comparison::Greater => (to.saturating_add(1), i64::MAX),
            _ => (from, i64::MAX),
        };
        Ok(vec![item(dial, from, to)])
    }

    fn equal(&self, operand: &Operand, word: &Word) -> Result<Vec<Item>, FilterError> {
        let items = self.listed(operand, word)?;
        let is_network = |item: &Item| matches!(item, Item::Network(one) if !one.is_single());
        if is_range(operand.kind, word) || items.iter().any(is_network) {
            return Err(self.many(operand, word));
        }
        Ok(items)
    }

    /// A value of a list: one, a range, or a network.
    fn listed(&self, operand: &Operand, word: &Word) -> Result<Vec<Item>, FilterError> {
        match operand.kind {
            Kind::Text => Ok(vec![Item::Word(word.text.clone())]),
            Kind::Termination => match word.text.len() {
                2 => Ok(vec![Item::Ending(word.text.clone())]),
                4 => Ok(vec![Item::Word(word.text.clone())]),
                _ => Err(self.kind(operand, word)),
            },
            Kind::Any => {
                let number = self.range(operand, word).unwrap_or_default();
                let word = Item::Word(word.text.clone());
                Ok([vec![word], number].concat())
            }
            Kind::Flag | Kind::Mark => match word.text.as_str() {
                "true" => Ok(vec![Item::Flag(true)]),
                "false" => Ok(vec![Item::Flag(false)]),
                _ => Err(self.kind(operand, word)),
            },
            Kind::Address => match Network::read(&word.text) {
                Some(network) => Ok(vec![Item::Network(network)]),
                None => Err(self.kind(operand, word)),
            },
            Kind::Number | Kind::Duration | Kind::Size | Kind::Time => self.range(operand, word),
        }
    }

    /// `500`, `500..599`, `500..` or `..599`.
    fn range(&self, operand: &Operand, word: &Word) -> Result<Vec<Item>, FilterError> {
        let ends = word
            .text
            .split_once("..")
            .filter(|_| is_range(operand.kind, word));
        let Some((first, last)) = ends else {
            let (dial, from, to) = self.ordered(operand, word, &word.text)?;
            return Ok(vec![item(dial, from, to)]);
        };
        let end = |text: &str| match text {
            "" => Ok(None),
            text => self.ordered(operand, word, text).map(Some),
        };
        let (first, last) = (end(first)?, end(last)?);
        let (dial, from, to) = match (first, last) {
            (Some((one, from, _)), Some((other, _, to))) if one == other => (one, from, to),
            (Some((dial, from, _)), None) => (dial, from, i64::MAX),
            (None, Some((dial, _, to))) => (dial, i64::MIN, to),
            _ => return Err(self.kind(operand, word)),
        };
        if from <= to {
            return Ok(vec![item(dial, from, to)]);
        }
        if dial == Some(Dial::OfDay) {
            // From one evening to the next morning.
            return Ok(vec![item(dial, from, i64::MAX), item(dial, i64::MIN, to)]);
        }
        Err(self.error(&word.place, Problem::EmptyRange(word.text.clone())))
    }

    /// The first and the last number of a value that has an order.
    fn ordered(
        &self,
        operand: &Operand,
        word: &Word,
        text: &str,
    ) -> Result<(Option<Dial>, i64, i64), FilterError> {
        let number = match operand.kind {
            Kind::Number | Kind::Any => literal::number(text),
            Kind::Duration => literal::duration(text),
            Kind::Size => literal::size(text),
            Kind::Time => {
                let read = moment::read(text);
                let read = read.map(|(dial, from, to)| (Some(dial), from, to));
                return read.ok_or_else(|| self.kind(operand, word));
            }
            Kind::Address | Kind::Flag | Kind::Mark | Kind::Termination | Kind::Text => {
                let problem = Problem::Unordered {
                    field: operand.path.to_string(),
                    kind: operand.kind.as_str(),
                    operator: operand.operator,
                };
                return Err(self.error(&operand.path.place, problem));
            }
        };
        let number = number.ok_or_else(|| self.kind(operand, word))?;
        Ok((None, number, number))
    }

    fn kind(&self, operand: &Operand, word: &Word) -> FilterError {
        let problem = Problem::Kind {
            field: operand.path.to_string(),
            kind: operand.kind.as_str(),
            value: word.text.clone(),
            like: operand.kind.like(),
        };
        self.error(&word.place, problem)
    }

    fn many(&self, operand: &Operand, word: &Word) -> FilterError {
        let problem = Problem::ManyValues {
            operator: operand.operator,
            value: word.text.clone(),
        };
        self.error(&word.place, problem)
    }

    fn error(&self, place: &Place, problem: Problem) -> FilterError {
        FilterError {
            text: self.text.to_owned(),
            place: place.clone(),
            problem,
        }
    }
}

/// Whether a value is written as a range, where there are such.
fn is_range(kind: Kind, word: &Word) -> bool {
    let has_order = matches!(
        kind,
        Kind::Number | Kind::Duration | Kind::Size | Kind::Time | Kind::Any
    );
    has_order && !word.quoted && word.text.contains("..")
}

fn item(dial: Option<Dial>, from: i64, to: i64) -> Item {
    match dial {
        Some(dial) => Item::Span(dial, from, to),
        None => Item::Range(from, to),
    }
}
