//! The inbox at the desk. Its lists name whom letters went to; what stands in one is opened by a button, since the look
//! itself is written in the log.

use axum::extract::Query;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::letter::framed;
use super::note::{NoteLine, list_notes};
use super::overview::{items_told, title_of};
use super::scene::MOST_LETTERS;
use crate::forum::EmailAddress;
use crate::ids::DeliveryId;
use crate::store::{EditionRow, InboxRow};
use crate::web::calling::{call, call_anybody};
use crate::web::mailbox::Mail;
use crate::web::paths::Path;
use crate::web::refusal::Refusal;
use crate::web::site::{Reading, Whose, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;

#[derive(Serialize)]
struct Letter {
    id: DeliveryId,
    name: String,
    told: String,
}

#[derive(Serialize)]
struct Edition {
    title: String,
    letters: Vec<Letter>,
}

#[derive(Serialize)]
struct List {
    editions: Vec<Edition>,
    notes: Vec<NoteLine>,
}

impl Content for List {
    const TEMPLATE: &'static str = "desk_inbox.html";
}

/// GET: what lies here, the newest mailing first.
pub(super) async fn list(reading: Reading, staff: Staff) -> Result<Response, Refusal> {
    let words = reading.0.words(staff.language);
    let pen = reading.0.pen(&staff.forum, staff.language);
    let letters = reading.inbox(MOST_LETTERS).await?;
    let letter = |row: &InboxRow| Letter {
        id: row.delivery,
        name: call_anybody(&row.name, row.email.as_deref()).to_owned(),
        told: format!("{} · {}", items_told(&words.inbox, row.items), words.state_of(&row.state)),
    };
    let mut rows = reading.editions().await?;
    rows.sort_by_key(|row| std::cmp::Reverse((row.now_at, row.id)));
    let edition = |row: &EditionRow| Edition {
        title: title_of(&pen, row),
        letters: letters.iter().filter(|letter| letter.edition == row.id).map(letter).collect(),
    };
    let editions = rows.iter().map(edition).filter(|edition| !edition.letters.is_empty()).collect();
    reading.0.desk_page(&staff, &List { editions, notes: list_notes(&reading) })
}

/// A mail in the inbox, before anybody looked into it.
struct Kept {
    base: String,
    whose: Whose,
    name: String,
    address: String,
    when: String,
    state: String,
    /// None of a letter whose file is not there.
    mail: Option<Mail>,
}

/// The letter of a delivery, or the short mail of a number.
async fn find(reading: &Reading, staff: &Staff, what: &str, id: i64) -> Result<Kept, Refusal> {
    let found = match what {
        "letter" => find_letter(reading, staff, DeliveryId(id)).await?,
        "note" => find_note(reading, staff, id).await?,
        _ => None,
    };
    found.ok_or_else(|| staff.nothing_there())
}

async fn find_letter(reading: &Reading, staff: &Staff, id: DeliveryId) -> Result<Option<Kept>, Refusal> {
    let kept = |row: InboxRow| Kept {
        base: format!("/desk/inbox/letter/{id}"),
        whose: Whose::Recipient(row.recipient),
        name: call_anybody(&row.name, row.email.as_deref()).to_owned(),
        address: row.email.unwrap_or_default(),
        when: reading.0.pen(&staff.forum, staff.language).instant(row.dated_at),
        state: reading.0.words(staff.language).state_of(&row.state).to_owned(),
        mail: reading.0.mailbox().find(id),
    };
    Ok(reading.inbox_letter(id).await?.map(kept))
}

async fn find_note(reading: &Reading, staff: &Staff, number: i64) -> Result<Option<Kept>, Refusal> {
    let Some(mail) = reading.0.mailbox().find_note(number) else { return Ok(None) };
    let person = match mail.to.parse::<EmailAddress>() {
        Ok(address) => reading.find_person(&staff.forum, &address).await?,
        Err(_) => None,
    };
    let pen = reading.0.pen(&staff.forum, staff.language);
    Ok(Some(Kept {
        base: format!("/desk/inbox/note/{number}"),
        whose: person.as_ref().map_or(Whose::Other(number), |person| Whose::Recipient(person.id)),
        name: person.map_or_else(|| mail.to.clone(), |person| call(&person.name, &mail.to).to_owned()),
        address: mail.to.clone(),
        when: mail.dated_at.map_or_else(String::new, |at| pen.instant(at)),
        state: String::new(),
        mail: Some(mail),
    }))
}

/// Which side of a mail is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    view: String,
}

#[derive(Serialize)]
struct Page {
    base: String,
    name: String,
    address: String,
    when: String,
    state: String,
    /// False: the button that writes it down comes first.
    opened: bool,
    /// Its file is not there.
    missing: bool,
    subject: String,
    /// The one that it is written in.
    language: String,
    view: &'static str,
    /// Empty: it is shown as a mail program shows it.
    text: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "desk_inbox_mail.html";
}

/// GET: the mail, if looking into it was written down.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Path((what, id)): Path<(String, i64)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let kept = find(&reading, &staff, &what, id).await?;
    let opened = reading.has_looked_into(&staff, kept.whose).await?;
    let missing = kept.mail.is_none();
    let (mut subject, mut language, mut view, mut text) = Default::default();
    if let Some(mail) = kept.mail.filter(|_| opened) {
        (subject, language) = (mail.subject, mail.language);
        (view, text) = match asked.view.as_str() {
            "text" => ("text", mail.text),
            "source" => ("source", mail.source),
            _ => ("html", String::new()),
        };
    }
    let Kept { base, name, address, when, state, .. } = kept;
    let page = Page { base, name, address, when, state, opened, missing, subject, language, view, text };
    reading.0.desk_page(&staff, &page)
}

/// POST: writes down that somebody looks into it, and shows it.
pub(super) async fn open(
    writing: Writing,
    staff: Staff,
    Path((what, id)): Path<(String, i64)>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let kept = find(&reading, &staff, &what, id).await?;
    writing.note_looking_into(&staff, kept.whose).await?;
    Ok(reading.0.go_to(&kept.base))
}

/// GET: its HTML alone, for the frame.
pub(super) async fn show_frame(
    reading: Reading,
    staff: Staff,
    Path((what, id)): Path<(String, i64)>,
) -> Result<Response, Refusal> {
    let kept = find(&reading, &staff, &what, id).await?;
    let opened = reading.has_looked_into(&staff, kept.whose).await?;
    let mail = kept.mail.filter(|_| opened);
    Ok(framed(mail.ok_or_else(|| staff.nothing_there())?))
}
