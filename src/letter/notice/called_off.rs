//! What a mail says of an event that was taken back.

use serde::{Deserialize, Serialize};

use crate::ids::ItemId;

/// An event that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalledOff {
    /// The event.
    pub item: ItemId,
    /// Its title.
    pub title: String,
    /// When and where it would have been, within a sentence in the reader's language; empty if nobody knew.
    pub when: String,
    /// Why, as whoever took it back says; may be empty.
    pub reason: String,
    /// Whom to ask, with how they are reached.
    pub contact: String,
    /// The file that takes it out of calendars, if they could have it there.
    pub file: Option<CalendarFile>,
}

/// A calendar file that a mail carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarFile {
    /// As the file of the event itself was called: ASCII.
    pub name: String,
    /// Its METHOD, which the mail repeats (RFC 6047, 2.4).
    pub method: String,
    /// What stands in it.
    pub content: String,
}

impl CalledOff {
    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        vec![
            ("title", self.title.clone()),
            ("when", self.when.clone()),
            ("reason", self.reason.clone()),
            ("contact", self.contact.clone()),
            ("file", self.file.as_ref().map_or_else(String::new, |file| file.name.clone())),
        ]
    }
}
