//! `listen`: where `serve` waits for requests.

use serde::Deserialize;

/// A name or an address of this machine, and a port: `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ListenAddress(pub String);

impl TryFrom<String> for ListenAddress {
    type Error = String;

    fn try_from(text: String) -> Result<ListenAddress, String> {
        let parts = text.rsplit_once(':');
        let is_address = parts.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
        match is_address {
            true => Ok(ListenAddress(text)),
            false => Err(format!(
                "\"{text}\" is no address to listen on; write one with a port, such as 127.0.0.1:8080"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serve_listens_on_a_host_and_a_port() {
        let read = |text: &str| ListenAddress::try_from(text.to_owned());
        for good in ["127.0.0.1:8080", "[::1]:8080", "localhost:80", "0.0.0.0:0"] {
            assert_eq!(read(good), Ok(ListenAddress(good.to_owned())));
        }
        for bad in ["127.0.0.1", "127.0.0.1:99999", ":8080", "", "8080"] {
            assert!(read(bad).is_err_and(|told| told.contains("127.0.0.1:8080")), "{bad}");
        }
    }
}
