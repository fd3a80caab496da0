//! Corrections that come too late: who would hear of one only when its item is closed. Pure: rows and the instant come in.

use chrono::{DateTime, TimeDelta, Utc};

use super::schedule::{Gathering, next_for};
use crate::content::{Item, Lane, OPEN_DAYS};
use crate::forum::{Cadence, Forum, Recipient};
use crate::matching::{Profile, is_entitled};

/// Whom a correction does not reach before its item is closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Late {
    /// So many people who have got an earlier version and may have this one.
    pub people: usize,
    /// So many of them would hear of it in time in the urgent lane.
    pub by_urgent: usize,
}

/// Counts, among the `holders` of earlier versions, whom the newest version of `item` reaches too late if it is settled
/// at `now`: their next letter comes once it is closed, or never. Nobody, if it is closed already: then no lane helps,
/// and the lead is told that it is.
pub fn count_late(
    forum: &Forum,
    gatherings: &[Gathering],
    item: &Item,
    holders: &[Recipient],
    now: DateTime<Utc>,
) -> Late {
    // What has no date of its own closes so long after the number that the correction takes.
    let close = item.date_of_close().unwrap_or(now + TimeDelta::days(OPEN_DAYS));
    let mut late = Late::default();
    if item.withdrawn || close <= now {
        return late;
    }
    // A letter at the very instant of the release holds it.
    let after = if item.release_at > now { item.release_at - TimeDelta::microseconds(1) } else { now };
    let local_day = |at: DateTime<Utc>| at.with_timezone(&forum.settings.zone).date_naive();
    for recipient in holders {
        let profile = Profile::new(forum, &recipient.standing, now);
        if !(profile.is_active() && is_entitled(forum, item.visibility, &profile)) {
            continue;
        }
        let comes_in_time = |cadence| {
            next_for(&forum.settings, cadence, gatherings, recipient.paused_until, after)
                .is_some_and(|at| at < close)
        };
        // What is urgent does not wait for the end of their pause: they catch up with the next ordinary letter.
        let is_paused = recipient.paused_until.is_some_and(|until| local_day(after) < until);
        let urgent = !recipient.urgent_off && !is_paused && comes_in_time(Cadence::Urgent);
        if comes_in_time(recipient.cadence) || (item.lane == Lane::Urgent && urgent) {
            continue;
        }
        late.people += 1;
        late.by_urgent += usize::from(urgent);
    }
    late
}
