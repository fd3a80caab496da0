//! What can be told from the settings alone.

use std::path::Path;

use super::Check;
use crate::config::Config;
use crate::forum::EmailAddress;
use crate::letter::Letters;

pub(super) fn check_file(path: &Path) -> Check {
    const NAME: &str = "configuration";
    match path.exists() {
        true => Check::ok(NAME, format!("{} can be read", path.display())),
        false => Check::warning(
            NAME,
            format!("there is no {}; the environment and defaults are used", path.display()),
            "write one with treff init",
        ),
    }
}

pub(super) fn check_templates(config: &Config) -> Check {
    const NAME: &str = "templates";
    let overrides = config.file.templates.as_ref().map(|folder| config.folder.join(folder));
    match (Letters::load(overrides.as_deref()), overrides) {
        (Ok(_), None) => Check::ok(NAME, "the built-in ones"),
        (Ok(_), Some(folder)) if !folder.is_dir() => Check::warning(
            NAME,
            format!("there is no folder {}; the built-in ones are used", folder.display()),
            "make the folder, or take templates away in treff.toml",
        ),
        (Ok(_), Some(folder)) => {
            Check::ok(NAME, format!("the built-in ones and those in {}", folder.display()))
        }
        (Err(e), _) => Check::error(NAME, e.to_string(), "correct the template, or take it away"),
    }
}

/// Whether a host is this very machine.
fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

pub(super) fn check_pages(config: &Config) -> Check {
    const NAME: &str = "pages";
    let (url, remedy) =
        (&config.base_url, "set base_url to where people reach the pages, such as https://forum.example");
    match (is_loopback(url), url.starts_with("https://"), config.relay_url.starts_with("maildir:")) {
        (true, _, true) => Check::ok(NAME, format!("{url}, on this machine only")),
        (true, _, false) => {
            Check::warning(NAME, format!("{url}: links in letters lead nowhere but on this machine"), remedy)
        }
        (false, true, _) => Check::ok(NAME, url),
        (false, false, _) => Check::error(
            NAME,
            format!(
                "{url} is not https: mail programs do not unsubscribe there, and links can be read on the way"
            ),
            remedy,
        ),
    }
}

pub(super) fn check_sender(config: &Config) -> Check {
    const NAME: &str = "sender";
    let sender = &config.file.sender;
    for (key, given) in [("address", &sender.address), ("reply_address", &sender.reply_address)] {
        if let Some(Err(e)) = given.as_ref().map(|text| text.parse::<EmailAddress>()) {
            return Check::error(NAME, e.to_string(), format!("correct {key} under [sender] in treff.toml"));
        }
        if let Some(Ok(address)) = given.as_ref().map(|text| text.parse::<EmailAddress>())
            && !address.as_str().is_ascii()
        {
            let remedy = format!("write one of a to z as {key} under [sender] in treff.toml");
            return Check::error(
                NAME,
                format!("{address} is not in ASCII; many relays take no such sender"),
                remedy,
            );
        }
    }
    let Some(address) = &sender.address else {
        let remedy = "set address under [sender] in treff.toml";
        return match config.relay_url.starts_with("maildir:") {
            true => Check::warning(NAME, "no address that letters come from; one is made up", remedy),
            false => Check::error(NAME, "no address that letters come from", remedy),
        };
    };
    match (&sender.reply_address, &sender.reply_name) {
        (Some(reply), Some(name)) => Check::ok(NAME, format!("{address}; {name} <{reply}> reads replies")),
        _ => Check::warning(
            NAME,
            format!("{address}; nobody is named who reads replies"),
            "set reply_name and reply_address under [sender] in treff.toml",
        ),
    }
}

pub(super) fn check_privacy(config: &Config) -> Check {
    const NAME: &str = "privacy";
    let privacy = &config.file.privacy;
    match (&privacy.controller, &privacy.contact) {
        (Some(controller), Some(contact)) => Check::ok(NAME, format!("{controller}, {contact}")),
        _ => Check::warning(
            NAME,
            "first letters cannot say who answers for personal data (GDPR art. 13 and 14)",
            "set controller and contact under [privacy] in treff.toml",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::Verdict;
    use crate::config::{ConfigFile, Overrides};

    fn pages(base_url: &str, relay_url: &str) -> Verdict {
        let file = ConfigFile {
            base_url: Some(base_url.to_owned()),
            relay_url: Some(relay_url.to_owned()),
            ..ConfigFile::default()
        };
        check_pages(&Config::resolve("/forum".into(), file, Overrides::default()).unwrap()).result
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
