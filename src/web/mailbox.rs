//! The Maildir as the inbox reads it: letters by their delivery's id. Reading never moves one.

use std::collections::HashMap;

use std::path::{Path, PathBuf};

use mail_parser::MessageParser;

use crate::ids::DeliveryId;

/// The mailbox of the embedded default; empty if letters go to an SMTP relay.
pub(super) struct Mailbox(Option<PathBuf>);

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
        Mailbox(relay_url.strip_prefix("maildir:").map(PathBuf::from))
    }

    /// The letter of a delivery, if it lies here.
    pub(super) fn find(&self, id: DeliveryId) -> Option<Mail> {
        let (_, path) = list_files(self.0.as_ref()?).into_iter().find(|(own, _)| *own == id)?;
        take_apart(&std::fs::read(path).ok()?)
    }

    /// Every letter's subject.
    pub(super) fn subjects(&self) -> HashMap<DeliveryId, String> {
        let Some(folder) = &self.0 else { return HashMap::new() };
        list_files(folder)
            .into_iter()
            .filter_map(|(id, path)| {
                let bytes = std::fs::read(path).ok()?;
                let message = MessageParser::default().parse_headers(&bytes)?;
                Some((id, message.subject()?.to_owned()))
            })
            .collect()
    }
}

fn list_files(folder: &Path) -> Vec<(DeliveryId, PathBuf)> {
    let files =
        ["new", "cur"].into_iter().filter_map(|part| std::fs::read_dir(folder.join(part)).ok()).flatten();
    files
        .flatten()
        .filter_map(|file| Some((delivery_of(&file.file_name().to_string_lossy())?, file.path())))
        .collect()
}

/// A file is named after its delivery; behind it may stand a forum's mark and a mail reader's flags.
fn delivery_of(name: &str) -> Option<DeliveryId> {
    name.split(['-', ':']).next()?.parse().ok().map(DeliveryId)
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
