//! The letter that welcomes a successor, before anybody is seated: composed and written by the code that plans and sends.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::digests::{Draft, Scene};
use super::ledger::{Holding, Past, handed_over, list_open, read_pasts};
use super::letters::LetterWriter;
use super::occurrence::{gatherings, look_back_mark};
use super::sample::assemble;
use super::{Pipeline, PipelineError};
use crate::edition::{Edition, Handover, Marks, compose, give_numbers, is_planned_for, schedule};
use crate::forum::{Recipient, Seat, Way};
use crate::ids::{ItemId, RecipientId};
use crate::letter::Letter;
use crate::store::AddresseeRow;

/// A successor as they would be.
pub struct Welcomed {
    /// Who, with the seat among their own from its beginning on. Somebody new has the key 0.
    pub recipient: Recipient,
    /// The seat.
    pub seat: Seat,
    /// Who has or had it.
    pub predecessors: Vec<Holding>,
    /// From when they have it.
    pub from: DateTime<Utc>,
}

/// What welcomes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Welcome {
    /// This letter would go then: its exact bytes, but for links that lead nowhere.
    Letter(DateTime<Utc>, Vec<u8>),
    /// There is nothing to hand over: the first letter comes with the first item.
    Nothing,
    /// They get no letters: they unsubscribed, their mail comes back, or they pause.
    NoLetters,
}

impl Pipeline {
    /// The first letter to somebody who takes a seat over. Writes nothing.
    pub async fn preview_welcome(&self, welcomed: &Welcomed) -> Result<Welcome, PipelineError> {
        let mut scene = Scene::without_people(&self.store).await?;
        let Some(mut edition) = self.welcoming_edition(&scene, welcomed) else {
            return Ok(Welcome::NoLetters);
        };
        if !is_planned_for(&edition, &scene.forum.settings, &welcomed.recipient) {
            return Ok(Welcome::NoLetters);
        }
        (_, edition.last_number) =
            give_numbers(&mut scene.items, edition.now, self.store.last_number().await?);
        let past = self.past_of(&scene, &edition, welcomed).await?;
        let marks = Marks::of(&scene.items, &edition, look_back_mark(&scene.items, edition.now));
        let composed = compose(
            &scene.forum,
            &scene.items,
            0..scene.items.len(),
            &edition,
            &welcomed.recipient,
            &past.history,
            marks,
        );
        if composed.items.is_empty() {
            return Ok(Welcome::Nothing);
        }
        let draft = Draft { recipient: &welcomed.recipient, composed, past };
        let bytes = self.write_welcome(&scene, &edition, welcomed, &draft).await?;
        Ok(Welcome::Letter(edition.occurs_at, bytes))
    }

    /// The next edition of theirs once they have the seat.
    fn welcoming_edition(&self, scene: &Scene, welcomed: &Welcomed) -> Option<Edition> {
        let (settings, recipient) = (&scene.forum.settings, &welcomed.recipient);
        let after = self.clock.now().max(welcomed.from);
        let gatherings = gatherings(&scene.items);
        let occurs_at =
            schedule::next_for(settings, recipient.cadence, &gatherings, recipient.paused_until, after)?;
        Some(Edition::imagined(recipient.cadence, occurs_at, settings.cap))
    }

    /// What they got and what the seat hands over.
    async fn past_of(
        &self,
        scene: &Scene,
        edition: &Edition,
        welcomed: &Welcomed,
    ) -> Result<Past, PipelineError> {
        let by_id: HashMap<ItemId, _> = scene.items.iter().map(|item| (item.id, item)).collect();
        let own = welcomed.recipient.id;
        let batch = [&welcomed.recipient];
        let mut pasts = read_pasts(&self.store, &scene.forum, &by_id, edition, &batch).await?;
        let mut past = pasts.remove(&own).unwrap_or_default();
        let ids: Vec<_> = welcomed.predecessors.iter().map(|holding| holding.recipient).collect();
        let open = list_open(by_id.values().copied(), edition.now);
        let theirs = self.store.read_ledger(&ids, &open).await?.held;
        for predecessor in welcomed.predecessors.iter().filter(|one| one.recipient != own) {
            let items = handed_over(&scene.forum, &by_id, &theirs, *predecessor, &welcomed.seat, edition.now);
            past.history.handovers.push(Handover { seat: welcomed.seat.id, items });
            if !past.taken.contains(&welcomed.seat.id) {
                past.taken.insert(0, welcomed.seat.id);
            }
        }
        Ok(past)
    }

    async fn write_welcome(
        &self,
        scene: &Scene,
        edition: &Edition,
        welcomed: &Welcomed,
        draft: &Draft<'_>,
    ) -> Result<Vec<u8>, PipelineError> {
        let masthead = self.masthead(&scene.forum.settings)?;
        let letters = self.letters_in(masthead.colour)?;
        let mut writer = LetterWriter::new(self, &letters, scene, &masthead, edition).await?;
        match welcomed.recipient.id {
            RecipientId(0) => writer.imagine(AddresseeRow {
                recipient: RecipientId(0),
                token_version: 0,
                public_id: String::new(),
                imported: true,
                basis: Some(scene.forum.settings.house.grounds.basis(Way::Place).word().to_owned()),
                source: Some(String::new()),
                recorded_at: Some(self.clock.now()),
            }),
            known => writer.meet(self, &[known]).await?,
        }
        writer.hand_over(self, welcomed.recipient.id, &draft.past.taken).await?;
        let letter: Letter = serde_json::from_str(&writer.write_draft(draft)?.letter)?;
        assemble(&letter, writer.take_pieces())
    }
}
