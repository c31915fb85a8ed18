//! Addresses that no national system has on the public Internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What to do with addresses of special use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpecialUse {
    /// Refuse every one.
    #[default]
    Refuse,
    /// Accept the loopback addresses and refuse the others: for simulators on one machine. The option does not exist
    /// in a build without the feature `test-profile`.
    #[cfg(any(test, feature = "test-profile"))]
    AllowLoopback,
}

impl SpecialUse {
    /// Whether a connection to `address` may be made.
    pub(super) fn admits(self, address: IpAddr) -> bool {
        match self {
            Self::Refuse => !is_special_use(address),
            #[cfg(any(test, feature = "test-profile"))]
            Self::AllowLoopback => address.is_loopback() || !is_special_use(address),
        }
    }
}

/// Whether the IANA special-purpose address registries (RFC 6890) keep `address` from being a public host.
pub fn is_special_use(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_special_v4(v4),
        IpAddr::V6(v6) => match embedded_v4(v6) {
            Some(v4) => is_special_v4(v4),
            None => is_special_v6(v6),
        },
    }
}

fn is_special_v4(address: Ipv4Addr) -> bool {
    let number = u32::from(address);
    SPECIAL_V4.iter().any(|&(network, bits)| number >> (32 - bits) == u32::from(network) >> (32 - bits))
}

/// RFC 6052 §2.1 (NAT64) and RFC 4291 §2.5.5.2 (mapped): the connection ends at the address inside.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [prefix @ .., high, low] = address.segments();
    let embeds = matches!(prefix, [0, 0, 0, 0, 0, 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0]);
    embeds.then(|| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
}

/// Only 2000::/3 is assigned to public hosts (RFC 4291 §2.4 and IANA); within it some ranges are not.
fn is_special_v6(address: Ipv6Addr) -> bool {
    let number = u128::from(address);
    let within = |&(network, bits): &(Ipv6Addr, u32)| number >> (128 - bits) == u128::from(network) >> (128 - bits);
    number >> 125 != 0b001 || SPECIAL_V6.iter().any(within)
}

/// IANA IPv4 Special-Purpose Address Registry, without the ranges that are globally reachable.
const SPECIAL_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::UNSPECIFIED, 8),           // RFC 791 §3.2: this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),      // RFC 1918: private
    (Ipv4Addr::new(100, 64, 0, 0), 10),   // RFC 6598: shared by carriers
    (Ipv4Addr::new(127, 0, 0, 0), 8),     // RFC 1122 §3.2.1.3: loopback
    (Ipv4Addr::new(169, 254, 0, 0), 16),  // RFC 3927: link-local; cloud metadata
    (Ipv4Addr::new(172, 16, 0, 0), 12),   // RFC 1918
    (Ipv4Addr::new(192, 0, 0, 0), 24),    // RFC 6890 §2.1: protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),    // RFC 5737: documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),  // RFC 7526: 6to4 relays, gone
    (Ipv4Addr::new(192, 168, 0, 0), 16),  // RFC 1918
    (Ipv4Addr::new(198, 18, 0, 0), 15),   // RFC 2544: benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24), // RFC 5737
    (Ipv4Addr::new(203, 0, 113, 0), 24),  // RFC 5737
    (Ipv4Addr::new(224, 0, 0, 0), 4),     // RFC 5771: multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),     // RFC 1112 §4: reserved; broadcast
];

/// What is special within 2000::/3 (IANA IPv6 Special-Purpose Address Registry).
const SPECIAL_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // RFC 2928: protocol assignments; Teredo carries IPv4
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // RFC 3849: documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // RFC 3056: 6to4 carries any IPv4
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // RFC 9637: documentation
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n10_an_address_of_special_use_is_refused() {
        for text in [
            "127.0.0.1",
            "127.255.255.254",
            "::1",
            "0.0.0.0",
            "0.1.2.3",
            "::",
            "169.254.169.254",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "100.127.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "192.88.99.1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "::127.0.0.1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
            "3fff::1",
            "100::1",
            "5f00::1",
        ] {
            let address: IpAddr = text.parse().unwrap();
            assert!(is_special_use(address), "{text}");
            assert!(!SpecialUse::Refuse.admits(address), "{text}");
        }
    }

    #[test]
    fn public_addresses_pass() {
        for text in [
            "8.8.8.8",
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.255.255",
            "172.32.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2001:4860:4860::8888",
            "2003::1",
        ] {
            assert!(!is_special_use(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn the_test_profile_opens_loopback_and_nothing_else() {
        let admits = |text: &str| SpecialUse::AllowLoopback.admits(text.parse().unwrap());
        assert!(admits("127.0.0.1") && admits("::1") && admits("8.8.8.8"));
        assert!(!admits("10.0.0.1") && !admits("169.254.169.254") && !admits("::ffff:127.0.0.1") && !admits("0.0.0.0"));
    }
}
