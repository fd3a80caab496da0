//! Samples: which item a letter asks its reader about, and what they say.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Library, Reading, Writing};
use crate::content::Item;
use crate::feedback::links::is_open_by_link;
use crate::forum::Recipient;
use crate::ids::ItemId;
use crate::insight::probe::{draw_probe, may_be_asked_about};
use crate::matching::Profile;
use crate::store::{LetterRow, ProbeAnswer};
use crate::web::refusal::{Refusal, Why};
use crate::world;

/// An item that a letter's reader did not get, with the forum in whose terms it stands.
pub(in crate::web) struct Probe {
    pub(in crate::web) library: Arc<Library>,
    pub(in crate::web) recipient: Recipient,
    /// With its texts.
    pub(in crate::web) item: Item,
}

impl Reading {
    /// The letter beside which somebody is asked on their own pages: their newest.
    pub(in crate::web) async fn newest_letter(
        &self,
        recipient: &Recipient,
    ) -> Result<Option<LetterRow>, Refusal> {
        Ok(self.store().find_newest_letter(recipient.id).await?)
    }

    /// What a letter asks its reader; none if they answered, if learning is switched off, or if they got all that they might
    /// be asked about.
    pub(in crate::web) async fn probe_beside(&self, letter: &LetterRow) -> Result<Option<Probe>, Refusal> {
        let standing = self.store().find_probe_standing(letter.recipient, letter.edition).await?;
        if standing.was_asked || !standing.is_learning {
            return Ok(None);
        }
        let (library, recipient) = self.reader_of(letter).await?;
        let known: HashSet<ItemId> = self.store().list_known_items(recipient.id).await?.into_iter().collect();
        let profile = Profile::new(&library.forum, &recipient.standing, self.0.now());
        let may_be_named = library.items.iter().filter(|item| is_open_by_link(item.visibility));
        let seed = (letter.delivery, recipient.id);
        let Some(id) = draw_probe(&library.forum, may_be_named, &profile, &known, seed).map(|item| item.id)
        else {
            return Ok(None);
        };
        Ok(self.told(&library, id).await?.map(|item| Probe { library, recipient, item }))
    }

    /// The item that a form names, with what its reader has said of it; none if it is nothing to ask them about.
    pub(in crate::web) async fn probed(
        &self,
        letter: &LetterRow,
        public_id: &str,
    ) -> Result<Option<(Probe, Option<ProbeAnswer>)>, Refusal> {
        let (library, recipient) = self.reader_of(letter).await?;
        let named = library.items.iter().find(|item| item.public_id == public_id);
        let Some(item) = named.filter(|item| is_open_by_link(item.visibility)) else { return Ok(None) };
        let said = self.store().find_probe(recipient.id, item.id).await?;
        let profile = Profile::new(&library.forum, &recipient.standing, self.0.now());
        if said.is_none() && !may_be_asked_about(&library.forum, item, &profile) {
            return Ok(None);
        }
        let item = self.told(&library, item.id).await?;
        Ok(item.map(|item| (Probe { library, recipient, item }, said)))
    }

    async fn reader_of(&self, letter: &LetterRow) -> Result<(Arc<Library>, Recipient), Refusal> {
        let library = self.library().await?;
        let recipient = self.recipient(&library.forum, letter.recipient).await?;
        Ok((library, recipient.ok_or(Refusal::from(Why::Gone))?))
    }

    async fn told(&self, library: &Library, id: ItemId) -> Result<Option<Item>, Refusal> {
        Ok(world::load_items_by_ids(self.store(), &library.forum, &[id]).await?.into_iter().next())
    }
}

impl Writing {
    /// Records what somebody says of an item that their letter did not hold; false if it is not kept.
    pub(in crate::web) async fn record_probe(
        &self,
        letter: &LetterRow,
        item: ItemId,
        answer: ProbeAnswer,
    ) -> Result<bool, Refusal> {
        Ok(self.0.0.store.record_probe(letter, item, answer, self.0.now()).await?)
    }
}
