//! Hosts, as addresses name them.

use std::net::IpAddr;

/// Whether a host is this very machine; IPv6 with its brackets or without.
pub fn is_loopback(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_its_name_and_its_addresses() {
        assert!(
            ["localhost", "LocalHost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"].into_iter().all(is_loopback)
        );
        assert!(!["localhost.example", "192.0.2.1", "::2", ""].into_iter().any(is_loopback));
    }
}
