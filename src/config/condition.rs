//! The conditions of `.if` and `.elif`, as far as the configuration tells them (HAProxy manual 2.4).
//!
//! Enters: the text behind `.if`, and the variables. Leaves: true, false, or that only the running HAProxy knows
//! (`feature`, `version_atleast` and their kin). Must not know: lines.

use super::environment::{Value, Variables};

/// Nesting that is followed; HAProxy stops at its own bound of parentheses, too.
const DEEPEST: usize = 1024;

/// Evaluates a condition; `None`: not known. Fails at a byte of `text` that HAProxy would refuse.
pub(super) fn holds(text: &[u8], variables: &Variables<'_>) -> Result<Option<bool>, usize> {
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
        variables,
    };
    parser.blanks();
    if parser.at == text.len() {
        return Ok(Some(false));
    }
    let value = parser.any()?;
    if parser.at < text.len() {
        return Err(parser.at);
    }
    Ok(value)
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    variables: &'a Variables<'a>,
}

impl Parser<'_> {
    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_ascii_start().len();
    }

    fn takes(&mut self, mark: &[u8]) -> bool {
        let is_next = self.rest().starts_with(mark);
        if is_next {
            self.at += mark.len();
            self.blanks();
        }
        is_next
    }

    /// `A || B`
    fn any(&mut self) -> Result<Option<bool>, usize> {
        let mut value = self.all()?;
        while self.takes(b"||") {
            value = match (value, self.all()?) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
        }
        Ok(value)
    }

    /// `A && B`
    fn all(&mut self) -> Result<Option<bool>, usize> {
        let mut value = self.term()?;
        while self.takes(b"&&") {
            value = match (value, self.term()?) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        Ok(value)
    }

    fn term(&mut self) -> Result<Option<bool>, usize> {
        let mut is_negated = false;
        while self.takes(b"!") {
            is_negated = !is_negated;
        }
        let value = if self.rest().starts_with(b"(") {
            self.nested()?
        } else if let Some(number) = self.number() {
            Some(number)
        } else {
            self.predicate()?
        };
        self.blanks();
        Ok(value.map(|value| value != is_negated))
    }

    fn nested(&mut self) -> Result<Option<bool>, usize> {
        let start = self.at;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(start);
        }
        self.takes(b"(");
        let value = self.any()?;
        self.depth -= 1;
        if !self.takes(b")") {
            return Err(start);
        }
        Ok(value)
    }

    /// Any number but 0 is true.
    fn number(&mut self) -> Option<bool> {
        let rest = self.rest();
        let unsigned = rest.strip_prefix(b"-").unwrap_or(rest);
        let length = unsigned.iter().take_while(|byte| byte.is_ascii_digit());
        let (length, sign) = (length.count(), rest.len() - unsigned.len());
        let is_true = unsigned.get(..length)?.iter().any(|digit| *digit != b'0');
        self.at += if length > 0 { sign + length } else { 0 };
        (length > 0).then_some(is_true)
    }

    /// `name(argument,…)`
    fn predicate(&mut self) -> Result<Option<bool>, usize> {
        let start = self.at;
        let rest = self.rest();
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let length = rest.iter().take_while(is_name).count();
        let name = rest.get(..length).unwrap_or_default().to_vec();
        let after = rest.get(length..).unwrap_or_default();
        let inside = after.strip_prefix(b"(").ok_or(start)?;
        let end = memchr::memchr(b')', inside).ok_or(start)?;
        let inside = inside.get(..end).unwrap_or_default().to_vec();
        self.at += length + end + 2;
        self.decided(&name, &inside).map_err(|()| start)
    }

    fn decided(&self, name: &[u8], inside: &[u8]) -> Result<Option<bool>, ()> {
        let arguments: Vec<&[u8]> = inside.split(|byte| *byte == b',').map(unquoted).collect();
        match (name, arguments.as_slice()) {
            (b"defined", [variable]) => Ok(match self.variables.value(variable, 0) {
                Value::Set(_) => Some(true),
                Value::Unset => Some(false),
                Value::Unknown => None,
            }),
            (b"streq", [left, right]) => Ok(Some(left == right)),
            (b"strneq", [left, right]) => Ok(Some(left != right)),
            (b"" | b"defined" | b"streq" | b"strneq", _) => Err(()),
            // `feature`, `version_atleast`, `openssl_version_before`, …: the program itself knows.
            _ => Ok(None),
        }
    }
}

fn unquoted(argument: &[u8]) -> &[u8] {
    let inside = |mark: &[u8]| argument.strip_prefix(mark)?.strip_suffix(mark);
    inside(b"\"").or_else(|| inside(b"'")).unwrap_or(argument)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::environment::{Environment, Variables};
    use super::holds;

    #[test]
    fn conditions_are_true_false_or_not_known() {
        let set = HashMap::from([(b"A".to_vec(), b"x".to_vec())]);
        let known = Environment::Known(set);
        let variables = Variables::new(&known);
        for (text, expected) in [
            ("", Some(false)),
            ("0", Some(false)),
            ("-1", Some(true)),
            ("!(1)", Some(false)),
            ("! 1 || 1&&1", Some(true)),
            ("0 && feature(X)", Some(false)),
            ("(1||0) && feature(X)", None),
            ("version_atleast(2.4) || 1", Some(true)),
            ("defined(A) && !defined(B)", Some(true)),
            ("streq(a b,\"a b\")", Some(true)),
            ("strneq(a,)", Some(true)),
        ] {
            assert_eq!(holds(text.as_bytes(), &variables), Ok(expected), "{text}");
        }
        let unknown = Environment::Unknown;
        let variables = Variables::new(&unknown);
        assert_eq!(holds(b"defined(A)", &variables), Ok(None));
    }

    #[test]
    fn what_is_no_condition_is_refused_where_it_ends() {
        let unknown = Environment::Unknown;
        let variables = Variables::new(&unknown);
        let deep = "(".repeat(100_000);
        for (text, at) in [
            ("1 1", 2),
            ("7x", 1),
            ("1 &&", 4),
            ("(1", 0),
            ("streq(a)", 0),
            (&deep, 1024),
        ] {
            assert_eq!(holds(text.as_bytes(), &variables), Err(at), "{text:.9}");
        }
    }
}
