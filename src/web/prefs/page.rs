//! The preference page: one typed context, filled for what is saved or for what a form says.

use chrono::NaiveDate;
use serde::Serialize;

use super::learned::{Learned, show_learned};
use super::often::{Choice, list_cadences, list_caps, list_kinds, list_languages};
use super::owner::Owner;
use super::preview::{Preview, show_coming};
use super::told::{Past, list_history};
use super::topics::{TopicTree, list_trees};
use crate::feedback::preferences::last_day_of_pause;
use crate::forum::Recipient;
use crate::web::recipient::way_back::WayBack;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::templates::Content;

/// What was done, above everything else.
#[derive(Serialize)]
pub(super) struct Note {
    /// It went well; else it is only told.
    pub(super) good: bool,
    pub(super) title: String,
    /// Sentences without their full stops.
    pub(super) lines: Vec<String>,
    /// The change that can be taken back.
    pub(super) undo: Option<i64>,
}

/// What is saved of the fields that hold one value, as they write it.
#[derive(Serialize)]
struct Had {
    cadence: String,
    cap: String,
    pause_until: String,
    language: &'static str,
}

#[derive(Serialize)]
pub(super) struct Page {
    masked: String,
    base: String,
    pub(super) note: Option<Note>,
    pub(super) error: Option<String>,
    /// The form says something that is not saved.
    tried: bool,
    /// For who has left.
    way_back: Option<WayBack>,
    had: Had,
    cadences: Vec<Choice>,
    caps: Vec<Choice>,
    /// "Du har pause til og med søndag 20. desember"; empty if not.
    pausing: String,
    pub(super) pause_until: String,
    tomorrow: String,
    pub(super) pause_error: Option<String>,
    languages: Vec<Choice>,
    trees: Vec<TopicTree>,
    kinds: Vec<Choice>,
    preview: Preview,
    history: Vec<Past>,
    learned: Learned,
    unsubscribe: String,
    /// The way to the person's own pages, by a letter's link.
    own: Option<String>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "preferences.html";
}

/// The preview alone, for the script that refreshes it.
#[derive(Serialize)]
pub(super) struct PreviewPart {
    pub(super) preview: Preview,
}

impl Content for PreviewPart {
    const TEMPLATE: &'static str = "preferences_preview.html";
}

/// The page of `owner` with the choices of `shown`: the owner as saved, or as a form would make them.
pub(super) async fn show_page(reading: &Reading, owner: &Owner, shown: &Recipient) -> Result<Page, Refusal> {
    let words = owner.words(reading);
    let day = |day: Option<NaiveDate>| day.map_or_else(String::new, |d| d.to_string());
    let pausing = reading.0.pen(owner.forum(), owner.language()).pausing(&owner.recipient);
    let saved = &owner.recipient;
    Ok(Page {
        masked: owner.recipient.email.masked(),
        base: owner.base.clone(),
        note: None,
        error: None,
        tried: *shown != owner.recipient,
        way_back: WayBack::of(reading, &owner.recipient).await?,
        had: Had {
            cadence: saved.cadence.to_string(),
            cap: saved.cap.map_or_else(String::new, |cap| cap.to_string()),
            pause_until: day(last_day_of_pause(saved, owner.today)),
            language: saved.language.tag(),
        },
        cadences: list_cadences(reading, owner, shown),
        caps: list_caps(owner, shown, words),
        pausing: pausing.unwrap_or_default(),
        pause_until: day(last_day_of_pause(shown, owner.today)),
        tomorrow: day(owner.today.succ_opt()),
        pause_error: None,
        languages: list_languages(shown, words),
        trees: list_trees(reading, owner, shown),
        kinds: list_kinds(owner, shown, words),
        preview: show_coming(reading, owner, shown).await?,
        history: list_history(reading, owner).await?,
        learned: show_learned(reading, owner).await?,
        unsubscribe: reading.0.unsubscribe_path(owner.recipient.id).await?,
        own: owner.own_pages(),
    })
}
