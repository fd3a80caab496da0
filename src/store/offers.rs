//! Offers of help: once for each person and request; said again, an offer is brought up to date.

use chrono::{DateTime, TimeDelta, Utc};

use super::change::Change;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::notices::NewNotice;
use super::open::Store;
use crate::ids::{DeliveryId, ItemId, RecipientId};

/// How often an offer is told on.
#[derive(Debug, Clone, Copy)]
pub struct OfferLimits {
    /// Of one person to one request, ever.
    pub to_one_request: i64,
    /// Of one person in a day.
    pub in_a_day: i64,
}

/// An offer to be recorded.
#[derive(Debug, Clone)]
pub struct NewOffer<'a> {
    /// To which request.
    pub item: ItemId,
    /// Whose.
    pub recipient: RecipientId,
    /// What they write; may be empty.
    pub message: String,
    /// `letter` or `device`.
    pub source: &'a str,
    /// The letter it was given from: it has arrived.
    pub letter: Option<DeliveryId>,
}

/// What became of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// It is recorded and told on.
    Told,
    /// They had said the same: nothing more is told.
    Already,
    /// Over the limits: nothing is recorded.
    TooOften,
}

record! {
    /// An offer as it stands.
    pub struct OfferRow {
        /// What they wrote.
        pub message: String,
        /// When first.
        pub offered_at: DateTime<Utc>,
        /// When last.
        pub changed_at: DateTime<Utc>,
        /// How often it was told on.
        pub times: i64,
    }
}

record! {
    /// An offer as who asks sees it.
    pub struct GivenOfferRow {
        /// Whose; none once erased.
        pub email: Option<String>,
        /// Their name.
        pub name: String,
        /// What they wrote; may be empty.
        pub message: String,
        /// When last.
        pub changed_at: DateTime<Utc>,
    }
}

const STANDING: &str =
    "SELECT message, offered_at, changed_at, times FROM offer WHERE item_id = $1 AND recipient_id = $2";

impl Store {
    /// Records an offer together with the mails that tell it on. `now` is real time.
    pub async fn record_offer(
        &self,
        new: &NewOffer<'_>,
        limits: OfferLimits,
        notices: &[NewNotice],
        now: DateTime<Utc>,
    ) -> Result<Offered, StoreError> {
        let mut tx = self.begin().await?;
        let stands: Option<OfferRow> = tx.find(STANDING, args![new.item, new.recipient]).await?;
        if stands.as_ref().is_some_and(|row| row.message == new.message) {
            return tx.undo().await.map(|()| Offered::Already);
        }
        if tx.offers_too_often(new, stands.as_ref(), limits, now).await? {
            return tx.undo().await.map(|()| Offered::TooOften);
        }
        tx.run(
            "INSERT INTO offer (item_id, recipient_id, message, source, offered_at, changed_at, times)
             VALUES ($1, $2, $3, $4, $5, $5, 1)
             ON CONFLICT (item_id, recipient_id) DO UPDATE SET message = excluded.message,
                 source = excluded.source, changed_at = excluded.changed_at, times = offer.times + 1",
            args![new.item, new.recipient, &new.message, new.source, now],
        )
        .await?;
        if let Some(letter) = new.letter {
            tx.settle_by_tap(letter, now).await?;
        }
        for notice in notices {
            tx.queue_notice(now, notice).await?;
        }
        // What they write stays out of the log.
        let change = Change {
            actor: "page",
            action: "offer.recorded",
            subject: format!("item:{}", new.item),
            recipient: Some(new.recipient),
            ..Change::default()
        };
        tx.record_change(now, change).await?;
        tx.commit().await?;
        Ok(Offered::Told)
    }

    /// What the person offered to the request.
    pub async fn find_offer(
        &self,
        item: ItemId,
        recipient: RecipientId,
    ) -> Result<Option<OfferRow>, StoreError> {
        Ok(self.db.find(STANDING, args![item, recipient]).await?)
    }

    /// What everyone offered to the request, by name.
    pub async fn list_offers(&self, item: ItemId) -> Result<Vec<GivenOfferRow>, StoreError> {
        let rows = self.db.all(
            "SELECT r.email, r.name, f.message, f.changed_at FROM offer f JOIN recipient r ON r.id = f.recipient_id
             WHERE f.item_id = $1 ORDER BY r.name, r.id",
            args![item],
        );
        Ok(rows.await?)
    }
}

impl Tx {
    async fn offers_too_often(
        &mut self,
        new: &NewOffer<'_>,
        stands: Option<&OfferRow>,
        limits: OfferLimits,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let One(today): One<i64> = self
            .get(
                "SELECT COUNT(*) FROM offer WHERE recipient_id = $1 AND changed_at > $2",
                args![new.recipient, now - TimeDelta::days(1)],
            )
            .await?;
        Ok(stands.is_some_and(|row| row.times >= limits.to_one_request) || today >= limits.in_a_day)
    }
}
