//! One person's coming letter, as it will look. Looking is written down first, so it takes a press of a button; what was
//! written down opens the page for a while.

use axum::extract::{Form, Query};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use crate::forum::Recipient;
use crate::ids::RecipientId;
use crate::pipeline::{Coming, Sample, TestFate};
use crate::staff::Right;
use crate::web::calling::{Sought, call_discreetly};
use crate::web::inbox::framed;
use crate::web::mailbox::{Mail, take_apart};
use crate::web::note::Note;
use crate::web::once::{Begin, new_token};
use crate::web::paths::Path;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Named, PAGE_LASTS, Reading, Writing, name_press};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{Words, fill};

/// People that a search finds at most.
const FOUND: usize = 30;

/// Whom somebody looks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
}

#[derive(Serialize)]
struct Person {
    id: i64,
    name: String,
    /// Empty: who looks may not know where they work.
    email: String,
}

#[derive(Serialize)]
struct Search {
    q: String,
    asked: bool,
    people: Vec<Person>,
    more: bool,
}

impl Content for Search {
    const TEMPLATE: &'static str = "mailing_search.html";
}

/// GET: whose letter?
pub(super) async fn search(
    reading: Reading,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let discreet = !staff.may(Right::People);
    let sought = Sought::new(&asked.q, discreet);
    let mut people = Vec::new();
    if !sought.is_empty() {
        let everyone = reading.people().await?;
        let found = everyone.named.iter().filter(|named| sought.finds(&named.name, &named.email));
        let person = |named: &Named| Person {
            id: named.id.0,
            name: call_discreetly(&named.name, Some(&named.email), discreet),
            email: if discreet { String::new() } else { named.email.clone() },
        };
        people.extend(found.take(FOUND + 1).map(person));
    }
    let more = people.len() > FOUND;
    people.truncate(FOUND);
    reading.0.desk_page(&staff, &Search { asked: !sought.is_empty(), q: asked.q, people, more })
}

/// A recipient, whatever their status.
async fn find(reading: &Reading, staff: &Staff, id: i64) -> Result<Recipient, Refusal> {
    let found = reading.recipient(&staff.forum, RecipientId(id)).await?;
    found.ok_or_else(|| staff.nothing_there())
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    test: String,
    view: String,
}

#[derive(Serialize)]
struct Page {
    base: String,
    name: String,
    /// False: the button that writes it down comes first.
    admitted: bool,
    note: Option<Note>,
    when: Option<String>,
    subject: String,
    /// The recipient's, in which subject and text are.
    language: String,
    text: Option<String>,
    none: Option<String>,
    tester: String,
    /// Tells this page from others: pressed twice, one test letter is sent.
    token: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "mailing_letter.html";
}

/// GET: the letter, if looking was written down.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Path(id): Path<i64>,
    Query(done): Query<Done>,
) -> Result<Response, Refusal> {
    let recipient = find(&reading, &staff, id).await?;
    let words = reading.0.words(staff.language);
    let mut page = Page {
        base: format!("/desk/mailing/letter/{id}"),
        name: call_discreetly(&recipient.name, Some(recipient.email.as_str()), !staff.may(Right::People)),
        admitted: reading.has_viewed(&staff, recipient.id).await?,
        note: tell_test(words, &done.test, &staff.email),
        when: None,
        subject: String::new(),
        language: String::new(),
        text: None,
        none: None,
        tester: staff.email.clone(),
        token: new_token(),
    };
    if page.admitted {
        match reading.sample(&recipient).await? {
            Sample::Letter { occurs_at, bytes } => {
                let mail = take_apart(&bytes).ok_or(Why::NotFound)?;
                page.when = Some(reading.0.pen(&staff.forum, staff.language).instant(occurs_at));
                (page.subject, page.language) = (mail.subject, mail.language);
                page.text = (done.view == "text").then_some(mail.text);
            }
            Sample::None(coming) => page.none = Some(tell_none(&reading, &staff, &coming)),
        }
    }
    reading.0.desk_page(&staff, &page)
}

fn tell_none(reading: &Reading, staff: &Staff, coming: &Coming) -> String {
    let own = &reading.0.words(staff.language).mailing.letter;
    match coming {
        Coming::Letter(letter) => {
            let when = reading.0.pen(&staff.forum, staff.language).instant(letter.occurs_at);
            fill(&own.nothing, &[("when", &when)])
        }
        Coming::NotSettled => own.not_settled.clone(),
        Coming::OnItsWay => own.on_its_way.clone(),
        Coming::NoLetters => own.no_letters.clone(),
    }
}

fn tell_test(words: &Words, test: &str, email: &str) -> Option<Note> {
    let own = &words.mailing.letter;
    match test {
        "sent" => Some(Note::good(fill(&own.test_sent, &[("email", email)]))),
        "failed" => Some(Note::bad(&own.test_failed)),
        _ => None,
    }
}

/// GET: the letter's HTML alone, for the frame.
pub(super) async fn show_frame(
    reading: Reading,
    staff: Staff,
    Path(id): Path<i64>,
) -> Result<Response, Refusal> {
    let recipient = find(&reading, &staff, id).await?;
    if !reading.has_viewed(&staff, recipient.id).await? {
        return Err(staff.nothing_there());
    }
    let Sample::Letter { bytes, .. } = reading.sample(&recipient).await? else {
        return Err(staff.nothing_there());
    };
    let mail: Mail = take_apart(&bytes).ok_or_else(|| staff.nothing_there())?;
    Ok(framed(mail))
}

/// POST: writes down that somebody looks into a person's letter, and shows it.
pub(super) async fn view(writing: Writing, staff: Staff, Path(id): Path<i64>) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let recipient = find(&reading, &staff, id).await?;
    writing.record_view(&staff, recipient.id).await?;
    Ok(reading.0.go_to(&format!("/desk/mailing/letter/{id}")))
}

/// POST: the letter to oneself, its links dead; one for each page.
pub(super) async fn test(
    writing: Writing,
    staff: Staff,
    Path(id): Path<i64>,
    Form(begin): Form<Begin>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let recipient = find(&reading, &staff, id).await?;
    let name = name_press(&["test letter", &staff.actor(), &begin.token(), &id.to_string()]);
    let send = move |writing: Writing| async move {
        writing.record_view(&staff, recipient.id).await?;
        let fate = match writing.send_test(&staff, &recipient).await? {
            TestFate::Sent => "sent",
            TestFate::Failed => "failed",
            TestFate::Nothing => "none",
        };
        Ok::<_, Refusal>(fate.to_owned())
    };
    let fate = writing.press_once((name, PAGE_LASTS), send).await??;
    Ok(reading.0.go_to(&format!("/desk/mailing/letter/{id}?test={fate}")))
}
