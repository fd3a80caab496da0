//! Taking part: what an event's page shows of answers, and recording one.

use super::{Reading, Writing};
use crate::content::{Item, LEAST_SUM};
use crate::feedback::links::OpenLetter;
use crate::forum::{Forum, Recipient};
use crate::ids::{DeliveryId, ItemId, RecipientId};
use crate::store::{AnswerRow, EventAnswer, NewAnswer};
use crate::web::refusal::Refusal;

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

impl Writing {
    /// Records what a person says to an event.
    pub(in crate::web) async fn record_answer(&self, new: &NewAnswer<'_>) -> Result<(), Refusal> {
        self.0.0.store.record_answer(new, self.0.now()).await?;
        Ok(())
    }
}
