//! Forgetting an address wherever else it stands: what others wrote, what came back, what waits for it.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::change::Change;
use super::db::{Sql, Tx, args, record};
use super::error::StoreError;
use super::forgotten::ErasedRows;
use super::open::Store;
use crate::ids::RecipientId;

/// How many raw mails are looked through at a time.
const RAW_BATCH: i64 = 200;

record! {
    struct RawReport {
        id: i64,
        raw: Vec<u8>,
    }
}

record! {
    struct Holding {
        id: i64,
        text: String,
    }
}

/// How texts are asked for an address, and rid of it.
#[derive(Clone, Copy)]
pub struct Naming<'a> {
    /// Whether a returned mail names an address, in whatever encoding.
    pub names_them: &'a (dyn Fn(&[u8], &str) -> bool + Sync),
    /// A text without an address; none if it does not name it.
    pub without_them: &'a (dyn Fn(&str, &str) -> Option<String> + Sync),
}

/// What waits for the address without being anybody's row yet.
const REMOVED: [&str; 3] = [
    "DELETE FROM notice WHERE address = $1",
    "DELETE FROM mail_link WHERE address = $1",
    "DELETE FROM knock WHERE address = $1",
];

/// Where the person goes, and what others wrote stays.
const EMPTIED: [&str; 3] = [
    "UPDATE answer SET sent_name = NULL, sent_email = NULL WHERE sent_email = $1",
    "UPDATE left_place SET successor_name = '', successor_email = '' WHERE successor_email = $1",
    "UPDATE report SET suggested_email = NULL, suggested_name = NULL WHERE suggested_email = $1",
];

/// A column whose text may name the address: which rows hold it, perhaps within a longer one, and how one is written anew.
struct Column {
    holding: Sql,
    write: &'static str,
    /// Of a text that is a JSON object: what goes whole if it names the address, for a name stands beside it.
    whole: Option<&'static str>,
}

impl Column {
    /// A text of this column without the address; none if it does not name it.
    fn without(&self, naming: Naming<'_>, text: &str, email: &str) -> Option<String> {
        let without = (naming.without_them)(text, email)?;
        let Some(key) = self.whole else { return Some(without) };
        let Ok(mut fields) = serde_json::from_str::<serde_json::Map<String, Value>>(text) else {
            return Some(without);
        };
        let said = fields.get(key).map(Value::to_string);
        if said.is_some_and(|said| (naming.without_them)(&said, email).is_some()) {
            fields.remove(key);
        }
        let rest = Value::Object(fields).to_string();
        Some((naming.without_them)(&rest, email).unwrap_or(rest))
    }
}

macro_rules! column {
    ($table:literal, $column:literal) => {
        Column {
            holding: Sql {
                sqlite: concat!(
                    "SELECT id, ",
                    $column,
                    " FROM ",
                    $table,
                    " WHERE INSTR(LOWER(",
                    $column,
                    "), $1) > 0"
                ),
                postgres: concat!(
                    "SELECT id, ",
                    $column,
                    " FROM ",
                    $table,
                    " WHERE STRPOS(LOWER(",
                    $column,
                    "), $1) > 0"
                ),
            },
            write: concat!("UPDATE ", $table, " SET ", $column, " = $2 WHERE id = $1"),
            whole: None,
        }
    };
}

/// For whom of their colleagues somebody thought something right: without the address the rest would still name them.
const COLLEAGUES: Column = Column {
    write: "UPDATE passed_on SET colleague = NULL WHERE id = $1 AND colleague <> $2",
    ..column!("passed_on", "colleague")
};

/// Mails that tell others of the address: they do not go.
const NOTICES: Column =
    Column { write: "DELETE FROM notice WHERE id = $1 AND details <> $2", ..column!("notice", "details") };

/// Whom a mail was forwarded from stands there as mail programs write it, with name and address.
const FORWARDED: Column = Column { whole: Some("forwarded_from"), ..column!("draft", "fields") };

/// A sign that said nothing else is none.
const SIGN: Column =
    Column { write: "UPDATE goal SET sign = NULLIF(TRIM($2), '') WHERE id = $1", ..column!("goal", "sign") };

/// Where the address alone goes, or what names somebody by it.
const CLEANED: [Column; 16] = [
    column!("report", "reason"),
    column!("delivery", "reply"),
    column!("draft", "title"),
    column!("draft", "body"),
    column!("draft", "audience_words"),
    column!("draft", "form"),
    column!("goal", "goal"),
    column!("promise", "what"),
    column!("promise", "told"),
    SIGN,
    column!("effect_page", "draft"),
    column!("effect_page", "introduction"),
    column!("effect_line", "words"),
    column!("effect_line", "beside"),
    FORWARDED,
    COLLEAGUES,
];

const REDACTED: [Column; 2] = [column!("change", "before"), column!("change", "after")];

impl Store {
    /// Takes an address that is no recipient's out of every row that names it. `now` is real time.
    pub async fn forget_address(
        &self,
        naming: Naming<'_>,
        email: &str,
        now: DateTime<Utc>,
    ) -> Result<ErasedRows, StoreError> {
        let mut tx = self.begin().await?;
        let mut done = ErasedRows::default();
        tx.forget_address(naming, None, email, &mut done).await?;
        if done == ErasedRows::default() {
            tx.undo().await?;
            return Ok(done);
        }
        let (actor, action, subject) = ("command", "address.forgotten", "forum".to_owned());
        tx.record_change(now, Change { actor, action, subject, ..Change::default() }).await?;
        tx.commit().await?;
        Ok(done)
    }
}

impl Tx {
    /// Takes an address, of the erased person `id` if of any, out of every row that names it, and adds their number to
    /// what `done` counts already.
    pub(super) async fn forget_address(
        &mut self,
        naming: Naming<'_>,
        id: Option<RecipientId>,
        email: &str,
        done: &mut ErasedRows,
    ) -> Result<(), StoreError> {
        done.rows_unnamed += self.empty_drafts(id, email).await?;
        let sent_in = "DELETE FROM draft WHERE sender_id = $1 OR sender_email = $2";
        done.rows_removed += self.run(sent_in, args![id, email]).await?;
        for statement in REMOVED {
            done.rows_removed += self.run(statement, args![email]).await?;
        }
        done.rows_removed += self.clean(naming, email, &NOTICES).await?;
        for statement in EMPTIED {
            done.rows_unnamed += self.run(statement, args![email]).await?;
        }
        for column in &CLEANED {
            done.rows_unnamed += self.clean(naming, email, column).await?;
        }
        for column in &REDACTED {
            done.changes_redacted += self.clean(naming, email, column).await?;
        }
        done.reports_emptied += self.empty_reports_naming(naming, email).await?;
        Ok(())
    }

    /// Takes the address out of a column; how many rows named it.
    async fn clean(&mut self, naming: Naming<'_>, email: &str, column: &Column) -> Result<u64, StoreError> {
        let holding: Vec<Holding> = self.all(column.holding, args![email]).await?;
        let mut cleaned = 0;
        for row in holding {
            if let Some(text) = column.without(naming, &row.text, email) {
                cleaned += self.run(column.write, args![row.id, text]).await?;
            }
        }
        Ok(cleaned)
    }

    /// A draft that became an item is the lead's by then, and only forgets who sent it; how many did.
    async fn empty_drafts(&mut self, id: Option<RecipientId>, email: &str) -> Result<u64, StoreError> {
        let taken = self.run(
            "UPDATE draft SET sender_id = NULL, sender_name = NULL, sender_email = NULL,
                    sender_organisation = NULL, body = '', fields = '{}', audience_words = ''
             WHERE item_id IS NOT NULL AND (sender_id = $1 OR sender_email = $2)",
            args![id, email],
        );
        Ok(taken.await?)
    }

    async fn empty_reports_naming(&mut self, naming: Naming<'_>, email: &str) -> Result<u64, StoreError> {
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
            for report in batch.iter().filter(|report| (naming.names_them)(&report.raw, email)) {
                // What was said of it may hold the subject, and that a name.
                let empty =
                    "UPDATE report SET raw = NULL, reason = '', suggested_email = NULL, suggested_name = NULL
                             WHERE id = $1";
                emptied += self.run(empty, args![report.id]).await?;
            }
        }
    }
}
