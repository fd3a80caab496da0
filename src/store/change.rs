//! What every write does besides: the audit row, the change number, and setting watermarks back.

use chrono::{DateTime, TimeDelta, Utc};

use super::db::{One, Sql, Tx, args};
use super::error::StoreError;
use crate::ids::RecipientId;

/// How far back a change in what a recipient holds, follows or mutes makes planning look again.
pub const LOOK_BACK_DAYS: i64 = 30;

/// One row of the audit log.
#[derive(Debug, Clone, Default)]
pub struct Change<'a> {
    /// Command, page or worker; never an address.
    pub actor: &'a str,
    /// `item.added`.
    pub action: &'a str,
    /// `item:referat-helse`; people by `recipient:ID`.
    pub subject: String,
    /// Whose personal data it is, if anyone's.
    pub recipient: Option<RecipientId>,
    /// What it was, as JSON.
    pub before: Option<serde_json::Value>,
    /// What it became, as JSON.
    pub after: Option<serde_json::Value>,
}

impl<'a> Change<'a> {
    /// What was done to a person, whose data the row is; with nothing of what was before and after.
    pub fn of_recipient(actor: &'a str, action: &'a str, id: RecipientId) -> Change<'a> {
        let subject = format!("recipient:{id}");
        Change { actor, action, subject, recipient: Some(id), before: None, after: None }
    }
}

const INSERT_CHANGES: Sql = Sql {
    sqlite: "INSERT INTO change (changed_at, actor, action, subject, recipient_id, before, after)
             SELECT $2, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
             FROM json_each($1)",
    postgres: "INSERT INTO change (changed_at, actor, action, subject, recipient_id, before, after)
             SELECT $2, value ->> 0, value ->> 1, value ->> 2, (value ->> 3)::bigint, value ->> 4, value ->> 5
             FROM json_array_elements($1::json) AS value",
};

impl Tx {
    /// Appends many rows to the audit log in one statement. `now` is real time.
    pub async fn record_changes(
        &mut self,
        now: DateTime<Utc>,
        changes: Vec<Change<'_>>,
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = changes
            .into_iter()
            .map(|c| {
                let (before, after) = (c.before.map(|v| v.to_string()), c.after.map(|v| v.to_string()));
                (c.actor, c.action, c.subject, c.recipient, before, after)
            })
            .collect();
        self.run(INSERT_CHANGES, args![serde_json::to_string(&rows)?, now]).await?;
        Ok(())
    }

    /// Appends to the audit log. `now` is real time.
    pub async fn record_change(&mut self, now: DateTime<Utc>, change: Change<'_>) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO change (changed_at, actor, action, subject, recipient_id, before, after)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            args![
                now,
                change.actor,
                change.action,
                change.subject,
                change.recipient,
                change.before.map(|v| v.to_string()),
                change.after.map(|v| v.to_string())
            ],
        )
        .await?;
        Ok(())
    }

    /// Tells a running `serve` that the forum has changed.
    pub async fn raise_change_number(&mut self) -> Result<(), StoreError> {
        self.run("UPDATE forum SET change_number = change_number + 1", vec![]).await?;
        Ok(())
    }

    /// The watermark of who has to look again from `now` minus [`LOOK_BACK_DAYS`]: everything numbered
    /// since then lies above it (a clock set back gives later numbers earlier instants).
    pub async fn watermark_30_days_before(&mut self, now: DateTime<Utc>) -> Result<i64, StoreError> {
        let from = now - TimeDelta::days(LOOK_BACK_DAYS);
        let One(number) = self
            .get(
                "SELECT CAST(COALESCE((SELECT MIN(number) - 1 FROM item WHERE numbered_at >= $1),
                                      (SELECT MAX(number) FROM item), 0) AS BIGINT)",
                args![from],
            )
            .await?;
        Ok(number)
    }

    /// Sets one recipient's watermark back to 30 days before `now`, never forward, and raises the
    /// revision, so that a planning under way reads them again.
    pub async fn set_back_recipient(
        &mut self,
        id: RecipientId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mark = self.watermark_30_days_before(now).await?;
        self.run(
            "UPDATE recipient SET revision = revision + 1,
                    watermark = CASE WHEN watermark < $2 THEN watermark ELSE $2 END
             WHERE id = $1",
            args![id, mark],
        )
        .await?;
        Ok(())
    }

    /// The same for everyone: for changes of trees, group sectors and organisation kinds.
    pub async fn set_back_everyone(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mark = self.watermark_30_days_before(now).await?;
        self.run(
            "UPDATE recipient SET revision = revision + 1,
                    watermark = CASE WHEN watermark < $1 THEN watermark ELSE $1 END",
            args![mark],
        )
        .await?;
        Ok(())
    }
}
