//! A letter that somebody wants to have sent once more, asked about as it will be just before it goes: whoever presses the
//! button hears at once if nothing of it would.

use std::collections::HashMap;

use super::{Batch, CHANGED_SINCE, Rows, SendingGate};
use crate::delivery::{OnceMore, send_once_more};
use crate::ids::DeliveryId;
use crate::pipeline::PipelineError;
use crate::store::{Claimed, DeliveryState};

impl SendingGate {
    /// Makes a deferred letter due and queues an uncertain or a rejected one again, unless the check before sending would end
    /// it: then it stays as it is. What changes after that is found by that check, as ever.
    pub async fn send_once_more(&self, actor: &str, id: DeliveryId) -> Result<OnceMore, PipelineError> {
        let store = &self.pipeline.store;
        let why = match store.find_to_send_again(id).await? {
            Some(letter) => self.find_end(&letter).await?,
            None => None,
        };
        let Some(why) = why else {
            return Ok(send_once_more(store, self.pipeline.clock.now(), actor, id).await?);
        };
        let row = store.find_delivery(id).await?;
        let Some(state) = row.and_then(|row| DeliveryState::from_word(&row.state)) else {
            return Ok(OnceMore::Unknown);
        };
        Ok(if why == CHANGED_SINCE { OnceMore::Changed(state) } else { OnceMore::Emptied(state) })
    }

    /// Why a letter would end instead of going now; none if it would not.
    async fn find_end(&self, letter: &Claimed) -> Result<Option<&'static str>, PipelineError> {
        let mut known = self.known.lock().await;
        let scene = self.refresh(&mut known).await?;
        let letters = std::slice::from_ref(letter);
        let recipients = match self.read_recipients(scene, letters).await {
            // Somebody came in since the forum was read: the check before sending reads it anew.
            Err(PipelineError::World(error)) if error.is_stale() => return Ok(None),
            read => read?,
        };
        let items = self.pipeline.store.list_items_to_send_again(letter.id).await?;
        let rows = Rows { items: HashMap::from([(letter.id, items)]), ..self.read_rows(letters).await? };
        let sorted = self.sort(&Batch::of(scene, rows), &recipients, letters).await?;
        Ok(sorted.ended.into_keys().next())
    }
}
