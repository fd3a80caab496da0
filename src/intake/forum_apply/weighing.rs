//! Who gets what by the one forum and not by the other.

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::effects::{self, Shift, Side};
use super::error::ApplyError;
use super::fold;
use super::plan::Plan;
use crate::content::Item;
use crate::forum::{Forum, Recipient};
use crate::intake::forum_file::ForumFile;
use crate::store::Store;
use crate::world;

/// Who gets what by the one forum and not by the other.
pub(super) struct Weighed {
    pub recipients: Vec<Recipient>,
    /// Those that are out or wait.
    pub items: Vec<Item>,
    pub shifts: Vec<Shift>,
}

impl Weighed {
    /// Names the plan and what was weighed of it: SHA-256 in lower-case hex.
    pub fn bind(&self, plan: &Plan) -> String {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            hash.update(text.as_bytes());
            hash.update([0]);
        };
        add(&serde_json::to_string(plan).unwrap_or_default());
        for shift in &self.shifts {
            let item = &self.items[shift.item];
            add(&format!("{} {}", item.id, item.version));
            for places in [&shift.gains, &shift.loses] {
                let mut ids: Vec<i64> = places.iter().map(|at| self.recipients[*at].id.0).collect();
                ids.sort_unstable();
                add(&ids.iter().map(i64::to_string).collect::<Vec<_>>().join(" "));
            }
        }
        hex::encode(hash.finalize())
    }
}

/// Asks the rule of everybody, before and after, beside the thread that answers requests.
pub(super) async fn weigh(
    store: &Store,
    old: &Forum,
    (plan, file): (&Plan, &ForumFile),
    mut items: Vec<Item>,
    now: DateTime<Utc>,
) -> Result<Weighed, ApplyError> {
    if !plan.changes_what_is_held() {
        return Ok(Weighed { recipients: Vec::new(), items: Vec::new(), shifts: Vec::new() });
    }
    items.retain(|item| !item.withdrawn && !item.is_closed(now));
    let recipients = world::load_recipients(store, old).await?;
    let (old, new) = (old.clone(), effects::forum_after(old, plan, file));
    let pairs = fold::list_pairs(&old, plan);
    let count = move || {
        let before = Side { forum: &old, recipients: &recipients, items: &items };
        let shifts = match pairs.as_slice() {
            [] => effects::list_shifts(before, Side { forum: &new, ..before }, now),
            pairs => {
                let (recipients, items) = (fold::recipients(&recipients, pairs), fold::items(&items, pairs));
                effects::list_shifts(
                    before,
                    Side { forum: &new, recipients: &recipients, items: &items },
                    now,
                )
            }
        };
        Weighed { recipients, items, shifts }
    };
    Ok(tokio::task::spawn_blocking(count).await?)
}
