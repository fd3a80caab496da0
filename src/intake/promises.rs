//! Promises of minutes: what their newest version makes of those that stand, and what the minutes say of earlier ones.

use chrono::{DateTime, NaiveDate, Utc};

use crate::content::{Fields, Item, LONGEST_PROMISE, Promised, are_alike};
use crate::forum::{Forum, one_line};
use crate::ids::{ItemId, RecipientId};
use crate::store::{PromiseWord, SaidPromise, StandingPromise, Store, StoreError, Tx};

/// What minutes, or its owner, say of an open promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It is done.
    Done,
    /// It will not be done.
    Dropped,
    /// It will be done by that day.
    Moved(NaiveDate),
}

impl Said {
    /// The state and the day that it leaves the promise in, as rows say them; `seen` is the day that stood.
    pub fn outcome(self, seen: &str) -> (&'static str, String) {
        match self {
            Said::Done => ("done", seen.to_owned()),
            Said::Dropped => ("dropped", seen.to_owned()),
            Said::Moved(day) => ("open", day.to_string()),
        }
    }
}

/// What minutes say of an earlier promise of their group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settling {
    /// Which.
    pub id: i64,
    /// The day that stood when it was shown; empty: none.
    pub seen: String,
    /// What.
    pub said: Said,
}

/// What becomes of a promise when minutes get a version.
#[derive(Debug, PartialEq, Eq)]
enum Step<'a> {
    Add(SaidPromise<'a>),
    Change(&'a StandingPromise, SaidPromise<'a>),
    Remove(&'a StandingPromise),
}

/// Lets the promises of an item be those that its newest version says. One that is alike keeps its state.
pub(super) async fn keep_promises(
    tx: &mut Tx,
    forum: &Forum,
    item: &Item,
    (actor, now): (&str, DateTime<Utc>),
) -> Result<(), StoreError> {
    let (group, promises) = match &item.fields {
        Fields::Minutes { group, promises, .. } => (*group, promises.as_slice()),
        _ => (None, &[] as &[Promised]),
    };
    let Some(id) = tx.find_item_id(&item.slug).await? else { return Ok(()) };
    let standing = tx.list_promises_of_item(id).await?;
    // Promises of no group were refused before.
    let group = group.map_or("", |group| &*forum.terms.term(group).slug);
    let days: Vec<Option<String>> = promises.iter().map(|p| p.by.map(|day| day.to_string())).collect();
    for step in plan_promises(&standing, group, promises, &days) {
        match step {
            Step::Add(said) => tx.add_promise(id, &said, actor, now).await?,
            Step::Change(row, said) => tx.change_promise(id, row, &said, actor, now).await?,
            Step::Remove(row) => tx.remove_promise(id, row, actor, now).await?,
        }
    }
    Ok(())
}

/// What there is to do; `days` are those of `promises`, as rows say them.
fn plan_promises<'a>(
    standing: &'a [StandingPromise],
    group: &'a str,
    promises: &'a [Promised],
    days: &'a [Option<String>],
) -> Vec<Step<'a>> {
    let mut left: Vec<&StandingPromise> = standing.iter().collect();
    let rows = pair_promises(&mut left, promises);
    let mut steps = Vec::new();
    for (((promise, on), row), position) in promises.iter().zip(days).zip(rows).zip(1..) {
        let said =
            SaidPromise { group, position, what: &promise.what, seat: promise.seat, on: on.as_deref() };
        match row {
            Some(row) if row.said() == said => {}
            Some(row) => steps.push(Step::Change(row, said)),
            None => steps.push(Step::Add(said)),
        }
    }
    steps.extend(left.into_iter().map(Step::Remove));
    steps
}

/// The row that each promise has already, taken out of `left`: one that is alike and of the same place before one of another,
/// for the same may be promised by several.
fn pair_promises<'a>(
    left: &mut Vec<&'a StandingPromise>,
    promises: &[Promised],
) -> Vec<Option<&'a StandingPromise>> {
    let mut rows: Vec<Option<&'a StandingPromise>> = vec![None; promises.len()];
    for any_place in [false, true] {
        for (promise, row) in promises.iter().zip(&mut rows).filter(|(_, row)| row.is_none()) {
            let found = left.iter().position(|standing| {
                are_alike(&standing.what, &promise.what) && (any_place || standing.seat == promise.seat)
            });
            *row = found.map(|at| left.remove(at));
        }
    }
    rows
}

/// What the minutes of an item say of earlier promises is done. What somebody said of one since it was shown stays.
pub(super) async fn settle_promises(
    tx: &mut Tx,
    minutes: ItemId,
    settlings: &[Settling],
    (actor, now): (&str, DateTime<Utc>),
) -> Result<(), StoreError> {
    for Settling { id, seen, said } in settlings {
        let (state, by_on) = said.outcome(seen);
        let minutes = Some(minutes).filter(|_| state != "open");
        let word = PromiseWord { id: *id, seen, state, by_on: &by_on, owner: None, minutes };
        tx.say_of_promise(&word, actor, now).await?;
    }
    Ok(())
}

/// What became of an owner's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnersWord {
    /// It stands.
    Stands,
    /// The new day is the one that stood already: nothing was done.
    SameDay,
    /// It is not theirs, or somebody settled or moved it since it was shown: nothing was done.
    Overtaken,
}

/// What its owner says of a promise that was shown with the day `seen`, in one transaction. What stands as it is said already
/// is said.
pub async fn say_of_own_promise(
    store: &Store,
    (recipient, id, seen): (RecipientId, i64, &str),
    (said, words): (Said, &str),
    now: DateTime<Utc>,
) -> Result<OwnersWord, StoreError> {
    let mut tx = store.begin().await?;
    let Some(shown) = tx.find_own_promise(id, recipient, now).await? else {
        return tx.undo().await.map(|()| OwnersWord::Overtaken);
    };
    let (state, by_on) = said.outcome(seen);
    if state == "open" && shown.state == state && by_on == seen && shown.by_on.as_deref() == Some(seen) {
        return tx.undo().await.map(|()| OwnersWord::SameDay);
    }
    let words = one_line(words, LONGEST_PROMISE);
    let owner = Some((recipient, words.as_str()));
    let word = PromiseWord { id, seen, state, by_on: &by_on, owner, minutes: None };
    if tx.say_of_promise(&word, "page", now).await? {
        tx.commit().await?;
        return Ok(OwnersWord::Stands);
    }
    // The button was pressed twice, perhaps at once: what stands is read anew.
    let standing = tx.find_own_promise(id, recipient, now).await?;
    tx.undo().await?;
    let is_said = standing.is_some_and(|row| {
        let is_told = words.is_empty() || row.told.as_deref() == Some(words.as_str());
        row.state == state && row.by_on.unwrap_or_default() == by_on && is_told
    });
    Ok(if is_said { OwnersWord::Stands } else { OwnersWord::Overtaken })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SeatId;

    fn standing(id: i64, position: i64, what: &str) -> StandingPromise {
        StandingPromise {
            id,
            group: "health".to_owned(),
            position,
            what: what.to_owned(),
            seat: None,
            said_on: None,
            by_on: Some("2027-03-08".to_owned()),
        }
    }

    fn promised(what: &str) -> Promised {
        Promised { what: what.to_owned(), seat: None, by: None }
    }

    #[test]
    fn what_is_alike_stays_what_is_new_comes_and_what_is_not_said_any_more_goes() {
        let rows =
            [standing(1, 1, "Ringe ti bedrifter"), standing(2, 2, "Skrive planen"), standing(3, 3, "Borte")];
        let said = [promised("Ringe ti bedrifter"), promised("skrive planen."), promised("Ny")];
        let days = [None, None, None];
        let steps = plan_promises(&rows, "health", &said, &days);
        let on = |position, what| SaidPromise { group: "health", position, what, seat: None, on: None };
        let expected =
            [Step::Change(&rows[1], on(2, "skrive planen.")), Step::Add(on(3, "Ny")), Step::Remove(&rows[2])];
        assert_eq!(steps, expected);
    }

    #[test]
    fn of_two_that_are_alike_each_stays_once_and_another_owner_is_a_change() {
        let rows = [standing(1, 1, "Ringe"), standing(2, 2, "Ringe")];
        let mut said = [promised("Ringe"), promised("Ringe")];
        assert_eq!(plan_promises(&rows, "health", &said, &[None, None]), []);
        said[1].seat = Some(SeatId(7));
        let steps = plan_promises(&rows, "health", &said, &[None, None]);
        assert!(matches!(steps[..], [Step::Change(row, _)] if row.id == 2), "{steps:?}");
    }

    #[test]
    fn of_several_who_promise_the_same_each_keeps_their_own() {
        let mut rows = [standing(1, 1, "Ringe"), standing(2, 2, "Ringe"), standing(3, 3, "Ringe")];
        for row in &mut rows {
            row.seat = Some(SeatId(row.id));
        }
        let of = |seat| Promised { seat: Some(SeatId(seat)), ..promised("Ringe") };
        let said = [of(3), of(7), of(2)];
        let steps = plan_promises(&rows, "health", &said, &[None, None, None]);
        let on = |position, seat| SaidPromise {
            group: "health",
            position,
            what: "Ringe",
            seat: Some(SeatId(seat)),
            on: None,
        };
        let expected = [
            Step::Change(&rows[2], on(1, 3)),
            Step::Change(&rows[0], on(2, 7)),
            Step::Change(&rows[1], on(3, 2)),
        ];
        assert_eq!(steps, expected);
    }
}
