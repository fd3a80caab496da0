//! What can be told from the settings alone: who sends, where links lead, which templates are used.

use std::path::PathBuf;

use reqwest::Url;

use super::Verdict;
use crate::config::{Config, Privacy, Sender, is_loopback};
use crate::delivery::Relay;
use crate::forum::{EmailAddress, EmailError, House};
use crate::letter::{Letters, TemplateError};

/// Whether letters stay on this machine, in a mailbox folder.
pub fn stays_here(config: &Config) -> bool {
    config.mailbox_folder().is_some()
}

/// Which templates letters are made from.
#[derive(Debug)]
pub enum Templates {
    /// Ours alone.
    BuiltIn,
    /// A folder is named and not there: ours.
    NoFolder(PathBuf),
    /// Ours and those in a folder.
    Own(PathBuf),
    /// One of them cannot be used: no letter can be written.
    Broken(TemplateError),
}

/// Reads the templates.
pub fn check_templates(config: &Config) -> Templates {
    let overrides = config.file.templates.as_ref().map(|folder| config.folder.join(folder));
    match (Letters::load(overrides.as_deref()), overrides) {
        (Err(error), _) => Templates::Broken(error),
        (Ok(_), None) => Templates::BuiltIn,
        (Ok(_), Some(folder)) if !folder.is_dir() => Templates::NoFolder(folder),
        (Ok(_), Some(folder)) => Templates::Own(folder),
    }
}

/// Where the links in letters lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pages {
    /// To pages that are reached under https.
    Safe,
    /// To this very machine, which letters do not leave either.
    AllHere,
    /// To this very machine, though letters leave it: they lead nowhere.
    NowhereElse,
    /// To pages without https: no unsubscribing by one tap (RFC 8058), and links can be read on the way.
    Open,
}

impl Pages {
    /// How it came out.
    pub fn verdict(self) -> Verdict {
        match self {
            Pages::Safe | Pages::AllHere => Verdict::Ok,
            Pages::NowhereElse => Verdict::Warning,
            Pages::Open => Verdict::Error,
        }
    }
}

/// Looks at `base_url`.
pub fn check_pages(config: &Config) -> Pages {
    let url = Url::parse(&config.base_url);
    let is_here = url.is_ok_and(|url| url.host_str().is_some_and(is_loopback));
    match (is_here, config.base_url.starts_with("https://")) {
        (true, _) if stays_here(config) => Pages::AllHere,
        (true, _) => Pages::NowhereElse,
        (false, true) => Pages::Safe,
        (false, false) => Pages::Open,
    }
}

/// Who sends, and who reads replies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SenderFound {
    /// `key` under `[sender]` is no address.
    Unreadable {
        /// `address` or `reply_address`.
        key: &'static str,
        /// Why.
        why: EmailError,
    },
    /// `key` holds an address that many relays do not take (RFC 6531).
    NotAscii {
        /// `address` or `reply_address`.
        key: &'static str,
        /// Which.
        address: EmailAddress,
    },
    /// No address that letters come from.
    NoAddress,
    /// Nobody is named who reads replies.
    NobodyReads {
        /// Whence letters come.
        address: String,
    },
    /// All is there.
    Complete {
        /// Whence letters come.
        address: String,
        /// Who reads replies.
        reply_name: String,
        /// Where replies go.
        reply_address: String,
    },
}

/// Who sends: as the operator's `[sender]` says it, and as the forum's own settings where those say something. An address
/// of the forum's counts only in the operator's domain, as letters take it.
pub fn sender_in_force(config: &Config, house: &House) -> Sender {
    let set = &config.file.sender;
    let operators = sender_address(set);
    let own = house.sender.as_ref().filter(|own| operators.is_some_and(|set| set.domain() == own.domain()));
    let reply_address = house.reply_address.as_ref().map(ToString::to_string);
    Sender {
        address: own.map(ToString::to_string).or_else(|| set.address.clone()),
        reply_name: house.reply_name.clone().or_else(|| set.reply_name.clone()),
        reply_address: reply_address.or_else(|| set.reply_address.clone()),
        postal_address: house.postal_address.clone().or_else(|| set.postal_address.clone()),
    }
}

/// Who answers for personal data, likewise.
pub fn privacy_in_force(config: &Config, house: &House) -> Privacy {
    let set = &config.file.privacy;
    Privacy {
        controller: house.controller.clone().or_else(|| set.controller.clone()),
        contact: house.privacy_contact.clone().or_else(|| set.contact.clone()),
        officer: house.officer.clone().or_else(|| set.officer.clone()),
        ..set.clone()
    }
}

/// Whether letters leave this machine from an address that nobody named.
pub fn makes_up_sender(config: &Config) -> bool {
    config.file.sender.address.is_none() && Relay::is_elsewhere(config)
}

/// Whether it is settled whom letters come from, who answers replies, and who answers for personal data.
pub fn is_sender_settled(config: &Config, house: &House) -> bool {
    let sender = sender_in_force(config, house);
    let comes_from = sender.address.is_some() || stays_here(config);
    comes_from && sender.reply_address.is_some() && privacy_in_force(config, house).controller.is_some()
}

/// Looks at `[sender]`.
pub fn check_sender(sender: &Sender) -> SenderFound {
    for (key, given) in [("address", &sender.address), ("reply_address", &sender.reply_address)] {
        match given.as_ref().map(|text| text.parse::<EmailAddress>()) {
            Some(Err(why)) => return SenderFound::Unreadable { key, why },
            Some(Ok(address)) if !address.as_str().is_ascii() => {
                return SenderFound::NotAscii { key, address };
            }
            _ => {}
        }
    }
    let Some(address) = sender.address.clone() else { return SenderFound::NoAddress };
    match (&sender.reply_address, &sender.reply_name) {
        (Some(reply_address), Some(reply_name)) => SenderFound::Complete {
            address,
            reply_name: reply_name.clone(),
            reply_address: reply_address.clone(),
        },
        _ => SenderFound::NobodyReads { address },
    }
}

/// The address that letters come from, if one is named.
pub fn sender_address(sender: &Sender) -> Option<EmailAddress> {
    sender.address.as_deref().and_then(|text| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConfigFile, Overrides};

    fn pages(base_url: &str, relay_url: &str) -> Verdict {
        let file = ConfigFile {
            base_url: Some(base_url.to_owned()),
            relay_url: Some(relay_url.to_owned()),
            ..ConfigFile::default()
        };
        check_pages(&Config::resolve("/forum".into(), file, Overrides::default()).unwrap()).verdict()
    }

    fn makes_up(relay_url: &str, address: Option<&str>) -> bool {
        let sender = Sender { address: address.map(str::to_owned), ..Sender::default() };
        let file = ConfigFile { relay_url: Some(relay_url.to_owned()), sender, ..ConfigFile::default() };
        let config = Config::resolve("/forum".into(), file, Overrides::default()).unwrap();
        makes_up_sender(&config)
    }

    #[test]
    fn letters_that_leave_from_an_address_that_nobody_named_are_told_apart() {
        for elsewhere in ["smtps://relay.example", "smtp://relay.example:587"] {
            assert!(makes_up(elsewhere, None), "{elsewhere}");
            assert!(!makes_up(elsewhere, Some("post@forum.example")), "{elsewhere}");
        }
        for here in ["maildir:outbox", "smtp://127.0.0.1:2525?tls=none", "smtps://localhost"] {
            assert!(!makes_up(here, None), "{here}");
        }
    }

    #[test]
    fn pages_are_https_unless_all_stays_on_this_machine() {
        assert_eq!(pages("https://forum.example", "smtps://relay.example"), Verdict::Ok);
        assert_eq!(pages("http://forum.example", "smtps://relay.example"), Verdict::Error);
        assert_eq!(pages("http://forum.example", "maildir:outbox"), Verdict::Error);
        assert_eq!(pages("http://localhost.example", "maildir:outbox"), Verdict::Error);
        for here in ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:8080/x"] {
            assert_eq!(pages(here, "maildir:outbox"), Verdict::Ok, "{here}");
            assert_eq!(pages(here, "smtps://relay.example"), Verdict::Warning, "{here}");
        }
    }
}
