//! Where each key of a settings file stands, and that each is known.
//!
//! Enters: the text of a file. Leaves: lines and columns by key; or the first key that is none. Must not know: what
//! values are good.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::CannotLoad;
use super::keys;

/// Keys of a file, as `store.keep` or `notify.0.url`, with the byte they stand at.
#[derive(Debug, Clone)]
pub(super) struct Places<'a> {
    name: &'a str,
    text: &'a str,
    at: BTreeMap<String, usize>,
}

impl<'a> Places<'a> {
    /// Of the file `name`.
    pub(super) fn of(name: &'a str, text: &'a str) -> Result<Self, CannotLoad> {
        let mut places = Self {
            name,
            text,
            at: BTreeMap::new(),
        };
        let parsed = DeTable::parse(text).map_err(|error| places.refused(&error))?;
        places.top(parsed.get_ref())?;
        Ok(places)
    }

    fn top(&mut self, table: &DeTable) -> Result<(), CannotLoad> {
        let arrays = keys::TABLES.iter().map(|(name, _)| *name);
        let sections: Vec<_> = keys::sections().into_iter().chain(arrays).collect();
        for (key, value) in table {
            let name: &str = key.get_ref();
            let Some(known) = keys::within(name) else {
                return Err(self.unknown(key, "section", &sections));
            };
            match value.get_ref() {
                DeValue::Table(table) => self.within(name, table, &known)?,
                DeValue::Array(tables) => {
                    for (number, table) in tables.iter().enumerate() {
                        let path = format!("{name}.{number}");
                        self.at.insert(path.clone(), table.span().start);
                        if let DeValue::Table(table) = table.get_ref() {
                            self.within(&path, table, &known)?;
                        }
                    }
                }
                // What it is not is told when it is read.
                _ => {}
            }
        }
        Ok(())
    }

    fn within(
        &mut self,
        path: &str,
        table: &DeTable,
        known: &[&'static str],
    ) -> Result<(), CannotLoad> {
        for key in table.keys() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                return Err(self.unknown(key, "setting", known));
            }
            self.at.insert(format!("{path}.{name}"), key.span().start);
        }
        Ok(())
    }

    fn unknown(
        &self,
        key: &Spanned<std::borrow::Cow<str>>,
        what: &str,
        known: &[&'static str],
    ) -> CannotLoad {
        let name: &str = key.get_ref();
        let begun: String = name.chars().take(40).collect();
        CannotLoad::new(
            self.place(key.span().start),
            format!("unknown {what} `{begun}`"),
            keys::instead(name, known),
        )
    }

    /// What the reader of TOML has found wrong.
    pub(super) fn refused(&self, error: &toml::de::Error) -> CannotLoad {
        let Range { start, .. } = error.span().unwrap_or_default();
        let message = error.message().lines().next().unwrap_or_default();
        let hint = "samples/hapline.toml shows every setting; `hapline serve --show-config` those in force";
        CannotLoad::new(self.place(start), message, hint)
    }

    /// `hapline.toml:12:3` of a key, or of what it stands in, or of the file.
    pub(super) fn named(&self, key: &str) -> String {
        let table = key.rsplit_once('.').map_or(key, |(table, _)| table);
        let at = self.at.get(key).or_else(|| self.at.get(table));
        at.map_or_else(|| self.name.to_owned(), |at| self.place(*at))
    }

    /// The line of a key, where it stands in the file.
    pub(super) fn line(&self, key: &str) -> Option<usize> {
        self.at.get(key).map(|at| self.position(*at).0)
    }

    /// The name of the file.
    pub(super) fn file(&self) -> &str {
        self.name
    }

    fn place(&self, at: usize) -> String {
        let (line, column) = self.position(at);
        format!("{}:{line}:{column}", self.name)
    }

    fn position(&self, at: usize) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(at)];
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }
}
