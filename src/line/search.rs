//! Where a byte stands in a line.
//!
//! Enters: a text. Leaves: places in it. Must not know: what stands there.
//!
//! Several bytes are looked at together, and nothing is called: names are so short that a call costs more than they do.

/// The lowest bit of each of eight bytes.
const ONES: u64 = u64::from_le_bytes([0x01; 8]);

/// The highest bit of each of eight bytes.
const HIGH: u64 = u64::from_le_bytes([0x80; 8]);

/// The highest bit of the first byte that is one of two; 0 where there is none. Before it, that of a byte that is not
/// ASCII may stand, so that the byte is to be looked at; without those, a word costs a quarter more.
#[inline(always)]
pub(super) const fn marks(eight: [u8; 8], one: u8, other: u8) -> u64 {
    let word = u64::from_le_bytes(eight);
    ((word ^ (ONES * one as u64)).wrapping_sub(ONES)
        | (word ^ (ONES * other as u64)).wrapping_sub(ONES))
        & HIGH
}

/// The place of the first byte that is marked.
#[inline(always)]
pub(super) const fn first(marks: u64) -> usize {
    marks.trailing_zeros() as usize / 8
}

/// The first place of a byte, in a longer text that is ASCII up to there.
#[inline(always)]
pub(super) fn far(text: &[u8], byte: u8) -> Option<usize> {
    let (blocks, _) = text.as_chunks();
    for (nth, block) in blocks.iter().enumerate() {
        if holds(block, byte) {
            return within(block, byte).map(|place| nth * 16 + place);
        }
    }
    match text.last_chunk() {
        // What is left, and so much of what was looked at before that the block is whole.
        Some(block) if holds(block, byte) => {
            within(block, byte).map(|place| text.len() - 16 + place)
        }
        Some(_) => None,
        None => text.iter().position(|other| *other == byte),
    }
}

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
    let digits = first(others);
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

/// Whether a block holds a byte; none is left out, or the compiler would not compare all at once.
#[inline(always)]
fn holds(block: &[u8; 16], byte: u8) -> bool {
    let one = |holds, other: &u8| holds | (*other == byte);
    block.iter().fold(false, one)
}

/// Where a byte stands first in a block that holds it, if what stands before is ASCII.
#[inline(always)]
fn within(block: &[u8; 16], byte: u8) -> Option<usize> {
    let (halves, _) = block.as_chunks();
    let place = match marks(halves[0], byte, byte) {
        0 => 8 + first(marks(halves[1], byte, byte)),
        low => first(low),
    };
    (block.get(place) == Some(&byte)).then_some(place)
}
