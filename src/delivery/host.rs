//! Hosts, as the URLs of relays and of token servers name them.

use std::net::IpAddr;

/// Whether a host is this very machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
