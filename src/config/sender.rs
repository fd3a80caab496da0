//! `[sender]`: who sends, and where replies go.

use serde::Deserialize;

use super::ConfigError;

/// Who sends, as letters show it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sender {
    /// The address in From, and the domain of List-Id, Message-ID and return paths.
    pub address: Option<String>,
    /// The person who reads replies.
    pub reply_name: Option<String>,
    /// Where replies go.
    pub reply_address: Option<String>,
    /// The forum's postal address, at the foot of letters.
    pub postal_address: Option<String>,
}

impl Sender {
    /// A reply must reach a person; what comes to `bounce@` and `bounce+...@` is read by the program.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let given = [("sender.address", &self.address), ("sender.reply_address", &self.reply_address)];
        for (what, address) in given {
            if let Some(address) = address.as_ref().filter(|address| takes_returned_mail(address)) {
                return Err(ConfigError::Value {
                    what,
                    value: address.clone(),
                    remedy: "mail to bounce@ and bounce+...@ is returned mail, which nobody reads; write an address \
                             that a person reads",
                });
            }
        }
        Ok(())
    }
}

/// Whether returned mail comes to that address.
fn takes_returned_mail(address: &str) -> bool {
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local).trim().to_ascii_lowercase();
    local == "bounce" || local.starts_with("bounce+")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(address: &str, reply: Option<&str>) -> Sender {
        Sender {
            address: Some(address.to_owned()),
            reply_address: reply.map(str::to_owned),
            ..Sender::default()
        }
    }

    #[test]
    fn replies_never_go_where_returned_mail_goes() {
        for (wrong, key) in [
            (sender("forum@forum.example", Some("bounce+1.2@forum.example")), "sender.reply_address"),
            (sender("forum@forum.example", Some("Bounce@forum.example")), "sender.reply_address"),
            (sender("bounce+svar@forum.example", Some("kari@example.test")), "sender.address"),
        ] {
            let said = wrong.check().unwrap_err().to_string();
            assert!(
                said.starts_with(key) && said.ends_with("write an address that a person reads"),
                "{said}"
            );
        }
        for right in ["kari@example.test", "bouncer@example.test", "kari+bounce@example.test"] {
            assert!(sender("forum@forum.example", Some(right)).check().is_ok(), "{right}");
        }
    }
}
