//! The letter that welcomes a successor, before anybody is seated: composed and written by the code that plans and sends.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::digests::{Draft, Scene};
use super::ledger::{Holding, Past, handed_over, read_pasts};
use super::letters::LetterWriter;
use super::occurrence::{gatherings, look_back_mark};
use super::{Pipeline, PipelineError};
use crate::edition::{Edition, Handover, compose, give_numbers, is_planned_for, schedule};
use crate::forum::{Recipient, Seat, Way};
use crate::ids::{ItemId, RecipientId};
use crate::letter::{Letter, Piece, SlotValues};
use crate::store::AddresseeRow;
use crate::world::{load_forum, load_items};

/// Links of a letter that is only looked at lead nowhere: a token's length without a signature.
pub const NO_TOKEN: &str = "-------------------------------------------";

/// A successor as they would be.
pub struct Imagined {
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
    pub async fn preview_welcome(&self, imagined: &Imagined) -> Result<Welcome, PipelineError> {
        let forum = load_forum(&self.store).await?;
        let items = load_items(&self.store, &forum).await?;
        let mut scene = Scene { forum, items, recipients: Vec::new() };
        let Some(mut edition) = self.welcoming_edition(&scene, imagined) else {
            return Ok(Welcome::NoLetters);
        };
        if !is_planned_for(&edition, &scene.forum.settings, &imagined.recipient) {
            return Ok(Welcome::NoLetters);
        }
        (_, edition.last_number) =
            give_numbers(&mut scene.items, edition.now, self.store.last_number().await?);
        let past = self.past_of(&scene, &edition, imagined).await?;
        let composed = compose(
            &scene.forum,
            &scene.items,
            0..scene.items.len(),
            &edition,
            &imagined.recipient,
            &past.history,
            look_back_mark(&scene.items, edition.now),
        );
        if composed.items.is_empty() {
            return Ok(Welcome::Nothing);
        }
        let draft = Draft { recipient: &imagined.recipient, composed, past };
        let bytes = self.write_welcome(&scene, &edition, imagined, &draft).await?;
        Ok(Welcome::Letter(edition.occurs_at, bytes))
    }

    /// The next edition of theirs once they have the seat.
    fn welcoming_edition(&self, scene: &Scene, imagined: &Imagined) -> Option<Edition> {
        let (settings, recipient) = (&scene.forum.settings, &imagined.recipient);
        let after = self.clock.now().max(imagined.from);
        let gatherings = gatherings(&scene.items);
        let occurs_at =
            schedule::next_for(settings, recipient.cadence, &gatherings, recipient.paused_until, after)?;
        Some(Edition {
            id: None,
            cadence: recipient.cadence,
            occurs_at,
            now: occurs_at,
            last_number: 0,
            cap: settings.cap,
            opened_at: None,
        })
    }

    /// What they got and what the seat hands over.
    async fn past_of(
        &self,
        scene: &Scene,
        edition: &Edition,
        imagined: &Imagined,
    ) -> Result<Past, PipelineError> {
        let by_id: HashMap<ItemId, _> = scene.items.iter().map(|item| (item.id, item)).collect();
        let own = imagined.recipient.id;
        let batch = [&imagined.recipient];
        let mut pasts = read_pasts(&self.store, &scene.forum, &by_id, edition, &batch).await?;
        let mut past = pasts.remove(&own).unwrap_or_default();
        let ids: Vec<_> = imagined.predecessors.iter().map(|holding| holding.recipient).collect();
        let theirs = self.store.read_ledger(&ids).await?.held;
        for predecessor in imagined.predecessors.iter().filter(|one| one.recipient != own) {
            let items = handed_over(&scene.forum, &by_id, &theirs, *predecessor, &imagined.seat, edition.now);
            past.history.handovers.push(Handover { seat: imagined.seat.id, items });
            if !past.taken.contains(&imagined.seat.id) {
                past.taken.insert(0, imagined.seat.id);
            }
        }
        Ok(past)
    }

    async fn write_welcome(
        &self,
        scene: &Scene,
        edition: &Edition,
        imagined: &Imagined,
        draft: &Draft<'_>,
    ) -> Result<Vec<u8>, PipelineError> {
        let masthead = self.masthead(&scene.forum.settings)?;
        let letters = self.letters_in(masthead.colour)?;
        let mut writer = LetterWriter::new(self, &letters, scene, &masthead, edition).await?;
        match imagined.recipient.id {
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
        writer.hand_over(self, imagined.recipient.id, &draft.past.taken).await?;
        let letter: Letter = serde_json::from_str(&writer.write_draft(draft)?.letter)?;
        let mut pieces = HashMap::new();
        for (hash, bytes) in writer.take_pieces() {
            let piece = Piece::parse(&bytes).map_err(|e| PipelineError::Stored(e.to_string()))?;
            pieces.insert(hash, std::sync::Arc::new(piece));
        }
        let unfit = |e: crate::letter::AssembleError| PipelineError::Stored(e.to_string());
        let own = letter.find_pieces(|hash| pieces.get(hash).cloned()).map_err(unfit)?;
        let values = SlotValues { unsubscribe_token: NO_TOKEN, letter_token: NO_TOKEN };
        Ok(letter.assemble(&own, &values, Vec::new()).map_err(unfit)?.to_vec())
    }
}
