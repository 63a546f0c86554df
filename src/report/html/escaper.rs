//! Text on its way into a page.
//!
//! Enters: any text. Leaves: text that a browser shows as it is, and whose controls and invisible characters are written out.
//! Must not know: pages. Templates do this to every value by themselves (`askama.toml`).

use std::fmt;

use askama::filters::{Escaper, Html};

use crate::report::escape;

/// What templates escape with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Visible;

impl Escaper for Visible {
    fn write_escaped_str<W: fmt::Write>(&self, dest: W, text: &str) -> fmt::Result {
        Html.write_escaped_str(dest, &escape::terminal(text))
    }
}

/// `text` for an element or a quoted attribute, where no template writes it.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    // A String takes all that is written.
    let _ = Visible.write_escaped_str(&mut shown, text);
    shown
}

/// The same of a sentence of ours, in which `a setting` is marked as what one types.
pub(super) fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // The last one of an odd number of marks begins nothing.
    let pairs = (parts.len() - 1) / 2 * 2;
    let mut shown = String::new();
    for (place, part) in parts.iter().enumerate() {
        shown += match (place > pairs, place % 2) {
            (true, _) => "`",
            (false, 1) => "<code>",
            (false, _) if place > 0 => "</code>",
            _ => "",
        };
        shown += &visible(part);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_types_is_marked() {
        for (text, shown) in [
            (
                "raise `timeout server` or `inter`",
                "raise <code>timeout server</code> or <code>inter</code>",
            ),
            (
                "`<b>` and one ` alone",
                "<code>&#60;b&#62;</code> and one ` alone",
            ),
            ("`", "`"),
            ("", ""),
        ] {
            assert_eq!(prose(text), shown);
        }
    }

    #[test]
    fn neither_markup_nor_controls_get_through() {
        for (attack, shown) in [
            ("<b a='\"'>&", "&#60;b a=&#39;&#34;&#39;&#62;&#38;"),
            ("\u{202e}gpj\0\n", "\\u{202e}gpj\\x00\\n"),
            ("é 日本", "é 日本"),
        ] {
            assert_eq!(visible(attack), shown);
        }
    }
}
