//! Promises of minutes with whose they are: those of minutes that are out, not taken back, read in the order of their days.
//! Writing them is next door.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::db::{One, Sql, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{ItemId, RecipientId, SeatId};

record! {
    /// A promise, with who has the place that owns it now.
    #[derive(Eq)]
    pub struct PromiseRow {
        /// Its key.
        pub id: i64,
        /// The minutes' slug.
        pub item: String,
        /// The slug of the group that met.
        pub group: String,
        /// What will be done.
        pub what: String,
        /// The place that owns it.
        pub seat: Option<SeatId>,
        /// The last day, `2027-03-08`.
        pub by_on: Option<String>,
        /// open, done, dropped.
        pub state: String,
        /// What its owner said of it.
        pub told: Option<String>,
        /// When somebody last said something of it.
        pub changed_at: DateTime<Utc>,
        /// When it was settled.
        pub settled_at: Option<DateTime<Utc>>,
        /// From when the minutes are out.
        pub released_at: DateTime<Utc>,
        /// Who has the place; none: it is the group's.
        pub owner: Option<RecipientId>,
        /// Their name; may be empty.
        pub owner_name: Option<String>,
        /// Since when they have the place; none: since ever.
        pub owner_since: Option<DateTime<Utc>>,
    }
}

impl PromiseRow {
    /// The last day.
    pub fn by(&self) -> Option<NaiveDate> {
        self.by_on.as_deref().and_then(|day| day.parse().ok())
    }

    /// Whether its owner took it over with the place.
    pub fn is_inherited(&self) -> bool {
        self.owner_since.is_some_and(|since| since > self.released_at)
    }
}

record! {
    /// A place in a group that has not ended, and who has it.
    #[derive(Eq)]
    pub struct GroupSeatRow {
        /// The place.
        pub seat: SeatId,
        /// leader, member ...
        pub position: String,
        /// Who has it; none: it is vacant.
        pub holder: Option<RecipientId>,
        /// Their name; may be empty.
        pub name: Option<String>,
        /// Their address.
        pub email: Option<String>,
    }
}

record! {
    /// A place in a group, and an address that has or had it.
    #[derive(Eq)]
    pub struct SeatAddressRow {
        /// The place.
        pub seat: SeatId,
        /// The address.
        pub email: Option<String>,
    }
}

/// Promises of minutes that are out at `$1`, further narrowed by a condition.
macro_rules! promises {
    ($condition:literal) => {
        concat!(
            "SELECT p.id, i.slug, g.slug, p.what, p.seat_id, p.by_on, p.state, p.told, p.changed_at, p.settled_at,
                    i.release_at, r.id, r.name, h.starts_at
             FROM promise p JOIN item i ON i.id = p.item_id JOIN term g ON g.id = p.group_id
             LEFT JOIN seat s ON s.id = p.seat_id
                  AND (s.starts_at IS NULL OR s.starts_at <= $1) AND (s.ends_at IS NULL OR s.ends_at > $1)
             LEFT JOIN seat_holder h ON h.id = (SELECT MIN(x.id) FROM seat_holder x
                  WHERE x.seat_id = s.id AND (x.starts_at IS NULL OR x.starts_at <= $1)
                    AND (x.ends_at IS NULL OR x.ends_at > $1))
             LEFT JOIN recipient r ON r.id = h.recipient_id AND r.status <> 'erased'
             WHERE i.withdrawn_at IS NULL AND i.held_at IS NULL AND i.release_at <= $1 ",
            $condition,
            " ORDER BY COALESCE(p.by_on, '9999-99-99'), i.release_at, p.item_id, p.position"
        )
    };
}

/// What was settled stays listed so long, and so long after its minutes came out: what pages count is younger.
const LISTED_DAYS: i64 = 366;

const ALL: &str = promises!("AND (p.state = 'open' OR p.settled_at >= $2 OR i.release_at >= $2)");
const OPEN_OF_GROUP: &str = promises!("AND p.state = 'open' AND g.slug = $2");
const OWN: &str = promises!("AND p.id = $2 AND r.id = $3");
const OPEN_OF_PEOPLE: Sql = Sql {
    sqlite: promises!(
        "AND p.state = 'open' AND r.id IN (SELECT value FROM json_each($2))
         AND p.seat_id IN (SELECT x.seat_id FROM seat_holder x
              WHERE x.recipient_id IN (SELECT value FROM json_each($2)))"
    ),
    postgres: promises!(
        "AND p.state = 'open' AND r.id IN (SELECT value::bigint FROM json_array_elements_text($2::json))
         AND p.seat_id IN (SELECT x.seat_id FROM seat_holder x
              WHERE x.recipient_id IN (SELECT value::bigint FROM json_array_elements_text($2::json)))"
    ),
};
const OPEN_OF_SEATS: Sql = Sql {
    sqlite: promises!(
        "AND p.state = 'open' AND s.id IS NOT NULL AND p.seat_id IN (SELECT value FROM json_each($2))"
    ),
    postgres: promises!(
        "AND p.state = 'open' AND s.id IS NOT NULL
         AND p.seat_id IN (SELECT value::bigint FROM json_array_elements_text($2::json))"
    ),
};
/// A promise is reminded of once for each day that it was to be done by. Whose pause ends on one of the days may pause still.
const TO_REMIND: &str = promises!(
    "AND p.state = 'open' AND p.by_on >= $2 AND p.by_on <= $3 AND r.status = 'active'
     AND (r.paused_until IS NULL OR r.paused_until <= $3)
     AND (p.reminded_of IS NULL OR p.reminded_of <> p.by_on)"
);

const SEATS: &str = "SELECT s.id, s.position, r.id, r.name, r.email
     FROM seat s JOIN term g ON g.id = s.group_id
     LEFT JOIN seat_holder h ON h.id = (SELECT MIN(x.id) FROM seat_holder x
          WHERE x.seat_id = s.id AND (x.starts_at IS NULL OR x.starts_at <= $2)
            AND (x.ends_at IS NULL OR x.ends_at > $2))
     LEFT JOIN recipient r ON r.id = h.recipient_id AND r.status <> 'erased'
     WHERE g.facet = 'group' AND g.slug = $1 AND (s.starts_at IS NULL OR s.starts_at <= $2)
       AND (s.ends_at IS NULL OR s.ends_at > $2)
     ORDER BY s.id";

const SEAT_ADDRESSES: &str = "SELECT h.seat_id, CASE WHEN r.status <> 'erased' THEN r.email END
     FROM seat_holder h JOIN recipient r ON r.id = h.recipient_id
     JOIN seat s ON s.id = h.seat_id JOIN term g ON g.id = s.group_id
     WHERE g.facet = 'group' AND g.slug = $1
     UNION SELECT h.seat_id, f.address FROM seat_holder h JOIN former_address f ON f.recipient_id = h.recipient_id
     JOIN seat s ON s.id = h.seat_id JOIN term g ON g.id = s.group_id
     WHERE g.facet = 'group' AND g.slug = $1";

impl Store {
    /// The promises of all groups, as they stand at `now`: those that are open, or settled or out for no more than a year.
    pub async fn list_promises(&self, now: DateTime<Utc>) -> Result<Vec<PromiseRow>, StoreError> {
        Ok(self.db.all(ALL, args![now, now - TimeDelta::days(LISTED_DAYS)]).await?)
    }

    /// What a group has promised and not settled.
    pub async fn list_open_promises_of_group(
        &self,
        group: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<PromiseRow>, StoreError> {
        Ok(self.db.all(OPEN_OF_GROUP, args![now, group]).await?)
    }

    /// What these people have promised, by the places that they have at `now`, and not settled.
    pub async fn list_open_promises_of(
        &self,
        people: &[RecipientId],
        now: DateTime<Utc>,
    ) -> Result<Vec<PromiseRow>, StoreError> {
        Ok(self.db.all(OPEN_OF_PEOPLE, args![now, serde_json::to_string(people)?]).await?)
    }

    /// What these places own and is not settled, whoever has them.
    pub async fn list_open_promises_of_seats(
        &self,
        seats: &[SeatId],
        now: DateTime<Utc>,
    ) -> Result<Vec<PromiseRow>, StoreError> {
        Ok(self.db.all(OPEN_OF_SEATS, args![now, serde_json::to_string(seats)?]).await?)
    }

    /// Promises that are to be done from `today` to `until`, both days of the forum's zone, of people who get letters and do
    /// not pause past `until`, and of whose day nobody was reminded.
    pub async fn list_promises_to_remind(
        &self,
        now: DateTime<Utc>,
        (today, until): (NaiveDate, NaiveDate),
    ) -> Result<Vec<PromiseRow>, StoreError> {
        Ok(self.db.all(TO_REMIND, args![now, today.to_string(), until.to_string()]).await?)
    }

    /// The places in a group that run at `now`, with who has them.
    pub async fn list_group_seats(
        &self,
        group: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<GroupSeatRow>, StoreError> {
        Ok(self.db.all(SEATS, args![group, now]).await?)
    }
}

impl Tx {
    /// The same as this transaction sees them.
    pub async fn list_group_seats(
        &mut self,
        group: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<GroupSeatRow>, StoreError> {
        Ok(self.all(SEATS, args![group, now]).await?)
    }

    /// Who ever had the places in a group, those that ended too, by all addresses that they had.
    pub async fn list_seat_addresses(&mut self, group: &str) -> Result<Vec<SeatAddressRow>, StoreError> {
        Ok(self.all(SEAT_ADDRESSES, args![group]).await?)
    }

    /// A promise, if it is this person's at `now`.
    pub async fn find_own_promise(
        &mut self,
        id: i64,
        recipient: RecipientId,
        now: DateTime<Utc>,
    ) -> Result<Option<PromiseRow>, StoreError> {
        Ok(self.find(OWN, args![now, id, recipient]).await?)
    }

    /// The key of the item with this slug.
    pub async fn find_item_id(&mut self, slug: &str) -> Result<Option<ItemId>, StoreError> {
        let row: Option<One<ItemId>> = self.find("SELECT id FROM item WHERE slug = $1", args![slug]).await?;
        Ok(row.map(|One(id)| id))
    }
}
