//! The doors of promises: what groups have promised, and what their owners say of it.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Reading, Writing};
use crate::forum::Forum;
use crate::ids::RecipientId;
use crate::intake::promises::{OwnersWord, Said, say_of_own_promise};
use crate::store::{GroupSeatRow, PromiseRow};
use crate::web::refusal::Refusal;
use crate::world;

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

    /// The days of the meetings at which these were promised, by the slugs of the minutes.
    pub(in crate::web) async fn meeting_days(
        &self,
        forum: &Forum,
        rows: &[PromiseRow],
    ) -> Result<HashMap<String, NaiveDate>, Refusal> {
        let mut days = HashMap::new();
        for row in rows {
            if days.contains_key(&row.item) {
                continue;
            }
            let minutes = world::find_item(self.store(), forum, &row.item).await?;
            let meeting = minutes.and_then(|minutes| minutes.meeting(forum.settings.zone));
            days.extend(meeting.map(|(_, day)| (row.item.clone(), day)));
        }
        Ok(days)
    }

    /// The places in a group, with who has them.
    pub(in crate::web) async fn group_seats(&self, group: &str) -> Result<Vec<GroupSeatRow>, Refusal> {
        Ok(self.store().list_group_seats(group, self.0.now()).await?)
    }
}

impl Writing {
    /// What its owner says of a promise, and what became of it.
    pub(in crate::web) async fn say_of_promise(
        &self,
        promise: (RecipientId, i64, &str),
        said: (Said, &str),
    ) -> Result<OwnersWord, Refusal> {
        Ok(say_of_own_promise(&self.0.0.store, promise, said, self.0.now()).await?)
    }
}
