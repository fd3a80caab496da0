//! The doors of merging: who may stand there twice, what a merge would do, and doing it.

use std::collections::BTreeSet;

use super::beside::Seen;
use super::everyone::People;
use super::{Reading, Writing};
use crate::clock::random_hex;
use crate::ids::RecipientId;
use crate::insight::duplicates::{Candidate, Pair, list_pairs};
use crate::intake::merging::{Merge, MergeError, keep_apart, merge, preview_merge};
use crate::store::MergeOrder;
use crate::web::refusal::Refusal;
use crate::web::staff::Staff;

impl Reading {
    /// Pairs of people who may be one; in a large forum they are looked for beside.
    pub(in crate::web) async fn duplicates(&self) -> Result<Seen<Vec<Pair>>, Refusal> {
        let look = |site| async move { Reading(site).look_for_duplicates().await };
        self.0.0.desk.duplicates.find(self, (), look).await
    }

    async fn look_for_duplicates(&self) -> Result<Vec<Pair>, Refusal> {
        let people = self.people().await?;
        let apart: BTreeSet<_> = self.store().list_not_same().await?.into_iter().collect();
        let look = move || list_pairs(&list_candidates(&people), &apart);
        tokio::task::spawn_blocking(look).await.map_err(|error| Refusal::broken(&error))
    }

    /// What a merge of the second into the first would do.
    pub(in crate::web) async fn preview_merge(
        &self,
        (kept, gone): (RecipientId, RecipientId),
    ) -> Result<Merge, MergeError> {
        preview_merge(self.store(), kept, gone).await
    }
}

fn list_candidates(people: &People) -> Vec<Candidate<'_>> {
    let now = people.everyone.now();
    let candidates = people.named.iter().zip(people.everyone.people()).map(|(named, standing)| {
        let groups = standing.seats.iter().filter(|seat| seat.is_running(now)).map(|seat| seat.group);
        Candidate {
            id: named.id,
            name: &named.name,
            email: &named.email,
            places: named.organisation.into_iter().chain(groups).collect(),
        }
    });
    candidates.collect()
}

impl Writing {
    /// Merges the second into the first, if both are what was shown.
    pub(in crate::web) async fn merge(
        &self,
        staff: &Staff,
        (kept, gone): (RecipientId, RecipientId),
        shown: &str,
    ) -> Result<(), MergeError> {
        let public_id = random_hex::<16>();
        let (actor, now) = (staff.actor(), self.0.now());
        let order = MergeOrder { kept, gone, public_id: &public_id, actor: &actor, now };
        merge(&self.0.0.store, &order, Some(shown)).await.map(|_| ())
    }

    /// Remembers that two are two.
    pub(in crate::web) async fn keep_apart(
        &self,
        staff: &Staff,
        pair: (RecipientId, RecipientId),
    ) -> Result<(), Refusal> {
        keep_apart(&self.0.0.store, pair, &staff.actor(), self.0.now()).await?;
        Ok(())
    }

    /// Writes into the log that what these chose was looked at.
    pub(in crate::web) async fn note_looks(
        &self,
        staff: &Staff,
        people: impl IntoIterator<Item = RecipientId>,
    ) -> Result<(), Refusal> {
        for id in people {
            self.0.0.store.record_look(id, &staff.actor(), self.0.now()).await?;
        }
        Ok(())
    }
}
