//! Which editions are due: one answer for what opens them and for what shows them.

use chrono::{DateTime, TimeDelta, Utc};

use crate::edition::schedule::{GRACE_HOURS, Gathering, latest_at_or_before, overdue};
use crate::forum::{Cadence, ForumSettings};
use crate::store::{Store, StoreError};

/// The occurrence of a cadence that is due at `now` and not opened, if any. An edition that was opened for an instant still
/// to come (with `--at`) stands in the way of none before it.
pub(super) async fn find_due(
    store: &Store,
    settings: &ForumSettings,
    cadence: Cadence,
    gatherings: &[Gathering],
    begun_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let opened = store.find_latest_edition(cadence.word(), now).await?.map(|row| row.occurs_at);
    Ok(overdue(settings, cadence, gatherings, opened, begun_at, now))
}

/// The urgent occurrence that is due at `now`, if any: something urgent is new, or the latest urgent edition, not a day old,
/// carried it for somebody who has not paused since.
pub(super) async fn find_urgent_due(
    store: &Store,
    settings: &ForumSettings,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let Some(minute) = latest_at_or_before(settings, Cadence::Urgent, &[], now) else { return Ok(None) };
    if store.has_urgent_due(now).await? {
        return Ok(Some(minute));
    }
    let recent = minute - TimeDelta::hours(GRACE_HOURS)..minute;
    let latest = store.find_latest_edition(Cadence::Urgent.word(), minute).await?;
    let Some(latest) = latest.filter(|edition| recent.contains(&edition.occurs_at)) else { return Ok(None) };
    let day = latest.now_at.with_timezone(&settings.zone).date_naive();
    Ok(store.has_urgent_carried(latest.id, day, now).await?.then_some(minute))
}
