//! Forgetting an address wherever else it stands: what others wrote, what came back, what waits for it.

use super::db::{Tx, args, record};
use super::erasure::ErasureOrder;
use super::open::StoreError;
use crate::ids::RecipientId;

/// How many raw mails are looked through at a time.
const RAW_BATCH: i64 = 200;

record! {
    struct RawReport {
        id: i64,
        raw: Vec<u8>,
    }
}

/// What became of rows that named an address.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Unnamed {
    /// Rows removed.
    pub removed: u64,
    /// Returned mails whose text was removed.
    pub reports: u64,
    /// Rows of the audit log that were redacted.
    pub changes: u64,
}

/// What waits for the address without being anybody's row yet, and what tells others of it.
const REMOVED: [&str; 3] = [
    "DELETE FROM notice WHERE address = $1 OR details <> REPLACE(details, $1, '')",
    "DELETE FROM mail_link WHERE address = $1",
    "DELETE FROM knock WHERE address = $1",
];

/// Where the address alone goes, and what others wrote stays.
const EMPTIED: [&str; 7] = [
    "UPDATE answer SET sent_name = NULL, sent_email = NULL WHERE sent_email = $1",
    "UPDATE left_place SET successor_name = '', successor_email = '' WHERE successor_email = $1",
    "UPDATE report SET suggested_email = NULL, suggested_name = NULL WHERE suggested_email = $1",
    "UPDATE report SET reason = REPLACE(reason, $1, '') WHERE reason <> REPLACE(reason, $1, '')",
    "UPDATE delivery SET reply = REPLACE(reply, $1, '') WHERE reply <> REPLACE(reply, $1, '')",
    "UPDATE draft SET form = REPLACE(form, $1, '') WHERE form <> REPLACE(form, $1, '')",
    "UPDATE passed_on SET colleague = REPLACE(colleague, $1, '') WHERE colleague <> REPLACE(colleague, $1, '')",
];

const REDACTED: [&str; 2] = [
    "UPDATE change SET before = REPLACE(before, $1, '') WHERE before <> REPLACE(before, $1, '')",
    "UPDATE change SET after = REPLACE(after, $1, '') WHERE after <> REPLACE(after, $1, '')",
];

impl Tx {
    /// Takes an address of the erased person out of every row that names it.
    pub(super) async fn forget_address(
        &mut self,
        order: &ErasureOrder<'_>,
        email: &str,
    ) -> Result<Unnamed, StoreError> {
        let mut done = Unnamed { removed: self.remove_drafts(order.id, email).await?, ..Unnamed::default() };
        for statement in REMOVED {
            done.removed += self.run(statement, args![email]).await?;
        }
        for statement in EMPTIED {
            self.run(statement, args![email]).await?;
        }
        for statement in REDACTED {
            done.changes += self.run(statement, args![email]).await?;
        }
        done.reports = self.empty_reports_naming(order, email).await?;
        Ok(done)
    }

    /// A draft that became an item is the lead's by then, and only forgets who sent it.
    async fn remove_drafts(&mut self, id: RecipientId, email: &str) -> Result<u64, StoreError> {
        self.run(
            "UPDATE draft SET sender_id = NULL, sender_name = NULL, sender_email = NULL,
                    sender_organisation = NULL, body = '', fields = '{}', audience_words = ''
             WHERE item_id IS NOT NULL AND (sender_id = $1 OR sender_email = $2)",
            args![id, email],
        )
        .await?;
        let sent_in = "DELETE FROM draft WHERE sender_id = $1 OR sender_email = $2";
        Ok(self.run(sent_in, args![id, email]).await?)
    }

    async fn empty_reports_naming(
        &mut self,
        order: &ErasureOrder<'_>,
        email: &str,
    ) -> Result<u64, StoreError> {
        let (mut emptied, mut after) = (0, 0);
        loop {
            let batch: Vec<RawReport> = self
                .all(
                    "SELECT id, raw FROM report WHERE raw IS NOT NULL AND id > $1 ORDER BY id LIMIT $2",
                    args![after, RAW_BATCH],
                )
                .await?;
            let Some(last) = batch.last() else { return Ok(emptied) };
            after = last.id;
            for report in batch.iter().filter(|report| (order.names_them)(&report.raw, email)) {
                emptied += self.run("UPDATE report SET raw = NULL WHERE id = $1", args![report.id]).await?;
            }
        }
    }
}
