//! Where a byte stands in a line.
//!
//! Enters: a text. Leaves: places in it. Must not know: what stands there.
//!
//! Several bytes are looked at together, and little is called: names are so short that a call costs more than they do.

use std::num::NonZeroU64;

use memchr::memchr2;
use wide::u8x16;

/// Bytes of a name that are looked at together.
const REACH: usize = 32;

/// Bytes that are looked at together where what is looked for is far: so most captures and requests end in the first of
/// them, and a processor foresees where they do not.
const FAR: usize = 64;

/// The first place of a byte in a text from a place on, if no newline stands before it.
#[inline(always)]
pub(super) fn far(text: &[u8], from: usize, byte: u8) -> Option<usize> {
    let mut at = from;
    while let Some(ahead) = text.get(at..)?.first_chunk::<FAR>() {
        let (halves, _) = ahead.as_chunks();
        let is_found = |block| equal(block, byte) | equal(block, b'\n');
        let marks = [0, 1].map(|half| u64::from(marks(&halves[half], is_found)));
        if let Some(marks) = NonZeroU64::new(marks[0] | marks[1] << REACH) {
            let place = marks.trailing_zeros() as usize;
            if ahead[place] != byte {
                return None;
            }
            return Some(at + place);
        }
        at += FAR;
    }
    near(text, at, byte)
}

/// The same near the end of a text.
#[inline(never)]
fn near(text: &[u8], from: usize, byte: u8) -> Option<usize> {
    let place = from + memchr2(byte, b'\n', text.get(from..)?)?;
    (text.get(place) == Some(&byte)).then_some(place)
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
