//! What can be told from the settings alone.

use std::path::Path;

use super::check::Check;
use crate::checkup::Verdict;
use crate::checkup::settings::{self, Pages, SenderFound, Templates, stays_here};
use crate::config::Config;
use crate::forum::House;

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
    match settings::check_templates(config) {
        Templates::BuiltIn => Check::ok(NAME, "the built-in ones"),
        Templates::NoFolder(folder) => Check::warning(
            NAME,
            format!("there is no folder {}; the built-in ones are used", folder.display()),
            "make the folder, or take templates away in treff.toml",
        ),
        Templates::Own(folder) => {
            Check::ok(NAME, format!("the built-in ones and those in {}", folder.display()))
        }
        Templates::Broken(e) => Check::error(NAME, e.to_string(), "correct the template, or take it away"),
    }
}

pub(super) fn check_pages(config: &Config) -> Check {
    const NAME: &str = "pages";
    let (url, remedy) =
        (&config.base_url, "set base_url to where people reach the pages, such as https://forum.example");
    let found = settings::check_pages(config);
    let detail = match found {
        Pages::AllHere => format!("{url}, on this machine only"),
        Pages::Safe => url.clone(),
        Pages::NowhereElse => format!("{url}: links in letters lead nowhere but on this machine"),
        Pages::Open => format!(
            "{url} is not https: mail programs do not unsubscribe there, and links can be read on the way"
        ),
    };
    let remedy = (found.verdict() != Verdict::Ok).then(|| remedy.to_owned());
    Check { name: NAME, result: found.verdict(), detail, remedy }
}

pub(super) fn check_sender(config: &Config, house: &House) -> Check {
    const NAME: &str = "sender";
    match settings::check_sender(&settings::sender_in_force(config, house)) {
        SenderFound::Unreadable { key, why } => {
            Check::error(NAME, why.to_string(), format!("correct {key} under [sender] in treff.toml"))
        }
        SenderFound::NotAscii { key, address } => Check::error(
            NAME,
            format!("{address} is not in ASCII; many relays take no such sender"),
            format!("write one of a to z as {key} under [sender] in treff.toml"),
        ),
        SenderFound::NoAddress => {
            let remedy = "set address under [sender] in treff.toml";
            match stays_here(config) {
                true => Check::warning(NAME, "no address that letters come from; one is made up", remedy),
                false => Check::error(NAME, "no address that letters come from", remedy),
            }
        }
        SenderFound::NobodyReads { address } => Check::warning(
            NAME,
            format!("{address}; nobody is named who reads replies"),
            "set reply_name and reply_address under [sender] in treff.toml, or at the desk: /desk/settings/sender",
        ),
        SenderFound::Complete { address, reply_name, reply_address } => {
            Check::ok(NAME, format!("{address}; {reply_name} <{reply_address}> reads replies"))
        }
    }
}

pub(super) fn check_privacy(config: &Config, house: &House) -> Check {
    const NAME: &str = "privacy";
    let privacy = settings::privacy_in_force(config, house);
    match (privacy.controller, privacy.contact) {
        (Some(controller), Some(contact)) => Check::ok(NAME, format!("{controller}, {contact}")),
        _ => Check::warning(
            NAME,
            "first letters cannot say who answers for personal data (GDPR art. 13 and 14)",
            "set controller and contact under [privacy] in treff.toml, or at the desk: /desk/settings/sender",
        ),
    }
}
