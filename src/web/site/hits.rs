//! How well letters hit: counted while one waits in a small forum, beside in a large one.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;

use super::beside::Beside;
use super::{Library, Reading, Site};
use crate::content::Item;
use crate::forum::{Kind, TermIx};
use crate::ids::ItemId;
use crate::insight::coverage::{Coverage, sum_samples};
use crate::insight::precision::{Aims, Hits, sum_aims, sum_hits};
use crate::matching::Because;
use crate::store::{HitMonthRow, KeptKind, PassedOnSum};
use crate::web::refusal::Refusal;

/// Months that are shown. None of them lies within the days that are counted: the difference would tell.
const MONTHS: i64 = 12;

/// What is longer ago is not counted.
const DAYS: i64 = 90;

/// What the desk keeps of it, by the days that are counted.
pub(super) type Kept = Beside<i64, Accuracy>;

/// What readers say of what they got and did not get, as sums that may be told.
pub(in crate::web) struct Accuracy {
    /// The forum when it was counted: topics stand in its terms.
    pub(in crate::web) library: Arc<Library>,
    /// Whether letters hit.
    pub(in crate::web) hits: Hits,
    /// What was not for those who got it, by kind.
    pub(in crate::web) kinds: Aims<Kind>,
    /// By what it is about, but for unions.
    pub(in crate::web) topics: Aims<TermIx>,
    /// By whether it came by the lead's choice.
    pub(in crate::web) doors: Aims<bool>,
    /// What would have been for those who did not get it.
    pub(in crate::web) coverage: Coverage<TermIx>,
    /// Months whose answers are gone, the latest first.
    pub(in crate::web) months: Vec<HitMonthRow>,
    /// What was said to be right for a colleague.
    pub(in crate::web) passed_on: PassedOnSum,
}

impl Reading {
    /// So many days are counted: no more than the answers are kept.
    pub(in crate::web) async fn counted_days(&self) -> Result<i64, Refusal> {
        Ok(self.retention_days(KeptKind::Taps).await?.min(DAYS))
    }

    /// How well letters hit in the last `days`; none while it is counted for the first time.
    pub(in crate::web) async fn accuracy(&self, days: i64) -> Result<Option<Arc<Accuracy>>, Refusal> {
        let count = move |site: Site| async move { Reading(site).count_accuracy(days).await };
        self.0.0.hits.find_moving(self, days, count).await
    }

    async fn count_accuracy(&self, days: i64) -> Result<Accuracy, Refusal> {
        let (store, library, unions) = (self.store(), self.library().await?, self.unions().await?);
        let since = self.0.now() - TimeDelta::days(days);
        let items: BTreeMap<ItemId, &Item> = library.items.iter().map(|item| (item.id, item)).collect();
        let (sent, refused) = (store.sum_sent(since).await?, store.list_not_for_me(since).await?);
        let kind = |item: ItemId, _: &str| items.get(&item).map(|item| item.kind);
        let topics = |item: ItemId| {
            let about = items.get(&item).map_or(&[][..], |item| item.about.as_slice());
            let may_be_told = |ix: &TermIx| !unions.have(library.forum.terms.term(*ix));
            about.iter().copied().filter(may_be_told).collect::<Vec<_>>()
        };
        let is_chosen = |_: ItemId, because: &str| Some(because != Because::Interest.word());
        Ok(Accuracy {
            hits: sum_hits(store.sum_mailings(since).await?, &store.list_hits(since).await?),
            kinds: sum_aims(&sent, &refused, kind),
            topics: sum_aims(&sent, &refused, |item, _| topics(item)),
            doors: sum_aims(&sent, &refused, is_chosen),
            coverage: sum_samples(&store.list_probed(since).await?, topics),
            months: store.list_hit_months(&since.format("%Y-%m").to_string(), MONTHS).await?,
            passed_on: store.sum_passed_on(since).await?,
            library: library.clone(),
        })
    }
}
