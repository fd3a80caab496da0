//! Promises of a group in words: whose each is, by when, and how it stands.

use chrono::Days;
use serde::Serialize;

use crate::content::PromiseState;
use crate::staff::Right;
use crate::store::PromiseRow;
use crate::web::item_view::Pen;
use crate::web::staff::Staff;
use crate::web::words::{counted, fill};

/// What was settled longer ago stands in the minutes alone.
const SHOWN_AFTER_DAYS: u64 = 90;

/// Promises of minutes that came out longer ago are not counted.
const COUNTED_DAYS: u64 = 365;

#[derive(Debug, Serialize)]
struct PromiseView {
    what: String,
    state: String,
    /// Marks it as kept or late; empty: neither.
    class: &'static str,
    /// "Kari Nes, innen 8. april".
    told: String,
    /// What its owner says; empty: nothing.
    words: String,
}

/// The promises of one group.
#[derive(Debug, Serialize)]
pub(super) struct PromisesView {
    /// "3 av 5 løfter det siste året er holdt."; empty: there was none.
    kept: String,
    rows: Vec<PromiseView>,
}

/// Those that are open, late or settled of late.
pub(super) fn view_promises<'r>(
    pen: &Pen<'_>,
    staff: &Staff,
    rows: impl Iterator<Item = &'r PromiseRow> + Clone,
) -> PromisesView {
    let names = staff.may(Right::Write) || staff.may(Right::People);
    let shown = rows.clone().filter(|row| is_shown(pen, row));
    PromisesView { kept: tell_kept(pen, rows), rows: shown.map(|row| view(pen, row, names)).collect() }
}

fn state_of(pen: &Pen<'_>, row: &PromiseRow) -> PromiseState {
    PromiseState::of(&row.state, row.by(), pen.today)
}

fn is_shown(pen: &Pen<'_>, row: &PromiseRow) -> bool {
    let first = pen.today.checked_sub_days(Days::new(SHOWN_AFTER_DAYS)).unwrap_or_default();
    row.settled_at.is_none_or(|at| at.with_timezone(&pen.forum.settings.zone).date_naive() >= first)
}

fn tell_kept<'r>(pen: &Pen<'_>, rows: impl Iterator<Item = &'r PromiseRow>) -> String {
    let words = &pen.words.promises.progress;
    let first = pen.today.checked_sub_days(Days::new(COUNTED_DAYS)).unwrap_or_default();
    let is_counted =
        |row: &&PromiseRow| row.released_at.with_timezone(&pen.forum.settings.zone).date_naive() >= first;
    let states: Vec<PromiseState> = rows.filter(is_counted).map(|row| state_of(pen, row)).collect();
    let kept = states.iter().filter(|state| **state == PromiseState::Kept).count();
    match states.len() {
        0 => String::new(),
        count => fill(&counted(&words.kept_one, &words.kept, count), &[("kept", &kept.to_string())]),
    }
}

/// A promise; whose it is, is told to who may know who has places.
fn view(pen: &Pen<'_>, row: &PromiseRow, names: bool) -> PromiseView {
    let (words, page) = (&pen.words.promises.progress, &pen.words.promises.page);
    let (state, class) = match state_of(pen, row) {
        PromiseState::Open => (&words.open, ""),
        PromiseState::Late => (&words.late, "vacant"),
        PromiseState::Kept => (&words.done, "reached"),
        PromiseState::Dropped => (&words.dropped, ""),
    };
    let owner = match (&row.owner_name, row.owner) {
        (Some(name), _) if names && !name.is_empty() => Some(name.clone()),
        (_, Some(_)) => None,
        (_, None) => Some(page.of_group.clone()),
    };
    let day = row.by().map_or_else(
        || page.no_day.clone(),
        |day| fill(&page.by, &[("day", &pen.locale.day(day, pen.today))]),
    );
    PromiseView {
        what: row.what.clone(),
        state: state.clone(),
        class,
        told: owner.into_iter().chain([day]).collect::<Vec<_>>().join(", "),
        words: row.told.as_ref().map(|told| fill(&words.moved, &[("words", told)])).unwrap_or_default(),
    }
}
