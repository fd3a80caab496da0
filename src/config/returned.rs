//! `[returned]` and `[drafts]`: where returned mail comes in by itself, and what people write to the forum.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Config, OAuth2Settings};

/// Where `serve` and `worker` look for mail of one kind; nowhere by default.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailPlaces {
    /// A Maildir that a mail server on this machine delivers into.
    pub maildir: Option<PathBuf>,
    /// A mailbox on another server.
    pub imap: Option<ImapSettings>,
}

/// A mailbox that is read over IMAP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImapSettings {
    /// The server's name or address.
    pub host: String,
    /// Its port; by default 993, or 143 without TLS from the start.
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: ImapTls,
    /// Who logs in.
    pub user: String,
    /// A file whose first line is the password.
    pub password_file: Option<PathBuf>,
    /// A variable of the environment that holds the password.
    pub password_env: Option<String>,
    /// Where access tokens come from, instead of a password (XOAUTH2).
    pub oauth2: Option<OAuth2Settings>,
    /// The folder that the mail arrives in.
    #[serde(default = "inbox")]
    pub folder: String,
    /// A folder that mail goes to once it was taken in; without one it stays, marked as read.
    pub move_to: Option<String>,
    /// A file with one more trusted root certificate, in PEM.
    pub trust_file: Option<PathBuf>,
    /// How often the mailbox is looked into.
    #[serde(default = "every_minute")]
    pub every_seconds: u64,
}

impl MailPlaces {
    /// Whether any is named.
    pub fn is_any(&self) -> bool {
        self.maildir.is_some() || self.imap.is_some()
    }
}

impl ImapSettings {
    /// Whether both describe one folder of one mailbox.
    fn is_same_place(&self, other: &ImapSettings) -> bool {
        self.host.eq_ignore_ascii_case(&other.host)
            && (&self.user, &self.folder, self.port) == (&other.user, &other.folder, other.port)
    }
}

/// A place where mail comes in.
#[derive(Debug, Clone, Copy)]
pub enum MailPlace<'a> {
    /// A Maildir, as the configuration names it.
    Maildir(&'a Path),
    /// A mailbox on another server.
    Imap(&'a ImapSettings),
}

impl MailPlace<'_> {
    fn is_same(self, other: MailPlace<'_>) -> bool {
        match (self, other) {
            (MailPlace::Maildir(one), MailPlace::Maildir(other)) => one == other,
            (MailPlace::Imap(one), MailPlace::Imap(other)) => one.is_same_place(other),
            _ => false,
        }
    }
}

/// A place that is watched, and for what.
#[derive(Debug, Clone, Copy)]
pub struct WatchedPlace<'a> {
    /// Where.
    pub place: MailPlace<'a>,
    /// The section of the configuration that describes it.
    pub section: &'static str,
    /// What people write there becomes a draft.
    pub takes_drafts: bool,
}

impl Config {
    /// All places where mail comes in, each once: one that both sections name is watched for both.
    pub fn watched_places(&self) -> Vec<WatchedPlace<'_>> {
        list_watched(&self.file.returned, &self.file.drafts)
    }
}

fn list_watched<'a>(returned: &'a MailPlaces, drafts: &'a MailPlaces) -> Vec<WatchedPlace<'a>> {
    let of = |places: &'a MailPlaces, section, imap_section, takes_drafts| {
        let folder = places.maildir.as_deref().map(MailPlace::Maildir).map(|place| (place, section));
        let mailbox = places.imap.as_ref().map(MailPlace::Imap).map(|place| (place, imap_section));
        let all = folder.into_iter().chain(mailbox);
        all.map(move |(place, section)| WatchedPlace { place, section, takes_drafts })
    };
    let mut watched: Vec<WatchedPlace<'a>> = of(returned, "[returned]", "[returned.imap]", false).collect();
    for place in of(drafts, "[drafts]", "[drafts.imap]", true) {
        match watched.iter_mut().find(|other| other.place.is_same(place.place)) {
            Some(same) => same.takes_drafts = true,
            None => watched.push(place),
        }
    }
    watched
}

/// How a connection to a mailbox is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImapTls {
    /// TLS from the first byte (RFC 8314).
    #[default]
    Implicit,
    /// STARTTLS, required.
    StartTls,
    /// Nothing: on this machine only.
    None,
}

fn inbox() -> String {
    "INBOX".to_owned()
}

fn every_minute() -> u64 {
    60
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(returned: &str, drafts: &str) -> Vec<String> {
        let (returned, drafts) = (toml::from_str(returned).unwrap(), toml::from_str(drafts).unwrap());
        let watched = list_watched(&returned, &drafts);
        watched.iter().map(|place| format!("{} {}", place.section, place.takes_drafts)).collect()
    }

    #[test]
    fn a_place_that_both_sections_name_is_watched_once_for_both() {
        assert_eq!(told("maildir = \"a\"", "maildir = \"a\""), ["[returned] true"]);
        assert_eq!(told("maildir = \"a\"", "maildir = \"b\""), ["[returned] false", "[drafts] true"]);
        let (one, other) = (
            "[imap]\nhost = \"m.test\"\nuser = \"a\"",
            "[imap]\nhost = \"M.test\"\nuser = \"a\"\nmove_to = \"T\"",
        );
        assert_eq!(told(one, other), ["[returned.imap] true"]);
        assert_eq!(
            told(one, &other.replace("\"a\"", "\"b\"")),
            ["[returned.imap] false", "[drafts.imap] true"]
        );
        assert_eq!(told("", ""), Vec::<String>::new());
    }
}
