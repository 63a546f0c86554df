//! Which lines are meant: a small expression language over the fields of a record.
//!
//! Enters: an expression once, then records. Leaves: whether it holds for a record, does not, or cannot be told
//! because the line lacks what is asked for. Must not know: what becomes of the lines.
//!
//! A comparison with a field that the line does not have is unknown, and so is what depends on it (Kleene's logic):
//! neither `status>=500` nor `not status>=500` says anything of a server that went down.

pub mod accepts;
mod compile;
mod condition;
mod error;
mod grammar;
pub mod halog;
mod literal;
mod moment;
mod subject;
mod syntax;
mod value;

use std::sync::Arc;

pub use accepts::Accepts;
pub use error::{FilterError, Problem};

use crate::line::Reading;
use crate::record::field::Kind;
use crate::record::{Record, Value};
use crate::time::zone::Zone;
use compile::{Node, Test};
use condition::Condition;
use subject::Subject;
use syntax::{Expr, Step};

/// An expression that is ready for lines.
#[derive(Debug, Clone)]
pub struct Filter {
    expr: Expr,
    node: Node,
    zone: Zone,
    accepts: Option<Arc<Accepts>>,
}

impl Filter {
    /// Reads an expression; times without a zone are of `zone`.
    ///
    /// # Errors
    /// When it is none, names a field that does not exist, or compares what cannot be compared.
    pub fn compile(text: &str, zone: &Zone) -> Result<Self, FilterError> {
        let expr = grammar::parse(text)?;
        Ok(Self {
            node: compile::compile(text, &expr)?,
            expr,
            zone: zone.clone(),
            accepts: None,
        })
    }

    /// What an expression can name.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Subject::names()
    }

    /// Whether it asks for the requests around one: then it must be told of all of them before it is used.
    pub fn needs_accepts(&self) -> bool {
        needs_accepts(&self.node)
    }

    /// The same, knowing when the requests of the log were accepted.
    pub fn knowing(self, accepts: Accepts) -> Self {
        Self {
            accepts: Some(Arc::new(accepts)),
            ..self
        }
    }

    /// Whether it holds for a line; `None` where the line lacks what decides it.
    pub fn truth(&self, record: &Record) -> Option<bool> {
        let look = Look {
            filter: self,
            record,
            is_lenient: false,
        };
        look.at(&self.node)
    }

    /// Whether a line is one of those that are meant.
    pub fn matches(&self, record: &Record) -> bool {
        self.truth(record) == Some(true)
    }

    /// Whether a line belongs to the story of those that are meant: requests must be meant, and what else HAProxy says
    /// must not be excluded. What only requests have excludes nothing else, `has` included.
    pub fn keeps(&self, record: &Record) -> bool {
        let is_traffic = matches!(record.reading, Reading::Traffic(_));
        let look = Look {
            filter: self,
            record,
            is_lenient: !is_traffic,
        };
        look.at(&self.node).unwrap_or(!is_traffic)
    }
}

/// The expression, without blanks and brackets that say nothing.
impl std::fmt::Display for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        self.expr.fmt(f)
    }
}

fn needs_accepts(node: &Node) -> bool {
    match node {
        Node::Any(nodes) | Node::All(nodes) => nodes.iter().any(needs_accepts),
        Node::Not(node) => needs_accepts(node),
        Node::Test(test) => matches!(test.subject, Subject::AcceptDelay | Subject::AcceptCount),
    }
}

/// A filter before a record.
struct Look<'f, 'r, 'a> {
    filter: &'f Filter,
    record: &'r Record<'a>,
    /// That a field is missing says nothing.
    is_lenient: bool,
}

impl<'a> Look<'_, '_, 'a> {
    fn at(&self, node: &Node) -> Option<bool> {
        match node {
            Node::Any(nodes) => self.first(nodes, true),
            Node::All(nodes) => self.first(nodes, false),
            Node::Not(node) => self.at(node).map(|truth| !truth),
            Node::Test(test) => self.test(test),
        }
    }

    /// What decides is found at one of them, or at none.
    fn first(&self, nodes: &[Node], decides: bool) -> Option<bool> {
        let mut truth = Some(!decides);
        for node in nodes {
            match self.at(node) {
                Some(found) if found == decides => return Some(decides),
                Some(_) => {}
                None => truth = None,
            }
        }
        truth
    }

    fn test(&self, test: &Test) -> Option<bool> {
        let is_traffic = matches!(self.record.reading, Reading::Traffic(_));
        let found = self.value(test.subject);
        let found = test
            .steps
            .iter()
            .fold(found, |value, step| part(value?, step));
        let found = found.filter(|value| *value != Value::Null);
        match (found, &test.condition) {
            (None, Condition::Present) => (!self.is_lenient).then_some(false),
            (None, condition) if test.kind == Kind::Mark && is_traffic => {
                Some(condition.holds(&Value::Bool(false), &self.filter.zone))
            }
            (None, _) => None,
            (Some(value), condition) => Some(condition.holds(&value, &self.filter.zone)),
        }
    }

    fn value(&self, subject: Subject) -> Option<Value<'a>> {
        let accepts = || {
            let accepts = self.filter.accepts.as_deref()?;
            Some((accepts, accepts::accepted(self.record, &self.filter.zone)?))
        };
        match subject {
            Subject::Field(field) => field.of(self.record),
            Subject::AcceptDelay => {
                let (accepts, date) = accepts()?;
                accepts.delay(date).map(Value::Number)
            }
            Subject::AcceptCount => {
                let (accepts, date) = accepts()?;
                accepts.count(date).map(Value::Number)
            }
        }
    }
}

fn part<'a>(value: Value<'a>, step: &Step) -> Option<Value<'a>> {
    match (value, step) {
        (Value::List(values), Step::Nth(nth)) => values.into_iter().nth(nth - 1),
        (Value::Map(values), Step::Member(name)) => values
            .into_iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
