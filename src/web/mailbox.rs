//! The Maildir as the inbox reads it: letters by their delivery's id. Reading never moves one.

use std::collections::HashMap;

use mail_parser::MessageParser;

use crate::delivery::{Maildir, StoredLetter};
use crate::ids::DeliveryId;

/// The mailbox of the embedded default; empty if letters go to an SMTP relay.
pub(super) struct Mailbox(Option<Maildir>);

/// A letter, taken apart.
pub(super) struct Mail {
    pub(super) subject: String,
    pub(super) html: String,
    pub(super) text: String,
    pub(super) source: String,
}

impl Mailbox {
    /// The mailbox that `relay_url` names.
    pub(super) fn at(relay_url: &str) -> Mailbox {
        Mailbox(relay_url.strip_prefix("maildir:").map(Maildir::at))
    }

    /// The letter of a delivery, if it lies here.
    pub(super) fn find(&self, id: DeliveryId) -> Option<Mail> {
        let (_, letter) = list_files(self.0.as_ref()?).find(|(own, _)| *own == id)?;
        take_apart(&std::fs::read(letter.path).ok()?)
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

/// A letter is named after its delivery; behind it stands a forum's mark if the folder was another's.
fn delivery_of(name: &str) -> Option<DeliveryId> {
    name.split('-').next()?.parse().ok().map(DeliveryId)
}

fn take_apart(bytes: &[u8]) -> Option<Mail> {
    let message = MessageParser::default().parse(bytes)?;
    Some(Mail {
        subject: message.subject().unwrap_or_default().to_owned(),
        html: message.body_html(0).unwrap_or_default().into_owned(),
        text: message.body_text(0).unwrap_or_default().into_owned(),
        source: String::from_utf8_lossy(bytes).into_owned(),
    })
}
