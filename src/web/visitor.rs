//! Who reads a page: the device that a mail link opened, or the letter that a link came from.
//!
//! [`Visitor`] is for pages under `/me`: a handler that takes it is reached by the person's own devices only, others are
//! sent to ask for a link and come back; what they typed into a form is held (see [`super::held`]). `Option<Visitor>` is for
//! pages that show more to who is known.
//! [`Whose`] is for pages that both doors open: the same handler serves `/l/{token}/PAGE` and `/me/PAGE`.

use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::{IntoResponse as _, Response};

use super::door::Door;
use super::headers::{find_cookie, says_where_it_stood};
use super::paths::{encode_path, refuse_path};
use super::refusal::{Refusal, Why};
use super::site::{Reading, Site};
use super::templates::{Content, Nav};
use crate::feedback::doors::own_path;
use crate::forum::{Forum, Recipient};

/// A person on a device of their own.
pub(super) struct Visitor {
    /// The forum.
    pub(super) forum: Arc<Forum>,
    /// The person.
    pub(super) recipient: Recipient,
    /// The device's row.
    pub(super) device: i64,
}

impl Visitor {
    /// A page as an answer, with the way around in its head.
    pub(super) fn page<C: Content>(&self, site: &Site, page: &C) -> Result<Response, Refusal> {
        site.page_with(&self.forum, self.recipient.language, Some(self.nav()), page)
    }

    /// The way around their own pages.
    pub(super) fn nav(&self) -> Nav {
        Nav::of(&self.recipient)
    }
}

impl FromRequestParts<Site> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        match find_visitor(parts, site).await {
            Ok(Some(visitor)) => Ok(visitor),
            Ok(None) => Err(ask_to_sign_in(parts, site)),
            Err(refusal) => Err(refusal.into_response()),
        }
    }
}

impl OptionalFromRequestParts<Site> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Option<Self>, Self::Rejection> {
        find_visitor(parts, site).await
    }
}

async fn find_visitor(parts: &Parts, site: &Site) -> Result<Option<Visitor>, Refusal> {
    if !parts.headers.contains_key(header::COOKIE) {
        return Ok(None);
    }
    let reading = Reading(site.clone());
    let forum = reading.forum().await?;
    let Some(secret) = find_cookie(&parts.headers, &site.cookie_name(&forum)) else { return Ok(None) };
    if parts.method == Method::POST && !says_where_it_stood(&parts.headers) {
        return Err(Why::CrossSite.into());
    }
    find_owner(&reading, forum, secret).await
}

/// Whose device keeps this secret.
async fn find_owner(reading: &Reading, forum: Arc<Forum>, secret: &str) -> Result<Option<Visitor>, Refusal> {
    let Some(device) = reading.device(secret).await? else { return Ok(None) };
    let recipient = reading.recipient(&forum, device.recipient).await?;
    Ok(recipient.map(|recipient| Visitor { forum, recipient, device: device.id }))
}

/// Whose device a refused page is shown on; none: nobody's. Nothing is let through by it.
pub(super) async fn find_reader(site: &Site, parts: &Parts) -> Option<Visitor> {
    let reading = Reading(site.clone());
    let forum = reading.forum().await.ok()?;
    let secret = find_cookie(&parts.headers, &site.cookie_name(&forum))?;
    find_owner(&reading, forum, secret).await.ok()?
}

/// To the page that sends a link, and back here from there; a form is not sent on: it would be lost.
fn ask_to_sign_in(parts: &Parts, site: &Site) -> Response {
    if parts.method == Method::POST {
        return Refusal::from(Why::SignedOut).into_response();
    }
    let here = parts.uri.path_and_query().map_or("/me", |path| path.as_str());
    let next = encode_path(own_path(here).unwrap_or("/me"));
    ([(header::CACHE_CONTROL, "no-store")], site.go_to(&format!("/link?next={next}"))).into_response()
}

/// Whose page it is, and by which door it was reached.
pub(super) struct Whose {
    /// The forum.
    pub(super) forum: Arc<Forum>,
    /// The person.
    pub(super) recipient: Recipient,
    /// Keep groups, positions and roles out of the page: a letter may be forwarded, and they sit for a union or work
    /// for one (see [`crate::feedback::links::OpenLetter::discreet`]). Never on a device of their own.
    pub(super) discreet: bool,
    /// The door.
    pub(super) door: Door,
}

/// What stands for `{wanted}` in the path.
pub(super) async fn find_param(
    parts: &mut Parts,
    site: &Site,
    wanted: &str,
) -> Result<Option<String>, Response> {
    let params = RawPathParams::from_request_parts(parts, site).await;
    let params = params.map_err(|error| refuse_path(error.status(), &error).into_response())?;
    Ok(params.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned()))
}

impl Whose {
    /// Whose page a letter's token opens.
    pub(super) async fn of_letter(reading: &Reading, token: String) -> Result<Whose, Refusal> {
        let letter = reading.letter(&token).await?;
        let door = Door::Letter { token };
        Ok(Whose { forum: letter.forum, recipient: letter.recipient, discreet: letter.discreet, door })
    }

    /// The path of a page behind the same door: `preferences` is `/l/{token}/preferences` or `/me/preferences`.
    pub(super) fn path(&self, page: &str) -> String {
        self.door.path(page)
    }

    /// Whether titles of restricted items may be shown, where they are entitled to them.
    pub(super) fn is_trusted(&self) -> bool {
        matches!(self.door, Door::Device)
    }

    /// A page as an answer; on a device with the way around in its head.
    pub(super) fn page<C: Content>(&self, site: &Site, page: &C) -> Result<Response, Refusal> {
        let nav = self.is_trusted().then(|| Nav::of(&self.recipient));
        site.page_with(&self.forum, self.recipient.language, nav, page)
    }

    /// The same after a change: read anew.
    pub(super) async fn again(self, reading: &Reading) -> Result<Whose, Refusal> {
        match self.door {
            Door::Letter { token } => Whose::of_letter(reading, token).await,
            Door::Device => {
                let forum = reading.forum().await?;
                let recipient =
                    reading.recipient(&forum, self.recipient.id).await?.ok_or(Refusal::from(Why::Gone))?;
                Ok(Whose { forum, recipient, discreet: false, door: Door::Device })
            }
        }
    }
}

impl FromRequestParts<Site> for Whose {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        if let Some(token) = find_param(parts, site, "token").await? {
            let whose = Whose::of_letter(&Reading(site.clone()), token).await;
            return whose.map_err(|refusal| refusal.into_response());
        }
        let visitor = <Visitor as FromRequestParts<Site>>::from_request_parts(parts, site).await?;
        let Visitor { forum, recipient, .. } = visitor;
        Ok(Whose { forum, recipient, discreet: false, door: Door::Device })
    }
}
