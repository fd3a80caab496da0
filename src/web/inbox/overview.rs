//! All letters by edition; what the newest ordinary edition came to; who got nothing, and why.

use std::collections::{HashMap, HashSet};

use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::note::{NoteLine, list_notes};
use super::scene::{Nav, Scene};
use crate::forum::{Cadence, Recipient, Status};
use crate::ids::{DeliveryId, EditionId, RecipientId};
use crate::store::{EditionRow, InboxRow};
use crate::web::calling::{call, call_anybody};
use crate::web::item_view::Pen;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::templates::Content;
use crate::web::words::{Inbox as Words, fill};

#[derive(Serialize)]
struct Letter {
    id: DeliveryId,
    name: String,
    organisation: String,
    subject: String,
    items: String,
    state: String,
}

#[derive(Serialize)]
struct Edition {
    title: String,
    count: String,
    letters: Vec<Letter>,
}

#[derive(Serialize)]
struct Counts {
    title: String,
    letters: usize,
    distinct: usize,
    items: usize,
    nothing: usize,
}

#[derive(Serialize)]
struct Nothing {
    id: RecipientId,
    name: String,
    why: String,
}

#[derive(Serialize)]
struct Page {
    nav: Nav,
    title: String,
    editions: Vec<Edition>,
    counts: Option<Counts>,
    nothing: Vec<Nothing>,
    notes: Vec<NoteLine>,
}

impl Content for Page {
    const TEMPLATE: &'static str = "inbox.html";
}

/// GET: the first thing that a newcomer sees.
pub(super) async fn show(reading: Reading) -> Result<Response, Refusal> {
    let scene = Scene::load(&reading).await?;
    let editions = reading.editions().await?;
    let newest = newest_ordinary(&editions, &scene);
    let nothing = newest.map_or_else(Vec::new, |row| list_nothing(&reading, &scene, row));
    let words = &reading.0.words(scene.language).inbox;
    let counts = newest.map(|row| count(&reading, &scene, row, nothing.len()));
    let page = Page {
        nav: Nav::Letters,
        title: counts.as_ref().map_or_else(
            || words.title.clone(),
            |c| {
                let numbers = [("letters", &*c.letters.to_string()), ("distinct", &c.distinct.to_string())];
                fill(&words.headline, &numbers)
            },
        ),
        counts,
        editions: list_editions(&reading, &scene, &editions),
        nothing,
        notes: list_notes(&reading),
    };
    reading.0.page(&scene.forum, scene.language, &page)
}

/// The newest edition with letters that no one hurried.
fn newest_ordinary<'a>(editions: &'a [EditionRow], scene: &Scene) -> Option<&'a EditionRow> {
    let with_letters: HashSet<EditionId> = scene.letters.iter().map(|letter| letter.edition).collect();
    editions
        .iter()
        .filter(|row| with_letters.contains(&row.id) && row.cadence != Cadence::Urgent.word())
        .max_by_key(|row| (row.cadence == Cadence::Weekly.word(), row.occurs_at))
}

/// "Ukebrev, mandag 8. mars".
pub(super) fn title_of(pen: &Pen<'_>, row: &EditionRow) -> String {
    let words = &pen.words.inbox;
    let cadence = match row.cadence.as_str() {
        "daily" => &words.daily,
        "monthly" => &words.monthly,
        "gathering" => &words.gathering,
        "urgent" => &words.urgent,
        _ => &words.weekly,
    };
    fill(&words.edition, &[("cadence", cadence), ("day", &pen.weekday_and_day(row.occurs_at))])
}

fn local_day(scene: &Scene, at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&scene.forum.settings.zone).date_naive()
}

fn count(reading: &Reading, scene: &Scene, row: &EditionRow, nothing: usize) -> Counts {
    let own: HashSet<DeliveryId> = of_edition(scene, row.id).map(|letter| letter.delivery).collect();
    let mut selections: HashMap<DeliveryId, Vec<&str>> = HashMap::new();
    for got in scene.got.iter().filter(|got| own.contains(&got.delivery)) {
        selections.entry(got.delivery).or_default().push(&got.slug);
    }
    let items: HashSet<&str> = selections.values().flatten().copied().collect();
    Counts {
        title: title_of(&scene.pen(reading), row),
        letters: own.len(),
        distinct: selections.values().collect::<HashSet<_>>().len(),
        items: items.len(),
        nothing,
    }
}

fn of_edition(scene: &Scene, id: EditionId) -> impl Iterator<Item = &InboxRow> {
    scene.letters.iter().filter(move |letter| letter.edition == id)
}

fn list_editions(reading: &Reading, scene: &Scene, editions: &[EditionRow]) -> Vec<Edition> {
    let subjects = reading.0.mailbox().subjects();
    let words = &reading.0.words(scene.language).inbox;
    let mut editions: Vec<&EditionRow> = editions.iter().collect();
    editions.sort_by_key(|row| std::cmp::Reverse((row.now_at, row.id)));
    let shown = |row: &EditionRow| {
        let letters: Vec<Letter> = of_edition(scene, row.id)
            .map(|letter| Letter {
                id: letter.delivery,
                name: call_anybody(&letter.name, letter.email.as_deref()).to_owned(),
                organisation: letter.organisation.clone().unwrap_or_default(),
                subject: subjects.get(&letter.delivery).cloned().unwrap_or_else(|| "…".to_owned()),
                items: items_told(words, letter.items),
                state: reading.0.words(scene.language).state_of(&letter.state).to_owned(),
            })
            .collect();
        let count = format!("{} {}", letters.len(), words.count_letters);
        Edition { title: title_of(&scene.pen(reading), row), count, letters }
    };
    editions.into_iter().map(shown).filter(|edition| !edition.letters.is_empty()).collect()
}

/// "4 saker".
pub(super) fn items_told(words: &Words, count: i64) -> String {
    if count == 1 {
        words.items_one.clone()
    } else {
        fill(&words.items_other, &[("count", &count.to_string())])
    }
}

/// Who hears at this edition's cadence and got no letter in it.
fn list_nothing(reading: &Reading, scene: &Scene, row: &EditionRow) -> Vec<Nothing> {
    let got: HashSet<RecipientId> = of_edition(scene, row.id).map(|letter| letter.recipient).collect();
    let mut without: Vec<&Recipient> = scene
        .recipients
        .values()
        .filter(|r| r.cadence.word() == row.cadence && !got.contains(&r.id))
        .collect();
    without.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    let told = |r: &Recipient| Nothing {
        id: r.id,
        name: call(&r.name, r.email.as_str()).to_owned(),
        why: why_nothing(reading, scene, r, local_day(scene, row.now_at)),
    };
    without.into_iter().map(told).collect()
}

fn why_nothing(reading: &Reading, scene: &Scene, recipient: &Recipient, on: NaiveDate) -> String {
    let words = &reading.0.words(scene.language).inbox;
    let pen = scene.pen(reading);
    match (recipient.standing.status, recipient.paused_until.filter(|until| *until > on)) {
        (Status::Active, Some(until)) => {
            let last = until.pred_opt().unwrap_or(until);
            fill(&words.nothing_paused, &[("day", &pen.locale.day(last, pen.today))])
        }
        (Status::Active, None) => words.nothing_new.clone(),
        _ => words.nothing_status.clone(),
    }
}
