//! The forum as it was read last, for as long as nothing changed: a country's forum has thousands of terms, and every
//! page needs it.

use std::sync::{Arc, Mutex, PoisonError};

use super::{WorldError, load_forum};
use crate::forum::Forum;
use crate::store::Store;

/// Keeps one forum with the change number that it was read at. Every change of it raises that number, in the
/// transaction that makes the change.
#[derive(Debug, Default)]
pub struct KeptForum(Mutex<Option<(i64, Arc<Forum>)>>);

impl KeptForum {
    /// The forum as it stands: one small question if it is what it was.
    pub async fn load(&self, store: &Store) -> Result<Arc<Forum>, WorldError> {
        let number = store.find_change_number().await?.ok_or(WorldError::NoForum)?;
        if let Some(forum) = self.find(number) {
            return Ok(forum);
        }
        // The number was asked first: a change since makes it read once too often, never once too seldom.
        let forum = Arc::new(load_forum(store).await?);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((number, Arc::clone(&forum)));
        Ok(forum)
    }

    fn find(&self, number: i64) -> Option<Arc<Forum>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(at, _)| *at == number).map(|(_, forum)| Arc::clone(forum))
    }
}
