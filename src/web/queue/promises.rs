//! Promises in the form of minutes: rows of what, who and by when, and the group's open ones, which these minutes settle.
//!
//! Names of who has a place in the group stand in the list of owners: whoever writes for it is told those anyway. No place of
//! work stands beside them.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::effective::Draft;
use super::promised::{self, PromisedView};
use super::rights::may_see;
use crate::content::{Item, Kind, MOST_PROMISES};
use crate::forum::{Facet, Position, Term};
use crate::ids::SeatId;
use crate::intake::item_form::ItemForm;
use crate::intake::promises::Said;
use crate::store::{GroupSeatRow, PromiseRow};
use crate::web::choice::Choice;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::words::{Words, fill};

/// So many empty rows stand below those that are filled in.
const EMPTY_ROWS: usize = 3;

/// A promise that these minutes make.
#[derive(Debug, Serialize)]
struct Row {
    number: usize,
    what: String,
    /// The place that was chosen; empty: the group.
    who: String,
    /// What that place is called where nobody may choose it anew; empty: it stands among the others.
    own: String,
    by: String,
}

/// A promise that the group has made and not settled.
#[derive(Debug, Serialize)]
struct Was {
    id: i64,
    what: String,
    /// "Kari Nes, innen 8. april"; empty: there is nothing to tell.
    told: String,
    late: bool,
    /// The day that stands; empty: none.
    seen: String,
    /// done, dropped, or empty.
    said: String,
    /// The new day as it was typed.
    by: String,
}

/// What the form says of promises.
#[derive(Debug, Serialize)]
pub(super) struct PromisesView {
    /// What the last minutes promised in their own words.
    promised: Option<PromisedView>,
    rows: Vec<Row>,
    /// The places in the group, each called by who has it.
    places: Vec<Choice>,
    /// The slug of the group whose places these are.
    group: String,
    was: Vec<Was>,
    /// Names what of earlier promises is shown.
    of: String,
}

impl PromisesView {
    /// What the place that a row has is called; none if nobody has one there.
    pub(super) fn find_place(&self, who: &str) -> Option<&str> {
        let known = self.places.iter().find(|place| place.value == who).map(|place| &place.label);
        let own = || self.rows.iter().find(|row| row.who == who).map(|row| &row.own);
        known.or_else(own).map(String::as_str).filter(|name| !name.is_empty())
    }

    /// What a promise is that the group has not settled.
    pub(super) fn find_open(&self, id: i64) -> Option<&str> {
        self.was.iter().find(|was| was.id == id).map(|was| was.what.as_str())
    }
}

/// The promises that the form fills in, and those that stand open.
pub(super) async fn look(
    reading: &Reading,
    staff: &Staff,
    draft: &Draft,
    form: &ItemForm,
) -> Result<PromisesView, Refusal> {
    let words = reading.0.words(staff.language);
    let group = form.get("group");
    let seats = list_seats(reading, staff, group).await?;
    let was: Vec<Was> = list_open(reading, staff, draft, form)
        .await?
        .into_iter()
        .map(|row| view_was(reading, staff, form, row))
        .collect();
    Ok(PromisesView {
        promised: promised::look(reading, staff, draft, form).await?,
        rows: list_rows(words, form, &seats),
        places: name_places(words, &seats),
        group: group.to_owned(),
        of: was.iter().map(|was| format!("{}:{} ", was.id, was.seen)).collect(),
        was,
    })
}

/// The places in the group; none, if the account is not told who has these.
async fn list_seats(reading: &Reading, staff: &Staff, group: &str) -> Result<Vec<GroupSeatRow>, Refusal> {
    if group.is_empty() || !staff.works_for_group(group) {
        return Ok(Vec::new());
    }
    reading.group_seats(group).await
}

fn list_rows(words: &Words, form: &ItemForm, seats: &[GroupSeatRow]) -> Vec<Row> {
    let filled = form.list_promise_rows().last().copied().unwrap_or_default();
    let row = |number: usize| {
        let of = |field: &str| form.get(&format!("promise_{field}_{number}")).to_owned();
        let who = of("who");
        Row { number, what: of("what"), own: name_own(words, seats, &who), who, by: of("by") }
    };
    (1..=MOST_PROMISES.min(filled + EMPTY_ROWS)).map(row).collect()
}

/// What the place that a row has is called if it is none that may be chosen: vacant, or of somebody who is not told.
fn name_own(words: &Words, seats: &[GroupSeatRow], who: &str) -> String {
    let Ok(seat) = who.parse().map(SeatId) else { return String::new() };
    match seats.iter().find(|row| row.seat == seat) {
        Some(row) if row.holder.is_some() => String::new(),
        Some(_) => words.promises.form.vacant.clone(),
        None => words.promises.form.whoever.clone(),
    }
}

/// Each place that somebody has, by their name; who shares a name with another is told apart by the position.
fn name_places(words: &Words, seats: &[GroupSeatRow]) -> Vec<Choice> {
    let name = |row: &GroupSeatRow| {
        let own = row.name.clone().filter(|name| !name.is_empty());
        own.or_else(|| row.email.clone()).unwrap_or_default()
    };
    let mut count: HashMap<String, usize> = HashMap::new();
    seats.iter().filter(|row| row.holder.is_some()).for_each(|row| *count.entry(name(row)).or_default() += 1);
    let choice = |row: &GroupSeatRow| {
        let name = name(row);
        let position =
            row.position.parse::<Position>().ok().and_then(|position| words.position.get(&position));
        let label = match position {
            Some(position) if count.get(&name) > Some(&1) => format!("{name} ({position})"),
            _ => name,
        };
        Choice { value: row.seat.to_string(), label, depth: 0, chosen: false }
    };
    let mut choices: Vec<Choice> = seats.iter().filter(|row| row.holder.is_some()).map(choice).collect();
    choices.sort_by_key(|choice| crate::forum::sort_key(&choice.label));
    choices
}

/// What the group has promised in minutes of no later day, as far as the account may see those. A correction settles nothing:
/// its minutes have done that.
async fn list_open(
    reading: &Reading,
    staff: &Staff,
    draft: &Draft,
    form: &ItemForm,
) -> Result<Vec<PromiseRow>, Refusal> {
    let slug = form.get("group");
    if slug.is_empty() || draft.corrects().is_some() {
        return Ok(Vec::new());
    }
    let mut rows = reading.open_promises_of_group(slug).await?;
    if rows.is_empty() {
        return Ok(rows);
    }
    let library = reading.library().await?;
    let (forum, staff) = (&library.forum, staff.among(&library.forum));
    let group = forum.terms.find(&Term::new(Facet::Group, slug));
    let on: Option<NaiveDate> = form.get("met_on").parse().ok();
    rows.retain(|row| {
        let minutes = library.items.iter().find(|item| item.slug == row.item && may_see(&staff, item));
        let meeting = minutes.and_then(|item| item.meeting(forum.settings.zone));
        meeting.is_some_and(|(of, day)| Some(of) == group && on.is_none_or(|on| day <= on))
    });
    Ok(rows)
}

fn view_was(reading: &Reading, staff: &Staff, form: &ItemForm, row: PromiseRow) -> Was {
    let words = &reading.0.words(staff.language).promises.page;
    let pen = reading.0.pen(&staff.forum, staff.language);
    let day = row.by().map(|day| fill(&words.by, &[("day", &pen.locale.day(day, pen.today))]));
    let owner = match (&row.owner_name, row.owner) {
        (Some(name), _) if !name.is_empty() && staff.works_for_group(&row.group) => Some(name.clone()),
        (_, Some(_)) => None,
        (_, None) => Some(words.of_group.clone()),
    };
    let typed = |field: &str| form.get(&format!("was_{field}_{}", row.id)).to_owned();
    Was {
        id: row.id,
        told: owner.into_iter().chain(day).collect::<Vec<_>>().join(", "),
        late: row.by().is_some_and(|day| day < pen.today),
        said: typed("said"),
        by: typed("by"),
        seen: row.by_on.unwrap_or_default(),
        what: row.what,
    }
}

/// What stands against the promises of minutes that are to be queued: whose place is none of the group's any more, and what
/// somebody else said of an earlier promise since it was shown. The field, and what to do.
pub(super) async fn object(
    reading: &Reading,
    staff: &Staff,
    (draft, corrected): (&Draft, Option<&Item>),
    form: &ItemForm,
) -> Result<Option<(String, String)>, Refusal> {
    if form.kind() != Some(Kind::Minutes) {
        return Ok(None);
    }
    match object_to_owners(reading, staff, corrected, form).await? {
        None => object_to_settlings(reading, staff, draft, form).await,
        told => Ok(told),
    }
}

/// A place that is none of the group's any more. What a correction found in its minutes it may leave as it is.
async fn object_to_owners(
    reading: &Reading,
    staff: &Staff,
    corrected: Option<&Item>,
    form: &ItemForm,
) -> Result<Option<(String, String)>, Refusal> {
    let owner = |number: usize| (number, form.get(&format!("promise_who_{number}")).to_owned());
    let mut chosen: Vec<(usize, String)> = form.list_promise_rows().into_iter().map(owner).collect();
    chosen.retain(|(_, who)| !who.is_empty());
    if chosen.is_empty() {
        return Ok(None);
    }
    let (words, group) = (&reading.0.words(staff.language).promises.form, form.get("group"));
    let seats = list_seats(reading, staff, group).await?;
    let mut known: Vec<SeatId> = seats.iter().map(|row| row.seat).collect();
    if let Some(item) = corrected {
        known.extend(reading.seats_in_versions(item.id, group).await?);
    }
    let is_gone = |(_, who): &&(usize, String)| known.iter().all(|seat| seat.to_string() != *who);
    let gone = chosen.iter().find(is_gone);
    Ok(gone.map(|(number, _)| (format!("promise_who_{number}"), words.no_place.clone())))
}

/// What is said of an earlier promise that the form does not show, or not as it was shown; and a new day that is over.
async fn object_to_settlings(
    reading: &Reading,
    staff: &Staff,
    draft: &Draft,
    form: &ItemForm,
) -> Result<Option<(String, String)>, Refusal> {
    let settlings = form.list_settlings();
    if settlings.is_empty() {
        return Ok(None);
    }
    let words = &reading.0.words(staff.language).promises.form;
    let shown = list_open(reading, staff, draft, form).await?;
    let stands = |id: i64, seen: &str| {
        shown.iter().any(|row| row.id == id && row.by_on.as_deref().unwrap_or_default() == seen)
    };
    let overtaken = settlings.iter().find(|settling| !stands(settling.id, &settling.seen));
    if let Some(settling) = overtaken {
        return Ok(Some((format!("was_said_{}", settling.id), words.overtaken.clone())));
    }
    let is_past = |said: Said| matches!(said, Said::Moved(day) if day < reading.0.today(&staff.forum));
    let past = settlings.iter().find(|settling| is_past(settling.said));
    Ok(past.map(|settling| (format!("was_by_{}", settling.id), words.past.clone())))
}
