//! Whether an urgent edition is due.

use chrono::{DateTime, NaiveDate, Utc};

use super::db::{One, args};
use super::error::StoreError;
use super::open::Store;
use crate::ids::EditionId;

impl Store {
    /// Whether an urgent item is due at `now` that no urgent edition has considered: the scheduler
    /// then opens one.
    pub async fn has_urgent_due(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let One(count): One<i64> = self
            .db
            .get(
                "SELECT COUNT(*) FROM item
                 JOIN item_version ON item_version.item_id = item.id AND item_version.version = item.version
                 WHERE item_version.lane = 'urgent' AND item.withdrawn_at IS NULL AND item.held_at IS NULL
                   AND item.release_at <= $1
                   AND (item.number IS NULL OR item.number >
                        (SELECT COALESCE(MAX(last_number), 0) FROM edition WHERE cadence = 'urgent'))",
                args![now],
            )
            .await?;
        Ok(count > 0)
    }

    /// Whether the urgent edition `id` is planned and carried something urgent that somebody is still owed at `now`, whom
    /// an urgent edition would plan, and who has not paused since the edition's `day` in the forum's zone: who comes back
    /// from a pause catches up with the next ordinary edition.
    ///
    /// Who is owed something urgent that came back from a letter waits for their ordinary one, so that this cannot go on for
    /// ever: each edition that it makes due puts at least one item into a letter that lay in none to that recipient before.
    pub async fn has_urgent_carried(
        &self,
        id: EditionId,
        day: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let One(found) = self
            .db
            .get(
                "SELECT EXISTS (
                     SELECT 1 FROM edition e
                     JOIN digest g ON g.edition_id = e.id AND g.carried_over <> '[]'
                     JOIN recipient r ON r.id = g.recipient_id
                     JOIN carry c ON c.recipient_id = r.id AND c.ended_because IS NULL
                     JOIN item i ON i.id = c.item_id
                     JOIN item_version v ON v.item_id = i.id AND v.version = i.version
                     WHERE e.id = $1 AND e.planned_at IS NOT NULL AND e.paused_at IS NULL
                       AND r.status = 'active' AND r.urgent_off_at IS NULL
                       AND (r.paused_until IS NULL OR r.paused_until <= $2)
                       AND v.lane = 'urgent' AND i.number IS NOT NULL AND i.withdrawn_at IS NULL
                       AND i.held_at IS NULL AND i.release_at <= $3
                       AND NOT EXISTS (
                           SELECT 1 FROM carry b
                           JOIN item bi ON bi.id = b.item_id
                           JOIN item_version bv ON bv.item_id = bi.id AND bv.version = bi.version
                           JOIN delivery d ON d.recipient_id = b.recipient_id
                           JOIN delivery_item di ON di.delivery_id = d.id AND di.item_id = b.item_id
                           WHERE b.recipient_id = r.id AND b.ended_because IS NULL AND bv.lane = 'urgent'
                             AND di.returned))",
                args![id, day.to_string(), now],
            )
            .await?;
        Ok(found)
    }
}
