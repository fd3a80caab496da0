//! The preference page's doors: what it reads and what it writes.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{Reading, Writing};
use crate::content::Item;
use crate::edition::Tap;
use crate::feedback::links::{Holder, OpenLetter};
use crate::forum::{Forum, Recipient};
use crate::ids::{ItemId, RecipientId};
use crate::pipeline::{Coming, preview_letter, tap_of};
use crate::store::{Answer, By, MadeChange, PreferenceChanges, PreferenceHistoryRow, Undone};
use crate::web::refusal::Refusal;
use crate::world;

/// A change can be taken back for so long.
const UNDO_FOR: TimeDelta = TimeDelta::minutes(30);

/// The forum with all its items, read once for each change number: what pages count over and preview with.
/// The items' texts come without their bodies.
pub(in crate::web) struct Library {
    change_number: i64,
    pub(in crate::web) forum: Arc<Forum>,
    pub(in crate::web) items: Vec<Item>,
}

impl Reading {
    /// The library as the forum stands now.
    pub(in crate::web) async fn library(&self) -> Result<Arc<Library>, Refusal> {
        let number = self.store().find_change_number().await?;
        let mut kept = self.0.0.library.lock().await;
        if let Some(library) = kept.as_ref().filter(|library| Some(library.change_number) == number) {
            return Ok(library.clone());
        }
        let forum = Arc::new(world::load_forum(self.store()).await?);
        let mut items = world::load_items(self.store(), &forum).await?;
        items.iter_mut().flat_map(|item| item.texts.values_mut()).for_each(|text| text.body = String::new());
        let library = Arc::new(Library { change_number: number.unwrap_or_default(), forum, items });
        *kept = Some(library.clone());
        Ok(library)
    }

    /// What the coming letter of `recipient` would hold.
    pub(in crate::web) async fn coming(
        &self,
        library: &Library,
        recipient: &Recipient,
    ) -> Result<Coming, Refusal> {
        let (forum, items) = (&library.forum, &library.items);
        preview_letter(self.store(), forum, items, recipient, self.0.now())
            .await
            .map_err(|error| Refusal::broken(&error))
    }

    /// What a person changed, newest first.
    pub(in crate::web) async fn preference_history(
        &self,
        id: RecipientId,
        at_most: i64,
    ) -> Result<Vec<PreferenceHistoryRow>, Refusal> {
        Ok(self.store().list_preference_history(id, at_most).await?)
    }

    /// The taps that rank a person's letters.
    pub(in crate::web) async fn taps(&self, library: &Library, id: RecipientId) -> Result<Vec<Tap>, Refusal> {
        let rows = self.store().list_taps(&[id], None).await?;
        let find = |id: ItemId| library.items.iter().find(|item| item.id == id);
        Ok(rows.iter().filter_map(|row| Some(tap_of(find(row.item)?, &row.answer))).collect())
    }

    /// Whether a person's taps are kept.
    pub(in crate::web) async fn is_learning(&self, id: RecipientId) -> Result<bool, Refusal> {
        Ok(self.store().is_learning(id).await?)
    }
}

impl Writing {
    /// Makes a person's own changes. After a double click it answers what the first click made.
    pub(in crate::web) async fn change_preferences(
        &self,
        id: RecipientId,
        changes: &PreferenceChanges,
    ) -> Result<Option<MadeChange>, Refusal> {
        let made = self.0.0.store.change_preferences(id, changes, self.by_person()).await?;
        if made.is_some() || changes.is_empty() {
            return Ok(made);
        }
        let newest = self.0.0.store.list_preference_history(id, 1).await?.pop();
        let is_it = |row: &PreferenceHistoryRow| {
            !row.undone && self.0.now() - UNDO_FOR <= row.changed_at && row.made.covers(changes)
        };
        Ok(newest.filter(is_it).map(|row| MadeChange { id: row.id, made: row.made }))
    }

    /// Takes such a change back.
    pub(in crate::web) async fn undo_preferences(
        &self,
        id: RecipientId,
        change: i64,
    ) -> Result<Undone, Refusal> {
        let not_before = self.0.now() - UNDO_FOR;
        Ok(self.0.0.store.undo_preferences(id, change, not_before, self.by_person()).await?)
    }

    fn by_person(&self) -> By<'static> {
        By { source: "person", actor: "page", now: self.0.now() }
    }

    /// Records what a reader says of a letter, or of an item in it; false if it was not kept.
    pub(in crate::web) async fn record_tap(
        &self,
        letter: &OpenLetter,
        item: Option<ItemId>,
        answer: Answer,
    ) -> Result<bool, Refusal> {
        let (store, now) = (&self.0.0.store, self.0.now());
        Ok(match letter.holder {
            Holder::Anyone => store.record_tap(&letter.row, item, answer, now).await?,
            Holder::Owner => store.record_tap_on_device(&letter.row, item, answer, now).await?,
        })
    }

    /// Takes back what a reader said of an item.
    pub(in crate::web) async fn take_back_tap(
        &self,
        letter: &OpenLetter,
        item: ItemId,
    ) -> Result<(), Refusal> {
        self.0.0.store.take_back_tap(&letter.row, item, self.0.now()).await?;
        Ok(())
    }

    /// Records that an item would be right for a colleague.
    pub(in crate::web) async fn pass_on(
        &self,
        letter: &OpenLetter,
        item: ItemId,
        colleague: Option<&str>,
    ) -> Result<(), Refusal> {
        Ok(self.0.0.store.pass_on(&letter.row, item, colleague, self.0.now()).await?)
    }

    /// Switches learning on or off for a person.
    pub(in crate::web) async fn set_learning(&self, id: RecipientId, on: bool) -> Result<(), Refusal> {
        self.0.0.store.set_learning(id, on, self.0.now()).await?;
        Ok(())
    }

    /// Forgets what a person's taps taught.
    pub(in crate::web) async fn forget_taps(&self, id: RecipientId) -> Result<(), Refusal> {
        self.0.0.store.forget_taps(id, self.0.now()).await?;
        Ok(())
    }
}
