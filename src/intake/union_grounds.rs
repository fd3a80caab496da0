//! On what ground it is stored that somebody sits for a union: said at the desk, by a command or by themselves, and
//! withdrawn. What is decided about it stands in `forum`.

use chrono::{DateTime, Utc};

use crate::forum::{SAID_THEMSELVES, UnionGround, takes_over};
use crate::ids::{OrganisationId, RecipientId};
use crate::store::{Store, StoreError, Tx};

/// Why a ground of old does not stand any more, as rows write it.
const WITHDRAWN: &str = "withdrawn";
const REPLACED: &str = "replaced";

/// Who says something of a ground.
#[derive(Debug, Clone, Copy)]
pub struct SaidBy<'a> {
    /// As the row keeps it: `account:3`, `command`, or `self`.
    pub source: &'a str,
    /// What was shown to the person who said it themselves.
    pub text: Option<&'a str>,
    /// As the log names them: never an address.
    pub actor: &'a str,
    /// Real time.
    pub now: DateTime<Utc>,
}

impl<'a> SaidBy<'a> {
    /// The person themselves on their own pages, to what was shown to them there.
    pub fn themselves(text: &'a str, now: DateTime<Utc>) -> SaidBy<'a> {
        SaidBy { source: SAID_THEMSELVES, text: Some(text), actor: "page", now }
    }

    /// Somebody at the desk, or a command, of somebody else.
    pub fn another(actor: &'a str, now: DateTime<Utc>) -> SaidBy<'a> {
        SaidBy { source: actor, text: None, actor, now }
    }
}

/// Records `ground` for a person and a union, in the place of what stood; false if what stands holds.
pub async fn record_ground(
    tx: &mut Tx,
    of: (RecipientId, OrganisationId),
    ground: UnionGround,
    by: SaidBy<'_>,
) -> Result<bool, StoreError> {
    let stands = tx.find_union_ground(of).await?;
    let before =
        stands.as_ref().and_then(|row| Some((UnionGround::from_word(&row.ground)?, row.source.as_str())));
    if !takes_over(before, (ground, by.source)) {
        return Ok(false);
    }
    tx.end_union_ground(of, (REPLACED, by.actor), by.now).await?;
    tx.add_union_grounds(&[(of.0, of.1, ground.word())], (by.source, by.text, by.actor), by.now).await?;
    Ok(true)
}

/// Says of somebody who sits for a union, now or later, on what ground that is stored; false (and nothing done) if they do
/// not sit for it.
pub async fn say_ground(
    store: &Store,
    of: (RecipientId, OrganisationId),
    ground: UnionGround,
    by: SaidBy<'_>,
) -> Result<bool, StoreError> {
    let mut tx = store.begin().await?;
    tx.lock_forum().await?;
    if !tx.sits_for_union(of, by.now).await? {
        return tx.undo().await.map(|()| false);
    }
    record_ground(&mut tx, of, ground, by).await?;
    tx.commit().await?;
    Ok(true)
}

/// Withdraws the ground that stands; false if there is none. The place stays until somebody acts: the leads see it among those
/// without a ground.
pub async fn withdraw_ground(
    store: &Store,
    of: (RecipientId, OrganisationId),
    by: SaidBy<'_>,
) -> Result<bool, StoreError> {
    let mut tx = store.begin().await?;
    tx.lock_forum().await?;
    let ended = tx.end_union_ground(of, (WITHDRAWN, by.actor), by.now).await?;
    tx.commit().await?;
    Ok(ended)
}
