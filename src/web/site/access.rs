//! What doors read and write: links that are good once, devices.

use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::TimeDelta;

use super::{PAGE_LASTS, Reading, Site, Writing};
use crate::clock::random_hex;
use crate::feedback::doors::{self, DEVICE_DAYS};
use crate::feedback::dossier::write_copy;
use crate::feedback::erasure::{Erasure, PersonalFiles, Receipt, erase_person};
use crate::feedback::links::Subscription;
use crate::feedback::rights::{self, Successor};
use crate::feedback::sign_up::{self, Wish};
use crate::forum::{EmailAddress, Forum, Language, Recipient};
use crate::ids::{RecipientId, SeatId};
use crate::store::{DeviceRow, LeftPlaceRow, LinkRow};
use crate::token::hash_of_secret;
use crate::web::limits::{Limit, Limits};
use crate::web::refusal::{Refusal, Why};
use crate::world;

impl Site {
    /// The path that the pages lie under; empty or `/treff`.
    pub(in crate::web) fn root(&self) -> &str {
        &self.0.root
    }

    /// To another page, `path` below the root; browsers ask for it with GET.
    pub(in crate::web) fn go_to(&self, path: &str) -> Response {
        Redirect::to(&format!("{}{path}", self.root())).into_response()
    }

    /// The name of the cookie: one forum's, bound to this very host where browsers can hold it to that.
    pub(in crate::web) fn cookie_name(&self, forum: &Forum) -> String {
        format!("{}treff-{}", self.cookie_prefix(), forum.settings.slug)
    }

    /// What binds a cookie to this very host, where browsers can.
    pub(super) fn cookie_prefix(&self) -> &'static str {
        if self.is_https() && self.root().is_empty() { "__Host-" } else { "" }
    }

    /// A cookie that holds `secret` for as long as a device stays open; one that is emptied without.
    pub(in crate::web) fn cookie(&self, forum: &Forum, secret: Option<&str>) -> String {
        self.cookie_of(&self.cookie_name(forum), secret, TimeDelta::days(DEVICE_DAYS))
    }

    /// A cookie that holds a secret that opens nothing any more, as long as what its last press answered is told again.
    pub(in crate::web) fn spent_cookie(&self, forum: &Forum, secret: &str) -> String {
        self.cookie_of(&self.cookie_name(forum), Some(secret), PAGE_LASTS)
    }

    /// The secret of the cookie that a link opens from the page that carries `page` (see [`crate::web::once`]).
    pub(in crate::web) fn page_secret(&self, link: &str, page: &str) -> String {
        self.0.keys.page_secret(link, page)
    }

    /// A cookie that holds `secret` for so long; one that is emptied without.
    pub(super) fn cookie_of(&self, name: &str, secret: Option<&str>, lasting: TimeDelta) -> String {
        let seconds = secret.map_or(0, |_| lasting.num_seconds());
        let path = if self.root().is_empty() { "/" } else { self.root() };
        let secure = if self.is_https() { "; Secure" } else { "" };
        let secret = secret.unwrap_or_default();
        format!("{name}={secret}; Max-Age={seconds}; Path={path}; HttpOnly; SameSite=Lax{secure}")
    }

    fn is_https(&self) -> bool {
        self.config().base_url.starts_with("https://")
    }

    /// Counts one more; whether it is within the limit.
    pub(in crate::web) fn admit(&self, limit: Limit, who: &str) -> bool {
        let limits: &Limits = &self.0.limits;
        limits.admit(limit, who, self.now())
    }

    /// The same of what is refused over the limit, in the language of who asks.
    pub(in crate::web) fn hold_to(&self, limit: Limit, who: &str, language: Language) -> Result<(), Refusal> {
        let refuse = || Refusal::from(Why::TooMany).in_language(language);
        self.admit(limit, who).then_some(()).ok_or_else(refuse)
    }
}

impl Reading {
    /// The device that keeps this secret, if it is open.
    pub(in crate::web) async fn device(&self, secret: &str) -> Result<Option<DeviceRow>, Refusal> {
        Ok(self.store().find_device(&hash_of_secret(secret), self.0.now()).await?)
    }

    /// A recipient who is not erased.
    pub(in crate::web) async fn recipient(
        &self,
        forum: &Forum,
        id: RecipientId,
    ) -> Result<Option<Recipient>, Refusal> {
        Ok(world::load_recipients_by_ids(self.store(), forum, &[id]).await?.into_iter().next())
    }

    /// What a link in a mail opens, if it is still good.
    pub(in crate::web) async fn mail_link(&self, token: &str) -> Result<LinkRow, Refusal> {
        Ok(doors::open_mail_link(self.store(), &self.0.0.keys, token, self.0.now()).await?)
    }

    /// The same link once it was used, as long as it would have been good.
    pub(super) async fn used_link(&self, token: &str) -> Result<Option<LinkRow>, Refusal> {
        Ok(doors::find_used_link(self.store(), &self.0.0.keys, token, self.0.now()).await?)
    }

    /// The page to come back to, if the link was used to open the device of that secret, and that is open: its button was
    /// pressed twice.
    pub(in crate::web) async fn find_opened(
        &self,
        token: &str,
        secret: &str,
    ) -> Result<Option<String>, Refusal> {
        let Some(link) = self.used_link(token).await? else { return Ok(None) };
        let device = self.device(secret).await?;
        let is_theirs = device.is_some_and(|device| link.recipient == Some(device.recipient));
        Ok(is_theirs.then(|| doors::next_of(&link)))
    }

    /// A person's open devices, the newest first.
    pub(in crate::web) async fn devices(&self, id: RecipientId) -> Result<Vec<DeviceRow>, Refusal> {
        Ok(self.store().list_devices(id, self.0.now()).await?)
    }
}

impl Reading {
    /// What a person says of places that they no longer have.
    pub(in crate::web) async fn left_places(&self, id: RecipientId) -> Result<Vec<LeftPlaceRow>, Refusal> {
        Ok(self.store().list_left_places(id).await?)
    }

    /// Whether one press brings back the letters of somebody who left.
    pub(in crate::web) async fn has_way_back(&self, id: RecipientId) -> Result<bool, Refusal> {
        let row = self.store().find_subscription(id).await?;
        Ok(row.is_some_and(|row| Subscription { id, row }.has_way_back()))
    }

    /// Whether a person has turned letters about urgent items off.
    pub(in crate::web) async fn is_urgent_off(&self, id: RecipientId) -> Result<bool, Refusal> {
        Ok(self.store().find_urgent_off(id).await?.is_some())
    }

    /// Everything held about a person, for their own eyes.
    pub(in crate::web) async fn dossier(&self, person: &Recipient) -> Result<serde_json::Value, Refusal> {
        let dossier = self.store().read_dossier(person.id, self.0.now()).await?;
        Ok(write_copy(self.store(), &person.email, dossier).await?)
    }
}

impl Writing {
    /// Writes down that somebody wants to sign up.
    pub(in crate::web) async fn ask_to_sign_up(
        &self,
        address: &EmailAddress,
        wish: &Wish,
    ) -> Result<(), Refusal> {
        Ok(sign_up::ask_to_sign_up(&self.0.0.store, address, wish, self.0.now()).await?)
    }

    /// Uses a link up that confirms a sign-up: who they are now.
    pub(in crate::web) async fn confirm_sign_up(&self, link: &LinkRow) -> Result<RecipientId, Refusal> {
        let (shared, now) = (&self.0.0, self.0.now());
        Ok(sign_up::confirm(&shared.store, &shared.keys, link, &random_hex::<16>(), now).await?)
    }

    /// Writes down that somebody wants their letters elsewhere.
    pub(in crate::web) async fn ask_for_address(
        &self,
        person: &Recipient,
        address: &EmailAddress,
    ) -> Result<(), Refusal> {
        Ok(rights::ask_for_address(&self.0.0.store, person, address, self.0.now()).await?)
    }

    /// Uses a link up that confirms a new address.
    pub(in crate::web) async fn confirm_address(&self, link: &LinkRow) -> Result<(), Refusal> {
        Ok(rights::confirm_address(&self.0.0.store, link, self.0.now()).await?)
    }

    /// Records that somebody no longer has a place; false if they have no such place.
    pub(in crate::web) async fn leave_place(
        &self,
        forum: &Forum,
        person: &Recipient,
        seat: SeatId,
        successor: &Successor,
    ) -> Result<bool, Refusal> {
        let (store, now) = (&self.0.0.store, self.0.now());
        Ok(rights::leave_place(store, (forum, person), seat, successor, now).await?)
    }

    /// Uses up the link that asks whether somebody still has their places, and notes those that they have.
    pub(in crate::web) async fn keep_places(
        &self,
        link: &LinkRow,
        person: RecipientId,
        kept: &[SeatId],
    ) -> Result<(), Refusal> {
        Ok(rights::keep_places(&self.0.0.store, link, (person, kept), self.0.now()).await?)
    }

    /// Turns letters about urgent items off or on again.
    pub(in crate::web) async fn set_urgent_off(&self, id: RecipientId, off: bool) -> Result<bool, Refusal> {
        Ok(self.0.0.store.set_urgent_off(id, off, self.0.now()).await?)
    }

    /// Forgets a person, with a receipt.
    pub(in crate::web) async fn erase(&self, person: &Recipient) -> Result<Receipt, Refusal> {
        let shared = &self.0.0;
        let erasure = Erasure {
            id: Some(person.id),
            email: &person.email,
            keys: &shared.keys,
            public_id: random_hex::<16>(),
            files: PersonalFiles::of(&shared.config),
            now: self.0.now(),
        };
        erase_person(&shared.store, &erasure).await.map_err(|error| Refusal::broken(&error))
    }

    /// Writes down that somebody asks for the link that signs in.
    pub(in crate::web) async fn ask_for_link(
        &self,
        address: &EmailAddress,
        language: Language,
        next: &str,
    ) -> Result<(), Refusal> {
        Ok(doors::ask_for_link(&self.0.0.store, address, language, next, self.0.now()).await?)
    }

    /// Uses a link up and opens a device whose cookie holds `secret`: the page to come back to.
    pub(in crate::web) async fn sign_in(
        &self,
        link: &LinkRow,
        (secret, device_name): (&str, &str),
    ) -> Result<String, Refusal> {
        let hash = hash_of_secret(secret);
        let (_, next) = doors::sign_in(&self.0.0.store, link, (&hash, device_name), self.0.now()).await?;
        Ok(next)
    }

    /// Closes one device of a person, or all of them with the links in their letters.
    pub(in crate::web) async fn close_devices(
        &self,
        id: RecipientId,
        one: Option<i64>,
    ) -> Result<u64, Refusal> {
        Ok(self.0.0.store.close_devices(id, one, self.0.now()).await?)
    }
}
