//! `name_server`: whom to ask what DNS says.

use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;

/// The port of name servers (RFC 1035, 4.2).
const PORT: u16 = 53;

/// An address, with a port if it is not 53: `192.0.2.53`, `[2001:db8::53]:5353`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct NameServer(pub SocketAddr);

impl TryFrom<String> for NameServer {
    type Error = String;

    fn try_from(text: String) -> Result<NameServer, String> {
        let plain = text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, PORT));
        plain.or_else(|_| text.parse()).map(NameServer).map_err(|_| {
            format!("\"{text}\" is no name server; write its address, such as 192.0.2.53 or 127.0.0.1:5353")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_server_is_an_address_and_perhaps_a_port() {
        let read = |text: &str| NameServer::try_from(text.to_owned()).map(|own| own.0.to_string());
        assert_eq!(read("192.0.2.53"), Ok("192.0.2.53:53".to_owned()));
        assert_eq!(read("2001:db8::53"), Ok("[2001:db8::53]:53".to_owned()));
        assert_eq!(read("127.0.0.1:5353"), Ok("127.0.0.1:5353".to_owned()));
        assert!(read("ns.forum.example").is_err_and(|told| told.contains("192.0.2.53")));
    }
}
