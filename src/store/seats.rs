//! Seats and who holds them.

use chrono::{DateTime, Utc};

use super::db::{Sql, Tx, args, from_json, record};
use super::imports::BATCH;
use super::open::StoreError;
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
