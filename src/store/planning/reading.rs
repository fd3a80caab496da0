//! What planning reads of the ledger: what each recipient holds, is owed, and was asked.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::ids::{DeliveryId, EditionId, ItemId, RecipientId, SeatId};
use crate::store::db::{One, Sql, args, in_json_keys, record};
use crate::store::error::StoreError;
use crate::store::open::Store;
use crate::store::outbox::DeliveryState;

record! {
    /// A ledger row that was not returned.
    pub struct HeldItem {
        /// Whose.
        pub recipient: RecipientId,
        /// Which item.
        pub item: ItemId,
        /// Which version.
        pub version: i64,
        /// The decision's word.
        pub because: String,
        /// Its reasons as JSON.
        pub reasons: String,
        /// How many editions had carried it.
        pub carried: i64,
        /// Its letter.
        pub delivery: DeliveryId,
        /// The letter's state; one that was uncertain and waits to be sent again still is.
        pub state: DeliveryState,
        /// The edition's now, at which it was decided.
        pub decided_at: DateTime<Utc>,
        /// When the letter was planned (real time).
        pub planned_at: DateTime<Utc>,
    }
}

record! {
    /// An item that a recipient is owed.
    pub struct OwedItem {
        /// Whose.
        pub recipient: RecipientId,
        /// Which item.
        pub item: ItemId,
        /// How many editions have carried it.
        pub times: i64,
    }
}

record! {
    /// A seat that was taken over and whose holder was not welcomed yet by a letter, with an earlier holder.
    pub struct TakenSeat {
        /// The new holder.
        pub recipient: RecipientId,
        /// The seat.
        pub seat: SeatId,
        /// An earlier holder.
        pub predecessor: RecipientId,
        /// From when they had it; none: since ever.
        pub from: Option<DateTime<Utc>>,
        /// Until when; none: no end set.
        pub until: Option<DateTime<Utc>>,
    }
}

record! {
    /// A letter that is not sent yet, or just going out, and where it stands.
    pub struct LetterState {
        /// Whose.
        pub recipient: RecipientId,
        /// Which.
        pub delivery: DeliveryId,
        /// Where it stands.
        pub state: DeliveryState,
    }
}

record! {
    /// A tap, spread over the items that it speaks of.
    pub struct TapRow {
        /// Whose.
        pub recipient: RecipientId,
        /// An item of the letter, or the one tapped on.
        pub item: ItemId,
        /// `hit`, `miss` or `not_for_me`.
        pub answer: String,
    }
}

/// What the ledger holds of some recipients.
#[derive(Debug, Default)]
pub struct LedgerView {
    /// Rows that were not returned; those that were got, as far as they were asked for.
    pub held: Vec<HeldItem>,
    /// What they are owed.
    pub owed: Vec<OwedItem>,
    /// Letters queued or deferred.
    pub unsent: Vec<(RecipientId, DeliveryId)>,
    /// Who has a letter whose fate is open: planned once it is settled.
    pub attempting: HashSet<RecipientId>,
    /// Who has got a letter before.
    pub met: HashSet<RecipientId>,
}

const PLANNED: Sql =
    in_json_keys!("SELECT recipient_id FROM digest WHERE edition_id = $2 AND recipient_id", "");
const HELD: Sql = Sql {
    sqlite: "SELECT di.recipient_id, di.item_id, di.version, di.because, di.reasons, di.carried, d.id,
                    CASE WHEN d.resent AND d.state IN ('queued', 'deferred') THEN 'uncertain' ELSE d.state END,
                    e.now_at, d.planned_at
             FROM delivery_item di JOIN delivery d ON d.id = di.delivery_id JOIN edition e ON e.id = d.edition_id
             WHERE NOT di.returned AND di.recipient_id IN (SELECT value FROM json_each($1))
               AND (d.state NOT IN ('accepted', 'uncertain') OR di.item_id IN (SELECT value FROM json_each($2)))",
    postgres: "SELECT di.recipient_id, di.item_id, di.version, di.because, di.reasons, di.carried, d.id,
                    CASE WHEN d.resent AND d.state IN ('queued', 'deferred') THEN 'uncertain' ELSE d.state END,
                    e.now_at, d.planned_at
             FROM delivery_item di JOIN delivery d ON d.id = di.delivery_id JOIN edition e ON e.id = d.edition_id
             WHERE NOT di.returned
               AND di.recipient_id IN (SELECT value::bigint FROM json_array_elements_text($1::json))
               AND (d.state NOT IN ('accepted', 'uncertain')
                    OR di.item_id IN (SELECT value::bigint FROM json_array_elements_text($2::json)))",
};
const OWED: Sql = in_json_keys!(
    "SELECT recipient_id, item_id, times FROM carry WHERE ended_because IS NULL AND recipient_id",
    ""
);
const LETTERS: Sql = in_json_keys!(
    "SELECT recipient_id, id, state FROM delivery
     WHERE (state = 'attempting' OR (state IN ('queued', 'deferred') AND NOT resent)) AND recipient_id",
    ""
);
/// One that was uncertain and waits to be sent again may have been got, too.
const MET: Sql = in_json_keys!(
    "SELECT DISTINCT recipient_id FROM delivery
     WHERE (state IN ('accepted', 'uncertain') OR (state IN ('queued', 'deferred') AND resent)) AND recipient_id",
    ""
);
const TAKEN: Sql = in_json_keys!(
    "SELECT DISTINCT h.recipient_id, h.seat_id, p.recipient_id, p.starts_at, p.ends_at
     FROM seat_holder h JOIN seat_holder p ON p.seat_id = h.seat_id AND p.id < h.id
     WHERE NOT EXISTS (SELECT 1 FROM delivery d
                       WHERE d.edition_id = h.welcomed_in AND d.recipient_id = h.recipient_id
                         AND (d.state IN ('attempting', 'accepted', 'uncertain')
                              OR (d.state IN ('queued', 'deferred') AND d.resent)))
       AND p.recipient_id <> h.recipient_id AND h.recipient_id",
    " ORDER BY h.recipient_id, h.seat_id, p.recipient_id, p.starts_at"
);

const TAPS: Sql = Sql {
    sqlite: "SELECT t.recipient_id, COALESCE(t.item_id, di.item_id), t.answer
             FROM tap t JOIN recipient r ON r.id = t.recipient_id AND r.learning
             LEFT JOIN delivery_item di ON t.item_id IS NULL AND di.delivery_id = t.delivery_id
             WHERE (SELECT learning FROM forum) AND (t.item_id IS NOT NULL OR di.item_id IS NOT NULL)
               AND ($2 IS NULL OR t.tapped_at <= $2)
               AND t.recipient_id IN (SELECT value FROM json_each($1))",
    postgres: "SELECT t.recipient_id, COALESCE(t.item_id, di.item_id), t.answer
             FROM tap t JOIN recipient r ON r.id = t.recipient_id AND r.learning
             LEFT JOIN delivery_item di ON t.item_id IS NULL AND di.delivery_id = t.delivery_id
             WHERE (SELECT learning FROM forum) AND (t.item_id IS NOT NULL OR di.item_id IS NOT NULL)
               AND ($2::bigint IS NULL OR t.tapped_at <= $2)
               AND t.recipient_id IN (SELECT value::bigint FROM json_array_elements_text($1::json))",
};

fn json_ids(ids: &[RecipientId]) -> Result<String, StoreError> {
    Ok(serde_json::to_string(ids)?)
}

impl Store {
    /// Who was planned in an edition already.
    pub async fn list_planned_recipients(
        &self,
        edition: EditionId,
    ) -> Result<HashSet<RecipientId>, StoreError> {
        let rows: Vec<One<RecipientId>> =
            self.db.all("SELECT recipient_id FROM digest WHERE edition_id = $1", args![edition]).await?;
        Ok(rows.into_iter().map(|One(id)| id).collect())
    }

    /// Those of `recipients` who were planned in an edition already.
    pub async fn list_planned_among(
        &self,
        edition: EditionId,
        recipients: &[RecipientId],
    ) -> Result<HashSet<RecipientId>, StoreError> {
        let rows: Vec<One<RecipientId>> = self.db.all(PLANNED, args![json_ids(recipients)?, edition]).await?;
        Ok(rows.into_iter().map(|One(id)| id).collect())
    }

    /// What the ledger holds of `recipients`: of what was got, and may have been, only the items in `open`. In a second
    /// year that is a small part.
    pub async fn read_ledger(
        &self,
        recipients: &[RecipientId],
        open: &[ItemId],
    ) -> Result<LedgerView, StoreError> {
        let ids = json_ids(recipients)?;
        let mut view = LedgerView::default();
        let letters: Vec<LetterState> = self.db.all(LETTERS, args![&ids]).await?;
        for letter in letters {
            if letter.state == DeliveryState::Attempting {
                view.attempting.insert(letter.recipient);
            } else {
                view.unsent.push((letter.recipient, letter.delivery));
            }
        }
        view.met = self.list_met(recipients).await?;
        view.held = self.db.all(HELD, args![&ids, serde_json::to_string(open)?]).await?;
        view.owed = self.db.all(OWED, args![&ids]).await?;
        Ok(view)
    }

    /// Those of `recipients` who have got a letter before, or may have.
    pub async fn list_met(&self, recipients: &[RecipientId]) -> Result<HashSet<RecipientId>, StoreError> {
        let rows: Vec<One<RecipientId>> = self.db.all(MET, args![json_ids(recipients)?]).await?;
        Ok(rows.into_iter().map(|One(id)| id).collect())
    }

    /// The taps of `recipients` up to `until` (real time), spread over the items that they speak of; none
    /// where the forum or the person has switched learning off.
    pub async fn list_taps(
        &self,
        recipients: &[RecipientId],
        until: Option<DateTime<Utc>>,
    ) -> Result<Vec<TapRow>, StoreError> {
        Ok(self.db.all(TAPS, args![json_ids(recipients)?, until]).await?)
    }

    /// Seats that `recipients` took over from somebody and were not welcomed to yet: no letter that may
    /// have arrived, or still may, has handed them over; one that waits to be sent is superseded.
    pub async fn list_taken_seats(&self, recipients: &[RecipientId]) -> Result<Vec<TakenSeat>, StoreError> {
        Ok(self.db.all(TAKEN, args![json_ids(recipients)?]).await?)
    }

    /// The seats that an edition's letter hands over to a recipient, in the order in which they were planned.
    pub async fn list_seats_handed_over(
        &self,
        edition: EditionId,
        recipient: RecipientId,
    ) -> Result<Vec<SeatId>, StoreError> {
        let seats = "SELECT DISTINCT seat_id FROM seat_holder WHERE welcomed_in = $1 AND recipient_id = $2
                     ORDER BY seat_id";
        let rows: Vec<One<SeatId>> = self.db.all(seats, args![edition, recipient]).await?;
        Ok(rows.into_iter().map(|One(id)| id).collect())
    }
}
