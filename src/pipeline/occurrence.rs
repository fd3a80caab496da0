//! Which occurrence an instant means, what edition a row, and how far back an edition looks.

use chrono::{DateTime, TimeDelta, Utc};

use super::PipelineError;
use super::digests::Scene;
use crate::content::{Fields, Item};
use crate::edition::Edition;
use crate::edition::schedule::{self, Gathering};
use crate::forum::Cadence;
use crate::store::{EditionRow, LOOK_BACK_DAYS};

/// The cadences that the clock opens.
pub(super) const BY_CLOCK: [Cadence; 4] =
    [Cadence::Daily, Cadence::Weekly, Cadence::Monthly, Cadence::Gathering];

/// An occurrence with the instant at which it is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// Its identity.
    pub occurs_at: DateTime<Utc>,
    /// Release, decision and ranking stand here.
    pub now: DateTime<Utc>,
}

/// The latest occurrence at or before `at`.
pub fn latest(scene: &Scene, cadence: Cadence, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    schedule::latest_at_or_before(&scene.forum.settings, cadence, &gatherings(&scene.items), at)
}

/// The first occurrence after `at`.
pub fn coming(scene: &Scene, cadence: Cadence, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    schedule::next_after(&scene.forum.settings, cadence, &gatherings(&scene.items), at)
}

/// Start and end of every event that the `gathering` cadence is bound to.
pub fn gatherings(items: &[Item]) -> Vec<Gathering> {
    items.iter().filter_map(gathering).collect()
}

/// Start and end of the item, if the `gathering` cadence is bound to it.
pub(super) fn gathering(item: &Item) -> Option<Gathering> {
    match &item.fields {
        Fields::Event { starts_at: Some(start), ends_at, gathering: true, .. } if !item.withdrawn => {
            Some((start.at, ends_at.map_or(start.at, |end| end.at)))
        }
        _ => None,
    }
}

/// The edition that a stored row means.
pub fn edition_of(row: &EditionRow) -> Result<Edition, PipelineError> {
    let cadence = row.cadence.parse().map_err(PipelineError::Stored)?;
    Ok(Edition {
        id: Some(row.id),
        cadence,
        occurs_at: row.occurs_at,
        now: row.now_at,
        last_number: row.last_number,
        cap: u32::try_from(row.cap).unwrap_or(u32::MAX),
        opened_at: Some(row.opened_at),
    })
}

/// The number above which lies everything numbered in the [`LOOK_BACK_DAYS`] before `now` or later.
///
/// A clock set back gives later numbers earlier instants, so it is the least such number that counts,
/// not the greatest one before.
pub fn look_back_mark(items: &[Item], now: DateTime<Utc>) -> i64 {
    let from = now - TimeDelta::days(LOOK_BACK_DAYS);
    let numbered = || items.iter().filter_map(|item| Some((item.number?, item.numbered_at?)));
    let first = numbered().filter(|(_, at)| from <= *at).map(|(number, _)| number - 1).min();
    first.or_else(|| numbered().map(|(number, _)| number).max()).unwrap_or(0)
}
