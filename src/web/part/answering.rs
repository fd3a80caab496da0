//! What an item's page shows of answering: what I said, how many come, where to say it.

use serde::Serialize;

use crate::content::{Answering, Fields, Item, decide_answering};
use crate::store::{AnswerRow, EventAnswer};
use crate::web::received::Participant;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::words::{Words, fill};

#[derive(Debug, Serialize)]
struct ChoiceLink {
    label: String,
    path: String,
}

/// The part of an event's page that asks whether one comes.
#[derive(Debug, Serialize)]
pub(in crate::web) struct AnsweringView {
    /// What the reader said.
    said: Option<String>,
    /// That the event was changed since.
    changed: Option<String>,
    /// Why it cannot be answered any more.
    closed: Option<String>,
    /// How many come, if enough do.
    sum: Option<String>,
    /// The three answers, as links to the page that asks.
    choices: Vec<ChoiceLink>,
    /// Where one says it anew.
    change: Option<String>,
}

impl AnsweringView {
    /// For the reader of an item; `None` if it is no event.
    pub(in crate::web) async fn of(
        reading: &Reading,
        who: &Participant,
    ) -> Result<Option<AnsweringView>, Refusal> {
        let state = decide_answering(&who.item, reading.0.now());
        if state == Answering::NoEvent {
            return Ok(None);
        }
        let words = reading.0.words(who.recipient.language);
        let said = reading.answer(who.item.id, who.recipient.id).await?;
        let open = state == Answering::Open;
        let path = format!("{}/answer", who.base);
        let choice = |answer: EventAnswer| ChoiceLink {
            label: label_of(words, answer).to_owned(),
            path: format!("{path}/{}", answer.word()),
        };
        Ok(Some(AnsweringView {
            changed: said.as_ref().and_then(|row| tell_change(words, &who.item, row)),
            sum: tell_sum(reading, who, words).await?,
            closed: closed_because(words, state).map(str::to_owned),
            choices: if open && said.is_none() { EventAnswer::ALL.map(choice).into() } else { Vec::new() },
            change: (open && said.is_some()).then_some(path),
            said: said.as_ref().and_then(|row| tell_said(words, row)),
        }))
    }
}

/// What the answer is called on buttons.
pub(in crate::web) fn label_of(words: &Words, answer: EventAnswer) -> &str {
    let words = &words.part.answer;
    match answer {
        EventAnswer::Coming => &words.coming,
        EventAnswer::NotComing => &words.not_coming,
        EventAnswer::Sending => &words.sending,
    }
}

/// "Du har svart at du kommer."
pub(super) fn tell_said(words: &Words, row: &AnswerRow) -> Option<String> {
    let words = &words.part.answer;
    Some(match (EventAnswer::from_word(&row.answer)?, row.sent_name.as_ref().or(row.sent_email.as_ref())) {
        (EventAnswer::Coming, _) => words.said_coming.clone(),
        (EventAnswer::NotComing, _) => words.said_not_coming.clone(),
        (EventAnswer::Sending, Some(name)) => fill(&words.said_sending, &[("name", name)]),
        (EventAnswer::Sending, None) => words.said_sending_someone.clone(),
    })
}

/// That a correction moved the event after it was answered.
pub(super) fn tell_change(words: &Words, item: &Item, row: &AnswerRow) -> Option<String> {
    let Fields::Event { changed, .. } = &item.fields else { return None };
    let moved = changed.time || !changed.place.is_empty();
    let since = item.numbered_at.is_some_and(|at| at > row.answered_at);
    (moved && since).then(|| words.part.answer.changed.clone())
}

/// Why no answer is taken; `None` if it is.
pub(super) fn closed_because(words: &Words, state: Answering) -> Option<&str> {
    match state {
        Answering::Open => None,
        Answering::RegistrationEnded => Some(&words.part.answer.registration_ended),
        Answering::Over | Answering::NoEvent => Some(&words.part.answer.over),
    }
}

/// "12 kommer.", if enough do.
pub(super) async fn tell_sum(
    reading: &Reading,
    who: &Participant,
    words: &Words,
) -> Result<Option<String>, Refusal> {
    let coming = reading.count_coming(who.item.id).await?;
    Ok(coming.map(|count| fill(&words.part.answer.sum, &[("count", &count.to_string())])))
}
