//! Values as people type them: numbers with their units, networks.
//!
//! Enters: text. Leaves: whole numbers of the field's unit, or addresses. Must not know: fields.

use std::net::IpAddr;

/// Units of durations, in ms.
const DURATIONS: [(&str, i64); 6] = [
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("", 1),
];

/// Units of sizes, in bytes, as HAProxy counts them (manual 2.6, "Size format").
const SIZES: [(&str, i64); 7] = [
    ("k", 1 << 10),
    ("K", 1 << 10),
    ("M", 1 << 20),
    ("m", 1 << 20),
    ("G", 1 << 30),
    ("g", 1 << 30),
    ("", 1),
];

/// A whole number, perhaps below zero.
pub(super) fn number(text: &str) -> Option<i64> {
    scaled(text, &[("", 1)])
}

/// A duration in ms.
pub(super) fn duration(text: &str) -> Option<i64> {
    scaled(text, &DURATIONS)
}

/// A size in bytes.
pub(super) fn size(text: &str) -> Option<i64> {
    scaled(text, &SIZES)
}

/// A number and a unit, in the smallest unit, which it must be a whole number of.
fn scaled(text: &str, units: &[(&str, i64)]) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text),
    };
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (digits, unit) = text.split_at(unit_at.unwrap_or(text.len()));
    let (_, scale) = units.iter().find(|(name, _)| *name == unit)?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    // Six digits of a fraction are nanoseconds.
    if whole.is_empty() || fraction.is_empty() || fraction.len() > 6 || fraction.contains('.') {
        return None;
    }
    let parts = 10_i64.pow(fraction.len() as u32);
    let part = fraction.parse::<i64>().ok()?.checked_mul(*scale)?;
    let whole = whole.parse::<i64>().ok()?.checked_mul(*scale)?;
    (part % parts == 0).then_some(())?;
    Some(sign * whole.checked_add(part / parts)?)
}

/// Addresses that share their first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    bits: u128,
    mask: u128,
}

impl Network {
    /// Reads an address, or a network in CIDR (RFC 4632, RFC 4291). Bits behind the prefix do not matter.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most: u32 = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => most,
            Some(prefix) if prefix.bytes().all(|b| b.is_ascii_digit()) => prefix.parse().ok()?,
            Some(_) => return None,
        };
        let free = most.checked_sub(prefix)?;
        let mask = u128::MAX.checked_shl(free).unwrap_or(0);
        Some(Self {
            bits: bits(address) & mask,
            mask,
        })
    }

    /// Whether it is one address.
    pub(super) fn is_single(self) -> bool {
        self.mask == u128::MAX
    }

    /// Whether an address as a line has it is one of these; text that is none is not.
    pub(super) fn contains(self, text: &[u8]) -> bool {
        let address = std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok());
        address.is_some_and(|address| bits(address) & self.mask == self.bits)
    }
}

/// As IPv6; an IPv4 client of an IPv6 socket is the same client (`::ffff:10.0.0.7`, RFC 4291 2.5.5.2).
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_those_of_the_field() {
        for (text, expected) in [
            ("500", Some(500)),
            ("-1", Some(-1)),
            ("500ms", Some(500)),
            ("1.5s", Some(1500)),
            ("2m", Some(120_000)),
            ("1h", Some(3_600_000)),
            ("1d", Some(86_400_000)),
            ("0.5ms", None),
            ("1k", None),
            ("s", None),
            ("", None),
            ("-", None),
            ("1.s", None),
            (".5s", None),
            ("1.2.3s", None),
            ("99999999999999999999", None),
            ("9999999999999999h", None),
            ("+5", None),
        ] {
            assert_eq!(duration(text), expected, "{text}");
        }
        assert_eq!(size("1.5k"), Some(1536));
        assert_eq!(size("2G"), Some(1 << 31));
        assert_eq!(size("2s"), None);
        assert_eq!(number("1s"), None);
    }

    #[test]
    fn networks_hold_their_addresses() {
        for (network, address, expected) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("10.1.2.3/8", "10.9.9.9", true),
            ("10.0.0.7", "10.0.0.7", true),
            ("10.0.0.7", "10.0.0.8", false),
            ("2001:db8::/32", "2001:db8::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "2001:db8::1", true),
            ("0.0.0.0/0", "192.0.2.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("10.0.0.0/8", "unix", false),
        ] {
            let network = Network::read(network).expect("a network");
            assert_eq!(network.contains(address.as_bytes()), expected, "{address}");
        }
        for text in [
            "",
            "10",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0.0/+8",
            "::/129",
            "a/8",
            "10.0.0.0/",
        ] {
            assert_eq!(Network::read(text), None, "{text}");
        }
    }
}
