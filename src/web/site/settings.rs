//! The settings' doors: the forum as a file, and its settings changed.

use super::{Reading, Writing};
use crate::forum::{Cadence, ForumSettings};
use crate::intake::forum_apply::{How, change_forum, read_forum_as_file};
use crate::store::ProcessingCounts;
use crate::web::refusal::Refusal;
use crate::web::staff::Staff;

impl Reading {
    /// The forum as a forum file says it.
    pub(in crate::web) async fn forum_file(&self) -> Result<String, Refusal> {
        Ok(read_forum_as_file(self.store()).await?.to_string())
    }

    /// Of how many people what is held.
    pub(in crate::web) async fn processing_counts(&self) -> Result<ProcessingCounts, Refusal> {
        Ok(self.store().count_processing(self.0.now()).await?)
    }
}

impl Writing {
    /// Those of `rhythms` that people get letters by, with how many do.
    pub(in crate::web) async fn used_rhythms(
        &self,
        rhythms: &[Cadence],
    ) -> Result<Vec<(Cadence, i64)>, Refusal> {
        let mut tx = self.0.0.store.begin().await?;
        let mut used = Vec::new();
        for rhythm in rhythms {
            let count = tx.count_cadence_uses(rhythm.word()).await?;
            used.extend((count > 0).then_some((*rhythm, count)));
        }
        Ok(used)
    }

    /// Makes the forum's settings these, by the code of `treff forum apply`.
    pub(in crate::web) async fn change_settings(
        &self,
        staff: &Staff,
        settings: ForumSettings,
    ) -> Result<(), Refusal> {
        let how = How { actor: &staff.actor(), dry_run: false, now: self.0.now() };
        let changed = change_forum(&self.0.0.store, how, |file| file.settings = settings).await;
        changed.map(|_| ()).map_err(|error| Refusal::broken(&error))
    }
}
