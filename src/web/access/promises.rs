//! "What you have promised": a person's open promises, and what they say of each. It stands behind a device of their own, for
//! the minutes of a group are its own.

use axum::extract::Query;
use axum::response::Response;
use axum_extra::extract::Form;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::content::LONGEST_PROMISE;
use crate::forum::{Facet, Term};
use crate::intake::promises::{OwnersWord, Said};
use crate::store::PromiseRow;
use crate::web::refusal::{Refusal, overtaken, unprocessable};
use crate::web::site::{Reading, Writing};
use crate::web::templates::Content;
use crate::web::visitor::Visitor;
use crate::web::words::fill;

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
}

/// What the form said of one promise.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    promise: i64,
    /// The day that stood when it was shown; empty: none.
    seen: String,
    /// done, moved, dropped.
    said: String,
    by: String,
    words: String,
}

#[derive(Serialize)]
struct Promise {
    id: i64,
    what: String,
    /// "Kompetansegruppe helse, referatet fra 8. mars": the day of the meeting.
    of: String,
    /// "innen 8. april"; empty: no day.
    by: String,
    late: bool,
    inherited: bool,
    seen: String,
    /// As it was typed.
    said: String,
    day: String,
    words: String,
    /// What is wrong with the answer; empty: nothing.
    said_error: String,
    day_error: String,
}

#[derive(Serialize)]
struct Page {
    masked: String,
    promises: Vec<Promise>,
    longest: usize,
    note: String,
    problem: String,
}

impl Content for Page {
    const TEMPLATE: &'static str = "promises.html";
}

impl Page {
    /// What was typed stands again where it stood; the promise, if it is still open.
    fn put_back(&mut self, answer: &Answer) -> Option<&mut Promise> {
        let promise = self.promises.iter_mut().find(|promise| promise.id == answer.promise)?;
        promise.said.clone_from(&answer.said);
        // A field of days holds nothing else.
        promise.day = answer.by.trim().parse::<NaiveDate>().map(|day| day.to_string()).unwrap_or_default();
        promise.words.clone_from(&answer.words);
        Some(promise)
    }
}

async fn page_of(reading: &Reading, visitor: &Visitor) -> Result<Page, Refusal> {
    let rows = reading.open_promises_of(visitor.recipient.id).await?;
    let days = reading.meeting_days(&visitor.forum, &rows).await?;
    let viewed = |row: PromiseRow| {
        let met_on = days.get(&row.item).copied();
        view(reading, visitor, row, met_on)
    };
    Ok(Page {
        masked: visitor.recipient.email.masked(),
        promises: rows.into_iter().map(viewed).collect(),
        longest: LONGEST_PROMISE,
        note: String::new(),
        problem: String::new(),
    })
}

/// `met_on` is the day of the meeting; none, if its minutes are no minutes any more.
fn view(reading: &Reading, visitor: &Visitor, row: PromiseRow, met_on: Option<NaiveDate>) -> Promise {
    let (forum, language) = (&visitor.forum, visitor.recipient.language);
    let pen = reading.0.pen(forum, language);
    let words = &pen.words.promises;
    let group = forum.terms.find(&Term::new(Facet::Group, row.group.as_str()));
    let group = group.map_or(row.group.as_str(), |group| forum.name_of(group, language));
    let (by, inherited) = (row.by(), row.is_inherited());
    let empty = String::new;
    let met = met_on.map_or_else(|| pen.day(row.released_at), |day| pen.locale.day(day, pen.today));
    Promise {
        id: row.id,
        of: fill(&words.own.of, &[("group", group), ("day", &met)]),
        by: by.map_or_else(empty, |day| {
            fill(&words.page.by, &[("day", &pen.locale.weekday_and_day(day, pen.today))])
        }),
        late: by.is_some_and(|day| day < pen.today),
        inherited,
        seen: row.by_on.unwrap_or_default(),
        what: row.what,
        said: empty(),
        day: empty(),
        words: empty(),
        said_error: empty(),
        day_error: empty(),
    }
}

/// GET: what is open.
pub(super) async fn show(
    reading: Reading,
    visitor: Visitor,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Refusal> {
    let mut page = page_of(&reading, &visitor).await?;
    let words = &reading.0.words(visitor.recipient.language).promises.own;
    page.note = match done.as_str() {
        "done" => words.saved_done.clone(),
        "moved" => words.saved_moved.clone(),
        "dropped" => words.saved_dropped.clone(),
        _ => String::new(),
    };
    visitor.page(&reading.0, &page)
}

/// POST: what is said of one.
pub(super) async fn say(
    writing: Writing,
    visitor: Visitor,
    Form(answer): Form<Answer>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let today = reading.0.today(&visitor.forum);
    let words = &reading.0.words(visitor.recipient.language).promises.own;
    let said = match read(&answer, today) {
        Ok(said) => said,
        Err(fault) => return show_again(&reading, &visitor, answer, fault).await,
    };
    let promise = (visitor.recipient.id, answer.promise, answer.seen.as_str());
    match writing.say_of_promise(promise, (said, &answer.words)).await? {
        OwnersWord::Stands => return Ok(reading.0.go_to(&format!("/me/promises?done={}", answer.said))),
        OwnersWord::SameDay => return show_again(&reading, &visitor, answer, Fault::SameDay).await,
        OwnersWord::Overtaken => {}
    }
    let mut page = Page { problem: words.overtaken.clone(), ..page_of(&reading, &visitor).await? };
    page.put_back(&answer);
    Ok(overtaken(visitor.page(&reading.0, &page)?))
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// None was chosen.
    NoAnswer,
    /// The new day is none.
    NoDay,
    /// The new day is over.
    Past,
    /// The new day is the one that stands.
    SameDay,
}

fn read(answer: &Answer, today: NaiveDate) -> Result<Said, Fault> {
    match answer.said.as_str() {
        "done" => Ok(Said::Done),
        "dropped" => Ok(Said::Dropped),
        "moved" => match answer.by.trim().parse() {
            Err(_) => Err(Fault::NoDay),
            Ok(day) if day < today => Err(Fault::Past),
            Ok(day) => Ok(Said::Moved(day)),
        },
        _ => Err(Fault::NoAnswer),
    }
}

async fn show_again(
    reading: &Reading,
    visitor: &Visitor,
    answer: Answer,
    fault: Fault,
) -> Result<Response, Refusal> {
    let all = reading.0.words(visitor.recipient.language);
    let words = &all.promises.own;
    let mut page = Page { problem: all.settings.page.wrong.clone(), ..page_of(reading, visitor).await? };
    if let Some(promise) = page.put_back(&answer) {
        match fault {
            Fault::NoAnswer => promise.said_error.clone_from(&words.choose),
            Fault::NoDay => promise.day_error.clone_from(&words.no_day),
            Fault::Past => promise.day_error.clone_from(&words.past),
            Fault::SameDay => promise.day_error.clone_from(&words.same),
        }
    }
    Ok(unprocessable(visitor.page(&reading.0, &page)?))
}
