//! Seats and who holds them.

use chrono::{DateTime, Utc};

use super::db::{BATCH, Sql, Tx, args, from_json, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{OrganisationId, RecipientId, SeatId, TermId};

record! {
    /// A seat that was opened.
    pub struct OpenedSeat {
        /// The seat.
        pub seat: SeatId,
        /// Its group.
        pub group: TermId,
        /// The organisation that it represents.
        pub organisation: OrganisationId,
        /// The position's word.
        pub position: String,
    }
}

const OPEN: Sql = from_json!(
    "INSERT INTO seat (group_id, organisation_id, position, created_at)
     SELECT CAST(e.value ->> 0 AS BIGINT), CAST(e.value ->> 1 AS BIGINT), e.value ->> 2, $2",
    "RETURNING id, group_id, organisation_id, position"
);
const HOLD: Sql = from_json!(
    "INSERT INTO seat_holder (seat_id, recipient_id, source)
     SELECT CAST(e.value ->> 0 AS BIGINT), CAST(e.value ->> 1 AS BIGINT), $2",
    ""
);

impl Tx {
    /// Opens seats without start or end; alike ones may be asked for several times.
    pub async fn open_seats(
        &mut self,
        seats: &[(TermId, OrganisationId, &str)],
        now: DateTime<Utc>,
    ) -> Result<Vec<OpenedSeat>, StoreError> {
        let mut opened = Vec::with_capacity(seats.len());
        for batch in seats.chunks(BATCH) {
            opened.extend(self.all::<OpenedSeat>(OPEN, args![serde_json::to_string(batch)?, now]).await?);
        }
        Ok(opened)
    }

    /// Seats people, since ever and without an end set.
    pub async fn hold_seats(
        &mut self,
        holders: &[(SeatId, RecipientId)],
        source: &str,
    ) -> Result<(), StoreError> {
        for batch in holders.chunks(BATCH) {
            self.run(HOLD, args![serde_json::to_string(batch)?, source]).await?;
        }
        Ok(())
    }
}

record! {
    /// A seat that is not over, with who holds it now or later.
    pub struct SeatRow {
        /// The seat.
        pub seat: SeatId,
        /// The group's slug.
        pub group: String,
        /// The position's word.
        pub position: String,
        /// The represented organisation's slug.
        pub represents: String,
        /// Who holds it; none if it is vacant.
        pub holder: Option<String>,
        /// From when they hold it; none: since ever.
        pub starts_at: Option<DateTime<Utc>>,
        /// Until when; none: no end set.
        pub ends_at: Option<DateTime<Utc>>,
    }
}

impl Store {
    /// Every seat that is not over at `now`, a row per holder now or later, by group.
    pub async fn list_seats(&self, now: DateTime<Utc>) -> Result<Vec<SeatRow>, StoreError> {
        let seats = "SELECT s.id, g.slug, s.position, o.slug, r.email, h.starts_at, h.ends_at
             FROM seat s JOIN term g ON g.id = s.group_id JOIN organisation o ON o.id = s.organisation_id
             LEFT JOIN seat_holder h ON h.seat_id = s.id AND (h.ends_at IS NULL OR h.ends_at > $1)
             LEFT JOIN recipient r ON r.id = h.recipient_id
             WHERE s.ends_at IS NULL OR s.ends_at > $1 ORDER BY g.slug, s.position, o.slug, s.id, h.id";
        Ok(self.db.all(seats, args![now]).await?)
    }
}
