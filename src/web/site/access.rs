//! What doors read and write: links that are good once, devices.

use super::{Reading, Site, Writing};
use crate::clock::random_bytes;
use crate::feedback::doors::{self, DEVICE_DAYS};
use crate::forum::{EmailAddress, Forum, Language, Recipient};
use crate::ids::RecipientId;
use crate::store::{DeviceRow, LinkRow};
use crate::token::{device_secret, hash_of_secret};
use crate::web::limits::{Limit, Limits};
use crate::web::refusal::Refusal;
use crate::web::visitor::{Door, Visitor, Whose};
use crate::world;

impl Site {
    /// The path that the pages lie under; empty or `/treff`.
    pub(in crate::web) fn root(&self) -> &str {
        &self.0.root
    }

    /// The name of the cookie: one forum's, bound to this very host where browsers can hold it to that.
    pub(in crate::web) fn cookie_name(&self, forum: &Forum) -> String {
        let prefix = if self.is_https() && self.root().is_empty() { "__Host-" } else { "" };
        format!("{prefix}treff-{}", forum.settings.slug)
    }

    /// A cookie that holds `secret` for as long as a device stays open; one that is emptied without.
    pub(in crate::web) fn cookie(&self, forum: &Forum, secret: Option<&str>) -> String {
        let seconds = secret.map_or(0, |_| DEVICE_DAYS * 24 * 3600);
        let path = if self.root().is_empty() { "/" } else { self.root() };
        let secure = if self.is_https() { "; Secure" } else { "" };
        let (name, secret) = (self.cookie_name(forum), secret.unwrap_or_default());
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
}

impl Reading {
    /// Whose device keeps this secret.
    pub(in crate::web) async fn visitor(
        &self,
        forum: Forum,
        secret: &str,
    ) -> Result<Option<Visitor>, Refusal> {
        let device = self.store().find_device(&hash_of_secret(secret), self.0.now()).await?;
        let Some(device) = device else { return Ok(None) };
        let recipient = self.recipient(&forum, device.recipient).await?;
        Ok(recipient.map(|recipient| Visitor { forum, recipient, device: device.id }))
    }

    /// A recipient who is not erased.
    pub(in crate::web) async fn recipient(
        &self,
        forum: &Forum,
        id: RecipientId,
    ) -> Result<Option<Recipient>, Refusal> {
        Ok(world::load_recipients_by_ids(self.store(), forum, &[id]).await?.into_iter().next())
    }

    /// Whose page a letter's token opens.
    pub(in crate::web) async fn whose_letter(&self, token: String) -> Result<Whose, Refusal> {
        let letter = self.letter(&token).await?;
        let door = Door::Letter { token };
        Ok(Whose { forum: letter.forum, recipient: letter.recipient, discreet: letter.discreet, door })
    }

    /// What a link in a mail opens, if it is still good.
    pub(in crate::web) async fn mail_link(&self, token: &str) -> Result<LinkRow, Refusal> {
        Ok(doors::open_mail_link(self.store(), &self.0.0.keys, token, self.0.now()).await?)
    }

    /// A person's open devices, the newest first.
    pub(in crate::web) async fn devices(&self, id: RecipientId) -> Result<Vec<DeviceRow>, Refusal> {
        Ok(self.store().list_devices(id, self.0.now()).await?)
    }
}

impl Writing {
    /// Writes down that somebody asks for the link that signs in.
    pub(in crate::web) async fn ask_for_link(
        &self,
        address: &EmailAddress,
        language: Language,
        next: &str,
    ) -> Result<(), Refusal> {
        Ok(doors::ask_for_link(&self.0.0.store, address, language, next, self.0.now()).await?)
    }

    /// Uses a link up and opens a device: the secret of its cookie, and the page to come back to.
    pub(in crate::web) async fn sign_in(
        &self,
        link: &LinkRow,
        device_name: &str,
    ) -> Result<(String, String), Refusal> {
        let secret = device_secret(random_bytes());
        let hash = hash_of_secret(&secret);
        let (_, next) = doors::sign_in(&self.0.0.store, link, (&hash, device_name), self.0.now()).await?;
        Ok((secret, next))
    }

    /// Closes one device of a person, or all of them.
    pub(in crate::web) async fn close_devices(
        &self,
        id: RecipientId,
        one: Option<i64>,
    ) -> Result<u64, Refusal> {
        Ok(self.0.0.store.close_devices(id, one, self.0.now()).await?)
    }
}
