//! Doors: what was asked for on a page, links that are good once, devices that such a link opened.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::change::Change;
use super::db::{One, Sql, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{AccountId, RecipientId};

/// Something asked for on a page that tells nobody whether it knows them.
#[derive(Debug, Clone, PartialEq)]
pub struct NewKnock<'a> {
    /// What is asked for.
    pub purpose: &'a str,
    /// By whom.
    pub address: &'a str,
    /// The language of the page.
    pub language: &'a str,
    /// What else was said, as JSON.
    pub details: serde_json::Value,
}

record! {
    /// The same, taken to be answered.
    pub struct KnockRow {
        /// Its key.
        pub id: i64,
        /// What is asked for.
        pub purpose: String,
        /// By whom.
        pub address: String,
        /// The language of the page.
        pub language: String,
        /// What else was said, as JSON.
        pub details: String,
        /// Real time.
        pub asked_at: DateTime<Utc>,
    }
}

record! {
    /// A recipient as a door knows them.
    pub struct KnownRow {
        /// Their key.
        pub recipient: RecipientId,
        /// `active` and its like.
        pub status: String,
        /// Why not active.
        pub status_cause: Option<String>,
        /// The language of their mails.
        pub language: String,
    }
}

/// A link that will be good once.
#[derive(Debug, Clone, PartialEq)]
pub struct NewLink<'a> {
    /// What it opens.
    pub purpose: &'a str,
    /// For whom.
    pub recipient: Option<RecipientId>,
    /// For whom at the desk.
    pub account: Option<AccountId>,
    /// The address of who is no recipient yet, or a recipient's new one.
    pub address: Option<&'a str>,
    /// What else belongs to it, as JSON.
    pub details: serde_json::Value,
    /// Not good later (real time).
    pub expires_at: DateTime<Utc>,
}

record! {
    /// A link that is good once.
    pub struct LinkRow {
        /// Its key.
        pub id: i64,
        /// What it opens.
        pub purpose: String,
        /// For whom.
        pub recipient: Option<RecipientId>,
        /// For whom at the desk.
        pub account: Option<AccountId>,
        /// See [`NewLink::address`].
        pub address: Option<String>,
        /// What else belongs to it, as JSON.
        pub details: String,
        /// When it was made (real time).
        pub asked_at: DateTime<Utc>,
        /// Real time.
        pub expires_at: DateTime<Utc>,
        /// When it was used (real time).
        pub used_at: Option<DateTime<Utc>>,
    }
}

record! {
    /// A browser that a link opened for a person.
    #[derive(Serialize)]
    pub struct DeviceRow {
        /// Its key.
        pub id: i64,
        /// Whose.
        pub recipient: RecipientId,
        /// As the person knows it.
        pub name: String,
        /// When the link was used (real time).
        pub opened_at: DateTime<Utc>,
        /// Until when it stays open (real time).
        pub expires_at: DateTime<Utc>,
    }
}

const TAKE_KNOCK: Sql = Sql {
    sqlite: "DELETE FROM knock WHERE id = (SELECT id FROM knock ORDER BY id LIMIT 1)
             RETURNING id, purpose, address, language, details, asked_at",
    postgres: "DELETE FROM knock WHERE id = (SELECT id FROM knock ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING id, purpose, address, language, details, asked_at",
};

const FIND_LINK: &str =
    "SELECT id, purpose, recipient_id, account_id, address, details, asked_at, expires_at, used_at
     FROM mail_link WHERE id = $1";

const USE_LINK: &str =
    "UPDATE mail_link SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2
     RETURNING id, purpose, recipient_id, account_id, address, details, asked_at, expires_at, used_at";

impl Tx {
    /// Takes the oldest knock that nobody else is answering: it is gone if this transaction commits.
    pub async fn take_knock(&mut self, now: DateTime<Utc>) -> Result<Option<KnockRow>, StoreError> {
        let taken: Option<KnockRow> = self.find(TAKE_KNOCK, args![]).await?;
        if let Some(knock) = &taken {
            self.record_door(now, "knock.answered", format!("knock:{}", knock.id), None, None).await?;
        }
        Ok(taken)
    }

    /// Who has this address now.
    pub async fn find_known(&mut self, address: &str) -> Result<Option<KnownRow>, StoreError> {
        let known = "SELECT id, status, status_cause, language FROM recipient WHERE email = $1";
        Ok(self.find(known, args![address]).await?)
    }

    /// Makes a link; its key.
    pub async fn add_link(&mut self, now: DateTime<Utc>, new: &NewLink<'_>) -> Result<i64, StoreError> {
        let One(id): One<i64> = self
            .get(
                "INSERT INTO mail_link (purpose, recipient_id, account_id, address, details, asked_at, expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                args![
                    new.purpose,
                    new.recipient,
                    new.account,
                    new.address,
                    new.details.to_string(),
                    now,
                    new.expires_at
                ],
            )
            .await?;
        let after = Some(serde_json::json!({ "purpose": new.purpose }));
        self.record_door(now, "link.made", format!("link:{id}"), new.recipient, after).await?;
        Ok(id)
    }

    /// Uses a link up; none if it was used, or is too late.
    pub async fn use_link(&mut self, now: DateTime<Utc>, id: i64) -> Result<Option<LinkRow>, StoreError> {
        let used: Option<LinkRow> = self.find(USE_LINK, args![id, now]).await?;
        if let Some(link) = &used {
            self.record_door(now, "link.used", format!("link:{id}"), link.recipient, None).await?;
        }
        Ok(used)
    }

    /// Ends the links of a person that nobody has used, of one purpose or of every one: they open nothing any more, as if
    /// they were used. How many there were.
    pub async fn end_links(
        &mut self,
        now: DateTime<Utc>,
        recipient: RecipientId,
        purpose: Option<&str>,
    ) -> Result<u64, StoreError> {
        let ended = self
            .run(
                "UPDATE mail_link SET used_at = $2
                 WHERE recipient_id = $1 AND used_at IS NULL AND purpose = COALESCE($3, purpose)",
                args![recipient, now, purpose],
            )
            .await?;
        if ended > 0 {
            let subject = format!("recipient:{recipient}");
            let after = Some(serde_json::json!({ "links": ended, "purpose": purpose }));
            self.record_door(now, "link.ended", subject, Some(recipient), after).await?;
        }
        Ok(ended)
    }

    /// Writes down what was asked for, instead of what the same asked for before and nobody has answered: the same purpose,
    /// with the same details.
    pub async fn ask_instead(&mut self, now: DateTime<Utc>, new: &NewKnock<'_>) -> Result<(), StoreError> {
        let before = "DELETE FROM knock WHERE purpose = $1 AND details = $2";
        self.run(before, args![new.purpose, new.details.to_string()]).await?;
        self.record_knock(now, new).await
    }

    /// Writes down what was asked for. Every address costs the same: nobody is looked up.
    pub async fn record_knock(&mut self, now: DateTime<Utc>, new: &NewKnock<'_>) -> Result<(), StoreError> {
        let One(id): One<i64> = self
            .get(
                "INSERT INTO knock (purpose, address, language, details, asked_at)
                 VALUES ($1, $2, $3, $4, $5) RETURNING id",
                args![new.purpose, new.address, new.language, new.details.to_string(), now],
            )
            .await?;
        self.record_door(now, "knock.heard", format!("knock:{id}"), None, None).await
    }

    /// Opens a device; its key.
    pub async fn open_device(
        &mut self,
        now: DateTime<Utc>,
        recipient: RecipientId,
        secret_hash: &str,
        name: &str,
        expires_at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let One(id): One<i64> = self
            .get(
                "INSERT INTO device (recipient_id, secret_hash, name, opened_at, expires_at)
                 VALUES ($1, $2, $3, $4, $5) RETURNING id",
                args![recipient, secret_hash, name, now, expires_at],
            )
            .await?;
        let after = Some(serde_json::json!({ "name": name }));
        self.record_door(now, "device.opened", format!("device:{id}"), Some(recipient), after).await?;
        Ok(id)
    }

    async fn record_door(
        &mut self,
        now: DateTime<Utc>,
        action: &str,
        subject: String,
        recipient: Option<RecipientId>,
        after: Option<serde_json::Value>,
    ) -> Result<(), StoreError> {
        let change = Change { actor: "page", action, subject, recipient, before: None, after };
        self.record_change(now, change).await
    }
}

impl Store {
    /// See [`Tx::record_knock`].
    pub async fn record_knock(&self, now: DateTime<Utc>, new: &NewKnock<'_>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.record_knock(now, new).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether something was asked for that nobody has answered.
    pub async fn has_knock(&self) -> Result<bool, StoreError> {
        let one: Option<One<i64>> = self.db.find("SELECT id FROM knock LIMIT 1", args![]).await?;
        Ok(one.is_some())
    }

    /// Removes links, devices, sessions at the desk and errands that are too old, with whatever a sign-up that nobody confirmed
    /// had said. How many rows went.
    pub async fn retire_doors(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let over = "SELECT id FROM mail_link WHERE expires_at <= $1 UNION ALL SELECT id FROM device WHERE expires_at <= $1
             UNION ALL SELECT id FROM staff_session WHERE expires_at <= $1
             UNION ALL SELECT id FROM sign_in_errand WHERE expires_at <= $1 LIMIT 1";
        let any: Option<One<i64>> = self.db.find(over, args![now]).await?;
        if any.is_none() {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        let mut gone = tx.run("DELETE FROM mail_link WHERE expires_at <= $1", args![now]).await?;
        gone += tx.run("DELETE FROM device WHERE expires_at <= $1", args![now]).await?;
        gone += tx.run("DELETE FROM staff_session WHERE expires_at <= $1", args![now]).await?;
        gone += tx.run("DELETE FROM sign_in_errand WHERE expires_at <= $1", args![now]).await?;
        let after = Some(serde_json::json!({ "rows": gone }));
        tx.record_door(now, "doors.retired", "forum".to_owned(), None, after).await?;
        tx.commit().await?;
        Ok(gone)
    }

    /// A link by its key, used or not.
    pub async fn find_link(&self, id: i64) -> Result<Option<LinkRow>, StoreError> {
        Ok(self.db.find(FIND_LINK, args![id]).await?)
    }

    /// The device whose cookie has this hash, if it is open at `now`.
    pub async fn find_device(
        &self,
        secret_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<DeviceRow>, StoreError> {
        let device = "SELECT id, recipient_id, name, opened_at, expires_at FROM device
             WHERE secret_hash = $1 AND expires_at > $2";
        Ok(self.db.find(device, args![secret_hash, now]).await?)
    }

    /// A person's open devices, the newest first.
    pub async fn list_devices(
        &self,
        recipient: RecipientId,
        now: DateTime<Utc>,
    ) -> Result<Vec<DeviceRow>, StoreError> {
        let devices = "SELECT id, recipient_id, name, opened_at, expires_at FROM device
             WHERE recipient_id = $1 AND expires_at > $2 ORDER BY opened_at DESC, id DESC";
        Ok(self.db.all(devices, args![recipient, now]).await?)
    }

    /// Closes one device of a person, or all of them; how many were open.
    pub async fn close_devices(
        &self,
        recipient: RecipientId,
        one: Option<i64>,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let closed = match one {
            Some(id) => {
                tx.run("DELETE FROM device WHERE recipient_id = $1 AND id = $2", args![recipient, id]).await?
            }
            None => {
                tx.close_letter_links(now, recipient, "page").await?;
                tx.run("DELETE FROM device WHERE recipient_id = $1", args![recipient]).await?
            }
        };
        if closed > 0 {
            let subject = format!("recipient:{recipient}");
            let after = Some(serde_json::json!({ "closed": closed }));
            tx.record_door(now, "device.closed", subject, Some(recipient), after).await?;
        }
        tx.commit().await?;
        Ok(closed)
    }
}
