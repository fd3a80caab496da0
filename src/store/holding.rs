//! Items that the lead holds back, lets go or moves before they are out.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{Arg, args, record};
use super::error::StoreError;
use super::open::Store;

/// What became of the wish to move an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shifted {
    /// It is released then: since now, or since before.
    Done,
    /// It is out, withdrawn or not there.
    TooLate,
    /// Somebody moved it since it was shown.
    Overtaken,
}

record! {
    /// An item that is not out.
    struct WaitingItemRow {
        held_at: Option<DateTime<Utc>>,
        release_at: DateTime<Utc>,
    }
}

impl Store {
    /// Holds an item back that is not out: until it is let go, no edition releases it. False if it is out, withdrawn or not
    /// there; of one that is held already it is done. `now` is real time.
    pub async fn hold_item(&self, now: DateTime<Utc>, actor: &str, slug: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE item SET held_at = $2, changed_at = $2
             WHERE slug = $1 AND number IS NULL AND withdrawn_at IS NULL AND held_at IS NULL";
        let change = Change { actor, action: "item.held", ..Change::default() };
        let held = self.change_waiting(now, slug, (sql, args![slug, now]), change).await?;
        Ok(held || self.find_waiting(slug).await?.is_some_and(|item| item.held_at.is_some()))
    }

    /// Lets a held item go: the next edition at or after its release takes it. False if nobody holds it and it is out,
    /// withdrawn or not there.
    pub async fn let_item_go(&self, now: DateTime<Utc>, actor: &str, slug: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE item SET held_at = NULL, changed_at = $2 WHERE slug = $1 AND held_at IS NOT NULL";
        let change = Change { actor, action: "item.let_go", ..Change::default() };
        let let_go = self.change_waiting(now, slug, (sql, args![slug, now]), change).await?;
        Ok(let_go || self.find_waiting(slug).await?.is_some_and(|item| item.held_at.is_none()))
    }

    /// Moves the release of an item that is not out from `seen`, which was shown, to `release_at`; whoever saw another time,
    /// or none, moves nothing.
    pub async fn move_item(
        &self,
        now: DateTime<Utc>,
        actor: &str,
        slug: &str,
        (seen, release_at): (Option<DateTime<Utc>>, DateTime<Utc>),
    ) -> Result<Shifted, StoreError> {
        let sql = "UPDATE item SET release_at = $2, changed_at = $3
             WHERE slug = $1 AND number IS NULL AND withdrawn_at IS NULL AND release_at <> $2 AND release_at = $4";
        let after = Some(serde_json::json!({ "release_at": release_at }));
        let change = Change { actor, action: "item.moved", after, ..Change::default() };
        if self.change_waiting(now, slug, (sql, args![slug, release_at, now, seen]), change).await? {
            return Ok(Shifted::Done);
        }
        Ok(match self.find_waiting(slug).await? {
            None => Shifted::TooLate,
            Some(item) if item.release_at == release_at => Shifted::Done,
            Some(_) => Shifted::Overtaken,
        })
    }

    async fn find_waiting(&self, slug: &str) -> Result<Option<WaitingItemRow>, StoreError> {
        let waiting = "SELECT held_at, release_at FROM item
             WHERE slug = $1 AND number IS NULL AND withdrawn_at IS NULL";
        Ok(self.db.find(waiting, args![slug]).await?)
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
