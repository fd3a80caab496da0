//! Letters that others called uncertain on behalf of a worker that was out of reach, and the late truth about them.
//!
//! Such a letter counts as got from then on, is never sent again by itself, and may be resent or settled by the
//! lead as any other. As long as nobody touched it, the word of the worker that armed it still counts: `presumed`
//! names the attempt that it was called uncertain in, so that no later attempt is mistaken for it.

use chrono::{DateTime, Utc};

use super::db::{Sql, Tx, args, in_json_keys};
use super::error::StoreError;
use super::settling::{Moved, Settled, rows_of, settle_told};
use super::workers::Orphan;
use crate::ids::DeliveryId;

const PRESUME: &str =
    "UPDATE delivery SET state = 'uncertain', presumed = attempts, settled_at = $2, claimed_until = NULL,
            reply = 'its worker was out of reach before the relay''s reply was known'
     WHERE claimed_by = $1 AND state = 'attempting'
     RETURNING id, state";

/// Raised first: a plan that was made while the letter counted as got is made anew, and none is written
/// between the look at later letters and the end of the transaction.
const RAISE_REVISIONS: Sql = Sql {
    sqlite: "UPDATE recipient SET revision = revision + 1
             WHERE id IN (SELECT recipient_id FROM delivery
                          WHERE claimed_by = $2 AND state = 'uncertain' AND presumed = attempts
                            AND id IN (SELECT value ->> 0 FROM json_each($1)))",
    postgres: "UPDATE recipient SET revision = revision + 1
             WHERE id IN (SELECT recipient_id FROM delivery
                          WHERE claimed_by = $2 AND state = 'uncertain' AND presumed = attempts
                            AND id IN (SELECT (value ->> 0)::bigint FROM json_array_elements($1::json)))",
};

/// One that goes out after all does so only if no later letter to its recipient builds on its having been got.
const TELL: Sql = settle_told!(
    "delivery.claimed_by = $3 AND delivery.state = 'uncertain' AND delivery.presumed = delivery.attempts
     AND (v.new_state IN ('accepted', 'rejected', 'uncertain')
          OR NOT EXISTS (SELECT 1 FROM delivery_item mine
                         JOIN delivery_item later ON later.recipient_id = mine.recipient_id
                              AND later.item_id = mine.item_id AND later.delivery_id > mine.delivery_id
                         WHERE mine.delivery_id = delivery.id AND NOT mine.returned AND NOT later.returned))"
);

/// What is left was surely not sent, but something later builds on it.
const LEAVE: Sql = in_json_keys!(
    "UPDATE delivery SET presumed = NULL,
            reply = 'it surely did not go, but a later letter builds on it: resend it or settle it'
     WHERE claimed_by = $2 AND state = 'uncertain' AND presumed = attempts AND id",
    ""
);

impl Tx {
    /// The letters whose fate the worker or its journal may still tell, by key: what it armed and nobody
    /// settled, and what others called uncertain on its behalf and nobody touched since.
    pub async fn list_untold(&mut self, name: &str) -> Result<Vec<Orphan>, StoreError> {
        Ok(self
            .all(
                "SELECT id, claimed_by, COALESCE(boot, ''), attempts, message_id
                 FROM delivery
                 WHERE claimed_by = $1
                   AND (state = 'attempting'
                        OR (presumed IS NOT NULL AND presumed = attempts AND state = 'uncertain'))
                 ORDER BY id",
                args![name],
            )
            .await?)
    }

    /// Calls uncertain what a worker that is out of reach has armed; its own word about it still counts.
    pub async fn presume_uncertain(
        &mut self,
        now: DateTime<Utc>,
        name: &str,
    ) -> Result<Vec<Moved>, StoreError> {
        let moved: Vec<Moved> = self.all(PRESUME, args![name, now]).await?;
        self.finish_moves(now, name, &moved).await?;
        Ok(moved)
    }

    /// Tells at last what became of letters that others called uncertain on behalf of `who`. One that
    /// surely did not go is queued or deferred again, unless a later letter builds on its having been got:
    /// that one stays uncertain for the lead. Answers what moved; others stay as they are.
    pub async fn settle_presumed(
        &mut self,
        now: DateTime<Utc>,
        who: &str,
        settled: &[Settled],
    ) -> Result<Vec<Moved>, StoreError> {
        let rows = rows_of(settled)?;
        if self.run(RAISE_REVISIONS, args![&rows, who]).await? == 0 {
            return Ok(Vec::new());
        }
        let moved: Vec<Moved> = self.all(TELL, args![&rows, now, who]).await?;
        let ids: Vec<DeliveryId> = settled.iter().map(|s| s.id).collect();
        self.run(LEAVE, args![serde_json::to_string(&ids)?, who]).await?;
        self.finish_moves(now, who, &moved).await?;
        Ok(moved)
    }
}
