//! A second person's word before a mailing goes, where the configuration asks for it. What was approved is what is sent: the
//! approval names a hash over the plan, and a plan with another hash waits.

use chrono::{DateTime, Utc};

use super::due::{find_due, find_urgent_due, load_in_force};
use super::occurrence::{BY_CLOCK, Occurrence, gatherings};
use super::outlook::look_at;
use super::{Pipeline, PipelineError};
use crate::content::Item;
use crate::forum::{Cadence, Forum};
use crate::ids::ItemId;
use crate::store::{NewAlert, PlanStamp, Store};

/// The kind of alert that a mailing raises which is due and not approved.
pub const EDITION_UNAPPROVED: &str = "edition_unapproved";

/// Which occurrence an approval is of: urgent editions have none before they are opened.
pub fn approval_of(cadence: Cadence, occurs_at: DateTime<Utc>) -> DateTime<Utc> {
    if cadence == Cadence::Urgent { DateTime::UNIX_EPOCH } else { occurs_at }
}

/// Editions that are due at `now` and not opened: with approval they may wait. The scheduler opens all others at once.
pub async fn list_due_editions(
    store: &Store,
    forum: &Forum,
    items: &[Item],
    now: DateTime<Utc>,
) -> Result<Vec<(Cadence, DateTime<Utc>)>, PipelineError> {
    let (gatherings, in_force) = (gatherings(items), load_in_force(store, forum, now).await?);
    let mut due = Vec::new();
    due.extend(find_urgent_due(store, &forum.settings, now).await?.map(|at| (Cadence::Urgent, at)));
    for cadence in BY_CLOCK {
        let at = find_due(store, &in_force, cadence, &gatherings, now).await?;
        due.extend(at.map(|at| (cadence, at)));
    }
    Ok(due)
}

impl Pipeline {
    /// Whether an occurrence may be opened, and how everything stood when that was found out.
    /// Without `[approval] required` it always may.
    pub(super) async fn find_approval(
        &self,
        cadence: Cadence,
        occurrence: Occurrence,
    ) -> Result<Approved, PipelineError> {
        if !self.config.file.approval.required {
            return Ok(Approved::NotAsked);
        }
        let stamp = self.store.find_plan_stamp().await?;
        let outlook = look_at(&self.store, cadence, occurrence).await?;
        // Where nobody gets a letter nothing is to be approved.
        let Some(outlook) = outlook.filter(|outlook| outlook.letters() > 0) else {
            return Ok(Approved::Yes { stamp, versions: Vec::new() });
        };
        let at = approval_of(cadence, occurrence.occurs_at);
        let found = self.store.find_approval(cadence.word(), at, outlook.binding()).await?;
        Ok(match found {
            Some(_) => Approved::Yes { stamp, versions: outlook.list_bound() },
            None => Approved::No,
        })
    }

    /// Tells the lead once that an occurrence is due and waits for approval.
    pub(super) async fn tell_unapproved(
        &self,
        cadence: Cadence,
        occurs_at: DateTime<Utc>,
    ) -> Result<(), PipelineError> {
        let alert = NewAlert {
            kind: EDITION_UNAPPROVED,
            subject: alert_subject(cadence),
            text: format!("The {cadence} edition is due and waits for approval at the desk."),
            details: serde_json::json!({ "cadence": cadence.word(), "occurs_at": occurs_at }),
        };
        let mut tx = self.store.begin().await?;
        tx.raise_alert(self.clock.now(), &alert).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// What the alert of a cadence is about: one is open at a time.
pub(super) fn alert_subject(cadence: Cadence) -> String {
    format!("approval:{}", cadence.word())
}

/// Whether an occurrence may be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Approved {
    /// Nobody asks.
    NotAsked,
    /// As everything stood then.
    Yes {
        /// How it stood.
        stamp: PlanStamp,
        /// The items that the plan binds, each with its version and what its files are known by.
        versions: Vec<(ItemId, i64, String)>,
    },
    /// Not as everything stands.
    No,
}
