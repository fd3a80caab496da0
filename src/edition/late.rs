//! What closes before it comes: who would hear of an item, or of its correction, only when it is closed. Pure: rows and the
//! instant come in.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::schedule::{Gathering, next_for};
use crate::content::{Item, Lane, OPEN_DAYS};
use crate::forum::{Cadence, Forum, ForumSettings, Recipient};
use crate::matching::{Profile, is_entitled};

/// Whom an item or a correction does not reach before it is closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Late {
    /// So many people who are to have it.
    pub people: usize,
    /// So many of them would hear of it in time in the urgent lane.
    pub by_urgent: usize,
    /// So many of them have no next letter yet, whatever it is: no later close helps them.
    pub unsettled: usize,
}

/// When somebody hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hearing {
    /// How often.
    pub cadence: Cadence,
    /// The day on which they get letters again, if they pause.
    pub paused_until: Option<NaiveDate>,
    /// Whether they turned urgent letters off.
    pub urgent_off: bool,
}

impl From<&Recipient> for Hearing {
    fn from(recipient: &Recipient) -> Hearing {
        let Recipient { cadence, paused_until, urgent_off, .. } = *recipient;
        Hearing { cadence, paused_until, urgent_off }
    }
}

/// Whether what a letter leaves over is closed before its reader's `next` letter, or may be: where that is not settled.
pub fn may_close_before(item: &Item, next: Option<DateTime<Utc>>) -> bool {
    item.closes_at().is_some_and(|close| next.is_none_or(|next| close <= next))
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
    if item.withdrawn || close <= now {
        return Late::default();
    }
    let may_have_it = |recipient: &&Recipient| {
        let profile = Profile::new(forum, &recipient.standing, now);
        profile.is_active() && is_entitled(forum, item.visibility, &profile)
    };
    let holders = holders.iter().filter(may_have_it).map(Hearing::from);
    count(&forum.settings, gatherings, (item, close), holders, now)
}

/// Counts, among the `readers` whom the rule gives `item`, which is to go, those whose next letter comes once it is closed,
/// or never. `numbered_at` is when the first edition takes it, of whatever cadence: what has no date of its own closes so
/// long after that. Who pauses counts as if they did not: they asked for no letters. Nobody, if nobody can get it.
pub fn count_missed(
    settings: &ForumSettings,
    gatherings: &[Gathering],
    item: &Item,
    readers: impl Iterator<Item = Hearing>,
    (numbered_at, now): (DateTime<Utc>, DateTime<Utc>),
) -> Late {
    let close = item.date_of_close().unwrap_or(numbered_at + TimeDelta::days(OPEN_DAYS));
    if item.withdrawn || item.is_over_at_release(now) {
        return Late::default();
    }
    let readers = readers.map(|reader| Hearing { paused_until: None, ..reader });
    count(settings, gatherings, (item, close), readers, now)
}

fn count(
    settings: &ForumSettings,
    gatherings: &[Gathering],
    (item, close): (&Item, DateTime<Utc>),
    hearings: impl Iterator<Item = Hearing>,
    now: DateTime<Utc>,
) -> Late {
    // A letter at the very instant of the release holds it.
    let after = if item.release_at > now { item.release_at - TimeDelta::microseconds(1) } else { now };
    let judge = |hearing: Hearing| {
        let next = |cadence| next_for(settings, cadence, gatherings, hearing.paused_until, after);
        let comes_in_time = |cadence| next(cadence).is_some_and(|at| at < close);
        // What is urgent does not wait for the end of their pause: they catch up with the next ordinary letter.
        let day = after.with_timezone(&settings.zone).date_naive();
        let is_paused = hearing.paused_until.is_some_and(|until| day < until);
        let urgent = !hearing.urgent_off && !is_paused && comes_in_time(Cadence::Urgent);
        let is_late = !(comes_in_time(hearing.cadence) || (item.lane == Lane::Urgent && urgent));
        Late {
            people: usize::from(is_late),
            by_urgent: usize::from(is_late && urgent),
            unsettled: usize::from(is_late && next(hearing.cadence).is_none()),
        }
    };
    // Many hear alike, and to look for an occurrence takes its time.
    let mut judged: HashMap<Hearing, Late> = HashMap::new();
    let mut late = Late::default();
    for hearing in hearings {
        let one = *judged.entry(hearing).or_insert_with(|| judge(hearing));
        late.people += one.people;
        late.by_urgent += one.by_urgent;
        late.unsettled += one.unsettled;
    }
    late
}
