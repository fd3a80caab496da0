//! Who sends, as every letter of a forum shows it.

use std::sync::Arc;

use chrono_tz::Tz;

use crate::config::Config;
use crate::forum::{
    Colour, EmailAddress, EmailError, ForumSettings, House, Logo, Names, TextPlace, cut_slug, find_line,
    percent_encode, plain_line,
};

/// The sender's facts. Built from the operator's settings, and from the forum's where those say something.
#[derive(Debug, Clone)]
pub struct Masthead {
    /// As it stands at the head of letters.
    pub forum_name: String,
    /// Carried by List-Id and Feedback-ID.
    pub slug: String,
    /// Where the pages are reached; ASCII, no slash at the end.
    pub base_url: String,
    /// The address in From.
    pub sender: EmailAddress,
    /// The person who reads replies.
    pub reply_name: Option<String>,
    /// Where replies go.
    pub reply_address: EmailAddress,
    /// Where a mail program unsubscribes by mail: read by Treff if it reads returned mail, else where replies go.
    pub unsubscribe_address: EmailAddress,
    /// At the foot of letters.
    pub postal_address: Option<String>,
    /// Who answers for personal data.
    pub controller: Option<String>,
    /// Where to turn about personal data.
    pub privacy_contact: Option<String>,
    /// A sentence about the forum, at the foot of letters.
    pub about: Names,
    /// What the forum says itself at the head of what a first letter tells.
    pub welcome: Names,
    /// The colour of headings, links and buttons; ours if there is none.
    pub colour: Option<Colour>,
    /// At the head of letters.
    pub logo: Option<Arc<Logo>>,
    /// The zone of all local times.
    pub zone: Tz,
}

/// Why there is no sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting} in treff.toml cannot be used: {reason}")]
pub struct MastheadError {
    setting: &'static str,
    reason: String,
}

impl Masthead {
    /// From the settings. Without a sender address, one is made of the forum's slug and the host of `base_url`.
    pub fn new(forum: &ForumSettings, config: &Config) -> Result<Masthead, MastheadError> {
        let wrong = |setting| move |reason: String| MastheadError { setting, reason };
        let base_url = ascii_url(&config.base_url)
            .ok_or_else(|| wrong("base_url")(format!("\"{}\" has no host name", config.base_url)))?;
        let (file, house) = (&config.file, &forum.house);
        let sender = find_sender(forum, config, &base_url)?;
        let reply_address = match (&house.reply_address, &file.sender.reply_address) {
            (Some(address), _) => address.clone(),
            (None, Some(address)) => read_address("sender.reply_address", address)?,
            (None, None) => sender.clone(),
        };
        for (setting, address) in [("sender.address", &sender), ("sender.reply_address", &reply_address)] {
            if let Err(error) = House::check_address(address) {
                return Err(wrong(setting)(format!("\"{address}\": {error}")));
            }
        }
        let unsubscribe_address = match is_read_by_itself(config) {
            true => read_address("sender.address", &format!("{UNSUBSCRIBE}@{}", sender.domain()))?,
            false => reply_address.clone(),
        };
        let settled = |house: &Option<String>, file: &Option<String>| {
            house.as_ref().or(file.as_ref()).and_then(|text| find_line(text))
        };
        Ok(Masthead {
            forum_name: plain_line(&forum.name),
            slug: forum.slug.clone(),
            base_url,
            sender,
            reply_name: settled(&house.reply_name, &file.sender.reply_name),
            reply_address,
            unsubscribe_address,
            postal_address: settled(&house.postal_address, &file.sender.postal_address),
            controller: settled(&house.controller, &file.privacy.controller),
            privacy_contact: settled(&house.privacy_contact, &file.privacy.contact),
            about: house.about.clone(),
            welcome: house.texts.all(TextPlace::Welcome),
            colour: house.colour,
            logo: house.logo.clone(),
            zone: forum.zone,
        })
    }

    /// The domain of List-Id, Message-ID and return paths.
    pub fn domain(&self) -> &str {
        self.sender.domain()
    }

    /// The value of List-Id (RFC 2919): ASCII, never encoded.
    pub fn list_id(&self) -> String {
        format!("<{}.{}>", self.slug, self.domain())
    }

    /// The page that unsubscribes whom `token` names.
    pub(super) fn unsubscribe_link(&self, token: &str) -> String {
        format!("{}/u/{token}", self.base_url)
    }

    /// What a mail to a recipient says of the list and the way out of it (RFC 2369, 2919, 8058). Made by hand: never
    /// encoded, and folded only between their values.
    pub(super) fn list_fields(&self, token: &str) -> String {
        format!(
            "List-Id: {}\r\nList-Unsubscribe: <{}>,\r\n <{}?subject=unsubscribe%20{token}>\r\n\
             List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nList-Help: <{}?subject=help>\r\n",
            self.list_id(),
            self.unsubscribe_link(token),
            self.unsubscribe_address.mailto(),
            self.reply_address.mailto(),
        )
    }
}

/// The local part of an address of the shape of return paths, so that it arrives where they do.
const UNSUBSCRIBE: &str = "bounce+unsubscribe";

/// Whether `serve` reads what comes to `bounce+...@` the sender's domain. A mail server that pipes it into
/// `treff bounce` is known to nobody here.
fn is_read_by_itself(config: &Config) -> bool {
    config.file.returned.is_any()
}

/// The forum's own address if it is of the operator's domain, who signs for that; else the operator's; else one that is
/// made of the forum's slug and the host of `base_url`.
fn find_sender(
    forum: &ForumSettings,
    config: &Config,
    base_url: &str,
) -> Result<EmailAddress, MastheadError> {
    let operators = match &config.file.sender.address {
        Some(address) => read_address("sender.address", address)?,
        None => fallback_address(&forum.slug, base_url).ok_or_else(|| MastheadError {
            setting: "sender.address",
            reason: "it is not there, and the host of base_url makes none; write the address that letters come from"
                .to_owned(),
        })?,
    };
    let own = forum.house.sender.as_ref().filter(|own| own.domain() == operators.domain());
    Ok(own.cloned().unwrap_or(operators))
}

fn read_address(setting: &'static str, text: &str) -> Result<EmailAddress, MastheadError> {
    text.parse().map_err(|error: EmailError| MastheadError { setting, reason: error.to_string() })
}

/// The part of an address before the at sign, in bytes (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL_PART: usize = 64;

/// `slug@host` for an installation that has named no sender yet: a demo, a trial on one machine.
fn fallback_address(slug: &str, base_url: &str) -> Option<EmailAddress> {
    let host = base_url.split("://").nth(1)?.split(['/', ':', '?', '#']).next()?;
    let is_name = host.contains('.') && host.parse::<std::net::Ipv4Addr>().is_err();
    let local = cut_slug(slug, LONGEST_LOCAL_PART);
    format!("{local}@{}", if is_name { host } else { "treff.example" }).parse().ok()
}

/// The URL with its host in A-labels (RFC 5890) and everything else percent-encoded, as headers need it.
fn ascii_url(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let (host, port) = host.rsplit_once(':').map_or((host, None), |(h, p)| (h, Some(p)));
    let host = if host.is_ascii() { host.to_owned() } else { idna::domain_to_ascii(host).ok()? };
    if host.is_empty() {
        return None;
    }
    let port = port.map(|p| format!(":{p}")).unwrap_or_default();
    Some(format!("{scheme}://{host}{port}{}", percent_encode(path, b"/%?#&=+:@,;~._-")))
}

#[cfg(test)]
impl Masthead {
    /// The sender that a test begins with: nothing of its own but name and address.
    pub fn sample() -> Masthead {
        let address = || -> EmailAddress { "forum@nordfjella.example".parse().unwrap() };
        Masthead {
            forum_name: "Nordfjella".to_owned(),
            slug: "nordfjella".to_owned(),
            base_url: "https://forum.example".to_owned(),
            sender: address(),
            reply_name: None,
            reply_address: address(),
            unsubscribe_address: address(),
            postal_address: None,
            controller: None,
            privacy_contact: None,
            about: Names::default(),
            welcome: Names::default(),
            colour: None,
            logo: None,
            zone: chrono_tz::Europe::Oslo,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_written_in_ascii() {
        assert_eq!(ascii_url("https://forum.example:8443/tr"), Some("https://forum.example:8443/tr".into()));
        assert_eq!(ascii_url("https://fjøs.example/ø"), Some("https://xn--fjs-1na.example/%C3%B8".into()));
        assert_eq!(ascii_url("https://"), None);
    }

    #[test]
    fn a_machine_without_a_name_gets_an_example_domain() {
        let address = |url: &str| fallback_address("forum", url).map(|a| a.as_str().to_owned());
        assert_eq!(address("http://127.0.0.1:8080"), Some("forum@treff.example".into()));
        assert_eq!(address("https://forum.example"), Some("forum@forum.example".into()));
    }

    #[test]
    fn a_forum_with_a_long_name_has_an_address_too() {
        let slug = "kompetanseforum-for-helse-oppvekst-industri-og-bygg-i-nordfjella-og-sordal";
        let address = fallback_address(slug, "https://forum.example").unwrap();
        assert_eq!(
            address.as_str(),
            "kompetanseforum-for-helse-oppvekst-industri-og-bygg-i-nordfjella@forum.example"
        );
    }
}
