//! On what ground it is stored that people sit for unions (GDPR art. 9(2)): dated rows, at most one open for a person and a
//! union. Who sits for one without an open row sits there on no recorded ground.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::change::Change;
use super::db::{BATCH, One, Sql, Tx, args, from_json, in_json_keys, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{OrganisationId, RecipientId, SeatId};

record! {
    /// The ground that stands.
    pub struct OpenGroundRow {
        /// The ground's word.
        pub ground: String,
        /// Who said so.
        pub source: String,
    }
}

record! {
    /// A union that somebody sits for, now or later, and on what ground that is stored.
    pub struct UnionSeatRow {
        /// The union.
        pub organisation: OrganisationId,
        /// Its slug.
        pub slug: String,
        /// Its name.
        pub name: String,
        /// The ground's word; none if none is recorded.
        pub ground: Option<String>,
        /// Who said so.
        pub source: Option<String>,
        /// When.
        pub recorded_at: Option<DateTime<Utc>>,
        /// When they last withdrew one.
        pub withdrawn_at: Option<DateTime<Utc>>,
    }
}

record! {
    /// Somebody who sits for a union on no recorded ground.
    pub struct GroundlessRow {
        /// Who.
        pub recipient: RecipientId,
        /// Their name; may be empty.
        pub name: String,
        /// Their address.
        pub email: String,
        /// The union's name.
        pub represents: String,
        /// When they withdrew it; none if there never was one.
        pub withdrawn_at: Option<DateTime<Utc>>,
    }
}

record! {
    /// A ground that stands, of whoever it is.
    pub struct GroundOfRow {
        /// Whose.
        pub recipient: RecipientId,
        /// The union.
        pub organisation: OrganisationId,
        /// The union's slug.
        pub slug: String,
        /// The ground's word.
        pub ground: String,
    }
}

record! {
    /// A ground, for the person's own copy.
    #[derive(Serialize)]
    pub struct GroundHeldRow {
        /// The union's slug.
        pub union: String,
        /// consent, published.
        pub ground: String,
        /// Who said so.
        pub source: String,
        /// What they said yes to, as it was shown; none if others said it of them.
        pub text: Option<String>,
        /// When it was recorded.
        pub recorded_at: DateTime<Utc>,
        /// When it ended.
        pub ended_at: Option<DateTime<Utc>>,
        /// Why it ended.
        pub ended_because: Option<String>,
    }
}

record! {
    /// A ground that stands, or that the person withdrew: an import records none beside it.
    pub struct SettledGround {
        /// Whose.
        pub recipient: RecipientId,
        /// The union.
        pub organisation: OrganisationId,
        /// Whether it stands.
        pub is_open: bool,
    }
}

record! {
    struct GroundCount {
        ground: String,
        people: i64,
    }
}

/// `p`: who sits for which union at `$1` or later, each once.
macro_rules! sitting {
    ($more:literal) => {
        concat!(
            "(SELECT DISTINCT h.recipient_id AS recipient_id, o.id AS organisation_id, o.slug AS slug, o.name AS name
              FROM organisation o JOIN seat s ON s.organisation_id = o.id JOIN seat_holder h ON h.seat_id = s.id
              WHERE o.kind = 'union' AND (h.ends_at IS NULL OR h.ends_at > $1)
                AND (s.ends_at IS NULL OR s.ends_at > $1)",
            $more,
            ") AS p LEFT JOIN union_ground u
             ON u.recipient_id = p.recipient_id AND u.organisation_id = p.organisation_id AND u.ended_at IS NULL"
        )
    };
}

/// When the person of `p` last withdrew the ground for its union.
macro_rules! withdrawn_at {
    () => {
        "(SELECT MAX(w.ended_at) FROM union_ground w WHERE w.recipient_id = p.recipient_id
             AND w.organisation_id = p.organisation_id AND w.ended_because = 'withdrawn')"
    };
}

const OF_PERSON: &str = concat!(
    "SELECT p.organisation_id, p.slug, p.name, u.ground, u.source, u.recorded_at, ",
    withdrawn_at!(),
    " FROM ",
    sitting!(" AND h.recipient_id = $2"),
    " ORDER BY p.name, p.organisation_id"
);
const GROUNDLESS: &str = concat!(
    "SELECT p.recipient_id, r.name, r.email, p.name, ",
    withdrawn_at!(),
    " FROM ",
    sitting!(""),
    " JOIN recipient r ON r.id = p.recipient_id WHERE u.id IS NULL AND r.email IS NOT NULL
      ORDER BY r.name, r.email, p.name LIMIT $2"
);
const COUNT_GROUNDLESS: &str = concat!(
    "SELECT COUNT(*) FROM ",
    sitting!(""),
    " JOIN recipient r ON r.id = p.recipient_id WHERE u.id IS NULL AND r.email IS NOT NULL"
);
const COUNT_BY_GROUND: &str = concat!(
    "SELECT COALESCE(u.ground, ''), COUNT(DISTINCT p.recipient_id) FROM ",
    sitting!(""),
    " GROUP BY COALESCE(u.ground, '')"
);

const ADD: Sql = from_json!(
    "INSERT INTO union_ground (recipient_id, organisation_id, ground, source, recorded_at, text)
     SELECT CAST(e.value ->> 0 AS BIGINT), CAST(e.value ->> 1 AS BIGINT), e.value ->> 2, $2, $3, $4",
    ""
);
const SETTLED: Sql = in_json_keys!(
    "SELECT recipient_id, organisation_id, ended_at IS NULL FROM union_ground
     WHERE (ended_at IS NULL OR ended_because = 'withdrawn') AND recipient_id",
    ""
);

impl Store {
    /// The unions that somebody sits for at `now` or later, by name.
    pub async fn list_unions_of(
        &self,
        recipient: RecipientId,
        now: DateTime<Utc>,
    ) -> Result<Vec<UnionSeatRow>, StoreError> {
        Ok(self.db.all(OF_PERSON, args![now, recipient]).await?)
    }

    /// Who sits for a union at `now` or later on no recorded ground, by name, at most so many rows; and how many there are.
    pub async fn list_groundless(
        &self,
        now: DateTime<Utc>,
        at_most: i64,
    ) -> Result<(i64, Vec<GroundlessRow>), StoreError> {
        let One(all): One<i64> = self.db.get(COUNT_GROUNDLESS, args![now]).await?;
        Ok((all, self.db.all(GROUNDLESS, args![now, at_most]).await?))
    }

    /// How many people sit for a union at `now` or later on each ground, by its word; on none by the empty word.
    pub async fn count_by_union_ground(
        &self,
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<String, i64>, StoreError> {
        let counts: Vec<GroundCount> = self.db.all(COUNT_BY_GROUND, args![now]).await?;
        Ok(counts.into_iter().map(|row| (row.ground, row.people)).collect())
    }

    /// Every ground that stands, by person.
    pub async fn list_union_grounds(&self) -> Result<Vec<GroundOfRow>, StoreError> {
        let open = "SELECT u.recipient_id, u.organisation_id, o.slug, u.ground
             FROM union_ground u JOIN organisation o ON o.id = u.organisation_id
             WHERE u.ended_at IS NULL ORDER BY u.recipient_id, u.organisation_id";
        Ok(self.db.all(open, args![]).await?)
    }
}

impl Tx {
    /// The union that a seat represents; none if it represents something else.
    pub async fn find_union_of_seat(&mut self, seat: SeatId) -> Result<Option<OrganisationId>, StoreError> {
        let row: Option<One<OrganisationId>> = self
            .find(
                "SELECT o.id FROM seat s JOIN organisation o ON o.id = s.organisation_id
                 WHERE s.id = $1 AND o.kind = 'union'",
                args![seat],
            )
            .await?;
        Ok(row.map(|One(id)| id))
    }

    /// Whether somebody sits for a union at `now` or later.
    pub async fn sits_for_union(
        &mut self,
        (recipient, organisation): (RecipientId, OrganisationId),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let sits: Option<One<i64>> = self
            .find(
                "SELECT h.id FROM seat_holder h JOIN seat s ON s.id = h.seat_id
                 JOIN organisation o ON o.id = s.organisation_id
                 WHERE h.recipient_id = $1 AND o.id = $2 AND o.kind = 'union'
                   AND (h.ends_at IS NULL OR h.ends_at > $3) AND (s.ends_at IS NULL OR s.ends_at > $3) LIMIT 1",
                args![recipient, organisation, now],
            )
            .await?;
        Ok(sits.is_some())
    }

    /// The ground that stands for a person and a union.
    pub async fn find_union_ground(
        &mut self,
        (recipient, organisation): (RecipientId, OrganisationId),
    ) -> Result<Option<OpenGroundRow>, StoreError> {
        let open = "SELECT ground, source FROM union_ground
             WHERE recipient_id = $1 AND organisation_id = $2 AND ended_at IS NULL";
        Ok(self.find(open, args![recipient, organisation]).await?)
    }

    /// Records grounds where none stands, with a row in the log for each: who said so, what they were shown, who did it.
    pub async fn add_union_grounds(
        &mut self,
        grounds: &[(RecipientId, OrganisationId, &str)],
        (source, text, actor): (&str, Option<&str>, &str),
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for batch in grounds.chunks(BATCH) {
            self.run(ADD, args![serde_json::to_string(batch)?, source, now, text]).await?;
            let changes = batch.iter().map(|(recipient, organisation, ground)| Change {
                after: Some(serde_json::json!({
                    "organisation": organisation, "ground": ground, "source": source
                })),
                ..Change::of_recipient(actor, "union_ground.recorded", *recipient)
            });
            self.record_changes(now, changes.collect()).await?;
        }
        Ok(())
    }

    /// Ends the ground that stands for a person and a union; false if there is none.
    pub async fn end_union_ground(
        &mut self,
        (recipient, organisation): (RecipientId, OrganisationId),
        (because, actor): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let end = "UPDATE union_ground SET ended_at = $3, ended_because = $4
             WHERE recipient_id = $1 AND organisation_id = $2 AND ended_at IS NULL";
        if self.run(end, args![recipient, organisation, now, because]).await? == 0 {
            return Ok(false);
        }
        let after = Some(serde_json::json!({ "organisation": organisation, "because": because }));
        let ended = Change::of_recipient(actor, "union_ground.ended", recipient);
        self.record_change(now, Change { after, ..ended }).await?;
        Ok(true)
    }

    /// What stands for these people, and what they withdrew.
    pub(super) async fn list_settled_grounds(
        &mut self,
        people: &str,
    ) -> Result<Vec<SettledGround>, StoreError> {
        Ok(self.all(SETTLED, args![people]).await?)
    }

    /// All of them, for the person's own copy.
    pub(super) async fn list_union_grounds_held(
        &mut self,
        recipient: RecipientId,
    ) -> Result<Vec<GroundHeldRow>, StoreError> {
        let held = "SELECT o.slug, u.ground, u.source, u.text, u.recorded_at, u.ended_at, u.ended_because
             FROM union_ground u JOIN organisation o ON o.id = u.organisation_id
             WHERE u.recipient_id = $1 ORDER BY u.id";
        Ok(self.all(held, args![recipient]).await?)
    }
}
