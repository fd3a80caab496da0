//! The Maildir as the inbox reads it: letters by their delivery's id. Reading never moves one.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};

use crate::config::Config;
use crate::delivery::{Maildir, StoredLetter};
use crate::ids::DeliveryId;

/// The mailbox of the embedded default; empty if letters go to an SMTP relay.
pub(super) struct Mailbox(Option<Maildir>);

/// A letter, taken apart.
pub(super) struct Mail {
    /// The address that it went to.
    pub(super) to: String,
    /// Its date; none if it has none that can be read.
    pub(super) dated_at: Option<DateTime<Utc>>,
    pub(super) subject: String,
    /// The language that it is written in (RFC 3282), as a tag; empty if it does not say.
    pub(super) language: String,
    pub(super) html: String,
    pub(super) text: String,
    pub(super) source: String,
}

impl Mailbox {
    /// The mailbox that the configuration names.
    pub(super) fn of(config: &Config) -> Mailbox {
        Mailbox(config.mailbox_folder().map(Maildir::at))
    }

    /// The letter of a delivery, if it lies here.
    pub(super) fn find(&self, id: DeliveryId) -> Option<Mail> {
        let (_, letter) = list_files(self.0.as_ref()?).find(|(own, _)| *own == id)?;
        take_apart(&std::fs::read(letter.path).ok()?)
    }

    /// The short mail outside editions that has this number, if it lies here.
    pub(super) fn find_note(&self, number: i64) -> Option<Mail> {
        let (_, note) = list_notes(self.0.as_ref()?).into_iter().find(|(own, _)| *own == number)?;
        take_apart(&std::fs::read(note.path).ok()?)
    }

    /// The newest short mails with their numbers, at most so many.
    pub(super) fn notes(&self, at_most: usize) -> Vec<(i64, Mail)> {
        let Some(maildir) = &self.0 else { return Vec::new() };
        let newest = list_notes(maildir).into_iter().take(at_most);
        newest
            .filter_map(|(number, note)| Some((number, take_apart(&std::fs::read(note.path).ok()?)?)))
            .collect()
    }

    /// Every letter's subject.
    pub(super) fn subjects(&self) -> HashMap<DeliveryId, String> {
        let Some(maildir) = &self.0 else { return HashMap::new() };
        list_files(maildir)
            .filter_map(|(id, letter)| {
                let bytes = std::fs::read(letter.path).ok()?;
                let message = MessageParser::default().parse_headers(&bytes)?;
                Some((id, message.subject()?.to_owned()))
            })
            .collect()
    }
}

fn list_files(maildir: &Maildir) -> impl Iterator<Item = (DeliveryId, StoredLetter)> {
    let letters = maildir.list_letters().unwrap_or_default();
    letters.into_iter().filter_map(|letter| Some((delivery_of(&letter.name)?, letter)))
}

/// Short mails, the newest first.
fn list_notes(maildir: &Maildir) -> Vec<(i64, StoredLetter)> {
    let letters = maildir.list_letters().unwrap_or_default().into_iter();
    let mut notes: Vec<_> = letters.filter_map(|note| Some((note_of(&note.name)?, note))).collect();
    notes.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    notes
}

/// A short mail is named after its row, `notice-5`; behind it stands a forum's mark if the folder was another's.
fn note_of(name: &str) -> Option<i64> {
    name.strip_prefix("notice-")?.split('-').next()?.parse().ok()
}

/// A letter is named after its delivery; behind it stands a forum's mark if the folder was another's.
fn delivery_of(name: &str) -> Option<DeliveryId> {
    name.split('-').next()?.parse().ok().map(DeliveryId)
}

/// A message, taken apart.
pub(super) fn take_apart(bytes: &[u8]) -> Option<Mail> {
    let message = MessageParser::default().parse(bytes)?;
    Some(Mail {
        to: message.to().and_then(|to| to.first()?.address()).unwrap_or_default().to_owned(),
        dated_at: message.date().and_then(|date| DateTime::from_timestamp(date.to_timestamp(), 0)),
        subject: message.subject().unwrap_or_default().to_owned(),
        language: message.content_language().as_text().unwrap_or_default().to_owned(),
        html: show_pictures(&message),
        text: message.body_text(0).unwrap_or_default().into_owned(),
        source: String::from_utf8_lossy(bytes).into_owned(),
    })
}

/// The HTML part with the pictures that travel in the mail put where it names them (RFC 2392), as a mail program does.
fn show_pictures(message: &Message<'_>) -> String {
    let mut html = message.body_html(0).unwrap_or_default().into_owned();
    for part in &message.parts {
        let (Some(id), PartType::Binary(bytes) | PartType::InlineBinary(bytes)) =
            (part.content_id(), &part.body)
        else {
            continue;
        };
        let kind = part.content_type().filter(|kind| kind.c_type == "image").and_then(|kind| kind.subtype());
        if let Some(kind @ ("png" | "jpeg")) = kind {
            let url = format!("data:image/{kind};base64,{}", STANDARD.encode(bytes));
            html = html.replace(&format!("cid:{id}"), &url);
        }
    }
    html
}
