//! What the desk shows of one person: letters with what was in them, mail that came back. That somebody looks is itself
//! a row of the log.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{args, record};
use super::error::StoreError;
use super::merged::rows_of_person;
use super::open::Store;
use crate::ids::{DeliveryId, RecipientId, SeatId};

record! {
    /// A letter to them.
    pub struct LetterOfRow {
        /// Which.
        pub delivery: DeliveryId,
        /// The edition's cadence.
        pub cadence: String,
        /// Its Date.
        pub dated_at: DateTime<Utc>,
        /// The state's word.
        pub state: String,
    }
}

record! {
    /// An item of one of those letters.
    pub struct ItemOfRow {
        /// The letter.
        pub delivery: DeliveryId,
        /// The item's slug.
        pub item: String,
        /// The decision's word.
        pub because: String,
        /// Its reasons, as JSON.
        pub reasons: String,
    }
}

record! {
    /// A mail about them that came back.
    pub struct ReportOfRow {
        /// hard, soft, policy, complaint, auto_reply ...
        pub kind: String,
        /// The status code.
        pub status: Option<String>,
        /// When it came.
        pub received_at: DateTime<Utc>,
        /// Whom an automatic answer names instead.
        pub suggested_email: Option<String>,
    }
}

record! {
    /// What stands in a person's own row and no rule reads.
    pub struct OwnRow {
        /// When they came.
        pub created_at: DateTime<Utc>,
        /// Whether they were imported.
        pub imported: bool,
        /// Why their letters stopped.
        pub status_cause: Option<String>,
        /// Where they work, in their own words.
        pub said_organisation: Option<String>,
        /// What entitles the forum to keep their data, the latest.
        pub basis: Option<String>,
        /// Where the data came from.
        pub source: Option<String>,
    }
}

impl Store {
    /// Records that somebody at the desk looks into a person's letters.
    pub async fn record_look(
        &self,
        id: RecipientId,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.record_alone(now, Change::of_recipient(actor, "recipient.viewed", id)).await
    }

    /// Records that somebody at the desk took along a list of so many people.
    pub async fn record_list_taken(
        &self,
        people: usize,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (action, subject) = ("people.exported", "forum".to_owned());
        let after = Some(serde_json::json!({ "people": people }));
        self.record_alone(now, Change { actor, action, subject, after, ..Change::default() }).await
    }

    /// Records that somebody tried to give a place to an address that is not one of their own people's.
    pub async fn record_place_tried(
        &self,
        seat: SeatId,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (action, subject) = ("place.tried", format!("seat:{seat}"));
        self.record_alone(now, Change { actor, action, subject, ..Change::default() }).await
    }

    /// A row of the log beside which nothing changes.
    async fn record_alone(&self, now: DateTime<Utc>, change: Change<'_>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.record_change(now, change).await?;
        tx.commit().await
    }

    /// The newest letters to a person, at most so many.
    pub async fn list_letters_to(
        &self,
        id: RecipientId,
        at_most: i64,
    ) -> Result<Vec<LetterOfRow>, StoreError> {
        let letters = concat!(
            "SELECT d.id, e.cadence, d.dated_at, d.state
             FROM delivery d JOIN edition e ON e.id = d.edition_id
             WHERE d.recipient_id IN ",
            rows_of_person!(),
            " ORDER BY d.dated_at DESC, d.id DESC LIMIT $2"
        );
        Ok(self.db.all(letters, args![id, at_most]).await?)
    }

    /// What stands in the newest letters to a person, as far back as `list_letters_to` goes.
    pub async fn list_items_to(&self, id: RecipientId, letters: i64) -> Result<Vec<ItemOfRow>, StoreError> {
        let items = concat!(
            "SELECT di.delivery_id, i.slug, di.because, di.reasons
             FROM delivery_item di JOIN item i ON i.id = di.item_id
             WHERE di.delivery_id IN (
                 SELECT id FROM delivery
                 WHERE recipient_id IN ",
            rows_of_person!(),
            " ORDER BY dated_at DESC, id DESC LIMIT $2)
             ORDER BY di.delivery_id DESC, di.position"
        );
        Ok(self.db.all(items, args![id, letters]).await?)
    }

    /// Mail about a person that came back, the newest first; at most so many.
    pub async fn list_reports_of(
        &self,
        id: RecipientId,
        at_most: i64,
    ) -> Result<Vec<ReportOfRow>, StoreError> {
        let reports = concat!(
            "SELECT kind, status, received_at, suggested_email FROM report
             WHERE recipient_id IN ",
            rows_of_person!(),
            " ORDER BY received_at DESC, id DESC LIMIT $2"
        );
        Ok(self.db.all(reports, args![id, at_most]).await?)
    }

    /// What stands in a person's own row and no rule reads; none if they were erased.
    pub async fn find_own_row(&self, id: RecipientId) -> Result<Option<OwnRow>, StoreError> {
        let own = "SELECT r.created_at, r.imported, r.status_cause, r.said_organisation, b.basis, b.source
             FROM recipient r LEFT JOIN legal_basis b ON b.id = (
                 SELECT MAX(id) FROM legal_basis WHERE recipient_id = r.id AND ended_at IS NULL)
             WHERE r.id = $1 AND r.email IS NOT NULL";
        Ok(self.db.find(own, args![id]).await?)
    }
}
