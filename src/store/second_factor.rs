//! What an account proves itself with besides its mailbox: a password, an app's codes, codes on paper.

use chrono::{DateTime, Utc};

use super::db::{One, Tx, args, record};
use super::error::StoreError;
use super::open::Store;
use crate::ids::AccountId;

record! {
    /// What an account proves itself with.
    pub struct ProofsRow {
        /// As argon2id keeps it.
        pub password_hash: Option<String>,
        /// What an app's codes are made from, in Base32; none: there is no second factor.
        pub totp_secret: Option<String>,
        /// The same for an app that has not proved yet that it knows it.
        pub totp_pending: Option<String>,
        /// The last step whose code was used.
        pub totp_step: Option<i64>,
        /// How many codes on paper are left.
        pub recovery_left: i64,
    }
}

record! {
    /// Whose password is kept for an address.
    pub struct PasswordRow {
        /// The account.
        pub account: AccountId,
        /// As argon2id keeps it; none: no password was chosen.
        pub hash: Option<String>,
    }
}

impl Tx {
    /// Writes down that a session has given the second factor.
    pub async fn prove_session(&mut self, session: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.run("UPDATE staff_session SET proved_at = $2 WHERE id = $1", args![session, now]).await?;
        Ok(())
    }

    async fn set_recovery_codes(&mut self, id: AccountId, hashes: &[String]) -> Result<(), StoreError> {
        self.run("DELETE FROM recovery_code WHERE account_id = $1", args![id]).await?;
        for hash in hashes {
            let code = "INSERT INTO recovery_code (account_id, hash) VALUES ($1, $2)";
            self.run(code, args![id, hash]).await?;
        }
        Ok(())
    }

    async fn record_own(
        &mut self,
        now: DateTime<Utc>,
        action: &str,
        id: AccountId,
    ) -> Result<(), StoreError> {
        self.record_account(now, &format!("account:{id}"), action, id, None).await
    }
}

impl Store {
    /// What an account proves itself with.
    pub async fn get_proofs(&self, id: AccountId) -> Result<ProofsRow, StoreError> {
        let proofs = "SELECT password_hash, totp_secret, totp_pending, totp_step,
                    (SELECT COUNT(*) FROM recovery_code WHERE account_id = account.id)
             FROM account WHERE id = $1";
        Ok(self.db.get(proofs, args![id]).await?)
    }

    /// The password that is kept for an address, if it has an account that is in force at `now`.
    pub async fn find_password(
        &self,
        email: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<PasswordRow>, StoreError> {
        let password = "SELECT id, password_hash FROM account WHERE email = $1 AND ended_at IS NULL
               AND (from_at IS NULL OR from_at <= $2) AND (until_at IS NULL OR until_at > $2)";
        Ok(self.db.find(password, args![email, now]).await?)
    }

    /// Sets an account's password, none: takes it away; other sessions than `session` end.
    pub async fn set_password(
        &self,
        id: AccountId,
        hash: Option<&str>,
        session: i64,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.run("UPDATE account SET password_hash = $2 WHERE id = $1", args![id, hash]).await?;
        tx.run("DELETE FROM staff_session WHERE account_id = $1 AND id <> $2", args![id, session]).await?;
        let action = if hash.is_some() { "password.set" } else { "password.removed" };
        tx.record_own(now, action, id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps a secret that an app has not proved yet to know.
    pub async fn begin_totp(
        &self,
        id: AccountId,
        secret: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.run("UPDATE account SET totp_pending = $2 WHERE id = $1", args![id, secret]).await?;
        tx.record_own(now, "second_factor.begun", id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Makes the pending secret the one that counts, since an app gave the code of `step`, with new codes on paper; the
    /// session is proved, others end. False if another secret is pending.
    pub async fn confirm_totp(
        &self,
        (id, session): (AccountId, i64),
        (secret, step): (&str, i64),
        recovery_hashes: &[String],
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let confirmed = tx
            .run(
                "UPDATE account SET totp_secret = totp_pending, totp_pending = NULL, totp_step = $3
                 WHERE id = $1 AND totp_pending = $2",
                args![id, secret, step],
            )
            .await?;
        if confirmed == 0 {
            return tx.undo().await.map(|()| false);
        }
        tx.set_recovery_codes(id, recovery_hashes).await?;
        tx.run("DELETE FROM staff_session WHERE account_id = $1 AND id <> $2", args![id, session]).await?;
        tx.prove_session(session, now).await?;
        tx.record_own(now, "second_factor.set", id).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Replaces the codes on paper.
    pub async fn replace_recovery_codes(
        &self,
        id: AccountId,
        hashes: &[String],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.set_recovery_codes(id, hashes).await?;
        tx.record_own(now, "recovery_codes.made", id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Uses the code of a step up: the session is proved. False if it, or a later one, was used before.
    pub async fn prove_by_step(
        &self,
        (id, session): (AccountId, i64),
        step: i64,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let used = tx
            .run(
                "UPDATE account SET totp_step = $2 WHERE id = $1 AND (totp_step IS NULL OR totp_step < $2)",
                args![id, step],
            )
            .await?;
        if used == 0 {
            return tx.undo().await.map(|()| false);
        }
        tx.prove_session(session, now).await?;
        tx.record_own(now, "second_factor.given", id).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Uses a code on paper up: the session is proved. False if there is no such code.
    pub async fn prove_by_recovery(
        &self,
        (id, session): (AccountId, i64),
        hash: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let used: Option<One<i64>> = tx
            .find(
                "DELETE FROM recovery_code WHERE account_id = $1 AND hash = $2 RETURNING id",
                args![id, hash],
            )
            .await?;
        if used.is_none() {
            return tx.undo().await.map(|()| false);
        }
        tx.prove_session(session, now).await?;
        tx.record_own(now, "recovery_code.used", id).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Forgets password, second factor and ties to other houses of somebody who lost them, and ends their sessions: their
    /// next link lets them choose anew.
    pub async fn reset_proofs(
        &self,
        id: AccountId,
        actor: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.run(
            "UPDATE account SET password_hash = NULL, totp_secret = NULL, totp_pending = NULL, totp_step = NULL
             WHERE id = $1",
            args![id],
        )
        .await?;
        tx.set_recovery_codes(id, &[]).await?;
        tx.run("DELETE FROM staff_session WHERE account_id = $1", args![id]).await?;
        tx.forget_identities(id).await?;
        tx.record_account(now, actor, "account.reset", id, None).await?;
        tx.commit().await?;
        Ok(())
    }
}
