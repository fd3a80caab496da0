//! What a person says of their places, their address and urgent letters.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::change::Change;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{RecipientId, SeatId};

record! {
    /// A place whose holder says that they no longer have it.
    #[derive(Serialize)]
    pub struct LeftPlaceRow {
        /// The seat.
        pub seat: SeatId,
        /// Who has it now, as they said; may be empty.
        pub successor_name: String,
        /// That one's address; may be empty.
        pub successor_email: String,
        /// When (real time).
        pub said_at: DateTime<Utc>,
    }
}

impl Tx {
    /// Records that a holder no longer has a place, and who has: whether they had not said just that since the lead is asked;
    /// none if they hold no such seat at `now`. Saying something else, or the same once that was settled or before it was
    /// asked, replaces what was said. The seat itself stays as it is: the lead decides.
    pub async fn say_place_left(
        &mut self,
        now: DateTime<Utc>,
        (recipient, seat): (RecipientId, SeatId),
        (successor_name, successor_email): (&str, &str),
    ) -> Result<Option<bool>, StoreError> {
        let held: Option<One<i64>> = self
            .find(
                "SELECT id FROM seat_holder
                 WHERE recipient_id = $1 AND seat_id = $2 AND (starts_at IS NULL OR starts_at <= $3)
                   AND (ends_at IS NULL OR ends_at > $3)",
                args![recipient, seat, now],
            )
            .await?;
        if held.is_none() {
            return Ok(None);
        }
        let said = self
            .run(
                "INSERT INTO left_place (recipient_id, seat_id, successor_name, successor_email, said_at)
                 VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (recipient_id, seat_id) DO UPDATE
                    SET successor_name = excluded.successor_name, successor_email = excluded.successor_email,
                        said_at = excluded.said_at
                    WHERE left_place.successor_name <> excluded.successor_name
                       OR left_place.successor_email <> excluded.successor_email
                       OR NOT EXISTS (SELECT 1 FROM question q
                                      WHERE q.recipient_id = excluded.recipient_id AND q.closed_at IS NULL
                                        AND q.asked_at <= left_place.said_at)",
                args![recipient, seat, successor_name, successor_email, now],
            )
            .await?;
        if said == 0 {
            return Ok(Some(false));
        }
        let after = Some(serde_json::json!({ "seat": seat, "names_successor": !successor_email.is_empty() }));
        self.record_right(now, "place.left", recipient, after).await?;
        Ok(Some(true))
    }

    /// Moves a person to a new address, unless somebody has it: the one before. Links of earlier letters, and those that are
    /// good once and wait in some mailbox, open nothing any more; what comes back to the letters is still theirs.
    pub async fn change_address(
        &mut self,
        now: DateTime<Utc>,
        recipient: RecipientId,
        address: &str,
    ) -> Result<Option<String>, StoreError> {
        let taken: Option<One<i64>> =
            self.find("SELECT id FROM recipient WHERE email = $1", args![address]).await?;
        let before: Option<One<Option<String>>> =
            self.find("SELECT email FROM recipient WHERE id = $1", args![recipient]).await?;
        let (None, Some(One(Some(before)))) = (taken, before) else { return Ok(None) };
        self.run(
            "INSERT INTO former_address (recipient_id, address, until_at) VALUES ($1, $2, $3)",
            args![recipient, before.clone(), now],
        )
        .await?;
        self.run(
            "UPDATE recipient SET email = $2, token_version = token_version + 1, revision = revision + 1 WHERE id = $1",
            args![recipient, address],
        )
        .await?;
        self.record_right(now, "recipient.address", recipient, None).await?;
        self.end_links(now, recipient, None).await?;
        self.raise_change_number().await?;
        Ok(Some(before))
    }

    /// Forgets whom somebody named as the one who has a place of theirs, once they have it no more at `ends_at`: that is
    /// settled, and whoever was named has not been asked. That they said it stays theirs.
    pub(super) async fn forget_named_successors(
        &mut self,
        recipient: RecipientId,
        ends_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE left_place SET successor_name = '', successor_email = ''
             WHERE recipient_id = $1
               AND NOT EXISTS (SELECT 1 FROM seat_holder h
                               WHERE h.recipient_id = $1 AND h.seat_id = left_place.seat_id
                                 AND (h.ends_at IS NULL OR h.ends_at > $2))",
            args![recipient, ends_at],
        )
        .await?;
        Ok(())
    }

    /// Closes the links in every letter that a person has got, but for the one that leads out; the next letter's are open.
    pub async fn close_letter_links(
        &mut self,
        now: DateTime<Utc>,
        recipient: RecipientId,
        actor: &str,
    ) -> Result<(), StoreError> {
        let close =
            "UPDATE recipient SET token_version = token_version + 1 WHERE id = $1 AND status <> 'erased'";
        if self.run(close, args![recipient]).await? == 1 {
            self.record_change(now, Change::of_recipient(actor, "letters.closed", recipient)).await?;
        }
        Ok(())
    }

    /// Binds a used link to who came of it: what it kept of them until then goes.
    pub async fn give_link_to(&mut self, link: i64, recipient: RecipientId) -> Result<(), StoreError> {
        self.run(
            "UPDATE mail_link SET recipient_id = $2, address = NULL, details = '{}' WHERE id = $1",
            args![link, recipient],
        )
        .await?;
        Ok(())
    }

    async fn record_right(
        &mut self,
        now: DateTime<Utc>,
        action: &str,
        id: RecipientId,
        after: Option<serde_json::Value>,
    ) -> Result<(), StoreError> {
        self.record_change(now, Change { after, ..Change::of_recipient("page", action, id) }).await
    }
}

impl Store {
    /// What a person says of places that they no longer have.
    pub async fn list_left_places(&self, recipient: RecipientId) -> Result<Vec<LeftPlaceRow>, StoreError> {
        let left = "SELECT seat_id, successor_name, successor_email, said_at FROM left_place
             WHERE recipient_id = $1 ORDER BY id";
        Ok(self.db.all(left, args![recipient]).await?)
    }

    /// Turns letters about urgent items off or on again; whether that changed anything. Planning reads it, so it raises
    /// the revision.
    pub async fn set_urgent_off(
        &self,
        recipient: RecipientId,
        off: bool,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let changed = tx
            .run(
                "UPDATE recipient SET urgent_off_at = $2, revision = revision + 1
                 WHERE id = $1 AND status <> 'erased' AND (urgent_off_at IS NULL) = $3",
                args![recipient, Some(now).filter(|_| off), off],
            )
            .await?;
        if changed == 1 {
            let after = Some(serde_json::json!({ "off": off }));
            tx.record_right(now, "recipient.urgent", recipient, after).await?;
        }
        tx.commit().await?;
        Ok(changed == 1)
    }

    /// Since when a person gets no letters about urgent items; none if they do.
    pub async fn find_urgent_off(&self, recipient: RecipientId) -> Result<Option<DateTime<Utc>>, StoreError> {
        let off: Option<One<Option<DateTime<Utc>>>> =
            self.db.find("SELECT urgent_off_at FROM recipient WHERE id = $1", args![recipient]).await?;
        Ok(off.and_then(|One(at)| at))
    }
}
