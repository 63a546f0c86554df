//! An expression as a tree, and the tree as text.
//!
//! Enters: what the grammar read. Leaves: the same text again, blanks and brackets that say nothing left out.
//! Must not know: which fields there are, or what values mean.

use std::fmt::{self, Display, Formatter};
use std::ops::Range;

/// A place in the text, in bytes from 0.
pub(super) type Place = Range<usize>;

/// Words that join, negate and ask: as values they stand in quotes.
pub(super) const KEYWORDS: [&str; 5] = ["and", "or", "not", "in", "has"];

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expr {
    /// One of two or more.
    Or(Vec<Expr>),
    /// All of two or more.
    And(Vec<Expr>),
    Not(Box<Expr>),
    Test(Path, Relation),
}

/// A field, or a part of one: `status`, `req_caps[1]`, `ssl.sni`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) place: Place,
    pub(super) name: String,
    pub(super) steps: Vec<Step>,
}

/// From a value to a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The element of a list, from 1.
    Nth(usize),
    /// What goes by a name.
    Member(String),
}

/// What is asked of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Relation {
    /// The field alone: a flag is set.
    Set,
    /// `has FIELD`
    Has,
    /// `FIELD < VALUE`
    Compare(Comparison, Word),
    /// `FIELD ~ PATTERN`, or `!~`.
    Match { negated: bool, pattern: Word },
    /// `FIELD in VALUE, VALUE`, or `not in`.
    In { negated: bool, items: Vec<Word> },
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Comparison {
    /// Longer ones stand before those they begin with.
    pub(super) const ALL: [Comparison; 6] = [
        Self::Unequal,
        Self::AtMost,
        Self::AtLeast,
        Self::Equal,
        Self::Less,
        Self::Greater,
    ];

    /// As it is written.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// A value as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) place: Place,
    /// Without quotes and escapes.
    pub(super) text: String,
    /// It stood in quotes: it is text, never a range.
    pub(super) quoted: bool,
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match self {
            Self::Or(all) => joined(all, " or ", |one| matches!(one, Self::Or(_)), f),
            Self::And(all) => {
                let needs = |one: &Expr| matches!(one, Self::Or(_) | Self::And(_));
                joined(all, " and ", needs, f)
            }
            Self::Not(one) => match **one {
                Self::Or(_) | Self::And(_) => write!(f, "not ({one})"),
                Self::Not(_) | Self::Test(..) => write!(f, "not {one}"),
            },
            Self::Test(path, Relation::Has) => write!(f, "has {path}"),
            Self::Test(path, relation) => write!(f, "{path}{relation}"),
        }
    }
}

/// Expressions with a word between them, in brackets where they need them.
fn joined(
    all: &[Expr],
    word: &str,
    needs_brackets: impl Fn(&Expr) -> bool,
    f: &mut Formatter,
) -> fmt::Result {
    for (nth, one) in all.iter().enumerate() {
        f.write_str(if nth == 0 { "" } else { word })?;
        if needs_brackets(one) {
            write!(f, "({one})")?;
        } else {
            write!(f, "{one}")?;
        }
    }
    Ok(())
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.write_str(&self.name)?;
        for step in &self.steps {
            match step {
                Step::Nth(nth) => write!(f, "[{nth}]")?,
                Step::Member(name) => write!(f, ".{name}")?,
            }
        }
        Ok(())
    }
}

impl Display for Relation {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match self {
            Self::Set | Self::Has => Ok(()),
            Self::Compare(comparison, word) => write!(f, "{}{word}", comparison.as_str()),
            Self::Match { negated, pattern } => {
                write!(f, "{}{pattern}", if *negated { "!~" } else { "~" })
            }
            Self::In { negated, items } => {
                f.write_str(if *negated { " not in " } else { " in " })?;
                for (nth, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if nth == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
        }
    }
}

impl Display for Word {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        if !self.quoted {
            return f.write_str(&self.text);
        }
        f.write_str("\"")?;
        for character in self.text.chars() {
            let escape = if matches!(character, '"' | '\\') {
                "\\"
            } else {
                ""
            };
            write!(f, "{escape}{character}")?;
        }
        f.write_str("\"")
    }
}
