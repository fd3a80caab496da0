//! Who comes in by the word of another house (OpenID Connect).
//!
//! An account is tied to what the house calls the person, which never changes. The first time, the address that the house
//! vouches for finds the account; from then on an address that changes there neither opens nor moves anything. Nobody
//! comes in without an account.

use chrono::{DateTime, Utc};

use super::doors::session_expires_at;
use crate::forum::EmailAddress;
use crate::ids::AccountId;
use crate::store::{Store, StoreError, Tx};

/// How long a browser may be away at another house.
pub const ERRAND_MINUTES: i64 = 10;

/// Somebody, as a house knows them.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    /// The house.
    pub issuer: &'a str,
    /// What it calls them.
    pub subject: &'a str,
    /// Their address, if the house is to be believed about it.
    pub address: Option<&'a str>,
}

/// Why somebody is not let in. The page says the same of all of them; the log tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unwelcome {
    /// The house says no address that is to be believed, and no account is tied.
    NoAddress,
    /// No account has that address.
    NoAccount,
    /// The account with that address is tied to somebody else at that house.
    OtherPerson,
    /// The account is not in force.
    NotInForce,
}

impl Unwelcome {
    /// Its word in the log.
    pub fn word(self) -> &'static str {
        match self {
            Unwelcome::NoAddress => "no_address",
            Unwelcome::NoAccount => "no_account",
            Unwelcome::OtherPerson => "other_person",
            Unwelcome::NotInForce => "not_in_force",
        }
    }
}

/// Opens a session, whose cookie has the hash, for whom a house vouches. It needs no second factor.
pub async fn come_in(
    store: &Store,
    identity: Identity<'_>,
    (secret_hash, name): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Result<(), Unwelcome>, StoreError> {
    let mut tx = store.begin().await?;
    let account = match find_account(&mut tx, identity, now).await? {
        Ok(account) => account,
        Err(unwelcome) => return tx.undo().await.map(|()| Err(unwelcome)),
    };
    let until = session_expires_at(now, now);
    let session = tx.open_session(now, account, (secret_hash, name), until).await?;
    tx.vouch_for_session((account, session), identity.issuer, now).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// The account that is tied, or is to be tied now, since it has the address.
async fn find_account(
    tx: &mut Tx,
    identity: Identity<'_>,
    now: DateTime<Utc>,
) -> Result<Result<AccountId, Unwelcome>, StoreError> {
    let own = (identity.issuer, identity.subject);
    if let Some(account) = tx.find_tied(own.0, own.1).await? {
        let in_force = tx.is_in_force(account, now).await?;
        return Ok(if in_force { Ok(account) } else { Err(Unwelcome::NotInForce) });
    }
    let Some(address) = identity.address.and_then(|address| address.parse::<EmailAddress>().ok()) else {
        return Ok(Err(Unwelcome::NoAddress));
    };
    let Some(account) = tx.find_account(address.as_str()).await? else {
        return Ok(Err(Unwelcome::NoAccount));
    };
    if !tx.is_in_force(account.id, now).await? {
        return Ok(Err(Unwelcome::NotInForce));
    }
    let tied = tx.tie_identity(account.id, own, now).await?;
    Ok(if tied { Ok(account.id) } else { Err(Unwelcome::OtherPerson) })
}

/// Ties the account of somebody who is signed in to how a house knows them. False if either is tied there already, but to
/// another.
pub async fn tie(
    store: &Store,
    account: AccountId,
    identity: Identity<'_>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let mut tx = store.begin().await?;
    if let Some(tied) = tx.find_tied(identity.issuer, identity.subject).await? {
        return tx.undo().await.map(|()| tied == account);
    }
    let tied = tx.tie_identity(account, (identity.issuer, identity.subject), now).await?;
    tx.commit().await?;
    Ok(tied)
}
