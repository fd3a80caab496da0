//! Forgetting a person: what their rows become, and what makes the database's file forget too.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::change::Change;
use super::db::{Db, One, Sql, Tx, args, record};
use super::open::{Store, StoreError};
use super::settling::Ending;
use crate::ids::{DeliveryId, RecipientId, SeatId};

/// How many raw mails are looked through at a time.
const RAW_BATCH: i64 = 200;

/// How long a reader may keep the last step waiting.
const PATIENCE_MS: i64 = 5_000;

record! {
    /// A seat that the person leaves vacant.
    #[derive(Serialize)]
    pub struct LeftSeat {
        /// The seat.
        pub seat: SeatId,
        /// The group's slug.
        pub group: String,
        /// leader, member ...
        pub position: String,
        /// The represented organisation's slug.
        pub represents: String,
    }
}

record! {
    struct LetterSlots {
        id: DeliveryId,
        state: String,
        letter: String,
    }
}

record! {
    struct RawReport {
        id: i64,
        raw: Vec<u8>,
    }
}

/// Who is to be forgotten, and what stands in their place.
pub struct ErasureOrder<'a> {
    /// Who.
    pub id: RecipientId,
    /// Their address in its one spelling.
    pub email: &'a str,
    /// Its keyed hash: all that is kept of it.
    pub hash: &'a str,
    /// A new public id for the empty row: 128 random bits in lower-case hex.
    pub public_id: &'a str,
    /// Empties the personal slots of a letter's JSON.
    pub empty_letter: &'a dyn Fn(&str) -> String,
    /// Whether a returned mail names the address, in whatever encoding.
    pub names_them: &'a dyn Fn(&[u8]) -> bool,
    /// Real time.
    pub now: DateTime<Utc>,
}

/// What an erasure did in the database.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ErasedRows {
    /// Roles, interests, muted kinds, legal bases and answers removed.
    pub rows_removed: u64,
    /// Letters not sent yet: cancelled.
    pub letters_cancelled: usize,
    /// Letters whose address and greeting were emptied.
    pub letters_emptied: usize,
    /// Letters that were on their way just then; they cannot be called back.
    pub letters_under_way: usize,
    /// Returned mails whose text was removed.
    pub reports_emptied: u64,
    /// Rows of the audit log that were redacted.
    pub changes_redacted: u64,
    /// Seats that stand vacant now.
    pub seats_vacated: Vec<LeftSeat>,
    /// Every letter of the person, for the files that hold it.
    #[serde(skip)]
    pub letters: Vec<DeliveryId>,
}

impl Store {
    /// Whether the address with that keyed hash was erased.
    pub async fn is_erased(&self, hash: &str) -> Result<bool, StoreError> {
        let row: Option<One<String>> =
            self.db.find("SELECT hash FROM erased_address WHERE hash = $1", args![hash]).await?;
        Ok(row.is_some())
    }

    /// The letters of everyone who was erased.
    pub async fn list_letters_of_erased(&self) -> Result<Vec<DeliveryId>, StoreError> {
        let rows: Vec<One<DeliveryId>> = self
            .db
            .all(
                "SELECT d.id FROM delivery d JOIN recipient r ON r.id = d.recipient_id
                 WHERE r.status = 'erased' ORDER BY d.id",
                args![],
            )
            .await?;
        Ok(rows.into_iter().map(|One(id)| id).collect())
    }

    /// Forgets a person in one transaction. Their row stays, empty, so that the ledger keeps its
    /// promises; their seats stay, vacant, with what went through them.
    pub async fn erase_recipient(&self, order: &ErasureOrder<'_>) -> Result<ErasedRows, StoreError> {
        let mut tx = self.begin().await?;
        let mut done = ErasedRows { seats_vacated: tx.vacate_all(order).await?, ..ErasedRows::default() };
        tx.empty_letters(order, &mut done).await?;
        done.rows_removed = tx.remove_rows(order.id).await?;
        done.rows_removed += tx.remove_mentions(order).await?;
        done.rows_removed += tx.remove_rows_naming(order.email).await?;
        done.reports_emptied = tx.empty_reports(order).await?;
        tx.empty_recipient(order).await?;
        done.changes_redacted = tx.redact_changes(order).await?;
        let change = Change {
            actor: "command",
            action: "recipient.erased",
            subject: format!("recipient:{}", order.id),
            recipient: Some(order.id),
            ..Change::default()
        };
        tx.record_change(order.now, change).await?;
        tx.raise_change_number().await?;
        tx.commit().await?;
        Ok(done)
    }

    /// The slugs of items whose contact or text names the address: an erasure leaves them to the lead.
    pub async fn list_items_naming(&self, email: &str) -> Result<Vec<String>, StoreError> {
        let naming = Sql {
            sqlite: "SELECT DISTINCT i.slug FROM item i
                     LEFT JOIN item_version v ON v.item_id = i.id LEFT JOIN item_text t ON t.item_id = i.id
                     WHERE INSTR(LOWER(COALESCE(v.contact, '') || v.given || COALESCE(t.text, '')), $1) > 0
                     ORDER BY i.slug",
            postgres: "SELECT DISTINCT i.slug FROM item i
                     LEFT JOIN item_version v ON v.item_id = i.id LEFT JOIN item_text t ON t.item_id = i.id
                     WHERE STRPOS(LOWER(COALESCE(v.contact, '') || v.given || COALESCE(t.text, '')), $1) > 0
                     ORDER BY i.slug",
        };
        let rows: Vec<One<String>> = self.db.all(naming, args![email]).await?;
        Ok(rows.into_iter().map(|One(slug)| slug).collect())
    }

    /// Whether an account of the staff has the address.
    pub async fn has_account(&self, email: &str) -> Result<bool, StoreError> {
        let row: Option<One<i64>> =
            self.db.find("SELECT id FROM account WHERE email = $1", args![email]).await?;
        Ok(row.is_some())
    }

    /// Makes the database's own files forget what was deleted: rewrites them, and on SQLite empties
    /// the write-ahead log. False if a reader kept it from finishing for five seconds.
    ///
    /// `secure_delete` blanks what a row leaves behind, but a page that was split keeps stale copies
    /// of what moved to the other half; only rewriting is sure.
    pub async fn forget_deleted(&self) -> Result<bool, StoreError> {
        let writer = match &self.db {
            Db::Sqlite(pools) => &pools.writer,
            Db::Postgres(_) => {
                self.db.run("VACUUM recipient, delivery, report, change", args![]).await?;
                return Ok(true);
            }
        };
        let mut connection = writer.acquire().await?;
        let wait = |ms: i64| sqlx::AssertSqlSafe(format!("PRAGMA busy_timeout = {ms}"));
        sqlx::query(wait(PATIENCE_MS)).execute(&mut *connection).await?;
        let finished = rewrite(&mut connection).await;
        sqlx::query(wait(60_000)).execute(&mut *connection).await?;
        finished
    }
}

async fn rewrite(connection: &mut sqlx::SqliteConnection) -> Result<bool, StoreError> {
    match sqlx::query("VACUUM").execute(&mut *connection).await {
        Err(sqlx::Error::Database(e)) if e.message().contains("locked") => return Ok(false),
        Err(e) => return Err(e.into()),
        Ok(_) => {}
    }
    let busy: (i64,) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
    Ok(busy.0 == 0)
}

impl Tx {
    async fn vacate_all(&mut self, order: &ErasureOrder<'_>) -> Result<Vec<LeftSeat>, StoreError> {
        let left = self
            .all(
                "SELECT s.id, g.slug, s.position, o.slug
                 FROM seat_holder h JOIN seat s ON s.id = h.seat_id JOIN term g ON g.id = s.group_id
                 JOIN organisation o ON o.id = s.organisation_id
                 WHERE h.recipient_id = $1 AND (h.ends_at IS NULL OR h.ends_at > $2) ORDER BY s.id",
                args![order.id, order.now],
            )
            .await?;
        self.run(
            "DELETE FROM seat_holder WHERE recipient_id = $1 AND starts_at > $2",
            args![order.id, order.now],
        )
        .await?;
        self.run(
            "UPDATE seat_holder SET ends_at = $2
             WHERE recipient_id = $1 AND (ends_at IS NULL OR ends_at > $2)",
            args![order.id, order.now],
        )
        .await?;
        Ok(left)
    }

    async fn empty_letters(
        &mut self,
        order: &ErasureOrder<'_>,
        done: &mut ErasedRows,
    ) -> Result<(), StoreError> {
        let letters: Vec<LetterSlots> = self
            .all(
                "SELECT id, state, letter FROM delivery WHERE recipient_id = $1 ORDER BY id",
                args![order.id],
            )
            .await?;
        let unsent = |l: &&LetterSlots| matches!(l.state.as_str(), "queued" | "deferred");
        let unsent: Vec<DeliveryId> = letters.iter().filter(unsent).map(|l| l.id).collect();
        done.letters_cancelled = self.end_unsent(order.now, &unsent, Ending::Cancelled, "").await?.len();
        done.letters_under_way = letters.iter().filter(|l| l.state == "attempting").count();
        for letter in &letters {
            let emptied = (order.empty_letter)(&letter.letter);
            self.run(
                "UPDATE delivery SET letter = $2, reply = NULL WHERE id = $1",
                args![letter.id, emptied],
            )
            .await?;
        }
        done.letters_emptied = letters.len();
        done.letters = letters.into_iter().map(|letter| letter.id).collect();
        Ok(())
    }

    async fn remove_rows(&mut self, id: RecipientId) -> Result<u64, StoreError> {
        let mut removed = 0;
        for delete in [
            "DELETE FROM interest WHERE recipient_id = $1",
            "DELETE FROM muted_kind WHERE recipient_id = $1",
            "DELETE FROM recipient_role WHERE recipient_id = $1",
            "DELETE FROM legal_basis WHERE recipient_id = $1",
            "DELETE FROM tap WHERE recipient_id = $1",
            "DELETE FROM answer WHERE recipient_id = $1",
            "DELETE FROM offer WHERE recipient_id = $1",
            "DELETE FROM reminder WHERE recipient_id = $1",
            "DELETE FROM passed_on WHERE recipient_id = $1",
            "DELETE FROM carry WHERE recipient_id = $1",
            "DELETE FROM feed_token WHERE recipient_id = $1",
            "DELETE FROM question WHERE recipient_id = $1",
            "DELETE FROM notice WHERE recipient_id = $1",
            "DELETE FROM mail_link WHERE recipient_id = $1",
            "DELETE FROM device WHERE recipient_id = $1",
        ] {
            removed += self.run(delete, args![id]).await?;
        }
        Ok(removed)
    }

    /// What they sent in, and where others named them as who comes instead.
    async fn remove_mentions(&mut self, order: &ErasureOrder<'_>) -> Result<u64, StoreError> {
        self.run(
            "UPDATE answer SET sent_name = NULL, sent_email = NULL WHERE sent_email = $1",
            args![order.email],
        )
        .await?;
        // A draft that became an item is the lead's by then, and only forgets who sent it.
        self.run(
            "UPDATE draft SET sender_id = NULL, sender_name = NULL, sender_email = NULL,
                    sender_organisation = NULL, body = '', fields = '{}', audience_words = ''
             WHERE item_id IS NOT NULL AND (sender_id = $1 OR sender_email = $2)",
            args![order.id, order.email],
        )
        .await?;
        let sent_in = "DELETE FROM draft WHERE sender_id = $1 OR sender_email = $2";
        Ok(self.run(sent_in, args![order.id, order.email]).await?)
    }

    /// What waits for the address without being anybody's row yet.
    async fn remove_rows_naming(&mut self, email: &str) -> Result<u64, StoreError> {
        let mut removed = 0;
        for delete in [
            "DELETE FROM notice WHERE address = $1",
            "DELETE FROM mail_link WHERE address = $1",
            "DELETE FROM knock WHERE address = $1",
        ] {
            removed += self.run(delete, args![email]).await?;
        }
        Ok(removed)
    }

    /// Reports about the person, and any other whose mail or reason names the address.
    async fn empty_reports(&mut self, order: &ErasureOrder<'_>) -> Result<u64, StoreError> {
        let mut emptied = self
            .run(
                "UPDATE report SET raw = NULL, reason = '', suggested_email = NULL, suggested_name = NULL
                 WHERE recipient_id = $1",
                args![order.id],
            )
            .await?;
        self.run(
            "UPDATE report SET suggested_email = NULL, suggested_name = NULL WHERE suggested_email = $1",
            args![order.email],
        )
        .await?;
        let mut after = 0;
        loop {
            let batch: Vec<RawReport> = self
                .all(
                    "SELECT id, raw FROM report WHERE raw IS NOT NULL AND id > $1 ORDER BY id LIMIT $2",
                    args![after, RAW_BATCH],
                )
                .await?;
            let Some(last) = batch.last() else { break };
            after = last.id;
            for report in batch.iter().filter(|report| (order.names_them)(&report.raw)) {
                emptied += self.run("UPDATE report SET raw = NULL WHERE id = $1", args![report.id]).await?;
            }
        }
        self.run(
            "UPDATE report SET reason = REPLACE(reason, $1, '') WHERE reason <> REPLACE(reason, $1, '')",
            args![order.email],
        )
        .await?;
        Ok(emptied)
    }

    async fn empty_recipient(&mut self, order: &ErasureOrder<'_>) -> Result<(), StoreError> {
        self.run(
            "UPDATE recipient SET public_id = $2, email = NULL, name = '', organisation_id = NULL, cap = NULL,
                    status = 'erased', status_cause = NULL, paused_until = NULL, admitted = FALSE,
                    imported = FALSE, introduced_at = NULL, chosen = '[]', learning = TRUE, token_version = token_version + 1
             WHERE id = $1",
            args![order.id, order.public_id],
        )
        .await?;
        self.set_back_recipient(order.id, order.now).await?;
        self.run(
            "INSERT INTO erased_address (hash, erased_at) VALUES ($1, $2)
             ON CONFLICT (hash) DO UPDATE SET erased_at = excluded.erased_at",
            args![order.hash, order.now],
        )
        .await?;
        Ok(())
    }

    /// The person's own rows lose what they said; where others name the address, it alone goes.
    async fn redact_changes(&mut self, order: &ErasureOrder<'_>) -> Result<u64, StoreError> {
        let own = "UPDATE change SET before = NULL, after = NULL WHERE recipient_id = $1";
        let mut redacted = self.run(own, args![order.id]).await?;
        for naming in [
            "UPDATE change SET before = REPLACE(before, $1, '') WHERE before <> REPLACE(before, $1, '')",
            "UPDATE change SET after = REPLACE(after, $1, '') WHERE after <> REPLACE(after, $1, '')",
            "UPDATE passed_on SET colleague = REPLACE(colleague, $1, '')
             WHERE colleague <> REPLACE(colleague, $1, '')",
        ] {
            redacted += self.run(naming, args![order.email]).await?;
        }
        self.run(
            "UPDATE delivery SET reply = REPLACE(reply, $1, '') WHERE reply <> REPLACE(reply, $1, '')",
            args![order.email],
        )
        .await?;
        Ok(redacted)
    }
}
