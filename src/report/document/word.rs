//! Words of a closed list, as a document that somebody else wrote has them.
//!
//! Enters: a string of JSON. Leaves: the same for as long as the program runs, each word once. Must not know: the lists; a
//! newer program may have longer ones.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Deserializer};

/// A word of a closed list.
pub type Word = &'static str;

/// More words than the lists have; those beyond are no words of theirs.
const MOST: usize = 1_024;

/// The longest.
const LONGEST: usize = 64;

/// Words that were read.
static READ: Mutex<BTreeSet<Word>> = Mutex::new(BTreeSet::new());

/// Reads one; empty where it cannot be one.
pub(super) fn word<'de, D: Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
    Ok(kept(&String::deserialize(from)?))
}

/// Reads one, or null.
pub(super) fn maybe<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Word>, D::Error> {
    let text: Option<String> = Option::deserialize(from)?;
    Ok(text.as_deref().map(kept))
}

fn kept(text: &str) -> Word {
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(word) = read.get(text) {
        return word;
    }
    if text.len() > LONGEST || read.len() >= MOST {
        return "";
    }
    let word: Word = Box::leak(text.to_owned().into_boxed_str());
    read.insert(word);
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_kept_once_and_what_is_none_is_not() {
        let word = kept("a_word_of_a_test");
        assert_eq!(word, "a_word_of_a_test");
        assert!(std::ptr::eq(word, kept("a_word_of_a_test")));
        assert_eq!(kept(&"x".repeat(LONGEST + 1)), "");
    }
}
