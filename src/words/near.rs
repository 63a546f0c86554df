//! Near misses of a word: another case, a part of a name, a slip of the finger.
//!
//! Enters: a word that is not known. Leaves: known words that may have been meant, best first.

use super::lookup::vocabulary;

/// No more than these are offered.
const MOST: usize = 6;
/// Words of a person are short; longer ones are not compared letter by letter.
const LONGEST: usize = 64;

/// Known words that resemble `word`, best first, at most six.
pub fn near(word: &str) -> Vec<&'static str> {
    among(word, vocabulary())
}

/// The same among words of one's own.
pub fn among(word: &str, vocabulary: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let asked = fold(word);
    if asked.is_empty() || asked.len() > LONGEST {
        return Vec::new();
    }
    let mut found: Vec<(usize, &'static str)> = Vec::new();
    for known in vocabulary {
        if let Some(distance) = distance(&asked, &fold(known))
            && !found.iter().any(|(_, other)| *other == known)
        {
            found.push((distance, known));
        }
    }
    found.sort_by_key(|(distance, _)| *distance);
    found.truncate(MOST);
    found.into_iter().map(|(_, known)| known).collect()
}

/// Letters and digits in lower case: what stays when case and punctuation are forgotten.
fn fold(word: &str) -> Vec<u8> {
    word.bytes()
        .filter(u8::is_ascii_alphanumeric)
        .map(|byte| byte.to_ascii_lowercase())
        .collect()
}

/// 0 for the same letters, 1 for a part of the name, more for slips; `None` when it is too far.
fn distance(asked: &[u8], known: &[u8]) -> Option<usize> {
    if asked == known {
        return Some(0);
    }
    if asked.len() >= 4 && known.windows(asked.len()).any(|part| part == asked) {
        return Some(1);
    }
    let allowed = match asked.len() {
        0..=2 => return None,
        3..=5 => 1,
        _ => 2,
    };
    let slips = slips(asked, known);
    (slips <= allowed).then_some(slips + 1)
}

/// Letters to insert, delete or replace to get from one word to the other (Levenshtein).
fn slips(asked: &[u8], known: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=known.len()).collect();
    for (done, from) in asked.iter().enumerate() {
        let mut diagonal = done;
        let mut left = done + 1;
        for (to, above) in known.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(from != to);
            diagonal = *above;
            left = replaced.min(*above + 1).min(left + 1);
            *above = left;
        }
        if let Some(start) = row.first_mut() {
            *start = done + 1;
        }
    }
    row.last().copied().unwrap_or(asked.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_and_slips_are_forgiven() {
        for (word, expected) in [
            ("sh--", "sH"),
            ("sh--", "SH"),
            ("l7sts", "L7STS"),
            ("tc", "Tc"),
            ("layer7 wrong staus", "Layer7 wrong status"),
            ("timeout servr", "timeout server"),
            ("NOSRV", "<NOSRV>"),
            ("srvqueue", "srv_queue"),
            ("redispatch", "option redispatch"),
            ("service-not-listening", "service_not_listening"),
        ] {
            assert!(near(word).contains(&expected), "{word}: {:?}", near(word));
        }
    }

    #[test]
    fn the_same_letters_come_before_slips() {
        assert_eq!(near("timeout-server").first(), Some(&"timeout server"));
    }

    #[test]
    fn strangers_have_no_neighbours() {
        for word in ["", "--", "zz", "bananas", "é", &"a".repeat(10_000)] {
            assert_eq!(near(word), Vec::<&str>::new(), "{word:?}");
        }
    }

    #[test]
    fn slips_are_counted() {
        for (from, to, expected) in [
            ("", "", 0),
            ("a", "", 1),
            ("", "ab", 2),
            ("kitten", "sitting", 3),
            ("retries", "retires", 2),
        ] {
            assert_eq!(
                slips(from.as_bytes(), to.as_bytes()),
                expected,
                "{from} {to}"
            );
        }
    }

    proptest! {
        #[test]
        fn slips_do_not_depend_on_the_direction(a in "[a-c]{0,8}", b in "[a-c]{0,8}") {
            prop_assert_eq!(slips(a.as_bytes(), b.as_bytes()), slips(b.as_bytes(), a.as_bytes()));
        }
    }
}
