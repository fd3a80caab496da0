//! "I can help", or the answer that a request asks for: a page that says what will be told to whom, and telling it. Name
//! and address go to who asks only because the person pressed the button under that sentence.

use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Form;
use serde::{Deserialize, Serialize};

use super::fields::is_longer;
use crate::content::{Contact, Item, Wanted};
use crate::forum::plain_lines;
use crate::store::{NewOffer, OfferRow, Offered};
use crate::web::item_view::Fact;
use crate::web::received::Participant;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Reading, Writing};
use crate::web::templates::Content;
use crate::web::words::{PartHelp as Help, fill};

/// The longest message, in characters.
const LONGEST_MESSAGE: usize = 1_000;

/// The part of a request's page that asks for help, or for an answer.
#[derive(Debug, Serialize)]
pub(in crate::web) struct HelpView {
    /// Whether it asks for an answer.
    answers: bool,
    /// That the reader offered already.
    said: Option<String>,
    /// Why nothing can be offered any more.
    closed: Option<String>,
    /// Where one offers.
    path: Option<String>,
}

impl HelpView {
    /// For the reader of an item; `None` if it is no request.
    pub(in crate::web) async fn of(
        reading: &Reading,
        who: &Participant,
    ) -> Result<Option<HelpView>, Refusal> {
        let Some(wanted) = who.item.wanted() else { return Ok(None) };
        let offer = reading.offer(who.item.id, who.recipient.id).await?;
        let closed = closed_because(reading, who);
        Ok(Some(HelpView {
            answers: wanted == Wanted::Answer,
            said: offer.map(|row| tell_offer(reading, who, &row)),
            path: closed.is_none().then(|| format!("{}/help", who.base)),
            closed,
        }))
    }
}

#[derive(Serialize)]
struct HelpPage {
    /// Whether an answer is asked for.
    answers: bool,
    masked: String,
    lang: &'static str,
    title: String,
    facts: Vec<Fact>,
    /// Who is told name and address.
    told: String,
    said: Option<String>,
    closed: Option<String>,
    message: String,
    error_message: bool,
    error_often: bool,
    done: bool,
    action: String,
    item: String,
}

impl Content for HelpPage {
    const TEMPLATE: &'static str = "offer.html";
}

/// What the form holds.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct HelpForm {
    message: String,
}

/// GET: can you help?
pub(super) async fn ask(reading: Reading, who: Participant) -> Result<Response, Refusal> {
    let stands = reading.offer(who.item.id, who.recipient.id).await?;
    let message = stands.as_ref().map(|row| row.message.clone()).unwrap_or_default();
    who.page(&reading.0, &page(&reading, &who, stands.as_ref(), message)?)
}

/// POST: tells who asks.
pub(super) async fn record(
    writing: Writing,
    who: Participant,
    Form(form): Form<HelpForm>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let stands = reading.offer(who.item.id, who.recipient.id).await?;
    let message = plain_lines(&form.message).unwrap_or_default();
    let mut shown = page(&reading, &who, stands.as_ref(), message.clone())?;
    shown.error_message = is_longer(Some(&message), LONGEST_MESSAGE) || (shown.answers && message.is_empty());
    if shown.closed.is_some() {
        return who.respond(&reading.0, &shown, StatusCode::CONFLICT);
    }
    if shown.error_message {
        return who.respond(&reading.0, &shown, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let new = NewOffer {
        item: who.item.id,
        recipient: who.recipient.id,
        message,
        source: who.source(),
        letter: who.letter,
    };
    if writing.offer_help(&who.forum, (&who.item, &who.recipient), &new).await? == Offered::TooOften {
        shown.error_often = true;
        return who.respond(&reading.0, &shown, StatusCode::TOO_MANY_REQUESTS);
    }
    shown.done = true;
    who.page(&reading.0, &shown)
}

fn page(
    reading: &Reading,
    who: &Participant,
    stands: Option<&OfferRow>,
    message: String,
) -> Result<HelpPage, Refusal> {
    let language = who.recipient.language;
    let wanted = who.item.wanted().ok_or_else(|| Refusal::from(Why::NotFound).in_language(language))?;
    let words = words_of(reading, who);
    let (written_in, text) = who.item.text_for(language);
    Ok(HelpPage {
        answers: wanted == Wanted::Answer,
        masked: who.recipient.email.masked(),
        lang: written_in.tag(),
        title: text.title.clone(),
        facts: reading.0.pen(&who.forum, language).facts(&who.item, text),
        told: match asker(&who.item) {
            Some(contact) => fill(&words.told, &[("name", &contact.name)]),
            None => words.told_lead.clone(),
        },
        said: stands.map(|row| tell_offer(reading, who, row)),
        closed: closed_because(reading, who),
        message,
        error_message: false,
        error_often: false,
        done: false,
        action: format!("{}/help", who.base),
        item: who.base.clone(),
    })
}

/// What is said of a request for an answer, or of one for help.
fn words_of<'a>(reading: &'a Reading, who: &Participant) -> &'a Help {
    let words = &reading.0.words(who.recipient.language).part;
    if who.item.wanted() == Some(Wanted::Answer) { &words.reply } else { &words.help }
}

/// Who asks, if they can be written to.
fn asker(item: &Item) -> Option<&Contact> {
    item.contact.as_ref().filter(|contact| contact.address().is_some())
}

fn closed_because(reading: &Reading, who: &Participant) -> Option<String> {
    let is_over = who.item.is_closed(reading.0.now());
    is_over.then(|| words_of(reading, who).over.clone())
}

fn tell_offer(reading: &Reading, who: &Participant, row: &OfferRow) -> String {
    let language = who.recipient.language;
    let day = reading.0.pen(&who.forum, language).day(row.offered_at);
    fill(&words_of(reading, who).said, &[("day", &day)])
}
