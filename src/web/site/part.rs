//! Taking part: what an event's page shows of answers, and recording one.

use super::{Reading, Site, Writing};
use crate::content::ics::Publisher;
use crate::content::{Fields, Item, LEAST_SUM};
use crate::feedback::links::{self, OpenLetter, Opening};
use crate::forum::{Forum, Language, Recipient};
use crate::ids::{DeliveryId, ItemId, RecipientId};
use crate::letter::Masthead;
use crate::store::{AnswerRow, EventAnswer, NewAnswer};
use crate::web::refusal::Refusal;
use crate::world;

/// Who takes part in what, and through which door they came.
pub(in crate::web) struct Participant {
    /// The forum.
    pub(in crate::web) forum: Forum,
    /// Who.
    pub(in crate::web) recipient: Recipient,
    /// In what: it opens to them now.
    pub(in crate::web) item: Item,
    /// The path of the item's page: `/l/TOKEN/item/ID`.
    pub(in crate::web) base: String,
    /// The letter whose link they followed.
    pub(in crate::web) letter: Option<DeliveryId>,
}

impl Participant {
    /// The door's word in rows.
    pub(in crate::web) fn source(&self) -> &'static str {
        if self.letter.is_some() { "letter" } else { "device" }
    }
}

impl Reading {
    /// Who follows a letter's link to one of its items.
    pub(in crate::web) async fn participant_of_letter(
        &self,
        token: &str,
        public_id: &str,
    ) -> Result<Participant, Refusal> {
        let letter = self.letter(token).await?;
        let open = self.letter_item(&letter, public_id).await?;
        let base = format!("/l/{token}/item/{public_id}");
        let OpenLetter { forum, recipient, row, .. } = letter;
        Ok(Participant { forum, recipient, item: open.item, base, letter: Some(row.delivery) })
    }

    /// An event of the letter that was taken back, if its reader might open it otherwise.
    pub(in crate::web) async fn cancelled_event(
        &self,
        letter: &OpenLetter,
        public_id: &str,
    ) -> Result<Option<Item>, Refusal> {
        let Some(held) = letter.items.iter().find(|row| row.public_id == public_id) else { return Ok(None) };
        let items = world::load_items_by_ids(self.store(), &letter.forum, &[held.item]).await?;
        let cancelled = |item: &Item| {
            let opening = links::decide_opening(&letter.forum, item, &letter.recipient, self.0.now());
            opening == Opening::Withdrawn && matches!(item.fields, Fields::Event { .. })
        };
        Ok(items.into_iter().find(cancelled))
    }

    /// A public event that was taken back.
    pub(in crate::web) async fn cancelled_public_event(
        &self,
        forum: &Forum,
        slug: &str,
    ) -> Result<Option<Item>, Refusal> {
        let item = world::find_item(self.store(), forum, slug).await?;
        let now = self.0.now();
        Ok(item.filter(|item| {
            let standing = Item { withdrawn: false, ..item.clone() };
            item.withdrawn
                && links::is_shareable(&standing, now)
                && matches!(item.fields, Fields::Event { .. })
        }))
    }

    /// What a person says to an event.
    pub(in crate::web) async fn answer(
        &self,
        item: ItemId,
        recipient: RecipientId,
    ) -> Result<Option<AnswerRow>, Refusal> {
        Ok(self.store().find_answer(item, recipient).await?)
    }

    /// How many come, themselves or by another: only as a sum that tells of nobody.
    pub(in crate::web) async fn count_coming(&self, item: ItemId) -> Result<Option<i64>, Refusal> {
        let sums = self.store().count_answers(item).await?;
        let comes = |word: &str| EventAnswer::from_word(word).is_some_and(|a| a != EventAnswer::NotComing);
        let coming = sums.iter().filter(|sum| comes(&sum.answer)).map(|sum| sum.people).sum();
        Ok((coming >= LEAST_SUM).then_some(coming))
    }
}

impl Site {
    /// Who sends, as letters say it.
    pub(in crate::web) fn masthead(&self, forum: &Forum) -> Result<Masthead, Refusal> {
        Masthead::new(&forum.settings, self.config()).map_err(|error| Refusal::broken(&error))
    }

    /// Who publishes events.
    pub(in crate::web) fn publisher<'a>(
        &'a self,
        forum: &'a Forum,
        masthead: &'a Masthead,
        language: Language,
    ) -> Publisher<'a> {
        Publisher {
            settings: &forum.settings,
            reply_address: masthead.reply_address.as_str(),
            cancelled: &self.words(language).part.answer.cancelled,
        }
    }
}

impl Writing {
    /// Records what a person says to an event.
    pub(in crate::web) async fn record_answer(&self, new: &NewAnswer<'_>) -> Result<(), Refusal> {
        self.0.0.store.record_answer(new, self.0.now()).await?;
        Ok(())
    }
}
