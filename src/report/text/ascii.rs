//! What stands for a character where there is nothing but ASCII.
//!
//! Enters: a visible character. Leaves: as many of ASCII as it takes columns, so that nothing moves. Must not know: where it
//! stands.

use super::page::columns;

/// Puts `text` into ASCII; a character of the log that has no like becomes `?`.
pub(super) fn ascii(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match like(character) {
            Some(like) => shown.push(like),
            None => shown.extend(std::iter::repeat_n('?', columns(character))),
        }
    }
    shown
}

fn like(character: char) -> Option<char> {
    Some(match character {
        ' '..='~' => character,
        // A lane: in rotation, the moment it left, out.
        '━' => '=',
        '╳' => 'X',
        '─' => '-',
        // The same of a server that flapped.
        '╍' => '~',
        '╌' => '.',
        // Bars, from none to the highest.
        '▁' => '_',
        '▂' => '.',
        '▃' => ':',
        '▄' => '-',
        '▅' => '=',
        '▆' => '+',
        '▇' => '*',
        '█' => '#',
        // Punctuation.
        '·' => '|',
        '×' => 'x',
        // The text goes on.
        '…' => '~',
        '→' | '≥' => '>',
        '²' => '2',
        // States at a glance.
        '●' => '*',
        '○' => 'o',
        '▲' => '^',
        '▼' => 'v',
        '▸' => '>',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::text::page::escaped_width;

    #[test]
    fn drawings_and_punctuation_have_their_like() {
        for (text, shown) in [
            ("app1  ━━╳──━━", "app1  ==X--=="),
            ("▁▂▃▄▅▆▇█", "_.:-=+*#"),
            ("503 ×815 · SC-- ×815", "503 x815 | SC-- x815"),
            ("app server na…", "app server na~"),
            ("café 日本", "caf? ????"),
        ] {
            assert_eq!(ascii(text), shown);
        }
    }

    proptest! {
        #[test]
        fn nothing_else_is_left_and_nothing_moves(text in "\\PC*") {
            let text = crate::report::escape::terminal(&text).into_owned();
            let shown = ascii(&text);
            prop_assert!(shown.is_ascii());
            prop_assert_eq!(shown.len(), escaped_width(&text));
        }
    }
}
