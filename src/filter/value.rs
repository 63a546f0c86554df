//! Where a value ends.
//!
//! Enters: text that begins with a value. Leaves: its length, or what stands between its quotes.
//! Must not know: what values mean.

/// What ends a value without quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bare {
    /// A blank, a comma, or a bracket that closes what was not opened in it.
    Value,
    /// The same without the comma: patterns have their own.
    Pattern,
}

impl Bare {
    /// Bytes of the value that a text begins with.
    pub(super) fn length(self, input: &str) -> usize {
        let (mut open, mut escaped) = (0_usize, false);
        for (at, c) in input.char_indices() {
            let ends = match c {
                c if c.is_whitespace() => true,
                _ if escaped => false,
                ',' => self == Self::Value,
                ')' => open == 0,
                _ => false,
            };
            if ends {
                return at;
            }
            match c {
                '(' if !escaped => open += 1,
                ')' if !escaped => open -= 1,
                _ => {}
            }
            escaped = self == Self::Pattern && c == '\\' && !escaped;
        }
        input.len()
    }
}

/// Text between two quotes, and what follows it; `None` where nothing closes it. In double ones a backslash stands
/// before `"` and `\`; in single ones it is itself.
pub(super) fn quoted(input: &str, quote: char) -> Option<(&str, String)> {
    let mut text = String::new();
    let mut characters = input.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' if quote == '"' => match characters.next_if(|(_, c)| matches!(c, '"' | '\\')) {
                Some((_, escaped)) => text.push(escaped),
                None => text.push('\\'),
            },
            end if end == quote => return Some((&input[at + 1..], text)),
            other => text.push(other),
        }
    }
    None
}
