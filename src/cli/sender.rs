//! What commands that send say first of the address that letters come from.

use crate::checkup::settings::makes_up_sender;
use crate::config::Config;

/// That letters leave this machine from an address that nobody named, and the remedy; none if one is named or they stay.
pub fn warn_of_made_up_sender(config: &Config) -> Option<&'static str> {
    makes_up_sender(config).then_some(
        "no address that letters come from: one is made of the forum's short name and the host of base_url, and nobody may \
         read the replies to it; set address under [sender] in treff.toml",
    )
}
