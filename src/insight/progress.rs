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
    for item in items.into_iter().filter(|item| item.is_readable(now)) {
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

/// The gatherings whose last day is over, each with its first: who met while it was on met at it.
fn list_gatherings<'i>(items: &[&'i Item], zone: Tz, now: DateTime<Utc>) -> Vec<(NaiveDate, &'i Item)> {
    let today = now.with_timezone(&zone).date_naive();
    let is_over = |item: &Item| item.own_close().is_some_and(|end| end.local_day(zone) < today);
    let first = |item: &Item| match item.fields {
        Fields::Event { starts_at: Some(start), gathering: true, .. } => Some(start.local_day(zone)),
        _ => None,
    };
    let over = items.iter().copied().filter(|item| item.is_readable(now) && is_over(item));
    over.filter_map(|item| Some((first(item)?, item))).collect()
}

/// Whether a gathering is the group's: everybody's is, and that of groups is their own and that of the groups under them.
fn concerns(forum: &Forum, gathering: &Item, group: TermIx) -> bool {
    let is_visible = match gathering.visibility {
        Visibility::Public | Visibility::Forum => true,
        Visibility::Group(other) => forum.terms.is_at_or_under(group, other),
        Visibility::Only(other) => other == group,
    };
    is_visible && gathering.audience.as_ref().is_none_or(|who| takes_in(forum, who, group, Extent::Any))
}

/// How many of a group an audience takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// It may take in some of them.
    Any,
    /// It takes in all of them, whoever they are.
    All,
}

/// Whether an audience takes in so many of a group, as far as groups tell: of all other terms anybody may hold some, and
/// nobody need hold one.
fn takes_in(forum: &Forum, audience: &Audience, group: TermIx, extent: Extent) -> bool {
    let is_within = |term: TermIx| forum.terms.is_at_or_under(group, term);
    match audience {
        Audience::All => true,
        Audience::Term(term) if forum.terms.term(*term).facet == Facet::Group => is_within(*term),
        Audience::Term(_) => extent == Extent::Any,
        Audience::Seat(term, _) => extent == Extent::Any && is_within(*term),
        Audience::Not(who) => match extent {
            Extent::Any => !takes_in(forum, who, group, Extent::All),
            Extent::All => !takes_in(forum, who, group, Extent::Any),
        },
        Audience::And(parts) => parts.iter().all(|part| takes_in(forum, part, group, extent)),
        Audience::Or(parts) => parts.iter().any(|part| takes_in(forum, part, group, extent)),
    }
}
