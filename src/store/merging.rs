//! Two rows of one person made one. What the other row had moves to the one that is kept; the letters that went to the
//! other address stay with the emptied row, so that their links open nothing of the kept person.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Sql, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use super::settling::Ending;
use crate::ids::{DeliveryId, OrganisationId, RecipientId};

record! {
    /// What stands in a person's row and a merge decides about.
    #[derive(Eq)]
    pub struct MergeRow {
        /// Where letters go; none once erased.
        pub email: Option<String>,
        /// May be empty.
        pub name: String,
        /// Where they work.
        pub organisation: Option<OrganisationId>,
        /// The same in their own words.
        pub said_organisation: Option<String>,
        /// A language tag.
        pub language: String,
        /// How often.
        pub cadence: String,
        /// Their own greatest number of items.
        pub cap: Option<i64>,
        /// `active` and its like.
        pub status: String,
        /// Why not active.
        pub status_cause: Option<String>,
        /// No letters before this day.
        pub paused_until: Option<String>,
        /// Admitted without a place.
        pub admitted: bool,
        /// Whether they came by an import.
        pub imported: bool,
        /// When a letter told source, purpose and rights.
        pub introduced_at: Option<DateTime<Utc>>,
        /// What they chose themselves, as JSON.
        pub chosen: String,
        /// Whether their taps are kept.
        pub learning: bool,
        /// Since when letters about urgent items are off.
        pub urgent_off_at: Option<DateTime<Utc>>,
        /// Raised by every change.
        pub revision: i64,
    }
}

/// Who is merged into whom.
pub struct MergeOrder<'a> {
    /// Who stays.
    pub kept: RecipientId,
    /// Whose row is emptied.
    pub gone: RecipientId,
    /// For the emptied row: 128 random bits in lower-case hex.
    pub public_id: &'a str,
    /// Who does it, as the log names them.
    pub actor: &'a str,
    /// Real time.
    pub now: DateTime<Utc>,
}

macro_rules! row {
    () => {
        "SELECT email, name, organisation_id, said_organisation, language, cadence, cap, status, status_cause,
                paused_until, admitted, imported, introduced_at, chosen, learning, urgent_off_at, revision
         FROM recipient WHERE id = $1"
    };
}

const ROW: &str = row!();

const LOCK_ROW: Sql = Sql { sqlite: ROW, postgres: concat!(row!(), " FOR UPDATE") };

/// Marks that both have end at `$3` in the row `$2`; those of `$1` stand.
const ENDINGS: &[&str] = &[
    "UPDATE recipient_role SET ended_at = $3 WHERE recipient_id = $2 AND ended_at IS NULL
        AND role_id IN (SELECT role_id FROM recipient_role WHERE recipient_id = $1 AND ended_at IS NULL)",
    "UPDATE interest SET ended_at = $3 WHERE recipient_id = $2 AND ended_at IS NULL
        AND EXISTS (SELECT 1 FROM interest k WHERE k.recipient_id = $1 AND k.ended_at IS NULL
                    AND k.term_id = interest.term_id AND k.mark = interest.mark)",
    "UPDATE muted_kind SET ended_at = $3 WHERE recipient_id = $2 AND ended_at IS NULL
        AND kind IN (SELECT kind FROM muted_kind WHERE recipient_id = $1 AND ended_at IS NULL)",
    // A place that both have is held once, for as long as the longer of the two.
    "UPDATE seat_holder SET ends_at = $3
     WHERE recipient_id = $2 AND (ends_at IS NULL OR ends_at > $3) AND (starts_at IS NULL OR starts_at <= $3)
        AND EXISTS (SELECT 1 FROM seat_holder k WHERE k.recipient_id = $1 AND k.seat_id = seat_holder.seat_id
                    AND (k.starts_at IS NULL OR k.starts_at <= $3)
                    AND (k.ends_at IS NULL OR (k.ends_at > $3 AND seat_holder.ends_at <= k.ends_at)))",
    // Of two answers to one event the later one stands.
    "UPDATE answer SET ended_at = $3 WHERE ended_at IS NULL AND recipient_id IN ($1, $2)
        AND EXISTS (SELECT 1 FROM answer o WHERE o.item_id = answer.item_id AND o.ended_at IS NULL
                    AND o.recipient_id IN ($1, $2) AND o.recipient_id <> answer.recipient_id
                    AND (o.answered_at > answer.answered_at
                         OR (o.answered_at = answer.answered_at AND o.id > answer.id)))",
    // Of two grounds for one union their own word stands, else the kept row's; none that they withdrew by either address.
    "UPDATE union_ground SET ended_at = $3, ended_because = 'merged' WHERE ended_at IS NULL AND recipient_id IN ($1, $2)
        AND EXISTS (SELECT 1 FROM union_ground o WHERE o.organisation_id = union_ground.organisation_id
                    AND o.recipient_id IN ($1, $2) AND o.recipient_id <> union_ground.recipient_id
                    AND ((o.ended_because = 'withdrawn' AND o.ended_at >= union_ground.recorded_at)
                         OR (o.ended_at IS NULL AND union_ground.source <> 'self'
                             AND (o.source = 'self' OR union_ground.recipient_id = $2))
                         OR (o.ended_at IS NULL AND o.source = 'self' AND union_ground.recipient_id = $2)))",
];

/// What ends with the address: `$1` is the row, `$2` the instant.
const CLOSINGS: &[&str] = &[
    "UPDATE question SET closed_at = $2 WHERE recipient_id = $1 AND closed_at IS NULL",
    "UPDATE feed_token SET revoked_at = $2 WHERE recipient_id = $1 AND revoked_at IS NULL",
];

/// What is not carried over: doors that the other address opened, and what the kept row says already.
const REMOVALS: &[&str] = &[
    "DELETE FROM carry WHERE recipient_id = $1 AND ended_at IS NOT NULL
        AND item_id IN (SELECT item_id FROM carry WHERE recipient_id = $2 AND ended_at IS NULL)",
    "DELETE FROM carry WHERE recipient_id = $2 AND item_id IN (SELECT item_id FROM carry WHERE recipient_id = $1)",
    "DELETE FROM offer WHERE recipient_id = $2 AND item_id IN (SELECT item_id FROM offer WHERE recipient_id = $1)",
    "DELETE FROM passed_on WHERE recipient_id = $2
        AND item_id IN (SELECT item_id FROM passed_on WHERE recipient_id = $1)",
    // Of two answers to samples beside one mailing, or of one item, the kept row's stands.
    "DELETE FROM probe WHERE recipient_id = $2 AND EXISTS (SELECT 1 FROM probe k WHERE k.recipient_id = $1
        AND (k.item_id = probe.item_id OR k.edition_id = probe.edition_id))",
    "DELETE FROM left_place WHERE recipient_id = $2
        AND seat_id IN (SELECT seat_id FROM left_place WHERE recipient_id = $1)",
    "DELETE FROM reminder WHERE recipient_id = $2
        AND EXISTS (SELECT 1 FROM reminder k WHERE k.recipient_id = $1 AND k.item_id = reminder.item_id
                    AND k.kind = reminder.kind)",
];

/// Doors that stood open by the other address.
const DOORS: &[&str] = &[
    "DELETE FROM device WHERE recipient_id = $1",
    "DELETE FROM mail_link WHERE recipient_id = $1 AND used_at IS NULL",
    "DELETE FROM notice WHERE recipient_id = $1 AND state = 'queued'",
    "DELETE FROM not_same WHERE one_id = $1 OR other_id = $1",
];

/// Everything that moves, from `$2` to `$1`.
const MOVES: &[&str] = &[
    "UPDATE recipient_role SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE interest SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE muted_kind SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE seat_holder SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE legal_basis SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE union_ground SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE consent SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE came_by SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE tap SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE report SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE question SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE answer SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE offer SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE passed_on SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE probe SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE reminder SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE left_place SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE notice SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE mail_link SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE feed_token SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE former_address SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE draft SET sender_id = $1 WHERE sender_id = $2",
    "UPDATE promise SET told_by = $1 WHERE told_by = $2",
    "UPDATE change SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE carry SET recipient_id = $1 WHERE recipient_id = $2",
    "UPDATE merged SET into_id = $1 WHERE into_id = $2",
    // The union of what both got (DESIGN, section 3): what the kept one has not got, and newer versions of what they have.
    "UPDATE delivery_item SET recipient_id = $1 WHERE recipient_id = $2 AND NOT returned
        AND item_id NOT IN (SELECT item_id FROM delivery_item WHERE recipient_id = $1 AND NOT returned)",
    "UPDATE delivery_item SET recipient_id = $1, correction = TRUE WHERE recipient_id = $2 AND NOT returned
        AND version > (SELECT MAX(k.version) FROM delivery_item k
                       WHERE k.recipient_id = $1 AND k.item_id = delivery_item.item_id AND NOT k.returned)",
    "DELETE FROM carry WHERE recipient_id = $1 AND item_id IN (
        SELECT i.item_id FROM delivery_item i JOIN delivery d ON d.id = i.delivery_id
        WHERE i.recipient_id = $1 AND d.recipient_id = $2 AND NOT i.returned)",
];

/// The unsent letters of the kept one that hold something that the other address has got.
const TOLD_TWICE: &str = "SELECT d.id FROM delivery d
     WHERE d.recipient_id = $1 AND d.state IN ('queued', 'deferred') AND EXISTS (
        SELECT 1 FROM delivery_item k JOIN delivery_item g ON g.item_id = k.item_id
        WHERE k.delivery_id = d.id AND NOT k.returned AND g.recipient_id = $2 AND NOT g.returned)
     ORDER BY d.id";

impl Store {
    /// What a merge would decide about; none if there is no such person.
    pub async fn find_merge_row(&self, id: RecipientId) -> Result<Option<MergeRow>, StoreError> {
        Ok(self.db.find(ROW, args![id]).await?)
    }
}

impl Tx {
    /// The same, locked until commit.
    pub async fn lock_merge_row(&mut self, id: RecipientId) -> Result<Option<MergeRow>, StoreError> {
        Ok(self.find(LOCK_ROW, args![id]).await?)
    }

    /// Moves all of the other row to the kept one, which becomes `combined`; `gone` is the other row as it was. How many
    /// unsent letters ended: what they held comes in the next letter, unless the other address has got it.
    ///
    /// None if a letter or a short mail to one of the two was just being sent: then nothing may be committed.
    pub async fn merge_rows(
        &mut self,
        order: &MergeOrder<'_>,
        (combined, gone): (&MergeRow, &MergeRow),
    ) -> Result<Option<usize>, StoreError> {
        let (kept_id, gone_id, now) = (order.kept, order.gone, order.now);
        let letters_ended = self.end_letters(order).await?;
        if self.is_under_way(order).await? {
            return Ok(None);
        }
        for sql in ENDINGS {
            self.run(*sql, args![kept_id, gone_id, now]).await?;
        }
        for sql in CLOSINGS {
            self.run(*sql, args![gone_id, now]).await?;
        }
        for sql in DOORS {
            self.run(*sql, args![gone_id]).await?;
        }
        for sql in REMOVALS.iter().chain(MOVES) {
            self.run(*sql, args![kept_id, gone_id]).await?;
        }
        self.empty_merged(order).await?;
        self.write_combined(kept_id, combined).await?;
        self.note_merge(order, gone).await?;
        Ok(Some(letters_ended))
    }

    /// Ends what waits for the other address, and then what of the kept one's would come a second time.
    async fn end_letters(&mut self, order: &MergeOrder<'_>) -> Result<usize, StoreError> {
        let unsent =
            "SELECT id FROM delivery WHERE recipient_id = $1 AND state IN ('queued', 'deferred') ORDER BY id";
        let theirs: Vec<One<DeliveryId>> = self.all(unsent, args![order.gone]).await?;
        let ended = self.cancel(order, theirs).await?;
        let twice: Vec<One<DeliveryId>> = self.all(TOLD_TWICE, args![order.kept, order.gone]).await?;
        Ok(ended + self.cancel(order, twice).await?)
    }

    async fn cancel(
        &mut self,
        order: &MergeOrder<'_>,
        letters: Vec<One<DeliveryId>>,
    ) -> Result<usize, StoreError> {
        let ids: Vec<DeliveryId> = letters.into_iter().map(|One(id)| id).collect();
        if ids.is_empty() {
            return Ok(0);
        }
        Ok(self.end_unsent(order.now, &ids, Ending::Cancelled, "merged").await?.len())
    }

    /// Whether mail to one of the two is just being sent. Asked after what waited has ended: it cannot begin any more.
    async fn is_under_way(&mut self, order: &MergeOrder<'_>) -> Result<bool, StoreError> {
        for sql in [
            "SELECT COUNT(*) FROM delivery WHERE recipient_id IN ($1, $2) AND state = 'attempting'",
            "SELECT COUNT(*) FROM notice WHERE recipient_id IN ($1, $2) AND state = 'attempting'",
        ] {
            let One(number): One<i64> = self.get(sql, args![order.kept, order.gone]).await?;
            if number > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The other row keeps its number and its letters, nothing else.
    async fn empty_merged(&mut self, order: &MergeOrder<'_>) -> Result<(), StoreError> {
        self.clear_recipient(order.gone, order.public_id).await?;
        self.run(
            "INSERT INTO merged (recipient_id, into_id, merged_at) VALUES ($1, $2, $3)",
            args![order.gone, order.kept, order.now],
        )
        .await?;
        Ok(())
    }

    async fn write_combined(&mut self, id: RecipientId, row: &MergeRow) -> Result<(), StoreError> {
        self.run(
            "UPDATE recipient SET name = $2, organisation_id = $3, said_organisation = $4, language = $5,
                    cadence = $6, cap = $7, status = $8, status_cause = $9, paused_until = $10, admitted = $11,
                    imported = $12, introduced_at = $13, chosen = $14, learning = $15, urgent_off_at = $16
             WHERE id = $1",
            args![
                id,
                &row.name,
                row.organisation,
                row.said_organisation.clone(),
                &row.language,
                &row.cadence,
                row.cap,
                &row.status,
                row.status_cause.clone(),
                row.paused_until.clone(),
                row.admitted,
                row.imported,
                row.introduced_at,
                &row.chosen,
                row.learning,
                row.urgent_off_at
            ],
        )
        .await?;
        // Off by either address: nothing that was said is kept, as in `set_learning`.
        if !row.learning {
            self.run("DELETE FROM tap WHERE recipient_id = $1", args![id]).await?;
            self.run("DELETE FROM probe WHERE recipient_id = $1", args![id]).await?;
        }
        Ok(())
    }

    /// The other address is one that they had before; the log says what was merged, until an erasure redacts it.
    async fn note_merge(&mut self, order: &MergeOrder<'_>, gone: &MergeRow) -> Result<(), StoreError> {
        if let Some(address) = &gone.email {
            self.run(
                "INSERT INTO former_address (recipient_id, address, until_at) VALUES ($1, $2, $3)",
                args![order.kept, address, order.now],
            )
            .await?;
        }
        self.set_back_recipient(order.kept, order.now).await?;
        let before =
            Some(serde_json::json!({ "recipient": order.gone, "email": gone.email, "name": gone.name }));
        let merged = Change::of_recipient(order.actor, "recipient.merged", order.kept);
        self.record_change(order.now, Change { before, ..merged }).await?;
        self.raise_change_number().await
    }
}
