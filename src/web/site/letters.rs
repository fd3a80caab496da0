//! What a letter's links open, and who takes part in an item by them or by a device of their own. An item that only a
//! group may see opens to whom it is for at such a device, and to nobody by the link alone: a letter may be forwarded
//! (DESIGN, section 6).

use axum::extract::{FromRequestParts, OptionalFromRequestParts, RawPathParams};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};

use super::{Reading, Site};
use crate::content::{Fields, Item};
use crate::feedback::links::{self, Holder, OpenItem, OpenLetter, Opening, is_open_by_link};
use crate::forum::{Forum, Recipient, is_slug};
use crate::ids::{DeliveryId, ItemId};
use crate::matching::{Profile, Sight};
use crate::web::refusal::{Refusal, Why};
use crate::web::templates::{Content, Nav};
use crate::web::visitor::{Door, Visitor};
use crate::world;

/// The letter of `/l/{token}/...`, with who holds it.
pub(in crate::web) struct Held(pub(in crate::web) OpenLetter);

impl FromRequestParts<Site> for Held {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        let token = find_param(parts, site, "token").await?.unwrap_or_default();
        let letter = Reading(site.clone()).letter(&token).await;
        let mut letter = letter.map_err(|refusal| refusal.into_response())?;
        letter.holder =
            find_holder(parts, site, &letter.recipient).await.map_err(|refusal| refusal.into_response())?;
        Ok(Held(letter))
    }
}

/// Who follows a letter's link. Forms stand on pages that are open already.
async fn find_holder(parts: &mut Parts, site: &Site, recipient: &Recipient) -> Result<Holder, Refusal> {
    if parts.method == Method::POST {
        return Ok(Holder::Anyone);
    }
    let visitor = <Visitor as OptionalFromRequestParts<Site>>::from_request_parts(parts, site).await?;
    let is_owner = visitor.is_some_and(|visitor| visitor.recipient.id == recipient.id);
    Ok(if is_owner { Holder::Owner } else { Holder::Anyone })
}

/// What stands for `{wanted}` in the path.
async fn find_param(parts: &mut Parts, site: &Site, wanted: &str) -> Result<Option<String>, Response> {
    let params = RawPathParams::from_request_parts(parts, site).await.map_err(|e| e.into_response())?;
    Ok(params.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned()))
}

/// An item that came by letter, as its reader has it before them.
pub(in crate::web) struct Received {
    /// The letter.
    pub(in crate::web) letter: OpenLetter,
    /// The item: it opens to them now.
    pub(in crate::web) open: OpenItem,
    /// The path of the item's page: `/l/TOKEN/item/ID`, or `/items/SLUG` on a device of their own.
    pub(in crate::web) base: String,
    /// The door that they came by.
    pub(in crate::web) door: Door,
}

impl FromRequestParts<Site> for Received {
    type Rejection = Response;

    /// `/l/{token}/item/{id}/...` by a letter's link, `/items/{slug}/...` by a device of their own.
    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        if find_param(parts, site, "slug").await?.is_none() {
            return follow(parts, site).await;
        }
        let who = <Participant as FromRequestParts<Site>>::from_request_parts(parts, site).await?;
        Reading(site.clone()).received(who).await.map_err(|refusal| refusal.into_response())
    }
}

/// Follows a letter's link to its item. What the link alone may not show stands on a page of who is signed in: they are
/// sent on to the same place there.
async fn follow(parts: &mut Parts, site: &Site) -> Result<Received, Response> {
    let Held(letter) = Held::from_request_parts(parts, site).await?;
    let token = find_param(parts, site, "token").await?.unwrap_or_default();
    let id = find_param(parts, site, "id").await?.unwrap_or_default();
    let open = Reading(site.clone()).letter_item(&letter, &id).await;
    let open = open.map_err(|refusal| refusal.into_response())?;
    let base = format!("/l/{token}/item/{id}");
    if !is_open_by_link(open.item.visibility) {
        let place = parts.uri.path().strip_prefix(&base).unwrap_or_default();
        return Err(site.go_to(&format!("/items/{}{place}", open.item.slug)));
    }
    Ok(Received { letter, open, base, door: Door::Letter { token } })
}

impl Received {
    /// Who takes part in it.
    pub(in crate::web) fn participant(&self) -> Participant {
        let by_letter = matches!(self.door, Door::Letter { .. });
        Participant {
            forum: self.letter.forum.clone(),
            recipient: self.letter.recipient.clone(),
            item: self.open.item.clone(),
            base: self.base.clone(),
            letter: by_letter.then_some(self.letter.row.delivery),
        }
    }

    /// A page as an answer; on a device with the way around in its head.
    pub(in crate::web) fn page<C: Content>(&self, site: &Site, page: &C) -> Result<Response, Refusal> {
        let recipient = &self.letter.recipient;
        let nav = matches!(self.door, Door::Device).then(|| Nav::of(recipient));
        site.page_with(&self.letter.forum, recipient.language, nav, page)
    }
}

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

impl FromRequestParts<Site> for Participant {
    type Rejection = Response;

    /// `/l/{token}/item/{id}/...` by a letter's link, `/items/{slug}/...` by a device of their own.
    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        let Some(slug) = find_param(parts, site, "slug").await? else {
            return Ok(follow(parts, site).await?.participant());
        };
        let visitor = <Visitor as FromRequestParts<Site>>::from_request_parts(parts, site).await?;
        let found = Reading(site.clone()).participant_of_device(visitor, &slug).await;
        found.map_err(|refusal| refusal.into_response())
    }
}

impl Participant {
    /// A page as an answer; on a device with the way around in its head.
    pub(in crate::web) fn page<C: Content>(&self, site: &Site, page: &C) -> Result<Response, Refusal> {
        let nav = self.letter.is_none().then(|| Nav::of(&self.recipient));
        site.page_with(&self.forum, self.recipient.language, nav, page)
    }

    /// The door's word in rows.
    pub(in crate::web) fn source(&self) -> &'static str {
        if self.letter.is_some() { "letter" } else { "device" }
    }
}

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

    /// What somebody reads at a device of their own, if a letter brought it to them.
    async fn received(&self, who: Participant) -> Result<Received, Refusal> {
        let letter = links::find_letter_with(self.store(), &who.forum, &who.recipient, who.item.id).await?;
        let letter = letter.ok_or(Refusal::from(Why::NotFound).in_language(who.recipient.language))?;
        let held = letter.items.iter().find(|row| row.item == who.item.id).cloned();
        Ok(Received { letter, open: OpenItem { item: who.item, held }, base: who.base, door: Door::Device })
    }

    /// Who reads an item on a device of their own.
    async fn participant_of_device(&self, visitor: Visitor, slug: &str) -> Result<Participant, Refusal> {
        let Visitor { forum, recipient, .. } = visitor;
        let profile = Profile::new(&forum, &recipient.standing, self.0.now());
        let item = match self.readable_item(&forum, &Sight::of(&forum, &profile), slug).await {
            Err(refusal) if refusal.why == Why::NotFound => {
                Err(self.why_not_there(&forum, &recipient, slug).await?.into())
            }
            read => read,
        };
        let item = item.map_err(|refusal: Refusal| refusal.in_language(recipient.language))?;
        let base = format!("/items/{}", item.slug);
        Ok(Participant { forum, recipient, item, base, letter: None })
    }

    /// What somebody is told of an item that does not open to them: that it was taken back, if a letter brought it to
    /// them, as the letter's own link tells it; of all else, that it is not there.
    async fn why_not_there(&self, forum: &Forum, recipient: &Recipient, slug: &str) -> Result<Why, Refusal> {
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
