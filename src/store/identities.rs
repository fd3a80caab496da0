//! Whom another house vouches for, and browsers that are on their way there.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::AccountId;

/// A browser that goes to another house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewErrand<'a> {
    /// SHA-256 of what the house gives back, in lower-case hex.
    pub state_hash: &'a str,
    /// The house.
    pub issuer: &'a str,
    /// Whose account is to be tied; none: somebody wants to come in.
    pub account: Option<AccountId>,
    /// The page to come to, a path of our own.
    pub next: &'a str,
    /// Not good later (real time).
    pub expires_at: DateTime<Utc>,
}

record! {
    /// A browser that went to another house.
    pub struct ErrandRow {
        /// The house.
        pub issuer: String,
        /// Whose account is to be tied; none: somebody wants to come in.
        pub account: Option<AccountId>,
        /// The page to come to.
        pub next: String,
    }
}

record! {
    /// A tie between an account and whom a house vouches for.
    pub struct IdentityRow {
        /// Its key.
        pub id: i64,
        /// The house.
        pub issuer: String,
        /// Real time.
        pub tied_at: DateTime<Utc>,
    }
}

impl Tx {
    /// Uses an errand up: it is gone. None if it was used, or is too late.
    pub async fn end_errand(
        &mut self,
        state_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<ErrandRow>, StoreError> {
        let ended: Option<ErrandRow> = self
            .find(
                "DELETE FROM sign_in_errand WHERE state_hash = $1 AND expires_at > $2
                 RETURNING issuer, account_id, next",
                args![state_hash, now],
            )
            .await?;
        if let Some(errand) = &ended {
            self.record_house(now, "sign_in.answered", &errand.issuer, None).await?;
        }
        Ok(ended)
    }

    /// Whose account is tied to whom a house calls so.
    pub async fn find_tied(&mut self, issuer: &str, subject: &str) -> Result<Option<AccountId>, StoreError> {
        let tied = "SELECT account_id FROM account_identity WHERE issuer = $1 AND subject = $2";
        let found: Option<One<AccountId>> = self.find(tied, args![issuer, subject]).await?;
        Ok(found.map(|One(account)| account))
    }

    /// Whether an account is in force at `now`.
    pub async fn is_in_force(&mut self, id: AccountId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let account = "SELECT id FROM account WHERE id = $1 AND ended_at IS NULL
             AND (from_at IS NULL OR from_at <= $2) AND (until_at IS NULL OR until_at > $2)";
        let found: Option<One<i64>> = self.find(account, args![id, now]).await?;
        Ok(found.is_some())
    }

    /// Ties an account to whom a house calls so. False if either is tied there already.
    pub async fn tie_identity(
        &mut self,
        id: AccountId,
        (issuer, subject): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let tied = self
            .run(
                "INSERT INTO account_identity (account_id, issuer, subject, tied_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT DO NOTHING",
                args![id, issuer, subject, now],
            )
            .await?;
        if tied == 0 {
            return Ok(false);
        }
        let after = Some(serde_json::json!({ "issuer": issuer }));
        self.record_account(now, &format!("account:{id}"), "identity.tied", id, after).await?;
        Ok(true)
    }

    /// Writes down by whose word a session was opened, which proves it as a second factor does.
    pub async fn vouch_for_session(
        &mut self,
        (id, session): (AccountId, i64),
        issuer: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE staff_session SET issuer = $2, proved_at = $3 WHERE id = $1",
            args![session, issuer, now],
        )
        .await?;
        let after = Some(serde_json::json!({ "session": session, "issuer": issuer }));
        self.record_account(now, &format!("account:{id}"), "session.vouched", id, after).await
    }

    /// Forgets all ties of an account.
    pub(super) async fn forget_identities(&mut self, id: AccountId) -> Result<(), StoreError> {
        self.run("DELETE FROM account_identity WHERE account_id = $1", args![id]).await?;
        self.run("DELETE FROM sign_in_errand WHERE account_id = $1", args![id]).await?;
        Ok(())
    }

    async fn record_house(
        &mut self,
        now: DateTime<Utc>,
        action: &str,
        issuer: &str,
        because: Option<&str>,
    ) -> Result<(), StoreError> {
        let after = Some(match because {
            Some(because) => serde_json::json!({ "issuer": issuer, "because": because }),
            None => serde_json::json!({ "issuer": issuer }),
        });
        let subject = "forum".to_owned();
        self.record_change(
            now,
            Change { actor: "page", action, subject, recipient: None, before: None, after },
        )
        .await
    }
}

impl Store {
    /// Writes down that a browser goes to another house.
    pub async fn begin_errand(&self, new: &NewErrand<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.run(
            "INSERT INTO sign_in_errand (state_hash, issuer, account_id, next, expires_at)
             VALUES ($1, $2, $3, $4, $5)",
            args![new.state_hash, new.issuer, new.account, new.next, new.expires_at],
        )
        .await?;
        tx.record_house(now, "sign_in.begun", new.issuer, None).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A browser's errand, if it is neither used nor too late.
    pub async fn find_errand(
        &self,
        state_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<ErrandRow>, StoreError> {
        let errand = "SELECT issuer, account_id, next FROM sign_in_errand
             WHERE state_hash = $1 AND expires_at > $2";
        Ok(self.db.find(errand, args![state_hash, now]).await?)
    }

    /// Writes down that nobody was let in by the word of a house, and why; never who.
    pub async fn record_refused_errand(
        &self,
        issuer: &str,
        because: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.record_house(now, "sign_in.refused", issuer, Some(because)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// An account's ties, the oldest first.
    pub async fn list_identities(&self, id: AccountId) -> Result<Vec<IdentityRow>, StoreError> {
        let ties = "SELECT id, issuer, tied_at FROM account_identity WHERE account_id = $1 ORDER BY id";
        Ok(self.db.all(ties, args![id]).await?)
    }

    /// Removes a tie of an account; the sessions that were opened by that house's word end. False if there is none.
    pub async fn untie_identity(
        &self,
        id: AccountId,
        tie: i64,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let gone: Option<One<String>> = tx
            .find(
                "DELETE FROM account_identity WHERE account_id = $1 AND id = $2 RETURNING issuer",
                args![id, tie],
            )
            .await?;
        let Some(One(issuer)) = gone else { return tx.undo().await.map(|()| false) };
        let sessions = "DELETE FROM staff_session WHERE account_id = $1 AND issuer = $2";
        let closed = tx.run(sessions, args![id, &issuer]).await?;
        let after = Some(serde_json::json!({ "issuer": issuer, "closed": closed }));
        tx.record_account(now, &format!("account:{id}"), "identity.untied", id, after).await?;
        tx.commit().await?;
        Ok(true)
    }
}
