//! How groups get on, as their minutes tell it: what a group promised, what it did since, and whether nothing was heard of
//! it. Pure: items, the forum and the instant come in.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::content::{Audience, Fields, Item, Visibility};
use crate::forum::{Facet, Forum, TermIx};
use crate::ids::ItemId;

/// After so many days without minutes a group is said to be silent.
pub const SILENT_AFTER_DAYS: i64 = 60;

/// A meeting with its minutes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Meeting<'i> {
    /// The day.
    pub met_on: NaiveDate,
    /// The minutes.
    pub item: &'i Item,
}

/// Why one might ask how a group gets on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// It has handed in no minutes yet.
    Never,
    /// It has handed in none since the gathering of that day.
    SinceGathering(NaiveDate),
    /// It has handed in none for more than [`SILENT_AFTER_DAYS`].
    Long,
}

/// How a group gets on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress<'i> {
    /// The `group:` term.
    pub group: TermIx,
    /// Its newest minutes: what was done and gained, and what is promised now.
    pub last: Option<Meeting<'i>>,
    /// Those before: what it had promised.
    pub before: Option<Meeting<'i>>,
    /// Whether nothing was heard of it.
    pub silence: Option<Silence>,
}

/// The minutes that are out at `now`, by the group that met, the newest meeting first.
pub fn gather_meetings<'i>(
    items: impl IntoIterator<Item = &'i Item>,
    zone: Tz,
    now: DateTime<Utc>,
) -> HashMap<TermIx, Vec<Meeting<'i>>> {
    let mut meetings: HashMap<TermIx, Vec<Meeting<'i>>> = HashMap::new();
    for item in items.into_iter().filter(|item| is_out(item, now)) {
        if let Some((group, met_on)) = item.meeting(zone) {
            meetings.entry(group).or_default().push(Meeting { met_on, item });
        }
    }
    let newest = |a: &Meeting, b: &Meeting| {
        let place = |of: &Meeting| (of.met_on, of.item.release_at);
        place(b).cmp(&place(a)).then_with(|| a.item.slug.cmp(&b.item.slug))
    };
    meetings.values_mut().for_each(|of_group| of_group.sort_by(newest));
    meetings
}

/// The meeting whose promises the minutes of a meeting `on` that day answer; `but` are those minutes themselves, if they
/// are out. `of_group` holds the newest first.
pub fn find_meeting_before<'m, 'i>(
    of_group: &'m [Meeting<'i>],
    on: Option<NaiveDate>,
    but: Option<ItemId>,
) -> Option<&'m Meeting<'i>> {
    of_group.iter().find(|meeting| Some(meeting.item.id) != but && on.is_none_or(|day| meeting.met_on <= day))
}

/// How each of `groups` gets on at `now`, as `items` tell it: those that the reader may see.
pub fn list_progress<'i>(
    forum: &Forum,
    groups: &[TermIx],
    items: &[&'i Item],
    now: DateTime<Utc>,
) -> Vec<Progress<'i>> {
    let zone = forum.settings.zone;
    let today = now.with_timezone(&zone).date_naive();
    let meetings = gather_meetings(items.iter().copied(), zone, now);
    let gatherings = list_gatherings(items, zone, now);
    let progress = |group: TermIx| {
        let of_group = meetings.get(&group).map_or(&[][..], Vec::as_slice);
        let last = of_group.first().copied();
        let concerning = gatherings.iter().filter(|(_, item)| concerns(forum, item, group));
        let gathering = concerning.map(|(day, _)| *day).max();
        Progress {
            group,
            last,
            before: of_group.get(1).copied(),
            silence: find_silence(last.map(|meeting| meeting.met_on), gathering, today),
        }
    };
    groups.iter().copied().map(progress).collect()
}

/// Whether nothing was heard of a group that met last on that day, and whose last gathering was on that.
pub fn find_silence(
    last: Option<NaiveDate>,
    gathering: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<Silence> {
    let Some(last) = last else { return Some(Silence::Never) };
    match gathering {
        Some(day) if last < day => Some(Silence::SinceGathering(day)),
        _ => ((today - last).num_days() > SILENT_AFTER_DAYS).then_some(Silence::Long),
    }
}

fn is_out(item: &Item, now: DateTime<Utc>) -> bool {
    item.is_due(now) && !item.withdrawn
}

/// The gatherings of days that are over.
fn list_gatherings<'i>(items: &[&'i Item], zone: Tz, now: DateTime<Utc>) -> Vec<(NaiveDate, &'i Item)> {
    let today = now.with_timezone(&zone).date_naive();
    let day = |item: &Item| match item.fields {
        Fields::Event { starts_at: Some(start), gathering: true, .. } => Some(start.local_day(zone)),
        _ => None,
    };
    let out = items.iter().copied().filter(|item| is_out(item, now));
    out.filter_map(|item| Some((day(item)?, item))).filter(|(day, _)| *day < today).collect()
}

/// Whether a gathering is the group's: everybody's is, and that of a group is its own and that of the groups under it.
fn concerns(forum: &Forum, gathering: &Item, group: TermIx) -> bool {
    let is_within = |other: TermIx| forum.terms.is_at_or_under(group, other);
    let is_visible = match gathering.visibility {
        Visibility::Public | Visibility::Forum => true,
        Visibility::Group(other) => is_within(other),
        Visibility::Only(other) => other == group,
    };
    let is_chosen = match gathering.audience {
        Some(Audience::Term(term) | Audience::Seat(term, _))
            if forum.terms.term(term).facet == Facet::Group =>
        {
            is_within(term)
        }
        _ => true,
    };
    is_visible && is_chosen
}
