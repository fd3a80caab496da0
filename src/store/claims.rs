//! Which letters have been set aside to be sent, on SQLite: there one process sends, and it keeps that in memory.
//! Written into the letters' rows it would be one of three writes that each of them costs. On PostgreSQL the rows tell it,
//! to all workers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, Utc};

use crate::ids::DeliveryId;

/// The claims of one open database. They promise nothing and are not undone with a transaction.
#[derive(Debug, Clone, Default)]
pub struct Claims(Arc<Mutex<HashMap<DeliveryId, Claim>>>);

#[derive(Debug)]
struct Claim {
    who: Arc<str>,
    until: DateTime<Utc>,
}

impl Claims {
    /// What is claimed at `now`, by whomever.
    pub fn list_at(&self, now: DateTime<Utc>) -> Vec<DeliveryId> {
        self.all().iter().filter(|(_, claim)| claim.until > now).map(|(id, _)| *id).collect()
    }

    /// Claims letters for `who`, whoever had them before.
    pub fn take(&self, who: &str, until: DateTime<Utc>, ids: impl Iterator<Item = DeliveryId>) {
        let who: Arc<str> = who.into();
        self.all().extend(ids.map(|id| (id, Claim { who: who.clone(), until })));
    }

    /// Those of `letters` that `who` claimed and nobody else since.
    pub fn keep_of<T: Clone>(&self, who: &str, letters: &[T], id: impl Fn(&T) -> DeliveryId) -> Vec<T> {
        let all = self.all();
        let is_theirs = |letter: &&T| all.get(&id(letter)).is_some_and(|claim| &*claim.who == who);
        letters.iter().filter(is_theirs).cloned().collect()
    }

    /// Gives letters back, or up: they have gone, or wait for another day.
    pub fn end(&self, ids: impl Iterator<Item = DeliveryId>) {
        let mut all = self.all();
        ids.for_each(|id| drop(all.remove(&id)));
    }

    /// Gives back all that `who` has; how many.
    pub fn end_all_of(&self, who: &str) -> u64 {
        let mut all = self.all();
        let before = all.len();
        all.retain(|_, claim| &*claim.who != who);
        (before - all.len()) as u64
    }

    /// Who has claimed any, by name.
    pub fn list_claimants(&self) -> Vec<String> {
        let mut names: Vec<String> = self.all().values().map(|claim| claim.who.to_string()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn all(&self) -> MutexGuard<'_, HashMap<DeliveryId, Claim>> {
        self.0.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// Those of `letters` that are `who`'s, as far as this is not for the rows to say.
pub(super) fn keep_claimed<T: Clone>(
    claims: Option<&Claims>,
    who: &str,
    letters: &[T],
    id: impl Fn(&T) -> DeliveryId,
) -> Vec<T> {
    claims.map_or_else(|| letters.to_vec(), |claims| claims.keep_of(who, letters, id))
}
