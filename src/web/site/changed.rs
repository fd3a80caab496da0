//! Changes that letters wait with until somebody who may approves them.

use super::{Reading, Writing};
use crate::forum::Forum;
use crate::pipeline::{WaitingChange, approve_change, list_waiting_changes};
use crate::store::VersionTextRow;
use crate::web::refusal::Refusal;
use crate::web::staff::Staff;

impl Reading {
    /// What letters wait with, by slug; nothing where nobody asks for approval.
    pub(in crate::web) async fn waiting_changes(&self, forum: &Forum) -> Result<Vec<WaitingChange>, Refusal> {
        if !self.asks_for_approval() {
            return Ok(Vec::new());
        }
        let changes = Box::pin(list_waiting_changes(self.store(), forum, self.0.now())).await;
        changes.map_err(|error| Refusal::broken(&error))
    }

    /// Whether the account wrote something of the change: then it is not a second person.
    pub(in crate::web) async fn wrote_change(
        &self,
        staff: &Staff,
        change: &WaitingChange,
    ) -> Result<bool, Refusal> {
        let writers = self.store().list_writers(&[change.item.slug.as_str()], change.since).await?;
        Ok(writers.contains(&staff.actor()))
    }

    /// What the item said, and whom it was for, in the versions that letters were written with.
    pub(in crate::web) async fn written_texts(
        &self,
        change: &WaitingChange,
    ) -> Result<Vec<VersionTextRow>, Refusal> {
        let mut rows = self.store().list_version_texts(change.item.id).await?;
        rows.retain(|row| change.written.contains(&row.version));
        Ok(rows)
    }
}

impl Writing {
    /// Keeps that the account approved a change; the letters that wait with it are due.
    pub(in crate::web) async fn approve_change(
        &self,
        staff: &Staff,
        change: &WaitingChange,
    ) -> Result<(), Refusal> {
        let done = approve_change(&self.0.0.store, self.0.now(), staff.account, change).await;
        done.map_err(|error| Refusal::broken(&error))
    }
}
