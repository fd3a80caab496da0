//! Rows that were one person's all along, rows that somebody said are two people's, and rows of people who are gone.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::RecipientId;

/// The row `$1` of a person and those that were merged into it: letters stay with the row that they went to.
macro_rules! rows_of_person {
    () => {
        "(SELECT CAST($1 AS BIGINT) UNION ALL SELECT recipient_id FROM merged WHERE into_id = $1)"
    };
}
pub(super) use rows_of_person;

record! {
    struct PairRow {
        one: RecipientId,
        other: RecipientId,
    }
}

impl Store {
    /// Who somebody whose row was emptied by a merge is now.
    pub async fn find_merged_into(&self, id: RecipientId) -> Result<Option<RecipientId>, StoreError> {
        let row: Option<One<RecipientId>> =
            self.db.find("SELECT into_id FROM merged WHERE recipient_id = $1", args![id]).await?;
        Ok(row.map(|One(id)| id))
    }

    /// The pairs that somebody said are two people, the lower of each first.
    pub async fn list_not_same(&self) -> Result<Vec<(RecipientId, RecipientId)>, StoreError> {
        let rows: Vec<PairRow> =
            self.db.all("SELECT one_id, other_id FROM not_same ORDER BY one_id, other_id", args![]).await?;
        Ok(rows.into_iter().map(|row| (row.one, row.other)).collect())
    }

    /// Remembers that two rows are two people; false if that was known.
    pub async fn say_not_same(
        &self,
        (one, other): (RecipientId, RecipientId),
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let (low, high) = if one.0 <= other.0 { (one, other) } else { (other, one) };
        let mut tx = self.begin().await?;
        let said = tx
            .run(
                "INSERT INTO not_same (one_id, other_id, said_at) VALUES ($1, $2, $3)
                 ON CONFLICT (one_id, other_id) DO NOTHING",
                args![low, high, now],
            )
            .await?;
        if said == 0 {
            return tx.undo().await.map(|()| false);
        }
        let after = Some(serde_json::json!({ "not_same_as": high }));
        let not_same = Change::of_recipient(actor, "recipient.not_same", low);
        tx.record_change(now, Change { after, ..not_same }).await?;
        tx.commit().await?;
        Ok(true)
    }
}

impl Tx {
    /// Empties the row of somebody who is gone, and raises its revision. It stays, so that the ledger keeps its promises, and
    /// keeps its [birth mark](crate::token::birth_mark), so that the ways out of old letters do.
    pub(super) async fn clear_recipient(
        &mut self,
        id: RecipientId,
        public_id: &str,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE recipient SET public_id = SUBSTR(public_id, 1, 4) || SUBSTR(CAST($2 AS TEXT), 5), email = NULL, name = '', organisation_id = NULL, cap = NULL,
                    status = 'erased', status_cause = NULL, paused_until = NULL, admitted = FALSE,
                    imported = FALSE, introduced_at = NULL, chosen = '[]', learning = TRUE,
                    said_organisation = NULL, urgent_off_at = NULL, token_version = token_version + 1,
                    revision = revision + 1
             WHERE id = $1",
            args![id, public_id],
        )
        .await?;
        Ok(())
    }
}
