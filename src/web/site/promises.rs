//! The doors of promises: what groups have promised, and what their owners say of it.

use super::{Reading, Writing};
use crate::ids::RecipientId;
use crate::intake::promises::{Said, say_of_own_promise};
use crate::store::{GroupSeatRow, PromiseRow};
use crate::web::refusal::Refusal;

impl Reading {
    /// The promises of all groups.
    pub(in crate::web) async fn promises(&self) -> Result<Vec<PromiseRow>, Refusal> {
        Ok(self.store().list_promises(self.0.now()).await?)
    }

    /// What a group has promised and not settled.
    pub(in crate::web) async fn open_promises_of_group(
        &self,
        group: &str,
    ) -> Result<Vec<PromiseRow>, Refusal> {
        Ok(self.store().list_open_promises_of_group(group, self.0.now()).await?)
    }

    /// What a person has promised and not settled.
    pub(in crate::web) async fn open_promises_of(&self, id: RecipientId) -> Result<Vec<PromiseRow>, Refusal> {
        Ok(self.store().list_open_promises_of(&[id], self.0.now()).await?)
    }

    /// The places in a group, with who has them.
    pub(in crate::web) async fn group_seats(&self, group: &str) -> Result<Vec<GroupSeatRow>, Refusal> {
        Ok(self.store().list_group_seats(group, self.0.now()).await?)
    }
}

impl Writing {
    /// What its owner says of a promise; false, and nothing done, if it stands otherwise than it was shown.
    pub(in crate::web) async fn say_of_promise(
        &self,
        promise: (RecipientId, i64, &str),
        said: (Said, &str),
    ) -> Result<bool, Refusal> {
        Ok(say_of_own_promise(&self.0.0.store, promise, said, self.0.now()).await?)
    }
}
