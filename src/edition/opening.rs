//! What an edition fixes when it is opened.

use chrono::{DateTime, Utc};

use crate::content::Item;
use crate::forum::{Cadence, ForumSettings, Recipient, Status};
use crate::ids::EditionId;

/// An opened edition, or one that a preview imagines.
#[derive(Debug, Clone, PartialEq)]
pub struct Edition {
    /// The stored row; `None` in a preview.
    pub id: Option<EditionId>,
    /// Whose occurrence it is.
    pub cadence: Cadence,
    /// Which occurrence; with the cadence it is the edition's identity.
    pub occurs_at: DateTime<Utc>,
    /// The instant at which release, decision and ranking stand.
    pub now: DateTime<Utc>,
    /// It considers nothing above this number.
    pub last_number: i64,
    /// The greatest number of items in a digest of who has not chosen another.
    pub cap: u32,
    /// Real time; ranking learns from no tap after it. `None` in a preview.
    pub opened_at: Option<DateTime<Utc>>,
}

impl Edition {
    /// One that nobody opened, decided when it occurs; what is numbered by then is for the caller to say.
    pub fn imagined(cadence: Cadence, occurs_at: DateTime<Utc>, cap: u32) -> Edition {
        Edition { id: None, cadence, occurs_at, now: occurs_at, last_number: 0, cap, opened_at: None }
    }

    /// Whether it is of the urgent lane.
    pub fn is_urgent(&self) -> bool {
        self.cadence == Cadence::Urgent
    }
}

/// Gives the items that are due at `now` their numbers after `last_number`, in the order of
/// (`release_at`, slug), and answers the indexes numbered and the last number given.
///
/// What is held back gets none. Opening an edition does this under the lock of the release counter; a preview does it in memory.
pub fn give_numbers(items: &mut [Item], now: DateTime<Utc>, last_number: i64) -> (Vec<usize>, i64) {
    let mut due: Vec<usize> = (0..items.len())
        .filter(|&i| items[i].number.is_none() && !items[i].withdrawn && items[i].is_due(now))
        .collect();
    due.sort_by(|&a, &b| (items[a].release_at, &items[a].slug).cmp(&(items[b].release_at, &items[b].slug)));
    let mut number = last_number;
    for &i in &due {
        number += 1;
        items[i].number = Some(number);
        items[i].numbered_at = Some(now);
    }
    (due, number)
}

/// Whether editions of `cadence` are for this recipient, whose letters may be stopped or pause: an urgent one is for every
/// cadence, but not for who turned urgent letters off.
pub fn hears(cadence: Cadence, recipient: &Recipient) -> bool {
    if cadence == Cadence::Urgent { !recipient.urgent_off } else { recipient.cadence == cadence }
}

/// Whether an edition plans this recipient: active, not pausing on the edition's local day, and one who [`hears`] it.
pub fn is_planned_for(edition: &Edition, settings: &ForumSettings, recipient: &Recipient) -> bool {
    let today = edition.now.with_timezone(&settings.zone).date_naive();
    recipient.standing.status == Status::Active
        && hears(edition.cadence, recipient)
        && recipient.paused_until.is_none_or(|until| until <= today)
}
