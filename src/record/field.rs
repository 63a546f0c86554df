//! The fields of a record, by name.
//!
//! Enters: a record. Leaves: the value of a field, or nothing where the line does not have it.
//! Must not know: how values are printed or compared.
//!
//! The tables are what a newcomer extends: a row is a name, a sentence with the unit, and where the value stands.

mod traffic;
mod wrapping;

use super::{Record, Value};

/// A field that a record may have.
#[derive(Debug)]
pub struct Field {
    /// Its name: HAProxy's alias for timers (`Tr`), else a word (`status`).
    pub name: &'static str,
    /// What it is, with its unit.
    pub about: &'static str,
    get: for<'r, 'a> fn(&'r Record<'a>) -> Option<Value<'a>>,
}

impl Field {
    /// All of them, in the order in which a record is printed.
    pub fn all() -> impl Iterator<Item = &'static Field> {
        [wrapping::FIELDS, traffic::FIELDS].into_iter().flatten()
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<&'static Field> {
        Self::all().find(|field| field.name == name)
    }

    /// Its value in a record; `None` where the line does not have it.
    pub fn of<'a>(&self, record: &Record<'a>) -> Option<Value<'a>> {
        (self.get)(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_given_twice() {
        let mut names: Vec<&str> = Field::all().map(|field| field.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
