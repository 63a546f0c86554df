//! Bytes of a source that need not be copied, as long as they are looked at.
//!
//! Enters: bytes, and where they stand. Leaves: texts by their offsets. Must not know: what the texts say.

/// Bytes of a source around the line that is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    /// Offset of the first one.
    pub offset: u64,
    /// The bytes.
    pub bytes: &'a [u8],
}

impl<'a> Sight<'a> {
    /// The offset at which a text stands in it, if it does.
    #[inline]
    pub(super) fn find(self, text: &[u8]) -> Option<u64> {
        let at = (text.as_ptr() as usize).wrapping_sub(self.bytes.as_ptr() as usize);
        let is_inside = at < self.bytes.len() && text.len() <= self.bytes.len() - at;
        is_inside.then_some(self.offset + at as u64)
    }

    /// The text of so many bytes that stands at an offset; nothing for what is not in sight.
    pub(super) fn text(self, offset: u64, length: usize) -> &'a [u8] {
        let at = usize::try_from(offset.wrapping_sub(self.offset)).ok();
        let from = at.and_then(|at| self.bytes.get(at..));
        from.and_then(|from| from.get(..length)).unwrap_or_default()
    }
}
