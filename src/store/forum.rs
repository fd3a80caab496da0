//! The forum's own row, its terms, the sectors of its groups, and its organisations: reading.

use chrono::{DateTime, Utc};

use super::db::{One, Sql, args, in_json_keys, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{OrganisationId, TermId};

record! {
    /// The one row of a forum.
    pub struct ForumRow {
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
        /// Raised by every change that a running `serve` must reread.
        pub change_number: i64,
        /// When the forum was first applied.
        pub created_at: DateTime<Utc>,
    }
}

record! {
    /// What decided the times of editions until it was changed.
    pub struct FormerTimesRow {
        /// When it was changed.
        pub until_at: DateTime<Utc>,
        /// An IANA name.
        pub time_zone: String,
        /// `NO`, or none.
        pub holidays: Option<String>,
        /// As in [`ForumRow`].
        pub pause: String,
        /// As in [`ForumRow`].
        pub cadences: String,
    }
}

record! {
    /// A term as stored.
    pub struct TermRow {
        /// Its key.
        pub id: TermId,
        /// The word before the colon.
        pub facet: String,
        /// The slug after it.
        pub slug: String,
        /// The term directly above.
        pub parent_id: Option<TermId>,
        /// JSON: `{"nb":"Helse"}`.
        pub names: String,
        /// Of a group: steering, coordination, competence or adhoc.
        pub kind: Option<String>,
    }
}

record! {
    /// That a group has a sector.
    pub struct GroupSectorRow {
        /// The group's term.
        pub group_id: TermId,
        /// The sector's term.
        pub sector_id: TermId,
    }
}

record! {
    /// What a group is, and whether it is over.
    #[derive(Eq)]
    pub struct GroupRow {
        /// Its slug.
        pub slug: String,
        /// The word of its kind.
        pub kind: Option<String>,
        /// It had places, and all of them are over.
        pub is_over: bool,
    }
}

record! {
    /// An organisation as stored.
    pub struct OrganisationRow {
        /// Its key.
        pub id: OrganisationId,
        /// Stable, unique.
        pub slug: String,
        /// As it calls itself.
        pub name: String,
        /// The slug of its kind.
        pub kind: String,
        /// Its `org:` term.
        pub org_id: TermId,
        /// Its `represents:` term.
        pub represents_id: TermId,
    }
}

/// The columns of [`OrganisationRow`] before a condition.
macro_rules! organisations {
    ($condition:literal) => {
        concat!("SELECT id, slug, name, kind, org_id, represents_id FROM organisation ", $condition)
    };
}

pub(super) use organisations;

pub(super) const FORUM: &str =
    "SELECT slug, name, time_zone, language, holidays, pause, cadences, cap, learning, house,
            logo, change_number, created_at FROM forum";
pub(super) const TERMS: &str = "SELECT id, facet, slug, parent_id, names, kind FROM term ORDER BY id";
pub(super) const GROUP_SECTORS: &str =
    "SELECT group_id, sector_id FROM group_sector ORDER BY group_id, sector_id";

impl Store {
    /// The forum's row; none before the first `forum apply`.
    pub async fn find_forum(&self) -> Result<Option<ForumRow>, StoreError> {
        Ok(self.db.find(FORUM, args![]).await?)
    }

    /// The number that every change raises which a running `serve` must reread; none before the
    /// first `forum apply`.
    pub async fn find_change_number(&self) -> Result<Option<i64>, StoreError> {
        let row: Option<One<i64>> = self.db.find("SELECT change_number FROM forum", args![]).await?;
        Ok(row.map(|One(number)| number))
    }

    /// What decided the times at `since` or later, before the forum's row did; the latest first.
    pub async fn list_former_times(&self, since: DateTime<Utc>) -> Result<Vec<FormerTimesRow>, StoreError> {
        let former = "SELECT until_at, time_zone, holidays, pause, cadences FROM former_times
                      WHERE until_at >= $1 ORDER BY id DESC";
        Ok(self.db.all(former, args![since]).await?)
    }

    /// Every term of every facet, oldest first.
    pub async fn list_terms(&self) -> Result<Vec<TermRow>, StoreError> {
        Ok(self.db.all(TERMS, args![]).await?)
    }

    /// The word of a group's kind; none if there is no such group.
    pub async fn find_group_kind(&self, slug: &str) -> Result<Option<String>, StoreError> {
        let kind = "SELECT kind FROM term WHERE facet = 'group' AND slug = $1";
        let row: Option<One<Option<String>>> = self.db.find(kind, args![slug]).await?;
        Ok(row.and_then(|One(word)| word))
    }

    /// Every group with its kind, and whether it is over at `now`; by slug.
    pub async fn list_groups(&self, now: DateTime<Utc>) -> Result<Vec<GroupRow>, StoreError> {
        let groups = "SELECT t.slug, t.kind, EXISTS (SELECT 1 FROM seat s WHERE s.group_id = t.id)
                      AND NOT EXISTS (SELECT 1 FROM seat s WHERE s.group_id = t.id AND (s.ends_at IS NULL OR s.ends_at > $1))
                      FROM term t WHERE t.facet = 'group' ORDER BY t.slug";
        Ok(self.db.all(groups, args![now]).await?)
    }

    /// The sectors of every group.
    pub async fn list_group_sectors(&self) -> Result<Vec<GroupSectorRow>, StoreError> {
        Ok(self.db.all(GROUP_SECTORS, args![]).await?)
    }

    /// Whether one of these `represents:` terms is that of an organisation of `kind` (its slug).
    pub async fn is_any_represented_by_kind(&self, terms: &[TermId], kind: &str) -> Result<bool, StoreError> {
        const SQL: Sql =
            in_json_keys!("SELECT COUNT(*) FROM organisation WHERE kind = $2 AND represents_id", "");
        let One(count): One<i64> = self.db.get(SQL, args![serde_json::to_string(terms)?, kind]).await?;
        Ok(count > 0)
    }

    /// Every organisation, by slug.
    pub async fn list_organisations(&self) -> Result<Vec<OrganisationRow>, StoreError> {
        Ok(self.db.all(organisations!("ORDER BY slug"), args![]).await?)
    }
}
