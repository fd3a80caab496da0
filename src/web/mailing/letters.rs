//! A mailing's letters in one state, and what can be done about each.

use axum::extract::Query;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::told::{is_listed, path_of};
use crate::ids::{DeliveryId, EditionId};
use crate::pipeline::{CHANGED_SINCE, NOTHING_LEFT};
use crate::staff::Right;
use crate::store::{DeliveryState, MailedRow};
use crate::web::calling::call_discreetly;
use crate::web::note::Note;
use crate::web::paths::Path;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::Words;

/// Letters of a page.
const PAGE_LETTERS: usize = 50;

/// Which letters, and what was just done to one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    state: String,
    after: String,
    done: String,
    /// Of which letter that is, where the list says it at the letter.
    letter: String,
}

#[derive(Serialize)]
struct Letter {
    id: i64,
    name: String,
    /// Where they stand and how they are reached, for who may see that; empty: for others, and of who was erased.
    person: String,
    address: String,
    /// What the relay said, in its own words.
    reply: String,
    told: Option<String>,
    may_retry: bool,
}

#[derive(Serialize)]
struct Page {
    up: String,
    when: String,
    edition: i64,
    state: &'static str,
    title: String,
    line: Option<String>,
    done: Option<Note>,
    letters: Vec<Letter>,
    uncertain: bool,
    retry: String,
    more: Option<String>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "mailing_letters.html";
}

/// Whether it is what a mail system said (RFC 5321, section 4.2: three digits first), not what we noted where none answered.
fn is_their_reply(reply: &str) -> bool {
    reply.len() >= 3 && reply.bytes().take(3).all(|byte| byte.is_ascii_digit())
}

/// GET: the letters.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let row = reading.edition(&staff, EditionId(id)).await?;
    let known = DeliveryState::from_word(&asked.state).filter(|state| is_listed(*state));
    let state = known.ok_or_else(|| staff.nothing_there())?;
    let after = DeliveryId(asked.after.parse().unwrap_or(0));
    let at_most = i64::try_from(PAGE_LETTERS + 1).unwrap_or(i64::MAX);
    let rows = reading.mailed(row.id, state, after, at_most).await?;
    let words = reading.0.words(staff.language);
    let pen = reading.0.pen(&staff.forum, staff.language);
    let last = rows.get(PAGE_LETTERS.saturating_sub(1)).filter(|_| rows.len() > PAGE_LETTERS);
    let base = format!("{}/letters?state={}", path_of(row.id), state.word());
    let own = &words.mailing.letters;
    let page = Page {
        up: path_of(row.id),
        when: pen.instant(row.occurs_at),
        edition: row.id.0,
        state: state.word(),
        title: crate::letter::capitalised(words.state_of(state.word())),
        line: line(words, state).filter(|_| !rows.is_empty()).cloned(),
        done: tell_done(words, state, &asked.done),
        letters: rows
            .iter()
            .take(PAGE_LETTERS)
            .map(|row| letter_of(&reading, &staff, (state, row), refused_now(words, &asked, row)))
            .collect(),
        uncertain: state == DeliveryState::Uncertain,
        retry: match state {
            DeliveryState::Uncertain => &own.resend,
            DeliveryState::Deferred => &own.try_now,
            _ => &own.try_again,
        }
        .clone(),
        more: last.map(|row| format!("{base}&after={}", row.delivery)),
    };
    reading.0.desk_page(&staff, &page)
}

/// A letter; `refused` is why it was not sent once more just now.
fn letter_of(
    reading: &Reading,
    staff: &Staff,
    (state, row): (DeliveryState, &MailedRow),
    refused: Option<&String>,
) -> Letter {
    let words = reading.0.words(staff.language);
    let own = &words.mailing.letters;
    let told = match state {
        _ if refused.is_some() => refused.cloned(),
        DeliveryState::Deferred => {
            let again = reading.0.pen(&staff.forum, staff.language).instant(row.next_attempt_at);
            let is_ours = row.reply.as_deref().is_some_and(|reply| !is_their_reply(reply));
            Some(if is_ours { format!("{again}. {}", own.not_reached) } else { again })
        }
        DeliveryState::Rejected if row.status != "active" => Some(words.mailing.without.suspended.clone()),
        DeliveryState::Uncertain | DeliveryState::Rejected => why_not_again(words, row).cloned(),
        _ => None,
    };
    let may_ask = staff.may(Right::People);
    let address = row.email.clone().filter(|_| may_ask).unwrap_or_default();
    Letter {
        id: row.delivery.0,
        person: if address.is_empty() { String::new() } else { format!("/desk/people/{}", row.recipient) },
        address,
        name: call_discreetly(&row.name, row.email.as_deref(), !may_ask),
        reply: row.reply.clone().filter(|reply| is_their_reply(reply)).unwrap_or_default(),
        may_retry: refused.is_none() && may_retry(words, state, row),
        told,
    }
}

/// Why that letter was not sent once more just now, if it was asked for and the address says so.
fn refused_now<'w>(words: &'w Words, asked: &Asked, row: &MailedRow) -> Option<&'w String> {
    (asked.letter == row.delivery.0.to_string()).then(|| why_ended(words, &asked.done)).flatten()
}

/// Why nothing of a letter would go, see `told::word_of`.
fn why_ended<'w>(words: &'w Words, done: &str) -> Option<&'w String> {
    let own = &words.mailing.letters;
    match done {
        "changed" => Some(&own.changed_since),
        "emptied" => Some(&own.nothing_left),
        _ => None,
    }
}

/// Why a letter that was to go once more did not, and will not, whether somebody said meanwhile that it is lost or not.
fn why_not_again<'w>(words: &'w Words, row: &MailedRow) -> Option<&'w String> {
    let own = &words.mailing.letters;
    match row.reply.as_deref() {
        Some(CHANGED_SINCE) => Some(&own.changed_since),
        Some(NOTHING_LEFT) => Some(&own.nothing_left),
        _ => None,
    }
}

fn may_retry(words: &Words, state: DeliveryState, row: &MailedRow) -> bool {
    let is_open =
        matches!(state, DeliveryState::Deferred | DeliveryState::Uncertain | DeliveryState::Rejected);
    is_open && row.status == "active" && why_not_again(words, row).is_none()
}

/// What the state means and what can be done.
fn line(words: &Words, state: DeliveryState) -> Option<&String> {
    let own = &words.mailing.letters;
    match state {
        DeliveryState::Uncertain => Some(&own.uncertain_line),
        DeliveryState::Rejected => Some(&own.rejected_line),
        DeliveryState::Deferred => Some(&own.deferred_line),
        DeliveryState::Cancelled | DeliveryState::Superseded => Some(&own.ended_line),
        _ => None,
    }
}

/// As the address names what was done, see `told::word_of`.
fn tell_done(words: &Words, state: DeliveryState, done: &str) -> Option<Note> {
    let own = &words.mailing.letters;
    if let Some(why) = why_ended(words, done) {
        return Some(Note::bad(format!("{why} {}", what_then(words, state))));
    }
    Some(match done {
        "due" => Note::good(&own.done_due),
        "again" => Note::good(&own.done_again),
        "arrived" => Note::good(&own.done_arrived),
        "lost" => Note::good(&own.done_lost),
        "stopped" => Note::bad(&own.not_stopped),
        "overtaken" => Note::bad(&own.not_overtaken),
        "wordless" => Note::bad(&own.not_kept),
        "late" => Note::bad(&own.not_any_more),
        _ => return None,
    })
}

/// What becomes of a letter of which nothing would go, and what is left to do.
fn what_then(words: &Words, state: DeliveryState) -> &String {
    let own = &words.mailing.letters;
    match state {
        DeliveryState::Uncertain => &own.then_settle,
        DeliveryState::Deferred => &own.then_ends,
        _ => &own.then_next,
    }
}
