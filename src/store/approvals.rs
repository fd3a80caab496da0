//! What a second person approved, and how everything stood that a plan reads of forum and people.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Sql, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::{AccountId, ItemId};

record! {
    /// A plan that somebody approved.
    pub struct ApprovalRow {
        /// What was approved.
        pub plan_hash: String,
        /// By whom.
        pub account: AccountId,
        /// As they are called; none once the account ended.
        pub name: Option<String>,
        /// Real time.
        pub approved_at: DateTime<Utc>,
    }
}

record! {
    /// Moves whenever something is written that the rule reads.
    #[derive(Copy, Eq)]
    pub struct PlanStamp {
        /// The forum's change number.
        pub change_number: i64,
        /// How many recipients there are.
        pub people: i64,
        /// The sum of their revisions.
        pub revisions: i64,
    }
}

const STAMP: &str = "SELECT (SELECT change_number FROM forum WHERE id = 1), COUNT(*),
    CAST(COALESCE(SUM(revision), 0) AS BIGINT) FROM recipient";

record! {
    /// How far the last opened edition of a cadence went.
    #[derive(Copy, Eq)]
    pub struct LastEdition {
        /// It considered no item above this number; 0 before the first.
        pub last_number: i64,
        /// Real time; none before the first.
        pub opened_at: Option<DateTime<Utc>>,
    }
}

/// Who wrote something of the drafts that became these items; of those that lie in letters already, of what they became
/// since `$2`.
const WRITERS: Sql = Sql {
    sqlite: "SELECT DISTINCT w.actor FROM item i JOIN draft d ON d.item_id = i.id JOIN draft_writer w ON w.draft_id = d.id
             WHERE d.state = 'taken' AND i.slug IN (SELECT value FROM json_each($1))
               AND (d.settled_at > $2 OR NOT EXISTS (SELECT 1 FROM delivery_item di WHERE di.item_id = i.id))",
    postgres: "SELECT DISTINCT w.actor FROM item i JOIN draft d ON d.item_id = i.id JOIN draft_writer w ON w.draft_id = d.id
             WHERE d.state = 'taken' AND i.slug IN (SELECT json_array_elements_text($1::json))
               AND (d.settled_at > $2 OR NOT EXISTS (SELECT 1 FROM delivery_item di WHERE di.item_id = i.id))",
};

macro_rules! approvals {
    ($condition:literal) => {
        concat!(
            "SELECT a.plan_hash, a.account_id, NULLIF(c.name, ''), a.approved_at
             FROM approval a LEFT JOIN account c ON c.id = a.account_id AND c.ended_at IS NULL
             WHERE a.cadence = $1 AND a.occurs_at = $2 ",
            $condition
        )
    };
}

impl Store {
    /// Keeps that an account approved a plan. `now` is real time.
    pub async fn approve_plan(
        &self,
        now: DateTime<Utc>,
        account: AccountId,
        (cadence, occurs_at): (&str, DateTime<Utc>),
        plan_hash: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.run(
            "INSERT INTO approval (cadence, occurs_at, plan_hash, account_id, approved_at)
             VALUES ($1, $2, $3, $4, $5)",
            args![cadence, occurs_at, plan_hash, account, now],
        )
        .await?;
        let after = serde_json::json!({ "occurs_at": occurs_at, "plan_hash": plan_hash });
        let change = Change {
            actor: &format!("account:{account}"),
            action: "edition.approved",
            subject: format!("mailing:{cadence}"),
            after: Some(after),
            ..Change::default()
        };
        tx.record_change(now, change).await?;
        tx.commit().await
    }

    /// The latest approval of exactly that plan.
    pub async fn find_approval(
        &self,
        cadence: &str,
        occurs_at: DateTime<Utc>,
        plan_hash: &str,
    ) -> Result<Option<ApprovalRow>, StoreError> {
        const OF_PLAN: &str = approvals!("AND a.plan_hash = $3 ORDER BY a.id DESC LIMIT 1");
        Ok(self.db.find(OF_PLAN, args![cadence, occurs_at, plan_hash]).await?)
    }

    /// The latest approval of any plan of that occurrence.
    pub async fn find_latest_approval(
        &self,
        cadence: &str,
        occurs_at: DateTime<Utc>,
    ) -> Result<Option<ApprovalRow>, StoreError> {
        const LATEST: &str = approvals!("ORDER BY a.id DESC LIMIT 1");
        Ok(self.db.find(LATEST, args![cadence, occurs_at]).await?)
    }

    /// How far the last opened edition of a cadence, by its word, went.
    pub async fn find_last_edition_of(&self, cadence: &str) -> Result<LastEdition, StoreError> {
        let last = "SELECT COALESCE(MAX(last_number), 0), MAX(opened_at) FROM edition WHERE cadence = $1";
        Ok(self.db.get(last, args![cadence]).await?)
    }

    /// Who wrote these items at the desk, as the audit log calls them. What lies in letters already was approved then: of it
    /// only who corrected it since `since` (real time).
    pub async fn list_writers(
        &self,
        slugs: &[&str],
        since: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        let slugs = serde_json::to_string(slugs)?;
        let writers: Vec<One<String>> = self.db.all(WRITERS, args![slugs, since]).await?;
        Ok(writers.into_iter().map(|One(actor)| actor).collect())
    }

    /// The items that came of drafts of which somebody wrote something, as the audit log calls them.
    pub async fn list_items_written_by(&self, actor: &str) -> Result<Vec<ItemId>, StoreError> {
        let items = "SELECT DISTINCT d.item_id FROM draft d JOIN draft_writer w ON w.draft_id = d.id
                     WHERE w.actor = $1 AND d.state = 'taken' AND d.item_id IS NOT NULL ORDER BY d.item_id";
        let items: Vec<One<ItemId>> = self.db.all(items, args![actor]).await?;
        Ok(items.into_iter().map(|One(id)| id).collect())
    }

    /// How everything stands that a plan reads of forum and people.
    pub async fn find_plan_stamp(&self) -> Result<PlanStamp, StoreError> {
        Ok(self.db.get(STAMP, args![]).await?)
    }
}

impl Tx {
    /// The same, as this transaction sees it.
    pub async fn find_plan_stamp(&mut self) -> Result<PlanStamp, StoreError> {
        Ok(self.get(STAMP, args![]).await?)
    }
}
