//! Which organisations are represented in groups: the forum's make-up, without whoever has the places.

use chrono::{DateTime, Utc};

use super::db::{One, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{OrganisationId, SeatId, TermId};

record! {
    /// A running place of an organisation, held or vacant; a row for each topic of its own, or one if it has none.
    pub struct RepresentedRow {
        /// The organisation.
        pub id: OrganisationId,
        /// Its slug.
        pub slug: String,
        /// As it calls itself.
        pub name: String,
        /// The kind's slug.
        pub kind: String,
        /// Its `org:` term.
        pub org_id: TermId,
        /// Its `represents:` term.
        pub represents_id: TermId,
        /// The place.
        pub seat: SeatId,
        /// The group.
        pub group: TermId,
        /// The position's word.
        pub position: String,
        /// One of the place's own topics.
        pub topic: Option<TermId>,
    }
}

record! {
    /// An organisation that is represented.
    pub struct RepresentedName {
        /// Its slug.
        pub slug: String,
        /// As it calls itself.
        pub name: String,
    }
}

impl Store {
    /// The slugs and the names of the organisations of which a place runs at `now`, by slug.
    pub async fn list_represented_names(
        &self,
        now: DateTime<Utc>,
    ) -> Result<Vec<RepresentedName>, StoreError> {
        let named = "SELECT o.slug, o.name FROM organisation o WHERE EXISTS
                 (SELECT 1 FROM seat s WHERE s.organisation_id = o.id
                  AND (s.starts_at IS NULL OR s.starts_at <= $1) AND (s.ends_at IS NULL OR s.ends_at > $1))
             ORDER BY o.slug";
        Ok(self.db.all(named, args![now]).await?)
    }

    /// The places of that organisation that run at `now`, by place.
    pub async fn list_represented(
        &self,
        slug: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<RepresentedRow>, StoreError> {
        let running = "SELECT o.id, o.slug, o.name, o.kind, o.org_id, o.represents_id, s.id, s.group_id, s.position, t.sector_id
             FROM seat s JOIN organisation o ON o.id = s.organisation_id LEFT JOIN seat_topic t ON t.seat_id = s.id
             WHERE (s.starts_at IS NULL OR s.starts_at <= $1) AND (s.ends_at IS NULL OR s.ends_at > $1)
               AND o.slug = $2
             ORDER BY s.id, t.sector_id";
        Ok(self.db.all(running, args![now, slug]).await?)
    }

    /// Whether any organisation is represented in a group at `now`.
    pub async fn has_represented(&self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let one = "SELECT id FROM seat
             WHERE (starts_at IS NULL OR starts_at <= $1) AND (ends_at IS NULL OR ends_at > $1) LIMIT 1";
        let row: Option<One<SeatId>> = self.db.find(one, args![now]).await?;
        Ok(row.is_some())
    }
}
