//! Items that letters wait with because they are not approved as they stand: shown whole, with what differs from what was
//! written, and approved one by one.

use axum::extract::{Form, Query};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use crate::content::{Audience, ItemText, Visibility};
use crate::forum::{Forum, Language, Terms};
use crate::pipeline::WaitingChange;
use crate::staff::Right;
use crate::store::VersionTextRow;
use crate::web::archive::files::file_of;
use crate::web::item_view::ItemView;
use crate::web::note::Note;
use crate::web::paths::Path;
use crate::web::queue::rights::may_see;
use crate::web::queue::told::Teller;
use crate::web::refusal::{Refusal, Why};
use crate::web::site::{Reading, Writing};
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{Words, fill};

/// Where the page is.
pub(in crate::web) const PLACE: &str = "/desk/mailing/changed";

/// A changed item.
#[derive(Serialize)]
struct Change {
    slug: String,
    /// In the reader's language, if it has it.
    title: String,
    /// Which versions the letters have, and which it has now.
    told: String,
    /// Who gets it and who may see it, where that is not as it was written.
    moved: Vec<String>,
    /// What it says in each of its languages.
    texts: Vec<Text>,
    files: Vec<File>,
    /// What somebody who presses the button has seen; none if they may not approve it.
    seen: Option<String>,
    /// Why whoever looks may not, though they have the right.
    own: bool,
}

/// What an item says in one language.
#[derive(Serialize)]
struct Text {
    /// "Nynorsk".
    language: String,
    /// That it is not as it was written; empty: it is.
    note: String,
    /// None if it was taken away.
    item: Option<ItemView>,
}

/// A file of it, and where it opens.
#[derive(Serialize)]
struct File {
    name: String,
    path: String,
}

#[derive(Serialize)]
struct Page {
    note: Option<Note>,
    changes: Vec<Change>,
    /// How many are not theirs to see.
    others: Option<String>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "mailing_changed.html";
}

/// What was just done, as the address names it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
}

/// GET: what letters wait with.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let staff = staff.among(&forum);
    let words = reading.0.words(staff.language);
    let all = reading.waiting_changes(&forum).await?;
    let (seen, others): (Vec<_>, Vec<_>) = all.iter().partition(|change| may_see(&staff, &change.item));
    let mut changes = Vec::new();
    for change in seen {
        changes.push(view(&reading, &staff, &forum, change).await?);
    }
    let count = others.len().to_string();
    let page = Page {
        note: tell_done(words, &done),
        changes,
        others: (!others.is_empty()).then(|| fill(&words.mailing.changed.others, &[("count", &count)])),
    };
    reading.0.desk_page(&staff, &page)
}

async fn view(
    reading: &Reading,
    staff: &Staff,
    forum: &Forum,
    change: &WaitingChange,
) -> Result<Change, Refusal> {
    let (words, item) = (reading.0.words(staff.language), &change.item);
    let own = staff.may(Right::Approve) && reading.wrote_change(staff, change).await?;
    let written = reading.written_texts(change).await?;
    let file = |position: i64| format!("{PLACE}/{}/file/{position}", item.slug);
    let files = reading.attachments(item).await?;
    Ok(Change {
        slug: item.slug.clone(),
        title: item.text_for(staff.language).1.title.clone(),
        told: tell(words, change),
        moved: tell_moved(&Teller::new(forum, staff, words), &forum.terms, words, change, &written),
        texts: list_texts(reading, words, forum, change, &written),
        files: files.into_iter().map(|row| File { path: file(row.position), name: row.name }).collect(),
        seen: (staff.may(Right::Approve) && !own).then(|| binding_of(change)),
        own,
    })
}

/// "Skrevet i brevene: versjon 1. Nå: versjon 2."
fn tell(words: &Words, change: &WaitingChange) -> String {
    let own = &words.mailing.changed;
    let new = change.item.version.to_string();
    let old: Vec<String> = change.written.iter().map(ToString::to_string).collect();
    let pattern = match old == [new.as_str()] {
        true if change.never_approved => &own.never,
        true => &own.files,
        false => &own.versions,
    };
    fill(pattern, &[("old", &old.join(", ")), ("new", &new)])
}

/// Who gets the item and who may see it, where some letter was written with another choice.
fn tell_moved(
    teller: &Teller<'_>,
    terms: &Terms,
    words: &Words,
    change: &WaitingChange,
    written: &[VersionTextRow],
) -> Vec<String> {
    let item = &change.item;
    let audience = |audience: Option<&Audience>| {
        audience.map_or_else(|| words.queue.item.nobody.clone(), |audience| teller.audience(audience))
    };
    let mut whom: Vec<String> = Vec::new();
    let mut sight: Vec<String> = Vec::new();
    for row in written {
        let old = row.audience.as_deref();
        if old != item.audience.as_ref().map(|own| own.written(terms)).as_deref() {
            // What names a term that is not there any more stands as it was written.
            let parsed =
                old.map(|text| Audience::parse(text, terms).map_err(|_| text.to_owned())).transpose();
            whom.push(parsed.map_or_else(|text| text, |old| audience(old.as_ref())));
        }
        if row.visibility != item.visibility.written(terms) {
            let parsed = Visibility::parse(&row.visibility, terms);
            sight.push(parsed.map_or_else(|_| row.visibility.clone(), |old| teller.visibility(old)));
        }
    }
    let own = &words.mailing.changed;
    let line = |pattern: &str, mut old: Vec<String>, new: String| {
        old.dedup();
        (!old.is_empty()).then(|| fill(pattern, &[("old", &old.join("; ")), ("new", &new)]))
    };
    let whom = line(&own.audience, whom, audience(item.audience.as_ref()));
    whom.into_iter().chain(line(&own.visibility, sight, teller.visibility(item.visibility))).collect()
}

/// What the item says in each language, and those that were taken away.
fn list_texts(
    reading: &Reading,
    words: &Words,
    forum: &Forum,
    change: &WaitingChange,
    written: &[VersionTextRow],
) -> Vec<Text> {
    let (item, own) = (&change.item, &words.mailing.changed);
    let name = |language: Language| words.language.get(&language).cloned().unwrap_or_default();
    let of = |language: Language| written.iter().filter(move |row| row.language == language.tag());
    let mut texts = Vec::new();
    for language in Language::ALL {
        let Some(text) = item.texts.get(&language) else {
            if of(language).next().is_some() {
                texts.push(Text { language: name(language), note: own.text_gone.clone(), item: None });
            }
            continue;
        };
        let is_same =
            |row: &VersionTextRow| serde_json::from_str::<ItemText>(&row.text).is_ok_and(|old| old == *text);
        let stands = of(language).count() == change.written.len() && of(language).all(is_same);
        texts.push(Text {
            language: name(language),
            note: if stands { String::new() } else { own.text_changed.clone() },
            item: Some(reading.0.pen(forum, language).view(item)),
        });
    }
    texts
}

fn tell_done(words: &Words, done: &str) -> Option<Note> {
    let own = &words.mailing.changed;
    match done {
        "approved" => Some(Note::good(&own.done)),
        "changed" => Some(Note::bad(&own.moved)),
        "own" => Some(Note::bad(&own.own)),
        _ => None,
    }
}

/// GET: a file of an item that letters wait with.
pub(super) async fn show_file(
    reading: Reading,
    staff: Staff,
    headers: HeaderMap,
    Path((slug, position)): Path<(String, i64)>,
) -> Result<Response, Refusal> {
    let forum = reading.forum().await?;
    let told = |refusal: Refusal| refusal.in_language(staff.language);
    let item = reading.any_item(&forum, &slug).await.map_err(told)?;
    if !may_see(&staff.among(&forum), &item) {
        return Err(told(Why::NotFound.into()));
    }
    file_of(&reading, &headers, &item, position).await
}

/// What an approval of a change binds.
fn binding_of(change: &WaitingChange) -> String {
    format!("{}-{}", change.item.version, change.files)
}

/// The titles of changes that go once the account has approved them.
pub(in crate::web) async fn list_unapproved(
    reading: &Reading,
    staff: &Staff,
) -> Result<Vec<String>, Refusal> {
    if !staff.may(Right::Approve) || !reading.asks_for_approval() {
        return Ok(Vec::new());
    }
    let forum = reading.forum().await?;
    let staff = staff.among(&forum);
    let mut titles = Vec::new();
    for change in reading.waiting_changes(&forum).await? {
        if may_see(&staff, &change.item) && !reading.wrote_change(&staff, &change).await? {
            titles.push(change.item.text_for(staff.language).1.title.clone());
        }
    }
    Ok(titles)
}

/// What was seen when the button was pressed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Pressed {
    slug: String,
    seen: String,
}

/// POST: approves a change as it was seen; not if it has changed since.
pub(super) async fn approve(
    writing: Writing,
    staff: Staff,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Refusal> {
    let reading = writing.reading();
    let forum = reading.forum().await?;
    let own_staff = staff.among(&forum);
    let changes = reading.waiting_changes(&forum).await?;
    let is_meant =
        |change: &&WaitingChange| change.item.slug == pressed.slug && may_see(&own_staff, &change.item);
    let Some(change) = changes.iter().find(is_meant) else { return Ok(reading.0.go_to(PLACE)) };
    let done = if binding_of(change) != pressed.seen {
        "changed"
    } else if reading.wrote_change(&staff, change).await? {
        "own"
    } else {
        writing.approve_change(&staff, change).await?;
        "approved"
    };
    Ok(reading.0.go_to(&format!("{PLACE}?done={done}")))
}
