//! Who may send.
//!
//! Enters: networks. Leaves: whether an address is in one of them. Must not know: sockets.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net};

/// Bits before the IPv4 address in an IPv6 one that stands for it (RFC 4291, 2.5.5.2).
const MAPPED: u8 = 96;

/// The network that a text names: `10.0.0.0/8`, or one address.
pub fn network(text: &str) -> Option<IpNet> {
    let alone = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(alone).map(canonical)
}

/// Addresses are compared as what they stand for.
fn canonical(network: IpNet) -> IpNet {
    let bits = network.prefix_len().checked_sub(MAPPED);
    match (network.addr().to_canonical(), bits) {
        (IpAddr::V4(address), Some(bits)) if matches!(network, IpNet::V6(_)) => {
            Ipv4Net::new(address, bits).map_or(network, IpNet::V4)
        }
        _ => network,
    }
}

/// The networks that may; everybody where there are none.
#[derive(Debug, Clone, Default)]
pub struct Allowed(Option<Arc<[IpNet]>>);

impl Allowed {
    /// Those in these networks.
    pub fn new(networks: &[IpNet]) -> Self {
        Self((!networks.is_empty()).then(|| networks.into()))
    }

    /// Whether an address is in one of them. An IPv4 address is one however an IPv6 socket writes it.
    #[inline]
    pub fn contains(&self, address: IpAddr) -> bool {
        match &self.0 {
            None => true,
            Some(networks) => {
                let address = address.to_canonical();
                networks.iter().any(|network| network.contains(&address))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_a_network_or_not() {
        let networks = [
            "10.0.0.0/8",
            "2001:db8::/32",
            "192.0.2.7",
            "::ffff:192.0.2.9",
            "::ffff:172.16.0.0/108",
        ];
        let allowed = Allowed::new(&networks.map(|text| network(text).unwrap()));
        let cases = [
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("11.0.0.1", false),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
            ("192.0.2.9", true),
            ("172.16.9.1", true),
            ("172.32.0.1", false),
            ("2001:db8:1::1", true),
            ("2001:db9::1", false),
            ("::1", false),
        ];
        for (address, expected) in cases {
            assert_eq!(
                allowed.contains(address.parse().unwrap()),
                expected,
                "{address}"
            );
            assert!(Allowed::new(&[]).contains(address.parse().unwrap()));
        }
    }

    #[test]
    fn what_is_no_network_names_none() {
        for text in ["", "10/8", "10.0.0.0/40", "lb1", "10.0.0.0 /8"] {
            assert_eq!(network(text), None, "{text}");
        }
    }
}
