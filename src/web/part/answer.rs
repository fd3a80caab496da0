//! The page that asks "are you coming?", and recording the answer. GET shows; POST records.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use super::answering::{closed_because, label_of, tell_change, tell_said, tell_sum};
use super::fields::is_longer;
use crate::content::{Answering, decide_answering};
use crate::forum::{EmailAddress, find_line, plain_lines};
use crate::store::{AnswerRow, EventAnswer, NewAnswer};
use crate::web::choice::Choice;
use crate::web::item_view::{Fact, has_day};
use crate::web::received::Participant;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Reading, Site, Writing};
use crate::web::templates::Content;
use crate::web::visitor::find_param;

/// The longest name, in characters.
const LONGEST_NAME: usize = 120;
/// The longest note to the organiser, in characters.
const LONGEST_NOTE: usize = 500;

#[derive(Serialize)]
struct AnswerPage {
    masked: String,
    lang: &'static str,
    title: String,
    facts: Vec<Fact>,
    /// Why nothing can be answered.
    closed: Option<String>,
    /// What stands recorded.
    said: Option<String>,
    changed: Option<String>,
    sum: Option<String>,
    choices: Vec<Choice>,
    form: AnswerForm,
    /// Just recorded.
    done: bool,
    error_answer: bool,
    error_email: bool,
    error_long: bool,
    action: String,
    item: String,
    calendar: Option<String>,
}

impl Content for AnswerPage {
    const TEMPLATE: &'static str = "event_answer.html";
}

/// What the form holds.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct AnswerForm {
    answer: String,
    sent_name: String,
    sent_email: String,
    note: String,
}

/// GET: are you coming?
pub(super) async fn ask(reading: Reading, who: Participant) -> Result<Response, Refusal> {
    show(&reading, &who, None).await
}

/// The answer that a button names: `coming` in `.../answer/coming`.
pub(super) struct Say(EventAnswer);

impl FromRequestParts<Site> for Say {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        let said = find_param(parts, site, "say").await?;
        let said = said.and_then(|word| EventAnswer::from_word(&word));
        said.map(Say).ok_or_else(|| Refusal::from(Why::NotFound).into_response())
    }
}

/// GET: the same with one answer chosen, as the letter's buttons ask it.
pub(super) async fn ask_one(reading: Reading, Say(say): Say, who: Participant) -> Result<Response, Refusal> {
    show(&reading, &who, Some(say)).await
}

/// POST: the answer.
pub(super) async fn record(
    writing: Writing,
    who: Participant,
    Form(form): Form<AnswerForm>,
) -> Result<Response, Refusal> {
    keep(&writing, &who, form).await
}

async fn show(reading: &Reading, who: &Participant, say: Option<EventAnswer>) -> Result<Response, Refusal> {
    let stands = reading.answer(who.item.id, who.recipient.id).await?;
    let mut form = stands.as_ref().map(form_of).unwrap_or_default();
    if let Some(say) = say {
        form.answer = say.word().to_owned();
    }
    let page = page(reading, who, stands.as_ref(), form).await?;
    who.page(&reading.0, &page)
}

async fn keep(writing: &Writing, who: &Participant, form: AnswerForm) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let stands = reading.answer(who.item.id, who.recipient.id).await?;
    let mut shown = page(&reading, who, stands.as_ref(), form).await?;
    if shown.closed.is_some() {
        return who.respond(&reading.0, &shown, StatusCode::CONFLICT);
    }
    let Some(new) = read_form(who, &mut shown) else {
        return who.respond(&reading.0, &shown, StatusCode::UNPROCESSABLE_ENTITY);
    };
    writing.record_answer(&new).await?;
    let stands = reading.answer(who.item.id, who.recipient.id).await?;
    let form = stands.as_ref().map(form_of).unwrap_or_default();
    let done = AnswerPage { done: true, ..page(&reading, who, stands.as_ref(), form).await? };
    who.page(&reading.0, &done)
}

/// The answer that the form gives; `None` with the page's errors set if it cannot be taken.
fn read_form<'a>(who: &Participant, page: &mut AnswerPage) -> Option<NewAnswer<'a>> {
    let form = &page.form;
    let answer = EventAnswer::from_word(&form.answer);
    let sends = answer == Some(EventAnswer::Sending);
    let of_other = |text: Option<String>| text.filter(|_| sends);
    let (name, note) = (of_other(find_line(&form.sent_name)), plain_lines(&form.note));
    let email = of_other(find_line(&form.sent_email)).map(|text| text.parse::<EmailAddress>());
    page.error_answer = answer.is_none();
    page.error_email = matches!(email, Some(Err(_)));
    page.error_long = is_longer(name.as_ref(), LONGEST_NAME) || is_longer(note.as_ref(), LONGEST_NOTE);
    if page.error_email || page.error_long {
        return None;
    }
    Some(NewAnswer {
        item: who.item.id,
        recipient: who.recipient.id,
        answer: answer?,
        sent_name: name,
        sent_email: email.and_then(Result::ok).map(|email| email.to_string()),
        note,
        source: who.source(),
        letter: who.letter,
    })
}

fn form_of(row: &AnswerRow) -> AnswerForm {
    AnswerForm {
        answer: row.answer.clone(),
        sent_name: row.sent_name.clone().unwrap_or_default(),
        sent_email: row.sent_email.clone().unwrap_or_default(),
        note: row.note.clone().unwrap_or_default(),
    }
}

async fn page(
    reading: &Reading,
    who: &Participant,
    stands: Option<&AnswerRow>,
    form: AnswerForm,
) -> Result<AnswerPage, Refusal> {
    let state = decide_answering(&who.item, reading.0.now());
    if state == Answering::NoEvent {
        return Err(Refusal::from(Why::NotFound).in_language(who.recipient.language));
    }
    let language = who.recipient.language;
    let words = reading.0.words(language);
    let (written_in, text) = who.item.text_for(language);
    let choice = |answer: EventAnswer| Choice {
        value: answer.word().to_owned(),
        label: label_of(words, answer).to_owned(),
        depth: 0,
        chosen: form.answer == answer.word(),
    };
    let comes = form.answer == EventAnswer::Coming.word();
    Ok(AnswerPage {
        masked: who.recipient.email.masked(),
        lang: written_in.tag(),
        title: text.title.clone(),
        facts: reading.0.pen(&who.forum, language).facts(&who.item, text),
        closed: closed_because(words, state).map(str::to_owned),
        said: stands.and_then(|row| tell_said(words, row)),
        changed: stands.and_then(|row| tell_change(words, &who.item, row)),
        sum: tell_sum(reading, who, words).await?,
        choices: EventAnswer::ALL.map(choice).into(),
        form,
        done: false,
        error_answer: false,
        error_email: false,
        error_long: false,
        action: format!("{}/answer", who.base),
        item: who.base.clone(),
        calendar: (comes && has_day(&who.item)).then(|| format!("{}/event.ics", who.base)),
    })
}
