//! Mailboxes that returned mail is read from: bookkeeping of how far they were read, no facts of the forum
//! (those are in the reports), so nothing here is told in the `change` table.

use chrono::{DateTime, Utc};

use super::db::{args, record};
use super::error::StoreError;
use super::open::Store;

record! {
    /// How far a mailbox was read.
    pub struct MailboxRow {
        /// Of the number below; 0 before the first visit.
        pub uid_validity: i64,
        /// All up to it were looked at.
        pub last_uid: i64,
    }
}

impl Store {
    /// Takes a mailbox for `holder` until then (real time), and says how far it was read; none while another
    /// process has it.
    pub async fn claim_mailbox(
        &self,
        place: &str,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<MailboxRow>, StoreError> {
        let mut tx = self.begin().await?;
        let row = tx
            .find(
                "INSERT INTO mailbox (place, uid_validity, last_uid, watched_by, watched_until)
                 VALUES ($1, 0, 0, $2, $4)
                 ON CONFLICT (place) DO UPDATE SET watched_by = $2, watched_until = $4
                     WHERE mailbox.watched_by = $2 OR mailbox.watched_until < $3
                 RETURNING uid_validity, last_uid",
                args![place, holder, now, until],
            )
            .await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Notes how far `holder` has read a mailbox and keeps it until then; a past instant lets it go.
    /// False if another process has it by now.
    pub async fn note_mailbox(
        &self,
        place: &str,
        holder: &str,
        read: &MailboxRow,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let noted = tx
            .run(
                "UPDATE mailbox SET uid_validity = $3, last_uid = $4, watched_until = $5
                 WHERE place = $1 AND watched_by = $2",
                args![place, holder, read.uid_validity, read.last_uid, until],
            )
            .await?;
        tx.commit().await?;
        Ok(noted > 0)
    }
}
