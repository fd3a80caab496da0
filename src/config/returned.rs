//! `[returned]` and `[drafts]`: where returned mail comes in by itself, and what people write to the forum.

use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use super::OAuth2Settings;

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
    /// The port that is connected to.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.tls == ImapTls::Implicit { 993 } else { 143 })
    }

    /// Whether both describe one folder of one mailbox, however they spell it.
    fn is_same_place(&self, other: &ImapSettings) -> bool {
        let is_inbox = |folder: &str| folder.eq_ignore_ascii_case("INBOX");
        self.host.eq_ignore_ascii_case(&other.host)
            && self.port() == other.port()
            && self.user.to_lowercase() == other.user.to_lowercase()
            && (self.folder == other.folder || is_inbox(&self.folder) && is_inbox(&other.folder))
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
    /// Whether both are one place; Maildirs are named from `folder`.
    fn is_same(self, other: MailPlace<'_>, folder: &Path) -> bool {
        match (self, other) {
            (MailPlace::Maildir(one), MailPlace::Maildir(other)) => {
                let (one, other) = (folder.join(one), folder.join(other));
                let parts = |path: &Path| -> PathBuf {
                    path.components().filter(|part| *part != Component::CurDir).collect()
                };
                parts(&one) == parts(&other)
            }
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

/// All places where mail comes in, each once: one that both sections name is watched for both. Maildirs are named from
/// `folder`.
pub(super) fn list_watched<'a>(
    returned: &'a MailPlaces,
    drafts: &'a MailPlaces,
    folder: &Path,
) -> Vec<WatchedPlace<'a>> {
    let of = |places: &'a MailPlaces, section, imap_section, takes_drafts| {
        let folder = places.maildir.as_deref().map(MailPlace::Maildir).map(|place| (place, section));
        let mailbox = places.imap.as_ref().map(MailPlace::Imap).map(|place| (place, imap_section));
        let all = folder.into_iter().chain(mailbox);
        all.map(move |(place, section)| WatchedPlace { place, section, takes_drafts })
    };
    let mut watched: Vec<WatchedPlace<'a>> = of(returned, "[returned]", "[returned.imap]", false).collect();
    for place in of(drafts, "[drafts]", "[drafts.imap]", true) {
        match watched.iter_mut().find(|other| other.place.is_same(place.place, folder)) {
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
        let watched = list_watched(&returned, &drafts, Path::new("/srv/treff"));
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

    #[test]
    fn one_place_may_be_spelt_in_several_ways() {
        for (one, other) in [("./post", "post"), ("post/", "post"), ("/srv/treff/post", "post")] {
            let maildir = |path: &str| format!("maildir = \"{path}\"");
            assert_eq!(told(&maildir(one), &maildir(other)), ["[returned] true"], "{one} {other}");
        }
        let mailbox = |more: &str| format!("[imap]\nhost = \"m.test\"\n{more}\n");
        let plain = mailbox("user = \"a@x.test\"");
        for (more, is_same) in [
            ("user = \"A@x.test\"", true),
            ("user = \"a@x.test\"\nport = 993", true),
            ("user = \"a@x.test\"\nfolder = \"inbox\"", true),
            ("user = \"a@x.test\"\nport = 143\ntls = \"starttls\"", false),
            ("user = \"a@x.test\"\nfolder = \"Post\"", false),
        ] {
            let watched = told(&plain, &mailbox(more));
            assert_eq!(watched.len() == 1, is_same, "{more}: {watched:?}");
        }
        let (named, bare) = (
            mailbox("user = \"a\"\ntls = \"starttls\"\nport = 143"),
            mailbox("user = \"a\"\ntls = \"none\""),
        );
        assert_eq!(told(&named, &bare), ["[returned.imap] true"]);
    }
}
