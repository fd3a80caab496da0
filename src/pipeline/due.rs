//! Which editions are due: one answer for what opens them and for what shows them.

use chrono::{DateTime, TimeDelta, Utc};

use crate::edition::schedule::{GRACE_HOURS, Gathering, InForce, latest_at_or_before, overdue};
use crate::forum::{Cadence, Forum, ForumSettings};
use crate::store::{Store, StoreError};
use crate::world::{WorldError, load_former_settings};

/// How far back it is asked what decided the times: nothing that occurred before the grace is due, and as much again is left
/// to a clock that is set back later.
const ASKED_BACK: TimeDelta = TimeDelta::hours(2 * GRACE_HOURS);

/// Everything that decided the times lately, seen at `now`; what does so now first. The last stands for all before it: what
/// it says of them is past the grace.
pub(super) async fn load_in_force(
    store: &Store,
    forum: &Forum,
    now: DateTime<Utc>,
) -> Result<Vec<InForce>, WorldError> {
    let former = load_former_settings(store, forum, now - ASKED_BACK).await?;
    let begun_at = store.get_beginning().await?;
    let since: Vec<DateTime<Utc>> = former.iter().map(|(until, _)| *until).chain([begun_at]).collect();
    let settings = std::iter::once(forum.settings.clone()).chain(former.into_iter().map(|(_, old)| old));
    Ok(settings.zip(since).map(|(settings, since)| InForce { settings, since }).collect())
}

/// The occurrence of a cadence that is due at `now` and not opened, if any. An edition that was opened for an instant still
/// to come (with `--at`) stands in the way of none before it.
pub(super) async fn find_due(
    store: &Store,
    in_force: &[InForce],
    cadence: Cadence,
    gatherings: &[Gathering],
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let opened = store.find_latest_edition(cadence.word(), now).await?.map(|row| row.occurs_at);
    Ok(overdue(in_force, cadence, gatherings, opened, now))
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
