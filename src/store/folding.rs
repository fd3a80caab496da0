//! A topic folded into another: every row that names it.

use chrono::{DateTime, Utc};

use super::db::{One, Sql, Tx, args, record};
use super::error::StoreError;
use crate::ids::{ItemId, TermId};

record! {
    /// A version of an item as far as it names terms of topics.
    #[derive(Eq)]
    pub struct NamingVersion {
        /// The item.
        pub item: ItemId,
        /// Which of its versions.
        pub version: i64,
        /// As the audience language prints it.
        pub audience: Option<String>,
        /// JSON: `["sector:health"]`.
        pub about: String,
        /// What its file gave, as JSON.
        pub given: String,
    }
}

record! {
    /// A draft, likewise.
    #[derive(Eq)]
    pub struct NamingDraft {
        /// Its key.
        pub id: i64,
        /// As it was chosen or typed.
        pub audience: Option<String>,
        /// JSON: `["sector:health"]`.
        pub about: String,
        /// As it was filled in, as JSON.
        pub form: Option<String>,
    }
}

/// Marks of both topics in one person: what the person chose themself is kept as theirs.
const KEEP_AS_CHOSEN: &str = "UPDATE interest SET source = 'person'
     WHERE term_id = $1 AND ended_at IS NULL AND source <> 'person'
       AND EXISTS (SELECT 1 FROM interest f WHERE f.recipient_id = interest.recipient_id AND f.term_id = $2
                   AND f.mark = interest.mark AND f.ended_at IS NULL AND f.source = 'person')";

const END_TWICE_MADE: &str = "UPDATE interest SET ended_at = $3
     WHERE term_id = $2 AND ended_at IS NULL
       AND EXISTS (SELECT 1 FROM interest k WHERE k.recipient_id = interest.recipient_id AND k.term_id = $1
                   AND k.mark = interest.mark AND k.ended_at IS NULL)";

/// On PostgreSQL whoever just now names it is waited for, and nobody else can until commit.
const LOCK_TERM: Sql = Sql {
    sqlite: "SELECT id FROM term WHERE id = $1",
    postgres: "SELECT id FROM term WHERE id = $1 FOR UPDATE",
};

impl Tx {
    /// Follows and hides of the one topic are marks of the other, ended ones too.
    pub async fn fold_marks(
        &mut self,
        from: TermId,
        into: TermId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let _locked: Option<One<i64>> = self.find(LOCK_TERM, args![from]).await?;
        self.run(KEEP_AS_CHOSEN, args![into, from]).await?;
        self.run(END_TWICE_MADE, args![into, from, now]).await?;
        self.run("UPDATE interest SET term_id = $1 WHERE term_id = $2", args![into, from]).await?;
        Ok(())
    }

    /// Places that have the one topic as their own have the other.
    pub async fn fold_seat_topics(&mut self, from: TermId, into: TermId) -> Result<(), StoreError> {
        self.run(
            "DELETE FROM seat_topic WHERE sector_id = $2
               AND EXISTS (SELECT 1 FROM seat_topic k WHERE k.seat_id = seat_topic.seat_id AND k.sector_id = $1)",
            args![into, from],
        )
        .await?;
        self.run("UPDATE seat_topic SET sector_id = $1 WHERE sector_id = $2", args![into, from]).await?;
        Ok(())
    }

    /// Every version of every item that names `term`, such as `sector:health`; longer slugs that begin alike among them.
    pub async fn list_naming_versions(&mut self, term: &str) -> Result<Vec<NamingVersion>, StoreError> {
        let naming = "SELECT item_id, version, audience, about, given FROM item_version
             WHERE audience LIKE $1 OR about LIKE $1 OR given LIKE $1 ORDER BY item_id, version";
        Ok(self.all(naming, args![format!("%{term}%")]).await?)
    }

    /// Writes what a version names.
    pub async fn write_naming_version(&mut self, row: &NamingVersion) -> Result<(), StoreError> {
        self.run(
            "UPDATE item_version SET audience = $3, about = $4, given = $5 WHERE item_id = $1 AND version = $2",
            args![row.item, row.version, row.audience.clone(), &row.about, &row.given],
        )
        .await?;
        Ok(())
    }

    /// Every draft that names `term`, settled or not.
    pub async fn list_naming_drafts(&mut self, term: &str) -> Result<Vec<NamingDraft>, StoreError> {
        let naming = "SELECT id, audience, about, form FROM draft
             WHERE audience LIKE $1 OR about LIKE $1 OR form LIKE $1 ORDER BY id";
        Ok(self.all(naming, args![format!("%{term}%")]).await?)
    }

    /// Writes what a draft names. Whoever has it open is told that it was saved meanwhile.
    pub async fn write_naming_draft(&mut self, row: &NamingDraft) -> Result<(), StoreError> {
        self.run(
            "UPDATE draft SET audience = $2, about = $3, form = $4, saves = saves + 1 WHERE id = $1",
            args![row.id, row.audience.clone(), &row.about, row.form.clone()],
        )
        .await?;
        Ok(())
    }

    /// Why people got an item: a correction goes out for the same reasons.
    pub async fn rename_in_reasons(
        &mut self,
        item: ItemId,
        from: &str,
        into: &str,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE delivery_item SET reasons = REPLACE(reasons, $2, $3) WHERE item_id = $1 AND reasons LIKE $4",
            args![item, quoted(from), quoted(into), format!("%{from}%")],
        )
        .await?;
        Ok(())
    }

    /// What people who signed up and have not confirmed want to follow.
    pub async fn rename_in_wishes(&mut self, from: &str, into: &str) -> Result<(), StoreError> {
        for wishes in [
            "UPDATE knock SET details = REPLACE(details, $1, $2) WHERE details LIKE $3",
            "UPDATE mail_link SET details = REPLACE(details, $1, $2) WHERE used_at IS NULL AND details LIKE $3",
        ] {
            self.run(wishes, args![quoted(from), quoted(into), format!("%{from}%")]).await?;
        }
        Ok(())
    }
}

/// A term as JSON writes it: a slug has nothing to escape.
fn quoted(term: &str) -> String {
    format!("\"{term}\"")
}
