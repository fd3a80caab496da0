//! Everything that was written: drafts and what was sent in on top, then items, the newest first.

use axum::extract::Query;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::item::tell_state;
use super::rights::may_see;
use crate::content::Item;
use crate::content::search::list_words;
use crate::forum::Kind;
use crate::staff::Right;
use crate::store::DeskDraftRow;
use crate::web::choice::Choice;
use crate::web::once::new_token;
use crate::web::paths::encode_path;
use crate::web::refusal::Refusal;
use crate::web::site::Reading;
use crate::web::staff::Staff;
use crate::web::templates::Content;
use crate::web::words::{counted, fill};

/// Items of a page.
const PAGE_ITEMS: usize = 50;

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    kind: String,
    state: String,
    page: String,
    done: String,
}

#[derive(Serialize)]
struct DraftEntry {
    path: String,
    title: String,
    kicker: String,
    told: String,
    asked: bool,
}

#[derive(Serialize)]
struct Entry {
    path: String,
    slug: String,
    title: String,
    kicker: String,
    state: String,
    /// The public id of a copy that is begun from this page.
    begins: String,
}

#[derive(Serialize)]
struct Page {
    q: String,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    narrowed: bool,
    drafts: Vec<DraftEntry>,
    items: Vec<Entry>,
    count: String,
    earlier: Option<String>,
    later: Option<String>,
    discarded: bool,
    /// Whether they may take items along for the archive.
    archive: bool,
}

impl Content for Page {
    const TEMPLATE: &'static str = "queue_list.html";
}

/// Where an item stands.
const STATES: [&str; 4] = ["next", "out", "over", "withdrawn"];

/// What is asked for of what the reader may see, newest first.
fn select<'a>(items: &'a [Item], staff: &Staff, asked: &Asked, now: DateTime<Utc>) -> Vec<&'a Item> {
    let sought = list_words(&asked.q);
    let state = |item: &Item| match (item.withdrawn, item.is_closed(now), item.number) {
        (true, _, _) => "withdrawn",
        (_, true, _) => "over",
        (_, _, Some(_)) => "out",
        _ => "next",
    };
    let is_wanted = |item: &&Item| {
        may_see(staff, item)
            && (asked.kind.is_empty() || item.kind.word() == asked.kind)
            && (asked.state.is_empty() || state(item) == asked.state)
            && holds(item, &sought)
    };
    let mut wanted: Vec<&Item> = items.iter().filter(is_wanted).collect();
    wanted.sort_by(|a, b| b.release_at.cmp(&a.release_at).then_with(|| a.slug.cmp(&b.slug)));
    wanted
}

/// GET: the list.
pub(super) async fn show(
    reading: Reading,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let words = reading.0.words(staff.language);
    let library = reading.library().await?;
    let items = select(&library.items, &staff, &asked, reading.0.now());
    let narrowed = !(asked.q.trim().is_empty() && asked.kind.is_empty() && asked.state.is_empty());
    let at = usize::from(asked.page.parse::<u16>().unwrap_or(0));
    let drafts = if narrowed || at > 0 { Vec::new() } else { reading.desk_drafts(&staff).await? };
    let pen = reading.0.pen(&library.forum, staff.language);
    let mut entries = Vec::new();
    for item in items.iter().skip(at * PAGE_ITEMS).take(PAGE_ITEMS) {
        entries.push(Entry {
            path: format!("/desk/items/{}", item.slug),
            slug: item.slug.clone(),
            title: item.text_for(staff.language).1.title.clone(),
            kicker: pen.kicker(item),
            state: tell_state(&reading, &staff, item).await?,
            begins: new_token(),
        });
    }
    let label = |word: &str| {
        let words = &words.queue.state;
        match word {
            "next" => &words.filter_next,
            "out" => &words.filter_out,
            "over" => &words.over,
            _ => &words.withdrawn,
        }
        .clone()
    };
    let choice = |value: &str, label: String, chosen: bool| Choice {
        value: value.to_owned(),
        label,
        depth: 0,
        chosen,
    };
    let kind = |kind: Kind| choice(kind.word(), words.kind_of(kind).to_owned(), kind.word() == asked.kind);
    let page = Page {
        kinds: Kind::ALL.map(kind).into(),
        states: STATES.map(|word| choice(word, label(word), word == asked.state)).into(),
        drafts: drafts.iter().map(|row| draft_entry(&reading, &staff, row)).collect(),
        count: counted(&words.queue.list.count_one, &words.queue.list.count, items.len()),
        items: entries,
        earlier: (items.len() > (at + 1) * PAGE_ITEMS).then(|| asked.path(at + 1)),
        later: (at > 0).then(|| asked.path(at - 1)),
        discarded: asked.done == "discarded",
        narrowed,
        archive: staff.may(Right::Send),
        q: asked.q,
    };
    reading.0.desk_page(&staff, &page)
}

impl Asked {
    fn path(&self, page: usize) -> String {
        let (q, kind, state) = (encode_path(&self.q), plain(&self.kind), plain(&self.state));
        format!("/desk/items?q={q}&kind={kind}&state={state}&page={page}")
    }
}

fn plain(word: &str) -> String {
    word.chars().filter(char::is_ascii_lowercase).collect()
}

/// Whether each sought word is part of a word of a title.
fn holds(item: &Item, sought: &[String]) -> bool {
    sought.is_empty() || {
        let words: Vec<String> = item.texts.values().flat_map(|text| list_words(&text.title)).collect();
        sought.iter().all(|one| words.iter().any(|word| word.contains(one.as_str())))
    }
}

fn draft_entry(reading: &Reading, staff: &Staff, row: &DeskDraftRow) -> DraftEntry {
    let words = reading.0.words(staff.language);
    let pen = reading.0.pen(&staff.forum, staff.language);
    let kind = row.kind.as_deref().and_then(|kind| kind.parse::<Kind>().ok());
    let day = pen.day(row.changed_at);
    let list = &words.queue.list;
    let sender = row.sender_name.as_ref().or(row.sender_email.as_ref());
    let (pattern, name) = match (row.source.as_str(), &row.account_name, sender) {
        ("lead", Some(name), _) => (&list.draft_of, name.clone()),
        ("lead", None, _) => (&list.draft, String::new()),
        (_, _, Some(name)) => (&list.sent_in_by, name.clone()),
        _ => (&list.sent_in, String::new()),
    };
    DraftEntry {
        path: format!("/desk/drafts/{}", row.public_id),
        title: if row.title.trim().is_empty() { list.untitled.clone() } else { row.title.clone() },
        kicker: kind.map_or_else(String::new, |kind| words.kind_of(kind).to_owned()),
        told: fill(pattern, &[("name", &name), ("day", &day)]),
        asked: row.asked_at.is_some(),
    }
}
