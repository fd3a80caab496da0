//! Forgetting a person: what their rows become, and what makes the database's file forget too.

use chrono::{DateTime, Utc};
use sqlx::Postgres;
use sqlx::postgres::PgPool;

use super::bounded::bounded;
use super::change::Change;
use super::colliding::again_on_collision;
use super::db::{Db, One, Sql, Tx, args, record};
use super::error::{Hindrance, StoreError};
use super::forgotten::{ErasedRows, LeftSeat};
use super::former;
use super::merged::rows_of_person;
use super::naming::Naming;
use super::open::Store;
use super::outbox::DeliveryState;
use super::settling::Ending;
use crate::ids::{DeliveryId, RecipientId};

/// A reader may keep the last step waiting for five seconds.
const PATIENCE: &str = "PRAGMA busy_timeout = 5000";

/// In memory the copy would take as much of it as the database is large.
const COPY_TO_DISK: &str = "PRAGMA temp_store = FILE";

record! {
    struct LetterSlots {
        id: DeliveryId,
        state: DeliveryState,
        /// None if it was not kept any longer.
        content: Option<String>,
    }
}

record! {
    /// An item that may name an address.
    pub struct HoldingItem {
        /// Its slug.
        pub slug: String,
        /// What it says.
        pub text: String,
    }
}

record! {
    /// Tables that PostgreSQL vacuums for their owner and not for us.
    pub struct TablesLeft {
        /// Whose they are.
        pub owner: String,
        /// Their names, with commas between them.
        pub tables: String,
    }
}

/// Who is to be forgotten, and what stands in their place.
pub struct ErasureOrder<'a> {
    /// Who.
    pub id: RecipientId,
    /// Their address in its one spelling.
    pub email: &'a str,
    /// The keyed hash of an address: all that is kept of it.
    pub hash_of: &'a (dyn Fn(&str) -> String + Sync),
    /// A new public id for the empty row: 128 random bits in lower-case hex, of which the row keeps all but its birth mark's.
    pub public_id: &'a str,
    /// Empties the personal slots of a letter's JSON.
    pub empty_letter: &'a (dyn Fn(&str) -> String + Sync),
    /// Finds and takes out what others wrote of them.
    pub naming: Naming<'a>,
    /// Real time.
    pub now: DateTime<Utc>,
}

impl Store {
    /// Whether the address with that keyed hash was erased.
    pub async fn is_erased(&self, hash: &str) -> Result<bool, StoreError> {
        let row: Option<One<String>> =
            self.db.find("SELECT hash FROM erased_address WHERE hash = $1", args![hash]).await?;
        Ok(row.is_some())
    }

    /// A person's letters, those to an address that was merged into theirs too.
    pub async fn list_letters_of(&self, id: RecipientId) -> Result<Vec<DeliveryId>, StoreError> {
        let own = concat!(
            "SELECT id FROM delivery
             WHERE recipient_id IN ",
            rows_of_person!(),
            " ORDER BY id"
        );
        let rows: Vec<One<DeliveryId>> = self.db.all(own, args![id]).await?;
        Ok(rows.into_iter().map(|One(id)| id).collect())
    }

    /// A person's short mails, by their numbers.
    pub async fn list_notices_of(&self, id: RecipientId) -> Result<Vec<i64>, StoreError> {
        let own = "SELECT id FROM notice WHERE recipient_id = $1 ORDER BY id";
        let rows: Vec<One<i64>> = self.db.all(own, args![id]).await?;
        Ok(rows.into_iter().map(|One(id)| id).collect())
    }

    /// The rows of a person, those that were merged into theirs too; without one, of everyone who was erased.
    pub async fn list_rows_of(&self, id: Option<RecipientId>) -> Result<Vec<RecipientId>, StoreError> {
        let own = "SELECT id FROM recipient
             WHERE id = $1 OR id IN (SELECT recipient_id FROM merged WHERE into_id = $1)
                OR ($1 IS NULL AND status = 'erased')
             ORDER BY id";
        let rows: Vec<One<RecipientId>> = self.db.all(own, args![id]).await?;
        Ok(rows.into_iter().map(|One(id)| id).collect())
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
        again_on_collision(|| self.try_to_erase(order)).await
    }

    /// It has the person's rows before the forum's, which others take first: whoever it meets there may undo it whole.
    async fn try_to_erase(&self, order: &ErasureOrder<'_>) -> Result<ErasedRows, StoreError> {
        let mut tx = self.begin().await?;
        let mut done = ErasedRows { seats_vacated: tx.vacate_all(order).await?, ..ErasedRows::default() };
        tx.empty_letters(order, &mut done).await?;
        done.rows_removed = tx.remove_rows(order.id).await?;
        done.rows_removed += tx.forget_words_of_promises(order.id).await?;
        done.reports_emptied = tx.empty_reports(order.id).await?;
        tx.empty_recipient(order).await?;
        done.changes_redacted = tx.redact_changes(order.id).await?;
        let mut addresses = tx.take_former_addresses(order.id).await?;
        addresses.push(order.email.to_owned());
        for address in &addresses {
            tx.remember_erased(order, address).await?;
            tx.forget_address(order.naming, Some(order.id), address, &mut done).await?;
        }
        tx.record_change(order.now, Change::of_recipient("command", "recipient.erased", order.id)).await?;
        tx.raise_change_number().await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Whether files still have to forget what an erasure removed.
    pub async fn has_unfinished_erasure(&self) -> Result<bool, StoreError> {
        let unfinished = "SELECT hash FROM erased_address WHERE unfinished_since IS NOT NULL LIMIT 1";
        let row: Option<One<String>> = self.db.find(unfinished, args![]).await?;
        Ok(row.is_some())
    }

    /// The files have forgotten: what [`Store::forget_deleted`] answered true to.
    pub async fn finish_erasures(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let finish = "UPDATE erased_address SET unfinished_since = NULL WHERE unfinished_since IS NOT NULL";
        if tx.run(finish, args![]).await? > 0 {
            let (actor, action, subject) = ("worker", "erasure.finished", "forum".to_owned());
            tx.record_change(now, Change { actor, action, subject, ..Change::default() }).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Items whose contact or text holds the address, perhaps within a longer one: an erasure leaves them to the lead.
    pub async fn list_items_holding(&self, email: &str) -> Result<Vec<HoldingItem>, StoreError> {
        let holding = Sql {
            sqlite: "SELECT i.slug, COALESCE(v.contact, '') || ' ' || v.given || ' ' || COALESCE(t.text, '') FROM item i
                     LEFT JOIN item_version v ON v.item_id = i.id LEFT JOIN item_text t ON t.item_id = i.id
                     WHERE INSTR(LOWER(COALESCE(v.contact, '') || v.given || COALESCE(t.text, '')), $1) > 0
                     ORDER BY i.slug",
            postgres: "SELECT i.slug, COALESCE(v.contact, '') || ' ' || v.given || ' ' || COALESCE(t.text, '') FROM item i
                     LEFT JOIN item_version v ON v.item_id = i.id LEFT JOIN item_text t ON t.item_id = i.id
                     WHERE STRPOS(LOWER(COALESCE(v.contact, '') || v.given || COALESCE(t.text, '')), $1) > 0
                     ORDER BY i.slug",
        };
        Ok(self.db.all(holding, args![email]).await?)
    }

    /// Whether an account of the staff has the address.
    pub async fn has_account(&self, email: &str) -> Result<bool, StoreError> {
        let row: Option<One<i64>> =
            self.db.find("SELECT id FROM account WHERE email = $1", args![email]).await?;
        Ok(row.is_some())
    }

    /// Makes the database's own files forget what was deleted: rewrites them, and on SQLite empties
    /// the write-ahead log. False if a reader kept it from finishing for five seconds. Not of
    /// [tables that are left](Store::list_tables_left).
    ///
    /// `secure_delete` blanks what a row leaves behind, but a page that was split keeps stale copies
    /// of what moved to the other half; only rewriting is sure.
    pub async fn forget_deleted(&self) -> Result<bool, StoreError> {
        let writer = match &self.db {
            Db::Sqlite(pools) => &pools.writer,
            Db::Postgres(pool) => {
                self.vacuum(pool).await?;
                return Ok(true);
            }
        };
        let mut connection = writer.acquire().await?;
        let finished = rewrite(&mut connection).await;
        // The next transaction gets a connection that waits and keeps what is temporary as it should.
        connection.close().await?;
        finished
    }

    /// The tables that [`Store::forget_deleted`] leaves as they are, by their owners; none on SQLite. PostgreSQL skips with a
    /// mere warning what is not ours, unless the whole database is.
    pub async fn list_tables_left(&self) -> Result<Vec<TablesLeft>, StoreError> {
        if !self.db.is_postgres() {
            return Ok(Vec::new());
        }
        Ok(self.db.all(LIST_LEFT, args![]).await?)
    }

    async fn vacuum(&self, pool: &PgPool) -> Result<(), StoreError> {
        let tables: Vec<One<String>> = self.db.all(LIST_VACUUMS, args![]).await?;
        for One(vacuum) in tables {
            let asked = sqlx::query::<Postgres>(sqlx::AssertSqlSafe(vacuum)).persistent(false);
            bounded(asked.execute(pool)).await?;
        }
        for TablesLeft { owner, tables } in self.list_tables_left().await? {
            tracing::warn!("PostgreSQL vacuums for {owner} alone: {tables}; run VACUUM there as {owner}");
        }
        Ok(())
    }
}

/// One for each table of ours: whatever an erasure wrote to, none is left out.
const LIST_VACUUMS: &str = "SELECT FORMAT('VACUUM %I', tablename) FROM pg_tables
     WHERE schemaname = CURRENT_SCHEMA() ORDER BY tablename";

/// Those to which an erasure may have written, and which only others may vacuum: the owner of a table or of the database may,
/// and from 17 on whoever has MAINTAIN, a right that servers before it do not know by name.
const LIST_LEFT: &str =
    "SELECT CAST(PG_GET_USERBYID(c.relowner) AS TEXT), STRING_AGG(CAST(c.relname AS TEXT), ', ' ORDER BY c.relname)
     FROM pg_class c JOIN pg_database d ON d.datname = CURRENT_DATABASE()
     WHERE c.relkind = 'r' AND c.relnamespace = CURRENT_SCHEMA()::regnamespace
       AND HAS_TABLE_PRIVILEGE(c.oid, 'UPDATE, DELETE')
       AND NOT PG_HAS_ROLE(c.relowner, 'USAGE') AND NOT PG_HAS_ROLE(d.datdba, 'USAGE')
       AND NOT CASE WHEN CURRENT_SETTING('server_version_num')::int >= 170000
                    THEN HAS_TABLE_PRIVILEGE(c.oid, 'MAINTAIN') ELSE FALSE END
     GROUP BY c.relowner ORDER BY 1";

async fn rewrite(connection: &mut sqlx::SqliteConnection) -> Result<bool, StoreError> {
    sqlx::query(PATIENCE).execute(&mut *connection).await?;
    sqlx::query(COPY_TO_DISK).execute(&mut *connection).await?;
    match sqlx::query("VACUUM").execute(&mut *connection).await {
        Err(error) if Hindrance::of(&error) == Some(Hindrance::Busy) => return Ok(false),
        Err(error) => return Err(error.into()),
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
        let own = concat!(
            "SELECT d.id, d.state, l.content FROM delivery d LEFT JOIN letter l ON l.delivery_id = d.id
             WHERE recipient_id IN ",
            rows_of_person!(),
            " ORDER BY d.id"
        );
        let letters: Vec<LetterSlots> = self.all(own, args![order.id]).await?;
        let unsent = |l: &&LetterSlots| matches!(l.state, DeliveryState::Queued | DeliveryState::Deferred);
        let unsent: Vec<DeliveryId> = letters.iter().filter(unsent).map(|l| l.id).collect();
        done.letters_cancelled = self.end_unsent(order.now, &unsent, Ending::Cancelled, "").await?.len();
        done.letters_under_way = letters.iter().filter(|l| l.state == DeliveryState::Attempting).count();
        for letter in &letters {
            // First the delivery, then its words, as all do that write both: nobody waits for the other in a circle.
            self.run("UPDATE delivery SET reply = NULL WHERE id = $1", args![letter.id]).await?;
            if let Some(content) = &letter.content {
                let emptied = (order.empty_letter)(content);
                let empty = "UPDATE letter SET content = $2 WHERE delivery_id = $1";
                self.run(empty, args![letter.id, emptied]).await?;
            }
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
            "DELETE FROM union_ground WHERE recipient_id = $1",
            "DELETE FROM came_by WHERE recipient_id = $1",
            "DELETE FROM tap WHERE recipient_id = $1",
            "DELETE FROM answer WHERE recipient_id = $1",
            "DELETE FROM offer WHERE recipient_id = $1",
            "DELETE FROM reminder WHERE recipient_id = $1",
            "DELETE FROM passed_on WHERE recipient_id = $1",
            "DELETE FROM probe WHERE recipient_id = $1",
            "DELETE FROM carry WHERE recipient_id = $1",
            "DELETE FROM feed_token WHERE recipient_id = $1",
            "DELETE FROM question WHERE recipient_id = $1",
            "DELETE FROM notice WHERE recipient_id = $1",
            "DELETE FROM mail_link WHERE recipient_id = $1",
            "DELETE FROM device WHERE recipient_id = $1",
            "DELETE FROM consent WHERE recipient_id = $1",
            "DELETE FROM left_place WHERE recipient_id = $1",
            "DELETE FROM not_same WHERE one_id = $1 OR other_id = $1",
        ] {
            removed += self.run(delete, args![id]).await?;
        }
        Ok(removed)
    }

    /// Reports about the person, those of letters to an address that was merged into theirs too.
    async fn empty_reports(&mut self, id: RecipientId) -> Result<u64, StoreError> {
        let own = concat!(
            "UPDATE report SET raw = NULL, reason = '', suggested_email = NULL, suggested_name = NULL
                 WHERE recipient_id IN ",
            rows_of_person!()
        );
        Ok(self.run(own, args![id]).await?)
    }

    /// The addresses that they had before, which are forgotten too; not what is somebody else's by now.
    async fn take_former_addresses(&mut self, id: RecipientId) -> Result<Vec<String>, StoreError> {
        let rows: Vec<One<String>> = self.all(former::ALONE, args![id]).await?;
        self.run("DELETE FROM former_address WHERE recipient_id = $1", args![id]).await?;
        Ok(rows.into_iter().map(|One(address)| address).collect())
    }

    async fn empty_recipient(&mut self, order: &ErasureOrder<'_>) -> Result<(), StoreError> {
        self.clear_recipient(order.id, order.public_id).await?;
        self.set_back_recipient(order.id, order.now).await
    }

    /// No import and no desk brings somebody back by this address.
    async fn remember_erased(&mut self, order: &ErasureOrder<'_>, address: &str) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO erased_address (hash, erased_at, unfinished_since) VALUES ($1, $2, $2)
             ON CONFLICT (hash) DO UPDATE
                SET erased_at = excluded.erased_at, unfinished_since = excluded.unfinished_since",
            args![(order.hash_of)(address), order.now],
        )
        .await?;
        Ok(())
    }

    /// The person's own rows of the audit log lose what they said.
    async fn redact_changes(&mut self, id: RecipientId) -> Result<u64, StoreError> {
        let own = "UPDATE change SET before = NULL, after = NULL WHERE recipient_id = $1";
        Ok(self.run(own, args![id]).await?)
    }
}
