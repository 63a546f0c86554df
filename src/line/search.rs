//! Where a byte stands in a line.
//!
//! Enters: a text. Leaves: places in it. Must not know: what stands there.
//!
//! Several bytes are looked at together, and little is called: names are so short that a call costs more than they do.

use std::num::NonZeroU64;

use wide::u8x16;

/// Bytes of a name that are looked at together.
const REACH: usize = 32;

/// Bytes that are looked at together where captures and the request are: most end in the first or the second of them.
const FAR: usize = 64;

/// The closing braces, quotes and newlines of a text, from a place on.
// All of them in one pass: what ends a capture and what ends the request stand in the same bytes.
#[derive(Debug)]
pub(super) struct Ends<'a> {
    text: &'a [u8],
    /// Up to where it was looked at.
    seen: usize,
    /// A bit for each end that was seen and not told, of those bytes that were looked at last.
    marks: u64,
}

impl<'a> Ends<'a> {
    pub(super) fn from(text: &'a [u8], at: usize) -> Self {
        Self {
            text,
            seen: at,
            marks: 0,
        }
    }

    /// Where the next one stands.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<usize> {
        let marks = loop {
            match NonZeroU64::new(self.marks) {
                Some(marks) => break marks,
                None => self.look()?,
            }
        };
        self.marks = but_first(self.marks);
        Some(self.seen - FAR + marks.trailing_zeros() as usize)
    }

    #[inline(always)]
    fn look(&mut self) -> Option<()> {
        let rest = self.text.get(self.seen..)?;
        self.marks = match rest.first_chunk() {
            Some(ahead) => ends(ahead),
            None => ends_of_last(rest)?,
        };
        self.seen += FAR;
        Some(())
    }
}

/// A bit for each of these bytes that is an end.
#[inline(always)]
fn ends(ahead: &[u8; FAR]) -> u64 {
    let (halves, _) = ahead.as_chunks();
    let is_found = |block| equal(block, b'}') | equal(block, b'"') | equal(block, b'\n');
    let [first, second] = [0, 1].map(|half| u64::from(marks(&halves[half], is_found)));
    first | second << REACH
}

/// The same of a text that is shorter; `None` behind its last byte.
#[inline(never)]
fn ends_of_last(rest: &[u8]) -> Option<u64> {
    let mut ahead = [0; FAR];
    ahead[..rest.len()].copy_from_slice(rest);
    (!rest.is_empty()).then(|| ends(&ahead))
}

/// All marks but the first.
#[inline(always)]
pub(super) const fn but_first(marks: u64) -> u64 {
    marks & marks.wrapping_sub(1)
}

/// A bit for each of these bytes that is a space.
#[inline(always)]
pub(super) fn spaces(text: &[u8; REACH]) -> u32 {
    marks(text, |block| equal(block, b' '))
}

/// A bit for each of these bytes that is a space, a control character or an opening bracket.
#[inline(always)]
pub(super) fn ends_of_word(text: &[u8; REACH]) -> u32 {
    marks(text, |block| {
        block.min(u8x16::splat(b' ')).simd_eq(block) | equal(block, b'[')
    })
}

/// A bit for each byte that is found.
#[inline(always)]
fn marks(text: &[u8; REACH], is_found: impl Fn(u8x16) -> u8x16) -> u32 {
    let (blocks, _) = text.as_chunks();
    let bits = |block: &[u8; 16]| is_found(u8x16::new(*block)).to_bitmask() & 0xFFFF;
    bits(&blocks[0]) | bits(&blocks[1]) << 16
}

/// The bytes that are this one, with all their bits; the others with none.
#[inline(always)]
fn equal(block: u8x16, byte: u8) -> u8x16 {
    block.simd_eq(u8x16::splat(byte))
}

/// The lowest bit of each of eight bytes.
const ONES: u64 = u64::from_le_bytes([0x01; 8]);

/// The highest bit of each of eight bytes.
const HIGH: u64 = u64::from_le_bytes([0x80; 8]);

/// How many digits ASCII text ends with, as far as eight bytes tell.
#[inline(always)]
pub(super) const fn digits_at_end(eight: [u8; 8]) -> usize {
    no_digits(values(eight)).leading_zeros() as usize / 8
}

/// How many digits eight bytes begin with, and the number they are.
#[inline(always)]
pub(super) const fn digits_and_value(eight: [u8; 8]) -> (usize, u64) {
    let values = values(eight);
    let others = no_digits(values);
    let digits = others.trailing_zeros() as usize / 8;
    // The digits come last, with zeros before them; then two, four and eight of them become one number.
    let ones = values.wrapping_shl(64 - 8 * digits as u32);
    let tens = (ones.wrapping_mul(10 << 8 | 1) >> 8) & 0x00FF_00FF_00FF_00FF;
    let hundreds = (tens.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_FFFF_0000_FFFF;
    (digits, hundreds.wrapping_mul(10_000 << 32 | 1) >> 32)
}

/// Eight bytes, digits as their values.
#[inline(always)]
const fn values(eight: [u8; 8]) -> u64 {
    u64::from_le_bytes(eight) ^ (ONES * b'0' as u64)
}

/// The highest bit of the first byte that is more than 9, and of each behind it that is; in ASCII of no other.
#[inline(always)]
const fn no_digits(values: u64) -> u64 {
    // Only from 10 on does 0x76 reach the highest bit.
    (values.wrapping_add(ONES * 0x76) | values) & HIGH
}
