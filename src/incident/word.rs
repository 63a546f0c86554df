//! Words of our own as they are read in.
//!
//! Enters: words that were written. Leaves: the same, for as long as the program runs. Must not know: which there are.
//!
//! There are some dozens, and each is held once.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Words that are held; what brings more was not written by us.
const MOST: usize = 256;

/// Bytes of the longest.
const LONGEST: usize = 32;

static WORDS: Mutex<BTreeSet<Word>> = Mutex::new(BTreeSet::new());

/// One of them.
pub type Word = &'static str;

/// From, to (ms), and a word.
type Row = (i64, Option<i64>, Word);

/// One that was read in.
struct Read(Word);

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <&str>::deserialize(deserializer)?;
        let mut words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = words.get(word) {
            return Ok(Self(held));
        }
        if word.len() > LONGEST || words.len() >= MOST {
            return Err(D::Error::custom("no word of ours"));
        }
        let held: Word = Box::leak(word.into());
        words.insert(held);
        Ok(Self(held))
    }
}

/// One word.
pub mod one {
    use super::*;

    pub fn serialize<S: Serializer>(word: &str, serializer: S) -> Result<S::Ok, S::Error> {
        word.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Word, D::Error> {
        Read::deserialize(from).map(|word| word.0)
    }
}

/// A word, or none.
pub mod some {
    use super::*;

    pub fn serialize<S: Serializer>(word: &Option<Word>, serializer: S) -> Result<S::Ok, S::Error> {
        word.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Word>, D::Error> {
        Ok(Option::<Read>::deserialize(from)?.map(|word| word.0))
    }
}

/// The words behind the times of a [`Lane`](super::Lane).
pub mod last {
    use super::*;

    pub fn serialize<S: Serializer>(rows: &[Row], serializer: S) -> Result<S::Ok, S::Error> {
        rows.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Row>, D::Error> {
        let rows = Vec::<(i64, Option<i64>, Read)>::deserialize(from)?;
        Ok(rows
            .into_iter()
            .map(|(from, to, word)| (from, to, word.0))
            .collect())
    }
}
