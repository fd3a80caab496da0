//! Who reads an item that came by letter, and who takes part in one: by a letter's link or at a device of their own. An item
//! that only a group may see opens to whom it is for at such a device, and to nobody by the link alone: a letter may be
//! forwarded (DESIGN, section 6).

use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::door::Door;
use super::refusal::{Refusal, Why};
use super::site::{Reading, Site};
use super::templates::{Content, Nav};
use super::visitor::{Visitor, find_param};
use crate::content::Item;
use crate::feedback::links::{Holder, OpenItem, OpenLetter, is_open_by_link};
use crate::forum::{Forum, Recipient};
use crate::ids::DeliveryId;
use crate::matching::{Profile, Sight};

/// The letter of `/l/{token}/...`, with who holds it.
pub(super) struct Held(pub(super) OpenLetter);

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

/// An item that came by letter, as its reader has it before them.
pub(super) struct Received {
    /// The letter.
    pub(super) letter: OpenLetter,
    /// The item: it opens to them now.
    pub(super) open: OpenItem,
    /// The path of the item's page: `/l/TOKEN/item/ID`, or `/items/SLUG` on a device of their own.
    pub(super) base: String,
    /// The door that they came by.
    pub(super) door: Door,
}

impl FromRequestParts<Site> for Received {
    type Rejection = Response;

    /// `/l/{token}/item/{id}/...` by a letter's link, `/items/{slug}/...` by a device of their own.
    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        if find_param(parts, site, "slug").await?.is_none() {
            return follow(parts, site).await;
        }
        let who = <Participant as FromRequestParts<Site>>::from_request_parts(parts, site).await?;
        let received = Received::at_device(&Reading(site.clone()), who).await;
        received.map_err(|refusal| refusal.into_response())
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
    /// What somebody reads at a device of their own, if a letter brought it to them.
    async fn at_device(reading: &Reading, who: Participant) -> Result<Received, Refusal> {
        let letter = reading.letter_with(&who.forum, &who.recipient, who.item.id).await?;
        let letter = letter.ok_or(Refusal::from(Why::NotFound).in_language(who.recipient.language))?;
        let held = letter.items.iter().find(|row| row.item == who.item.id).cloned();
        Ok(Received { letter, open: OpenItem { item: who.item, held }, base: who.base, door: Door::Device })
    }

    /// Who takes part in it.
    pub(super) fn participant(&self) -> Participant {
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
    pub(super) fn page<C: Content>(&self, site: &Site, page: &C) -> Result<Response, Refusal> {
        let recipient = &self.letter.recipient;
        let nav = matches!(self.door, Door::Device).then(|| Nav::of(recipient));
        site.page_with(&self.letter.forum, recipient.language, nav, page)
    }
}

/// Who takes part in what, and through which door they came.
pub(super) struct Participant {
    /// The forum.
    pub(super) forum: Arc<Forum>,
    /// Who.
    pub(super) recipient: Recipient,
    /// In what: it opens to them now.
    pub(super) item: Item,
    /// The path of the item's page: `/l/TOKEN/item/ID`, or `/items/SLUG` on a device of their own.
    pub(super) base: String,
    /// The letter whose link they followed.
    pub(super) letter: Option<DeliveryId>,
}

impl FromRequestParts<Site> for Participant {
    type Rejection = Response;

    /// `/l/{token}/item/{id}/...` by a letter's link, `/items/{slug}/...` by a device of their own.
    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        let Some(slug) = find_param(parts, site, "slug").await? else {
            return Ok(follow(parts, site).await?.participant());
        };
        let visitor = <Visitor as FromRequestParts<Site>>::from_request_parts(parts, site).await?;
        let found = Participant::at_device(&Reading(site.clone()), visitor, &slug).await;
        found.map_err(|refusal| refusal.into_response())
    }
}

impl Participant {
    /// Who reads an item on a device of their own.
    async fn at_device(reading: &Reading, visitor: Visitor, slug: &str) -> Result<Participant, Refusal> {
        let Visitor { forum, recipient, .. } = visitor;
        let profile = Profile::new(&forum, &recipient.standing, reading.0.now());
        let item = match reading.readable_item(&forum, &Sight::of(&forum, &profile), slug).await {
            Err(refusal) if refusal.why == Why::NotFound => {
                Err(reading.why_not_there(&forum, &recipient, slug).await?.into())
            }
            read => read,
        };
        let item = item.map_err(|refusal: Refusal| refusal.in_language(recipient.language))?;
        let base = format!("/items/{}", item.slug);
        Ok(Participant { forum, recipient, item, base, letter: None })
    }

    /// A page as an answer; on a device with the way around in its head.
    pub(super) fn page<C: Content>(&self, site: &Site, page: &C) -> Result<Response, Refusal> {
        let nav = self.letter.is_none().then(|| Nav::of(&self.recipient));
        site.page_with(&self.forum, self.recipient.language, nav, page)
    }

    /// The same with what it answers to programs.
    pub(super) fn respond<C: Content>(
        &self,
        site: &Site,
        page: &C,
        status: StatusCode,
    ) -> Result<Response, Refusal> {
        let mut response = self.page(site, page)?;
        *response.status_mut() = status;
        Ok(response)
    }

    /// The door's word in rows.
    pub(super) fn source(&self) -> &'static str {
        if self.letter.is_some() { "letter" } else { "device" }
    }
}
