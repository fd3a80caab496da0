//! What the pages of the inbox are written from.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use crate::content::Item;
use crate::forum::{Forum, Language, Recipient};
use crate::ids::{ItemId, RecipientId};
use crate::matching::Reason;
use crate::store::{GotRow, InboxRow};
use crate::web::item_view::Pen;
use crate::web::reasons::{read_reasons, tell_because, tell_lead};
use crate::web::refusal::Refusal;
use crate::web::site::Reading;

/// The newest letters that the inbox lists.
pub(super) const MOST_LETTERS: i64 = 500;

/// Which part of the inbox a page is.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Nav {
    Letters,
    Who,
}

/// The forum with all its items, recipients and letters.
pub(super) struct Scene {
    pub(super) forum: Arc<Forum>,
    pub(super) language: Language,
    pub(super) recipients: HashMap<RecipientId, Recipient>,
    pub(super) items: Vec<Item>,
    pub(super) letters: Vec<InboxRow>,
    pub(super) got: Vec<GotRow>,
}

impl Scene {
    /// Loads it all; a demo's forum is small.
    pub(super) async fn load(reading: &Reading) -> Result<Scene, Refusal> {
        let forum = reading.forum().await?;
        let recipients = reading.recipients(&forum).await?;
        Ok(Scene {
            language: forum.settings.language,
            items: reading.items(&forum).await?,
            recipients: recipients.into_iter().map(|r| (r.id, r)).collect(),
            letters: reading.inbox(MOST_LETTERS).await?,
            got: reading.got().await?,
            forum,
        })
    }

    /// What items and dates are written with.
    pub(super) fn pen<'a>(&'a self, reading: &'a Reading) -> Pen<'a> {
        reading.0.pen(&self.forum, self.language)
    }

    /// An item's title, by slug.
    pub(super) fn title_of(&self, slug: &str) -> String {
        let item = self.items.iter().find(|item| item.slug == slug);
        item.map_or_else(|| slug.to_owned(), |item| item.text_for(self.language).1.title.clone())
    }

    /// Titles by the items' ids, in that order.
    pub(super) fn titles_of(&self, ids: &[ItemId]) -> Vec<String> {
        ids.iter()
            .filter_map(|id| self.items.iter().find(|item| item.id == *id))
            .map(|item| item.text_for(self.language).1.title.clone())
            .collect()
    }

    /// Where a recipient works; empty if nowhere.
    pub(super) fn workplace_of(&self, recipient: &Recipient) -> String {
        let org = recipient.standing.workplace.first();
        org.map_or_else(String::new, |org| self.forum.name_of(*org, self.language).to_owned())
    }

    /// What one item of a letter is there for: the reasons in plain words; first "whatever the topic" if so.
    pub(super) fn told(&self, reading: &Reading, row: &GotRow) -> Result<Vec<String>, Refusal> {
        let words = reading.0.words(self.language);
        let reasons: Vec<Reason> = read_reasons(&self.forum, &row.reasons)?;
        let mut told = Vec::new();
        if let Some(because) = crate::matching::Because::from_word(&row.because)
            && because == crate::matching::Because::Required
        {
            told.push(tell_because(words, because).to_owned());
        }
        told.extend(reasons.iter().map(|r| tell_lead(words, &self.forum, self.language, r)));
        Ok(told)
    }
}
