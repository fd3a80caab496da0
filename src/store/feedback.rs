//! What comes back: what a letter's links open, taps, unsubscribing.
//!
//! A letter holds what was not returned from it. One that was refused for good or came back returned all of it, so that it is
//! sent again; yet it may lie with its reader, and its links open what they did (DESIGN, section 6).

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::merged::rows_of_person;
use super::open::Store;
use super::status_cause::StatusCause;
use crate::ids::{DeliveryId, EditionId, ItemId, RecipientId};

record! {
    /// A letter and its recipient, as its links need them.
    pub struct LetterRow {
        /// The letter.
        pub delivery: DeliveryId,
        /// Its edition.
        pub edition: EditionId,
        /// Its recipient.
        pub recipient: RecipientId,
        /// Letter tokens of another version are revoked.
        pub token_version: i64,
        /// Titles that the letter names as coming next: item ids as JSON.
        pub carried_over: String,
    }
}

record! {
    /// An item of a letter.
    pub struct LetterItemRow {
        /// The item.
        pub item: ItemId,
        /// Its slug.
        pub slug: String,
        /// Its public id.
        pub public_id: String,
        /// The line of the rule that delivered it.
        pub because: String,
        /// The reasons as JSON.
        pub reasons: String,
    }
}

record! {
    /// A recipient as the unsubscribe page needs them.
    pub struct SubscriptionRow {
        /// Their address; `None` once erased.
        pub email: Option<String>,
        /// `active` and its like.
        pub status: String,
        /// Why not active.
        pub status_cause: Option<String>,
        /// The language of their pages.
        pub language: String,
    }
}

impl Store {
    /// A letter by its id.
    pub async fn find_letter(&self, id: DeliveryId) -> Result<Option<LetterRow>, StoreError> {
        let row = self.db.find(
            "SELECT d.id, d.edition_id, d.recipient_id, r.token_version, COALESCE(g.carried_over, '[]')
             FROM delivery d
             JOIN recipient r ON r.id = d.recipient_id
             LEFT JOIN digest g ON g.edition_id = d.edition_id AND g.recipient_id = d.recipient_id
             WHERE d.id = $1",
            args![id],
        );
        Ok(row.await?)
    }

    /// The newest letter that brought an item to a recipient; out of which it was taken again before it went did not.
    pub async fn find_letter_with(
        &self,
        recipient: RecipientId,
        item: ItemId,
    ) -> Result<Option<LetterRow>, StoreError> {
        let newest: Option<One<DeliveryId>> = self
            .db
            .find(
                concat!(
                    "SELECT delivery_id FROM delivery_item
                     WHERE recipient_id = $1 AND item_id = $2 AND NOT returned
                     UNION ALL SELECT l.id FROM delivery l JOIN delivery_item d ON d.delivery_id = l.id
                     WHERE l.state = 'rejected' AND d.item_id = $2 AND l.recipient_id IN ",
                    rows_of_person!(),
                    " ORDER BY 1 DESC LIMIT 1"
                ),
                args![recipient, item],
            )
            .await?;
        match newest {
            Some(One(id)) => self.find_letter(id).await,
            None => Ok(None),
        }
    }

    /// What a letter holds, in its order; what was taken out again before it went is not there. Which of its items a rejected
    /// letter had lost before cannot be told: nobody was given their links.
    pub async fn list_letter_items(&self, id: DeliveryId) -> Result<Vec<LetterItemRow>, StoreError> {
        let rows = self.db.all(
            "SELECT i.id, i.slug, i.public_id, d.because, d.reasons
             FROM delivery_item d JOIN item i ON i.id = d.item_id JOIN delivery l ON l.id = d.delivery_id
             WHERE d.delivery_id = $1 AND (NOT d.returned OR l.state = 'rejected')
             ORDER BY d.position, i.slug",
            args![id],
        );
        Ok(rows.await?)
    }

    /// Where a recipient stands, by id.
    pub async fn find_subscription(&self, id: RecipientId) -> Result<Option<SubscriptionRow>, StoreError> {
        let row = self
            .db
            .find("SELECT email, status, status_cause, language FROM recipient WHERE id = $1", args![id]);
        Ok(row.await?)
    }

    /// The public id of a recipient, by their key.
    pub async fn find_public_id(&self, id: RecipientId) -> Result<Option<String>, StoreError> {
        let row: Option<One<String>> =
            self.db.find("SELECT public_id FROM recipient WHERE id = $1", args![id]).await?;
        Ok(row.map(|One(public_id)| public_id))
    }

    /// Ends all letters to a recipient, as [`Tx::unsubscribe_recipient`].
    pub async fn unsubscribe_recipient(
        &self,
        id: RecipientId,
        how: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let ended = tx.unsubscribe_recipient(id, how, now).await?;
        if ended {
            tx.commit().await?;
        } else {
            tx.undo().await?;
        }
        Ok(ended)
    }

    /// Takes an unsubscribing on a page or by one click back; false if there was none.
    pub async fn take_back_unsubscribing(
        &self,
        id: RecipientId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        tx.lock_recipient(id).await?;
        let row: Option<SubscriptionRow> = tx
            .find(
                "SELECT email, status, status_cause, language FROM recipient
                 WHERE id = $1 AND status = 'unsubscribed'",
                args![id],
            )
            .await?;
        let Some(row) = row else {
            tx.undo().await?;
            return Ok(false);
        };
        let cause = StatusCause::read(&row.status_cause.unwrap_or_default());
        let before = cause.was.as_deref().unwrap_or("active");
        tx.change_status(id, ("unsubscribed", before), None, now).await?;
        tx.run(
            "INSERT INTO consent (recipient_id, version, text_hash, source, given_at)
             SELECT recipient_id, version, text_hash, 'undo', $2 FROM consent
             WHERE id = (SELECT MAX(id) FROM consent WHERE recipient_id = $1) AND ended_at IS NOT NULL",
            args![id, now],
        )
        .await?;
        tx.commit().await?;
        Ok(true)
    }
}

impl Tx {
    /// Ends all letters to a recipient by their own act; false if they were ended already. `how` is `page`, `one-click`
    /// or `mail`. The status before is kept in the cause, so that taking it back revives no one who was suspended.
    pub async fn unsubscribe_recipient(
        &mut self,
        id: RecipientId,
        how: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let Some(One(was)) = self.find_status(id).await? else { return Ok(false) };
        if was == "unsubscribed" || was == "erased" {
            return Ok(false);
        }
        let cause = StatusCause::after(how, &was).to_string();
        self.change_status(id, (&was, "unsubscribed"), Some(cause), now).await?;
        // Leaving takes the consent back (GDPR art. 7, 3).
        self.run(
            "UPDATE consent SET ended_at = $2 WHERE recipient_id = $1 AND ended_at IS NULL",
            args![id, now],
        )
        .await?;
        Ok(true)
    }

    /// A letter of which nobody knew whether it arrived has: somebody answered from it. Whether it was so.
    pub(super) async fn settle_by_tap(
        &mut self,
        letter: DeliveryId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let settled = self
            .run(
                "UPDATE delivery SET state = 'accepted', settled_at = $2, reply = 'settled by a tap from the letter'
                 WHERE id = $1 AND state = 'uncertain'",
                args![letter, now],
            )
            .await?;
        Ok(settled > 0)
    }

    /// What is decided by it is written before it changes.
    async fn find_status(&mut self, id: RecipientId) -> Result<Option<One<String>>, StoreError> {
        self.lock_recipient(id).await?;
        Ok(self.find("SELECT status FROM recipient WHERE id = $1", args![id]).await?)
    }

    async fn change_status(
        &mut self,
        id: RecipientId,
        (was, becomes): (&str, &str),
        cause: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE recipient SET status = $2, status_cause = $3 WHERE id = $1",
            args![id, becomes, cause.clone()],
        )
        .await?;
        self.set_back_recipient(id, now).await?;
        let change = Change {
            before: Some(serde_json::json!({ "status": was })),
            after: Some(serde_json::json!({ "status": becomes, "cause": cause })),
            ..Change::of_recipient("page", "recipient.status", id)
        };
        self.record_change(now, change).await
    }
}
