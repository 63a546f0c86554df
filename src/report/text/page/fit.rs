//! Text in as many columns as there are.
//!
//! Enters: text, raw as it came from the log. Leaves: lines, or what is left of one, escaped. Must not know: rows.

use crate::report::escape;

/// A blank at which no line ends; on a page it is one like the others.
pub(super) const JOINT: char = '\u{a0}';

/// What numbers are of: they stand on one line.
const UNITS: [&str; 6] = ["%", "ms", "s", "m", "h", "d"];

/// `text`, escaped, in lines of at most `limit` columns, broken at blanks where there are any, but not between a number and
/// its unit. At least one line.
pub(in crate::report) fn wrap(text: &str, limit: usize) -> Vec<String> {
    let text = escape::terminal(text);
    let limit = limit.max(8);
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for word in words(&text, limit) {
        let blank = usize::from(taken > 0);
        let needed = width(&word);
        if taken > 0 && taken + blank + needed > limit {
            lines.push(String::new());
            taken = 0;
        }
        for (place, piece) in fold(&word, limit).into_iter().enumerate() {
            if place > 0 {
                lines.push(String::new());
                taken = 0;
            }
            if let Some(line) = lines.last_mut() {
                if taken > 0 {
                    line.push(' ');
                    taken += 1;
                }
                taken += width(&piece);
                line.push_str(&piece.replace(JOINT, " "));
            }
        }
    }
    lines
}

/// What stands on one line: words, and those that belong together as far as they fit.
fn words(text: &str, limit: usize) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match words.last_mut() {
            Some(before) if stays(before, word) && width(before) + 1 + width(word) <= limit => {
                before.push(JOINT);
                before.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// `64.07 %`, `6 m 09 s`, `< 0.1 %`, `(56 failed)`: no line ends within them.
fn stays(before: &str, word: &str) -> bool {
    let is_end = |c: char| matches!(c, '.' | ',' | ';' | ':' | ')');
    let last = before.rsplit(JOINT).next().unwrap_or_default();
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let is_unit = UNITS.contains(&word.trim_end_matches(is_end));
    (is_digit(last.chars().next_back()) && is_unit)
        || (matches!(last, "m" | "h" | "d" | "<" | "≥") && is_digit(word.chars().next()))
        || (last.starts_with('(') && !last.ends_with(')') && word.trim_end_matches(is_end) != word)
            && word.contains(')')
}

/// `text` as one word, which is broken only where a line has no room for it.
pub(in crate::report) fn unbroken(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

/// `text`, escaped, in lines of exactly `limit` columns but the last, wherever that breaks it.
pub(super) fn fold(text: &str, limit: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for character in escape::terminal(text).chars() {
        let columns = columns(character);
        if taken + columns > limit.max(2) {
            lines.push(String::new());
            taken = 0;
        }
        taken += columns;
        if let Some(line) = lines.last_mut() {
            line.push(character);
        }
    }
    lines
}

/// `text`, escaped, cut to `limit` columns with an ellipsis at its end.
pub(in crate::report) fn cut(text: &str, limit: usize) -> String {
    let text = escape::terminal(text);
    if width(&text) <= limit {
        return text.into_owned();
    }
    let mut kept = String::new();
    let mut taken = 1;
    for character in text.chars() {
        taken += columns(character);
        if taken > limit {
            break;
        }
        kept.push(character);
    }
    if limit > 0 {
        kept.push('…');
    }
    kept
}

/// `text`, escaped, cut to `limit` columns with an ellipsis at its start: the end of a path tells more.
pub(in crate::report) fn cut_start(text: &str, limit: usize) -> String {
    let turned: String = escape::terminal(text).chars().rev().collect();
    cut(&turned, limit).chars().rev().collect()
}

/// Columns that `text` takes once it is escaped.
pub(in crate::report) fn escaped_width(text: &str) -> usize {
    width(&escape::terminal(text))
}

/// Columns of escaped text.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// Columns of one visible character: two in the wide scripts of East Asia and for pictures.
pub(in crate::report::text) fn columns(character: char) -> usize {
    let wide = matches!(character,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}' | '\u{1f900}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}');
    if wide { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_wrapped_and_long_ones_folded() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("Mar  4 is", 8), ["Mar  4", "is"]);
        assert_eq!(wrap("a bbbbbbbbbbbb c", 8), ["a", "bbbbbbbb", "bbbb c"]);
        assert_eq!(wrap("", 8), [""]);
    }

    #[test]
    fn a_number_and_its_unit_stand_on_one_line() {
        for (text, limit, lines) in [
            (
                "of 902 failed (64.07 %).",
                20,
                ["of 902 failed", "(64.07 %)."],
            ),
            (
                "it was over after 6 m 09 s",
                22,
                ["it was over after", "6 m 09 s"],
            ),
            ("a share of < 0.01 %", 17, ["a share of", "< 0.01 %"]),
            ("app2 38 (16 failed)", 15, ["app2 38", "(16 failed)"]),
            ("one more day, 5 s", 16, ["one more day,", "5 s"]),
        ] {
            assert_eq!(wrap(text, limit), lines);
        }
        assert_eq!(
            wrap(&format!("one {}", unbroken("two 3")), 8),
            ["one", "two 3"]
        );
    }

    #[test]
    fn cuts_show_where_they_are() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut_start("/var/log/haproxy.log:1", 10), "…oxy.log:1");
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(cut("abc", 0), "");
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_asked(text in any::<String>(), limit in 8_usize..120) {
            for line in wrap(&text, limit).iter().chain(&fold(&text, limit)) {
                prop_assert!(width(line) <= limit);
            }
            prop_assert!(width(&cut(&text, limit)) <= limit);
            prop_assert!(width(&cut_start(&text, limit)) <= limit);
        }
    }
}
