//! Explains a termination state of four, two or one characters.

use crate::words::explanation::Explanation;
use crate::words::folklore;
use crate::words::termination::letters::{
    CLIENT_COOKIE, COOKIE_PAIRS, FIRST, First, RESPONSE_COOKIE, SECOND, meaning,
};
use crate::words::termination::{Pair, is_persistence_loss, pair};

const SORT: &str = "termination state";
const SOURCE: &str = "HAProxy manual 8.5";

/// A state, a state with ` <NOSRV>` behind it, the two characters of the cookie, or a single character.
pub(super) fn explain(word: &str) -> Option<Explanation> {
    let (chars, no_server) = match word.strip_suffix(" <NOSRV>") {
        Some(chars) => (chars, true),
        None => (word, false),
    };
    match *chars.as_bytes() {
        [a, b, c, d] => whole(word, [a, b, c, d], no_server),
        [a, b] => whole(word, [a, b, b'-', b'-'], no_server).or_else(|| cookie_only(word)),
        [letter] => single(word, letter),
        _ => None,
    }
}

fn whole(word: &str, term: [u8; 4], no_server: bool) -> Option<Explanation> {
    let first = first_letter(term[0])?;
    let second = meaning(SECOND, term[1])?;
    let cookie = cookie_text(term)?;
    let mut found = match pair(term, no_server) {
        Some(pair) => of_pair(word, pair),
        None => of_letters(word, first, second),
    };
    found.beliefs = folklore::about(&word[..2]).collect();
    found.source = SOURCE;
    found = found.fact("cookie", cookie);
    if is_persistence_loss(term) {
        found = found.fact("persistence", "lost: the cookie did not lead to its server");
    }
    Some(found)
}

fn of_pair(word: &str, pair: &'static Pair) -> Explanation {
    let mut found = Explanation::new(word, SORT, pair.meaning)
        .fact("status", pair.status)
        .fact("timers -1", pair.absent.join(", "));
    found.who = Some(pair.owner);
    found.keywords = pair.keywords;
    found.look_at = pair.look_at;
    if pair.chars == "SC" && !pair.no_server {
        found.see = &["SC <NOSRV>"];
    }
    found
}

/// A pair without a row: its letters are all that can be said, and they blame nobody.
fn of_letters(word: &str, first: &First, second: &str) -> Explanation {
    let meaning = format!(
        "not a state that HAProxy is known to set; its letters mean: {}; {second}",
        first.meaning
    );
    Explanation::new(word, SORT, meaning)
}

/// What the cookie characters say; `None` when one of them is no cookie character.
fn cookie_text(term: [u8; 4]) -> Option<String> {
    let sent = meaning(CLIENT_COOKIE, term[2])?;
    let done = meaning(RESPONSE_COOKIE, term[3])?;
    if [term[2], term[3]] == *b"--" {
        return Some(String::new());
    }
    let together = COOKIE_PAIRS
        .iter()
        .find(|(chars, _)| chars.as_bytes() == &term[2..])
        .map(|(_, text)| (*text).to_owned());
    Some(together.unwrap_or_else(|| format!("{sent}; {done}")))
}

fn cookie_only(word: &str) -> Option<Explanation> {
    let [third, fourth] = *word.as_bytes() else {
        return None;
    };
    let term = [b'-', b'-', third, fourth];
    let mut found = Explanation::new(word, "cookie characters", cookie_text(term)?).fact(
        "where",
        "third and fourth character of the state, HTTP mode",
    );
    found.keywords = &["cookie", "option redispatch"];
    found.source = SOURCE;
    Some(found)
}

/// A character has a meaning of its own in each position.
fn single(word: &str, letter: u8) -> Option<Explanation> {
    let positions = [
        ("first", first_letter(letter).map(|first| first.meaning)),
        ("second", meaning(SECOND, letter)),
        ("third", meaning(CLIENT_COOKIE, letter)),
        ("fourth", meaning(RESPONSE_COOKIE, letter)),
    ];
    if positions.iter().all(|(_, text)| text.is_none()) {
        return None;
    }
    let mut found = Explanation::new(
        word,
        "one character of a termination state",
        "alone it is no state: the field has four characters in HTTP mode and two in TCP mode, so a single one comes \
         from a cut line or a wrong column. By its place it means:",
    );
    for (position, text) in positions {
        found = found.fact(position, text.unwrap_or_default());
    }
    found.source = SOURCE;
    Some(found)
}

fn first_letter(letter: u8) -> Option<&'static First> {
    FIRST.iter().find(|first| first.letter == letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::termination::pairs;

    fn fact<'a>(found: &'a Explanation, label: &str) -> Option<&'a str> {
        let (_, text) = found.facts.iter().find(|(known, _)| *known == label)?;
        Some(text)
    }

    #[test]
    fn every_pair_explains_in_two_and_four_characters() {
        for pair in pairs() {
            let suffix = if pair.no_server { " <NOSRV>" } else { "" };
            let short = explain(&format!("{}{suffix}", pair.chars)).expect(pair.chars);
            let long = explain(&format!("{}--{suffix}", pair.chars)).expect(pair.chars);
            assert_eq!(short.meaning, pair.meaning);
            assert_eq!(long.meaning, pair.meaning);
            assert_eq!(short.who, Some(pair.owner));
        }
    }

    #[test]
    fn the_cookie_is_said_beside_the_state() {
        let first_visit = explain("--NI").unwrap();
        assert!(first_visit.meaning.contains("ended normally"));
        assert!(
            fact(&first_visit, "cookie")
                .unwrap()
                .contains("first visit")
        );
        assert_eq!(fact(&first_visit, "persistence"), None);

        let refused = explain("SCNN").unwrap();
        assert!(refused.meaning.contains("refused"));
        assert_eq!(
            fact(&refused, "cookie"),
            Some("no cookie came, none was set")
        );

        let lost = explain("--DI").unwrap();
        assert!(fact(&lost, "persistence").unwrap().contains("lost"));
        assert!(
            fact(&explain("--VP").unwrap(), "cookie")
                .unwrap()
                .contains("passed on")
        );
    }

    #[test]
    fn a_cookie_pair_alone_is_explained_when_it_is_no_state() {
        assert_eq!(explain("NI").unwrap().sort, "cookie characters");
        assert_eq!(explain("VI").unwrap().sort, "cookie characters");
        // A state first: D is a first and a second character as well.
        assert_eq!(explain("DD").unwrap().sort, SORT);
    }

    #[test]
    fn a_pair_without_a_row_is_read_by_its_letters() {
        let rare = explain("KQ").unwrap();
        assert!(rare.meaning.contains("operator") && rare.meaning.contains("queue"));
        assert_eq!(rare.who, None);
    }

    #[test]
    fn a_single_character_is_never_taken_for_a_state() {
        let found = explain("C").unwrap();
        assert!(found.meaning.contains("alone it is no state"));
        assert!(fact(&found, "first").unwrap().contains("client aborted"));
        assert!(fact(&found, "second").unwrap().contains("connecting"));
        assert_eq!(fact(&found, "third"), None);
    }
}
