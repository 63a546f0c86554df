//! Hashes that never change, so that samples and registers merge across versions and machines.
//!
//! Enters: bytes or numbers. Leaves: 64 bits. Must not know: who draws a sample by them.
//!
//! There is no secret in them: whoever reads this file can look for inputs with a small hash. A
//! sample is therefore drawn by what a client cannot choose, and hash tables, which collisions
//! would slow down, use a seeded hasher instead.

/// Step of the sequence that splitmix64 (Steele, Lea, Flood 2014) mixes: 2^64 / golden ratio, odd.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// Mixes 64 bits so that each depends on all: one step of splitmix64 from `value`. A bijection.
pub const fn mix(value: u64) -> u64 {
    let z = value.wrapping_add(GAMMA);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Hash of a byte string. Strings of one length of at most 8 bytes never collide.
pub fn bytes(bytes: &[u8]) -> u64 {
    // The length tells a string from the same one with zeros after it.
    bytes
        .chunks(8)
        .fold(mix(bytes.len() as u64), |hash, chunk| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            mix(hash ^ u64::from_le_bytes(word))
        })
}

/// One step of a cheap hash, to be [mixed](mix) at the end.
pub const fn step(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(23) ^ value).wrapping_mul(GAMMA)
}

/// Eight bytes of a text at a time; the last of them overlap, and the length comes first.
pub fn words(text: &[u8]) -> impl Iterator<Item = u64> {
    let (eights, rest) = text.as_chunks::<8>();
    let last = match text.last_chunk::<8>() {
        Some(last) => u64::from_le_bytes(*last),
        None => rest
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    let eights = eights.iter().map(|eight| u64::from_le_bytes(*eight));
    std::iter::once(text.len() as u64)
        .chain(eights)
        .chain(std::iter::once(last))
}

/// Hash of a sequence: `first`, the hash of what stands before, then `second`. The order matters.
pub const fn combine(first: u64, second: u64) -> u64 {
    mix(mix(first) ^ second)
}

/// A key with a frozen hash.
///
/// The hash comes from the key's content, never from a number given out at run time, such as an
/// interned name's; and a key and what it borrows as hash alike.
pub trait FrozenKey {
    /// The hash, the same in every version and on every machine.
    fn frozen(&self) -> u64;
}

impl FrozenKey for u64 {
    fn frozen(&self) -> u64 {
        mix(*self)
    }
}

impl FrozenKey for u32 {
    fn frozen(&self) -> u64 {
        mix(u64::from(*self))
    }
}

impl FrozenKey for [u8] {
    fn frozen(&self) -> u64 {
        bytes(self)
    }
}

impl FrozenKey for Vec<u8> {
    fn frozen(&self) -> u64 {
        bytes(self)
    }
}

impl<A: FrozenKey, B: FrozenKey> FrozenKey for (A, B) {
    fn frozen(&self) -> u64 {
        combine(self.0.frozen(), self.1.frozen())
    }
}

#[cfg(test)]
mod tests {
    use super::{FrozenKey, bytes, combine, mix};

    #[test]
    fn mix_is_splitmix64() {
        // First outputs of the reference implementation for these seeds.
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(mix(1_234_567), 6_457_827_717_110_365_317);
    }

    #[test]
    fn hashes_are_frozen() {
        let golden: [(&[u8], u64); 6] = [
            (b"", 0xe220_a839_7b1d_cdaf),
            (b"\0", 0x5e41_ab08_7439_611e),
            (b"192.0.2.1", 0x2914_a3e4_91ae_cea0),
            (b"bk_api", 0x07bf_80fe_8448_936e),
            (b"bk_api\0", 0x178e_433a_1b45_a244),
            (b"/index.html?\xff\xfe", 0x433d_1352_8b37_d047),
        ];
        for (input, expected) in golden {
            assert_eq!(bytes(input), expected, "{:?} {:#x}", input, bytes(input));
        }
        assert_eq!(combine(1, 2), 0xbcd9_dbb4_9673_066b);
        assert_eq!(combine(2, 1), 0xe06d_d043_328b_d285);
    }

    #[test]
    fn keys_hash_by_content() {
        assert_eq!(7u64.frozen(), mix(7));
        assert_eq!(b"web1".to_vec().frozen(), b"web1"[..].frozen());
        let pair = (b"bk".to_vec(), 7u64);
        assert_eq!(pair.frozen(), combine(bytes(b"bk"), mix(7)));
    }

    /// Mean number of output bits that flip with one input bit, over many inputs.
    fn mean_flips(inputs: u64, hash_with: impl Fn(u64, bool) -> u64) -> f64 {
        let flips: u32 = (0..inputs)
            .map(|input| (hash_with(input, false) ^ hash_with(input, true)).count_ones())
            .sum();
        f64::from(flips) / inputs as f64
    }

    #[test]
    fn each_input_bit_flips_half_of_the_output() {
        for bit in 0..64 {
            let flip = |on: bool| u64::from(on) << bit;
            let cases = [
                mean_flips(256, |input, on| mix(input ^ flip(on))),
                mean_flips(256, |input, on| combine(input ^ flip(on), 1)),
                mean_flips(256, |input, on| combine(1, input ^ flip(on))),
            ];
            for mean in cases {
                assert!((28.0..=36.0).contains(&mean), "bit {bit}: {mean}");
            }
        }
    }

    #[test]
    fn each_bit_of_a_string_flips_half_of_the_output() {
        for length in [1, 4, 8, 9, 16, 21] {
            for bit in 0..length * 8 {
                let mean = mean_flips(256, |input, on| {
                    let mut text: Vec<u8> = (0..length as u64)
                        .map(|at| (input * 31 + at) as u8)
                        .collect();
                    text[bit / 8] ^= u8::from(on) << (bit % 8);
                    bytes(&text)
                });
                assert!(
                    (28.0..=36.0).contains(&mean),
                    "length {length}, bit {bit}: {mean}"
                );
            }
        }
    }
}
