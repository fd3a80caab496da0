//! What a letter's links open, and what is told of what does not open.

use std::sync::Arc;

use super::Reading;
use crate::content::Fields;
use crate::feedback::links::{self, Holder, OpenItem, OpenLetter, Opening};
use crate::forum::{Forum, Recipient, is_slug};
use crate::ids::ItemId;
use crate::web::refusal::{Refusal, Why};
use crate::world;

impl Reading {
    /// What a letter's token opens to anyone.
    pub(in crate::web) async fn letter(&self, token: &str) -> Result<OpenLetter, Refusal> {
        Ok(links::open_letter(self.store(), self.forum().await?, &self.0.0.keys, token).await?)
    }

    /// An item of the letter, if it opens now to who holds it.
    pub(in crate::web) async fn letter_item(
        &self,
        letter: &OpenLetter,
        public_id: &str,
    ) -> Result<OpenItem, Refusal> {
        let language = letter.recipient.language;
        let refuse = |why: Why| Err(Refusal::from(why).in_language(language));
        let (opening, item) = links::find_letter_item(self.store(), letter, public_id, self.0.now()).await?;
        match (opening, item) {
            (Opening::Open, Some(item)) => Ok(item),
            (Opening::Restricted, _) if letter.holder == Holder::Owner => refuse(Why::NotYours),
            (Opening::Restricted, _) => refuse(Why::Restricted),
            (Opening::Withdrawn, _) if self.cancelled_event(letter, public_id).await?.is_some() => {
                refuse(Why::CancelledEvent)
            }
            (Opening::Withdrawn, _) => refuse(Why::Withdrawn),
            _ => refuse(Why::NotFound),
        }
    }

    /// The newest letter that brought an item to somebody who reads it at a device of their own; none if none did.
    pub(in crate::web) async fn letter_with(
        &self,
        forum: &Arc<Forum>,
        recipient: &Recipient,
        item: ItemId,
    ) -> Result<Option<OpenLetter>, Refusal> {
        Ok(links::find_letter_with(self.store(), forum, recipient, item).await?)
    }

    /// What somebody is told of an item that does not open to them: that it was taken back, if a letter brought it to
    /// them, as the letter's own link tells it; of all else, that it is not there.
    pub(in crate::web) async fn why_not_there(
        &self,
        forum: &Forum,
        recipient: &Recipient,
        slug: &str,
    ) -> Result<Why, Refusal> {
        if !is_slug(slug) {
            return Ok(Why::NotFound);
        }
        let Some(item) = world::find_item(self.store(), forum, slug).await? else { return Ok(Why::NotFound) };
        let opening = links::decide_opening(forum, &item, recipient, Holder::Owner, self.0.now());
        if opening != Opening::Withdrawn || !self.came_by_letter(recipient, item.id).await? {
            return Ok(Why::NotFound);
        }
        let is_event = matches!(item.fields, Fields::Event { .. });
        Ok(if is_event { Why::CancelledEvent } else { Why::Withdrawn })
    }

    /// Whether a letter brought the item to them.
    pub(in crate::web) async fn came_by_letter(
        &self,
        recipient: &Recipient,
        item: ItemId,
    ) -> Result<bool, Refusal> {
        Ok(self.store().find_letter_with(recipient.id, item).await?.is_some())
    }
}
