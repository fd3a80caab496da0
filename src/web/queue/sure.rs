//! What is asked before an item is queued, where few mean what stands in the form: at its field, with a box to tick beside the
//! button. Whoever ticked it goes on.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::aside::tell_title;
use super::form_page::{Effective, imagine};
use super::told::Teller;
use crate::content::{Item, Lane};
use crate::forum::{Cadence, Kind};
use crate::intake::item_form::ItemForm;
use crate::pipeline::is_over_before_sent;
use crate::staff::Right;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::words::{Words, fill};

/// A question with the box that answers it.
#[derive(Debug, Serialize)]
pub(super) struct Question {
    /// The field that it is about.
    #[serde(skip)]
    pub(super) field: &'static str,
    pub(super) asked: String,
    /// The box.
    name: &'static str,
    label: String,
    pub(super) is_answered: bool,
}

/// What is asked of what was filled in; `is_out`: it corrects what may be in letters, and what is over or urgent there is
/// told elsewhere.
pub(super) async fn list_questions(
    reading: &Reading,
    staff: &Staff,
    effective: &Effective,
    is_out: bool,
) -> Result<Vec<Question>, Refusal> {
    let (form, words, now) = (&effective.form, reading.0.words(staff.language), reading.0.now());
    let sure = &words.queue.sure;
    let question = |field, name, asked: &str, label: &str| Question {
        field,
        asked: asked.to_owned(),
        name,
        label: label.to_owned(),
        is_answered: form.get(name) == "yes",
    };
    let mut questions = Vec::new();
    if effective.kind == Kind::Minutes && form.get("visibility") == "public" {
        let asked = &words.queue.error.open_minutes;
        questions.push(question("visibility", "looked_over", asked, &sure.minutes_yes));
    }
    if let Some((field, hosts)) = form.find_walled() {
        let asked = fill(&sure.walled, &[("host", &hosts.join(", "))]);
        questions.push(question(field, "walled", &asked, &sure.walled_yes));
    }
    let item = imagine(&staff.forum, form, now).filter(|_| !is_out);
    let Some(item) = item else { return Ok(questions) };
    if let Some(over) = tell_over(reading, words, (&item, staff.may(Right::Send))).await? {
        questions.push(question(closing_field(effective.kind, form), "over", over, &sure.over_yes));
    }
    // What waits for a second person's word can be taken back until then.
    let goes_at_once = item.lane == Lane::Urgent && item.is_due(now) && !reading.asks_for_approval();
    if goes_at_once && staff.may(Right::Send) {
        let people = reading.people().await?;
        let who = tell_title(&Teller::new(&people.forum, staff, words), &people, &item);
        questions.push(question("lane", "at_once", &fill(&sure.urgent, &[("who", &who)]), &sure.urgent_yes));
    }
    Ok(questions)
}

/// The same of a draft that corrects an item, or none.
pub(super) async fn list_of_draft(
    reading: &Reading,
    staff: &Staff,
    corrects: Option<&str>,
    effective: &Effective,
) -> Result<Vec<Question>, Refusal> {
    let item = match corrects {
        Some(slug) => Some(reading.any_item(&staff.forum, slug).await?),
        None => None,
    };
    list_questions(reading, staff, effective, is_out(item.as_ref(), reading.0.now())).await
}

/// Why nobody gets the item, if it is over by the time it goes, and what helps whoever looks.
pub(super) async fn tell_over<'w>(
    reading: &Reading,
    words: &'w Words,
    (item, may_send): (&Item, bool),
) -> Result<Option<&'w str>, Refusal> {
    let (words, now) = (&words.queue.sure, reading.0.now());
    let told = match item.lane {
        _ if item.is_closed(now) => &words.over,
        Lane::Digest if !item.is_over_at_release(now) && may_send => &words.over_next,
        Lane::Digest if !item.is_over_at_release(now) => &words.over_ask,
        _ => &words.over_before,
    };
    Ok(is_over_when_sent(reading, item).await?.then_some(told.as_str()))
}

/// Whether the item is closed already when the first mailing takes it that anybody hears who gets it; of what is out, whether
/// it is closed.
pub(super) async fn is_over_when_sent(reading: &Reading, item: &Item) -> Result<bool, Refusal> {
    let now = reading.0.now();
    let is_to_go = item.number.is_none() && !item.withdrawn;
    if !is_to_go || item.date_of_close().is_none() || item.is_over_at_release(now) {
        return Ok(item.is_over_at_release(now));
    }
    let library = reading.library().await?;
    let is_over =
        |heard: &BTreeSet<Cadence>| is_over_before_sent(&library.forum, &library.items, item, heard, now);
    // Who gets it is asked, of everybody, only if one of the editions that may take it comes in time and another too late.
    let cadences = Cadence::ALL.map(|(cadence, _)| cadence);
    if is_over(&BTreeSet::from(cadences)) {
        return Ok(true);
    }
    if !cadences.iter().any(|cadence| is_over(&BTreeSet::from([*cadence]))) {
        return Ok(false);
    }
    let people = reading.people().await?;
    let reached = people.everyone.look(&people.forum, item);
    let all = reached.chosen.iter().chain(&reached.interested);
    Ok(is_over(&all.map(|index| people.named[*index].cadence()).collect()))
}

/// Whether what corrects the item is a correction: it is in letters, or may be in the next minute.
pub(super) fn is_out(item: Option<&Item>, now: DateTime<Utc>) -> bool {
    item.is_some_and(|item| item.number.is_some() || item.is_due(now))
}

/// The field that says when it closes.
fn closing_field(kind: Kind, form: &ItemForm) -> &'static str {
    match kind {
        _ if !form.get("expires_on").is_empty() => "expires_on",
        Kind::Event if form.get("ends_on").is_empty() => "starts_on",
        Kind::Event => "ends_on",
        Kind::Request => "wanted_by",
        Kind::Call => "deadline",
        _ => "expires_on",
    }
}
