//! Items that the lead holds back, lets go or moves before they are out.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{Arg, args};
use super::error::StoreError;
use super::open::Store;

impl Store {
    /// Holds an item back that is not out: until it is let go, no edition releases it. False if it is out, withdrawn, held
    /// already or not there. `now` is real time.
    pub async fn hold_item(&self, now: DateTime<Utc>, actor: &str, slug: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE item SET held_at = $2
             WHERE slug = $1 AND number IS NULL AND withdrawn_at IS NULL AND held_at IS NULL";
        let change = Change { actor, action: "item.held", ..Change::default() };
        self.change_waiting(now, slug, (sql, args![slug, now]), change).await
    }

    /// Lets a held item go: the next edition at or after its release takes it. False if it is not held.
    pub async fn let_item_go(&self, now: DateTime<Utc>, actor: &str, slug: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE item SET held_at = NULL WHERE slug = $1 AND held_at IS NOT NULL";
        let change = Change { actor, action: "item.let_go", ..Change::default() };
        self.change_waiting(now, slug, (sql, args![slug]), change).await
    }

    /// Moves the release of an item that is not out. False if it is out, withdrawn, released then already or not there.
    pub async fn move_item(
        &self,
        now: DateTime<Utc>,
        actor: &str,
        slug: &str,
        release_at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE item SET release_at = $2
             WHERE slug = $1 AND number IS NULL AND withdrawn_at IS NULL AND release_at <> $2";
        let after = Some(serde_json::json!({ "release_at": release_at }));
        let change = Change { actor, action: "item.moved", after, ..Change::default() };
        self.change_waiting(now, slug, (sql, args![slug, release_at]), change).await
    }

    /// Under the forum's lock: two who change items wait for each other, and for an edition that opens.
    async fn change_waiting(
        &self,
        now: DateTime<Utc>,
        slug: &str,
        (sql, values): (&'static str, Vec<Arg>),
        change: Change<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        tx.lock_forum().await?;
        if tx.run(sql, values).await? == 0 {
            tx.undo().await?;
            return Ok(false);
        }
        tx.record_change(now, Change { subject: format!("item:{slug}"), ..change }).await?;
        tx.raise_change_number().await?;
        tx.commit().await?;
        Ok(true)
    }
}
