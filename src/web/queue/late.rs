//! A correction that comes too late for some who have got the item: said in the form, with the urgent lane suggested. And a
//! new item that is closed before the next letter of some whom it reaches: said beside the form.

use serde::Serialize;

use super::effective::{Effective, imagine};
use crate::content::{Item, Lane};
use crate::edition::Late;
use crate::forum::Status;
use crate::insight::reach::Reached;
use crate::intake::item_form::ItemForm;
use crate::pipeline::find_missed;
use crate::staff::Right;
use crate::web::refusal::Refusal;
use crate::web::site::{People, Reading};
use crate::web::staff::Staff;
use crate::web::words::{QueueLate, Words, counted};

/// The field that says that this was shown, and whether the lane was chosen by it.
const FIELD: &str = "late";
/// It was shown; the lane is as whoever fills in the form left it.
const SEEN: &str = "seen";
/// It was shown to somebody who may not choose the lane: whoever may is told anew.
const TOLD: &str = "told";
/// It was shown, and the urgent lane chosen for whoever fills in the form.
const SUGGESTED: &str = "suggested";

/// What the form says of it.
#[derive(Debug, Serialize)]
pub(super) struct LateView {
    lines: Vec<String>,
    /// The lane is chosen here, beside the button.
    #[serde(skip)]
    pub(super) choose: bool,
    /// The lead is to be asked for a letter of its own.
    #[serde(skip)]
    pub(super) asks_lead: bool,
    urgent: bool,
    with_next: bool,
}

/// Whom what corrects the item reaches too late; nobody, if there is none or it is not out.
pub(super) async fn look(
    reading: &Reading,
    staff: &Staff,
    corrected: Option<&Item>,
    effective: &Effective,
) -> Result<Late, Refusal> {
    let (Some(stored), forum) = (corrected, &staff.forum) else { return Ok(Late::default()) };
    let Some(imagined) = imagine(forum, &effective.form, reading.0.now()) else { return Ok(Late::default()) };
    let Item { id, number, numbered_at, .. } = *stored;
    // The urgent lane that was suggested is not what makes it come in time: else the suggestion took itself back.
    let is_suggested = effective.form.get(FIELD) == SUGGESTED;
    let lane = if is_suggested { Lane::Digest } else { imagined.lane };
    let item = Item { id, number, numbered_at, version: stored.version + 1, lane, ..imagined };
    reading.late_for(forum, &item).await
}

/// Whether it must be shown before the correction is saved: it never was, or not to somebody who may choose the lane.
pub(super) fn is_news(form: &ItemForm, late: Late, may_send: bool) -> bool {
    let is_unknown = match form.get(FIELD) {
        "" => true,
        TOLD => may_send,
        _ => false,
    };
    late.people > 0 && is_unknown
}

/// Suggests the urgent lane where it helps, once, to whoever may choose it; and takes the suggestion back when it is
/// not needed any more.
pub(super) fn settle_lane(form: &mut ItemForm, late: Late, may_send: bool) {
    if late.people == 0 {
        if form.get(FIELD) == SUGGESTED && form.get("lane") == "urgent" {
            form.set("lane", "");
        }
        form.set(FIELD, "");
    } else if is_news(form, late, may_send) {
        let suggests = may_send && late.by_urgent > 0 && form.get("lane").is_empty();
        let shown = match may_send {
            true if suggests => SUGGESTED,
            true => SEEN,
            false => TOLD,
        };
        form.set(FIELD, shown);
        if suggests {
            form.set("lane", "urgent");
        }
    }
}

impl LateView {
    /// What there is to say; `form` with its lane settled.
    pub(super) fn of(words: &Words, staff: &Staff, form: &ItemForm, late: Late) -> Option<LateView> {
        let words = &words.queue.late;
        let Late { people, by_urgent, unsettled } = late;
        let (may_send, urgent) = (staff.may(Right::Send), form.get("lane") == "urgent");
        let choose = may_send && (by_urgent > 0 || form.get(FIELD) == SUGGESTED);
        if people == 0 {
            return None;
        }
        // Whose next letter comes too late, and who has none: one word does not fit both.
        let both =
            [(people - unsettled, &words.one, &words.other), (unsettled, &words.none_one, &words.none)];
        let told = both.into_iter().filter(|(people, ..)| *people > 0);
        let mut lines: Vec<String> = told.map(|(people, one, other)| counted(one, other, people)).collect();
        match (by_urgent, may_send) {
            (0, _) => lines.push(words.unreached.clone()),
            (_, false) => lines.push(words.ask_lead.clone()),
            (_, true) => {
                if form.get(FIELD) == SUGGESTED && urgent {
                    lines.push(words.suggested.clone());
                }
                if by_urgent < people {
                    lines.push(counted(&words.left_one, &words.left, people - by_urgent));
                }
            }
        }
        let asks_lead = by_urgent > 0 && !may_send;
        Some(LateView { lines, choose, asks_lead, urgent, with_next: !urgent })
    }
}

/// That some hear of an item only once it is closed, and what helps.
#[derive(Debug, Serialize)]
pub(super) struct TooLate {
    told: String,
    /// A letter of its own, which helps some of them, is the lead's to send, and whoever looks is told to ask.
    #[serde(skip)]
    pub(super) asks_lead: bool,
}

/// How many of those whom `item`, which is to go, reaches have their next letter only once it is closed, and what helps.
/// Where whoever looks may not know whom it reaches, none are `reached` here: then only that it is so for somebody who gets
/// letters at all, which hangs on nobody's place, topics or work.
pub(super) async fn tell_too_late(
    reading: &Reading,
    words: &Words,
    people: &People,
    (item, may_send): (&Item, bool),
    reached: Option<&Reached>,
) -> Result<Option<TooLate>, Refusal> {
    let (words, library) = (&words.queue.late, reading.library().await?);
    let is_active = |index: &usize| people.everyone.people()[*index].status == Status::Active;
    let readers: Vec<usize> = match reached {
        Some(reached) => reached.chosen.iter().chain(&reached.interested).copied().collect(),
        None => (0..people.named.len()).filter(is_active).collect(),
    };
    let hearings = readers.into_iter().map(|index| people.named[index].hearing);
    let late = find_missed(&library.forum, &library.items, item, hearings, reading.0.now());
    if late.people == 0 {
        return Ok(None);
    }
    let mut told = tell_whom(words, late, reached.is_some());
    if late.unsettled < late.people && item.can_close_later() {
        let is_dated = item.date_of_close().is_some();
        told.push(if is_dated { words.missed_dated.clone() } else { words.missed_undated.clone() });
    }
    let asks_lead = late.by_urgent > 0 && !may_send;
    if late.by_urgent > 0 {
        told.push(match reached {
            Some(_) if late.by_urgent == late.people => words.missed_letter.clone(),
            Some(_) => counted(&words.missed_letter_one, &words.missed_letter_part, late.by_urgent),
            None => words.missed_letter_some.clone(),
        });
        told.extend(asks_lead.then(|| words.missed_ask.clone()));
    }
    Ok(Some(TooLate { told: told.join(" "), asks_lead }))
}

/// Who does not get it: whose next letter comes once it is closed, and who has none yet.
fn tell_whom(words: &QueueLate, late: Late, is_counted: bool) -> Vec<String> {
    [
        (late.people - late.unsettled, [&words.missed_one, &words.missed, &words.missed_some]),
        (late.unsettled, [&words.unsettled_one, &words.unsettled, &words.unsettled_some]),
    ]
    .into_iter()
    .filter(|(people, _)| *people > 0)
    .map(|(people, [one, other, some])| if is_counted { counted(one, other, people) } else { some.clone() })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(lane: &str, seen: &str, late: (usize, usize), may_send: bool) -> (String, String) {
        let mut form = ItemForm::of([("lane", lane), (FIELD, seen)]);
        settle_lane(&mut form, Late { people: late.0, by_urgent: late.1, ..Late::default() }, may_send);
        (form.get("lane").to_owned(), form.get(FIELD).to_owned())
    }

    #[test]
    fn urgent_is_suggested_once_where_it_helps_and_to_whoever_may_choose_it() {
        let told = |lane: &str, seen: &str| (lane.to_owned(), seen.to_owned());
        assert_eq!(settled("", "", (3, 2), true), told("urgent", SUGGESTED));
        assert_eq!(settled("", "", (3, 0), true), told("", SEEN), "it helps nobody");
        assert_eq!(settled("", "", (3, 2), false), told("", TOLD), "it is not theirs to choose");
        assert_eq!(settled("", TOLD, (3, 2), false), told("", TOLD), "nor later");
        assert_eq!(settled("", TOLD, (3, 2), true), told("urgent", SUGGESTED), "the lead opens it");
        assert_eq!(settled("", TOLD, (3, 0), true), told("", SEEN), "it helps nobody, whoever opens it");
        assert_eq!(settled("urgent", "", (3, 0), true), told("urgent", SEEN), "they chose it themselves");
        assert_eq!(settled("", SUGGESTED, (3, 2), true), told("", SUGGESTED), "they took it back");
        assert_eq!(settled("urgent", SUGGESTED, (0, 0), true), told("", ""), "the event was moved again");
        assert_eq!(settled("urgent", SEEN, (0, 0), true), told("urgent", ""), "that was their own choice");
        assert_eq!(settled("", "", (0, 0), true), told("", ""));
    }
}
