//! What a running `serve` or `worker` opens and plans by itself.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use super::approval::approval_of;
use super::due::{find_due, find_urgent_due, load_in_force};
use super::occurrence::{BY_CLOCK, Occurrence, gatherings};
use super::{Pipeline, PipelineError};
use crate::edition::schedule::{Gathering, InForce};
use crate::forum::{Cadence, Forum};
use crate::store::{ApprovalStamp, PlanStamp};
use crate::world::{load_forum, load_items};

/// Alerts of changes that wait are looked at so often even if nothing was approved or changed: letters go, and items close.
const LOOKED_AT_LEAST: TimeDelta = TimeDelta::minutes(1);

/// Watches the clock for one forum. It reads the forum again when its change number moves.
pub struct Scheduler {
    pipeline: Pipeline,
    known: Option<Known>,
    waiting: Mutex<HashMap<Cadence, Waiting>>,
    /// How everything stood when alerts of changes that wait were last looked at, and when that was.
    looked: Option<(ApprovalStamp, DateTime<Utc>)>,
}

/// What waits for approval: of which occurrence, how everything stood, and when it was last approved.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Waiting {
    occurs_at: DateTime<Utc>,
    stamp: PlanStamp,
    approved_at: Option<DateTime<Utc>>,
}

struct Known {
    change_number: i64,
    in_force: Vec<InForce>,
    forum: Forum,
    gatherings: Vec<Gathering>,
}

impl Scheduler {
    /// A scheduler that has seen nothing yet.
    pub fn new(pipeline: Pipeline) -> Scheduler {
        Scheduler { pipeline, known: None, waiting: Mutex::default(), looked: None }
    }

    /// Opens what is due at the clock's now and plans what is not planned; answers the letters queued. Ends alerts of changes
    /// that are approved.
    /// A missed occurrence is opened within its grace; of several missed ones one edition covers all.
    pub async fn tick(&mut self) -> Result<usize, PipelineError> {
        let now = self.pipeline.clock.now();
        self.end_change_alerts(now).await?;
        self.refresh().await?;
        let Some(known) = &self.known else { return Ok(0) };
        for cadence in BY_CLOCK {
            let (store, in_force) = (&self.pipeline.store, &known.in_force);
            let due = find_due(store, in_force, cadence, &known.gatherings, now).await?;
            if let Some(occurs_at) = due {
                self.open(&known.forum, cadence, Occurrence { occurs_at, now }).await?;
            }
        }
        if let Some(occurs_at) = find_urgent_due(&self.pipeline.store, &known.forum.settings, now).await? {
            self.open(&known.forum, Cadence::Urgent, Occurrence { occurs_at, now }).await?;
        }
        let mut digests = 0;
        for row in self.pipeline.store.list_unfinished_editions().await? {
            digests += self.pipeline.plan_edition(&row).await?.digests;
        }
        Ok(digests)
    }

    /// Ends alerts of changes that wait no more: what waits is read of every letter that is unsent.
    async fn end_change_alerts(&mut self, now: DateTime<Utc>) -> Result<(), PipelineError> {
        let stamp = self.pipeline.store.find_approval_stamp().await?;
        let is_known =
            self.looked.is_some_and(|(seen, at)| seen == stamp && (now - at).abs() < LOOKED_AT_LEAST);
        if !is_known {
            self.pipeline.end_change_alerts(None).await?;
            self.looked = Some((stamp, now));
        }
        Ok(())
    }

    /// Opens what is due. What waits for approval is told once to the lead, and compared again only when somebody approved
    /// or something changed that a plan reads: at 100,000 people a plan takes a second.
    async fn open(
        &self,
        forum: &Forum,
        cadence: Cadence,
        occurrence: Occurrence,
    ) -> Result<(), PipelineError> {
        let store = &self.pipeline.store;
        let mut seen = None;
        if self.pipeline.config.file.approval.required {
            let at = approval_of(cadence, occurrence.occurs_at);
            let latest = store.find_latest_approval(cadence.word(), at).await?;
            let stamp = store.find_plan_stamp().await?;
            let waits = Waiting { occurs_at: at, stamp, approved_at: latest.map(|row| row.approved_at) };
            if self.waiting.lock().await.get(&cadence) == Some(&waits) {
                return Ok(());
            }
            seen = Some(waits);
        }
        match self.pipeline.open_occurrence(forum, cadence, occurrence).await {
            Err(PipelineError::NotApproved { occurs_at, .. }) => {
                self.pipeline.tell_unapproved(cadence, occurs_at).await?;
                self.waiting.lock().await.extend(seen.map(|waits| (cadence, waits)));
                Ok(())
            }
            other => other.map(|_| ()),
        }
    }

    async fn refresh(&mut self) -> Result<(), PipelineError> {
        let store = &self.pipeline.store;
        let number = store.find_change_number().await?;
        if number.is_none() || number == self.known.as_ref().map(|known| known.change_number) {
            return Ok(());
        }
        let forum = load_forum(store).await?;
        let items = load_items(store, &forum).await?;
        self.known = Some(Known {
            change_number: number.unwrap_or_default(),
            in_force: load_in_force(store, &forum, self.pipeline.clock.now()).await?,
            gatherings: gatherings(&items),
            forum,
        });
        Ok(())
    }
}
