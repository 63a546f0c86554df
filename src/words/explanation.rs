//! What can be said about one word, as plain data.
//!
//! Enters: nothing. Leaves: the shape of an answer. Must not know: how it is shown.

use super::folklore::Belief;
use super::termination::Owner;

/// The explanation of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The word, as HAProxy writes it.
    pub word: String,
    /// What sort of word it is, such as `termination state`.
    pub sort: &'static str,
    /// What it means.
    pub meaning: String,
    /// Who to look at first, where it names a failure.
    pub who: Option<Owner>,
    /// Further facts, each with a short label.
    pub facts: Vec<(&'static str, String)>,
    /// Configuration keywords that govern it.
    pub keywords: &'static [&'static str],
    /// What to look at, most telling first.
    pub look_at: &'static [&'static str],
    /// What is often said about it and is wrong.
    pub beliefs: Vec<&'static Belief>,
    /// Other words worth asking for.
    pub see: &'static [&'static str],
    /// Where it can be read.
    pub source: &'static str,
}

impl Explanation {
    /// An explanation that says no more than what the word means.
    pub(super) fn new(word: &str, sort: &'static str, meaning: impl Into<String>) -> Self {
        Self {
            word: word.to_owned(),
            sort,
            meaning: meaning.into(),
            who: None,
            facts: Vec::new(),
            keywords: &[],
            look_at: &[],
            beliefs: Vec::new(),
            see: &[],
            source: "",
        }
    }

    /// Adds a fact, unless there is nothing to say.
    pub(super) fn fact(mut self, label: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.facts.push((label, text));
        }
        self
    }
}
