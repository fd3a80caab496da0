//! Which occurrence an instant means.

use chrono::{DateTime, Utc};

use super::digests::Scene;
use crate::content::{Fields, Item};
use crate::edition::schedule;
use crate::forum::Cadence;

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
pub fn gatherings(items: &[Item]) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    items
        .iter()
        .filter(|item| !item.withdrawn)
        .filter_map(|item| match &item.fields {
            Fields::Event { starts_at: Some(start), ends_at, gathering: true, .. } => {
                Some((start.at, ends_at.map_or(start.at, |end| end.at)))
            }
            _ => None,
        })
        .collect()
}
