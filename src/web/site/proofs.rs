//! What staff prove themselves with: passwords, codes of an app, codes on paper.

use super::{Reading, Writing};
use crate::clock::random_bytes;
use crate::staff::{doors, password, totp};
use crate::store::ProofsRow;
use crate::token::{device_secret, hash_of_secret};
use crate::web::refusal::Refusal;
use crate::web::staff::Staff;

/// So many passwords are stretched at once: each takes 19 MiB.
pub(super) const STRETCHED_AT_ONCE: usize = 2;

impl Reading {
    /// What somebody proves themself with.
    pub(in crate::web) async fn proofs(&self, staff: &Staff) -> Result<ProofsRow, Refusal> {
        Ok(self.store().get_proofs(staff.account).await?)
    }

    /// Stretches a password where waiting blocks nobody.
    async fn stretch<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, argon2::Error> + Send + 'static,
    ) -> Result<T, Refusal> {
        let _turn = self.0.0.stretching.acquire().await.map_err(|error| Refusal::broken(&error))?;
        let done = tokio::task::spawn_blocking(work).await.map_err(|error| Refusal::broken(&error))?;
        done.map_err(|error| Refusal::broken(&error))
    }
}

impl Writing {
    /// Opens a session by a password: the secret of its cookie; none if address or password is wrong. Both take the
    /// same time, also where there is no such account.
    pub(in crate::web) async fn sign_in_by_password(
        &self,
        email: &str,
        password: String,
        browser: &str,
    ) -> Result<Option<String>, Refusal> {
        let (store, now) = (&self.0.0.store, self.0.now());
        let kept = store.find_password(email, now).await?;
        let (account, hash) = kept.map_or((None, None), |row| (Some(row.account), row.hash));
        let right = move || password::check_password(&password, hash.as_deref());
        let right = self.reading().stretch(right).await?;
        let Some(account) = account.filter(|_| right) else { return Ok(None) };
        let secret = device_secret(random_bytes());
        let mut tx = store.begin().await?;
        let named = (hash_of_secret(&secret), browser);
        tx.open_session(now, account, (&named.0, named.1), doors::session_expires_at(now, now)).await?;
        tx.commit().await?;
        Ok(Some(secret))
    }

    /// Sets somebody's own password; none: takes it away. Their other sessions end.
    pub(in crate::web) async fn set_password(
        &self,
        staff: &Staff,
        password: Option<&str>,
    ) -> Result<(), Refusal> {
        let hash = match password.map(str::to_owned) {
            Some(password) => {
                let salt = random_bytes();
                Some(self.reading().stretch(move || password::hash_password(&password, salt)).await?)
            }
            None => None,
        };
        let (store, now) = (&self.0.0.store, self.0.now());
        Ok(store.set_password(staff.account, hash.as_deref(), staff.session, now).await?)
    }

    /// Makes a secret for an app to photograph.
    pub(in crate::web) async fn begin_second_factor(&self, staff: &Staff) -> Result<(), Refusal> {
        let secret = totp::to_base32(&random_bytes::<{ totp::SECRET_BYTES }>());
        Ok(self.0.0.store.begin_totp(staff.account, &secret, self.0.now()).await?)
    }

    /// Takes the app's first code: the codes on paper, to be shown once. None if the code is not right.
    pub(in crate::web) async fn confirm_second_factor(
        &self,
        staff: &Staff,
        code: &str,
    ) -> Result<Option<Vec<String>>, Refusal> {
        let (store, now) = (&self.0.0.store, self.0.now());
        let Some(pending) = store.get_proofs(staff.account).await?.totp_pending else { return Ok(None) };
        let step = totp::from_base32(&pending).and_then(|secret| totp::find_step(&secret, code, now, None));
        let Some(step) = step else { return Ok(None) };
        let (codes, hashes) = new_recovery_codes();
        let own = (staff.account, staff.session);
        let done = store.confirm_totp(own, (&pending, step), &hashes, now).await?;
        Ok(done.then_some(codes))
    }

    /// Makes new codes on paper, to be shown once.
    pub(in crate::web) async fn renew_recovery_codes(&self, staff: &Staff) -> Result<Vec<String>, Refusal> {
        let (codes, hashes) = new_recovery_codes();
        self.0.0.store.replace_recovery_codes(staff.account, &hashes, self.0.now()).await?;
        Ok(codes)
    }

    /// Takes a code of the app, or one on paper, and uses it up; false if it is none.
    pub(in crate::web) async fn prove_session(&self, staff: &Staff, code: &str) -> Result<bool, Refusal> {
        let (store, now) = (&self.0.0.store, self.0.now());
        let own = (staff.account, staff.session);
        if let Some(hash) = totp::recovery_hash(code) {
            return Ok(store.prove_by_recovery(own, &hash, now).await?);
        }
        let proofs = store.get_proofs(staff.account).await?;
        let secret = proofs.totp_secret.as_deref().and_then(totp::from_base32);
        let step = secret.and_then(|secret| totp::find_step(&secret, code, now, proofs.totp_step));
        match step {
            Some(step) => Ok(store.prove_by_step(own, step, now).await?),
            None => Ok(false),
        }
    }
}

/// Codes on paper, and what is kept of them.
fn new_recovery_codes() -> (Vec<String>, Vec<String>) {
    let codes = (0..totp::RECOVERY_CODES).map(|_| totp::recovery_code(random_bytes()));
    codes.filter_map(|code| totp::recovery_hash(&code).map(|hash| (code, hash))).unzip()
}
