//! What HAProxy makes of words with environment variables, where that is certain (HAProxy manual 2.3 and 3.1).
//!
//! Enters: the environment HAProxy was started in, if it is known, and lines in their order. Leaves: words with their
//! variables expanded, or as written. Must not know: the environment of this process, which is not HAProxy's.

use std::collections::HashMap;

use super::syntax::Word;
use super::variables::{LONGEST, parts};

/// The environment that HAProxy was started in.
#[derive(Debug, Clone, Default)]
pub enum Environment {
    /// Nothing tells it: a value that depends on it is unknown.
    #[default]
    Unknown,
    /// All of its variables; what is not in it is not set.
    Known(HashMap<Vec<u8>, Vec<u8>>),
}

/// What is certain of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Set(Vec<u8>),
    Unset,
    Unknown,
}

/// The variables at some line of the configuration.
#[derive(Debug, Clone)]
pub(super) struct Variables<'a> {
    environment: &'a Environment,
    /// What `setenv` and its kin did.
    changed: HashMap<Vec<u8>, Value>,
    /// `resetenv` took away what is not in `changed`.
    is_reset: bool,
    /// `.FILE` and `.SECTION`.
    pub(super) file: Vec<u8>,
    pub(super) section: Vec<u8>,
}

impl<'a> Variables<'a> {
    pub(super) fn new(environment: &'a Environment) -> Self {
        Self {
            environment,
            changed: HashMap::new(),
            is_reset: false,
            file: Vec::new(),
            section: Vec::new(),
        }
    }

    /// What is certain of the variable `name` on line `line`.
    pub(super) fn value(&self, name: &[u8], line: usize) -> Value {
        match name {
            b".FILE" => return Value::Set(self.file.clone()),
            b".LINE" => return Value::Set(line.to_string().into_bytes()),
            b".SECTION" => return Value::Set(self.section.clone()),
            _ => {}
        }
        if let Some(value) = self.changed.get(name) {
            return value.clone();
        }
        match self.environment {
            // HAProxy sets these itself; the environment given may well have been taken before.
            _ if name.starts_with(b"HAPROXY_") && !self.has(name) => Value::Unknown,
            _ if self.is_reset => Value::Unset,
            Environment::Known(set) => set.get(name).cloned().map_or(Value::Unset, Value::Set),
            Environment::Unknown => Value::Unknown,
        }
    }

    fn has(&self, name: &[u8]) -> bool {
        matches!(self.environment, Environment::Known(set) if set.contains_key(name))
    }

    /// Reads a line of `global` that may change the environment.
    pub(super) fn read(&mut self, words: &[Word]) {
        match words {
            [keyword, name, value] if keyword.is("setenv") => {
                let value = certain(value);
                self.changed.insert(name.value.clone(), value);
            }
            [keyword, name, value]
                if keyword.is("presetenv")
                    && self.value(&name.value, name.at.line) == Value::Unset =>
            {
                self.changed.insert(name.value.clone(), certain(value));
            }
            [keyword, names @ ..] if keyword.is("unsetenv") => {
                for name in names {
                    self.changed.insert(name.value.clone(), Value::Unset);
                }
            }
            [keyword, names @ ..] if keyword.is("resetenv") => self.reset(names),
            _ => {}
        }
    }

    fn reset(&mut self, names: &[Word]) {
        let kept = names.iter().map(|name| {
            let value = self.value(&name.value, name.at.line);
            (name.value.clone(), value)
        });
        self.changed = kept.collect();
        self.is_reset = true;
    }

    /// What HAProxy makes of a word: the words it becomes when all its variables are certain (`${NAME[*]}` makes
    /// several), else the word as it was.
    pub(super) fn expand(&self, word: &Word) -> Vec<Word> {
        match self.expanded(word) {
            Some(values) if word.is_unexpanded() => values
                .into_iter()
                .map(|value| Word {
                    value,
                    at: word.at.clone(),
                    variables: Vec::new(),
                })
                .collect(),
            _ => vec![word.clone()],
        }
    }

    fn expanded(&self, word: &Word) -> Option<Vec<Vec<u8>>> {
        let mut values = vec![Vec::new()];
        let mut done = 0;
        for variable in &word.variables {
            let written = word.value.get(variable.clone()).unwrap_or_default();
            let (name, default) = parts(written);
            let last = values.last_mut()?;
            last.extend(word.value.get(done..variable.start).unwrap_or_default());
            let value = match self.value(name, word.at.line) {
                Value::Set(value) => value,
                Value::Unset => default.unwrap_or_default().to_vec(),
                Value::Unknown => return None,
            };
            if memchr::memmem::find(written, b"[*]").is_some() {
                let mut several = value.split(|byte| *byte == b' ');
                last.extend(several.next().unwrap_or_default());
                values.extend(several.filter(|part| !part.is_empty()).map(<[u8]>::to_vec));
            } else {
                last.extend(value);
            }
            if values.iter().map(Vec::len).sum::<usize>() > LONGEST {
                return None;
            }
            done = variable.end;
        }
        let rest = word.value.get(done..).unwrap_or_default();
        values.last_mut()?.extend(rest);
        Some(values)
    }
}

fn certain(word: &Word) -> Value {
    if word.is_unexpanded() {
        return Value::Unknown;
    }
    Value::Set(word.value.clone())
}
