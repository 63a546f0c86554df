//! Text between two quotes, in which a backslash stands before a quote and before a backslash.
//!
//! Enters: what follows the first quote. Leaves: where the second one stands. Must not know: whose text it is.

/// Where the quote stands that ends a text; `None` where none does.
pub(crate) fn end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}
