//! Browsers that are signed in at the desk.

use chrono::{DateTime, Utc};

use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::AccountId;

record! {
    /// A browser that is signed in, with whose it is.
    pub struct StaffRow {
        /// The session's key.
        pub session: i64,
        /// Whose it is.
        pub account: AccountId,
        /// Their address.
        pub email: String,
        /// As they are called.
        pub name: String,
        /// Rights' words, as JSON.
        pub rights: String,
        /// The language's tag; none: what the browser prefers.
        pub language: Option<String>,
        /// When it was opened (real time).
        pub opened_at: DateTime<Utc>,
        /// When it last changed something (real time).
        pub used_at: DateTime<Utc>,
        /// Whether the account has a second factor.
        pub has_second: bool,
        /// Whether it was given here.
        pub proved: bool,
        /// The slug of the one organisation whose people they see; none: everybody's.
        pub organisation: Option<String>,
    }
}

record! {
    /// A browser as its person knows it.
    pub struct SessionRow {
        /// Its key.
        pub id: i64,
        /// What it is called.
        pub name: String,
        /// When it was opened (real time).
        pub opened_at: DateTime<Utc>,
        /// When it last changed something (real time).
        pub used_at: DateTime<Utc>,
        /// The house by whose word it was opened; none: by a link or a password.
        pub issuer: Option<String>,
    }
}

impl Tx {
    /// Opens a session whose cookie has that hash, until `expires_at`; its key.
    pub async fn open_session(
        &mut self,
        now: DateTime<Utc>,
        account: AccountId,
        (secret_hash, name): (&str, &str),
        expires_at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let One(id): One<i64> = self
            .get(
                "INSERT INTO staff_session (account_id, secret_hash, name, opened_at, used_at, expires_at)
                 VALUES ($1, $2, $3, $4, $4, $5) RETURNING id",
                args![account, secret_hash, name, now, expires_at],
            )
            .await?;
        let after = Some(serde_json::json!({ "session": id, "name": name }));
        self.record_account(now, &format!("account:{account}"), "session.opened", account, after).await?;
        Ok(id)
    }
}

impl Store {
    /// Who is signed in in the browser whose cookie has this hash, if that is open and the account in force at `now`.
    pub async fn find_staff(
        &self,
        secret_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<StaffRow>, StoreError> {
        let staff = "SELECT s.id, a.id, a.email, a.name, a.rights, a.language, s.opened_at, s.used_at,
                    a.totp_secret IS NOT NULL, s.proved_at IS NOT NULL,
                    (SELECT o.slug FROM organisation o WHERE o.id = a.organisation_id)
             FROM staff_session s JOIN account a ON a.id = s.account_id
             WHERE s.secret_hash = $1 AND s.expires_at > $2 AND a.ended_at IS NULL
               AND (a.from_at IS NULL OR a.from_at <= $2) AND (a.until_at IS NULL OR a.until_at > $2)";
        Ok(self.db.find(staff, args![secret_hash, now]).await?)
    }

    /// An account's open sessions, the newest first.
    pub async fn list_sessions(
        &self,
        account: AccountId,
        now: DateTime<Utc>,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let sessions = "SELECT id, name, opened_at, used_at, issuer FROM staff_session
             WHERE account_id = $1 AND expires_at > $2 ORDER BY opened_at DESC, id DESC";
        Ok(self.db.all(sessions, args![account, now]).await?)
    }

    /// Writes down that a session is in use: it stays open until `expires_at`.
    pub async fn use_session(
        &self,
        account: AccountId,
        session: i64,
        expires_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.run(
            "UPDATE staff_session SET used_at = $2, expires_at = $3 WHERE id = $1",
            args![session, now, expires_at],
        )
        .await?;
        let after = Some(serde_json::json!({ "session": session }));
        tx.record_account(now, &format!("account:{account}"), "session.used", account, after).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Closes one session of an account, or all of them; how many were open. `actor` is who does it.
    pub async fn close_sessions(
        &self,
        account: AccountId,
        one: Option<i64>,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let closed = match one {
            Some(id) => {
                tx.run("DELETE FROM staff_session WHERE account_id = $1 AND id = $2", args![account, id])
                    .await?
            }
            None => tx.run("DELETE FROM staff_session WHERE account_id = $1", args![account]).await?,
        };
        if closed > 0 {
            let after = Some(serde_json::json!({ "closed": closed }));
            tx.record_account(now, actor, "session.closed", account, after).await?;
        }
        tx.commit().await?;
        Ok(closed)
    }
}
