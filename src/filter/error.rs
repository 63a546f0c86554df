//! What is wrong with an expression, where, and what to do.
//!
//! Enters: a place and a [`Problem`]. Leaves: a [`FilterError`]. Must not know: how the expression was read.

use std::ops::Range;

use thiserror::Error;

/// An expression that is none. Its texts are as they were typed: whoever shows them escapes them.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("filter, character {}: {problem}", self.character())]
pub struct FilterError {
    /// The expression.
    pub text: String,
    /// Where in it, in bytes from 0.
    pub place: Range<usize>,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// Nothing where a comparison should begin.
    #[error("expected a field")]
    Field,
    /// No field of this name.
    #[error("there is no field `{name}`")]
    UnknownField {
        /// As it was typed.
        name: String,
        /// Fields that may have been meant, best first.
        near: Vec<&'static str>,
    },
    /// Something behind a comparison that joins it to nothing.
    #[error("expected `and`, `or` or the end")]
    Joint,
    /// Something behind a field that is no operator.
    #[error("`{0}` is no operator")]
    Operator(String),
    /// Nothing behind an operator.
    #[error("a value is missing")]
    Value,
    /// A quote or a bracket without its partner.
    #[error("nothing closes this {0}")]
    Unclosed(&'static str),
    /// A bracket that closes nothing.
    #[error("nothing opens this bracket")]
    Unopened,
    /// `[0]`, `[x]`
    #[error("expected the number of an element, from 1")]
    Element,
    /// A field alone that is no flag.
    #[error("`{name}` is no flag")]
    NoFlag {
        /// The field.
        name: String,
    },
    /// A value that is not of the field's kind.
    #[error("`{field}` is {kind}, and `{value}` is none")]
    Kind {
        /// The field.
        field: String,
        /// What it is, with its article.
        kind: &'static str,
        /// The value as it was typed.
        value: String,
        /// What such values look like.
        like: &'static str,
    },
    /// `<` and `>` of what has no order.
    #[error("`{operator}` compares numbers and times, and `{field}` is {kind}")]
    Unordered {
        /// The field.
        field: String,
        /// What it is.
        kind: &'static str,
        /// The operator.
        operator: &'static str,
    },
    /// A range or a network behind `=`.
    #[error("`{operator}` compares with one value, and `{value}` is more")]
    ManyValues {
        /// The operator.
        operator: &'static str,
        /// As it was typed.
        value: String,
    },
    /// `5..1`
    #[error("nothing lies in `{0}`")]
    EmptyRange(String),
    /// No regular expression.
    #[error("no regular expression: {0}")]
    Pattern(String),
    /// More than is needed, or good for the machine.
    #[error("{0}")]
    TooMuch(&'static str),
}

impl FilterError {
    /// The character it stands at, from 1.
    pub fn character(&self) -> usize {
        self.pieces()[0].chars().count() + 1
    }

    /// The expression before the place, at it, and after it.
    pub fn pieces(&self) -> [&str; 3] {
        let from = self.text.floor_char_boundary(self.place.start);
        let to = self.text.ceil_char_boundary(self.place.end.max(from));
        [&self.text[..from], &self.text[from..to], &self.text[to..]]
    }

    /// What to do.
    pub fn hint(&self) -> String {
        let fixed = match &self.problem {
            Problem::Field => "write FIELD OPERATOR VALUE, such as status>=500",
            Problem::UnknownField { near, .. } if !near.is_empty() => {
                return format!("did you mean {}?", near.join(", "));
            }
            Problem::UnknownField { .. } => {
                "the help of --filter names them all, such as backend, server, status, Tr, term, ts"
            }
            Problem::Joint => {
                "write `and` and `or` between comparisons; values with blanks stand in quotes, several values behind `in`: backend in api, web"
            }
            Problem::Operator(_) => {
                "use one of = != < <= > >= ~ !~ in, and between comparisons and, or, not"
            }
            Problem::Value => {
                "write one behind the operator; in quotes it may be empty, or a word of the language"
            }
            Problem::Unclosed("quote") => {
                "write the same quote at the end; inside \"…\" a backslash stands before a quote"
            }
            Problem::Unclosed(_) => "close it, or put the value into quotes",
            Problem::Unopened => "leave it out, or put the value into quotes",
            Problem::Element => "the first is [1]; without brackets any element will do",
            Problem::NoFlag { name } => {
                return format!("compare it ({name}=…), or ask whether a line has it: has {name}");
            }
            Problem::Kind { like, .. } => return format!("write it like {like}"),
            Problem::Unordered { field, .. } => {
                return format!("use {field}=…, {field}~… or {field} in …, …");
            }
            Problem::ManyValues { operator: "!=", .. } => "write `not in` instead of `!=`",
            Problem::ManyValues { operator: "=", .. } => "write `in` instead of `=`",
            Problem::ManyValues { .. } => "give one end of it",
            Problem::EmptyRange(_) => "write the smaller end first; both ends belong to it",
            Problem::Pattern(_) => {
                "a backslash before . * + ? ( ) [ ] { } | ^ $ takes them as they are"
            }
            Problem::TooMuch(_) => "make it shorter, or filter in two steps",
        };
        fixed.to_owned()
    }
}
