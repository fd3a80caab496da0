//! Which addresses a link may lead to: those of the public internet. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether everybody on the internet can reach the address (IANA's registries of special-purpose addresses, RFC 6890).
/// What carries an IPv4 address within (mapped, NAT64, 6to4) is judged by that.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match embedded_v4(address) {
            Some(within) => is_public_v4(within),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || (a == 100 && (64..128).contains(&b)) // shared by a provider's customers (RFC 6598)
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)) // measuring networks (RFC 2544)
        || a >= 224; // multicast, reserved, broadcast
    !special
}

/// The IPv4 address that an IPv6 address carries.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = address.segments();
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low] => Some(of(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    // Only 2000::/3 is handed out; in it lie documentation (RFC 3849, 9637), Teredo and benchmarks.
    let handed_out = s[0] & 0xe000 == 0x2000;
    let in_2001 = s[0] == 0x2001 && (s[1] < 0x200 || s[1] == 0xdb8);
    let special = in_2001 || s[0] & 0xfff0 == 0x3ff0;
    handed_out && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_everybody_can_reach_is_public() {
        for public in
            ["93.184.216.34", "1.1.1.1", "100.63.0.1", "172.32.0.1", "2a00:1450:400f::1", "2606:4700::1111"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for inside in [
            "127.0.0.1",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "64:ff9b::a00:1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "2002:7f00:1::",
            "::127.0.0.1",
            "64:ff9b:1::1",
            "3fff::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
    }
}
