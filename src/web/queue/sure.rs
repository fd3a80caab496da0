//! What is asked before an item is queued, where few mean what stands in the form: at its field, with a box to tick beside the
//! button. Whoever ticked it goes on.

use serde::Serialize;

use super::aside::{tell_little, tell_title};
use super::effective::{Effective, imagine};
use super::over::tell_over;
use super::told::Teller;
use crate::content::{Item, ItemText, Lane};
use crate::forum::Kind;
use crate::intake::item_form::ItemForm;
use crate::staff::Right;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::words::fill;

/// So much of what an item says first tells whether it says anything.
const ENOUGH_CHARACTERS: usize = 80;

/// The box of what is over.
const OVER: &str = "over";

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
/// told elsewhere, nor does it go to anybody anew.
pub(super) async fn list_questions(
    reading: &Reading,
    staff: &Staff,
    effective: &Effective,
    is_out: bool,
) -> Result<Vec<Question>, Refusal> {
    let (form, words, now) = (&effective.form, reading.0.words(staff.language), reading.0.now());
    let sure = &words.queue.sure;
    let question = asker(form);
    let mut questions = Vec::new();
    if effective.kind == Kind::Minutes && form.get("visibility") == "public" {
        let asked = &words.queue.error.open_minutes;
        questions.push(question("visibility", "looked_over", asked, &sure.minutes_yes));
    }
    if let Some((field, hosts)) = form.find_walled() {
        let asked = fill(&sure.walled, &[("host", &hosts.join(", "))]);
        questions.push(question(field, "walled", &asked, &sure.walled_yes));
    }
    let Some(item) = imagine(&staff.forum, form, now) else { return Ok(questions) };
    if says_nothing(&item) {
        questions.push(question("body", "bare", &sure.bare, &sure.bare_yes));
    }
    let pen = reading.0.pen(&staff.forum, staff.language);
    if let Some(day) = item.meeting_to_come(pen.today) {
        let asked = fill(&sure.ahead, &[("day", &pen.weekday_and_local_day(day))]);
        questions.push(question("met_on", "ahead", &asked, &sure.ahead_yes));
    }
    if !is_out {
        questions.extend(ask_of_going(reading, staff, effective, &item).await?);
    }
    Ok(questions)
}

/// What is asked of an item that is to go: whether it reaches anybody, and whether it is to go at once.
async fn ask_of_going(
    reading: &Reading,
    staff: &Staff,
    effective: &Effective,
    item: &Item,
) -> Result<Vec<Question>, Refusal> {
    let (form, words, now) = (&effective.form, reading.0.words(staff.language), reading.0.now());
    let sure = &words.queue.sure;
    let question = asker(form);
    let mut questions = Vec::new();
    if let Some(over) = tell_over(reading, words, (item, staff.may(Right::Send)), None).await? {
        let field = closing_field(effective.kind, form);
        questions.push(question(field, OVER, &over.told, &sure.over_yes));
    } else if is_known_to_reach_nobody(reading, staff, item).await? {
        questions.push(question("audience", "nobody", &sure.nobody, &sure.nobody_yes));
    }
    // What waits for a second person's word can be taken back until then.
    let goes_at_once = item.lane == Lane::Urgent && item.is_due(now) && !reading.asks_for_approval();
    if goes_at_once && staff.may(Right::Send) {
        let people = reading.people().await?;
        let who = tell_title(&Teller::new(&people.forum, staff, words), &people, item);
        questions.push(question("lane", "at_once", &fill(&sure.urgent, &[("who", &who)]), &sure.urgent_yes));
    }
    Ok(questions)
}

/// Asks at a field, with the name of the box, what is asked and what the box says; whether `form` ticks it is the answer.
fn asker(form: &ItemForm) -> impl Fn(&'static str, &'static str, &str, &str) -> Question {
    move |field, name, asked, label| Question {
        field,
        asked: asked.to_owned(),
        name,
        label: label.to_owned(),
        is_answered: form.get(name) == "yes",
    }
}

/// Whether nobody gets the item as things stand and whoever looks may know that.
async fn is_known_to_reach_nobody(reading: &Reading, staff: &Staff, item: &Item) -> Result<bool, Refusal> {
    let people = reading.people().await?;
    let teller = Teller::new(&people.forum, staff, reading.0.words(staff.language));
    let is_told = tell_little(&teller, &people, item).is_none();
    Ok(is_told && people.everyone.look(&people.forum, item).recipients() == 0)
}

/// Whether it is asked whether the item goes although it is over.
pub(super) fn ask_of_over(questions: &[Question]) -> bool {
    questions.iter().any(|question| question.name == OVER)
}

/// Whether minutes answer and promise nothing and have no text: letters would not say what the meeting came to.
fn says_nothing(item: &Item) -> bool {
    let is_silent = |text: &ItemText| text.gist(ENOUGH_CHARACTERS).is_empty();
    item.kind == Kind::Minutes && item.promises().is_empty() && item.texts.values().all(is_silent)
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
