//! Accounts of staff: whoever administers or sends. Rights come from here, never from a seat or an import.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, args};
use super::open::{Store, StoreError};

impl Store {
    /// How many accounts there are.
    pub async fn count_accounts(&self) -> Result<i64, StoreError> {
        let One(number) = self.db.get("SELECT COUNT(*) FROM account", args![]).await?;
        Ok(number)
    }

    /// The addresses of whoever may send, the first account first.
    pub async fn list_lead_addresses(&self) -> Result<Vec<String>, StoreError> {
        let rows: Vec<One<String>> = self
            .db
            .all(r#"SELECT email FROM account WHERE rights LIKE '%"send"%' ORDER BY id"#, args![])
            .await?;
        Ok(rows.into_iter().map(|One(email)| email).collect())
    }

    /// Adds an account with every right; false if the address has one already.
    pub async fn add_lead(&self, email: &str, name: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let added: Option<One<i64>> = tx
            .find(
                "INSERT INTO account (email, name, rights, created_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (email) DO NOTHING RETURNING id",
                args![email, name, r#"["administer","send"]"#, now],
            )
            .await?;
        let Some(One(id)) = added else { return Ok(false) };
        let change = Change {
            actor: "command",
            action: "account.added",
            subject: format!("account:{id}"),
            ..Change::default()
        };
        tx.record_change(now, change).await?;
        tx.commit().await?;
        Ok(true)
    }
}
