//! Where a byte stands in a line.
//!
//! Enters: a text. Leaves: places in it. Must not know: what stands there.
//!
//! Several bytes are looked at together, and nothing is called: names are so short that a call costs more than they do.

use wide::u8x16;

/// As many bytes are compared at once.
const BLOCK: usize = 16;

/// The first place of a byte in a text from a place on, if no newline stands before it.
#[inline(always)]
pub(super) fn far(text: &[u8], from: usize, byte: u8) -> Option<usize> {
    let found = |block| u32::from(bits(equal(block, byte) | equal(block, b'\n')));
    let mut rest = text.get(from..)?;
    let marks = loop {
        let Some((block, behind)) = rest.split_first_chunk() else {
            // What is left, and so much of what stands before that the block is whole.
            break found(text.last_chunk()?) >> (BLOCK - rest.len());
        };
        match found(block) {
            0 => rest = behind,
            marks => break marks,
        }
    };
    let place = text.len() - rest.len() + marks.trailing_zeros() as usize;
    (text.get(place) == Some(&byte)).then_some(place)
}

/// A bit for each of these bytes that is a space.
#[inline(always)]
pub(super) fn spaces(text: &[u8; 2 * BLOCK]) -> u32 {
    each(text, |block| equal(block, b' '))
}

/// A bit for each of these bytes that is a space, a control character or an opening bracket.
#[inline(always)]
pub(super) fn ends_of_word(text: &[u8; 2 * BLOCK]) -> u32 {
    each(text, |block| {
        let bytes = u8x16::new(*block);
        bytes.min(u8x16::splat(b' ')).simd_eq(bytes) | equal(block, b'[')
    })
}

#[inline(always)]
fn each(text: &[u8; 2 * BLOCK], marked: impl Fn(&[u8; BLOCK]) -> u8x16) -> u32 {
    let (blocks, _) = text.as_chunks();
    let [low, high] = [&blocks[0], &blocks[1]].map(|block| u32::from(bits(marked(block))));
    low | high << BLOCK
}

/// The bytes that are this one, with all their bits; the others with none.
#[inline(always)]
fn equal(block: &[u8; BLOCK], byte: u8) -> u8x16 {
    u8x16::new(*block).simd_eq(u8x16::splat(byte))
}

/// A bit for each byte.
#[inline(always)]
fn bits(marked: u8x16) -> u16 {
    marked.to_bitmask() as u16
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
