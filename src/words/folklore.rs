//! What popular articles say about HAProxy's logs and commands, and what is true.
//!
//! Enters: nothing. Leaves: a claim, its correction, and the words that bring it up.
//! Must not know: who believes it.

mod lines;
mod servers;
mod settings;

/// One claim that circulates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Belief {
    /// The words whose explanation should correct it; the first is its own.
    pub words: &'static [&'static str],
    /// What is said.
    pub claim: &'static str,
    /// What is true.
    pub truth: &'static str,
    /// Where that can be read.
    pub source: &'static str,
}

/// Every known claim; a new one goes into the file of its subject.
pub fn beliefs() -> impl Iterator<Item = &'static Belief> {
    [lines::ROWS, settings::ROWS, servers::ROWS]
        .into_iter()
        .flatten()
}

/// The claims that `word` brings up.
pub fn about(word: &str) -> impl Iterator<Item = &'static Belief> {
    beliefs().filter(move |belief| belief.words.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_found_by_their_words() {
        assert_eq!(about("sR").count(), 1);
        assert_eq!(about("sr").count(), 0);
        let raise = about("timeout server").next().unwrap();
        assert!(raise.claim.contains("raise") && raise.truth.contains("what to fix"));
        assert_eq!(about("timeout check").count(), 2);
    }

    #[test]
    fn each_claim_has_words_of_its_own() {
        for (position, belief) in beliefs().enumerate() {
            let own = belief.words.first().expect(belief.claim);
            let mut earlier = beliefs().take(position);
            assert!(earlier.all(|other| other.words.first() != Some(own)));
        }
    }
}
