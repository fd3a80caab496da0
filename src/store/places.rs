//! Places as the desk shows them: of a group, of an organisation, of a person; and who has had one. Bounded lists.

use chrono::{DateTime, Utc};

use super::db::{One, Tx, args, in_json_keys, record};
use super::error::StoreError;
use super::forum::{OrganisationRow, organisations};
use super::open::Store;
use crate::ids::{OrganisationId, RecipientId, SeatId};

record! {
    /// A place with one who has it, or will have it, or had it.
    pub struct PlaceRow {
        /// The seat.
        pub seat: SeatId,
        /// The group's slug.
        pub group: String,
        /// The position's word.
        pub position: String,
        /// The represented organisation's slug.
        pub represents: String,
        /// And its name.
        pub represents_name: String,
        /// From when the place is there; none: since ever.
        pub starts_at: Option<DateTime<Utc>>,
        /// Until when; none: no end set.
        pub ends_at: Option<DateTime<Utc>>,
        /// The row of who has it; none if nobody.
        pub holding: Option<i64>,
        /// Who has it.
        pub holder: Option<RecipientId>,
        /// Their name; may be empty.
        pub name: Option<String>,
        /// Their address; none if nobody, or they were erased.
        pub email: Option<String>,
        /// The slug of the organisation where they work, as far as that is known.
        pub works_at: Option<String>,
        /// The status's word.
        pub status: Option<String>,
        /// From when they have it; none: since ever.
        pub held_from: Option<DateTime<Utc>>,
        /// Until when; none: no end set.
        pub held_until: Option<DateTime<Utc>>,
    }
}

record! {
    /// An organisation with how many work there and how many places it has.
    pub struct OrganisationCountRow {
        /// Its key.
        pub id: OrganisationId,
        /// Recipients who work there.
        pub people: i64,
        /// Places that represent it and are not over.
        pub places: i64,
    }
}

record! {
    /// How many places of a group nobody has.
    pub struct VacantCountRow {
        /// The group's slug.
        pub group: String,
        /// So many.
        pub vacant: i64,
    }
}

/// A place, and a holder for whom `$holding` holds too; `$condition` says which places.
macro_rules! place_rows {
    ($holding:literal, $condition:expr) => {
        concat!(
            "SELECT s.id, g.slug, s.position, o.slug, o.name, s.starts_at, s.ends_at,
                    h.id, r.id, r.name, r.email, (SELECT w.slug FROM organisation w WHERE w.id = r.organisation_id),
                    r.status, h.starts_at, h.ends_at
             FROM seat s JOIN term g ON g.id = s.group_id JOIN organisation o ON o.id = s.organisation_id
             LEFT JOIN seat_holder h ON h.seat_id = s.id ",
            $holding,
            " LEFT JOIN recipient r ON r.id = h.recipient_id WHERE ",
            $condition
        )
    };
}

/// Places with a row for each holder whose time is not over at `$1`.
macro_rules! places {
    ($condition:literal) => {
        place_rows!(
            "AND (h.ends_at IS NULL OR h.ends_at > $1)",
            concat!("(s.ends_at IS NULL OR s.ends_at > $1) AND ", $condition)
        )
    };
}

/// Places with a row for each holder of any time.
macro_rules! held_places {
    ($condition:literal) => {
        place_rows!("", $condition)
    };
}

const HOLDERS_OF_PLACE: &str = held_places!("s.id = $1 ORDER BY h.id DESC LIMIT 100");

/// The organisation that a seat represents, if whoever had the seat last works there too: so will a successor.
/// Whom a union or an employers' organisation sends works elsewhere.
const OWN_ORGANISATION: &str = "SELECT s.organisation_id FROM seat s
     WHERE s.id = $1 AND s.organisation_id = (
         SELECT r.organisation_id FROM seat_holder h JOIN recipient r ON r.id = h.recipient_id
         WHERE h.seat_id = s.id ORDER BY h.id DESC LIMIT 1)";

impl Store {
    /// The places of a group that are not over at `now`, a row per holder now or later; at most so many rows.
    pub async fn list_places_of_group(
        &self,
        slug: &str,
        now: DateTime<Utc>,
        at_most: i64,
    ) -> Result<Vec<PlaceRow>, StoreError> {
        let places = places!(
            "s.group_id = (SELECT id FROM term WHERE facet = 'group' AND slug = $2)
             ORDER BY CASE s.position WHEN 'leader' THEN 0 WHEN 'secretary' THEN 1 WHEN 'member' THEN 2
                      WHEN 'deputy' THEN 3 ELSE 4 END, o.name, s.id, h.id LIMIT $3"
        );
        Ok(self.db.all(places, args![now, slug, at_most]).await?)
    }

    /// The same of an organisation, by group.
    pub async fn list_places_of_organisation(
        &self,
        slug: &str,
        now: DateTime<Utc>,
        at_most: i64,
    ) -> Result<Vec<PlaceRow>, StoreError> {
        let places = places!(
            "s.organisation_id = (SELECT id FROM organisation WHERE slug = $2)
             ORDER BY g.slug, s.position, s.id, h.id LIMIT $3"
        );
        Ok(self.db.all(places, args![now, slug, at_most]).await?)
    }

    /// The places that a person has, will have or had; the current and latest first.
    pub async fn list_places_of_person(&self, id: RecipientId) -> Result<Vec<PlaceRow>, StoreError> {
        let places = held_places!(
            "h.recipient_id = $1
             ORDER BY CASE WHEN h.ends_at IS NULL THEN 0 ELSE 1 END, h.ends_at DESC, g.slug, h.id LIMIT 200"
        );
        Ok(self.db.all(places, args![id]).await?)
    }

    /// A place with everybody who has it, will have it or had it, the latest first; empty if there is no such place.
    pub async fn find_place(&self, seat: SeatId) -> Result<Vec<PlaceRow>, StoreError> {
        Ok(self.db.all(HOLDERS_OF_PLACE, args![seat]).await?)
    }

    /// Where a successor to the seat works, as far as that is known: the organisation that it represents.
    pub async fn find_own_organisation(&self, seat: SeatId) -> Result<Option<OrganisationId>, StoreError> {
        let row: Option<One<OrganisationId>> = self.db.find(OWN_ORGANISATION, args![seat]).await?;
        Ok(row.map(|One(id)| id))
    }

    /// The organisation of that slug.
    pub async fn find_organisation(&self, slug: &str) -> Result<Option<OrganisationRow>, StoreError> {
        Ok(self.db.find(organisations!("WHERE slug = $1"), args![slug]).await?)
    }

    /// How many work at each of these organisations, and how many places it has at `now`.
    pub async fn count_of_organisations(
        &self,
        ids: &[OrganisationId],
        now: DateTime<Utc>,
    ) -> Result<Vec<OrganisationCountRow>, StoreError> {
        let counts = in_json_keys!(
            "SELECT o.id, (SELECT COUNT(*) FROM recipient r WHERE r.organisation_id = o.id),
                    (SELECT COUNT(*) FROM seat s WHERE s.organisation_id = o.id AND (s.ends_at IS NULL OR s.ends_at > $2))
             FROM organisation o WHERE o.id",
            ""
        );
        Ok(self.db.all(counts, args![serde_json::to_string(ids)?, now]).await?)
    }

    /// How many places of each group nobody has at `now`; groups without any are left out.
    pub async fn count_vacant_by_group(&self, now: DateTime<Utc>) -> Result<Vec<VacantCountRow>, StoreError> {
        let counts = "SELECT g.slug, COUNT(*) FROM seat s JOIN term g ON g.id = s.group_id
             WHERE (s.starts_at IS NULL OR s.starts_at <= $1) AND (s.ends_at IS NULL OR s.ends_at > $1)
               AND NOT EXISTS (SELECT 1 FROM seat_holder h WHERE h.seat_id = s.id
                               AND (h.starts_at IS NULL OR h.starts_at <= $1)
                               AND (h.ends_at IS NULL OR h.ends_at > $1))
             GROUP BY g.slug ORDER BY g.slug";
        Ok(self.db.all(counts, args![now]).await?)
    }

    /// Whom the holder of a place named as the one who has it now: name and address, either may be empty.
    pub async fn find_named_successor(
        &self,
        seat: SeatId,
        holder: RecipientId,
    ) -> Result<Option<(String, String)>, StoreError> {
        let named: Option<NamedRow> = self
            .db
            .find(
                "SELECT successor_name, successor_email FROM left_place WHERE seat_id = $1 AND recipient_id = $2",
                args![seat, holder],
            )
            .await?;
        Ok(named.map(|row| (row.name, row.email)))
    }
}

impl Tx {
    /// A place with everybody who has it, will have it or had it, the latest first; empty if there is no such place.
    pub async fn find_place(&mut self, seat: SeatId) -> Result<Vec<PlaceRow>, StoreError> {
        Ok(self.all(HOLDERS_OF_PLACE, args![seat]).await?)
    }

    /// Where a successor to the seat works, as far as that is known: the organisation that it represents.
    pub async fn find_own_organisation(
        &mut self,
        seat: SeatId,
    ) -> Result<Option<OrganisationId>, StoreError> {
        let row: Option<One<OrganisationId>> = self.find(OWN_ORGANISATION, args![seat]).await?;
        Ok(row.map(|One(id)| id))
    }
}

record! {
    struct NamedRow {
        name: String,
        email: String,
    }
}
