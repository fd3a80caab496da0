//! The forum's own row, its terms and the sectors of its groups: what `forum apply` writes, and who
//! uses what it would take away.

use chrono::{DateTime, Utc};

use super::db::{One, Sql, Tx, args, record};
use super::error::StoreError;
use super::forum::{FORUM, ForumRow, GROUP_SECTORS, GroupSectorRow, TERMS, TermRow};
use super::open::Store;
use crate::ids::TermId;

/// What a forum's row says, but for its numbers and instants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForumSettingsRow {
    /// Carried by cookies, List-Id, VERP and Message-ID.
    pub slug: String,
    /// As it stands at the head of letters.
    pub name: String,
    /// An IANA name.
    pub time_zone: String,
    /// A language tag.
    pub language: String,
    /// `NO`, or none.
    pub holidays: Option<String>,
    /// JSON: `[{"first":"2027-07-05","last":"2027-08-06"}]`.
    pub pause: String,
    /// JSON: `{"weekly":"0 30 7 * * Mon"}`.
    pub cadences: String,
    /// The greatest number of items in a digest.
    pub cap: i64,
    /// Whether taps move items in people's own letters.
    pub learning: bool,
    /// JSON: `{"reply_name":"Kari Nes","colour":"#0b5d5e"}`.
    pub house: String,
    /// A picture.
    pub logo: Option<Vec<u8>>,
}

/// A term to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTerm {
    /// The word before the colon.
    pub facet: &'static str,
    /// The slug after it.
    pub slug: String,
    /// JSON: `{"nb":"Helse"}`.
    pub names: String,
    /// Of a group: steering, coordination, competence or adhoc.
    pub kind: Option<&'static str>,
}

record! {
    /// Who uses a term: counts of rows that would lose it.
    #[derive(Copy, Default, Eq)]
    pub struct TermUses {
        /// Recipients who follow it.
        pub followers: i64,
        /// Recipients who mute it.
        pub muters: i64,
        /// Recipients who have it as a role.
        pub holders: i64,
        /// Seats in the group that are not over; vacant ones too.
        pub seats: i64,
        /// Seats in the group that are over.
        pub ended_seats: i64,
        /// Seats that have the sector as a topic of their own.
        pub seat_topics: i64,
        /// Accounts that write for the group.
        pub writers: i64,
        /// Goals of the group.
        pub goals: i64,
    }
}

const TERM_USES: &str = "SELECT
    (SELECT COUNT(*) FROM interest WHERE term_id = $1 AND mark = 'follow' AND ended_at IS NULL),
    (SELECT COUNT(*) FROM interest WHERE term_id = $1 AND mark = 'mute' AND ended_at IS NULL),
    (SELECT COUNT(*) FROM recipient_role WHERE role_id = $1 AND ended_at IS NULL),
    (SELECT COUNT(*) FROM seat WHERE group_id = $1 AND (ends_at IS NULL OR ends_at > $2)),
    (SELECT COUNT(*) FROM seat WHERE group_id = $1 AND ends_at <= $2),
    (SELECT COUNT(*) FROM seat_topic WHERE sector_id = $1),
    (SELECT COUNT(*) FROM account_group WHERE group_id = $1),
    (SELECT COUNT(*) FROM goal WHERE group_id = $1)";

impl Store {
    /// Who uses a term at `now`.
    pub async fn count_term_uses(&self, id: TermId, now: DateTime<Utc>) -> Result<TermUses, StoreError> {
        Ok(self.db.get(TERM_USES, args![id, now]).await?)
    }
}

impl Tx {
    /// The forum's row, locked until commit; none before the first `forum apply`.
    pub async fn lock_forum(&mut self) -> Result<Option<ForumRow>, StoreError> {
        let lock = Sql { sqlite: "SELECT id FROM forum", postgres: "SELECT id FROM forum FOR UPDATE" };
        let _locked: Option<One<i64>> = self.find(lock, args![]).await?;
        Ok(self.find(FORUM, args![]).await?)
    }

    /// Every term of every facet, oldest first.
    pub async fn list_terms(&mut self) -> Result<Vec<TermRow>, StoreError> {
        Ok(self.all(TERMS, args![]).await?)
    }

    /// The sectors of every group.
    pub async fn list_group_sectors(&mut self) -> Result<Vec<GroupSectorRow>, StoreError> {
        Ok(self.all(GROUP_SECTORS, args![]).await?)
    }

    /// Writes the forum's settings and raises the change number; creates the row if it is not there. Keeps what decided the
    /// times of editions until `now`, if that is another.
    pub async fn write_forum(
        &mut self,
        row: &ForumSettingsRow,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO former_times (until_at, time_zone, holidays, pause, cadences)
             SELECT CAST($1 AS BIGINT), time_zone, holidays, pause, cadences FROM forum
             WHERE time_zone <> $2 OR COALESCE(holidays, '') <> COALESCE($3, '') OR pause <> $4 OR cadences <> $5",
            args![now, &row.time_zone, row.holidays.clone(), &row.pause, &row.cadences],
        )
        .await?;
        self.run(
            "INSERT INTO forum (id, slug, name, time_zone, language, holidays, pause, cadences, cap,
                    learning, house, logo, change_number, last_number, created_at, applied_at)
             VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $10, $11, $12, 1, 0, $9, $9)
             ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, name = excluded.name,
                    time_zone = excluded.time_zone, language = excluded.language,
                    holidays = excluded.holidays, pause = excluded.pause, cadences = excluded.cadences,
                    cap = excluded.cap, learning = excluded.learning, house = excluded.house,
                    logo = excluded.logo, applied_at = excluded.applied_at,
                    change_number = forum.change_number + 1",
            args![
                &row.slug,
                &row.name,
                &row.time_zone,
                &row.language,
                row.holidays.clone(),
                &row.pause,
                &row.cadences,
                row.cap,
                now,
                row.learning,
                &row.house,
                row.logo.clone()
            ],
        )
        .await?;
        Ok(())
    }

    /// Adds a term without a parent; its key.
    pub async fn add_term(&mut self, term: &NewTerm) -> Result<TermId, StoreError> {
        let One(id) = self
            .get(
                "INSERT INTO term (facet, slug, names, kind) VALUES ($1, $2, $3, $4) RETURNING id",
                args![term.facet, &term.slug, &term.names, term.kind],
            )
            .await?;
        Ok(id)
    }

    /// Writes what a term is called and, of a group, its kind.
    pub async fn rename_term(
        &mut self,
        id: TermId,
        names: &str,
        kind: Option<&'static str>,
    ) -> Result<(), StoreError> {
        self.run("UPDATE term SET names = $2, kind = $3 WHERE id = $1", args![id, names, kind]).await?;
        Ok(())
    }

    /// Puts a term directly under another, or under none.
    pub async fn move_term(&mut self, id: TermId, parent: Option<TermId>) -> Result<(), StoreError> {
        self.run("UPDATE term SET parent_id = $2 WHERE id = $1", args![id, parent]).await?;
        Ok(())
    }

    /// Replaces the sectors of a group.
    pub async fn write_group_sectors(&mut self, group: TermId, sectors: &[TermId]) -> Result<(), StoreError> {
        self.run("DELETE FROM group_sector WHERE group_id = $1", args![group]).await?;
        for sector in sectors {
            self.run("INSERT INTO group_sector (group_id, sector_id) VALUES ($1, $2)", args![group, *sector])
                .await?;
        }
        Ok(())
    }

    /// Deletes a term that nobody uses ([`Tx::count_term_uses`] is all zeros and nothing lies under
    /// it), with the marks and roles that ended long ago.
    pub async fn remove_term(&mut self, id: TermId) -> Result<(), StoreError> {
        for statement in [
            "DELETE FROM interest WHERE term_id = $1 AND ended_at IS NOT NULL",
            "DELETE FROM recipient_role WHERE role_id = $1 AND ended_at IS NOT NULL",
            "DELETE FROM group_sector WHERE group_id = $1 OR sector_id = $1",
            "DELETE FROM term WHERE id = $1",
        ] {
            self.run(statement, args![id]).await?;
        }
        Ok(())
    }

    /// Who uses a term at `now`.
    pub async fn count_term_uses(&mut self, id: TermId, now: DateTime<Utc>) -> Result<TermUses, StoreError> {
        Ok(self.get(TERM_USES, args![id, now]).await?)
    }

    /// How many recipients hear by this cadence, erased ones left out.
    pub async fn count_cadence_uses(&mut self, cadence: &'static str) -> Result<i64, StoreError> {
        self.count("SELECT COUNT(*) FROM recipient WHERE cadence = $1 AND status <> 'erased'", args![cadence])
            .await
    }

    async fn count(&mut self, sql: &'static str, args: Vec<super::db::Arg>) -> Result<i64, StoreError> {
        let One(number) = self.get(sql, args).await?;
        Ok(number)
    }
}
